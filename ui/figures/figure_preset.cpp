// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figures/figure_preset.h"

#include <QJsonArray>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/figures/figure_parts.h"
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

// The words that stand for choices in JSON, in the order of their enumerations.
const QStringList letterWords{u"none"_s, u"parentheses"_s, u"bold"_s};
const QStringList tickWords{u"few"_s, u"usual"_s, u"many"_s};

struct Switch {
    const char* key;
    bool FigureLook::*value;
};
constexpr std::array switches{
    Switch{"title", &FigureLook::title},
    Switch{"grid_lines", &FigureLook::gridLines},
    Switch{"labels", &FigureLook::labels},
    Switch{"legend", &FigureLook::legend},
    Switch{"numbers", &FigureLook::numbers},
    Switch{"greyscale", &FigureLook::greyscale},
    Switch{"outlined_text", &FigureLook::outlinedText},
};

QString mapId(ColourMap map) {
    return toQString(colourMapInfo(map).id);
}

// Reads the entries of an object one by one; the first that is missing or out of range is the fault.
class Reader {
public:
    explicit Reader(const QJsonObject& object) : m_object(object) {}

    double number(const char* key, double low, double high) {
        const QJsonValue value = m_object[QLatin1String(key)];
        const double read = value.toDouble(std::nan(""));
        if (!(read >= low && read <= high))
            blame(key);
        return read;
    }
    bool flag(const char* key) {
        const QJsonValue value = m_object[QLatin1String(key)];
        if (!value.isBool())
            blame(key);
        return value.toBool();
    }
    int word(const char* key, const QStringList& words) {
        const auto index = words.indexOf(m_object[QLatin1String(key)].toString());
        if (index < 0)
            blame(key);
        return std::max(0, int(index));
    }
    const QString& fault() const { return m_fault; }

private:
    void blame(const char* key) {
        if (m_fault.isEmpty())
            m_fault = QLatin1String(key);
    }

    const QJsonObject& m_object;
    QString m_fault;
};

QStringList rankMapIds() {
    QStringList ids;
    for (const ColourMapInfo& info : colourMaps())
        if (!info.diverging)
            ids << toQString(info.id);
    return ids;
}

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
    QJsonObject object{
        {u"width_mm"_s, paper.widthMm},
        {u"height_mm"_s, paper.heightMm},
        {u"text_pt"_s, paper.fontPt},
        {u"dpi"_s, paper.dpi},
        {u"ticks"_s, tickWords[int(paper.look.ticks)]},
        {u"letters"_s, letterWords[int(paper.look.letters)]},
        {u"rank_colours"_s, mapId(paper.ranks)},
        {u"gap_colours"_s, mapId(paper.gaps)},
    };
    for (const Switch& entry : switches)
        object[QLatin1String(entry.key)] = paper.look.*entry.value;
    return object;
}

std::optional<FigurePaper> paperFromJson(const QJsonObject& object, QString* fault) {
    Reader reader(object);
    FigurePaper paper;
    paper.widthMm = reader.number("width_mm", 10, 2000);
    paper.heightMm = reader.number("height_mm", 0, 2000);
    paper.fontPt = reader.number("text_pt", smallestPt, largestPt);
    paper.dpi = int(reader.number("dpi", 50, 2400));
    for (const Switch& entry : switches)
        paper.look.*entry.value = reader.flag(entry.key);
    paper.look.ticks = TickDensity(reader.word("ticks", tickWords));
    paper.look.letters = PanelLetters(reader.word("letters", letterWords));
    paper.ranks = ColourMap(reader.word("rank_colours", rankMapIds()));
    paper.gaps = ColourMap(reader.word("gap_colours", rankMapIds()));
    if (reader.fault().isEmpty())
        return paper;
    if (fault)
        *fault = reader.fault();
    return std::nullopt;
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
