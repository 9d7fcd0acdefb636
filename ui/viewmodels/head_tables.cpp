// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/head_tables.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "core/measures/degenerate_runs.h"
#include "core/session/head_quantity.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

// What one column of the table of numbers shows.
struct NumberColumn {
    enum class Kind { value, baseline, gap } kind = Kind::value;
    Variant variant = Variant::field;
    Variant over = Variant::field;  // of a gap: what it is divided by
};

struct NumberBlock {
    QString title;
    std::vector<NumberColumn> columns;
    bool pair = false;  // per KV head, and nothing else
};

std::vector<MeasureChoice> measuresFor(const MeasureChoice& chosen) {
    std::vector<MeasureChoice> result;
    for (const RankMeasure& measure : rankMeasures()) {
        if (!measure.usesThreshold) {
            result.push_back({&measure, chosen.threshold});
            continue;
        }
        std::vector<double> thresholds{0.9, 0.95, 0.99};
        if (std::find(thresholds.begin(), thresholds.end(), chosen.threshold) == thresholds.end())
            thresholds.push_back(chosen.threshold);
        std::sort(thresholds.begin(), thresholds.end());
        for (const double threshold : thresholds)
            result.push_back({&measure, threshold});
    }
    return result;
}

ColumnRole roleOf(Variant variant) {
    return variantInfo(variant).perWindow ? ColumnRole::field : ColumnRole::interaction;
}

// A field and its interaction next to each other, each with the baseline where the session has one, and their gap.
std::vector<NumberColumn> pairColumns(const Session& session, Variant field, Variant interaction) {
    std::vector<NumberColumn> columns;
    for (const Variant variant : {field, interaction}) {
        if (session.has(variant))
            columns.push_back({NumberColumn::Kind::value, variant, variant});
        if (session.has(variant) && session.baselineOf(variant))
            columns.push_back({NumberColumn::Kind::baseline, variant, variant});
    }
    if (session.has(field) && session.has(interaction))
        columns.push_back({NumberColumn::Kind::gap, interaction, field});
    return columns;
}

std::vector<NumberBlock> blocksOf(const Session& session, HeadRef head, const GridChoice& choice, int most) {
    std::vector<NumberBlock> blocks{{{}, pairColumns(session, choice.field, choice.interaction), false}};
    const bool paired = session.has(Variant::kvField) && !variantInfo(choice.field).perKvHead;
    for (const VariantInfo& info : variantTable()) {
        const bool inPair = paired && info.perKvHead;
        if (!session.has(info.variant) || info.variant == choice.field || info.variant == choice.interaction || inPair)
            continue;
        if (int(blocks.back().columns.size()) >= most)
            blocks.push_back({u"other variants"_s, {}, false});
        blocks.back().columns.push_back({NumberColumn::Kind::value, info.variant, info.variant});
    }
    if (paired) {
        const int kvHead = kvHeadOf(head.head, session.model.heads, session.model.kvHeads).value;
        NumberBlock block{u"KV head %1"_s.arg(kvHead), pairColumns(session, Variant::kvField, Variant::kvInteraction),
                          true};
        NumberBlock& last = blocks.back();
        if (int(last.columns.size() + block.columns.size()) <= most)
            last.columns.insert(last.columns.end(), block.columns.begin(), block.columns.end());
        else
            blocks.push_back(std::move(block));
    }
    return blocks;
}

// "Ẽ before rotation" is "before rotation" in a column head, and "W_QᵀW_K, norm folded" is "norm folded": the colour
// says whose variant it is.
TableHead headOf(Variant variant) {
    TableHead head;
    head.role = roleOf(variant);
    head.plain = variantName(variant);
    head.html = variantHtml(variant);
    const bool field = head.role == ColumnRole::field;
    const QString whole = variantHtml(field ? Variant::field : Variant::interaction);
    const QString rest = head.html.mid(whole.size());
    if (!variantInfo(variant).perKvHead && head.html.startsWith(whole) && !rest.isEmpty())
        head.html = rest.mid(rest.startsWith(u',') ? 1 : 0).trimmed();
    if (head.html.startsWith(QLatin1String("over ")))
        head.html = head.html.mid(5);
    head.tooltip = head.plain + u'\n' + variantTooltip(variant);
    return head;
}

// `titled`: the block's title says that all of it is per KV head.
TableHead headOf(const Session& session, const NumberColumn& column, bool titled) {
    const QString name = variantName(column.variant);
    if (column.kind == NumberColumn::Kind::gap)
        return {u"gap"_s, u"gap"_s,
                u"The same measure of %1 divided by that of %2"_s.arg(name, variantName(column.over))};
    if (column.kind == NumberColumn::Kind::baseline)
        return {u"Gauss"_s, u"Gaussian %1"_s.arg(name),
                u"The same measure of %1 made from Gaussian random factors of the same shapes, seed %2:\n"
                "what a head without structure would show"_s.arg(name, QString::number(session.corpus.seed))};
    TableHead head = headOf(column.variant);
    if (titled && variantInfo(column.variant).perKvHead)
        head.html = variantHtml(head.role == ColumnRole::field ? Variant::field : Variant::interaction);
    return head;
}

// The largest rank a matrix can have, and how that number is called.
QString shareOfLargest(const Session& session, Variant variant, double value) {
    const bool whole = variantInfo(variant).fullRank;
    const int largest = whole ? session.corpus.windowLength : session.model.headSize;
    if (largest <= 0)
        return {};
    return u" = %1 % of %2 = %3"_s.arg(numberText(value / largest * 100, 0), whole ? u"T"_s : u"d_h"_s,
                                       QString::number(largest));
}

QString cellTooltip(const Session& session, Variant variant, const MeasureChoice& measure, const HeadValue& value) {
    QString text = u"%1 of %2: %3%4\n%5\n%6"_s.arg(
        toQString(measure.label()), variantName(variant), rankText(value.median, measure),
        shareOfLargest(session, variant, value.median), toQString(measure.formula()), variantTooltip(variant));
    if (value.windows > 1)
        text += u"\nmedian of %1 windows of %2 tokens, range %3–%4"_s.arg(
            QString::number(value.windows), QString::number(session.corpus.windowLength),
            rankText(value.minimum, measure), rankText(value.maximum, measure));
    else if (variantInfo(variant).perWindow)
        text += u"\none window of %1 tokens"_s.arg(session.corpus.windowLength);
    else
        text += u"\nfrom the weights alone"_s;
    if (const auto baseline = baselineValue(session, variant, measure))
        text += u"\nGaussian factors of the same shapes: %1"_s.arg(rankText(*baseline, measure));
    return text;
}

TableCell missingCell(const QString& reason) {
    return {u"–"_s, reason, true};
}

TableCell valueCell(const Session& session, Variant variant, HeadRef head, const MeasureChoice& measure) {
    const auto value = headValue(session, variant, head, measure);
    if (!value)
        return missingCell(u"The session does not hold enough of this head's spectrum to tell."_s);
    return {rankText(value->median, measure), cellTooltip(session, variant, measure, *value), false};
}

TableCell baselineCell(const Session& session, Variant variant, const MeasureChoice& measure) {
    const auto value = baselineValue(session, variant, measure);
    if (!value)
        return missingCell({});
    return {rankText(*value, measure),
            u"%1 of %2 from Gaussian factors: %3%4"_s.arg(toQString(measure.label()), variantName(variant),
                                                          rankText(*value, measure),
                                                          shareOfLargest(session, variant, *value)),
            true};
}

TableCell gapCell(const Session& session, HeadRef head, const NumberColumn& column, const MeasureChoice& measure) {
    const auto gap = headGap(session, column.over, column.variant, head, measure);
    if (!gap)
        return missingCell({});
    return {gapText(gap->ratio()),
            u"%1 of %2 divided by that of %3: %4 / %5"_s.arg(
                toQString(measure.label()), variantName(column.variant), variantName(column.over),
                rankText(gap->interaction.median, measure), rankText(gap->field.median, measure)),
            true};
}

TableCell numberCell(const Session& session, HeadRef head, const NumberColumn& column, const MeasureChoice& measure) {
    return column.kind == NumberColumn::Kind::value      ? valueCell(session, column.variant, head, measure)
           : column.kind == NumberColumn::Kind::baseline ? baselineCell(session, column.variant, measure)
                                                         : gapCell(session, head, column, measure);
}

// How many runs of σ closer than 1 % there are: their single directions mean nothing.
TableCell runsCell(const Session& session, HeadRef head, const NumberColumn& column) {
    const auto spectrum =
        column.kind == NumberColumn::Kind::value ? session.spectrum(column.variant, head, 0) : std::nullopt;
    if (!spectrum)
        return {};
    QStringList runs;
    for (const DegenerateRun& run : degenerateRuns(*spectrum))
        runs << u"%1–%2"_s.arg(asText(run.first + 1), asText(run.first + run.count));
    const QString where = variantInfo(column.variant).perWindow ? u"%1, window 0"_s.arg(variantName(column.variant))
                                                                : variantName(column.variant);
    return {
        QString::number(runs.size()),
        where + u'\n' +
            (runs.isEmpty() ? u"no degenerate runs"_s : u"degenerate runs: components %1"_s.arg(runs.join(u", "_s))) +
            u'\n' + toQString(degenerateRunRule()),
        true};
}

// "entropy rank" is "entropy" in a row head: every row is a rank.
QString shortLabel(QString label) {
    for (const QString& ending : {u" rank"_s, u" ratio"_s})
        if (label.endsWith(ending))
            label.chop(ending.size());
    return label;
}

void addSection(TableData& table, const Session& session, const NumberBlock& block) {
    table.rows.push_back({{}, block.title, {}, ColumnRole::plain, true});
    std::vector<TableCell> cells;
    for (const NumberColumn& column : block.columns) {
        const TableHead head = headOf(session, column, block.pair);
        cells.push_back({head.plain, head.tooltip, false, head.role, head.html});
    }
    table.cells.push_back(std::move(cells));
}

void addBlock(TableData& table, const Session& session, HeadRef head, const NumberBlock& block,
              const MeasureChoice& chosen) {
    for (const MeasureChoice& measure : measuresFor(chosen)) {
        const QString label = toQString(measure.label());
        table.rows.push_back({shortLabel(label), label, label + u'\n' + toQString(measure.formula())});
        std::vector<TableCell> cells;
        for (const NumberColumn& column : block.columns)
            cells.push_back(numberCell(session, head, column, measure));
        table.cells.push_back(std::move(cells));
    }
    table.rows.push_back({u"close runs"_s, u"degenerate runs"_s,
                          u"Degenerate runs of the spectrum\n%1"_s.arg(toQString(degenerateRunRule()))});
    std::vector<TableCell> cells;
    for (const NumberColumn& column : block.columns)
        cells.push_back(runsCell(session, head, column));
    table.cells.push_back(std::move(cells));
}

std::vector<Variant> variantsIn(const Session& session, const GridChoice& choice) {
    std::vector<Variant> result{choice.field, choice.interaction};
    for (const VariantInfo& info : variantTable())
        if (info.variant != choice.field && info.variant != choice.interaction)
            result.push_back(info.variant);
    std::erase_if(result, [&](Variant variant) { return !session.has(variant); });
    return result;
}

std::vector<double> windowValues(const Session& session, Variant variant, HeadRef head, const MeasureChoice& measure) {
    std::vector<double> values;
    for (int window = 0; variantInfo(variant).perWindow && window < session.corpus.windows; ++window) {
        const auto spectrum = session.spectrum(variant, head, window);
        values.push_back(spectrum ? measure(*spectrum) : std::numeric_limits<double>::quiet_NaN());
    }
    return values;
}

struct Range {
    double minimum = std::numeric_limits<double>::infinity(), maximum = -minimum;

    void add(double value) {
        if (!std::isfinite(value))
            return;
        minimum = std::min(minimum, value);
        maximum = std::max(maximum, value);
    }
    double fraction(double value) const { return maximum > minimum ? (value - minimum) / (maximum - minimum) : 0.5; }
};

TableCell stripCell(const std::vector<double>& values, const Range& range, const MeasureChoice& measure) {
    TableCell cell;
    QStringList texts;
    for (const double value : values) {
        texts << rankText(value, measure);
        if (std::isfinite(value))
            cell.strip.push_back(range.fraction(value));
    }
    cell.tooltip = u"Window 0, 1, …: %1\nfrom %2 at the left to %3 at the right, the same in every row"_s.arg(
        texts.join(u", "_s), rankText(range.minimum, measure), rankText(range.maximum, measure));
    return cell;
}

TableCell windowCell(Variant variant, double value, int window, const MeasureChoice& measure) {
    if (!std::isfinite(value))
        return missingCell({});
    return {rankText(value, measure),
            u"%1 of %2 in window %3: %4"_s.arg(toQString(measure.label()), variantName(variant),
                                               QString::number(window), rankText(value, measure)),
            false};
}

std::vector<TableCell> windowRow(const Session& session, Variant variant, HeadRef head, const MeasureChoice& measure,
                                 const Range& range) {
    const auto value = headValue(session, variant, head, measure);
    const std::vector<double> values = windowValues(session, variant, head, measure);
    std::vector<TableCell> cells{valueCell(session, variant, head, measure)};
    const QString constant = u"From the weights alone: the same in every window."_s;
    if (values.empty() || !value) {
        cells.resize(std::size_t(session.corpus.windows) + 3, missingCell(constant));
        cells[2].text.clear();
        return cells;
    }
    cells.push_back({u"%1–%2"_s.arg(rankText(value->minimum, measure), rankText(value->maximum, measure)),
                     cells.front().tooltip, true});
    cells.push_back(stripCell(values, range, measure));
    for (std::size_t window = 0; window < values.size(); ++window)
        cells.push_back(windowCell(variant, values[window], int(window), measure));
    return cells;
}

QString windowOrigin(const CorpusFacts& corpus, int window) {
    if (const std::string document = documentName(corpus, window); !document.empty())
        return u"Window %1, from %2"_s.arg(asText(window), toQString(document));
    return u"Window %1, from corpus token %2"_s.arg(asText(window),
                                                    asText(qlonglong(corpus.firstWindow + window) * corpus.stride));
}

// One of the numbers that a head has besides its ranks, with a scale of its own.
std::vector<TableCell> numberRow(const HeadQuantity& quantity, const HeadValue& value, std::span<const double> values) {
    Range range;
    for (const double number : values)
        range.add(number);
    std::vector<TableCell> cells{
        {numberText(quantity, value.median), toQString(quantity.formula), false},
        {rangeText(quantity, value.minimum, value.maximum), toQString(quantity.formula), true}};
    TableCell& strip = cells.emplace_back();
    for (const double number : values) {
        strip.strip.push_back(range.fraction(number));
        cells.push_back({numberText(quantity, number), {}, false});
    }
    return cells;
}

}  // namespace

TableData makeNumbersTable(const Session& session, HeadRef head, const GridChoice& choice, int columns) {
    TableData table;
    const std::vector<NumberBlock> blocks = blocksOf(session, head, choice, columns);
    std::size_t widest = 0;
    for (const NumberBlock& block : blocks)
        widest = std::max(widest, block.columns.size());
    for (const NumberColumn& column : blocks.front().columns)
        table.columns.push_back(headOf(session, column, false));
    table.columns.resize(widest);
    for (const NumberBlock& block : blocks) {
        if (&block != &blocks.front())
            addSection(table, session, block);
        addBlock(table, session, head, block, choice.measure);
    }
    for (auto& row : table.cells)
        row.resize(widest);
    return table;
}

TableData makeWindowsTable(const Session& session, HeadRef head, const GridChoice& choice) {
    TableData table;
    const QString label = toQString(choice.measure.label());
    table.columns = {{u"median"_s, u"median"_s, u"%1: the number that the grid shows"_s.arg(label)},
                     {u"range"_s, u"range"_s, u"%1: smallest and largest over the windows"_s.arg(label)},
                     {u"every window"_s, u"every window"_s, u"One mark per window, one scale for all rows"_s}};
    for (int window = 0; window < session.corpus.windows; ++window)
        table.columns.push_back(
            {QString::number(window), u"window %1"_s.arg(window), windowOrigin(session.corpus, window)});
    const std::vector<Variant> variants = variantsIn(session, choice);
    Range range;
    for (const Variant variant : variants)
        for (const double value : windowValues(session, variant, head, choice.measure))
            range.add(value);
    for (const Variant variant : variants) {
        table.rows.push_back(headOf(variant));
        table.cells.push_back(windowRow(session, variant, head, choice.measure, range));
    }
    for (const HeadQuantity& quantity : headQuantities()) {
        const auto value = headNumber(session, quantity, head);
        if (!value || quantity.kind == NumberKind::keyPosition)
            continue;
        const QString label = toQString(quantity.label);
        table.rows.push_back({label, label, label + u'\n' + toQString(quantity.formula), ColumnRole::plain});
        table.cells.push_back(numberRow(quantity, *value, headNumbers(session, quantity.id, head)));
    }
    return table;
}

}  // namespace rankscope
