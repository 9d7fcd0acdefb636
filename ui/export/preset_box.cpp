// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/preset_box.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QMenu>
#include <QMessageBox>
#include <QTimer>

#include "core/base/error.h"
#include "ui/text/text.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

// The data of an entry: "program/ieee-single", "user/Thesis"; the free size has none.
const QString ofProgram = u"program/"_s, ofUser = u"user/"_s;

QString lengthText(double mm) {
    return QLocale().toString(mm, 'g', 4);
}

}  // namespace

PresetBox::PresetBox(QWidget* parent) : QWidget(parent), m_box(new QComboBox(this)) {
    auto* button = new MenuButton(this);
    button->setText(u"⋯"_s);
    button->setToolTip(u"Save, rename or delete a preset of your own"_s);
    button->setAccessibleName(u"Own presets"_s);
    auto* menu = new QMenu(button);
    menu->addAction(u"&Save As Preset…"_s, this,
                    [this] { askForName(u"Save preset"_s, chosen() ? chosen()->name : QString(), &PresetBox::save); });
    m_rename = menu->addAction(u"&Rename…"_s, this,
                               [this] { askForName(u"Rename preset"_s, chosen()->name, &PresetBox::rename); });
    m_remove = menu->addAction(u"&Delete…"_s, this, &PresetBox::askWhetherToRemove);
    button->setMenu(menu);
    m_box->setToolTip(u"The width of a column and the size of text that a journal asks for"_s);
    m_box->setAccessibleName(u"Preset"_s);
    m_box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    setFocusProxy(m_box);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(spacingUnit / 2);
    layout->addWidget(m_box, 1);
    layout->addWidget(button);
    fill();
    connect(m_box, &QComboBox::activated, this, &PresetBox::choose);
    QTimer::singleShot(0, this, [this] {  // once somebody listens
        if (!m_presets.problem().isEmpty())
            Q_EMIT failed(m_presets.problem());
    });
}

void PresetBox::fill() {
    m_box->clear();
    m_box->addItem(u"Free size"_s);
    m_box->insertSeparator(m_box->count());
    for (const FigurePreset& preset : figurePresets()) {
        m_box->addItem(figurePresetLabel(preset), ofProgram + toQString(preset.id));
        m_box->setItemData(m_box->count() - 1,
                           u"%1 mm wide, text of %2 pt"_s.arg(lengthText(preset.widthMm), lengthText(preset.fontPt)),
                           Qt::ToolTipRole);
    }
    if (!m_presets.list().empty())
        m_box->insertSeparator(m_box->count());
    for (const UserPreset& preset : m_presets.list())
        m_box->addItem(preset.name, ofUser + preset.name);
    showCurrent();
}

void PresetBox::setPaper(const FigurePaper& paper) {
    m_paper = paper;
    showCurrent();
}

void PresetBox::showCurrent() {
    QStringList matching;
    for (const UserPreset& preset : m_presets.list())
        if (preset.paper == m_paper)
            matching << ofUser + preset.name;
    for (const FigurePreset& preset : figurePresets())
        if (fits(m_paper, preset))
            matching << ofProgram + toQString(preset.id);
    if (!matching.contains(m_box->currentData().toString()))
        m_box->setCurrentIndex(matching.isEmpty() ? 0 : m_box->findData(matching.front()));
    m_rename->setEnabled(chosen() != nullptr);
    m_remove->setEnabled(chosen() != nullptr);
}

QString PresetBox::current() const {
    return m_box->currentIndex() > 0 ? m_box->currentText() : QString();
}

const UserPreset* PresetBox::chosen() const {
    const QString data = m_box->currentData().toString();
    return data.startsWith(ofUser) ? m_presets.find(data.mid(ofUser.size())) : nullptr;
}

void PresetBox::choose() {
    const QString data = m_box->currentData().toString();
    if (const UserPreset* preset = chosen())
        Q_EMIT paperChosen(preset->paper);
    else if (data.startsWith(ofProgram))
        Q_EMIT presetChosen(*figurePresetFromId(data.mid(ofProgram.size()).toStdString()));
    else
        showCurrent();  // the size is as free as it was: what it is says which preset
}

template <typename Edit>
void PresetBox::edit(const QString& name, Edit edit) {
    const QString problem = UserPresets::nameProblem(name);
    if (!problem.isEmpty()) {
        Q_EMIT failed(problem);
        return;
    }
    try {
        edit();
    } catch (const Error& error) {
        Q_EMIT failed(QString::fromUtf8(error.what()));
        return;
    }
    fill();
    m_box->setCurrentIndex(std::max(0, m_box->findData(ofUser + name)));
    showCurrent();
    Q_EMIT failed({});
}

void PresetBox::save(const QString& name) {
    edit(name.trimmed(), [&] { m_presets.save(name.trimmed(), m_paper); });
}

void PresetBox::rename(const QString& to) {
    if (const UserPreset* preset = chosen())
        edit(to.trimmed(), [&, from = preset->name] { m_presets.rename(from, to.trimmed()); });
}

void PresetBox::remove() {
    if (const UserPreset* preset = chosen())
        edit(QString(preset->name), [&, name = preset->name] { m_presets.remove(name); });
}

void PresetBox::askForName(const QString& title, const QString& name, void (PresetBox::*then)(const QString&)) {
    auto* dialog = new QInputDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    dialog->setLabelText(u"&Name; a preset of the same name is replaced"_s);
    dialog->setTextValue(name);
    connect(dialog, &QInputDialog::textValueSelected, this, then);
    dialog->open();
}

void PresetBox::askWhetherToRemove() {
    auto* box = new QMessageBox(QMessageBox::Question, u"Delete preset"_s,
                                u"Delete the preset \"%1\"?"_s.arg(chosen()->name), QMessageBox::Cancel, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    QPushButton* yes = box->addButton(u"&Delete"_s, QMessageBox::DestructiveRole);
    connect(box, &QMessageBox::buttonClicked, this, [this, yes](QAbstractButton* button) {
        if (static_cast<QObject*>(button) == static_cast<QObject*>(yes))
            remove();
    });
    box->open();
}

}  // namespace rankscope
