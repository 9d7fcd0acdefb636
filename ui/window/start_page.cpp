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

#include "ui/jobs/model_finder.h"
#include "ui/request/model_facts.h"
#include "ui/text/text.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/layouts.h"
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
    QWidget* beginning = makeBeginning(actions);
    m_columns = row(inner, {{beginning, 5}, {makeEntries(), 6}}, 8 * spacingUnit,
                    {4 * spacingUnit, 6 * spacingUnit, 4 * spacingUnit, 4 * spacingUnit});
    auto* centred = new QWidget(this);
    centred->setBackgroundRole(QPalette::Base);
    row(centred, {spring(), {inner, 100, Qt::AlignTop}, spring()});
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(centred);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    column(this, {scroll});
    fillRecent();
    fillFound();
    connect(recent, &RecentFiles::changed, this, &StartPage::fillRecent);
    connect(finder, &ModelFinder::changed, this, &StartPage::fillFound);
}

QWidget* StartPage::makeBeginning(const QList<QAction*>& actions) {
    auto* side = new QWidget(this);
    auto* title = new QLabel(u"How many components does attention use?"_s, side);
    title->setFont(largeFont(title->font()));
    title->setWordWrap(true);
    auto* lead = new QLabel(
        u"Open a language model and a text. Rankscope shows, head by head, how few components the "
        "logit field Ẽ needs on that text, and how many the learned W<sub>Q</sub><sup>T</sup>W<sub>K"
        "</sub> has."_s,
        side);
    lead->setWordWrap(true);
    auto* layout = column(side, {title, lead, gap(2 * spacingUnit)}, spacingUnit);
    for (QAction* action : actions) {
        auto* button = new LinkButton(action, side);
        button->installEventFilter(this);
        layout->addWidget(button);
    }
    layout->addSpacing(2 * spacingUnit);
    layout->addWidget(
        new DropArea(u"Drop a model, a text or sessions anywhere in this window.\nA model and a text "
                     "together fill the run dialog."_s,
                     side));
    layout->addStretch(1);
    return side;
}

QWidget* StartPage::makeEntries() {
    auto* side = new QWidget(this);
    m_recentList = column(nullptr, {}, spacingUnit / 2);
    m_foundList = column(nullptr, {}, spacingUnit / 2);
    m_foundState = makeMutedLabel({}, side);
    m_foundState->setWordWrap(true);
    m_foundState->setObjectName(u"foundState"_s);
    column(side, {m_recentList, makeHeading(u"Models on this machine"_s, side), m_foundList, m_foundState, spring()},
           spacingUnit);
    return side;
}

// The entries are made anew; the focus stays on the one it was on.
void StartPage::refill(QBoxLayout* list, const std::function<void()>& fill) {
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

LinkButton* StartPage::addEntry(QBoxLayout* list, const QString& name, const QString& detail, const QString& path) {
    auto* button = new LinkButton(name, this);
    button->setDetail(detail, true);
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
