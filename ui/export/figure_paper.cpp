// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The rows of the export dialog that say how a figure lies on paper, and in which kind of file.
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QStandardItemModel>

#include "ui/export/figure_form.h"
#include "ui/export/preset_box.h"
#include "ui/text/text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

void addLooks(FigureForm& form) {
    auto* box = new QWidget(&form);
    auto* layout = new QGridLayout(box);
    layout->setContentsMargins({});
    layout->setHorizontalSpacing(2 * spacingUnit);
    layout->setVerticalSpacing(spacingUnit);
    int place = 0;
    for (const char* name : {"--title", "--no-labels", "--no-legend", "--greyscale", "--grid-lines", "--no-numbers"}) {
        const FigureArgument& argument = figureArgument(name);
        QWidget* one = form.makeControl(argument);
        form.follow([one, &argument](const FigureRequest& request) { one->setEnabled(argument.belongsTo(request)); });
        layout->addWidget(one, place / 2, place % 2);
        ++place;
    }
    layout->setColumnStretch(1, 1);
    form.addRow(u"Show"_s, box);
    form.add(figureArgument("--ticks"));
    form.add(figureArgument("--letters"));
    form.add(figureArgument("--first-letter"),
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
    form.add(figureArgument("--width"));
    auto* height = static_cast<QDoubleSpinBox*>(form.add(figureArgument("--height")));
    height->setSpecialValueText(u"automatic"_s);
    form.add(figureArgument("--font-size"));
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
    form.add(figureArgument("--dpi"), [&form](const FigureRequest&) { return form.format().raster; });
    form.add(figureArgument("--outlined-text"),
             [&form](const FigureRequest&) { return form.format().extension == "svg"; });
}

}  // namespace

void addFigurePaper(FigureForm& form, const std::function<void(const QString& line)>& fail) {
    form.addHeading(u"Size"_s);
    addSize(form, fail);
    form.addHeading(u"Looks"_s);
    addLooks(form);
    form.addHeading(u"File"_s);
    addFile(form);
}

}  // namespace rankscope
