// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/run_preview.h"

#include <QFileInfo>
#include <algorithm>
#include <limits>
#include <numeric>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "core/text/formats/open_tokenizer.h"
#include "core/text/text_check.h"
#include "ui/request/machine_rates.h"
#include "ui/request/path_kind.h"
#include "ui/request/run_settings.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

constexpr int pauseMs = 150;  // a number that is being typed is not looked at digit by digit

bool isTaken(const QString& output, const QStringList& controls) {
    return !output.isEmpty() && std::any_of(controls.begin(), controls.end(), [&](const QString& control) {
        return QFileInfo::exists(outputFor(output, control));
    });
}

// Of several documents the windows that were asked for decide which are looked at.
bool isOneText(const PreviewQuestion& question) {
    return question.window.acrossDocuments ||
           (corpusPaths(question.corpus).size() < 2 && question.window.field.empty());
}

int fittingWindows(const TokenPreview& preview, int stride) {
    const qint64 own = preview.length - (preview.bos ? 1 : 0);
    if (preview.corpusTokens < own)
        return 1;  // the first window is there, whatever the estimate says
    const qint64 fit = (preview.corpusTokens - own) / std::max<qint64>(1, stride) + 1;
    return int(std::min<qint64>(fit, std::numeric_limits<int>::max()));
}

void addQuestions(const std::filesystem::path& text, PreviewAnswer& answer) {
    const TextQuestions questions = questionsAbout(text);
    answer.invalidBytes += qint64(questions.invalidBytes);
    if (answer.invalidLine.isEmpty())
        answer.invalidLine = toQString(questions.invalidLine);
    for (const std::string& field : questions.fields)
        if (!answer.fields.contains(toQString(field)))
            answer.fields << toQString(field);
}

}  // namespace

bool PreviewQuestion::sameTokens(const PreviewQuestion& other) const {
    const WindowRequest &a = window, &b = other.window;
    return model == other.model && corpus == other.corpus && vocabulary == other.vocabulary && a.length == b.length &&
           a.stride == b.stride && a.bos == b.bos && a.matchSpecialTokens == b.matchSpecialTokens &&
           a.field == b.field && a.acrossDocuments == b.acrossDocuments && (a.windows == b.windows || isOneText(*this));
}

bool PreviewQuestion::operator==(const PreviewQuestion& other) const {
    return sameTokens(other) && output == other.output && controls == other.controls;
}

// The tokenizer of the model that was looked at last: opening a large one takes longer than all else.
struct RunPreview::Cache {
    QString model;
    std::shared_ptr<const Tokenizer> tokenizer;
};

RunPreview::RunPreview(QObject* parent) : QObject(parent), m_cache(std::make_shared<Cache>()) {
    m_pause.setSingleShot(true);
    m_pause.setInterval(pauseMs);
    connect(&m_pause, &QTimer::timeout, this, &RunPreview::start);
}

void RunPreview::ask(const PreviewQuestion& question) {
    if (m_asked && question == m_question)
        return;
    m_runner.cancel(m_look);
    m_looking = m_looking || !m_asked || !question.sameTokens(m_question);
    if (question.corpus != m_question.corpus) {
        m_found.invalidBytes = 0;
        m_found.fields.clear();
    }
    m_question = question;
    m_asked = true;
    m_pause.start();
}

void RunPreview::forget() {
    m_asked = false;
    m_cache = std::make_shared<Cache>();
}

void RunPreview::stop() {
    m_pause.stop();
    m_runner.cancel(m_look);
    m_runner.cancel(m_measurement);
    m_asked = m_looking = false;
}

void RunPreview::start() {
    if (const MachineRates rates = rememberedRates(); rates.known())
        m_rates = rates;
    m_look = m_runner.compute<PreviewAnswer>(
        [question = m_question, cache = m_cache](const JobContext& context) { return look(question, *cache, context); },
        [this](const PreviewAnswer& answer) { take(answer); },
        [this](const QString& line) { take({.failure = PreviewFailure::corpus, .failureLine = line}); });
    if (m_rates.known() || m_runner.isActive(m_measurement))
        return;
    constexpr double seconds = 0.05;
    m_measurement =
        m_runner.compute<double>([](const JobContext& context) { return measureMatrixProducts(seconds, context); },
                                 [this](double operations) {
                                     m_rates = ratesFromMatrixProducts(operations);
                                     Q_EMIT changed();
                                 },
                                 [](const QString&) {});
}

PreviewAnswer RunPreview::look(const PreviewQuestion& question, Cache& cache, const JobContext& context) {
    PreviewAnswer answer;
    answer.freeOutput = question.output;
    for (int number = 2; isTaken(answer.freeOutput, question.controls); ++number)
        answer.freeOutput = withSuffix(question.output, QString::number(number));
    answer.outputTaken = answer.freeOutput != question.output;
    WindowRequest request = question.window;
    if (isOneText(question))
        request.windows = 1;
    request.replaceInvalid = true;  // whether it may be so is for the dialog to say: it is told how many there are
    try {
        if (cache.model != question.model || !cache.tokenizer) {
            cache = {};
            const auto file = openWeightFile(toPath(question.model));
            try {
                cache.tokenizer = openTokenizer(file->tokenizerPath());
            } catch (const Error&) {
                if (!isTokenFile(question.corpus))  // ids need no tokenizer
                    throw;
            }
            cache.model = question.model;
        }
        context.throwIfStopped();
        std::vector<std::filesystem::path> corpora;
        double bytes = 0;
        for (const QString& path : corpusPaths(question.corpus)) {
            corpora.push_back(toPath(path));
            bytes += double(QFileInfo(path).size());
            if (!isTokenFile(question.corpus))
                addQuestions(corpora.back(), answer);
        }
        const TokenWindows windows =
            isTokenFile(question.corpus)
                ? readTokenFile(corpora.front(), question.vocabulary, cache.tokenizer.get(), request)
                : readCorpora(corpora, *cache.tokenizer, request, context);
        TokenPreview preview;
        const std::size_t shown = std::min({shownTokens, windows.tokens.size(), std::size_t(windows.length)});
        preview.ids.assign(windows.tokens.begin(), windows.tokens.begin() + std::ptrdiff_t(shown));
        for (std::size_t i = 0; i < std::min(shown, windows.pieces.size()); ++i)
            preview.pieces << toQString(windows.pieces[i]);
        preview.bos = windows.bos;
        preview.length = windows.length;
        preview.corpusTokens = std::accumulate(windows.counts.begin(), windows.counts.end(), std::int64_t{0});
        preview.documents = documentCount(windows.documents);
        preview.exact = isTokenFile(question.corpus) || preview.documents > 0 || bytes <= double(countedCorpusBytes);
        if (!preview.exact)
            preview.corpusTokens = qint64(double(preview.corpusTokens) * bytes / double(countedCorpusBytes));
        preview.windows =
            windows.windows > 1 || preview.documents > 0 ? windows.windows : fittingWindows(preview, windows.stride);
        answer.tokens = std::move(preview);
    } catch (const Error& error) {
        const bool ofDocuments = error.subject() == "documents";
        const bool tooLong = error.code() == ErrorCode::mismatch && (ofDocuments || error.subject() == "corpus");
        if (!tooLong)
            answer.invalidBytes = 0;  // there is worse
        answer.failure = tooLong ? PreviewFailure::length : PreviewFailure::corpus;
        answer.failureLine = tooLong && !ofDocuments
                                 ? u"The corpus has %1 tokens: too few for one window."_s.arg(toQString(error.found()))
                             : ofDocuments
                                 ? u"Every document is too short for one window: join them, or take a shorter one."_s
                                 : QString::fromUtf8(error.what());
    }
    return answer;
}

void RunPreview::take(const PreviewAnswer& answer) {
    m_looking = false;
    m_found = answer;
    Q_EMIT changed();
}

}  // namespace rankscope
