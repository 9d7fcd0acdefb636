// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/run_options.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <limits>

#include "core/analysis/controls.h"
#include "ui/text/text.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/warning_label.h"

namespace rankscope {

namespace {

QSpinBox* makeSpin(int low, int high, QWidget* parent) {
    auto* spin = new QSpinBox(parent);
    spin->setRange(low, high);
    spin->setGroupSeparatorShown(true);
    return spin;
}

// Widgets side by side, names of the smaller ones between them.
QLayout* inRow(std::initializer_list<QWidget*> widgets) {
    auto* layout = new QHBoxLayout;
    layout->setSpacing(spacingUnit);
    for (QWidget* widget : widgets)
        layout->addWidget(widget);
    layout->addStretch(1);
    return layout;
}

QLabel* makeName(const QString& text, QWidget* buddy) {
    auto* label = new QLabel(text, buddy->parentWidget());
    label->setBuddy(buddy);
    return label;
}

// A name on the left with the key that leads to `buddy`.
void addRow(QFormLayout* form, const QString& name, QLayout* row, QWidget* buddy) {
    form->addRow(name, row);
    if (auto* label = qobject_cast<QLabel*>(form->labelForField(row)))
        label->setBuddy(buddy);
}

// A field with what is wrong with it right below.
QLayout* withProblem(QLayout* field, WarningLabel* problem) {
    auto* layout = new QVBoxLayout;
    layout->setSpacing(spacingUnit / 2);
    layout->addLayout(field);
    layout->addWidget(problem);
    return layout;
}

void setLine(WarningLabel* label, const QString& line) {
    label->setText(line);
    label->setVisible(!line.isEmpty());
}

}  // namespace

RunOptions::RunOptions(QWidget* parent)
    : QWidget(parent),
      m_lengths(new QLineEdit(this)),
      m_layers(new QLineEdit(this)),
      m_deviation(new QLineEdit(this)),
      m_windows(makeSpin(1, 10'000, this)),
      m_stride(makeSpin(0, 1 << 20, this)),
      m_seed(makeSpin(0, 1'000'000'000, this)),
      m_factors(makeSpin(0, 256, this)),
      m_threads(makeSpin(0, 1024, this)),
      m_bos(new QComboBox(this)),
      m_plain(new QCheckBox(tr("Special tokens in the text are plain text"), this)),
      m_loss(new QCheckBox(tr("Next-token loss: was the model read correctly?"), this)),
      m_visibleKeys(new QCheckBox(tr("Field over visible keys only (slow)"), this)),
      m_withoutDistance(new QCheckBox(tr("Field without what distance alone explains (slow)"), this)),
      m_normFolded(new QCheckBox(tr("Interaction with norm gains folded in"), this)),
      m_keepGains(new QCheckBox(tr("gains"), this)),
      m_keepBiases(new QCheckBox(tr("biases"), this)),
      m_lengthsProblem(new WarningLabel(this)),
      m_layersProblem(new WarningLabel(this)),
      m_controlsProblem(new WarningLabel(this)),
      m_deviationProblem(new WarningLabel(this)),
      m_windowsNote(makeMutedLabel({}, this)) {
    auto* form = new QFormLayout(this);
    form->setContentsMargins({});
    form->setLabelAlignment(Qt::AlignRight);
    form->setHorizontalSpacing(2 * spacingUnit);
    form->setVerticalSpacing(spacingUnit);
    buildWindows(form);
    buildControls(form);
    buildExtras(form);
    nameFields();
    connectFields();
}

void RunOptions::buildWindows(QFormLayout* form) {
    m_lengths->setPlaceholderText(tr("tokens: 512, or 64, 128, 256, 512"));
    m_lengths->setToolTip(
        tr("Tokens in a window, BOS included. Several numbers: also the spectra of each window's first "
           "tokens, for the view over context length."));
    m_windows->setToolTip(tr("At most; fewer if the corpus is shorter"));
    m_stride->setSpecialValueText(tr("side by side"));
    m_stride->setToolTip(tr("Corpus tokens from one window's start to the next"));
    m_bos->addItem(tr("as the tokenizer does"), int(BosChoice::automatic));
    m_bos->addItem(tr("on"), int(BosChoice::on));
    m_bos->addItem(tr("off"), int(BosChoice::off));
    m_bos->setToolTip(tr("Whether every window begins with the BOS token"));
    m_plain->setToolTip(tr("A <s> in the text is three characters, not the token of that name"));
    auto* lengths = new QHBoxLayout;
    lengths->addWidget(m_lengths);
    addRow(form, tr("&Window"), withProblem(lengths, m_lengthsProblem), m_lengths);
    addRow(form, tr("&At most"), inRow({m_windows, makeName(tr("windows, stride"), m_stride), m_stride}), m_windows);
    form->addRow({}, m_windowsNote);
    addRow(form, tr("&BOS"), inRow({m_bos}), m_bos);
    form->addRow({}, m_plain);
}

void RunOptions::buildControls(QFormLayout* form) {
    auto* list = new QVBoxLayout;
    list->setSpacing(spacingUnit / 2);
    for (const ControlInfo& info : controlTable()) {
        auto* box = new QCheckBox(toQString(info.label), this);
        box->setToolTip(toQString(info.description));
        box->setObjectName(QStringLiteral("control-") + toQString(info.id));
        m_controls.push_back({toQString(info.id), box});
        list->addWidget(box);
    }
    list->addWidget(m_controlsProblem);
    list->addLayout(inRow(
        {makeName(tr("seed"), m_seed), m_seed, new QLabel(tr("kept as trained:"), this), m_keepGains, m_keepBiases}));
    list->addLayout(inRow({makeName(tr("standard deviation before training"), m_deviation), m_deviation}));
    list->addWidget(m_deviationProblem);
    m_deviation->setPlaceholderText(tr("the model's own"));
    m_deviation->setMaximumWidth(15 * spacingUnit);
    addRow(form, tr("&Run"), list, m_controls.front().box);
}

void RunOptions::buildExtras(QFormLayout* form) {
    m_factors->setToolTip(tr("Components of the field that are stored for each head, to redraw it: 0 leaves them out"));
    m_layers->setPlaceholderText(tr("all"));
    m_layers->setToolTip(tr("Compute the spectra of these layers only, such as 4-7"));
    m_threads->setSpecialValueText(tr("all %1").arg(defaultThreadCount()));
    auto* list = new QVBoxLayout;
    list->setSpacing(spacingUnit / 2);
    for (QCheckBox* box : {m_loss, m_normFolded, m_visibleKeys, m_withoutDistance})
        list->addWidget(box);
    addRow(form, tr("A&lso"), list, m_loss);
    m_layers->setMaximumWidth(9 * spacingUnit);
    QLayout* row =
        inRow({m_layers, makeName(tr("factors"), m_factors), m_factors, makeName(tr("threads"), m_threads), m_threads});
    addRow(form, tr("La&yers"), withProblem(row, m_layersProblem), m_layers);
}

void RunOptions::nameFields() {
    const std::pair<QWidget*, const char*> names[] = {{m_lengths, "length"},
                                                      {m_windows, "windows"},
                                                      {m_stride, "stride"},
                                                      {m_bos, "bos"},
                                                      {m_plain, "plain"},
                                                      {m_seed, "seed"},
                                                      {m_factors, "factors"},
                                                      {m_layers, "layers"},
                                                      {m_threads, "threads"},
                                                      {m_loss, "loss"},
                                                      {m_visibleKeys, "visibleKeys"},
                                                      {m_withoutDistance, "withoutDistance"},
                                                      {m_normFolded, "normFolded"},
                                                      {m_keepGains, "keepGains"},
                                                      {m_keepBiases, "keepBiases"},
                                                      {m_deviation, "initialDeviation"}};
    for (const auto& [field, name] : names)
        field->setObjectName(QLatin1String(name));
    m_lengths->setAccessibleName(tr("Tokens in a window"));
    m_windows->setAccessibleName(tr("Number of windows"));
    m_stride->setAccessibleName(tr("Stride of the windows"));
    m_bos->setAccessibleName(tr("BOS"));
    m_seed->setAccessibleName(tr("Seed of the controls"));
    m_keepGains->setAccessibleName(tr("Keep the trained gains"));
    m_keepBiases->setAccessibleName(tr("Keep the trained biases"));
    m_deviation->setAccessibleName(tr("Standard deviation of weights before training"));
    m_factors->setAccessibleName(tr("Stored components of the field"));
    m_layers->setAccessibleName(tr("Layers"));
    m_threads->setAccessibleName(tr("Threads"));
}

void RunOptions::connectFields() {
    for (QLineEdit* edit : {m_lengths, m_layers, m_deviation})
        connect(edit, &QLineEdit::textChanged, this, &RunOptions::changed);
    for (QSpinBox* spin : {m_windows, m_stride, m_seed, m_factors, m_threads})
        connect(spin, &QSpinBox::valueChanged, this, &RunOptions::changed);
    connect(m_bos, &QComboBox::currentIndexChanged, this, &RunOptions::changed);
    for (QCheckBox* box : {m_plain, m_loss, m_visibleKeys, m_withoutDistance, m_normFolded, m_keepGains, m_keepBiases})
        connect(box, &QCheckBox::toggled, this, &RunOptions::changed);
    for (const ControlBox& control : m_controls)
        connect(control.box, &QCheckBox::toggled, this, [this] {
            refreshControlFields();
            Q_EMIT changed();
        });
}

void RunOptions::refreshControlFields() {
    RunSettings settings;
    read(settings);
    const bool weights = changesWeights(settings), initial = drawsInitialWeights(settings);
    for (QCheckBox* box : {m_keepGains, m_keepBiases}) {
        box->setEnabled(weights);
        box->setToolTip(weights ? tr("What a control with other weights leaves as it was trained")
                                : tr("For controls with random weights, or weights as before training"));
    }
    m_deviation->setEnabled(initial);
    m_deviation->setToolTip(
        initial ? tr("Of weights as before training: another standard deviation can give other ranks. GGUF files do "
                     "not state it; 0.02 is assumed then")
                : tr("For weights as before training"));
}

void RunOptions::apply(const RunSettings& settings) {
    const QSignalBlocker quiet(this);
    m_lengths->setText(settings.lengths);
    m_layers->setText(settings.layers);
    m_windows->setValue(settings.windows);
    m_stride->setValue(settings.stride);
    m_seed->setValue(settings.seed);
    m_factors->setValue(settings.factors);
    m_threads->setValue(settings.threads);
    m_bos->setCurrentIndex(std::max(0, m_bos->findData(int(settings.bos))));
    m_plain->setChecked(settings.plain);
    m_loss->setChecked(settings.loss);
    m_visibleKeys->setChecked(settings.visibleKeys);
    m_withoutDistance->setChecked(settings.withoutDistance);
    m_normFolded->setChecked(settings.normFolded);
    for (const ControlBox& control : m_controls)
        control.box->setChecked(settings.controls.contains(control.id));
    m_keepGains->setChecked(settings.keepGains);
    m_keepBiases->setChecked(settings.keepBiases);
    m_deviation->setText(settings.initialDeviation);
    refreshControlFields();
}

void RunOptions::read(RunSettings& settings) const {
    settings.lengths = m_lengths->text();
    settings.layers = m_layers->text();
    settings.windows = m_windows->value();
    settings.stride = m_stride->value();
    settings.seed = m_seed->value();
    settings.factors = m_factors->value();
    settings.threads = m_threads->value();
    settings.bos = BosChoice(m_bos->currentData().toInt());
    settings.plain = m_plain->isChecked();
    settings.loss = m_loss->isChecked();
    settings.visibleKeys = m_visibleKeys->isChecked();
    settings.withoutDistance = m_withoutDistance->isChecked();
    settings.normFolded = m_normFolded->isChecked();
    settings.controls.clear();
    for (const ControlBox& control : m_controls)
        if (control.box->isChecked())
            settings.controls << control.id;
    settings.keepGains = m_keepGains->isChecked();
    settings.keepBiases = m_keepBiases->isChecked();
    settings.initialDeviation = m_deviation->text();
}

void RunOptions::setLengthsProblem(const QString& line) {
    setLine(m_lengthsProblem, line);
}

void RunOptions::setLayersProblem(const QString& line) {
    setLine(m_layersProblem, line);
}

void RunOptions::setControlsProblem(const QString& line) {
    setLine(m_controlsProblem, line);
}

void RunOptions::setDeviationProblem(const QString& line) {
    setLine(m_deviationProblem, line);
}

void RunOptions::setWindowsNote(const QString& text) {
    m_windowsNote->setText(text);
    m_windowsNote->setVisible(!text.isEmpty());
}

}  // namespace rankscope
