// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/request/model_facts.h"

#include <QStringList>

#include "ui/request/machine_rates.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr std::size_t shownNames = 3;

QString nameList(const std::vector<std::string>& names) {
    QStringList shown;
    for (std::size_t i = 0; i < std::min(names.size(), shownNames); ++i)
        shown << toQString(names[i]);
    if (names.size() > shownNames)
        shown << u"and %1 more"_s.arg(names.size() - shownNames);
    return shown.join(u", "_s);
}

// "135 M", "6.7 B", as models are called.
QString parametersText(double count) {
    const bool billions = count >= 999.5e6;
    const double value = count / (billions ? 1e9 : 1e6);
    const QString number = numberText(value, value < 9.95 ? 1 : 0);
    return billions ? u"%1 B"_s.arg(number) : u"%1 M"_s.arg(number);
}

QString typesText(const ModelInfo& info) {
    QStringList types;
    for (const auto& [type, count] : info.tensorTypes)
        types << u"%1 × %2"_s.arg(QString::number(count), toQString(type));
    return types.join(u", "_s);
}

}  // namespace

QString modelFactsText(const ModelInfo& info) {
    QStringList lines;
    lines << u"%1 · %2 · %3 parameters"_s.arg(toQString(info.name), toQString(info.family), countText(info.parameters));
    lines << u"%1 layers × %2 query heads, %3 key/value heads, d_h %4"_s.arg(
        QString::number(info.layers), QString::number(info.heads), QString::number(info.kvHeads),
        QString::number(info.headSize));
    QString third = toQString(describePosition(info));
    if (info.contextLength > 0)
        third += u" · context %1"_s.arg(countText(info.contextLength));
    lines << third << typesText(info);
    if (!info.unexpected.empty())
        lines << u"not used: %1"_s.arg(nameList(info.unexpected));
    for (const auto* remarks : {&info.warnings, &info.notes})
        for (const std::string& remark : *remarks)
            lines << toQString(remark);
    lines.removeAll(QString());
    return lines.join(u'\n');
}

QString modelLine(const ModelInfo& info) {
    return u"%1 · %2 · %3 × %4 heads · %5"_s.arg(toQString(info.family), parametersText(double(info.parameters)),
                                                 QString::number(info.layers), QString::number(info.heads),
                                                 memoryText(double(info.bytes)));
}

QString modelProblem(const ModelInfo& info) {
    if (!info.missing.empty())
        return u"Tensors are missing: %1"_s.arg(nameList(info.missing));
    if (!info.misshapen.empty())
        return u"Tensors have the wrong shape: %1"_s.arg(nameList(info.misshapen));
    return {};
}

}  // namespace rankscope
