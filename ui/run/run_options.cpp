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
#include <limits>

#include "core/analysis/controls.h"
#include "ui/text/text.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

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

// "visibleKeys" of "visible-keys".
QString inOneWord(const QString& option) {
    QStringList words = option.split(u'-');
    for (qsizetype i = 1; i < words.size(); ++i)
        words[i][0] = words[i][0].toUpper();
    return words.join(QString());
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
      m_plain(new QCheckBox(u"Special tokens in the text are plain text"_s, this)),
      m_loss(new QCheckBox(u"Next-token loss: was the model read correctly?"_s, this)),
      m_keepGains(new QCheckBox(u"gains"_s, this)),
      m_keepBiases(new QCheckBox(u"biases"_s, this)),
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
    m_lengths->setPlaceholderText(u"tokens: 512, or 64, 128, 256, 512"_s);
    m_lengths->setToolTip(
        u"Tokens in a window, BOS included. Several numbers: also the spectra of each window's first "
        "tokens, for the view over context length."_s);
    m_windows->setToolTip(u"At most; fewer if the corpus is shorter"_s);
    m_stride->setSpecialValueText(u"side by side"_s);
    m_stride->setToolTip(u"Corpus tokens from one window's start to the next"_s);
    m_bos->addItem(u"as the tokenizer does"_s, int(BosChoice::automatic));
    m_bos->addItem(u"on"_s, int(BosChoice::on));
    m_bos->addItem(u"off"_s, int(BosChoice::off));
    m_bos->setToolTip(u"Whether every window begins with the BOS token"_s);
    m_plain->setToolTip(u"A <s> in the text is three characters, not the token of that name"_s);
    auto* lengths = new QHBoxLayout;
    lengths->addWidget(m_lengths);
    addRow(form, u"&Window"_s, withProblem(lengths, m_lengthsProblem), m_lengths);
    addRow(form, u"&At most"_s, inRow({m_windows, makeName(u"windows, stride"_s, m_stride), m_stride}), m_windows);
    form->addRow({}, m_windowsNote);
    addRow(form, u"&BOS"_s, inRow({m_bos}), m_bos);
    form->addRow({}, m_plain);
}

void RunOptions::buildControls(QFormLayout* form) {
    auto* list = new QVBoxLayout;
    list->setSpacing(spacingUnit / 2);
    for (const ControlInfo& info : controlTable()) {
        auto* box = new QCheckBox(toQString(info.label), this);
        box->setToolTip(toQString(info.description));
        box->setObjectName(u"control-"_s + toQString(info.id));
        m_controls.push_back({toQString(info.id), box});
        list->addWidget(box);
    }
    list->addWidget(m_controlsProblem);
    list->addLayout(inRow(
        {makeName(u"seed"_s, m_seed), m_seed, new QLabel(u"kept as trained:"_s, this), m_keepGains, m_keepBiases}));
    list->addLayout(inRow({makeName(u"standard deviation before training"_s, m_deviation), m_deviation}));
    list->addWidget(m_deviationProblem);
    m_deviation->setPlaceholderText(u"the model's own"_s);
    m_deviation->setMaximumWidth(15 * spacingUnit);
    addRow(form, u"&Run"_s, list, m_controls.front().box);
}

void RunOptions::buildExtras(QFormLayout* form) {
    m_factors->setToolTip(u"Components of the field that are stored for each head, to redraw it: 0 leaves them out"_s);
    m_layers->setPlaceholderText(u"all"_s);
    m_layers->setToolTip(u"Compute the spectra of these layers only, such as 4-7"_s);
    m_threads->setSpecialValueText(u"all %1"_s.arg(defaultThreadCount()));
    auto* list = new QVBoxLayout;
    list->setSpacing(spacingUnit / 2);
    list->addWidget(m_loss);
    std::vector<VariantInfo> variants = optionalVariants();  // the slow ones last
    std::ranges::stable_partition(variants, [](const VariantInfo& info) { return !info.fullRank; });
    for (const VariantInfo& info : variants) {
        auto* box = new QCheckBox(toQString(info.question), this);
        box->setObjectName(inOneWord(toQString(info.option)));
        m_variants.push_back({toQString(info.option), box});
        list->addWidget(box);
    }
    addRow(form, u"A&lso"_s, list, m_loss);
    m_layers->setMaximumWidth(9 * spacingUnit);
    QLayout* row =
        inRow({m_layers, makeName(u"factors"_s, m_factors), m_factors, makeName(u"threads"_s, m_threads), m_threads});
    addRow(form, u"La&yers"_s, withProblem(row, m_layersProblem), m_layers);
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
                                                      {m_keepGains, "keepGains"},
                                                      {m_keepBiases, "keepBiases"},
                                                      {m_deviation, "initialDeviation"}};
    for (const auto& [field, name] : names)
        field->setObjectName(QLatin1String(name));
    m_lengths->setAccessibleName(u"Tokens in a window"_s);
    m_windows->setAccessibleName(u"Number of windows"_s);
    m_stride->setAccessibleName(u"Stride of the windows"_s);
    m_bos->setAccessibleName(u"BOS"_s);
    m_seed->setAccessibleName(u"Seed of the controls"_s);
    m_keepGains->setAccessibleName(u"Keep the trained gains"_s);
    m_keepBiases->setAccessibleName(u"Keep the trained biases"_s);
    m_deviation->setAccessibleName(u"Standard deviation of weights before training"_s);
    m_factors->setAccessibleName(u"Stored components of the field"_s);
    m_layers->setAccessibleName(u"Layers"_s);
    m_threads->setAccessibleName(u"Threads"_s);
}

void RunOptions::connectFields() {
    for (QLineEdit* edit : {m_lengths, m_layers, m_deviation})
        connect(edit, &QLineEdit::textChanged, this, &RunOptions::changed);
    for (QSpinBox* spin : {m_windows, m_stride, m_seed, m_factors, m_threads})
        connect(spin, &QSpinBox::valueChanged, this, &RunOptions::changed);
    connect(m_bos, &QComboBox::currentIndexChanged, this, &RunOptions::changed);
    for (QCheckBox* box : {m_plain, m_loss, m_keepGains, m_keepBiases})
        connect(box, &QCheckBox::toggled, this, &RunOptions::changed);
    for (const ChoiceBox& variant : m_variants)
        connect(variant.box, &QCheckBox::toggled, this, &RunOptions::changed);
    for (const ChoiceBox& control : m_controls)
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
        box->setToolTip(weights ? u"What a control with other weights leaves as it was trained"_s
                                : u"For controls with random weights, or weights as before training"_s);
    }
    m_deviation->setEnabled(initial);
    m_deviation->setToolTip(
        initial ? u"Of weights as before training: another standard deviation can give other ranks. GGUF files do "
                  "not state it; 0.02 is assumed then"_s
                : u"For weights as before training"_s);
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
    for (const ChoiceBox& variant : m_variants)
        variant.box->setChecked(settings.with.contains(variant.id));
    for (const ChoiceBox& control : m_controls)
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
    const auto ticked = [](const std::vector<ChoiceBox>& boxes) {
        QStringList ids;
        for (const ChoiceBox& choice : boxes)
            if (choice.box->isChecked())
                ids << choice.id;
        return ids;
    };
    settings.with = ticked(m_variants);
    settings.controls = ticked(m_controls);
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
