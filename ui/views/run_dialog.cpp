// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/run_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>

#include "ui/viewmodels/model_facts.h"
#include "ui/viewmodels/path_kind.h"
#include "ui/viewmodels/text.h"
#include "ui/views/file_dialogs.h"
#include "ui/views/theme.h"
#include "ui/views/warning_label.h"

namespace rankscope {

namespace {

QSpinBox* makeSpin(int low, int high, int step, QWidget* parent) {
    auto* spin = new QSpinBox(parent);
    spin->setRange(low, high);
    spin->setSingleStep(step);
    spin->setGroupSeparatorShown(true);
    return spin;
}

std::filesystem::path toPath(const QLineEdit* edit) {
    return std::filesystem::path(edit->text().trimmed().toStdString());
}

QWidget* inRow(std::initializer_list<QWidget*> widgets, QWidget* parent) {
    auto* row = new QWidget(parent);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    layout->setSpacing(spacingUnit);
    for (QWidget* widget : widgets)
        layout->addWidget(widget);
    layout->addStretch(1);
    return row;
}

}  // namespace

RunDialog::RunDialog(SessionStore* store, QWidget* parent)
    : QDialog(parent),
      m_store(store),
      m_modelPath(new QLineEdit(this)),
      m_corpusPath(new QLineEdit(this)),
      m_outputPath(new QLineEdit(this)),
      m_browseModel(new QPushButton(tr("Choose"), this)),
      m_browseCorpus(new QPushButton(tr("Choose…"), this)),
      m_browseOutput(new QPushButton(tr("Choose…"), this)),
      m_facts(makeMutedLabel({}, this)),
      m_problem(new WarningLabel(this)),
      m_length(makeSpin(2, 1 << 20, 64, this)),
      m_windows(makeSpin(1, 10'000, 1, this)),
      m_seed(makeSpin(0, 1'000'000'000, 1, this)),
      m_threads(makeSpin(0, 1024, 1, this)),
      m_bos(new QComboBox(this)),
      m_control(new QComboBox(this)),
      m_loss(new QCheckBox(tr("Next-token loss (tells whether the model was read correctly)"), this)) {
    setWindowTitle(tr("Run analysis"));
    buildForm();
    restoreSettings();
    connectFields();
    judge();
}

// Hidden while it is still whole: losing the focus makes the fields speak.
RunDialog::~RunDialog() {
    hide();
    m_store->cancel(m_inspection);
}

QWidget* RunDialog::makePathRow(QLineEdit* edit, QPushButton* browse) {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    layout->setSpacing(spacingUnit);
    edit->setMinimumWidth(48 * spacingUnit);
    layout->addWidget(edit, 1);
    layout->addWidget(browse);
    return row;
}

void RunDialog::buildForm() {
    m_modelPath->setPlaceholderText(tr("a model folder, a .gguf or a .safetensors file"));
    m_corpusPath->setPlaceholderText(tr("a UTF-8 text, or a .json list of token ids"));
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setAccessibleName(tr("Facts about the model"));
    auto* menu = new QMenu(m_browseModel);
    const auto take = [this](const QString& path) { setModel(path); };
    menu->addAction(tr("File…"), this, [this, take] { askForModel(this, take); });
    menu->addAction(tr("Folder…"), this, [this, take] { askForModelFolder(this, take); });
    m_browseModel->setMenu(menu);

    auto* form = new QFormLayout;
    form->setLabelAlignment(Qt::AlignRight);
    form->setHorizontalSpacing(2 * spacingUnit);
    form->setVerticalSpacing(spacingUnit);
    form->addRow(tr("&Model"), makePathRow(m_modelPath, m_browseModel));
    form->addRow({}, m_facts);
    form->addRow(tr("&Corpus"), makePathRow(m_corpusPath, m_browseCorpus));
    buildWindowRows(form);
    form->addRow(tr("&Save to"), makePathRow(m_outputPath, m_browseOutput));

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_run = buttons->addButton(tr("&Run"), QDialogButtonBox::AcceptRole);
    m_run->setObjectName(QStringLiteral("run"));
    m_run->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &RunDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * spacingUnit, 3 * spacingUnit, 3 * spacingUnit, 2 * spacingUnit);
    layout->setSpacing(2 * spacingUnit);
    layout->addLayout(form);
    layout->addWidget(m_problem);
    layout->addWidget(buttons);
    for (QLineEdit* edit : {m_modelPath, m_corpusPath, m_outputPath})
        static_cast<QLabel*>(form->labelForField(edit->parentWidget()))->setBuddy(edit);
}

void RunDialog::buildWindowRows(QFormLayout* form) {
    m_bos->addItem(tr("as the model's tokenizer does"), int(BosChoice::automatic));
    m_bos->addItem(tr("on"), int(BosChoice::on));
    m_bos->addItem(tr("off"), int(BosChoice::off));
    m_control->addItem(tr("text as written"), int(Control::none));
    m_control->addItem(tr("tokens shuffled"), int(Control::shuffled));
    m_control->addItem(tr("tokens drawn uniformly"), int(Control::uniform));
    m_control->addItem(tr("random weights of the same deviation"), int(Control::randomWeights));
    m_control->setToolTip(tr("What the numbers are set against: the text itself, or a control without its structure"));
    m_length->setToolTip(tr("Positions in a window, BOS included"));
    m_windows->setToolTip(tr("At most; fewer if the corpus is shorter"));
    m_threads->setSpecialValueText(tr("all %1").arg(defaultThreadCount()));
    form->addRow(tr("&Windows"),
                 inRow({m_windows, new QLabel(tr("of"), this), m_length, new QLabel(tr("tokens"), this)}, this));
    form->addRow(tr("&BOS"), inRow({m_bos}, this));
    form->addRow(tr("C&ontrol"), inRow({m_control, new QLabel(tr("seed"), this), m_seed}, this));
    form->addRow(tr("&Threads"), inRow({m_threads}, this));
    form->addRow({}, m_loss);
    m_windows->setObjectName(QStringLiteral("windows"));
    m_length->setObjectName(QStringLiteral("length"));
    m_windows->setAccessibleName(tr("Number of windows"));
    m_length->setAccessibleName(tr("Tokens in a window"));
    m_seed->setAccessibleName(tr("Seed of the control"));
}

void RunDialog::connectFields() {
    connect(m_browseCorpus, &QPushButton::clicked, this,
            [this] { askForCorpus(this, [this](const QString& path) { setCorpus(path); }); });
    connect(m_browseOutput, &QPushButton::clicked, this, [this] {
        askWhereToSave(this, tr("Save the session to"), sessionFilter(), m_outputPath->text(),
                       [this](const QString& path) {
                           m_outputPath->setText(path);
                           m_outputEdited = true;
                       });
    });
    connect(m_modelPath, &QLineEdit::editingFinished, this, &RunDialog::inspect);
    connect(m_modelPath, &QLineEdit::textChanged, this, &RunDialog::judge);
    connect(m_corpusPath, &QLineEdit::textChanged, this, &RunDialog::suggestOutput);
    connect(m_corpusPath, &QLineEdit::textChanged, this, &RunDialog::judge);
    connect(m_length, &QSpinBox::valueChanged, this, &RunDialog::suggestOutput);
    connect(m_outputPath, &QLineEdit::textEdited, this, [this] { m_outputEdited = true; });
    connect(m_outputPath, &QLineEdit::textChanged, this, &RunDialog::judge);
    const auto enableSeed = [this] { m_seed->setEnabled(m_control->currentData().toInt() != int(Control::none)); };
    connect(m_control, &QComboBox::currentIndexChanged, this, enableSeed);
    enableSeed();
}

void RunDialog::restoreSettings() {
    const QSettings settings;
    const auto choose = [&](QComboBox* box, const char* key) {
        box->setCurrentIndex(std::max(0, box->findData(settings.value(QLatin1String(key), 0).toInt())));
    };
    m_length->setValue(settings.value(QStringLiteral("run/length"), 512).toInt());
    m_windows->setValue(settings.value(QStringLiteral("run/windows"), 8).toInt());
    m_seed->setValue(settings.value(QStringLiteral("run/seed"), 0).toInt());
    m_threads->setValue(settings.value(QStringLiteral("run/threads"), 0).toInt());
    m_loss->setChecked(settings.value(QStringLiteral("run/loss"), true).toBool());
    choose(m_bos, "run/bos");
    choose(m_control, "run/control");
    m_modelPath->setText(settings.value(QStringLiteral("run/model")).toString());
    m_corpusPath->setText(settings.value(QStringLiteral("run/corpus")).toString());
    suggestOutput();
    inspect();
}

void RunDialog::saveSettings() const {
    QSettings settings;
    settings.setValue(QStringLiteral("run/length"), m_length->value());
    settings.setValue(QStringLiteral("run/windows"), m_windows->value());
    settings.setValue(QStringLiteral("run/seed"), m_seed->value());
    settings.setValue(QStringLiteral("run/threads"), m_threads->value());
    settings.setValue(QStringLiteral("run/loss"), m_loss->isChecked());
    settings.setValue(QStringLiteral("run/bos"), m_bos->currentData());
    settings.setValue(QStringLiteral("run/control"), m_control->currentData());
    settings.setValue(QStringLiteral("run/model"), m_modelPath->text());
    settings.setValue(QStringLiteral("run/corpus"), m_corpusPath->text());
}

void RunDialog::setModel(const QString& path) {
    m_modelPath->setText(path);
    inspect();
}

void RunDialog::setCorpus(const QString& path) {
    m_corpusPath->setText(path);
}

void RunDialog::refresh() {
    m_outputEdited = false;
    suggestOutput();
    if (!m_modelError.isEmpty())
        m_inspected.clear();
    inspect();
    judge();
}

void RunDialog::inspect() {
    const QString path = m_modelPath->text().trimmed();
    if (path == m_inspected)
        return;
    m_store->cancel(m_inspection);
    m_inspected = path;
    m_model.reset();
    m_modelError.clear();
    m_facts->setText(path.isEmpty() ? QString() : tr("Reading the model's header…"));
    if (!path.isEmpty())
        m_inspection = m_store->inspect(
            path,
            [this](const std::shared_ptr<const ModelInfo>& info) {
                m_model = info;
                showFacts(*info);
            },
            [this](const QString& line) {
                m_modelError = line;
                m_facts->clear();
                judge();
            });
    judge();
}

void RunDialog::showFacts(const ModelInfo& info) {
    m_facts->setText(modelFactsText(info));
    m_modelError = modelProblem(info);
    suggestOutput();
    judge();
    adjustSize();
}

void RunDialog::suggestOutput() {
    if (m_outputEdited || m_corpusPath->text().isEmpty())
        return;
    const QString model = m_model ? toQString(m_model->name) : QFileInfo(m_modelPath->text()).completeBaseName();
    m_outputPath->setText(SessionStore::defaultPath(model, m_corpusPath->text(), m_length->value()));
}

QString RunDialog::problem() const {
    if (!m_modelError.isEmpty())
        return m_modelError;
    if (m_modelPath->text().trimmed().isEmpty())
        return tr("Choose a model.");
    if (m_corpusPath->text().trimmed().isEmpty())
        return tr("Choose a corpus.");
    if (!QFileInfo(m_corpusPath->text().trimmed()).isFile())
        return tr("%1: corpus: expected a text file, found none").arg(m_corpusPath->text().trimmed());
    if (m_outputPath->text().trimmed().isEmpty())
        return tr("Choose where to save the session.");
    return {};
}

void RunDialog::judge() {
    const bool current = m_modelPath->text().trimmed() == m_inspected;
    const QString line = current ? problem() : QString();
    m_problem->setText(line);
    m_problem->setVisible(!line.isEmpty());
    m_run->setEnabled(current && m_model && line.isEmpty());
}

RunOrder RunDialog::order() const {
    RunOrder order;
    order.model = m_model;
    order.threads = m_threads->value();
    order.outputPath = m_outputPath->text().trimmed();
    AnalysisRequest& request = order.request;
    request.model = toPath(m_modelPath);
    (isTokenFile(m_corpusPath->text().trimmed()) ? request.tokens : request.corpus) = toPath(m_corpusPath);
    request.window.length = m_length->value();
    request.window.windows = m_windows->value();
    request.window.bos = BosChoice(m_bos->currentData().toInt());
    request.control = Control(m_control->currentData().toInt());
    request.seed = std::uint64_t(m_seed->value());
    request.loss = m_loss->isChecked();
    return order;
}

void RunDialog::accept() {
    if (!m_run->isEnabled())
        return;
    saveSettings();
    QDialog::accept();
    Q_EMIT runRequested(order());
}

}  // namespace rankscope
