// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rows of the export dialog that say what a figure shows.
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QListWidget>
#include <QRectF>
#include <algorithm>
#include <array>
#include <memory>

#include "ui/export/figure_form.h"
#include "ui/text/literals.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

const QRectF wholeChart(0, 0, 1, 1);

FigureForm::Shown where(FigureOption option) {
    return [option](const FigureRequest& request) { return figureKindInfo(request.kind).reads(option); };
}

QHBoxLayout* rowOf(QWidget* row, const std::vector<QWidget*>& widgets) {
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    layout->setSpacing(2 * spacingUnit);
    for (QWidget* widget : widgets)
        layout->addWidget(widget);
    return layout;
}

bool contains(const std::vector<GridQuantity>& panels, GridQuantity panel) {
    return std::ranges::find(panels, panel) != panels.end();
}

void setPanel(std::vector<GridQuantity>& panels, GridQuantity panel, bool on) {
    std::erase(panels, panel);
    if (on)
        panels.insert(std::ranges::lower_bound(panels, panel), panel);
}

void addPanels(FigureForm& form) {
    auto* row = new QWidget(&form);
    std::vector<QWidget*> boxes;
    for (const GridQuantity panel :
         {GridQuantity::field, GridQuantity::interaction, GridQuantity::gap, GridQuantity::positionShare}) {
        auto* box = form.makeSwitch(
            {}, {}, [panel](const FigureRequest& request) { return contains(request.panels, panel); },
            [panel](FigureRequest& request, bool on) { setPanel(request.panels, panel, on); });
        form.follow([box, panel](const FigureRequest& request) {
            box->setText(panel == GridQuantity::field         ? variantName(request.grid.field)
                         : panel == GridQuantity::interaction ? variantName(request.grid.interaction)
                         : panel == GridQuantity::gap         ? u"Gap"_s
                                                              : u"Position share"_s);
            box->setToolTip(u"A panel of its own"_s);
        });
        boxes.push_back(box);
    }
    rowOf(row, boxes)->addStretch(1);
    form.addRow(u"Panels"_s, row, where(FigureOption::panels));
}

FigureForm::Items mapItems() {
    FigureForm::Items items;
    for (const ColourMapInfo& info : colourMaps())
        if (!info.diverging)
            items.emplace_back(QString::fromUtf8(info.name), int(info.map));
    return items;
}

enum Range { sharedRange, ownRange, fixedRange };

int rangeOf(const FigureRequest& request) {
    return request.colours.isLocked() ? fixedRange : request.colours.shared ? sharedRange : ownRange;
}

void setRange(FigureRequest& request, int range) {
    GridColours& colours = request.colours;
    colours.shared = range == sharedRange || (range == fixedRange && colours.shared);
    if (range == fixedRange && !colours.isLocked())
        colours.locked[0] = colours.locked[1] = ColourRange{1, 64};
    if (range != fixedRange)
        colours.locked = {};
}

void addRangeEnds(FigureForm& form) {
    auto* row = new QWidget(&form);
    std::vector<QWidget*> boxes;
    for (const bool upper : {false, true}) {
        auto* box = form.addNumber(
            {}, u"The rank at this end of the colours; values beyond it have the colour of the end"_s, 0, 1e6, 1, {},
            [upper](const FigureRequest& request) {
                const ColourRange range = request.colours.locked[0].value_or(ColourRange{1, 64});
                return upper ? range.maximum : range.minimum;
            },
            [upper](FigureRequest& request, double value) {
                for (auto& range : {&request.colours.locked[0], &request.colours.locked[1]}) {
                    ColourRange ends = range->value_or(ColourRange{1, 64});
                    (upper ? ends.maximum : ends.minimum) = value;
                    *range = ends;
                }
            });
        box->setPrefix(upper ? u"to "_s : u"from "_s);
        box->setAccessibleName(upper ? u"Upper end of the colours"_s : u"Lower end of the colours"_s);
        boxes.push_back(box);
    }
    rowOf(row, boxes);
    form.addRow({}, row, [](const FigureRequest& request) {
        return where(FigureOption::colours)(request) && rangeOf(request) == fixedRange;
    });
}

void addColours(FigureForm& form) {
    const auto shown = [](const FigureRequest& request) {
        return where(FigureOption::colours)(request) && !request.look.greyscale;
    };
    form.addChoice(
        u"Matrix colo&urs"_s, u"The colours of ranks; all of them grow lighter evenly"_s, mapItems(),
        [](const FigureRequest& request) { return int(request.colours.ranks); },
        [](FigureRequest& request, int map) { request.colours.ranks = ColourMap(map); }, shown);
    form.addChoice(
        u"Gap colours"_s, u"The colours of the ratio"_s, mapItems(),
        [](const FigureRequest& request) { return int(request.colours.gaps); },
        [](FigureRequest& request, int map) { request.colours.gaps = ColourMap(map); }, shown);
    form.addChoice(
        u"Ran&ge"_s, u"From which value to which the colours go"_s,
        {{u"One for both matrices"_s, sharedRange}, {u"Of each matrix"_s, ownRange}, {u"Fixed"_s, fixedRange}}, rangeOf,
        setRange, where(FigureOption::colours));
    addRangeEnds(form);
}

// Where a chart's settings have their controls in the window.
std::optional<ChartPart> partOf(FigureKind kind) {
    static constexpr std::array parts{
        std::pair{FigureKind::scree, ChartPart::scree}, std::pair{FigureKind::depth, ChartPart::depth},
        std::pair{FigureKind::distribution, ChartPart::distribution}, std::pair{FigureKind::gap, ChartPart::depth},
        std::pair{FigureKind::length, ChartPart::lengths}};
    const auto* found = std::ranges::find(parts, kind, &std::pair<FigureKind, ChartPart>::first);
    return found == parts.end() ? std::nullopt : std::optional(found->second);
}

FigureForm::Shown where(const ChartSetting& setting) {
    return [&setting](const FigureRequest& request) {
        const FigureKindInfo& kind = figureKindInfo(request.kind);
        const auto part = partOf(request.kind);
        ChartOptions gap;
        gap.matrices = ChartMatrices::gap;
        const bool isMatrices = setting.read(gap) != setting.read(ChartOptions());
        return part && setting.belongsTo(*part) && (!isMatrices || kind.reads(FigureOption::chartMatrices));
    };
}

void writeSetting(FigureRequest& request, const ChartSetting& setting, int value) {
    setting.write(request.charts, value);
    const ChartOptions& charts = request.charts;
    request.scree.band = charts.band;
    request.scree.baseline = charts.baseline;
    request.scree.runs = charts.runs;
    request.scree.windowRange = charts.windowRange;
    request.scree.logarithmicComponents = charts.logarithmicComponents;
}

void addChartSettings(FigureForm& form) {
    for (const ChartSetting& setting : chartSettings()) {
        const auto read = [&setting](const FigureRequest& request) { return setting.read(request.charts); };
        const auto write = [&setting](FigureRequest& request, int value) { writeSetting(request, setting, value); };
        if (setting.isSwitch()) {
            form.addRow(
                {}, form.makeSwitch(settingText(setting.title), settingText(setting.values.front().tip), read, write),
                where(setting));
            continue;
        }
        FigureForm::Items items;
        for (std::size_t i = 0; i < setting.values.size(); ++i)
            items.emplace_back(settingText(setting.values[i].text), int(i));
        form.addChoice(settingText(setting.title), settingText(setting.values.front().tip), items, read, write,
                       where(setting));
    }
}

void addComparison(FigureForm& form) {
    form.addChoice(
        u"Comparison"_s, u"What is drawn of the compared sessions"_s,
        {{u"Difference"_s, int(ComparisonContent::difference)},
         {u"By depth"_s, int(ComparisonContent::depth)},
         {u"Distribution"_s, int(ComparisonContent::distribution)},
         {u"Spectrum of a head"_s, int(ComparisonContent::spectrum)}},
        [](const FigureRequest& request) { return int(request.comparison); },
        [](FigureRequest& request, int value) { request.comparison = ComparisonContent(value); },
        where(FigureOption::sessions));
    form.addChoice(
        u"Of"_s, u"The matrix that is compared"_s,
        {{u"Ẽ"_s, int(GridQuantity::field)},
         {u"W_QᵀW_K"_s, int(GridQuantity::interaction)},
         {u"Gap"_s, int(GridQuantity::gap)}},
        [](const FigureRequest& request) { return int(request.compared); },
        [](FigureRequest& request, int value) { request.compared = GridQuantity(value); },
        where(FigureOption::sessions));
}

void addField(FigureForm& form) {
    form.addChoice(
        u"Components"_s, u"Which of the stored components of the field are drawn"_s,
        {{u"1 … r"_s, int(FieldPart::kept)},
         {u"r alone"_s, int(FieldPart::single)},
         {u"The rest"_s, int(FieldPart::left)}},
        [](const FigureRequest& request) { return int(request.field.part); },
        [](FigureRequest& request, int part) { request.field.part = FieldPart(part); }, where(FigureOption::field));
    auto* rank = form.addNumber(
        u"Rank r"_s, u"How many components are taken together"_s, 0, 4096, 0, {},
        [](const FigureRequest& request) { return request.field.rank; },
        [](FigureRequest& request, double value) { request.field.rank = int(value); }, where(FigureOption::field));
    rank->setSpecialValueText(u"all that are stored"_s);
}

// The kinds of which a sheet is made, in the order of the list: ticked ones are in, and can be dragged.
class PartList : public QListWidget {
public:
    explicit PartList(FigureForm& form) : QListWidget(&form), m_form(form) {
        setDragDropMode(QAbstractItemView::InternalMove);
        setToolTip(u"The figures of the sheet in reading order; drag them, or Alt+Up and Alt+Down"_s);
        for (const FigureKindInfo& info : figureKinds())
            if (info.kind != FigureKind::sheet) {
                auto* item = new QListWidgetItem(figureKindLabel(info.kind), this);
                item->setData(Qt::UserRole, int(info.kind));
                item->setFlags((item->flags() | Qt::ItemIsUserCheckable) & ~Qt::ItemIsDropEnabled);
                item->setCheckState(Qt::Unchecked);
                item->setSizeHint(QSize(0, 3 * spacingUnit));
            }
        setFixedHeight(3 * spacingUnit * count() + 2 * frameWidth() + 2);
        connect(this, &QListWidget::itemChanged, this, &PartList::write);
        connect(model(), &QAbstractItemModel::rowsMoved, this, &PartList::write);
    }

    void read(const FigureRequest& request) {
        const QSignalBlocker blocker(this);
        for (int row = 0; row < count(); ++row) {
            const bool in = std::ranges::find(request.parts, kindAt(row), &FigureRequest::kind) != request.parts.end();
            item(row)->setCheckState(in ? Qt::Checked : Qt::Unchecked);
        }
    }

protected:
    void keyPressEvent(QKeyEvent* event) override {
        const int step = event->key() == Qt::Key_Up ? -1 : event->key() == Qt::Key_Down ? 1 : 0;
        const int from = currentRow(), to = from + step;
        if (step == 0 || !(event->modifiers() & Qt::AltModifier) || to < 0 || to >= count())
            return QListWidget::keyPressEvent(event);
        insertItem(to, takeItem(from));
        setCurrentRow(to);
        write();
    }

private:
    FigureKind kindAt(int row) const { return FigureKind(item(row)->data(Qt::UserRole).toInt()); }

    void write() {
        m_form.change([this](FigureRequest& request) {
            request.parts.clear();
            for (int row = 0; row < count(); ++row)
                if (item(row)->checkState() == Qt::Checked) {
                    request.parts.emplace_back();
                    request.parts.back().kind = kindAt(row);
                }
        });
    }

    FigureForm& m_form;
};

void addSheet(FigureForm& form) {
    auto* list = new PartList(form);
    form.addRow(u"Figures"_s, list, where(FigureOption::parts));
    form.follow([list](const FigureRequest& request) { list->read(request); });
    form.addNumber(
        u"Side by side"_s, u"How many columns the sheet has; grids of heads take the whole width"_s, 1, 4, 0, {},
        [](const FigureRequest& request) { return request.sheetColumns; },
        [](FigureRequest& request, double value) { request.sheetColumns = int(value); }, where(FigureOption::parts));
}

bool isWide(const FigureRequest& part) {
    return figureKindInfo(part.kind).reads(FigureOption::colours) &&
           (part.kind != FigureKind::comparison || part.comparison == ComparisonContent::difference);
}

// Once switched off, the part that was asked for can be had again while the figure stays of that kind.
void addVisiblePart(FigureForm& form) {
    struct Zoom {
        QRectF part = wholeChart;
        FigureKind kind = FigureKind::grid;
    };
    const auto zoom = std::make_shared<Zoom>();
    auto* zoomed = form.makeSwitch(
        u"Only the visible part"_s,
        u"As the chart in the window is zoomed; otherwise all of it. Files of numbers hold all of them"_s,
        [](const FigureRequest& request) { return request.visible != wholeChart; },
        [zoom](FigureRequest& request, bool on) { request.visible = on ? zoom->part : wholeChart; });
    form.addRow({}, zoomed, [zoom](const FigureRequest& request) {
        if (request.visible != wholeChart)
            *zoom = {request.visible, request.kind};
        return zoom->part != wholeChart && zoom->kind == request.kind;
    });
}

}  // namespace

void fillSheet(FigureRequest& sheet) {
    FigureRequest base = sheet;
    base.parts.clear();
    if (sheet.parts.empty() && sheet.look.letters == PanelLetters::none)
        base.look.letters = sheet.look.letters = PanelLetters::parentheses;
    if (sheet.parts.empty())
        for (const FigureKind kind : {FigureKind::grid, FigureKind::depth, FigureKind::distribution}) {
            sheet.parts.push_back(base);
            sheet.parts.back().kind = kind;
        }
    for (FigureRequest& part : sheet.parts) {
        base.kind = part.kind;
        part = base;
        part.heightMm = 0;
        part.span = isWide(part) ? sheet.sheetColumns : 1;
    }
}

void addFigureContent(FigureForm& form) {
    FigureForm::Items kinds;
    for (const FigureKindInfo& info : figureKinds())
        kinds.emplace_back(figureKindLabel(info.kind), int(info.kind));
    form.addHeading(u"Content"_s);
    auto* kind = form.addChoice(
        u"&Kind"_s, u"What is drawn; it shows what the window shows"_s, kinds,
        [](const FigureRequest& request) { return int(request.kind); },
        [](FigureRequest& request, int value) {
            request.kind = FigureKind(value);
            request.visible = wholeChart;  // it was another chart's
        });
    kind->setAccessibleName(u"Kind of figure"_s);
    addPanels(form);
    addColours(form);
    addChartSettings(form);
    addVisiblePart(form);
    addComparison(form);
    addField(form);
    addSheet(form);
}

}  // namespace rankscope
