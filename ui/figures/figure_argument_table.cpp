// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rows of the table of figure arguments, in the order of the help.
#include <QProcess>
#include <QRegularExpression>
#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "ui/figures/figure_argument_types.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

using Request = FigureRequest;
using Look = FigureLook;

constexpr const char *looks = "Look", *content = "Content", *grids = "Grids", *charts = "Curves and charts",
                     *fields = "Field of a head", *compared = "Comparison", *sheets = "Sheets", *paper = "Paper";

constexpr std::uint32_t read(FigureOption option) {
    return static_cast<std::uint32_t>(option);
}

// Of a comparison.
Choices comparedQuantities() {
    return {{u"field"_s, u"Ẽ"_s, int(GridQuantity::field)},
            {u"interaction"_s, u"W_QᵀW_K"_s, int(GridQuantity::interaction)},
            {u"gap"_s, u"Gap"_s, int(GridQuantity::gap)}};
}

// Of a grid.
const Choices& quantities() {
    static const Choices all = [] {
        Choices some = comparedQuantities();
        some.push_back({u"position_share"_s, u"Position share"_s, int(GridQuantity::positionShare)});
        return some;
    }();
    return all;
}

Choices orders() {
    Choices all{{u"index"_s, {}, int(HeadOrder::index)}};
    for (const HeadOrder order : {HeadOrder::field, HeadOrder::interaction, HeadOrder::gap, HeadOrder::positionShare})
        all.push_back({idOf(quantities(), int(quantityOf(order))), {}, int(order)});
    all.push_back({u"number"_s, {}, int(HeadOrder::number)});
    return all;
}

// What heads can be left out by: also the other number of a grid, whichever it shows.
Choices filtered() {
    Choices some = quantities();
    some.push_back({u"number"_s, {}, int(GridQuantity::number)});
    return some;
}

Choices kinds() {
    Choices all;
    for (const FigureKindInfo& info : figureKinds())
        all.push_back({toQString(info.id), figureKindLabel(info.kind), int(info.kind)});
    return all;
}

Choices maps() {
    Choices all;
    for (const ColourMapInfo& info : colourMaps())
        if (!info.diverging)
            all.push_back({toQString(info.id), QString::fromUtf8(info.name), int(info.map)});
    return all;
}

// Any on the command line, one of a few in the dialog.
FigureArgument firstLetterArgument() {
    FigureArgument argument =
        number("--first-letter", looks, u"NUMBER"_s, u"0 is a [0]"_s, {0, 100}, at(&Request::look, &Look::firstLetter));
    for (int i = 0; i < 26; ++i)
        argument.choices.push_back({{}, QString(QChar(u'a' + i)), i});
    return argument.shown("First letter", "Of figures that are put together later");
}

// Both choices, the grid's and the scree's, say the same.
FigureArgument variantArgument(const char* name, const QString& help, bool perWindow) {
    Choices variants;
    for (const VariantInfo& info : variantTable())
        if (info.perWindow == perWindow)
            variants.push_back({toQString(info.id), {}, int(info.variant)});
    const auto inGrid = perWindow ? &GridChoice::field : &GridChoice::interaction;
    const auto inScree = perWindow ? &ScreeChoice::field : &ScreeChoice::interaction;
    return choice(name, content, help, variants,
                  {[inGrid](const Request& request) { return double(request.grid.*inGrid); },
                   [inGrid, inScree](Request& request, double value) {
                       request.grid.*inGrid = request.scree.*inScree = Variant(int(value));
                   }});
}

FigureArgument measureArgument() {
    FigureArgument argument{"--measure", content, u"MEASURE"_s,
                            u"rank measure: k50 to k99.99, entropy, roy-vetterli, participation, stable or numerical; "
                            "of k_τ also the threshold of scree curves [k90]"_s};
    argument.set = [](Request& request, const QString& text) {
        try {
            request.grid.measure = parseMeasure(text.toStdString());
        } catch (const Error&) {
            return false;
        }
        if (request.grid.measure.measure->usesThreshold)
            request.scree.threshold = request.grid.measure.threshold;
        return true;
    };
    argument.get = [](const Request& request) { return toQString(request.grid.measure.id()); };
    argument.refusal = [](const QString& text) {
        try {
            parseMeasure(text.toStdString());
        } catch (const Error& error) {
            return u"expected %1, found %2"_s.arg(toQString(error.expected()), toQString(error.found()));
        }
        return QString();
    };
    return argument;
}

FigureArgument headsArgument() {
    return list<HeadRef>(
        {"--heads", content, u"L05H07,…"_s,
         u"heads with curves or marks of their own; the first is in the foreground"_s},
        [](const QString& word) { return parseHeadName(word.toStdString()); },
        [](HeadRef head) { return toQString(headName(head)); },
        [](auto& request) -> auto& { return request.scree.heads; });
}

FigureArgument pinsArgument() {
    return list<int>(
        {"--pins", content, u"0,2,…"_s,
         u"which letter, dash and marker each of them has: 0 none, 1 A, 2 B [0,1,2,…]"_s},
        [](const QString& word) {
            bool numeric = false;
            const int pin = word.toInt(&numeric);
            return numeric && pin >= 0 ? std::optional(pin) : std::nullopt;
        },
        [](int pin) { return QString::number(pin); }, [](auto& request) -> auto& { return request.scree.pins; });
}

FigureArgument armsArgument() {
    QStringList ids;
    for (const ArmInfo& arm : armTable())
        ids << toQString(arm.id);
    return list<Arm>(
        {"--arms", charts, ids.join(u','), u"of the causal check that are drawn [all]"_s},
        [](const QString& word) { return armFromId(word.toStdString()); },
        [](Arm arm) { return toQString(armInfo(arm).id); }, [](auto& request) -> auto& { return request.arms; });
}

// The other numbers of heads, one of which a grid can show.
const HeadQuantity* numberFrom(const QString& id) {
    for (const HeadQuantity* quantity : numberChoices())
        if (quantity->id != positionShareId && toQString(quantity->id) == id)
            return quantity;
    return nullptr;
}

FigureArgument panelsArgument() {
    QString names = allIds(quantities(), u',');
    for (const HeadQuantity* quantity : numberChoices())
        if (quantity->id != positionShareId)
            names += u',' + toQString(quantity->id);
    FigureArgument argument{
        "--panels", grids, names,
        u"one or several of them, one at most of those behind position_share, in this order [field,interaction,gap]"_s};
    argument.set = [](Request& request, const QString& text) {
        std::vector<GridQuantity> panels;
        for (const QString& word : text.split(u',')) {
            const auto named = valueOf(quantities(), word);
            const HeadQuantity* number = named ? nullptr : numberFrom(word);
            const GridQuantity panel = named ? GridQuantity(*named) : GridQuantity::number;
            if ((!named && !number) || std::ranges::find(panels, panel) != panels.end())
                return false;
            if (number)
                request.grid.number = number->id;
            panels.push_back(panel);
        }
        request.panels = std::move(panels);
        return true;
    };
    argument.get = [](const Request& request) {
        QStringList words;
        for (const GridQuantity panel : request.panels)
            words << (panel == GridQuantity::number ? toQString(request.grid.number) : idOf(quantities(), int(panel)));
        return words.join(u',');
    };
    return argument;
}

FigureArgument colourRangeArgument(const char* name, const QString& help, GridQuantity quantity) {
    const auto slot = std::size_t(quantity);
    FigureArgument argument{name, grids, u"LOW-HIGH"_s, help};
    argument.set = [slot](Request& request, const QString& text) {
        const auto range = rangeOf(text);
        if (range)
            request.colours.locked[slot] = ColourRange{range->first, range->second};
        return range.has_value();
    };
    argument.get = [slot](const Request& request) {
        const auto& range = request.colours.locked[slot];
        return range ? rangeText(range->minimum, range->maximum) : QString();
    };
    return argument;
}

// "gap=2-": heads with a gap of at least 2.
FigureArgument filterArgument() {
    FigureArgument argument{"--only", grids, u"NAME=LOW-HIGH"_s,
                            u"heads outside recede; either end may be left out, as in gap=2-"_s};
    argument.set = [](Request& request, const QString& text) {
        static const QRegularExpression pattern(u"^(\\w+)=(-?[0-9.]+)?-(-?[0-9.]+)?$"_s);
        const auto match = pattern.match(text);
        const auto quantity = match.hasMatch() ? valueOf(filtered(), match.captured(1)) : std::nullopt;
        if (!quantity || text.endsWith(QLatin1String("=-")))
            return false;
        ValueFilter filter{GridQuantity(*quantity), {}, {}};
        bool low = true, high = true;
        if (!match.captured(2).isEmpty())
            filter.minimum = match.captured(2).toDouble(&low);
        if (!match.captured(3).isEmpty())
            filter.maximum = match.captured(3).toDouble(&high);
        if (low && high)
            request.filter = filter;
        return low && high;
    };
    argument.get = [](const Request& request) {
        const ValueFilter& filter = request.filter;
        const auto end = [](const std::optional<double>& value) { return value ? numberOf(*value) : QString(); };
        return filter.active()
                   ? idOf(filtered(), int(filter.quantity)) + u'=' + end(filter.minimum) + u'-' + end(filter.maximum)
                   : QString();
    };
    return argument;
}

// "0.2-0.8,0-1": across, then upwards.
FigureArgument visibleArgument() {
    FigureArgument argument{"--visible", charts, u"X-X,Y-Y"_s,
                            u"part of the axes that is shown, as fractions of them, x and y [0-1,0-1]"_s};
    argument.set = [](Request& request, const QString& text) {
        const QStringList axes = text.split(u',');
        const auto x = rangeOf(axes.value(0)), y = rangeOf(axes.value(1));
        const bool good =
            axes.size() == 2 && x && y && x->first >= 0 && y->first >= 0 && x->second <= 1 && y->second <= 1;
        if (good)
            request.visible = QRectF(QPointF(x->first, y->first), QPointF(x->second, y->second));
        return good;
    };
    argument.get = [](const Request& request) {
        const QRectF& part = request.visible;
        return rangeText(part.left(), part.right()) + u',' + rangeText(part.top(), part.bottom());
    };
    return argument;
}

FigureArgument tokensArgument() {
    FigureArgument argument{"--tokens", fields, u"FIRST-LAST"_s, u"part of the window, queries and keys alike [all]"_s};
    argument.set = [](Request& request, const QString& text) {
        const auto range = rangeOf(text);
        if (!range || range->first < 0 || range->second > 1e6)
            return false;
        request.field.firstToken = int(range->first);
        request.field.lastToken = int(range->second) + 1;
        return true;
    };
    argument.get = [](const Request& request) {
        const FieldChoice& choice = request.field;
        return choice.lastToken > 0 ? rangeText(choice.firstToken, choice.lastToken - 1) : QString();
    };
    return argument;
}

FigureArgument partArgument() {
    FigureArgument argument{
        "--part", sheets, u"OPTIONS"_s,
        u"a figure of the sheet, as its options: \"--kind scree --heads L05H07 --span 2\"; once for "
        "each, in reading order"_s};
    argument.set = [](Request& request, const QString& text) {
        Request part;
        if (!readArguments(part, QProcess::splitCommand(text)).isEmpty() || part.kind == FigureKind::sheet)
            return false;
        request.parts.push_back(std::move(part));
        return true;
    };
    argument.get = [](const Request&) { return QString(); };  // several: argumentsOf writes them
    argument.refusal = [](const QString& text) {
        Request part;
        const QString problem = readArguments(part, QProcess::splitCommand(text));
        return problem.isEmpty() ? u"expected a figure, found \"%1\", a sheet in a sheet"_s.arg(text) : problem;
    };
    return argument;
}

// A setting of the charts: of scree curves, or of charts over heads.
FigureArgument settingArgument(const char* name, const QString& help, std::string_view key, bool ofScree) {
    const ChartSetting& setting =
        *std::ranges::find(chartSettings(), key, [](const ChartSetting& each) { return std::string_view(each.key); });
    const Access access{[&setting, ofScree](const Request& request) -> double {
                            return setting.read(ofScree ? request.scree : request.charts);
                        },
                        [&setting, ofScree](Request& request, double value) {
                            setting.write(ofScree ? request.scree : request.charts, int(value));
                        }};
    if (setting.isSwitch())
        return flag(name, charts, help, access);
    Choices choices;
    for (const ChartSetting::Value& value : setting.values)
        choices.push_back({QString::fromLatin1(value.id), {}, int(choices.size())});
    return choice(name, charts, help, choices, access);
}

std::vector<FigureArgument> paperArguments() {
    using enum FigureOption;
    return {
        choice("--kind", content, u"what to draw"_s, kinds(), at(&Request::kind))
            .shown("&Kind", "What is drawn; it shows what the window shows"),
        length("--width", paper, u"on paper: 89mm, 8.9cm, 3.5in, 252pt; a bare number is in mm [183mm]"_s,
               at(&Request::widthMm))
            .shown("&Width", "On paper")
            .between(20, 500, 2, " mm")
            .kept("width_mm", 10, 2000),
        length("--height", paper, u"on paper, as --width [what the content needs]"_s, at(&Request::heightMm))
            .shown("&Height", "On paper; at its lowest, what the content needs")
            .between(0, 500, 1, " mm")
            .kept("height_mm", 0, 2000),
        number("--font-size", paper, u"5-10"_s, u"in points [7]"_s, {5, 10}, at(&Request::fontPt))
            .shown("Te&xt", "The size of text on paper")
            .between(5, 10, 1, " pt")
            .kept("text_pt", 5, 10),
        number("--dpi", paper, u"30-2400"_s, u"of raster formats [300]"_s, {30, 2400}, at(&Request::dpi))
            .shown("&Resolution", "Of images: 300 dpi and more for print")
            .between(72, 1200, 0, " dpi")
            .kept("dpi", 50, 2400),
        flag("--title", looks, u"model and text above the figure"_s, at(&Request::look, &Look::title))
            .shown("&Title", "What it shows, model and text, above the figure; captions say it better")
            .kept("title"),
        flag("--grid-lines", looks, u"across charts, at the ticks of the vertical axis"_s,
             at(&Request::look, &Look::gridLines))
            .shown("Gri&d lines", "Across charts, at the ticks of the vertical axis", read(axes))
            .kept("grid_lines"),
        flag("--no-labels", looks, u"without the names of panels, curves and marks"_s,
             at(&Request::look, &Look::labels))
            .shown("La&bels", "The names of panels, curves and marks")
            .kept("labels"),
        flag("--no-legend", looks, u"without colour bars and keys"_s, at(&Request::look, &Look::legend))
            .shown("&Legend", "Colour bars, keys of line patterns, remarks on bands")
            .kept("legend"),
        flag("--no-numbers", looks, u"without numbers in the cells of grids"_s, at(&Request::look, &Look::numbers))
            .shown("&Numbers", "In the cells of a grid, where they fit", read(colours))
            .kept("numbers"),
        choice("--ticks", looks, u"labels along the axes [usual]"_s,
               {{u"few"_s, u"Few"_s, int(TickDensity::few)},
                {u"usual"_s, u"Usual"_s, int(TickDensity::usual)},
                {u"many"_s, u"Many"_s, int(TickDensity::many)}},
               at(&Request::look, &Look::ticks))
            .shown("Tick&s", "How many numbers stand at the axes and the legends")
            .kept("ticks"),
        choice("--letters", looks, u"of panels: none, (a), or a in bold [none]"_s,
               {{u"none"_s, u"None"_s, int(PanelLetters::none)},
                {u"parentheses"_s, u"(a), (b), (c)"_s, int(PanelLetters::parentheses)},
                {u"bold"_s, u"a, b, c in bold"_s, int(PanelLetters::bold)}},
               at(&Request::look, &Look::letters))
            .shown("P&anel letters", "In the corner of each panel, for the text to refer to")
            .kept("letters"),
        firstLetterArgument(),
        flag("--greyscale", looks, u"greys only"_s, at(&Request::look, &Look::greyscale))
            .shown("Gre&yscale", "Black and greys only, for print without colour")
            .kept("greyscale"),
        flag("--outlined-text", looks, u"SVG: letters as paths"_s, at(&Request::look, &Look::outlinedText))
            .shown("Text as &outlines", "Looks the same everywhere, but can no longer be searched or edited as text")
            .kept("outlined_text"),
    };
}

std::vector<FigureArgument> contentArguments() {
    using enum FigureOption;
    return {
        measureArgument(),
        variantArgument("--field", u"variant of the field [field]"_s, true),
        variantArgument("--interaction", u"variant of the interaction [interaction]"_s, false),
        headsArgument(),
        pinsArgument(),
        panelsArgument(),
        choice("--order", grids, u"of the heads of a layer [index]"_s, orders(), at(&Request::order)),
        filterArgument(),
        choice("--map", grids, u"colours of ranks [viridis]"_s, maps(), at(&Request::colours, &GridColours::ranks))
            .shown("Matrix colo&urs", "The colours of ranks; all of them grow lighter evenly", read(colours))
            .kept("rank_colours"),
        choice("--gap-map", grids, u"colours of the gap [cividis]"_s, maps(), at(&Request::colours, &GridColours::gaps))
            .shown("Gap colours", "The colours of the ratio", read(colours))
            .kept("gap_colours"),
        flag("--no-shared-range", grids, u"a range of colours for Ẽ and one for W_QᵀW_K"_s,
             at(&Request::colours, &GridColours::shared)),
        colourRangeArgument("--range", u"of the colours of Ẽ [from the numbers]"_s, GridQuantity::field),
        colourRangeArgument("--interaction-range", u"of the colours of W_QᵀW_K"_s, GridQuantity::interaction),
        colourRangeArgument("--gap-range", u"of the colours of the gap"_s, GridQuantity::gap),
        colourRangeArgument("--position-range", u"of the colours of the position share"_s, GridQuantity::positionShare),
        choice("--quantity", charts, u"of scree curves [cumulative]"_s,
               {{u"share"_s, {}, int(ScreeQuantity::share)},
                {u"cumulative"_s, {}, int(ScreeQuantity::cumulative)},
                {u"sigma"_s, {}, int(ScreeQuantity::sigma)}},
               at(&Request::scree, &ScreeChoice::quantity)),
        number("--threshold", charts, u"0.5-0.9999"_s, u"τ of scree curves [that of the measure, or 0.9]"_s,
               {0.5, 0.9999}, at(&Request::scree, &ScreeChoice::threshold)),
        flag("--log", charts, u"logarithmic y axis of scree curves, for share and sigma"_s,
             at(&Request::scree, &ScreeChoice::logarithmic)),
        settingArgument("--log-components", u"logarithmic component axis of scree curves"_s,
                        "charts/logarithmic-components", true),
        settingArgument("--band", u"heads of the median and its quartiles in scree curves [model]"_s, "charts/band",
                        true),
        settingArgument("--scree-baseline", u"the Gaussian baseline among scree curves"_s, "charts/baseline", true),
        settingArgument("--runs", u"runs of σ that cannot be told apart, in scree curves"_s, "charts/runs", true),
        settingArgument("--window-range", u"the range over windows of the first head, in scree curves"_s,
                        "charts/window-range", true),
        visibleArgument(),
        settingArgument("--no-baseline", u"without the Gaussian baseline in charts over heads"_s, "charts/baseline",
                        false),
        settingArgument("--values", u"of depth and distribution [ranks]"_s, "charts/matrices", false),
        settingArgument("--form", u"of distribution [cumulative]"_s, "charts/distribution", false),
        armsArgument(),
        settingArgument("--value", u"of causal [delta]"_s, "charts/causal-value", false),
        settingArgument("--scope",
                        u"of causal: what is changed, the layer or head that of the first of --heads [all]"_s,
                        "charts/causal-scope", false),
        settingArgument("--log-cost", u"logarithmic y axis of causal, for delta and kl"_s, "charts/logarithmic-cost",
                        false),
        settingArgument("--versus", u"of causal-rank: what the measure is set against [attention]"_s,
                        "charts/ranks-against", false),
    };
}

std::vector<FigureArgument> otherArguments() {
    using enum FigureOption;
    return {
        number("--rank", fields, u"R"_s, u"components that are drawn [all that are stored]"_s, {1, 4096},
               at(&Request::field, &FieldChoice::rank))
            .shown("Rank r", "How many components are taken together", read(field))
            .between(0, 4096, 0),
        choice("--components", fields, u"1 to R, R alone, or those after R [kept]"_s,
               {{u"kept"_s, u"1 … r"_s, int(FieldPart::kept)},
                {u"single"_s, u"r alone"_s, int(FieldPart::single)},
                {u"left"_s, u"The rest"_s, int(FieldPart::left)}},
               at(&Request::field, &FieldChoice::part))
            .shown("Components", "Which of the stored components of the field are drawn", read(field)),
        tokensArgument(),
        flag("--outline-visible-keys", fields, u"dim the keys that a query does not see"_s,
             at(&Request::field, &FieldChoice::outlineVisibleKeys)),
        flag("--strongest-cell", fields, u"where a pixel holds several cells, not their mean"_s,
             at(&Request::field, &FieldChoice::strongestCell)),
        flag("--whole-range", fields, u"of colours, so that no cell lies beyond it"_s,
             at(&Request::field, &FieldChoice::wholeRange)),
        choice("--comparison", compared, u"what is drawn of it [difference]"_s,
               {{u"difference"_s, u"Difference"_s, int(ComparisonContent::difference)},
                {u"depth"_s, u"By depth"_s, int(ComparisonContent::depth)},
                {u"distribution"_s, u"Distribution"_s, int(ComparisonContent::distribution)},
                {u"spectrum"_s, u"Spectrum of a head"_s, int(ComparisonContent::spectrum)}},
               at(&Request::comparison))
            .shown("Comparison", "What is drawn of the compared sessions", read(sessions)),
        choice("--compared", compared, u"the number that is compared [field]"_s, comparedQuantities(),
               at(&Request::compared))
            .shown("Of", "The matrix that is compared", read(sessions)),
        partArgument(),
        number("--columns", sheets, u"1-6"_s, u"of the sheet [2]"_s, {1, 6}, at(&Request::sheetColumns))
            .shown("Side by side", "How many columns the sheet has; grids of heads take the whole width", read(parts))
            .between(1, 4, 0),
        number("--span", sheets, u"1-6"_s, u"of a part: how many columns it takes [1]"_s, {1, 6}, at(&Request::span)),
    };
}

}  // namespace

std::span<const FigureArgument> figureArguments() {
    static const std::vector<FigureArgument> table = [] {
        std::vector<FigureArgument> all = paperArguments();
        for (const auto& rows : {contentArguments(), otherArguments()})
            all.insert(all.end(), rows.begin(), rows.end());
        return all;
    }();
    return table;
}

}  // namespace rankscope
