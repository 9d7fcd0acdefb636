// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/run_options.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <algorithm>

#include "core/analysis/controls.h"
#include "core/analysis/run_options.h"
#include "ui/text/text.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

QWidget* makeField(const RunOption& option, QWidget* parent) {
    const QString unset = toQString(option.field.unset);
    if (option.isFlag())
        return new QCheckBox(toQString(option.field.label), parent);
    if (!option.choices.empty()) {
        auto* list = new QComboBox(parent);
        for (const std::string& choice : option.choices)
            list->addItem(list->count() == 0 ? unset : toQString(choice), toQString(choice));
        return list;
    }
    if (option.field.most > 0) {
        auto* spin = new QSpinBox(parent);
        spin->setRange(option.field.least, option.field.most);
        spin->setGroupSeparatorShown(true);
        spin->setSpecialValueText(unset);
        return spin;
    }
    auto* line = new QLineEdit(parent);
    line->setPlaceholderText(unset);
    return line;
}

// A name on the left with the key that leads to `buddy`.
void addRow(QFormLayout* form, const QString& name, QLayout* row, QWidget* buddy) {
    form->addRow(name, row);
    if (auto* label = qobject_cast<QLabel*>(form->labelForField(row)))
        label->setBuddy(buddy);
}

}  // namespace

QWidget* makeRunField(const QString& key, QWidget* parent) {
    const RunOption& option = *runOptionOfField(key.toStdString());
    QWidget* field = makeField(option, parent);
    field->setObjectName(key);
    field->setToolTip(toQString(option.field.tip));
    field->setAccessibleName(toQString(option.field.spoken));
    return field;
}

QString runFieldText(const QWidget* field) {
    if (const auto* box = qobject_cast<const QCheckBox*>(field))
        return box->isChecked() ? u"true"_s : u"false"_s;
    if (const auto* list = qobject_cast<const QComboBox*>(field))
        return list->currentData().toString();
    if (const auto* spin = qobject_cast<const QSpinBox*>(field))
        return QString::number(spin->value());
    return qobject_cast<const QLineEdit*>(field)->text();
}

void setRunFieldText(QWidget* field, const QString& text) {
    if (auto* box = qobject_cast<QCheckBox*>(field))
        box->setChecked(text == u"true"_s);
    else if (auto* list = qobject_cast<QComboBox*>(field))
        list->setCurrentIndex(std::max(0, list->findData(text)));
    else if (auto* spin = qobject_cast<QSpinBox*>(field))
        spin->setValue(text.toInt());
    else
        qobject_cast<QLineEdit*>(field)->setText(text);
}

void onRunFieldChange(const QWidget* field, QObject* receiver, const std::function<void()>& changed) {
    if (const auto* box = qobject_cast<const QCheckBox*>(field))
        QObject::connect(box, &QCheckBox::toggled, receiver, changed);
    else if (const auto* list = qobject_cast<const QComboBox*>(field))
        QObject::connect(list, &QComboBox::currentIndexChanged, receiver, changed);
    else if (const auto* spin = qobject_cast<const QSpinBox*>(field))
        QObject::connect(spin, &QSpinBox::valueChanged, receiver, changed);
    else
        QObject::connect(qobject_cast<const QLineEdit*>(field), &QLineEdit::textChanged, receiver, changed);
}

QVBoxLayout* withProblem(QLayout* field, QWidget* problem) {
    auto* layout = new QVBoxLayout;
    layout->setSpacing(spacingUnit / 2);
    layout->addLayout(field);
    layout->addWidget(problem);
    return layout;
}

void showLine(QLabel* label, const QString& line) {
    label->setText(line);
    label->setVisible(!line.isEmpty());
}

RunOptions::RunOptions(QWidget* parent) : QWidget(parent), m_windowsNote(makeMutedLabel({}, this)) {
    auto* form = new QFormLayout(this);
    form->setContentsMargins({});
    form->setLabelAlignment(Qt::AlignRight);
    form->setHorizontalSpacing(2 * spacingUnit);
    form->setVerticalSpacing(spacingUnit);
    auto* lengths = new QHBoxLayout;
    lengths->addWidget(field(u"length"_s));
    addRow(form, u"&Window"_s, withProblem(lengths, problem(u"length"_s)), field(u"length"_s));
    addRow(form, u"&At most"_s, row({u"windows"_s, u"stride"_s}), field(u"windows"_s));
    form->addRow({}, m_windowsNote);
    addRow(form, u"&BOS"_s, row({u"bos"_s}), field(u"bos"_s));
    form->addRow({}, field(u"plain"_s));
    buildControls(form);
    buildExtras(form);
}

// Made where it is first asked for: the order of the rows is that of the Tab key.
QWidget* RunOptions::field(const QString& key) {
    QWidget*& field = m_fields[key];
    if (!field) {
        field = makeRunField(key, this);
        onRunFieldChange(field, this, [this] { Q_EMIT changed(); });
    }
    return field;
}

WarningLabel* RunOptions::problem(const QString& key) {
    return m_problems.emplace(key, new WarningLabel(this)).first->second;
}

// Fields side by side, names of the smaller ones between them.
QHBoxLayout* RunOptions::row(const QStringList& keys) {
    auto* layout = new QHBoxLayout;
    layout->setSpacing(spacingUnit);
    for (const QString& key : keys) {
        QWidget* const widget = field(key);
        const std::string_view name = runOptionOfField(key.toStdString())->field.label;
        if (!name.empty() && !qobject_cast<QCheckBox*>(widget)) {
            auto* label = new QLabel(toQString(name), this);
            label->setBuddy(widget);
            layout->addWidget(label);
        }
        layout->addWidget(widget);
    }
    layout->addStretch(1);
    return layout;
}

void RunOptions::buildControls(QFormLayout* form) {
    auto* list = new QVBoxLayout;
    list->setSpacing(spacingUnit / 2);
    for (const ControlInfo& info : controlTable()) {
        auto* box = new QCheckBox(toQString(info.label), this);
        box->setToolTip(toQString(info.description));
        box->setObjectName(u"control-"_s + toQString(info.id));
        connect(box, &QCheckBox::toggled, this, [this] {
            refreshControlFields();
            Q_EMIT changed();
        });
        m_controls.emplace_back(toQString(info.id), box);
        list->addWidget(box);
    }
    list->addWidget(problem(u"controls"_s));
    QHBoxLayout* weights = row({u"seed"_s, u"keepGains"_s, u"keepBiases"_s});
    weights->insertWidget(2, new QLabel(u"kept as trained:"_s, this));
    list->addLayout(weights);
    list->addLayout(withProblem(row({u"initialDeviation"_s}), problem(u"initialDeviation"_s)));
    field(u"initialDeviation"_s)->setMaximumWidth(15 * spacingUnit);
    addRow(form, u"&Run"_s, list, m_controls.front().second);
}

void RunOptions::buildExtras(QFormLayout* form) {
    auto* list = new QVBoxLayout;
    list->setSpacing(spacingUnit / 2);
    list->addWidget(field(u"loss"_s));
    std::vector<OptionalPartInfo> parts = optionalParts();  // the slow ones last
    std::ranges::stable_partition(parts, [](const OptionalPartInfo& info) { return !info.fullRank; });
    for (const OptionalPartInfo& info : parts)
        list->addWidget(field(toQString(std::ranges::find(runOptions(), info.option, &RunOption::word)->field.key)));
    addRow(form, u"A&lso"_s, list, field(u"loss"_s));
    addRow(form, u"La&yers"_s, withProblem(row({u"layers"_s, u"factors"_s, u"threads"_s}), problem(u"layers"_s)),
           field(u"layers"_s));
    field(u"layers"_s)->setMaximumWidth(9 * spacingUnit);
}

void RunOptions::refreshControlFields() {
    RunSettings settings;
    read(settings);
    const bool weights = changesWeights(settings), initial = drawsInitialWeights(settings);
    for (const QString& key : {u"keepGains"_s, u"keepBiases"_s}) {
        field(key)->setEnabled(weights);
        field(key)->setToolTip(weights ? u"What a control with other weights leaves as it was trained"_s
                                       : u"For controls with random weights, or weights as before training"_s);
    }
    field(u"initialDeviation"_s)->setEnabled(initial);
    field(u"initialDeviation"_s)
        ->setToolTip(initial ? u"Of weights as before training: another standard deviation can give other ranks. GGUF "
                               "files do not state it; 0.02 is assumed then"_s
                             : u"For weights as before training"_s);
}

void RunOptions::apply(const RunSettings& settings) {
    const QSignalBlocker quiet(this);
    for (const auto& [key, field] : m_fields)
        setRunFieldText(field, settings.value(key));
    for (const auto& [id, box] : m_controls)
        box->setChecked(settings.controls.contains(id));
    refreshControlFields();
}

void RunOptions::read(RunSettings& settings) const {
    for (const auto& [key, field] : m_fields)
        settings[key] = runFieldText(field);
    settings.controls.clear();
    for (const auto& [id, box] : m_controls)
        if (box->isChecked())
            settings.controls << id;
}

void RunOptions::setProblem(const QString& key, const QString& line) {
    showLine(m_problems.at(key), line);
}

void RunOptions::setWindowsNote(const QString& text) {
    showLine(m_windowsNote, text);
}

}  // namespace rankscope
