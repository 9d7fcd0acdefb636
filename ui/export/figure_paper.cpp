// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rows of the export dialog that say how a figure lies on paper, and in which kind of file.
#include <QCheckBox>
#include <QComboBox>
#include <QCoreApplication>
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

struct Text {
    Q_DECLARE_TR_FUNCTIONS(FigurePaper)
};

constexpr double narrowestMm = 20, widestMm = 500;

// A switch of the looks, and which kinds have a use for it; 0: all.
struct LookSwitch {
    const char* text;
    const char* tip;
    bool FigureLook::*value;
    std::uint32_t options;
};

constexpr std::array lookSwitches{
    LookSwitch{
        QT_TRANSLATE_NOOP("FigurePaper", "&Title"),
        QT_TRANSLATE_NOOP("FigurePaper", "What it shows, model and text, above the figure; captions say it better"),
        &FigureLook::title, 0},
    LookSwitch{QT_TRANSLATE_NOOP("FigurePaper", "La&bels"),
               QT_TRANSLATE_NOOP("FigurePaper", "The names of panels, curves and marks"), &FigureLook::labels, 0},
    LookSwitch{QT_TRANSLATE_NOOP("FigurePaper", "&Legend"),
               QT_TRANSLATE_NOOP("FigurePaper", "Colour bars, keys of line patterns, remarks on bands"),
               &FigureLook::legend, 0},
    LookSwitch{QT_TRANSLATE_NOOP("FigurePaper", "Gre&yscale"),
               QT_TRANSLATE_NOOP("FigurePaper", "Black and greys only, for print without colour"),
               &FigureLook::greyscale, 0},
    LookSwitch{QT_TRANSLATE_NOOP("FigurePaper", "Gri&d lines"),
               QT_TRANSLATE_NOOP("FigurePaper", "Across charts, at the ticks of the vertical axis"),
               &FigureLook::gridLines, static_cast<std::uint32_t>(FigureOption::axes)},
    LookSwitch{QT_TRANSLATE_NOOP("FigurePaper", "&Numbers"),
               QT_TRANSLATE_NOOP("FigurePaper", "In the cells of a grid, where they fit"), &FigureLook::numbers,
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
            QCoreApplication::translate("FigurePaper", row.text), QCoreApplication::translate("FigurePaper", row.tip),
            [&row](const FigureRequest& request) { return request.look.*row.value; },
            [&row](FigureRequest& request, bool on) { request.look.*row.value = on; });
        form.follow([one, &row](const FigureRequest& request) { one->setEnabled(reads(request, row.options)); });
        layout->addWidget(one, place / 2, place % 2);
        ++place;
    }
    layout->setColumnStretch(1, 1);
    form.addRow(Text::tr("Show"), box);
    form.addChoice(
        Text::tr("Tick&s"), Text::tr("How many numbers stand at the axes and the legends"),
        {{Text::tr("Few"), int(TickDensity::few)},
         {Text::tr("Usual"), int(TickDensity::usual)},
         {Text::tr("Many"), int(TickDensity::many)}},
        [](const FigureRequest& request) { return int(request.look.ticks); },
        [](FigureRequest& request, int ticks) { request.look.ticks = TickDensity(ticks); });
}

void addLetters(FigureForm& form) {
    form.addChoice(
        Text::tr("P&anel letters"), Text::tr("In the corner of each panel, for the text to refer to"),
        {{Text::tr("None"), int(PanelLetters::none)},
         {Text::tr("(a), (b), (c)"), int(PanelLetters::parentheses)},
         {Text::tr("a, b, c in bold"), int(PanelLetters::bold)}},
        [](const FigureRequest& request) { return int(request.look.letters); },
        [](FigureRequest& request, int letters) { request.look.letters = PanelLetters(letters); });
    FigureForm::Items letters;
    for (int i = 0; i < 26; ++i)
        letters.emplace_back(QString(QChar(u'a' + i)), i);
    form.addChoice(
        Text::tr("First letter"), Text::tr("Of figures that are put together later"), letters,
        [](const FigureRequest& request) { return request.look.firstLetter; },
        [](FigureRequest& request, int letter) { request.look.firstLetter = letter; },
        [](const FigureRequest& request) { return request.look.letters != PanelLetters::none; });
}

void addSize(FigureForm& form, const std::function<void(const QString&)>& fail) {
    auto* presets = new PresetBox(&form);
    form.addRow(Text::tr("&Preset"), presets);
    form.follow([presets](const FigureRequest& request) { presets->setPaper(paperOf(request)); });
    QObject::connect(presets, &PresetBox::failed, &form, fail);
    QObject::connect(presets, &PresetBox::presetChosen, &form, [&form](const FigurePreset& preset) {
        form.change([&](FigureRequest& request) { applyPreset(request, preset); });
    });
    QObject::connect(presets, &PresetBox::paperChosen, &form, [&form](const FigurePaper& paper) {
        form.change([&](FigureRequest& request) { setPaper(request, paper); });
    });
    form.addNumber(
        Text::tr("&Width"), Text::tr("On paper"), narrowestMm, widestMm, 2, Text::tr(" mm"),
        [](const FigureRequest& request) { return request.widthMm; },
        [](FigureRequest& request, double mm) { request.widthMm = mm; });
    auto* height = form.addNumber(
        Text::tr("&Height"), Text::tr("On paper; at its lowest, what the content needs"), 0, widestMm, 1,
        Text::tr(" mm"), [](const FigureRequest& request) { return request.heightMm; },
        [](FigureRequest& request, double mm) { request.heightMm = mm; });
    height->setSpecialValueText(Text::tr("automatic"));
    form.addNumber(
        Text::tr("Te&xt"), Text::tr("The size of text on paper"), 5, 10, 1, Text::tr(" pt"),
        [](const FigureRequest& request) { return request.fontPt; },
        [](FigureRequest& request, double points) { request.fontPt = points; });
}

void addFile(FigureForm& form) {
    auto* format = new QComboBox(&form);
    for (const FigureFormat& row : figureFormats())
        format->addItem(toQString(row.label), toQString(row.extension));
    format->setToolTip(Text::tr("The kind of file"));
    format->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    form.addRow(Text::tr("&Format"), format);
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
        Text::tr("&Resolution"), Text::tr("Of images: 300 dpi and more for print"), 72, 1200, 0, Text::tr(" dpi"),
        [](const FigureRequest& request) { return request.dpi; },
        [](FigureRequest& request, double dpi) { request.dpi = int(dpi); },
        [&form](const FigureRequest&) { return form.format().raster; });
    form.addRow({},
                form.makeSwitch(
                    Text::tr("Text as &outlines"),
                    Text::tr("Looks the same everywhere, but can no longer be searched or edited as text"),
                    [](const FigureRequest& request) { return request.look.outlinedText; },
                    [](FigureRequest& request, bool on) { request.look.outlinedText = on; }),
                [&form](const FigureRequest&) { return form.format().extension == "svg"; });
}

}  // namespace

void addFigurePaper(FigureForm& form, const std::function<void(const QString& line)>& fail) {
    form.addHeading(Text::tr("Size"));
    addSize(form, fail);
    form.addHeading(Text::tr("Looks"));
    addLooks(form);
    addLetters(form);
    form.addHeading(Text::tr("File"));
    addFile(form);
}

}  // namespace rankscope
