// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figures/figure_preset.h"

#include <QJsonArray>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/figures/figure_arguments.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

// Widths, and why:
//   IEEE     one column 3.5 in = 21 picas, two 7.16 in = 43 picas (Author Center, "Size Requirements for Graphics");
//            callouts in 8 pt, line art at 600 dpi.
//   Nature   89 mm and 183 mm, text of 5 to 7 pt, bold lower-case letters (research figure guide); 300 to 450 dpi.
//   ICML     two columns, 6.75 in over all, 0.25 in between them (author instructions, "Dimensions").
//   NeurIPS  one column of 5.5 in (neurips.sty: textwidth=5.5in); "half" leaves 3.7 mm between two side by side.
//   ACL      A4 with margins of 2.5 cm: 16 cm, two columns of 7.7 cm, 0.6 cm between them (paper formatting
//   guidelines).
// The last three set their text in 10 or 11 pt and captions in 9 or 10 pt: 8 pt and 7 pt stay below these.
constexpr std::array presets{
    FigurePreset{"ieee-single", "IEEE, one column", 88.9, 8, 600, PanelLetters::parentheses},
    FigurePreset{"ieee-double", "IEEE, two columns", 182, 8, 600, PanelLetters::parentheses},
    FigurePreset{"nature-single", "Nature, one column", 89, 7, 450, PanelLetters::bold},
    FigurePreset{"nature-double", "Nature, two columns", 183, 7, 450, PanelLetters::bold},
    FigurePreset{"icml-single", "ICML, one column", 82.55, 7, 300, PanelLetters::parentheses},
    FigurePreset{"icml-double", "ICML, two columns", 171.45, 8, 300, PanelLetters::parentheses},
    FigurePreset{"neurips-half", "NeurIPS, half of the column", 68, 7, 300, PanelLetters::parentheses},
    FigurePreset{"neurips-single", "NeurIPS, the one column", 139.7, 8, 300, PanelLetters::parentheses},
    FigurePreset{"acl-single", "ACL, one column", 77, 7, 300, PanelLetters::parentheses},
    FigurePreset{"acl-double", "ACL, two columns", 160, 8, 300, PanelLetters::parentheses},
};

}  // namespace

FigurePaper paperOf(const FigureRequest& request) {
    FigurePaper paper{request.widthMm, request.heightMm,      request.fontPt,      request.dpi,
                      request.look,    request.colours.ranks, request.colours.gaps};
    paper.look.firstLetter = 0;
    return paper;
}

void setPaper(FigureRequest& request, const FigurePaper& paper) {
    const int firstLetter = request.look.firstLetter;
    request.widthMm = paper.widthMm;
    request.heightMm = paper.heightMm;
    request.fontPt = paper.fontPt;
    request.dpi = paper.dpi;
    request.look = paper.look;
    request.look.firstLetter = firstLetter;
    request.colours.ranks = paper.ranks;
    request.colours.gaps = paper.gaps;
}

QJsonObject toJson(const FigurePaper& paper) {
    FigureRequest request;
    setPaper(request, paper);
    QJsonObject object;
    for (const FigureArgument& entry : figureArguments()) {
        const QString key = QString::fromLatin1(entry.key);
        if (!key.isEmpty())
            object[key] = !entry.choices.empty() ? QJsonValue(entry.get(request))
                          : entry.isFlag()       ? QJsonValue(entry.read(request) != 0)
                                                 : QJsonValue(entry.read(request));
    }
    return object;
}

std::optional<FigurePaper> paperFromJson(const QJsonObject& object, QString* fault) {
    FigureRequest request;
    for (const FigureArgument& entry : figureArguments()) {
        const QString key = QString::fromLatin1(entry.key);
        if (key.isEmpty())
            continue;
        const QJsonValue value = object[key];
        const double number = value.toDouble(std::nan(""));
        const bool good = !entry.choices.empty() ? entry.set(request, value.toString())
                          : entry.isFlag()       ? value.isBool()
                                                 : number >= entry.least && number <= entry.most;
        if (!good) {
            if (fault)
                *fault = key;
            return std::nullopt;
        }
        if (entry.choices.empty())
            entry.write(request, entry.isFlag() ? value.toBool() : number);
    }
    return paperOf(request);
}

std::span<const FigurePreset> figurePresets() {
    return presets;
}

const FigurePreset* figurePresetFromId(std::string_view id) {
    const auto found = std::ranges::find(presets, id, &FigurePreset::id);
    return found == presets.end() ? nullptr : &*found;
}

QString figurePresetLabel(const FigurePreset& preset) {
    return QString::fromUtf8(preset.label);
}

void applyPreset(FigureRequest& request, const FigurePreset& preset) {
    request.widthMm = preset.widthMm;
    request.heightMm = 0;
    request.fontPt = preset.fontPt;
    request.dpi = preset.dpi;
    request.look.title = request.look.gridLines = false;
    if (request.look.letters != PanelLetters::none || request.kind == FigureKind::sheet)
        request.look.letters = preset.letters;
}

bool fits(const FigurePaper& paper, const FigurePreset& preset) {
    return std::abs(paper.widthMm - preset.widthMm) < 0.01 && std::abs(paper.fontPt - preset.fontPt) < 0.01;
}

}  // namespace rankscope
