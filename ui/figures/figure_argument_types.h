// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The types that arguments of figures have: a word of a few, a flag, a number, a length, a list, a range. Only the
// table of figure arguments includes this.
#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "ui/figures/figure_arguments.h"
#include "ui/text/literals.h"

namespace rankscope {

using Choices = std::vector<FigureArgument::Choice>;

// How a member is read and written as a number.
struct Access {
    std::function<double(const FigureRequest&)> read;
    std::function<void(FigureRequest&, double)> write;
    bool whole = false;
};

// Of a reference into a request.
template <typename Reference>
Access accessOf(Reference reference) {
    using Entry = std::remove_reference_t<decltype(reference(std::declval<FigureRequest&>()))>;
    return {[reference](const FigureRequest& request) { return double(reference(request)); },
            [reference](FigureRequest& request, double value) {
                if constexpr (std::is_enum_v<Entry>)
                    reference(request) = Entry(int(value));
                else
                    reference(request) = Entry(value);
            },
            std::is_integral_v<Entry>};
}

template <typename Entry>
Access at(Entry FigureRequest::*entry) {
    return accessOf([entry](auto& request) -> auto& { return request.*entry; });
}

template <typename Part, typename Owner, typename Entry>
Access at(Part FigureRequest::*part, Entry Owner::*entry) {
    return accessOf([ part, entry ](auto& request) -> auto& { return (request.*part).*entry; });
}

// One of a few words.
FigureArgument choice(const char* name, const char* group, const QString& help, const Choices& choices,
                      const Access& access);
// On where it is given; "--no-…": off.
FigureArgument flag(const char* name, const char* group, const QString& help, const Access& access);
FigureArgument number(const char* name, const char* group, const QString& type, const QString& help,
                      std::pair<double, double> range, const Access& access);
FigureArgument length(const char* name, const char* group, const QString& help, const Access& access);

// Values separated by commas. `parse` gives nothing for a word that is none.
template <typename Value, typename Parse, typename Write, typename Member>
FigureArgument list(FigureArgument argument, Parse parse, Write write, Member member) {
    argument.set = [=](FigureRequest& request, const QString& text) {
        std::vector<Value> values;
        for (const QString& word : text.split(u',')) {
            const std::optional<Value> value = parse(word);
            if (!value)
                return false;
            values.push_back(*value);
        }
        member(request) = std::move(values);
        return true;
    };
    argument.get = [=](const FigureRequest& request) {
        QStringList words;
        for (const Value& value : member(request))
            words << write(value);
        return words.join(u',');
    };
    return argument;
}

QString numberOf(double value);  // with the digits that it needs

// "2-40", "0.5-3": two numbers.
std::optional<std::pair<double, double>> rangeOf(const QString& text);
QString rangeText(double first, double last);

QString allIds(const Choices& choices, QChar between = u'|');
std::optional<int> valueOf(const Choices& choices, const QString& id);
QString idOf(const Choices& choices, int value);

}  // namespace rankscope
