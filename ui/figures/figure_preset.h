// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sizes and looks of figures for journals and conferences, and those that users keep for themselves. GUI thread.
#pragma once

#include <QJsonObject>
#include <QString>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "ui/figures/figure_request.h"

namespace rankscope {

// How a figure lies on paper, without what it shows: what a preset holds and the dialog remembers.
struct FigurePaper {
    double widthMm = 183, heightMm = 0;  // 0: what the content needs
    double fontPt = 7;
    int dpi = 300;
    FigureLook look;  // but for firstLetter, which belongs to one figure
    ColourMap ranks = ColourMap::viridis, gaps = ColourMap::cividis;

    bool operator==(const FigurePaper&) const = default;
};
FigurePaper paperOf(const FigureRequest& request);
void setPaper(FigureRequest& request, const FigurePaper& paper);

// Every entry has to be there and in its range: nothing otherwise, and `fault` says which entry.
QJsonObject toJson(const FigurePaper& paper);
std::optional<FigurePaper> paperFromJson(const QJsonObject& object, QString* fault = nullptr);

// THE TABLE OF PRESETS. All of them draw on white, without title and grid lines, and in colours that the colour-blind
// tell apart and that differ in lightness.
struct FigurePreset {
    std::string_view id;  // on the command line: "ieee-single"
    const char* label;    // for menus; figurePresetLabel translates it
    double widthMm, fontPt;
    int dpi;  // of raster images with lines and text in them
    PanelLetters letters;
};
std::span<const FigurePreset> figurePresets();
const FigurePreset* figurePresetFromId(std::string_view id);  // null if there is none
QString figurePresetLabel(const FigurePreset& preset);

// What `request` looks like in the preset. Its height becomes automatic; letters are set where the figure has some, or
// is a sheet.
void applyPreset(FigureRequest& request, const FigurePreset& preset);
bool fits(const FigurePaper& paper, const FigurePreset& preset);  // width and size of text are the preset's

struct UserPreset {
    QString name;
    FigurePaper paper;
};

// The presets of the user, in a file of JSON. A file that cannot be read does no harm: `problem` says what is wrong
// with it in one line, what can be read of it is there, and it is kept under another name when a new one is written.
class UserPresets {
public:
    explicit UserPresets(QString path = defaultPath());

    static QString defaultPath();
    const QString& path() const { return m_path; }
    const std::vector<UserPreset>& list() const { return m_list; }  // by name
    const UserPreset* find(const QString& name) const;
    const QString& problem() const { return m_problem; }

    // What is wrong with a name in one line; empty if it will do.
    static QString nameProblem(const QString& name);

    // Written at once. REQUIRES a name that will do. Error if the file cannot be written: nothing has changed then.
    void save(const QString& name, const FigurePaper& paper);  // replaces one of that name
    void rename(const QString& from, const QString& to);       // and replaces another of the new name
    void remove(const QString& name);

private:
    void read();
    void write(std::vector<UserPreset> list);

    QString m_path;
    std::vector<UserPreset> m_list;
    QString m_problem;
};

}  // namespace rankscope
