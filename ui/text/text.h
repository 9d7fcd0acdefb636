// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How numbers and names of the core are written for people, once for all views. Pure functions; any thread.
#pragma once

#include <QString>
#include <optional>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/session/head_quantity.h"
#include "core/session/variant_heads.h"
#include "ui/text/literals.h"

namespace rankscope {

QString toQString(std::string_view utf8);

// Decimal points in all that is shown, typed and written: an application object takes over the user's locale for the
// whole process, and with it decimal commas, which files and commands would have on some machines only. After each that
// is made; GUI thread.
void useOneNumberFormat();

// For QString::arg: all that fills a pattern goes into one call. A second call would look for places in what the first
// one filled in, where a name of the user's may hold a "%2".
inline const QString& asText(const QString& text) {
    return text;
}
template <typename Number>
requires std::is_arithmetic_v<Number> QString asText(Number value) {
    return QString::number(value);
}

// Fixed decimals, a true minus sign; "–" for NaN.
QString numberText(double value, int decimals);

// Decimals that a measure's numbers need: 0 where it counts components, 1 otherwise.
int decimalsOf(const MeasureChoice& measure);

// A number that a head has besides its ranks: differences with a sign; and from where to where it goes, "0.70–0.79",
// "−0.003 to +0.020".
QString numberText(const HeadQuantity& quantity, double value);
QString rangeText(const HeadQuantity& quantity, double low, double high);

// A median over windows can fall between two counts: 12.5 keeps its half, 12 stays 12.
QString rankText(double value, const MeasureChoice& measure);
QString gapText(double value);          // "2.9×"
QString countText(std::int64_t value);  // grouped digits: "134,515,008"
QString durationText(double seconds);   // "0:07", "1:02:09"

// "1 × 512 tokens", "8 × 512 tokens, shuffled"
QString windowsText(const CorpusFacts& corpus);
// "shuffled · 8 × 512 tokens", "1 × 128–2048 tokens in 5 lengths": what tells sessions of one corpus apart, first.
QString runText(const Session& session);
QString controlText(const CorpusFacts& corpus);  // "as written", "shuffled": controlLabel

// The title of an axis or a legend: "<i>k</i><sub>90</sub> (components)".
QString measureHtml(const MeasureChoice& measure);

// Escaped, with W_QᵀW_K in true sub- and superscripts.
QString toHtml(const QString& plain);

// The name of a matrix: plain ("W_QᵀW_K") and with true sub- and superscripts, in HTML.
QString variantName(Variant variant);
QString variantHtml(Variant variant);
QString variantTooltip(Variant variant);
QString gapHtml(const QString& interaction, const QString& field);  // "ratio W_QᵀW_K / Ẽ" of their titles

// Which heads: the query heads, or the key/value heads that groups of them read.
enum class HeadKind { query, keyValue };
HeadKind headKindOf(Variant variant);

// Why a layer has no numbers yet: "not computed yet", or "not asked for" where the run was one of other layers.
QString pendingText(const Session& session, LayerIndex layer);

// "L05H07", "L05KV02"; `ref` counts heads of that kind.
QString headText(HeadRef ref, HeadKind kind);

// Variants of the field and of the interaction that a session holds for such heads, in table order.
std::vector<Variant> fieldVariants(const Session& session, HeadKind kind = HeadKind::query);
std::vector<Variant> interactionVariants(const Session& session, HeadKind kind = HeadKind::query);

// As one line that a shell reads as these words.
QString shellLine(const QStringList& words);

}  // namespace rankscope
