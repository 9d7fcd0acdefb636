// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figures/figure_arguments.h"

#include <QProcess>
#include <QRegularExpression>
#include <algorithm>
#include <array>
#include <utility>

#include "core/base/error.h"
#include "core/base/nearest_word.h"
#include "ui/figures/figure.h"
#include "ui/figures/figure_argument_types.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr const char *looks = "Look", *content = "Content", *grids = "Grids", *charts = "Curves and charts",
                     *fields = "Field of a head", *compared = "Comparison", *sheets = "Sheets";

// Of a comparison.
const Names<GridQuantity>& comparedQuantities() {
    static const Names<GridQuantity> names{
        {"field", GridQuantity::field}, {"interaction", GridQuantity::interaction}, {"gap", GridQuantity::gap}};
    return names;
}

// Of a grid.
const Names<GridQuantity>& quantities() {
    static const Names<GridQuantity> names = [] {
        Names<GridQuantity> all = comparedQuantities();
        all.emplace_back("position_share", GridQuantity::positionShare);
        return all;
    }();
    return names;
}

// The other numbers of heads, one of which a grid can show.
const Names<std::string_view>& numberNames() {
    static const Names<std::string_view> names = [] {
        Names<std::string_view> all;
        for (const HeadQuantity* quantity : numberChoices())
            if (quantity->id != positionShareId)
                all.emplace_back(toQString(quantity->id), quantity->id);
        return all;
    }();
    return names;
}

const Names<FigureKind>& kindNames() {
    static const Names<FigureKind> names = [] {
        Names<FigureKind> all;
        for (const FigureKindInfo& info : figureKinds())
            all.emplace_back(toQString(info.id), info.kind);
        return all;
    }();
    return names;
}

Names<Variant> variantNames(bool perWindow) {
    Names<Variant> names;
    for (const VariantInfo& info : variantTable())
        if (info.perWindow == perWindow)
            names.emplace_back(toQString(info.id), info.variant);
    return names;
}

Names<ColourMap> mapNames() {
    Names<ColourMap> names;
    for (const ColourMapInfo& info : colourMaps())
        if (!info.diverging)
            names.emplace_back(QString::fromLatin1(info.id.data(), qsizetype(info.id.size())), info.map);
    return names;
}

// Both choices, the grid's and the scree's, say the same.
FigureArgument variantArgument(const char* name, const QString& help, bool perWindow) {
    const auto names = variantNames(perWindow);
    return {name,
            content,
            allNames(names),
            help,
            [=](FigureRequest& request, const QString& text) {
                const auto variant = valueOf(names, text);
                if (variant && perWindow)
                    request.grid.field = request.scree.field = *variant;
                else if (variant)
                    request.grid.interaction = request.scree.interaction = *variant;
                return variant.has_value();
            },
            [=](const FigureRequest& request) {
                return nameOf(names, perWindow ? request.grid.field : request.grid.interaction);
            }};
}

FigureArgument measureArgument() {
    return {"--measure",
            content,
            u"MEASURE"_s,
            u"rank measure: k50 to k99.99, entropy, roy-vetterli, participation, stable or numerical; of k_τ "
            "also the threshold of scree curves [k90]"_s,
            [](FigureRequest& request, const QString& text) {
                try {
                    request.grid.measure = parseMeasure(text.toStdString());
                } catch (const Error&) {
                    return false;
                }
                if (request.grid.measure.measure->usesThreshold)
                    request.scree.threshold = request.grid.measure.threshold;
                return true;
            },
            [](const FigureRequest& request) { return toQString(request.grid.measure.id()); },
            [](const QString& text) {
                try {
                    parseMeasure(text.toStdString());
                } catch (const Error& error) {
                    return u"expected %1, found %2"_s.arg(toQString(error.expected()), toQString(error.found()));
                }
                return QString();
            }};
}

FigureArgument headsArgument() {
    return {"--heads",
            content,
            u"L05H07,…"_s,
            u"heads with curves or marks of their own; the first is in the foreground"_s,
            [](FigureRequest& request, const QString& text) {
                std::vector<HeadRef> heads;
                for (const QString& name : text.split(u',')) {
                    const auto head = parseHeadName(name.toStdString());
                    if (!head)
                        return false;
                    heads.push_back(*head);
                }
                request.scree.heads = std::move(heads);
                return true;
            },
            [](const FigureRequest& request) {
                QStringList names;
                for (const HeadRef head : request.scree.heads)
                    names << toQString(headName(head));
                return names.join(u',');
            }};
}

FigureArgument pinsArgument() {
    return {"--pins",
            content,
            u"0,2,…"_s,
            u"which letter, dash and marker each of them has: 0 none, 1 A, 2 B [0,1,2,…]"_s,
            [](FigureRequest& request, const QString& text) {
                std::vector<int> pins;
                for (const QString& word : text.split(u',')) {
                    bool numeric = false;
                    pins.push_back(word.toInt(&numeric));
                    if (!numeric || pins.back() < 0)
                        return false;
                }
                request.scree.pins = std::move(pins);
                return true;
            },
            [](const FigureRequest& request) {
                QStringList words;
                for (const int pin : request.scree.pins)
                    words << QString::number(pin);
                return words.join(u',');
            }};
}

FigureArgument panelsArgument() {
    return {
        "--panels",
        grids,
        QString(allNames(quantities()) + u'|' + allNames(numberNames())).replace(u'|', u','),
        u"one or several of them, one at most of those behind position_share, in this order [field,interaction,gap]"_s,
        [](FigureRequest& request, const QString& text) {
            std::vector<GridQuantity> panels;
            for (const QString& name : text.split(u',')) {
                auto panel = valueOf(quantities(), name);
                if (const auto number = valueOf(numberNames(), name); number && !panel) {
                    request.grid.number = *number;
                    panel = GridQuantity::number;
                }
                if (!panel || std::count(panels.begin(), panels.end(), *panel))
                    return false;
                panels.push_back(*panel);
            }
            request.panels = std::move(panels);
            return true;
        },
        [](const FigureRequest& request) {
            QStringList names;
            for (const GridQuantity panel : request.panels)
                names << (panel == GridQuantity::number ? toQString(request.grid.number) : nameOf(quantities(), panel));
            return names.join(u',');
        }};
}

FigureArgument colourRangeArgument(const char* name, const QString& help, GridQuantity quantity) {
    const auto slot = std::size_t(quantity);
    return {name,
            grids,
            u"LOW-HIGH"_s,
            help,
            [slot](FigureRequest& request, const QString& text) {
                const auto range = rangeOf(text);
                if (range)
                    request.colours.locked[slot] = ColourRange{range->first, range->second};
                return range.has_value();
            },
            [slot](const FigureRequest& request) {
                const auto& range = request.colours.locked[slot];
                return range ? rangeText(range->minimum, range->maximum) : QString();
            }};
}

// "gap=2-": heads with a gap of at least 2.
FigureArgument filterArgument() {
    return {"--only",
            grids,
            u"NAME=LOW-HIGH"_s,
            u"heads outside recede; either end may be left out, as in gap=2-"_s,
            [](FigureRequest& request, const QString& text) {
                static const QRegularExpression pattern(u"^(\\w+)=([0-9.]*)-([0-9.]*)$"_s);
                const auto match = pattern.match(text);
                const auto quantity = match.hasMatch() ? valueOf(quantities(), match.captured(1)) : std::nullopt;
                if (!quantity || text.endsWith(QLatin1String("=-")))
                    return false;
                ValueFilter filter{*quantity, {}, {}};
                bool low = true, high = true;
                if (!match.captured(2).isEmpty())
                    filter.minimum = match.captured(2).toDouble(&low);
                if (!match.captured(3).isEmpty())
                    filter.maximum = match.captured(3).toDouble(&high);
                if (low && high)
                    request.filter = filter;
                return low && high;
            },
            [](const FigureRequest& request) {
                const ValueFilter& filter = request.filter;
                const auto end = [](const std::optional<double>& value) {
                    return value ? QString::number(*value, 'g', QLocale::FloatingPointShortest) : QString();
                };
                return filter.active() ? nameOf(quantities(), filter.quantity) + u'=' + end(filter.minimum) + u'-' +
                                             end(filter.maximum)
                                       : QString();
            }};
}

// "0.2-0.8,0-1": across, then upwards.
FigureArgument visibleArgument() {
    return {"--visible",
            charts,
            u"X-X,Y-Y"_s,
            u"part of the axes that is shown, as fractions of them, x and y [0-1,0-1]"_s,
            [](FigureRequest& request, const QString& text) {
                const QStringList axes = text.split(u',');
                const auto x = rangeOf(axes.value(0)), y = rangeOf(axes.value(1));
                const bool good =
                    axes.size() == 2 && x && y && x->first >= 0 && y->first >= 0 && x->second <= 1 && y->second <= 1;
                if (good)
                    request.visible = QRectF(QPointF(x->first, y->first), QPointF(x->second, y->second));
                return good;
            },
            [](const FigureRequest& request) {
                const QRectF& part = request.visible;
                return rangeText(part.left(), part.right()) + u',' + rangeText(part.top(), part.bottom());
            }};
}

FigureArgument tokensArgument() {
    return {"--tokens",
            fields,
            u"FIRST-LAST"_s,
            u"part of the window, queries and keys alike [all]"_s,
            [](FigureRequest& request, const QString& text) {
                const auto range = rangeOf(text);
                if (!range || range->first < 0 || range->second > 1e6)
                    return false;
                request.field.firstToken = int(range->first);
                request.field.lastToken = int(range->second) + 1;
                return true;
            },
            [](const FigureRequest& request) {
                const FieldChoice& choice = request.field;
                return choice.lastToken > 0 ? rangeText(choice.firstToken, choice.lastToken - 1) : QString();
            }};
}

FigureArgument partArgument() {
    return {"--part",
            sheets,
            u"OPTIONS"_s,
            u"a figure of the sheet, as its options: \"--kind scree --heads L05H07 --span 2\"; once for "
            "each, in reading order"_s,
            [](FigureRequest& request, const QString& text) {
                FigureRequest part;
                if (!readArguments(part, QProcess::splitCommand(text)).isEmpty() || part.kind == FigureKind::sheet)
                    return false;
                request.parts.push_back(std::move(part));
                return true;
            },
            [](const FigureRequest&) { return QString(); },  // several: argumentsOf writes them
            [](const QString& text) {
                FigureRequest part;
                const QString problem = readArguments(part, QProcess::splitCommand(text));
                return problem.isEmpty() ? u"expected a figure, found \"%1\", a sheet in a sheet"_s.arg(text) : problem;
            }};
}

std::vector<FigureArgument> paperArguments() {
    return {
        choice(
            "--kind", content, "what to draw", kindNames(), [](auto& r) -> auto& { return r.kind; }),
        length(
            "--width", "on paper: 89mm, 8.9cm, 3.5in, 252pt; a bare number is in mm [183mm]",
            [](auto& r) -> auto& { return r.widthMm; }),
        length(
            "--height", "on paper, as --width [what the content needs]", [](auto& r) -> auto& { return r.heightMm; }),
        number(
            "--font-size", paper, "5-10", "in points [7]", 5.0, 10.0, [](auto& r) -> auto& { return r.fontPt; }),
        number(
            "--dpi", paper, "30-2400", "of raster formats [300]", 30, 2400, [](auto& r) -> auto& { return r.dpi; }),
        flag(
            "--title", looks, "model and text above the figure", [](auto& r) -> auto& { return r.look.title; }),
        flag(
            "--grid-lines", looks, "across charts, at the ticks of the vertical axis",
            [](auto& r) -> auto& { return r.look.gridLines; }),
        flag(
            "--no-labels", looks, "without the names of panels, curves and marks",
            [](auto& r) -> auto& { return r.look.labels; }),
        flag(
            "--no-legend", looks, "without colour bars and keys", [](auto& r) -> auto& { return r.look.legend; }),
        flag(
            "--no-numbers", looks, "without numbers in the cells of grids",
            [](auto& r) -> auto& { return r.look.numbers; }),
        choice<TickDensity>(
            "--ticks", looks, "labels along the axes [usual]",
            {{"few", TickDensity::few}, {"usual", TickDensity::usual}, {"many", TickDensity::many}},
            [](auto& r) -> auto& { return r.look.ticks; }),
        choice<PanelLetters>(
            "--letters", looks, "of panels: none, (a), or a in bold [none]",
            {{"none", PanelLetters::none}, {"parentheses", PanelLetters::parentheses}, {"bold", PanelLetters::bold}},
            [](auto& r) -> auto& { return r.look.letters; }),
        number(
            "--first-letter", looks, "NUMBER", "0 is a [0]", 0, 100,
            [](auto& r) -> auto& { return r.look.firstLetter; }),
        flag(
            "--greyscale", looks, "greys only", [](auto& r) -> auto& { return r.look.greyscale; }),
        flag(
            "--outlined-text", looks, "SVG: letters as paths", [](auto& r) -> auto& { return r.look.outlinedText; }),
    };
}

std::vector<FigureArgument> contentArguments() {
    return {
        measureArgument(),
        variantArgument("--field", "variant of the field [field]", true),
        variantArgument("--interaction", "variant of the interaction [interaction]", false),
        headsArgument(),
        pinsArgument(),
        panelsArgument(),
        choice<HeadOrder>(
            "--order", grids, "of the heads of a layer [index]",
            {{"index", HeadOrder::index},
             {"field", HeadOrder::field},
             {"interaction", HeadOrder::interaction},
             {"gap", HeadOrder::gap},
             {"position_share", HeadOrder::positionShare},
             {"number", HeadOrder::number}},
            [](auto& r) -> auto& { return r.order; }),
        filterArgument(),
        choice(
            "--map", grids, "colours of ranks [viridis]", mapNames(), [](auto& r) -> auto& { return r.colours.ranks; }),
        choice(
            "--gap-map", grids, "colours of the gap [cividis]", mapNames(),
            [](auto& r) -> auto& { return r.colours.gaps; }),
        flag(
            "--no-shared-range", grids, "a range of colours for Ẽ and one for W_QᵀW_K",
            [](auto& r) -> auto& { return r.colours.shared; }),
        colourRangeArgument("--range", "of the colours of Ẽ [from the numbers]", GridQuantity::field),
        colourRangeArgument("--interaction-range", "of the colours of W_QᵀW_K", GridQuantity::interaction),
        colourRangeArgument("--gap-range", "of the colours of the gap", GridQuantity::gap),
        colourRangeArgument("--position-range", "of the colours of the position share", GridQuantity::positionShare),
    };
}

std::vector<FigureArgument> chartArguments() {
    return {
        choice<ScreeQuantity>(
            "--quantity", charts, "of scree curves [cumulative]",
            {{"share", ScreeQuantity::share},
             {"cumulative", ScreeQuantity::cumulative},
             {"sigma", ScreeQuantity::sigma}},
            [](auto& r) -> auto& { return r.scree.quantity; }),
        number(
            "--threshold", charts, "0.5-0.9999", "τ of scree curves [that of the measure, or 0.9]", 0.5, 0.9999,
            [](auto& r) -> auto& { return r.scree.threshold; }),
        flag(
            "--log", charts, "logarithmic y axis of scree curves, for share and sigma",
            [](auto& r) -> auto& { return r.scree.logarithmic; }),
        flag(
            "--log-components", charts, "logarithmic component axis of scree curves",
            [](auto& r) -> auto& { return r.scree.logarithmicComponents; }),
        choice<ScreeBand>(
            "--band", charts, "heads of the median and its quartiles in scree curves [model]",
            {{"none", ScreeBand::none}, {"layer", ScreeBand::layer}, {"model", ScreeBand::model}},
            [](auto& r) -> auto& { return r.scree.band; }),
        flag(
            "--scree-baseline", charts, "the Gaussian baseline among scree curves",
            [](auto& r) -> auto& { return r.scree.baseline; }),
        flag(
            "--runs", charts, "runs of σ that cannot be told apart, in scree curves",
            [](auto& r) -> auto& { return r.scree.runs; }),
        flag(
            "--window-range", charts, "the range over windows of the first head, in scree curves",
            [](auto& r) -> auto& { return r.scree.windowRange; }),
        visibleArgument(),
        flag(
            "--no-baseline", charts, "without the Gaussian baseline in charts over heads",
            [](auto& r) -> auto& { return r.charts.baseline; }),
        choice<ChartMatrices>(
            "--values", charts, "of depth and distribution [ranks]",
            {{"ranks", ChartMatrices::ranks}, {"gap", ChartMatrices::gap}},
            [](auto& r) -> auto& { return r.charts.matrices; }),
        choice<DistributionForm>(
            "--form", charts, "of distribution [cumulative]",
            {{"cumulative", DistributionForm::cumulative}, {"histogram", DistributionForm::histogram}},
            [](auto& r) -> auto& { return r.charts.form; }),
    };
}

std::vector<FigureArgument> otherArguments() {
    return {
        number(
            "--rank", fields, "R", "components that are drawn [all that are stored]", 1, 4096,
            [](auto& r) -> auto& { return r.field.rank; }),
        choice<FieldPart>(
            "--components", fields, "1 to R, R alone, or those after R [kept]",
            {{"kept", FieldPart::kept}, {"single", FieldPart::single}, {"left", FieldPart::left}},
            [](auto& r) -> auto& { return r.field.part; }),
        tokensArgument(),
        flag(
            "--outline-visible-keys", fields, "dim the keys that a query does not see",
            [](auto& r) -> auto& { return r.field.outlineVisibleKeys; }),
        flag(
            "--strongest-cell", fields, "where a pixel holds several cells, not their mean",
            [](auto& r) -> auto& { return r.field.strongestCell; }),
        flag(
            "--whole-range", fields, "of colours, so that no cell lies beyond it",
            [](auto& r) -> auto& { return r.field.wholeRange; }),
        choice<ComparisonContent>(
            "--comparison", compared, "what is drawn of it [difference]",
            {{"difference", ComparisonContent::difference},
             {"depth", ComparisonContent::depth},
             {"distribution", ComparisonContent::distribution},
             {"spectrum", ComparisonContent::spectrum}},
            [](auto& r) -> auto& { return r.comparison; }),
        choice(
            "--compared", compared, "the number that is compared [field]", comparedQuantities(),
            [](auto& r) -> auto& { return r.compared; }),
        partArgument(),
        number(
            "--columns", sheets, "1-6", "of the sheet [2]", 1, 6, [](auto& r) -> auto& { return r.sheetColumns; }),
        number(
            "--span", sheets, "1-6", "of a part: how many columns it takes [1]", 1, 6,
            [](auto& r) -> auto& { return r.span; }),
    };
}

}  // namespace

std::span<const FigureArgument> figureArguments() {
    static const std::vector<FigureArgument> table = [] {
        std::vector<FigureArgument> all;
        for (std::vector<FigureArgument>& rows :
             std::array{paperArguments(), contentArguments(), chartArguments(), otherArguments()})
            std::move(rows.begin(), rows.end(), std::back_inserter(all));
        return all;
    }();
    return table;
}

QStringList argumentsOf(const FigureRequest& request) {
    QStringList words;
    FigureRequest read;  // as the words so far make it: a measure brings its threshold
    for (const FigureArgument& argument : figureArguments()) {
        const QString value = argument.get(request);
        if (value == argument.get(read) || value.isEmpty())
            continue;
        argument.set(read, value);
        words << QString::fromLatin1(argument.name);
        if (!argument.isFlag())
            words << value;
    }
    for (const FigureRequest& part : request.parts)
        words << u"--part"_s << argumentsOf(part).join(u' ');
    return words;
}

QString FigureArgument::refusalOf(const QString& text) const {
    if (refusal)
        return refusal(text);
    std::vector<std::string> words;
    for (const QString& word : type.split(u'|'))
        words.push_back(word.toStdString());
    return u"expected %1, found \"%2\"%3"_s.arg(
        type, text, toQString(words.size() > 1 ? didYouMean(text.toStdString(), words) : std::string()));
}

QString readArguments(FigureRequest& request, const QStringList& words) {
    for (qsizetype i = 0; i < words.size(); ++i) {
        const auto argument = std::ranges::find(figureArguments(), words[i],
                                                [](const auto& row) { return QString::fromLatin1(row.name); });
        if (argument == figureArguments().end()) {
            std::vector<std::string> names;
            for (const FigureArgument& row : figureArguments())
                names.emplace_back(row.name);
            return u"expected options of a figure, found \"%1\"%2"_s.arg(
                words[i], toQString(didYouMean(words[i].toStdString(), names)));
        }
        const QString value = argument->isFlag() ? QString() : words.value(++i);
        if (!argument->set(request, value))
            return u"%1: %2"_s.arg(QString::fromLatin1(argument->name), argument->refusalOf(value));
    }
    return {};
}

}  // namespace rankscope
