// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/run/run_dialog.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollArea>
#include <QTabWidget>

#include "core/base/machine.h"
#include "core/base/path_text.h"
#include "core/causal/causal_session.h"
#include "core/io/json_text.h"
#include "ui/request/machine_rates.h"
#include "ui/request/model_facts.h"
#include "ui/request/path_kind.h"
#include "ui/run/causal_options.h"
#include "ui/run/run_options.h"
#include "ui/run/token_boxes.h"
#include "ui/text/text.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/tab_order.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

// At the top of a page of tabs.
QWidget* onPage(QWidget* content) {
    auto* page = new QWidget;
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, spacingUnit, 0, 0);
    layout->addWidget(content);
    layout->addStretch(1);
    return page;
}

QString pathOf(const QLineEdit* edit) {
    return edit->text().trimmed();
}

}  // namespace

RunDialog::RunDialog(SessionStore* store, QWidget* parent)
    : QDialog(parent),
      m_store(store),
      m_preview(new RunPreview(this)),
      m_modelPath(new QLineEdit(this)),
      m_corpusPath(new QLineEdit(this)),
      m_outputPath(new QLineEdit(this)),
      m_modelName(new QLabel(this)),
      m_facts(makeMutedLabel({}, this)),
      m_corpusFacts(makeMutedLabel({}, this)),
      m_outputNote(makeMutedLabel({}, this)),
      m_estimate(new QLabel(this)),
      m_modelProblem(new WarningLabel(this)),
      m_corpusProblem(new WarningLabel(this)),
      m_outputProblem(new WarningLabel(this)),
      m_replaceInvalid(qobject_cast<QCheckBox*>(makeRunField(u"replaceInvalid"_s, this))),
      m_fieldName(new QLabel(u"&Text in the field"_s, this)),
      m_field(new QComboBox(this)),
      m_tokens(new TokenBoxes(this)),
      m_options(new RunOptions(this)),
      m_causal(new CausalOptions(this)),
      m_choices(new QTabWidget(this)),
      m_acrossDocuments(qobject_cast<QCheckBox*>(makeRunField(u"acrossDocuments"_s, this))) {
    setWindowTitle(u"Run analysis"_s);
    auto* inputs = new QVBoxLayout;
    inputs->setSpacing(spacingUnit);
    buildInputs(inputs);
    buildOutput(inputs);
    auto* content = new QWidget(this);
    auto* columns = new QHBoxLayout(content);
    columns->setContentsMargins(3 * spacingUnit, spacingUnit, 3 * spacingUnit, spacingUnit);
    columns->setSpacing(4 * spacingUnit);
    columns->addLayout(inputs, 1);
    m_choices->setDocumentMode(true);
    m_choices->setAccessibleName(u"What is computed"_s);
    m_choices->addTab(onPage(m_options), u"S&pectra"_s);
    m_choices->addTab(onPage(m_causal), u"Causal c&heck"_s);
    columns->addWidget(m_choices);
    auto* scroll = new QScrollArea(this);  // for large fonts on small screens
    scroll->setWidget(content);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(scroll, 1);
    layout->addWidget(makeSeparator(Qt::Horizontal, this));
    layout->addWidget(makeFooter());
    followLayout(this);
    resize(124 * spacingUnit, 70 * spacingUnit);
    const RunSettings remembered = RunSettings::remembered();
    m_options->apply(remembered);
    m_causal->apply(remembered);
    m_modelPath->setText(remembered.model);
    m_corpusPath->setText(remembered.corpus);
    m_replaceInvalid->setChecked(remembered.value(u"replaceInvalid"_s) == u"true"_s);
    m_acrossDocuments->setChecked(remembered.value(u"acrossDocuments"_s) == u"true"_s);
    if (const QString field = remembered.value(u"field"_s); !field.isEmpty())
        showFields({field}, field);
    connectFields();
    refresh();
}

// Hidden while it is still whole: losing the focus makes the fields speak.
RunDialog::~RunDialog() {
    hide();
    m_store->cancel(m_inspection);
}

void RunDialog::connectFields() {
    connect(m_modelPath, &QLineEdit::editingFinished, this, &RunDialog::inspect);
    connect(m_modelPath, &QLineEdit::textChanged, this, &RunDialog::judge);
    connect(m_corpusPath, &QLineEdit::textChanged, this, [this] {
        const QSignalBlocker quiet(m_replaceInvalid);
        m_replaceInvalid->setChecked(false);  // it was said of another text
        showFields({}, {});
        refreshAll();
    });
    connect(m_replaceInvalid, &QCheckBox::toggled, this, &RunDialog::refreshAll);
    connect(m_acrossDocuments, &QCheckBox::toggled, this, &RunDialog::refreshAll);
    connect(m_field, &QComboBox::currentIndexChanged, this, &RunDialog::refreshAll);
    connect(m_outputPath, &QLineEdit::textEdited, this, [this] { m_outputEdited = true; });
    connect(m_outputPath, &QLineEdit::textChanged, this, &RunDialog::look);
    connect(m_outputPath, &QLineEdit::textChanged, this, &RunDialog::judge);
    connect(m_options, &RunOptions::changed, this, &RunDialog::refreshAll);
    connect(m_causal, &CausalOptions::changed, this, &RunDialog::refreshAll);
    connect(m_preview, &RunPreview::changed, this, [this] {
        if (!m_outputEdited && m_preview->output() == m_suggestion)
            m_outputPath->setText(m_preview->found().freeOutput);
        if (offerFields())
            return refreshAll();
        refreshTokens();
        judge();
    });
}

RunSettings RunDialog::settings() const {
    RunSettings settings;
    m_options->read(settings);
    m_causal->read(settings);
    settings.model = pathOf(m_modelPath);
    settings.corpus = pathOf(m_corpusPath);
    settings[u"replaceInvalid"_s] = m_replaceInvalid->isChecked() ? u"true"_s : u"false"_s;
    settings[u"field"_s] = m_field->currentData().toString();
    const bool joined = m_acrossDocuments->isChecked() && hasDocuments(settings);
    settings[u"acrossDocuments"_s] = joined ? u"true"_s : u"false"_s;
    settings.output = pathOf(m_outputPath);
    return settings;
}

void RunDialog::setModel(const QString& path) {
    m_modelPath->setText(path);
    inspect();
}

void RunDialog::setCorpus(const QString& corpus) {
    m_corpusPath->setText(corpus);
}

void RunDialog::setCausal(bool wanted) {
    m_causal->setWanted(wanted);
    m_choices->setCurrentIndex(wanted ? 1 : 0);
    m_modelPath->setFocus();
}

void RunDialog::refresh() {
    m_outputEdited = false;
    m_suggestion.clear();
    m_preview->forget();
    m_inspected.reset();
    inspect();
}

void RunDialog::inspect() {
    const QString path = pathOf(m_modelPath);
    if (path == m_inspected)
        return;
    m_store->cancel(m_inspection);
    m_inspected = path;
    m_model.reset();
    m_modelError.clear();
    showLine(m_modelName, {});
    showLine(m_facts, path.isEmpty() ? u"Its layers, heads and number types will be shown here."_s
                                     : u"Reading the model's header…"_s);
    if (!path.isEmpty())
        m_inspection = m_store->inspect(
            path,
            [this](const std::shared_ptr<const ModelInfo>& info) {
                m_model = info;
                showModel(*info);
            },
            [this](const QString& line) {
                m_modelError = line;
                showLine(m_facts, {});
                refreshAll();
            });
    refreshAll();
}

void RunDialog::showModel(const ModelInfo& info) {
    const QString facts = modelFactsText(info);
    showLine(m_modelName, facts.section(u'\n', 0, 0));
    m_modelName->setToolTip(
        info.givenName.empty() ? QString() : plainTip(u"The file calls itself “%1”"_s.arg(toQString(info.givenName))));
    showLine(m_facts, facts.section(u'\n', 1));
    m_modelError = modelProblem(info);
    refreshAll();
}

void RunDialog::suggestOutput() {
    if (m_outputEdited || pathOf(m_corpusPath).isEmpty())
        return;
    const QString model = m_model ? toQString(m_model->name) : QFileInfo(m_modelPath->text()).completeBaseName();
    const RunSettings now = settings();
    if (!problemOf(now, u"length"_s).isEmpty())
        return;
    const QString suggestion =
        SessionStore::defaultPath(model, corpusPaths(now.corpus).value(0), requestOf(now).window.length);
    if (std::exchange(m_suggestion, suggestion) != suggestion)
        m_outputPath->setText(suggestion);
}

void RunDialog::refreshAll() {
    m_acrossDocuments->setVisible(hasDocuments(settings()));
    suggestOutput();
    look();
    refreshTokens();
    judge();
}

void RunDialog::look() {
    const RunSettings now = settings();
    if (!m_model || now.corpus.isEmpty() || !problemOf(now, u"length"_s).isEmpty()) {
        m_preview->stop();
        return;
    }
    m_preview->ask({now.model, now.corpus, m_outputEdited ? now.output : m_suggestion, now.controls,
                    requestOf(now).window, m_model->vocabulary});
}

void RunDialog::refreshTokens() {
    const RunSettings now = settings();
    const std::optional<TokenPreview>& preview = m_preview->found().tokens;
    showLine(m_corpusFacts, {});
    m_options->setWindowsNote({});
    if (!m_model || now.corpus.isEmpty())
        return m_tokens->setHint(u"The tokens of the first window will be shown here."_s);
    if (m_preview->looking())
        return m_tokens->setHint(u"Reading the corpus…"_s);
    const WindowRequest asked = requestOf(now).window;
    if (!preview || (m_preview->found().invalidBytes > 0 && !asked.replaceInvalid))
        return m_tokens->setHint({});
    m_tokens->setTokens({preview->ids.begin(), preview->ids.end()}, preview->pieces, preview->bos);
    const QString count = preview->exact ? countText(preview->corpusTokens)
                                         : u"about %1"_s.arg(countText(preview->corpusTokens / 1000 * 1000));
    const QString shown =
        int(preview->ids.size()) < preview->length
            ? u"first %1 of %2"_s.arg(countText(std::int64_t(preview->ids.size())), countText(preview->length))
            : countText(preview->length);
    showLine(m_corpusFacts, u"%1 tokens · the first window: %2 tokens, %3"_s.arg(
                                count, shown, preview->bos ? u"BOS first"_s : u"no BOS"_s));
    const int windows = std::min(asked.windows, preview->windows);
    if (preview->documents > 0)
        return m_options->setWindowsNote(
            u"%1 windows of %2 documents"_s.arg(countText(windows), countText(preview->documents)));
    m_options->setWindowsNote(windows < asked.windows
                                  ? u"the corpus has room for %1"_s.arg(countText(preview->windows))
                                  : u"of %1 that the corpus has room for"_s.arg(countText(preview->windows)));
}

void RunDialog::refreshEstimate() {
    m_estimate->clear();
    m_estimate->setToolTip({});
    const std::optional<TokenPreview>& preview = m_preview->found().tokens;
    if (!m_run->isEnabled() || !preview)
        return;
    const std::vector<RunRequest> all = orders();
    double seconds = 0, bytes = 0, operations = 0;
    int conditions = 0;
    for (const RunRequest& order : all) {
        AnalysisRequest request = order.request;
        request.window.length = preview->length;
        const RunCost cost = costOfAll(*m_model, request, std::min(request.window.windows, preview->windows));
        const int threads =
            std::min(request.threads > 0 ? request.threads : defaultThreadCount(), defaultThreadCount());
        seconds += secondsOf(cost, m_preview->rates(), threads);
        bytes = std::max(bytes, cost.residentBytes);
        operations += cost.forward + cost.spectra;
        if (request.causal.wanted)
            conditions += workOf(CausalRequest(request), *m_model).conditions;
    }
    QString runs = all.size() == 1 ? u"One run"_s : u"%1 runs"_s.arg(all.size());
    if (conditions > 0)
        runs += u", %1 conditions"_s.arg(countText(conditions));
    if (!m_preview->rates().known())
        return m_estimate->setText(u"%1 · measuring this machine…"_s.arg(runs));
    m_estimate->setText(u"%1: %2, %3 of memory"_s.arg(runs, roughDurationText(seconds), memoryText(bytes)));
    m_estimate->setToolTip(
        u"%1 · 10⁹ operations; at the speed that this machine had in earlier runs, at first in "
        "a short measurement. Memory besides the program and the weights' file."_s.arg(
            countText(std::int64_t(operations / 1e9))));
    if (const auto memory = double(availableMemory()); memory > 0 && bytes > 0.9 * memory)
        m_estimate->setText(u"%1. %2 are free for it here: take fewer or shorter windows."_s.arg(m_estimate->text(),
                                                                                                 memoryText(memory)));
}

void RunDialog::showFields(const QStringList& fields, const QString& chosen) {
    const QSignalBlocker quiet(m_field);
    m_field->clear();
    for (const QString& field : fields)
        m_field->addItem(field, field);
    if (!fields.isEmpty())
        m_field->addItem(u"all of the file, names and braces too"_s, toQString(wholeFile));
    m_field->setCurrentIndex(std::max(0, m_field->findData(chosen)));
    m_field->setVisible(!fields.isEmpty());
    m_fieldName->setVisible(!fields.isEmpty());
}

// Most datasets call it "text".
bool RunDialog::offerFields() {
    if (m_preview->looking())
        return false;
    const QStringList& fields = m_preview->found().fields;
    const QString before = settings().value(u"field"_s), usual = u"text"_s;
    if (!fields.isEmpty() && m_field->count() == fields.size() + 1 && m_field->itemText(0) == fields.front())
        return false;  // offered already: the list may be open
    showFields(fields, before.isEmpty() ? usual : before);
    return settings().value(u"field"_s) != before;
}

// Offers the way on with a text that is not all UTF-8. What is wrong with the corpus, `problem` before all else.
QString RunDialog::refreshInvalid(const RunSettings& now, const QString& problem) {
    const qint64 bytes = m_model && !now.corpus.isEmpty() && problem.isEmpty() ? m_preview->found().invalidBytes : 0;
    m_replaceInvalid->setVisible(bytes > 0);
    m_replaceInvalid->setText(bytes == 1 ? u"Replace 1 byte that is not &UTF-8 by U+FFFD"_s
                                         : u"Replace %1 bytes that are not &UTF-8 by U+FFFD"_s.arg(countText(bytes)));
    return bytes > 0 && !m_replaceInvalid->isChecked() ? m_preview->found().invalidLine : problem;
}

// What is wrong with the causal check, each line below its field; the first of them.
QString RunDialog::judgeCausal(const RunSettings& now) {
    QString first;
    const auto say = [&](const QString& key, const QString& line) {
        m_causal->setProblem(key, now.causal ? line : QString());
        if (first.isEmpty() && now.causal)
            first = line;
    };
    for (const QString& key : {u"arms"_s, u"shares"_s})
        say(key, problemOf(now, key));
    QString ranks = problemOf(now, u"ranks"_s), heads = problemOf(now, u"heads"_s);
    const AnalysisRequest request = requestOf(now);
    const CausalPlan& plan = request.causal;
    for (const int rank : plan.ranks)
        if (m_model && ranks.isEmpty() && rank > m_model->headSize)
            ranks = u"Heads of this model have %1 directions."_s.arg(m_model->headSize);
    for (const HeadRef& head : plan.heads)
        if (m_model && heads.isEmpty() && (head.layer.value >= m_model->layers || head.head.value >= m_model->heads))
            heads = u"This model has no head %1."_s.arg(toQString(headName(head)));
    say(u"ranks"_s, ranks);
    say(u"scopes"_s,
        plan.scopes.empty() || now.value(u"scopes"_s).isEmpty() ? u"Choose what is cut at once."_s : QString());
    say(u"heads"_s, heads);
    const std::optional<TokenPreview>& preview = m_preview->found().tokens;
    const int needed = plan.calibrationWindows + 1;
    QString windows = !request.shorterLengths.empty() ? u"A causal check takes one window length."_s : QString();
    if (windows.isEmpty() && plan.calibration.empty() && preview && preview->windows < needed)
        windows = u"The corpus has room for %1 windows: these calibrate, and none is left."_s.arg(
            countText(preview->windows));
    if (windows.isEmpty() && !plan.calibration.empty() && !QFileInfo::exists(toQString(pathText(plan.calibration))))
        windows = u"There is no such calibration text."_s;
    say(u"calibrationWindows"_s, windows);
    return first;
}

void RunDialog::judge() {
    const RunSettings now = settings();
    const bool current = now.model == m_inspected;
    const auto failed = [&](PreviewFailure which) {
        return m_preview->found().failure == which && !m_preview->looking() && m_model ? m_preview->found().failureLine
                                                                                       : QString();
    };
    const QString model = current ? m_modelError : QString(),
                  corpus = refreshInvalid(now, failed(PreviewFailure::corpus));
    const QString ownLengths = problemOf(now, u"length"_s);
    const QString layers = problemOf(now, u"layers"_s, m_model ? m_model->layers : 0);
    const QString lengths = ownLengths.isEmpty() ? failed(PreviewFailure::length) : ownLengths;
    const QString controls = controlsProblem(now);
    const QString causal = judgeCausal(now);
    const QString deviation = drawsInitialWeights(now) ? problemOf(now, u"initialDeviation"_s) : QString();
    const QString output =
        now.output.isEmpty() && !now.corpus.isEmpty() ? u"Choose where to save the session."_s : QString();
    showLine(m_modelProblem, model);
    showLine(m_corpusProblem, corpus);
    showLine(m_outputProblem, output);
    m_options->setProblem(u"length"_s, lengths);
    m_options->setProblem(u"layers"_s, layers);
    m_options->setProblem(u"controls"_s, controls);
    m_options->setProblem(u"initialDeviation"_s, deviation);
    const bool replaces = m_preview->found().outputTaken && m_preview->output() == now.output && m_outputEdited;
    showLine(m_outputNote, replaces ? u"A file of this name is there; Run asks before it replaces it."_s : QString());

    QString reason = now.model.isEmpty()    ? u"Choose a model."_s
                     : now.corpus.isEmpty() ? u"Choose a corpus."_s
                                            : QString();
    for (const QString& line : {model, corpus, lengths, controls, deviation, layers, causal, output})
        if (reason.isEmpty())
            reason = line;
    if (reason.isEmpty() && (!current || !m_model || m_preview->looking() || !m_preview->found().tokens))
        reason = u"Model and corpus are being read."_s;
    m_run->setEnabled(reason.isEmpty());
    m_run->setToolTip(plainTip(reason));
    m_run->setAccessibleDescription(reason);
    m_copyCommand->setEnabled(reason.isEmpty());
    refreshEstimate();
}

std::vector<RunRequest> RunDialog::orders() const {
    return ordersOf(settings(), m_model);
}

// A line per run.
void RunDialog::copyCommand() {
    QStringList lines;
    for (const RunRequest& order : orders())
        lines << shellLine(QStringList{u"rankscope"_s} + commandOf(order));
    QGuiApplication::clipboard()->setText(lines.join(u'\n'));
}

// Nothing goes on behind a dialog that is closed.
void RunDialog::done(int result) {
    m_preview->stop();
    m_store->cancel(m_inspection);
    QDialog::done(result);
}

void RunDialog::accept() {
    if (!m_run->isEnabled())
        return;
    QStringList taken;
    for (const RunRequest& order : orders())
        if (QFileInfo::exists(order.outputPath))
            taken << QFileInfo(order.outputPath).fileName();
    if (taken.isEmpty())
        return run();
    auto* question = new QMessageBox(
        QMessageBox::Warning, u"Replace sessions"_s,
        u"Replace %1? What is in it is lost when the run saves its first layers."_s.arg(taken.join(u", "_s)),
        QMessageBox::Cancel, this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setTextFormat(Qt::PlainText);
    QPushButton* replace = question->addButton(u"&Replace"_s, QMessageBox::DestructiveRole);
    question->setDefaultButton(QMessageBox::Cancel);
    connect(replace, &QPushButton::clicked, this, &RunDialog::run);
    question->open();
}

void RunDialog::run() {
    const std::vector<RunRequest> all = orders();
    settings().remember();
    QDialog::accept();
    for (const RunRequest& order : all)
        Q_EMIT runRequested(order);
}

}  // namespace rankscope
