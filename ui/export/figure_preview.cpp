// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/figure_preview.h"

#include <QAction>
#include <QComboBox>
#include <QElapsedTimer>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QWheelEvent>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/text/text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr std::array zooms{0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0};
constexpr double slowMs = 60;  // from here on a drawing waits until the user pauses
constexpr int pauseMs = 150;
constexpr double mostPixels = 3e7;  // of the picture; beyond them it is scaled up

}  // namespace

// The paper itself, with room around it.
class FigurePreview::Sheet : public QWidget {
public:
    explicit Sheet(FigurePreview* preview) : QWidget(preview), m_preview(preview) {}

protected:
    void paintEvent(QPaintEvent*) override {
        const QPixmap& picture = m_preview->m_picture;
        QPainter painter(this);
        if (picture.isNull())
            return;
        const QSizeF size = m_preview->paperSize() * m_preview->pixelsPerMm() * m_preview->zoom();
        const QRectF paper(
            QPointF(std::round((width() - size.width()) / 2), std::round((height() - size.height()) / 2)), size);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        painter.fillRect(paper, Qt::white);
        if (m_preview->m_stale)
            painter.setOpacity(0.3);
        painter.drawPixmap(paper, picture, picture.rect());
        painter.setOpacity(1);
        painter.setPen(separatorColour(palette()));
        painter.drawRect(paper.adjusted(-1, -1, 0, 0));
    }

private:
    FigurePreview* m_preview;
};

FigurePreview::FigurePreview(QWidget* parent)
    : QWidget(parent),
      m_area(new QScrollArea(this)),
      m_sheet(new Sheet(this)),
      m_choice(new QComboBox(this)),
      m_size(makeMutedLabel({}, this)) {
    m_area->setWidget(m_sheet);
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setAlignment(Qt::AlignCenter);
    m_area->setMinimumSize(36 * spacingUnit, 24 * spacingUnit);
    m_area->setAccessibleName(u"Preview of the figure"_s);
    m_area->viewport()->setBackgroundRole(QPalette::Window);
    m_area->viewport()->installEventFilter(this);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &FigurePreview::draw);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(spacingUnit);
    layout->addWidget(m_area, 1);
    buildBar(layout);
}

void FigurePreview::buildBar(QVBoxLayout* layout) {
    m_choice->addItem(u"True size, or what fits"_s, 0.0);
    for (const double zoom : zooms)
        m_choice->addItem(u"%1 %"_s.arg(100 * zoom), zoom);
    m_choice->setToolTip(u"At 100 % a millimetre of paper is a millimetre of the screen"_s);
    m_choice->setAccessibleName(u"Zoom of the preview"_s);
    auto* label = new QLabel(u"&Zoom"_s, this);
    label->setBuddy(m_choice);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(spacingUnit);
    bar->addWidget(m_size, 1);
    bar->addWidget(label);
    bar->addWidget(m_choice);
    layout->addLayout(bar);
    connect(m_choice, &QComboBox::activated, this, [this] { setZoom(m_choice->currentData().toDouble()); });
    const auto key = [this](const QList<QKeySequence>& keys, auto what) {
        auto* action = new QAction(this);
        action->setShortcuts(keys);
        connect(action, &QAction::triggered, this, what);
        addAction(action);
    };
    key({QKeySequence::ZoomIn, QKeySequence(Qt::CTRL | Qt::Key_Equal)}, [this] { stepZoom(1); });
    key({QKeySequence::ZoomOut}, [this] { stepZoom(-1); });
    key({QKeySequence(Qt::CTRL | Qt::Key_0)}, [this] { setZoom(0); });
}

void FigurePreview::setFigure(SessionPointer session, const FigureRequest& request) {
    m_session = std::move(session);
    m_request = request;
    schedule();
}

void FigurePreview::setStale() {
    m_timer.stop();
    m_stale = true;
    m_sheet->update();
}

QSizeF FigurePreview::paperSize() const {
    return m_session ? figureSize(*m_session, m_request) : QSizeF();
}

// What screens say of their size is not always true; projectors and remote screens say nothing.
double FigurePreview::pixelsPerMm() const {
    const double physical = screen()->physicalDotsPerInch();
    return (physical >= 50 && physical <= 400 ? physical : screen()->logicalDotsPerInch()) / 25.4;
}

double FigurePreview::zoom() const {
    if (m_zoom > 0 || !m_session)
        return m_zoom > 0 ? m_zoom : 1;
    const QSizeF room = QSizeF(m_area->size()) - QSizeF(2 * spacingUnit, 2 * spacingUnit),
                 paper = paperSize() * pixelsPerMm();
    return std::clamp(std::min(room.width() / paper.width(), room.height() / paper.height()), 0.05, 1.0);
}

void FigurePreview::setZoom(double zoom) {
    m_choice->setCurrentIndex(std::max(0, m_choice->findData(zoom)));
    m_zoom = m_choice->currentData().toDouble();
    schedule();
}

void FigurePreview::stepZoom(int steps) {
    const double now = zoom();
    if (steps > 0) {
        const auto* next = std::ranges::find_if(zooms, [now](double zoom) { return zoom > 1.01 * now; });
        setZoom(next == zooms.end() ? zooms.back() : *next);
    } else {
        const auto next = std::find_if(zooms.rbegin(), zooms.rend(), [now](double zoom) { return zoom < 0.99 * now; });
        setZoom(next == zooms.rend() ? zooms.front() : *next);
    }
}

void FigurePreview::schedule() {
    if (m_session)
        m_timer.start(m_milliseconds > slowMs ? pauseMs : 0);
}

void FigurePreview::draw() {
    QElapsedTimer clock;
    clock.start();
    const QSizeF paper = paperSize();
    const QSizeF shown = paper * pixelsPerMm() * zoom();
    const double ratio = std::min(devicePixelRatioF(), std::sqrt(mostPixels / (shown.width() * shown.height())));
    m_picture = QPixmap((shown * ratio).toSize().expandedTo(QSize(1, 1)));
    m_picture.fill(Qt::white);
    QPainter painter(&m_picture);
    painter.scale(m_picture.width() / (10 * paper.width()), m_picture.height() / (10 * paper.height()));
    paintFigure(painter, *m_session, m_request);
    painter.end();
    m_stale = false;
    const QSize room = (shown + QSizeF(2 * spacingUnit, 2 * spacingUnit)).toSize();
    m_sheet->setMinimumSize(m_zoom > 0 ? room : QSize(0, 0));
    m_sheet->update();
    showSize();
    m_milliseconds = double(clock.nsecsElapsed()) / 1e6;
    Q_EMIT drawn();
}

void FigurePreview::showSize() {
    const QSizeF paper = paperSize();
    const QString size =
        u"%1 × %2 mm"_s.arg(QLocale().toString(paper.width(), 'g', 4), QLocale().toString(paper.height(), 'g', 4));
    const double percent = std::round(100 * zoom());
    m_size->setText(percent == 100 ? u"%1 in true size"_s.arg(size)
                                   : u"%1, shown at %2 %"_s.arg(size, asText(percent)));
    m_area->setAccessibleDescription(m_size->text());
}

void FigurePreview::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (m_zoom == 0 && !m_stale)
        schedule();
}

void FigurePreview::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        m_sheet->update();
}

bool FigurePreview::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Wheel) {
        auto* wheel = static_cast<QWheelEvent*>(event);
        if (wheel->modifiers() & Qt::ControlModifier) {
            stepZoom(wheel->angleDelta().y() > 0 ? 1 : -1);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace rankscope
