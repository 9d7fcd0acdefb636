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

// A control that no argument alone has.
FigureArgument control(const char* label, const char* tip, std::function<double(const FigureRequest&)> read,
                       std::function<void(FigureRequest&, double)> write) {
    FigureArgument row{"", "", {}, {}};
    row.label = label;
    row.tip = tip;
    row.read = std::move(read);
    row.write = std::move(write);
    return row;
}

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
        auto* box = static_cast<QCheckBox*>(form.makeControl(control(
            "", "A panel of its own", [panel](const FigureRequest& request) { return contains(request.panels, panel); },
            [panel](FigureRequest& request, double on) { setPanel(request.panels, panel, on != 0); })));
        form.follow([box, panel](const FigureRequest& request) {
            box->setText(panel == GridQuantity::field         ? variantName(request.grid.field)
                         : panel == GridQuantity::interaction ? variantName(request.grid.interaction)
                         : panel == GridQuantity::gap         ? u"Gap"_s
                                                              : u"Position share"_s);
        });
        boxes.push_back(box);
    }
    rowOf(row, boxes)->addStretch(1);
    form.addRow(u"Panels"_s, row, where(FigureOption::panels));
}

enum Range { sharedRange, ownRange, fixedRange };

Range rangeOf(const FigureRequest& request) {
    return request.colours.isLocked() ? fixedRange : request.colours.shared ? sharedRange : ownRange;
}

void setRange(FigureRequest& request, Range range) {
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
        FigureArgument end = control(
            "", "The rank at this end of the colours; values beyond it have the colour of the end",
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
        end.type = u"NUMBER"_s;
        auto* box = static_cast<QDoubleSpinBox*>(form.makeControl(end.between(0, 1e6, 1)));
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
    const auto coloured = [](const FigureRequest& request) { return !request.look.greyscale; };
    form.add(figureArgument("--map"), coloured);
    form.add(figureArgument("--gap-map"), coloured);
    FigureArgument range = control(
        "Ran&ge", "From which value to which the colours go",
        [](const FigureRequest& request) { return rangeOf(request); },
        [](FigureRequest& request, double range) { setRange(request, Range(int(range))); });
    range.type = u"RANGE"_s;
    range.choices = {{{}, u"One for both matrices"_s, sharedRange},
                     {{}, u"Of each matrix"_s, ownRange},
                     {{}, u"Fixed"_s, fixedRange}};
    form.add(range, where(FigureOption::colours));
    addRangeEnds(form);
}

// In scree curves as in charts over heads, as in the window.
void addChartSettings(FigureForm& form) {
    for (const ChartSetting& setting : chartSettings()) {
        FigureArgument row = control(
            setting.title, setting.values.front().tip,
            [&setting](const FigureRequest& request) { return setting.read(request.charts); },
            [&setting](FigureRequest& request, double value) {
                setting.write(request.charts, int(value));
                static_cast<ChartOptions&>(request.scree) = request.charts;
            });
        for (std::size_t i = 0; !setting.isSwitch() && i < setting.values.size(); ++i)
            row.choices.push_back({{}, settingText(setting.values[i].text), int(i)});
        if (!setting.isSwitch())
            row.type = u"CHOICE"_s;
        const bool isMatrices = std::string_view(setting.key) == "charts/matrices";
        form.add(row, [&setting, isMatrices](const FigureRequest& request) {
            const FigureKindInfo& kind = figureKindInfo(request.kind);
            return kind.part && setting.belongsTo(*kind.part) &&
                   (!isMatrices || kind.reads(FigureOption::chartMatrices));
        });
    }
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
    form.add(figureArgument("--columns"));
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
    const FigureArgument zoomed = control(
        "Only the visible part",
        "As the chart in the window is zoomed; otherwise all of it. Files of numbers hold all of them",
        [](const FigureRequest& request) { return request.visible != wholeChart; },
        [zoom](FigureRequest& request, double on) { request.visible = on != 0 ? zoom->part : wholeChart; });
    form.add(zoomed, [zoom](const FigureRequest& request) {
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
    form.addHeading(u"Content"_s);
    form.add(figureArgument("--kind"))->setAccessibleName(u"Kind of figure"_s);
    addPanels(form);
    addColours(form);
    addChartSettings(form);
    addVisiblePart(form);
    form.add(figureArgument("--comparison"));
    form.add(figureArgument("--compared"));
    form.add(figureArgument("--components"));
    auto* rank = static_cast<QDoubleSpinBox*>(form.add(figureArgument("--rank")));
    rank->setSpecialValueText(u"all that are stored"_s);
    addSheet(form);
}

}  // namespace rankscope
