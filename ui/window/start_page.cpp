// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/start_page.h"

#include <QAction>
#include <QDir>
#include <QFileInfo>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QScrollArea>
#include <QVBoxLayout>

#include "ui/jobs/model_finder.h"
#include "ui/request/model_facts.h"
#include "ui/text/text.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/link_button.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr int twoColumnsFrom = 100 * spacingUnit;
constexpr char recentProperty[] = "recentPath";

// A dashed frame that says what may be let go over the window.
class DropArea : public QLabel {
public:
    DropArea(const QString& text, QWidget* parent) : QLabel(text, parent) {
        setAlignment(Qt::AlignCenter);
        setWordWrap(true);
        setMargin(2 * spacingUnit);
        setMinimumHeight(10 * spacingUnit);
    }

protected:
    void paintEvent(QPaintEvent* event) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(mutedText(palette()), 1, Qt::DashLine));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), spacingUnit, spacingUnit);
        painter.end();
        QLabel::paintEvent(event);
    }
};

QVBoxLayout* makeList(QVBoxLayout* column) {
    auto* list = new QVBoxLayout;
    list->setSpacing(spacingUnit / 2);
    column->addLayout(list);
    return list;
}

QString searchedPlaces() {
    QStringList places;
    for (const ModelPlace& place : modelPlaces())
        places << toQString(place.label);
    return places.join(u", "_s);
}

}  // namespace

StartPage::StartPage(RecentFiles* recent, ModelFinder* finder, const QList<QAction*>& actions, QWidget* parent)
    : QWidget(parent), m_recent(recent), m_finder(finder) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* inner = new QWidget(this);
    inner->setBackgroundRole(QPalette::Base);
    inner->setMaximumWidth(140 * spacingUnit);
    m_columns = new QBoxLayout(QBoxLayout::LeftToRight, inner);
    m_columns->setContentsMargins(4 * spacingUnit, 6 * spacingUnit, 4 * spacingUnit, 4 * spacingUnit);
    m_columns->setSpacing(8 * spacingUnit);
    m_columns->addWidget(makeBeginning(actions), 5);
    m_columns->addWidget(makeEntries(), 6);
    auto* centred = new QWidget(this);
    centred->setBackgroundRole(QPalette::Base);
    auto* row = new QHBoxLayout(centred);
    row->setContentsMargins({});
    row->addStretch(1);
    row->addWidget(inner, 100, Qt::AlignTop);
    row->addStretch(1);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(centred);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(scroll);
    fillRecent();
    fillFound();
    connect(recent, &RecentFiles::changed, this, &StartPage::fillRecent);
    connect(finder, &ModelFinder::changed, this, &StartPage::fillFound);
}

QWidget* StartPage::makeBeginning(const QList<QAction*>& actions) {
    auto* side = new QWidget(this);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins({});
    column->setSpacing(spacingUnit);
    auto* title = new QLabel(u"How many components does attention use?"_s, side);
    title->setFont(largeFont(title->font()));
    title->setWordWrap(true);
    auto* lead = new QLabel(
        u"Open a language model and a text. Rankscope shows, head by head, how few components the "
        "logit field Ẽ needs on that text, and how many the learned W<sub>Q</sub><sup>T</sup>W<sub>K"
        "</sub> has."_s,
        side);
    lead->setWordWrap(true);
    column->addWidget(title);
    column->addWidget(lead);
    column->addSpacing(2 * spacingUnit);
    for (QAction* action : actions) {
        auto* button = new LinkButton(action, side);
        button->installEventFilter(this);
        column->addWidget(button);
    }
    column->addSpacing(2 * spacingUnit);
    column->addWidget(
        new DropArea(u"Drop a model, a text or sessions anywhere in this window.\nA model and a text "
                     "together fill the run dialog."_s,
                     side));
    column->addStretch(1);
    return side;
}

QWidget* StartPage::makeEntries() {
    auto* side = new QWidget(this);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins({});
    column->setSpacing(spacingUnit);
    m_recentList = makeList(column);
    column->addWidget(makeHeading(u"Models on this machine"_s, side));
    m_foundList = makeList(column);
    m_foundState = makeMutedLabel({}, side);
    m_foundState->setWordWrap(true);
    m_foundState->setObjectName(u"foundState"_s);
    column->addWidget(m_foundState);
    column->addStretch(1);
    return side;
}

// The entries are made anew; the focus stays on the one it was on.
void StartPage::refill(QVBoxLayout* list, const std::function<void()>& fill) {
    QWidget* focus = window()->focusWidget();
    const bool inside = focus && list->indexOf(focus) >= 0;
    const QString path = inside ? focus->toolTip() : QString();
    while (QLayoutItem* item = list->takeAt(0)) {
        if (QWidget* widget = item->widget()) {
            widget->hide();
            widget->deleteLater();
        }
        delete item;
    }
    fill();
    for (int i = 0; inside && i < list->count(); ++i)
        if (QWidget* widget = list->itemAt(i)->widget(); widget && widget->toolTip() == path)
            widget->setFocus();
}

void StartPage::fillRecent() {
    refill(m_recentList, [this] {
        addRecent(RecentFiles::Kind::session, u"Recent sessions"_s);
        addRecent(RecentFiles::Kind::model, u"Recent models"_s);
        if (m_recentList->count() > 0)
            return;
        m_recentList->addWidget(makeHeading(u"Recent"_s, this));
        QLabel* hint = makeMutedLabel(
            u"Nothing yet. Sessions and models that you open are listed here; the example "
            "session shows what a finished analysis looks like."_s,
            this);
        hint->setWordWrap(true);
        m_recentList->addWidget(hint);
        m_recentList->addSpacing(2 * spacingUnit);
    });
}

LinkButton* StartPage::addEntry(QVBoxLayout* list, const QString& name, const QString& detail, const QString& path) {
    auto* button = new LinkButton(name, this);
    button->setDetail(detail);
    button->setDetailBelow(true);
    button->setToolTip(plainTip(QDir::toNativeSeparators(path)));
    button->setAccessibleDescription(detail);
    button->installEventFilter(this);
    list->addWidget(button);
    button->show();  // now, so that it can take the focus
    return button;
}

void StartPage::addRecent(RecentFiles::Kind kind, const QString& heading) {
    const QStringList paths = m_recent->list(kind);
    if (paths.isEmpty())
        return;
    m_recentList->addWidget(makeHeading(heading, this));
    for (const QString& path : paths) {
        LinkButton* button =
            addEntry(m_recentList, QFileInfo(path).fileName(), QDir::toNativeSeparators(QFileInfo(path).path()), path);
        button->setProperty(recentProperty, path);
        button->setContextMenuPolicy(Qt::ActionsContextMenu);
        auto* remove = new QAction(u"Remove from this list"_s, button);
        button->addAction(remove);
        connect(remove, &QAction::triggered, this, [this, path] { removeRecent(path); });
        connect(button, &QAbstractButton::clicked, this, [this, kind, path] {
            kind == RecentFiles::Kind::session ? Q_EMIT sessionChosen(path) : Q_EMIT modelChosen(path);
        });
    }
    m_recentList->addSpacing(2 * spacingUnit);
}

void StartPage::removeRecent(const QString& path) {
    focusNextPrevChild(true);
    m_recent->remove(path);
}

void StartPage::fillFound() {
    refill(m_foundList, [this] {
        for (const FoundModel& model : m_finder->models()) {
            const QString path = toQString(model.path.string());
            const QString detail = u"%1 · %2"_s.arg(modelLine(model.info), toQString(model.place));
            LinkButton* button = addEntry(m_foundList, toQString(model.name), detail, path);
            connect(button, &QAbstractButton::clicked, this, [this, path] { Q_EMIT modelChosen(path); });
        }
    });
    const bool none = m_finder->models().empty();
    m_foundState->setText(m_finder->searching() || !m_finder->searched() ? u"Looking in %1…"_s.arg(searchedPlaces())
                          : none ? u"None found. Looked in: %1."_s.arg(searchedPlaces())
                                 : QString());
    m_foundState->setVisible(!m_foundState->text().isEmpty());
}

void StartPage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_finder->search();
    fillFound();
}

void StartPage::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_columns->setDirection(width() >= twoColumnsFrom ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

bool StartPage::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress || !qobject_cast<LinkButton*>(watched))
        return QWidget::eventFilter(watched, event);
    const int key = static_cast<QKeyEvent*>(event)->key();
    const QString recent = watched->property(recentProperty).toString();
    if (key == Qt::Key_Down || key == Qt::Key_Up)
        return key == Qt::Key_Down ? focusNextPrevChild(true) : focusNextPrevChild(false);
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
        static_cast<QAbstractButton*>(watched)->click();
        return true;
    }
    if (key != Qt::Key_Delete || recent.isEmpty())
        return QWidget::eventFilter(watched, event);
    removeRecent(recent);
    return true;
}

}  // namespace rankscope
