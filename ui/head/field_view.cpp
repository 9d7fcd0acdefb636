// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/field_view.h"

#include <QAction>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>

#include "ui/head/field_canvas.h"
#include "ui/text/text.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/layouts.h"
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
      m_stored(makeMutedLabel({}, this)),
      m_legend(new FieldLegend(m_canvas, this)),
      m_energy(makeMutedLabel({}, this)),
      m_side(buildSide()) {
    row(this, {{m_canvas, 1}, m_side}, 2 * spacingUnit);
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
    auto* name = new QLabel(u"ran&k"_s, this);
    name->setBuddy(m_number);
    const QString tip = u"How many of the stored components are taken together"_s;
    named(m_number, u"Rank r at which the field is drawn"_s, tip);
    named(m_slider, u"Rank r at which the field is drawn"_s, tip);
    m_slider->setPageStep(4);
    return row(nullptr, {name, m_number, {m_stored, 1}, optionsButton()}, spacingUnit / 2);
}

QWidget* FieldView::buildSide() {
    auto* side = new QWidget(this);
    side->setFixedWidth(narrowSide);
    m_part->setAccessibleName(u"Components that are drawn"_s);
    m_part->layout()->setSpacing(0);
    m_part->addTab(u"1 … r"_s, u"What the first r components keep: Σ σ_k u_k v_kᵀ for k = 1 … r"_s);
    m_part->addTab(u"r"_s, u"Component r by itself: σ_r u_r v_rᵀ"_s);
    m_part->addTab(u"rest"_s,
                   u"What is left of the stored components: k = r + 1 … stored. Components beyond "
                   "the stored ones are not there."_s);
    for (QLabel* label : {m_energy, m_reading}) {
        label->setWordWrap(true);
        label->setAlignment(Qt::AlignTop | Qt::AlignLeft);
        label->setFont(smallFont(font()));
        label->setTextFormat(Qt::PlainText);
    }
    m_reading->setAccessibleName(u"Cell under the pointer"_s);
    m_energy->setAccessibleName(u"Share of the field that is drawn"_s);
    column(side, {rankLine(), m_slider, m_part, m_energy, gap(spacingUnit / 2), m_legend, {m_reading, 1}},
           spacingUnit / 2);
    return side;
}

// The options are the actions of the map, for its own menu, too.
QWidget* FieldView::optionsButton() {
    const auto add = [this](const QString& text, const QString& tooltip, bool checkable = true) {
        auto* action = new QAction(text, this);
        action->setToolTip(tooltip);
        action->setCheckable(checkable);
        m_canvas->addAction(action);
        return action;
    };
    m_canvas->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(add(u"Show All"_s, u"Zoom out to the whole window of text"_s, false), &QAction::triggered, m_canvas,
            &FieldCanvas::zoomOut);
    connect(add(u"Outline Visible Keys"_s,
                u"Dim the keys j > i that a query does not see. Ẽ covers all keys: only the shading changes."_s),
            &QAction::toggled, m_canvas, &FieldCanvas::setDimUnseen);
    connect(add(u"Strongest Cell of a Pixel"_s,
                u"Where a pixel holds several cells: the one of largest magnitude, not their mean"_s),
            &QAction::toggled, this, [this](bool peak) {
                m_canvas->setPixelValue(peak ? PixelValue::peak : PixelValue::mean);
                describe();
            });
    connect(
        add(u"Colours over the Whole Range"_s, u"Otherwise 0.5 % of the cells may lie beyond the ends of the legend"_s),
        &QAction::toggled, m_canvas, &FieldCanvas::setWholeRange);
    auto* options = named(new MenuButton(this), u"Options of the heat map"_s, u"How the field is drawn"_s);
    options->setText(u"⋯"_s);
    auto* menu = new QMenu(options);
    menu->setToolTipsVisible(true);
    menu->addActions(m_canvas->actions());
    options->setMenu(menu);
    return options;
}

// Narrow beside a narrow map: the map has the better use of the room.
void FieldView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_side->setFixedWidth(std::clamp(width() * 2 / 5, narrowSide, width() > wideView ? wideSide : narrowSide));
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
        m_stored->setText(u"of %1"_s.arg(stored));
        m_stored->setToolTip(u"This session stores %1 components of the field of window 0"_s.arg(stored));
        m_canvas->setAccessibleName(
            u"Heat map of the field of %1: queries down, keys across"_s.arg(toQString(headName(*m_head))));
    }
    m_canvas->setHead(m_session, m_head, chosenComponents());
    follow();
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
    const QString window = !document.isEmpty()             ? u"Window 0, from %1. "_s.arg(document)
                           : m_session->corpus.windows > 1 ? u"Window 0. "_s
                                                           : QString();  // the others have no factors
    m_energy->setText(window + fieldEnergyText(fieldEnergy(*m_session, *m_head, drawn), drawn));
    const FieldMap& map = m_canvas->map();
    QStringList lines;
    if (map.cursor)
        lines << fieldCellText(*m_session, *m_head, drawn, map.cursor->y(), map.cursor->x());
    if (map.markedQuery)
        lines << fieldRowText(*m_session, *m_head, drawn, *map.markedQuery);
    if (lines.isEmpty())
        lines << u"Point at a cell to read it, click to mark its query."_s;
    m_reading->setText(lines.join(u"\n"_s));
    m_reading->setToolTip(plainTip(m_reading->text()));  // a low panel may have no room for all of it
    m_energy->setToolTip(m_energy->text());
    m_legend->setToolTip(
        u"Ẽ of window 0 in logit units, zero in the middle of the map; the largest magnitude is "
        "%1.\nWhere a pixel holds several cells it shows %2."_s.arg(
            logitText(double(m_canvas->extent().largest)),
            m_canvas->pixelValue() == PixelValue::mean ? u"their mean"_s : u"the one of largest magnitude"_s));
}

}  // namespace rankscope
