// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The types that arguments of figures have: a word of a few, a flag, a number, a length, a range. Only the table of
// figure arguments includes this. A `member` takes a request and gives a reference into it.
#pragma once

#include <QLocale>
#include <QRegularExpression>
#include <algorithm>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/base/number_text.h"
#include "ui/figures/figure_arguments.h"
#include "ui/text/literals.h"

namespace rankscope {

constexpr const char* paper = "Paper";

template <typename Value>
using Names = std::vector<std::pair<QString, Value>>;

template <typename Value>
std::optional<Value> valueOf(const Names<Value>& names, const QString& name) {
    const auto found = std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.first == name; });
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

template <typename Value>
QString nameOf(const Names<Value>& names, const Value& value) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const auto& entry) { return entry.second == value; });
    return found == names.end() ? QString() : found->first;
}

template <typename Value>
QString allNames(const Names<Value>& names) {
    QStringList all;
    for (const auto& entry : names)
        all << entry.first;
    return all.join(u'|');
}

// One of a few words.
template <typename Value, typename Member>
FigureArgument choice(const char* name, const char* group, const QString& help, Names<Value> names, Member member) {
    return {name,
            group,
            allNames(names),
            help,
            [names, member](FigureRequest& request, const QString& text) {
                const std::optional<Value> value = valueOf(names, text);
                if (value)
                    member(request) = *value;
                return value.has_value();
            },
            [names, member](const FigureRequest& request) { return nameOf(names, member(request)); }};
}

// On where it is given; "--no-…": off.
template <typename Member>
FigureArgument flag(const char* name, const char* group, const QString& help, Member member) {
    const bool given = !QByteArray(name).startsWith("--no-");
    return {name,
            group,
            {},
            help,
            [member, given](FigureRequest& request, const QString&) {
                member(request) = given;
                return true;
            },
            [member, given](const FigureRequest& request) { return member(request) == given ? u"on"_s : QString(); }};
}

template <typename Number, typename Member>
FigureArgument number(const char* name, const char* group, const QString& type, const QString& help, Number least,
                      Number most, Member member) {
    return {name,
            group,
            type,
            help,
            [=](FigureRequest& request, const QString& text) {
                bool numeric = false;
                Number value{};
                if constexpr (std::is_integral_v<Number>)
                    value = text.toInt(&numeric);
                else
                    value = text.toDouble(&numeric);
                const bool good = numeric && value >= least && value <= most;
                if (good)
                    member(request) = value;
                return good;
            },
            [member](const FigureRequest& request) {
                if constexpr (std::is_integral_v<Number>)
                    return QString::number(member(request));
                else
                    return QString::number(member(request), 'g', QLocale::FloatingPointShortest);
            }};
}

template <typename Member>
FigureArgument length(const char* name, const QString& help, Member member) {
    return {name,
            paper,
            u"LENGTH"_s,
            help,
            [member](FigureRequest& request, const QString& text) {
                const auto size = millimetresOf(text.toStdString());
                if (size)
                    member(request) = *size;
                return size.has_value();
            },
            [member](const FigureRequest& request) {
                return member(request) > 0
                           ? QString::number(member(request), 'g', QLocale::FloatingPointShortest) + u"mm"_s
                           : QString();
            },
            [](const QString& text) {
                return u"expected %1, found \"%2\""_s.arg(
                    QString::fromUtf8(paperLengths.data(), qsizetype(paperLengths.size())), text);
            }};
}

// "2-40", "0.5-3": two numbers.
inline std::optional<std::pair<double, double>> rangeOf(const QString& text) {
    static const QRegularExpression dash(u"(?<![eE])-"_s);
    const QStringList ends = text.split(dash);
    bool first = false, second = false;
    if (ends.size() != 2)
        return std::nullopt;
    const std::pair range(ends[0].toDouble(&first), ends[1].toDouble(&second));
    return first && second && range.first < range.second ? std::optional(range) : std::nullopt;
}

inline QString rangeText(double first, double last) {
    return QString::number(first, 'g', QLocale::FloatingPointShortest) + u'-' +
           QString::number(last, 'g', QLocale::FloatingPointShortest);
}

}  // namespace rankscope
