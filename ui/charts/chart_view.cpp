// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/chart_view.h"

#include <QAccessible>
#include <QApplication>
#include <QChartView>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QRubberBand>
#include <QStackedLayout>
#include <QVBoxLayout>
#include <cmath>

#include "ui/text/literals.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {
constexpr double wheelStep = 1.25, keyStep = 1.5, moveStep = 0.1;
}  // namespace

ChartView::ChartView(QWidget* parent)
    : QWidget(parent),
      m_chart(new ModelChart),
      m_view(new QChartView(m_chart, this)),
      m_hintPage(new QWidget(this)),
      m_hint(makeMutedLabel(QString(), m_hintPage)),
      m_hintAction(new QPushButton(m_hintPage)),
      m_pages(new QStackedLayout),
      m_band(new QRubberBand(QRubberBand::Rectangle, m_view->viewport())) {
    m_view->setRenderHint(QPainter::Antialiasing);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setFocusPolicy(Qt::NoFocus);
    m_view->setMinimumSize(0, 0);
    m_view->setBackgroundRole(QPalette::Base);  // QChartView chooses Window
    m_view->viewport()->setMouseTracking(true);
    m_view->viewport()->installEventFilter(this);
    buildHint();
    m_pages->addWidget(m_view);
    m_pages->addWidget(m_hintPage);
    m_pages->setContentsMargins(2, 2, 2, 2);  // where the focus shows
    setLayout(m_pages);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(24 * spacingUnit, 18 * spacingUnit);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    m_chart->setStyle(chartStyle());
}

void ChartView::buildHint() {
    m_hint->setAlignment(Qt::AlignCenter);
    m_hint->setWordWrap(true);
    m_hintPage->setBackgroundRole(QPalette::Base);
    m_hintPage->setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(m_hintPage);
    layout->setSpacing(2 * spacingUnit);
    layout->addStretch(1);
    layout->addWidget(m_hint);
    layout->addWidget(m_hintAction, 0, Qt::AlignHCenter);
    layout->addStretch(1);
    connect(m_hintAction, &QPushButton::clicked, this, &ChartView::hintActionRequested);
}

void ChartView::linkTo(Selection* selection) {
    connect(this, &ChartView::headPointed, selection, &Selection::setHovered);
    connect(this, &ChartView::headChosen, selection, [selection](HeadRef head, bool pin) {
        if (pin)
            selection->togglePin(head);
        else
            selection->setCurrent(head);
    });
}

QSize ChartView::sizeHint() const {
    return {56 * spacingUnit, 38 * spacingUnit};
}

ChartStyle ChartView::chartStyle() const {
    ChartStyle style;
    style.font = smallFont(font());
    style.text = palette().color(QPalette::Text);
    style.mutedText = mutedText(palette());
    style.background = palette().color(QPalette::Base);
    return style;
}

void ChartView::setModel(ChartModel model, const QString& hint, const QString& action) {
    m_chart->setModel(std::move(model), chartStyle());
    m_hint->setText(hint);
    m_hintAction->setText(action);
    m_hintAction->setVisible(!action.isEmpty());
    m_pages->setCurrentWidget(hint.isEmpty() ? static_cast<QWidget*>(m_view) : m_hintPage);
    if (!hint.isEmpty())
        setReading(std::nullopt);
    describe(m_chart->model().summary);
}

void ChartView::describe(const QString& summary) {
    m_summary = summary;
    setAccessibleDescription(summary);
}

QPointF ChartView::chartPosition(QPoint viewportPosition) const {
    return m_chart->mapFromScene(m_view->mapToScene(viewportPosition));
}

QRectF ChartView::visiblePart() const {
    return m_chart->visiblePart();
}

void ChartView::resetZoom() {
    m_chart->setVisiblePart(QRectF(0, 0, 1, 1));
}

// The value under `around` stays where it is: as a fraction of the full axes it is part.left + x · part.width before
// and after. Twice, because other tick labels can move the plot a little.
void ChartView::zoom(double factor, QPointF around) {
    if (m_chart->plotArea().isEmpty())  // nothing is shown yet
        return;
    const auto fractions = [&](const QRectF& part) {
        const QRectF plot = m_chart->plotArea();
        return QPointF((around.x() - plot.left()) / plot.width() * part.width(),
                       (plot.bottom() - around.y()) / plot.height() * part.height());
    };
    const QRectF before = m_chart->visiblePart();
    const QPointF value = before.topLeft() + fractions(before);
    QRectF part(QPointF(), before.size() / factor);
    for (int pass = 0; pass < 2; ++pass) {
        part.moveTopLeft(value - fractions(part));
        m_chart->setVisiblePart(part);
    }
}

void ChartView::zoomTo(QRect viewportArea) {
    const QRectF plot = m_chart->plotArea(), part = m_chart->visiblePart();
    const QRectF area = QRectF(chartPosition(viewportArea.topLeft()), chartPosition(viewportArea.bottomRight())) & plot;
    if (area.width() < 4 || area.height() < 4)
        return;
    const double scaleX = part.width() / plot.width(), scaleY = part.height() / plot.height();
    m_chart->setVisiblePart(QRectF(part.left() + (area.left() - plot.left()) * scaleX,
                                   part.top() + (plot.bottom() - area.bottom()) * scaleY, area.width() * scaleX,
                                   area.height() * scaleY));
}

void ChartView::move(int right, int up) {
    const QRectF part = m_chart->visiblePart();
    m_chart->setVisiblePart(part.translated(right * moveStep * part.width(), up * moveStep * part.height()));
}

void ChartView::stepReading(int along, int across) {
    const auto& curves = m_chart->curves();
    const int count = int(curves.size());
    auto reading = m_chart->reading();
    if (!reading) {
        reading = ChartReading{curves.size(), 0};  // below it: the curve on top, its first point
        across = -1;
        along = 0;
    }
    for (int tries = 0; across != 0 && tries < count; ++tries) {
        reading->curve = std::size_t((int(reading->curve) + across + count) % count);
        if (!curves[reading->curve]->plainName.isEmpty() && !curves[reading->curve]->points.empty())
            break;
    }
    if (reading->curve >= curves.size())
        return;
    const int last = int(curves[reading->curve]->points.size()) - 1;
    reading->point = std::size_t(std::clamp(int(reading->point) + along, 0, std::max(0, last)));
    setReading(reading);
    speakReading();
}

void ChartView::read(QPoint viewportPosition) {
    setReading(m_chart->nearest(chartPosition(viewportPosition)));
}

void ChartView::setReading(std::optional<ChartReading> reading) {
    if (reading == m_chart->reading())
        return;
    m_chart->setReading(reading);
    reading = m_chart->reading();
    Q_EMIT readingChanged(reading ? m_chart->readingText(*reading) : QString());
    if (!reading && accessibleDescription() != m_summary)
        setAccessibleDescription(m_summary);
    const std::vector<HeadRef> heads = reading ? m_chart->headsAt(*reading) : std::vector<HeadRef>();
    Q_EMIT headPointed(heads.empty() ? std::nullopt : std::optional(heads.front()));  // last: it may change the curves
}

// For a reader of the screen: only what was asked for by keyboard.
void ChartView::speakReading() {
    const auto reading = m_chart->reading();
    if (!reading)
        return;
    setAccessibleDescription(m_chart->readingText(*reading));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

// Of several heads at a point the one after the current head: clicks reach them all.
void ChartView::choose(bool pin) {
    const auto reading = m_chart->reading();
    const std::vector<HeadRef> heads = reading ? m_chart->headsAt(*reading) : std::vector<HeadRef>();
    if (heads.empty())
        return;
    const HeadCells& cells = model().cells;
    auto head = heads.begin();
    for (const MarkedHead& mark : m_chart->marks())
        if (const auto at = std::ranges::find(heads, cells.queryHead(cells.cellOf(mark.head)));
            mark.current && at != heads.end() && at + 1 != heads.end())
            head = at + 1;
    const HeadRef chosen = *head;
    Q_EMIT headPointed(chosen);
    Q_EMIT headChosen(chosen, pin);
}

void ChartView::press(QMouseEvent& event) {
    setFocus(Qt::MouseFocusReason);
    m_pressing = event.button() == Qt::LeftButton;
    m_pressed = event.position().toPoint();
}

void ChartView::drag(QMouseEvent& event) {
    const QPoint at = event.position().toPoint();
    const bool dragging = m_pressing && (at - m_pressed).manhattanLength() >= QApplication::startDragDistance();
    if (!dragging) {
        read(at);
        return;
    }
    setReading(std::nullopt);
    m_band->setGeometry(QRect(m_pressed, at).normalized());
    m_band->show();
}

void ChartView::release(QMouseEvent& event) {
    if (m_pressing && m_band->isVisible()) {
        zoomTo(m_band->geometry());
    } else if (m_pressing) {
        read(event.position().toPoint());
        choose(event.modifiers() & Qt::ControlModifier);
    }
    m_pressing = false;
    m_band->hide();
}

bool ChartView::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
        case QEvent::MouseButtonPress:
            press(*static_cast<QMouseEvent*>(event));
            return true;
        case QEvent::MouseMove:
            drag(*static_cast<QMouseEvent*>(event));
            return true;
        case QEvent::MouseButtonRelease:
            release(*static_cast<QMouseEvent*>(event));
            return true;
        case QEvent::MouseButtonDblClick:
            resetZoom();
            return true;
        case QEvent::ContextMenu:
            contextMenuEvent(static_cast<QContextMenuEvent*>(event));
            return true;
        case QEvent::Leave:
            setReading(std::nullopt);
            return false;
        case QEvent::Wheel: {
            auto* wheel = static_cast<QWheelEvent*>(event);
            zoom(std::pow(wheelStep, wheel->angleDelta().y() / 120.0), chartPosition(wheel->position().toPoint()));
            return true;
        }
        default:
            return QWidget::eventFilter(watched, event);
    }
}

void ChartView::keyPressEvent(QKeyEvent* event) {
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    const auto arrow = [&](int right, int up) { shift ? move(right, up) : stepReading(right, -up); };
    switch (event->key()) {
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoom(keyStep, m_chart->plotArea().center());
        case Qt::Key_Minus:
            return zoom(1 / keyStep, m_chart->plotArea().center());
        case Qt::Key_0:
            return resetZoom();
        case Qt::Key_Left:
            return arrow(-1, 0);
        case Qt::Key_Right:
            return arrow(1, 0);
        case Qt::Key_Up:
            return arrow(0, 1);
        case Qt::Key_Down:
            return arrow(0, -1);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            return choose(event->modifiers() & Qt::ControlModifier);
        case Qt::Key_Escape:
            if (m_chart->reading())
                return setReading(std::nullopt);
            [[fallthrough]];  // the window's Esc unpins
        default:
            QWidget::keyPressEvent(event);
    }
}

void ChartView::contextMenuEvent(QContextMenuEvent* event) {
    if (m_pages->currentWidget() != m_view)
        return event->ignore();
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    QAction* whole = menu->addAction(u"&Whole Chart"_s, Qt::Key_0, this, &ChartView::resetZoom);
    whole->setToolTip(u"Zoom out; so does a double click"_s);
    whole->setEnabled(visiblePart() != QRectF(0, 0, 1, 1));
    menu->addSeparator();
    menu->addActions(actions());
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    menu->popup(byKey ? mapToGlobal(rect().center()) : event->globalPos());
}

void ChartView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        m_chart->setStyle(chartStyle());
}

void ChartView::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void ChartView::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    if (!m_view->viewport()->underMouse())
        setReading(std::nullopt);
    update();
}

void ChartView::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    if (!hasFocus())
        return;
    painter.setPen(palette().color(QPalette::Highlight));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

}  // namespace rankscope
