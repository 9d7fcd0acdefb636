// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/head_tables.h"

#include <QCoreApplication>
#include <algorithm>
#include <limits>

#include "ui/viewmodels/text.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(HeadTables)
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

// What every session holds comes first: those columns and the gap are seen without scrolling.
bool isOnRequest(Variant variant) {
    return variant == Variant::fieldVisibleKeys || variant == Variant::interactionNormFolded ||
           variantInfo(variant).perKvHead;
}

std::vector<Variant> variantsIn(const Session& session, bool onRequest) {
    std::vector<Variant> result;
    for (const VariantInfo& info : variantTable())
        if (isOnRequest(info.variant) == onRequest && session.has(info.variant))
            result.push_back(info.variant);
    return result;
}

std::vector<Variant> variantsIn(const Session& session) {
    std::vector<Variant> result = variantsIn(session, false);
    for (const Variant variant : variantsIn(session, true))
        result.push_back(variant);
    return result;
}

// "Ẽ before rotation" is "before rotation" in a column head: the colour says that it is the field.
TableHead headOf(Variant variant) {
    TableHead head;
    head.role = variantInfo(variant).perWindow ? ColumnRole::field : ColumnRole::interaction;
    head.plain = variantName(variant);
    head.html = variantHtml(variant);
    const QString prefix = QStringLiteral("Ẽ ");
    if (head.html.startsWith(prefix))
        head.html = head.html.mid(prefix.size());
    head.tooltip = head.plain + u'\n' + variantTooltip(variant);
    return head;
}

TableHead gapHead(const GridChoice& choice) {
    return {Text::tr("gap"), Text::tr("gap"),
            Text::tr("The same measure of %1 divided by that of %2")
                .arg(variantName(choice.interaction), variantName(choice.field)),
            ColumnRole::plain};
}

QString cellTooltip(Variant variant, const MeasureChoice& measure, const HeadValue& value) {
    QString text = QStringLiteral("%1 of %2: %3\n%4\n%5")
                       .arg(toQString(measure.label()), variantName(variant), rankText(value.median, measure),
                            toQString(measure.formula()), variantTooltip(variant));
    if (value.windows > 1)
        text += Text::tr("\nmedian of %1 windows, range %2–%3")
                    .arg(QString::number(value.windows), rankText(value.minimum, measure),
                         rankText(value.maximum, measure));
    return text;
}

TableCell valueCell(const Session& session, Variant variant, HeadRef head, const MeasureChoice& measure) {
    const auto value = headValue(session, variant, head, measure);
    if (!value)
        return {QStringLiteral("–"), Text::tr("This session does not hold it for this head."), true};
    return {rankText(value->median, measure), cellTooltip(variant, measure, *value), false};
}

TableCell gapCell(const Session& session, HeadRef head, const GridChoice& choice, const MeasureChoice& measure) {
    const auto field = headValue(session, choice.field, head, measure);
    const auto interaction = headValue(session, choice.interaction, head, measure);
    if (!field || !interaction || field->median <= 0)
        return {QStringLiteral("–"), {}, true};
    return {gapText(interaction->median / field->median),
            Text::tr("%1 of %2 divided by %1 of %3")
                .arg(toQString(measure.label()), variantName(choice.interaction), variantName(choice.field)),
            true};
}

TableCell windowCell(const Session& session, Variant variant, HeadRef head, const MeasureChoice& measure, int window) {
    if (!variantInfo(variant).perWindow)
        return {QStringLiteral("–"), Text::tr("From the weights alone: the same in every window."), true};
    const auto spectrum = session.spectrum(variant, head, window);
    if (!spectrum)
        return {QStringLiteral("–"), {}, true};
    return {rankText(measure(*spectrum), measure),
            Text::tr("%1 of %2 in window %3")
                .arg(toQString(measure.label()), variantName(variant), QString::number(window)),
            false};
}

void addSummaryRows(TableData& table, const Session& session, HeadRef head, const MeasureChoice& measure,
                    const std::vector<Variant>& variants) {
    std::vector<TableCell> median, range;
    for (const Variant variant : variants) {
        median.push_back(valueCell(session, variant, head, measure));
        const auto value = headValue(session, variant, head, measure);
        range.push_back(value ? TableCell{QStringLiteral("%1–%2").arg(rankText(value->minimum, measure),
                                                                      rankText(value->maximum, measure)),
                                          {},
                                          true}
                              : TableCell{QStringLiteral("–"), {}, true});
    }
    table.rows.push_back({{}, Text::tr("median"), Text::tr("The number that the grid shows")});
    table.cells.push_back(std::move(median));
    table.rows.push_back({{}, Text::tr("range"), Text::tr("Smallest and largest over the windows")});
    table.cells.push_back(std::move(range));
}

QString pieceAt(const CorpusFacts& corpus, int window, int position) {
    const std::size_t at = std::size_t(window) * corpus.windowLength + position;
    if (at < corpus.pieces.size())
        return toQString(corpus.pieces[at]);
    return at < corpus.tokens.size() ? QString::number(corpus.tokens[at]) : QStringLiteral("–");
}

std::vector<TableHead> keyHeads(const CorpusFacts& corpus) {
    const QString share = Text::tr("c_j = ‖Ẽ[:, j]‖² / ‖Ẽ‖², the share of key j in the field");
    return {
        {Text::tr("effective keys"), Text::tr("effective keys"), Text::tr("1 / Σ c_j²\n") + share, ColumnRole::field},
        {Text::tr("of T"), Text::tr("share of T"),
         Text::tr("Effective keys divided by the window length T = %1").arg(corpus.windowLength), ColumnRole::field},
        {Text::tr("largest share"), Text::tr("largest share"), Text::tr("The largest c_j\n") + share,
         ColumnRole::field},
        {Text::tr("at position"), Text::tr("position of the largest share"),
         Text::tr("The key position j with the largest c_j, from 0"), ColumnRole::plain},
        {Text::tr("token"), Text::tr("token"), Text::tr("The token at that position"), ColumnRole::plain}};
}

QString percentText(double share) {
    return numberText(share * 100, 1) + QStringLiteral(" %");
}

}  // namespace

TableData makeNumbersTable(const Session& session, HeadRef head, const GridChoice& choice) {
    TableData table;
    const std::vector<Variant> always = variantsIn(session, false), onRequest = variantsIn(session, true);
    for (const Variant variant : always)
        table.columns.push_back(headOf(variant));
    table.columns.push_back(gapHead(choice));
    for (const Variant variant : onRequest)
        table.columns.push_back(headOf(variant));
    for (const MeasureChoice& measure : measuresFor(choice.measure)) {
        table.rows.push_back({{}, toQString(measure.label()), toQString(measure.formula()), ColumnRole::plain});
        std::vector<TableCell> cells;
        for (const Variant variant : always)
            cells.push_back(valueCell(session, variant, head, measure));
        cells.push_back(gapCell(session, head, choice, measure));
        for (const Variant variant : onRequest)
            cells.push_back(valueCell(session, variant, head, measure));
        table.cells.push_back(std::move(cells));
    }
    return table;
}

TableData makeWindowsTable(const Session& session, HeadRef head, const GridChoice& choice) {
    TableData table;
    const std::vector<Variant> variants = variantsIn(session);
    for (const Variant variant : variants)
        table.columns.push_back(headOf(variant));
    addSummaryRows(table, session, head, choice.measure, variants);
    for (int window = 0; window < session.corpus.windows; ++window) {
        table.rows.push_back({{},
                              Text::tr("window %1").arg(window),
                              Text::tr("Starts at corpus token %1").arg(qlonglong(window) * session.corpus.stride)});
        std::vector<TableCell> cells;
        for (const Variant variant : variants)
            cells.push_back(windowCell(session, variant, head, choice.measure, window));
        table.cells.push_back(std::move(cells));
    }
    return table;
}

TableData makeKeysTable(const Session& session, HeadRef head) {
    TableData table;
    table.columns = keyHeads(session.corpus);
    if (session.state(head) != HeadState::done)
        return table;
    const KeyConcentration& keys = session.layers[std::size_t(head.layer.value)]->keys;
    const int windows = session.corpus.windows;
    for (int window = 0; window < windows; ++window) {
        const std::size_t at = std::size_t(head.head.value) * windows + window;
        if (at >= keys.effectiveKeys.size())
            break;
        const int position = keys.largestPosition[at];
        table.rows.push_back({{}, Text::tr("window %1").arg(window), {}});
        table.cells.push_back({{numberText(keys.effectiveKeys[at], 1), {}},
                               {percentText(keys.effectiveKeys[at] / session.corpus.windowLength), {}, true},
                               {percentText(keys.largestShare[at]), {}},
                               {QString::number(position), {}},
                               {pieceAt(session.corpus, window, position), {}}});
    }
    return table;
}

void TableModel::setTable(TableData table) {
    beginResetModel();
    m_table = std::move(table);
    endResetModel();
}

int TableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_table.cells.size());
}

int TableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(m_table.columns.size());
}

QVariant TableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const TableCell& cell = m_table.cells[std::size_t(index.row())][std::size_t(index.column())];
    switch (role) {
        case Qt::DisplayRole:
            return cell.text;
        case Qt::ToolTipRole:
            return cell.tooltip.isEmpty() ? m_table.columns[std::size_t(index.column())].tooltip : cell.tooltip;
        case Qt::TextAlignmentRole:
            return QVariant(Qt::AlignRight | Qt::AlignVCenter);
        case MutedRole:
            return cell.muted;
        default:
            return {};
    }
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    const auto& heads = orientation == Qt::Horizontal ? m_table.columns : m_table.rows;
    if (section < 0 || std::size_t(section) >= heads.size())
        return {};
    const TableHead& head = heads[std::size_t(section)];
    switch (role) {
        case Qt::DisplayRole:
            return head.plain;
        case HtmlRole:
            return head.html;
        case Qt::ToolTipRole:
            return head.tooltip;
        case ColumnRoleRole:
            return int(head.role);
        case Qt::TextAlignmentRole:
            return QVariant((orientation == Qt::Horizontal ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        default:
            return {};
    }
}

}  // namespace rankscope
