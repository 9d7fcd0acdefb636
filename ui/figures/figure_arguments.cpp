// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figures/figure_arguments.h"

#include <QLocale>
#include <QRegularExpression>
#include <algorithm>

#include "core/base/nearest_word.h"
#include "core/base/paper_length.h"
#include "ui/figures/figure_argument_types.h"
#include "ui/text/text.h"

namespace rankscope {

QString numberOf(double value) {
    return QString::number(value, 'g', QLocale::FloatingPointShortest);
}

QString allIds(const Choices& choices, QChar between) {
    QStringList ids;
    for (const auto& choice : choices)
        ids << choice.id;
    return ids.join(between);
}

std::optional<int> valueOf(const Choices& choices, const QString& id) {
    const auto found = std::ranges::find(choices, id, &FigureArgument::Choice::id);
    return found == choices.end() ? std::nullopt : std::optional(found->value);
}

QString idOf(const Choices& choices, int value) {
    const auto found = std::ranges::find(choices, value, &FigureArgument::Choice::value);
    return found == choices.end() ? QString() : found->id;
}

namespace {

FigureArgument row(const char* name, const char* group, const QString& type, const QString& help,
                   const Access& access) {
    FigureArgument row{name, group, type, help};
    row.read = access.read;
    row.write = access.write;
    return row;
}

}  // namespace

FigureArgument choice(const char* name, const char* group, const QString& help, const Choices& choices,
                      const Access& access) {
    FigureArgument argument = row(name, group, allIds(choices), help, access);
    argument.choices = choices;
    argument.set = [choices, access](FigureRequest& request, const QString& text) {
        const auto value = valueOf(choices, text);
        if (value)
            access.write(request, *value);
        return value.has_value();
    };
    argument.get = [choices, access](const FigureRequest& request) { return idOf(choices, int(access.read(request))); };
    return argument;
}

FigureArgument flag(const char* name, const char* group, const QString& help, const Access& access) {
    const bool given = !QByteArray(name).startsWith("--no-");
    FigureArgument argument = row(name, group, {}, help, access);
    argument.set = [access, given](FigureRequest& request, const QString&) {
        access.write(request, given);
        return true;
    };
    argument.get = [access, given](const FigureRequest& request) {
        return (access.read(request) != 0) == given ? u"on"_s : QString();
    };
    return argument;
}

FigureArgument number(const char* name, const char* group, const QString& type, const QString& help,
                      std::pair<double, double> range, const Access& access) {
    FigureArgument argument = row(name, group, type, help, access);
    argument.set = [range, access](FigureRequest& request, const QString& text) {
        bool numeric = false;
        const double value = access.whole ? text.toInt(&numeric) : text.toDouble(&numeric);
        const bool good = numeric && value >= range.first && value <= range.second;
        if (good)
            access.write(request, value);
        return good;
    };
    argument.get = [access](const FigureRequest& request) { return numberOf(access.read(request)); };
    return argument;
}

FigureArgument length(const char* name, const char* group, const QString& help, const Access& access) {
    FigureArgument argument = row(name, group, u"LENGTH"_s, help, access);
    argument.set = [access](FigureRequest& request, const QString& text) {
        const auto size = millimetresOf(text.toStdString());
        if (size)
            access.write(request, *size);
        return size.has_value();
    };
    argument.get = [access](const FigureRequest& request) {
        const double mm = access.read(request);
        return mm > 0 ? numberOf(mm) + u"mm"_s : QString();
    };
    argument.refusal = [](const QString& text) {
        return u"expected %1, found \"%2\""_s.arg(toQString(paperLengths), text);
    };
    return argument;
}

std::optional<std::pair<double, double>> rangeOf(const QString& text) {
    static const QRegularExpression dash(u"(?<![eE])-"_s);
    const QStringList ends = text.split(dash);
    bool first = false, second = false;
    if (ends.size() != 2)
        return std::nullopt;
    const std::pair range(ends[0].toDouble(&first), ends[1].toDouble(&second));
    return first && second && range.first < range.second ? std::optional(range) : std::nullopt;
}

QString rangeText(double first, double last) {
    return numberOf(first) + u'-' + numberOf(last);
}

FigureArgument& FigureArgument::shown(const char* itsLabel, const char* itsTip, std::uint32_t itsOptions) {
    label = itsLabel;
    tip = itsTip;
    options = itsOptions;
    return *this;
}

FigureArgument& FigureArgument::between(double itsLow, double itsHigh, int itsDecimals, const char* itsUnit) {
    low = itsLow;
    high = itsHigh;
    decimals = itsDecimals;
    unit = itsUnit;
    return *this;
}

FigureArgument& FigureArgument::kept(const char* itsKey, double itsLeast, double itsMost) {
    key = itsKey;
    least = itsLeast;
    most = itsMost;
    return *this;
}

bool FigureArgument::belongsTo(const FigureRequest& request) const {
    const auto has = [this](const FigureRequest& figure) {
        return options == 0 || (figureKindInfo(figure.kind).options & options) != 0;
    };
    return has(request) || (request.kind == FigureKind::sheet && std::ranges::any_of(request.parts, has));
}

const FigureArgument& figureArgument(std::string_view name) {
    return *std::ranges::find(figureArguments(), name,
                              [](const FigureArgument& row) { return std::string_view(row.name); });
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
