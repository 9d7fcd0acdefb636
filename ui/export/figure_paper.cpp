// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rows of the export dialog that say how a figure lies on paper, and in which kind of file.
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QStandardItemModel>
#include <array>

#include "ui/export/figure_form.h"
#include "ui/export/preset_box.h"
#include "ui/text/text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr double narrowestMm = 20, widestMm = 500;

// A switch of the looks, and which kinds have a use for it; 0: all.
struct LookSwitch {
    const char* text;
    const char* tip;
    bool FigureLook::*value;
    std::uint32_t options;
};

constexpr std::array lookSwitches{
    LookSwitch{"&Title", "What it shows, model and text, above the figure; captions say it better", &FigureLook::title,
               0},
    LookSwitch{"La&bels", "The names of panels, curves and marks", &FigureLook::labels, 0},
    LookSwitch{"&Legend", "Colour bars, keys of line patterns, remarks on bands", &FigureLook::legend, 0},
    LookSwitch{"Gre&yscale", "Black and greys only, for print without colour", &FigureLook::greyscale, 0},
    LookSwitch{"Gri&d lines", "Across charts, at the ticks of the vertical axis", &FigureLook::gridLines,
               static_cast<std::uint32_t>(FigureOption::axes)},
    LookSwitch{"&Numbers", "In the cells of a grid, where they fit", &FigureLook::numbers,
               static_cast<std::uint32_t>(FigureOption::colours)},
};

bool reads(const FigureRequest& request, std::uint32_t options) {
    const auto has = [options](const FigureRequest& figure) {
        return options == 0 || (figureKindInfo(figure.kind).options & options) != 0;
    };
    return has(request) || (request.kind == FigureKind::sheet && std::ranges::any_of(request.parts, has));
}

void addLooks(FigureForm& form) {
    auto* box = new QWidget(&form);
    auto* layout = new QGridLayout(box);
    layout->setContentsMargins({});
    layout->setHorizontalSpacing(2 * spacingUnit);
    layout->setVerticalSpacing(spacingUnit);
    int place = 0;
    for (const LookSwitch& row : lookSwitches) {
        auto* one = form.makeSwitch(
            QString::fromUtf8(row.text), QString::fromUtf8(row.tip),
            [&row](const FigureRequest& request) { return request.look.*row.value; },
            [&row](FigureRequest& request, bool on) { request.look.*row.value = on; });
        form.follow([one, &row](const FigureRequest& request) { one->setEnabled(reads(request, row.options)); });
        layout->addWidget(one, place / 2, place % 2);
        ++place;
    }
    layout->setColumnStretch(1, 1);
    form.addRow(u"Show"_s, box);
    form.addChoice(
        u"Tick&s"_s, u"How many numbers stand at the axes and the legends"_s,
        {{u"Few"_s, int(TickDensity::few)}, {u"Usual"_s, int(TickDensity::usual)}, {u"Many"_s, int(TickDensity::many)}},
        [](const FigureRequest& request) { return int(request.look.ticks); },
        [](FigureRequest& request, int ticks) { request.look.ticks = TickDensity(ticks); });
}

void addLetters(FigureForm& form) {
    form.addChoice(
        u"P&anel letters"_s, u"In the corner of each panel, for the text to refer to"_s,
        {{u"None"_s, int(PanelLetters::none)},
         {u"(a), (b), (c)"_s, int(PanelLetters::parentheses)},
         {u"a, b, c in bold"_s, int(PanelLetters::bold)}},
        [](const FigureRequest& request) { return int(request.look.letters); },
        [](FigureRequest& request, int letters) { request.look.letters = PanelLetters(letters); });
    FigureForm::Items letters;
    for (int i = 0; i < 26; ++i)
        letters.emplace_back(QString(QChar(u'a' + i)), i);
    form.addChoice(
        u"First letter"_s, u"Of figures that are put together later"_s, letters,
        [](const FigureRequest& request) { return request.look.firstLetter; },
        [](FigureRequest& request, int letter) { request.look.firstLetter = letter; },
        [](const FigureRequest& request) { return request.look.letters != PanelLetters::none; });
}

void addSize(FigureForm& form, const std::function<void(const QString&)>& fail) {
    auto* presets = new PresetBox(&form);
    form.addRow(u"&Preset"_s, presets);
    form.follow([presets](const FigureRequest& request) { presets->setPaper(paperOf(request)); });
    QObject::connect(presets, &PresetBox::failed, &form, fail);
    QObject::connect(presets, &PresetBox::presetChosen, &form, [&form](const FigurePreset& preset) {
        form.change([&](FigureRequest& request) { applyPreset(request, preset); });
    });
    QObject::connect(presets, &PresetBox::paperChosen, &form, [&form](const FigurePaper& paper) {
        form.change([&](FigureRequest& request) { setPaper(request, paper); });
    });
    form.addNumber(
        u"&Width"_s, u"On paper"_s, narrowestMm, widestMm, 2, u" mm"_s,
        [](const FigureRequest& request) { return request.widthMm; },
        [](FigureRequest& request, double mm) { request.widthMm = mm; });
    auto* height = form.addNumber(
        u"&Height"_s, u"On paper; at its lowest, what the content needs"_s, 0, widestMm, 1, u" mm"_s,
        [](const FigureRequest& request) { return request.heightMm; },
        [](FigureRequest& request, double mm) { request.heightMm = mm; });
    height->setSpecialValueText(u"automatic"_s);
    form.addNumber(
        u"Te&xt"_s, u"The size of text on paper"_s, 5, 10, 1, u" pt"_s,
        [](const FigureRequest& request) { return request.fontPt; },
        [](FigureRequest& request, double points) { request.fontPt = points; });
}

void addFile(FigureForm& form) {
    auto* format = new QComboBox(&form);
    for (const FigureFormat& row : figureFormats())
        format->addItem(toQString(row.label), toQString(row.extension));
    format->setToolTip(u"The kind of file"_s);
    format->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    form.addRow(u"&Format"_s, format);
    QObject::connect(format, &QComboBox::currentIndexChanged, &form, [&form](int index) {
        if (index >= 0)
            form.chooseFormat(figureFormats()[std::size_t(index)]);
    });
    form.follow([format, &form](const FigureRequest& request) {
        auto* model = static_cast<QStandardItemModel*>(format->model());
        for (std::size_t i = 0; i < figureFormats().size(); ++i)
            model->item(int(i))->setEnabled(figureFormats()[i].serves(request.kind));
        format->setCurrentIndex(format->findData(toQString(form.format().extension)));
    });
    form.addNumber(
        u"&Resolution"_s, u"Of images: 300 dpi and more for print"_s, 72, 1200, 0, u" dpi"_s,
        [](const FigureRequest& request) { return request.dpi; },
        [](FigureRequest& request, double dpi) { request.dpi = int(dpi); },
        [&form](const FigureRequest&) { return form.format().raster; });
    form.addRow(
        {},
        form.makeSwitch(
            u"Text as &outlines"_s, u"Looks the same everywhere, but can no longer be searched or edited as text"_s,
            [](const FigureRequest& request) { return request.look.outlinedText; },
            [](FigureRequest& request, bool on) { request.look.outlinedText = on; }),
        [&form](const FigureRequest&) { return form.format().extension == "svg"; });
}

}  // namespace

void addFigurePaper(FigureForm& form, const std::function<void(const QString& line)>& fail) {
    form.addHeading(u"Size"_s);
    addSize(form, fail);
    form.addHeading(u"Looks"_s);
    addLooks(form);
    addLetters(form);
    form.addHeading(u"File"_s);
    addFile(form);
}

}  // namespace rankscope
