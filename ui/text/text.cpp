// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/text/text.h"

#include <QLocale>
#include <QRegularExpression>
#include <clocale>
#include <cmath>

#include "core/analysis/controls.h"
#include "core/base/number_text.h"

namespace rankscope {

namespace {

QString twoDigits(long long value) {
    return u"%1"_s.arg(value, 2, 10, QChar(u'0'));
}

std::vector<Variant> variantsOf(const Session& session, HeadKind kind, bool perWindow) {
    std::vector<Variant> result;
    for (const VariantInfo& info : variantTable())
        if (info.perWindow == perWindow && headKindOf(info.variant) == kind && session.has(info.variant))
            result.push_back(info.variant);
    return result;
}

}  // namespace

QString toQString(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

void useOneNumberFormat() {
    std::setlocale(LC_NUMERIC, "C");
    QLocale::setDefault(QLocale::c());
}

QString numberText(double value, int decimals) {
    if (!std::isfinite(value))
        return u"–"_s;
    QString text = toQString(fixedText(value, decimals));
    if (text.startsWith(u'-'))
        text[0] = QChar(0x2212);
    return text;
}

int decimalsOf(const MeasureChoice& measure) {
    return measure.measure->integral ? 0 : 1;
}

QString numberText(const HeadQuantity& quantity, double value) {
    const QString text = numberText(value, quantity.decimals);
    return quantity.kind == NumberKind::difference && value > 0 ? u'+' + text : text;
}

QString rangeText(const HeadQuantity& quantity, double low, double high) {
    const QString between = quantity.kind == NumberKind::difference ? u" to "_s : u"–"_s;
    return numberText(quantity, low) + between + numberText(quantity, high);
}

QString rankText(double value, const MeasureChoice& measure) {
    const bool between = measure.measure->integral && std::isfinite(value) && value != std::floor(value);
    return numberText(value, between ? 1 : decimalsOf(measure));
}

QString measureHtml(const MeasureChoice& measure) {
    QString text = toQString(measure.label());
    if (measure.measure->usesThreshold)
        text = u"<i>k</i><sub>%1</sub>"_s.arg(text.mid(1));
    return measure.measure->integral ? u"%1 (components)"_s.arg(text) : text;
}

QString gapHtml(const QString& interaction, const QString& field) {
    return u"ratio %1 / %2"_s.arg(interaction, field);
}

QString gapText(double value) {
    return std::isfinite(value) ? numberText(value, 1) + QChar(0xD7) : u"–"_s;
}

QString countText(std::int64_t value) {
    return QLocale(QLocale::English).toString(qlonglong(value));
}

QString durationText(double seconds) {
    const auto total = static_cast<long long>(std::llround(std::max(0.0, seconds)));
    const QString low = twoDigits(total % 60);
    if (total < 3600)
        return u"%1:%2"_s.arg(asText(total / 60), low);
    return u"%1:%2:%3"_s.arg(asText(total / 3600), twoDigits(total / 60 % 60), low);
}

QString controlText(const CorpusFacts& corpus) {
    return toQString(controlLabel(corpus));
}

QString windowsText(const CorpusFacts& corpus) {
    QString text = u"%1 × %2 tokens"_s.arg(asText(corpus.windows), asText(corpus.windowLength));
    if (corpus.control != "none")
        text += u", "_s + controlText(corpus);
    return text;
}

QString toHtml(const QString& plain) {
    return plain.toHtmlEscaped()
        .replace(u"W_Qᵀ"_s, u"W<sub>Q</sub><sup>T</sup>"_s)
        .replace(u"W_Q"_s, u"W<sub>Q</sub>"_s)
        .replace(u"W_K"_s, u"W<sub>K</sub>"_s);
}

QString runText(const Session& session) {
    const CorpusFacts& corpus = session.corpus;
    QString text = u"%1 × %2 tokens"_s.arg(asText(corpus.windows), asText(corpus.windowLength));
    if (!session.sweep.empty()) {
        const auto lengths = sessionsByLength(session);
        text = u"%1 × %2–%3 tokens in %4 lengths"_s.arg(
            asText(corpus.windows), asText(lengths.front()->corpus.windowLength),
            asText(lengths.back()->corpus.windowLength), asText(lengths.size()));
    }
    return corpus.control == "none" ? text : u"%1 · %2"_s.arg(controlText(corpus), text);
}

QString variantName(Variant variant) {
    return toQString(variantInfo(variant).label);
}

QString variantHtml(Variant variant) {
    return toHtml(variantName(variant));
}

QString variantTooltip(Variant variant) {
    return toQString(variantInfo(variant).formula);
}

HeadKind headKindOf(Variant variant) {
    return variantInfo(variant).perKvHead ? HeadKind::keyValue : HeadKind::query;
}

QString pendingText(const Session& session, LayerIndex layer) {
    return isAskedFor(session, layer) ? u"not computed yet"_s : u"not asked for: the run was one of other layers"_s;
}

QString headText(HeadRef ref, HeadKind kind) {
    if (kind == HeadKind::query)
        return toQString(headName(ref));
    return u"L%1KV%2"_s.arg(twoDigits(ref.layer.value), twoDigits(ref.head.value));
}

std::vector<Variant> fieldVariants(const Session& session, HeadKind kind) {
    return variantsOf(session, kind, true);
}

std::vector<Variant> interactionVariants(const Session& session, HeadKind kind) {
    return variantsOf(session, kind, false);
}

QString shellLine(const QStringList& words) {
    static const QRegularExpression plain(u"^[\\w./,:=@%+-]+$"_s);
    QStringList quoted;
    for (QString word : words)
        quoted << (plain.match(word).hasMatch() ? word : u'\'' + word.replace(u'\'', u"'\\''"_s) + u'\'');
    return quoted.join(u' ');
}

}  // namespace rankscope
