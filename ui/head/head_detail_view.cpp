// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/head_detail_view.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QSettings>
#include <QStyle>
#include <utility>

#include "core/session/head_quantity.h"
#include "ui/head/components_view.h"
#include "ui/head/field_view.h"
#include "ui/head/number_table.h"
#include "ui/head/spread_views.h"
#include "ui/text/text.h"
#include "ui/widgets/layouts.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr int narrowestNumber = 5 * spacingUnit;  // a column of numbers
constexpr int fewestColumns = 5;                  // a field and an interaction with their baselines, and the gap
constexpr QLatin1String geometryKey("headWindow/geometry");

}  // namespace

HeadDetailView::HeadDetailView(QWidget* parent)
    : QWidget(parent),
      m_message(makeMutedLabel({}, m_pages)),
      m_view(makeNumberTable(m_numbers)),
      m_note(makeMutedLabel(u"One window has no range. Analyse more of them in the run dialog, or with --windows 8."_s,
                            m_numbers)),
      m_field(new FieldView(m_pages)),
      m_components(new ComponentsView(m_pages)),
      m_keys(new KeysView(m_pages)),
      m_distances(new DistanceView(m_distancePage)),
      m_table(makeTable()) {
    buildTabs();
    buildNumbers();
    buildDistances();
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_pages->addWidget(m_message);
    for (const Row& tab : m_table)
        if (m_pages->indexOf(tab.page) < 0)
            m_pages->addWidget(tab.page);
    m_header = row(nullptr, {{m_title, 1}, row(nullptr, {m_tabs, spring(), m_enlargeButton})}, spacingUnit / 2);
    column(this, {m_header, {m_pages, 1}}, spacingUnit, {2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit});
    refresh();
}

std::vector<HeadDetailView::Row> HeadDetailView::makeTable() {
    const auto shows = [](auto* view) {
        return [view](const SessionPointer& session, std::optional<HeadRef> head) { view->setHead(session, head); };
    };
    const auto numbers = [this](auto show) {
        return [this, show](const SessionPointer& session, std::optional<HeadRef>) {
            session ? (this->*show)() : m_model->setTable({});
        };
    };
    return {
        {u"Numbers"_s, u"Every measure of every variant: medians over the windows"_s, m_numbers, false,
         numbers(&HeadDetailView::showNumbers)},
        {u"Windows"_s, u"The chosen measure in every window"_s, m_numbers, false,
         numbers(&HeadDetailView::showWindows)},
        {u"Field"_s, u"The field itself as a heat map, at any rank"_s, m_field, true, shows(m_field)},
        {u"Components"_s, u"The components of the field and the tokens they load on"_s, m_components, true,
         shows(m_components)},
        {u"Keys"_s, u"How the field is spread over the key positions"_s, m_keys, false, shows(m_keys)},
        {u"Distance"_s, u"What relative distance alone does: the mean of the field at every distance"_s, m_distancePage,
         false, shows(m_distances)},
    };
}

void HeadDetailView::buildTabs() {
    m_tabs->setAccessibleName(u"Pages of the head"_s);
    m_tabs->layout()->setSpacing(0);
    for (const Row& tab : m_table)
        m_tabs->addTab(tab.title, tab.tip);
    connect(m_tabs, &TextTabs::chosen, this, &HeadDetailView::refreshPage);
    m_enlarge->setShortcut(Qt::CTRL | Qt::Key_Return);
    m_enlarge->setToolTip(u"Open this head large, in a window that follows the selection (%1)"_s.arg(
        m_enlarge->shortcut().toString(QKeySequence::NativeText)));
    m_enlarge->setStatusTip(m_enlarge->toolTip());
    m_enlarge->setIconVisibleInMenu(false);
    connect(m_enlarge, &QAction::triggered, this, &HeadDetailView::enlarge);
    addAction(m_enlarge);
    m_enlargeButton->setDefaultAction(m_enlarge);
    m_enlargeButton->setAutoRaise(true);
    m_enlargeButton->setToolButtonStyle(Qt::ToolButtonIconOnly);
    m_enlargeButton->setAccessibleName(u"Open this head in its own window"_s);
}

void HeadDetailView::buildNumbers() {
    m_view->setModel(m_model);
    m_view->setAccessibleName(u"Numbers of the selected head"_s);
    m_view->setObjectName(u"headNumbers"_s);
    m_note->setWordWrap(true);
    column(m_numbers, {{m_view, 1}, m_note});
}

void HeadDetailView::buildDistances() {
    auto* line = makeMutedLabel({}, m_distancePage);
    line->setWordWrap(true);
    line->setFont(smallFont(font()));
    line->setToolTip(u"How much of ‖Ẽ‖² the means of its diagonals hold: %1"_s.arg(
        toQString(headQuantity(positionShareId).formula)));
    auto* closeBy = new TextButton(u"nearest tokens"_s, m_distancePage);
    closeBy->setToolTip(u"Only the distances of a few tokens"_s);
    column(m_distancePage, {row(nullptr, {{line, 1}, closeBy}), {m_distances, 1}}, spacingUnit / 2);
    connect(m_distances, &DistanceView::headShown, line, &QLabel::setText);
    connect(closeBy, &TextButton::toggled, m_distances, &DistanceView::showNear);
}

void HeadDetailView::setHead(SessionPointer session, std::optional<HeadRef> head, const GridChoice& choice) {
    if (session != m_session)
        m_room = 0;  // it may hold other variants
    m_session = std::move(session);
    m_head = head;
    m_choice = choice;
    refresh();
    if (m_large && m_large->isVisible())
        fillLarge();
}

void HeadDetailView::fillLarge() {
    m_large->setHead(m_session, m_head, m_choice);
    m_large->window()->setWindowTitle(m_session && m_head
                                          ? u"%1 · %2 on %3 — Rankscope"_s.arg(toQString(headName(*m_head)),
                                                                               toQString(m_session->model.name),
                                                                               toQString(m_session->corpus.name))
                                          : u"Head — Rankscope"_s);
}

void HeadDetailView::showTab(Tab tab) {
    m_tabs->setCurrent(tab);
    refreshPage();
}

QString HeadDetailView::message() const {
    return m_pages->currentWidget() == m_message ? m_message->text() : QString();
}

void HeadDetailView::enlarge() {
    if (!m_large) {
        auto* window = new HeadWindow(this);
        m_large = window->view();
        m_large->m_enlargeButton->hide();
        m_large->removeAction(m_large->m_enlarge);
        Q_EMIT enlarged(m_large);
    }
    fillLarge();
    m_large->showTab(tab());
    QWidget* window = m_large->window();
    window->show();
    window->raise();
    window->activateWindow();
}

void HeadDetailView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (m_head && event->position().y() < m_pages->y() && m_enlargeButton->isVisible())
        enlarge();
}

void HeadDetailView::showMessage(const QString& text) {
    m_message->setText(text);
    m_pages->setCurrentWidget(m_message);
    for (const Row& tab : m_table)
        tab.setHead(nullptr, {});
}

void HeadDetailView::refreshTitle() {
    m_tabs->setVisible(m_head.has_value());
    m_enlarge->setEnabled(m_session && m_head);
    if (!m_session || !m_head) {
        m_title->setMarkup(u"<b>%1</b>"_s.arg(u"Head"_s));
        return;
    }
    const ModelFacts& model = m_session->model;
    QString title = u"<b>%1</b>"_s.arg(toQString(headName(*m_head)));
    if (model.kvHeads < model.heads)
        title += u"  "_s + u"KV %1"_s.arg(kvHeadOf(m_head->head, model.heads, model.kvHeads).value);
    m_title->setMarkup(title);
    m_title->setToolTip(u"Layer and query head, both from 0, and the key/value head that it reads"_s);
}

void HeadDetailView::refresh() {
    refreshTitle();
    arrangeHeader();
    refreshPage();
}

// Only the page that is seen is made.
void HeadDetailView::refreshPage() {
    if (!m_session || !m_head)
        return showMessage(
            u"Click a head in the grid, or press Ctrl+F and type its name, to see its numbers here. Ctrl+click "
            "pins a head beside it."_s);
    const Row& shown = m_table[tab()];
    const QString hint = factorsHint(*m_session, *m_head);
    if (!hint.isEmpty() && (shown.needsFactors || m_session->state(*m_head) != HeadState::done))
        return showMessage(hint);
    shown.setHead(m_session, m_head);
    m_pages->setCurrentWidget(shown.page);
}

// As many columns side by side as there is room for; the number is kept while the room is the same.
void HeadDetailView::showNumbers() {
    m_pages->setCurrentWidget(m_numbers);
    m_note->hide();
    const int room = m_pages->width() - m_view->style()->pixelMetric(QStyle::PM_ScrollBarExtent);
    if (std::exchange(m_room, room) != room)
        m_columns = std::max(fewestColumns, room / narrowestNumber);
    for (;; --m_columns) {
        m_model->setTable(makeNumbersTable(*m_session, *m_head, m_choice, m_columns));
        m_view->resizeColumnsToContents();
        const int needed = m_view->verticalHeader()->sizeHint().width() + m_view->horizontalHeader()->length();
        if (needed <= room || m_columns <= fewestColumns)
            break;
    }
    fitColumns(*m_view);
}

void HeadDetailView::showWindows() {
    m_pages->setCurrentWidget(m_numbers);
    m_note->setVisible(m_session->corpus.windows == 1);
    m_model->setTable(makeWindowsTable(*m_session, *m_head, m_choice));
    fitColumns(*m_view);
}

// Title and tabs in one line where they fit.
void HeadDetailView::arrangeHeader() {
    const int needed = m_title->sizeHint().width() + m_tabs->sizeHint().width() + m_enlargeButton->sizeHint().width() +
                       6 * spacingUnit;
    m_header->setDirection(width() >= needed ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
}

void HeadDetailView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrangeHeader();
    if (m_session && m_head && tab() == numbersTab && m_pages->currentWidget() == m_numbers &&
        event->oldSize().width() != width())
        showNumbers();
}

HeadWindow::HeadWindow(QWidget* opener) : QWidget(opener, Qt::Window) {
    setWindowTitle(u"Head"_s);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    column(this, {m_view});
    if (!restoreGeometry(QSettings().value(geometryKey).toByteArray()))
        resize(120 * spacingUnit, 96 * spacingUnit);
}

void HeadWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape || event->matches(QKeySequence::Close))
        close();
    else
        QWidget::keyPressEvent(event);
}

void HeadWindow::closeEvent(QCloseEvent* event) {
    QSettings().setValue(geometryKey, saveGeometry());
    QWidget::closeEvent(event);
}

}  // namespace rankscope
