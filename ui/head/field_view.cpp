// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/field_view.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QVBoxLayout>

#include "ui/head/field_canvas.h"
#include "ui/text/text.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/menu_button.h"
#include "ui/widgets/text_tabs.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr int narrowSide = 17 * spacingUnit, wideSide = 24 * spacingUnit, wideView = 80 * spacingUnit;

}  // namespace

// The legend of the heat map, in the colours and the range that the map has now.
class FieldLegend : public QWidget {
public:
    FieldLegend(const FieldCanvas* canvas, QWidget* parent) : QWidget(parent), m_canvas(canvas) {
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }
    QSize sizeHint() const override { return {16 * spacingUnit, int(fieldLegendHeight(fieldMapStyle(*this))) + 1}; }
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        const double range = m_canvas->range();
        paintFieldLegend(painter, rect(), range, double(m_canvas->extent().largest) > range, fieldMapStyle(*this));
    }

private:
    const FieldCanvas* m_canvas;
};

FieldView::FieldView(QWidget* parent)
    : QWidget(parent),
      m_canvas(new FieldCanvas(this)),
      m_number(new QSpinBox(this)),
      m_slider(new QSlider(Qt::Horizontal, this)),
      m_stored(makeMutedLabel({}, this)),
      m_part(new TextTabs(this)),
      m_legend(new FieldLegend(m_canvas, this)),
      m_energy(makeMutedLabel({}, this)),
      m_reading(new QLabel(this)) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(2 * spacingUnit);
    layout->addWidget(m_canvas, 1);
    m_side = buildSide();
    layout->addWidget(m_side);
    addOptions();
    m_number->setRange(1, 1);
    m_slider->setRange(1, 1);
    connect(m_number, &QSpinBox::valueChanged, m_slider, &QSlider::setValue);
    connect(m_slider, &QSlider::valueChanged, m_number, &QSpinBox::setValue);
    connect(m_number, &QSpinBox::valueChanged, this, &FieldView::follow);
    connect(m_part, &TextTabs::chosen, this, &FieldView::follow);
    connect(m_canvas, &FieldCanvas::cursorMoved, this, &FieldView::describe);
    connect(m_canvas, &FieldCanvas::queryMarked, this, &FieldView::describe);
    connect(m_canvas, &FieldCanvas::rangeChanged, m_legend, qOverload<>(&QWidget::update));
    connect(m_canvas, &FieldCanvas::rangeChanged, this, &FieldView::describe);
}

QLayout* FieldView::rankLine() {
    auto* line = new QHBoxLayout;
    line->setSpacing(spacingUnit / 2);
    auto* name = new QLabel(tr("ran&k"), this);
    name->setBuddy(m_number);
    m_number->setAccessibleName(tr("Rank r at which the field is drawn"));
    m_slider->setAccessibleName(tr("Rank r at which the field is drawn"));
    m_number->setToolTip(tr("How many of the stored components are taken together"));
    m_slider->setToolTip(m_number->toolTip());
    m_slider->setPageStep(4);
    line->addWidget(name);
    line->addWidget(m_number);
    line->addWidget(m_stored, 1);
    return line;
}

QWidget* FieldView::buildSide() {
    auto* side = new QWidget(this);
    side->setFixedWidth(narrowSide);
    m_part->setAccessibleName(tr("Components that are drawn"));
    m_part->layout()->setSpacing(0);
    m_part->addTab(tr("1 … r"), tr("What the first r components keep: Σ σ_k u_k v_kᵀ for k = 1 … r"));
    m_part->addTab(tr("r"), tr("Component r by itself: σ_r u_r v_rᵀ"));
    m_part->addTab(tr("rest"), tr("What is left of the stored components: k = r + 1 … stored. Components beyond "
                                  "the stored ones are not there."));
    for (QLabel* label : {m_energy, m_reading}) {
        label->setWordWrap(true);
        label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        label->setFont(smallFont(font()));
        label->setTextFormat(Qt::PlainText);
    }
    m_reading->setAccessibleName(tr("Cell under the pointer"));
    m_energy->setAccessibleName(tr("Share of the field that is drawn"));
    auto* layout = new QVBoxLayout(side);
    layout->setContentsMargins({});
    layout->setSpacing(spacingUnit / 2);
    layout->addLayout(rankLine());
    layout->addWidget(m_slider);
    layout->addWidget(m_part);
    layout->addWidget(m_energy);
    layout->addSpacing(spacingUnit / 2);
    layout->addWidget(m_legend);
    layout->addWidget(m_reading, 1);
    return side;
}

void FieldView::addOptions() {
    const auto add = [this](const QString& text, const QString& tooltip, bool checkable) {
        auto* action = new QAction(text, this);
        action->setToolTip(tooltip);
        action->setCheckable(checkable);
        m_canvas->addAction(action);
        return action;
    };
    m_canvas->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(add(tr("Show All"), tr("Zoom out to the whole window of text"), false), &QAction::triggered, m_canvas,
            &FieldCanvas::zoomOut);
    connect(add(tr("Outline Visible Keys"),
                tr("Dim the keys j > i that a query does not see. Ẽ covers all keys: only the shading changes."), true),
            &QAction::toggled, m_canvas, &FieldCanvas::setDimUnseen);
    connect(add(tr("Strongest Cell of a Pixel"),
                tr("Where a pixel holds several cells: the one of largest magnitude, not their mean"), true),
            &QAction::toggled, this, [this](bool peak) {
                m_canvas->setPixelValue(peak ? PixelValue::peak : PixelValue::mean);
                describe();
            });
    connect(add(tr("Colours over the Whole Range"),
                tr("Otherwise 0.5 % of the cells may lie beyond the ends of the legend"), true),
            &QAction::toggled, m_canvas, &FieldCanvas::setWholeRange);
    auto* options = new MenuButton(this);
    options->setText(tr("⋯"));
    options->setToolTip(tr("How the field is drawn"));
    options->setAccessibleName(tr("Options of the heat map"));
    auto* menu = new QMenu(options);
    menu->setToolTipsVisible(true);
    menu->addActions(m_canvas->actions());
    options->setMenu(menu);
    static_cast<QHBoxLayout*>(m_number->parentWidget()->layout()->itemAt(0)->layout())->addWidget(options);
}

// Narrow beside a narrow map: the map has the better use of the room.
void FieldView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_side->setFixedWidth(std::clamp(width() * 2 / 5, narrowSide, width() > wideView ? wideSide : narrowSide));
}

int FieldView::rank() const {
    return m_number->value();
}

void FieldView::setRank(int rank) {
    m_number->setValue(rank);
}

FieldPart FieldView::part() const {
    return FieldPart(m_part->current());
}

void FieldView::setPart(FieldPart part) {
    m_part->setCurrent(int(part));
    follow();
}

void FieldView::setHead(SessionPointer session, std::optional<HeadRef> head) {
    m_session = std::move(session);
    m_head = head;
    if (m_session && m_head) {
        const int stored = headFactors(*m_session, *m_head)->factors->rank;
        const bool first = m_number->maximum() == 1 && stored > 1;
        for (QWidget* control : {static_cast<QWidget*>(m_number), static_cast<QWidget*>(m_slider)}) {
            const QSignalBlocker blocker(control);
            control->setProperty("maximum", stored);
            if (first)
                control->setProperty("value", stored);
        }
        m_stored->setText(tr("of %1").arg(stored));
        m_stored->setToolTip(tr("This session stores %1 components of the field of window 0").arg(stored));
        m_canvas->setAccessibleName(
            tr("Heat map of the field of %1: queries down, keys across").arg(toQString(headName(*m_head))));
    }
    m_canvas->setHead(m_session, m_head, chosenComponents());
    follow();
}

ComponentRange FieldView::chosenComponents() const {
    return componentsOf(FieldPart(m_part->current()), m_number->value(), m_number->maximum());
}

void FieldView::follow() {
    if (!m_session || !m_head)
        return;
    m_canvas->setComponents(chosenComponents());
    describe();
}

void FieldView::describe() {
    if (!m_session || !m_head)
        return;
    const ComponentRange drawn = m_canvas->components();
    const QString document = toQString(documentName(m_session->corpus, 0));
    const QString window = !document.isEmpty()             ? tr("Window 0, from %1. ").arg(document)
                           : m_session->corpus.windows > 1 ? tr("Window 0. ")
                                                           : QString();  // the others have no factors
    m_energy->setText(window + fieldEnergyText(fieldEnergy(*m_session, *m_head, drawn), drawn));
    const FieldMap& map = m_canvas->map();
    QStringList lines;
    if (map.cursor)
        lines << fieldCellText(*m_session, *m_head, drawn, map.cursor->y(), map.cursor->x());
    if (map.markedQuery)
        lines << fieldRowText(*m_session, *m_head, drawn, *map.markedQuery);
    if (lines.isEmpty())
        lines << tr("Point at a cell to read it, click to mark its query.");
    m_reading->setText(lines.join(QStringLiteral("\n")));
    m_reading->setToolTip(plainTip(m_reading->text()));  // a low panel may have no room for all of it
    m_energy->setToolTip(m_energy->text());
    m_legend->setToolTip(
        tr("Ẽ of window 0 in logit units, zero in the middle of the map; the largest magnitude is "
           "%1.\nWhere a pixel holds several cells it shows %2.")
            .arg(logitText(double(m_canvas->extent().largest)),
                 m_canvas->pixelValue() == PixelValue::mean ? tr("their mean") : tr("the one of largest magnitude")));
}

}  // namespace rankscope
