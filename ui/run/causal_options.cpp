// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/causal_options.h"

#include <QCheckBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "core/session/causal.h"
#include "ui/request/path_kind.h"
#include "ui/run/run_options.h"
#include "ui/text/text.h"
#include "ui/widgets/file_dialogs.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

namespace rankscope {
namespace {

const QString armsKey = u"arms"_s, scopesKey = u"scopes"_s;

void setWords(const std::vector<std::pair<QString, QCheckBox*>>& words, const QString& text) {
    const QStringList chosen = text.split(u',');
    for (const auto& [word, box] : words)
        box->setChecked(chosen.contains(word));
}

QString textOf(const std::vector<std::pair<QString, QCheckBox*>>& words) {
    QStringList chosen;
    for (const auto& [word, box] : words)
        if (box->isChecked())
            chosen << word;
    return chosen.join(u',');
}

QHBoxLayout* side(const std::vector<QWidget*>& widgets) {
    auto* layout = new QHBoxLayout;
    layout->setSpacing(spacingUnit);
    for (QWidget* widget : widgets)
        layout->addWidget(widget, qobject_cast<QLineEdit*>(widget) ? 1 : 0);
    return layout;
}

}  // namespace

CausalOptions::CausalOptions(QWidget* parent)
    : QWidget(parent), m_wanted(new QCheckBox(u"M&easure which rank the model needs"_s, this)) {
    m_wanted->setObjectName(u"causal"_s);
    m_wanted->setToolTip(
        u"Runs the evaluated windows again and again, each time with the keys of all heads cut to fewer directions, "
        u"and "
        "measures what the next token costs then"_s);
    m_details = new QWidget(this);
    auto* form = new QFormLayout(m_details);
    form->setContentsMargins(2 * spacingUnit, 0, 0, 0);
    form->setLabelAlignment(Qt::AlignRight);
    form->setHorizontalSpacing(2 * spacingUnit);
    form->setVerticalSpacing(spacingUnit);
    buildArms(form);
    buildConditions(form);
    buildCalibration(form);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(spacingUnit);
    layout->addWidget(m_wanted);
    layout->addWidget(m_details);
    connect(m_wanted, &QCheckBox::toggled, this, [this] {
        refresh();
        Q_EMIT changed();
    });
    refresh();
}

QWidget* CausalOptions::field(const QString& key) {
    QWidget*& field = m_fields[key];
    if (!field) {
        field = makeRunField(key, m_details);
        onRunFieldChange(field, this, [this] { Q_EMIT changed(); });
    }
    return field;
}

QCheckBox* CausalOptions::addWord(Words& words, const QString& word, const QString& label, const QString& tip) {
    auto* box = new QCheckBox(label, m_details);
    box->setObjectName(word);
    box->setToolTip(tip);
    connect(box, &QCheckBox::toggled, this, [this] {
        refresh();
        Q_EMIT changed();
    });
    words.emplace_back(word, box);
    return box;
}

WarningLabel* CausalOptions::problem(const QString& key) {
    return m_problems[key] = new WarningLabel(m_details);
}

void CausalOptions::buildArms(QFormLayout* form) {
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(spacingUnit);
    grid->setVerticalSpacing(spacingUnit / 2);
    std::map<Arm, int> rows;  // both sides of the rotation beside each other, the others below
    for (const ArmInfo& info : armTable())
        if (info.otherSide && !info.beforeRotation)
            rows[info.arm] = rows[*info.otherSide] = int(rows.size()) / 2;
    int alone = int(rows.size());
    for (const ArmInfo& info : armTable()) {
        QString meaning = toQString(info.meaning);
        meaning[0] = meaning[0].toUpper();
        const bool paired = rows.contains(info.arm);
        const int place = paired ? 2 * rows[info.arm] + info.beforeRotation : alone++;
        grid->addWidget(addWord(m_arms, toQString(info.id), toQString(info.label), meaning), place / 2, place % 2);
    }
    form->addRow(u"Keep"_s, withProblem(grid, problem(armsKey)));
}

void CausalOptions::buildConditions(QFormLayout* form) {
    form->addRow(u"Ranks"_s, withProblem(side({field(u"ranks"_s)}), problem(u"ranks"_s)));
    form->addRow(u"Own k of"_s, withProblem(side({field(u"shares"_s)}), problem(u"shares"_s)));
    QCheckBox* all = addWord(m_scopes, toQString(scopeId(CausalScope::all)), u"all heads at once"_s,
                             u"What the question is about: every head is cut"_s);
    QCheckBox* layer = addWord(m_scopes, toQString(scopeId(CausalScope::layer)), u"each layer alone"_s,
                               u"One condition per layer, rank and arm"_s);
    QCheckBox* head = addWord(m_scopes, toQString(scopeId(CausalScope::head)), u"each head alone"_s,
                              u"One condition per head, rank and arm: hundreds"_s);
    QHBoxLayout* scopes = side({all, layer, head});
    scopes->addStretch(1);
    form->addRow(u"Cut"_s, withProblem(scopes, problem(scopesKey)));
    form->addRow(u"Heads"_s, withProblem(side({field(u"heads"_s)}), problem(u"heads"_s)));
}

void CausalOptions::buildCalibration(QFormLayout* form) {
    QWidget* path = field(u"calibration"_s);
    auto* browse = new QPushButton(u"Choose…"_s, m_details);
    browse->setAccessibleName(u"Choose a calibration text"_s);
    connect(browse, &QPushButton::clicked, this, [this, path] {
        askForCorpus(this, [path](const QStringList& paths) { setRunFieldText(path, paths.value(0)); });
    });
    auto* windows = new QLabel(u"windows of"_s, m_details);
    form->addRow(u"Directions"_s, withProblem(side({field(u"calibrationWindows"_s), windows, path, browse}),
                                              problem(u"calibrationWindows"_s)));
}

void CausalOptions::setWanted(bool wanted) {
    m_wanted->setChecked(wanted);
}

void CausalOptions::refresh() {
    m_details->setVisible(m_wanted->isChecked());
    field(u"heads"_s)->setEnabled(m_scopes.back().second->isChecked());
}

void CausalOptions::apply(const RunSettings& settings) {
    const QSignalBlocker quiet(this);
    for (const auto& [key, field] : m_fields)
        setRunFieldText(field, settings.value(key));
    setWords(m_arms, settings.value(armsKey));
    setWords(m_scopes, settings.value(scopesKey));
    m_wanted->setChecked(settings.causal);
    refresh();
}

void CausalOptions::read(RunSettings& settings) const {
    settings.causal = m_wanted->isChecked();
    for (const auto& [key, field] : m_fields)
        settings[key] = runFieldText(field);
    settings[armsKey] = textOf(m_arms);
    settings[scopesKey] = textOf(m_scopes);
}

void CausalOptions::setProblem(const QString& key, const QString& line) {
    showLine(m_problems.at(key), line);
}

}  // namespace rankscope
