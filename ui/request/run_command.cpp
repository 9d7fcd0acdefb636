// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/request/run_command.h"

#include <QLocale>

#include "core/analysis/controls.h"
#include "core/base/path_text.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

class Words {
public:
    void add(const char* option, const QString& value) { m_words << QLatin1String(option) << value; }
    void add(const char* option, const std::filesystem::path& path) { add(option, toQString(pathText(path))); }
    void addIf(bool wanted, const char* option, const QString& value) {
        if (wanted)
            add(option, value);
    }
    void flag(bool wanted, const char* option) {
        if (wanted)
            m_words << QLatin1String(option);
    }

    QStringList m_words;
};

void addInput(Words& words, const RunOrder& order) {
    const AnalysisRequest& request = order.request;
    words.m_words << u"analyze"_s << toQString(pathText(request.model));
    for (const std::filesystem::path& corpus : request.corpora)
        words.add("--corpus", corpus);
    if (request.corpora.empty())
        words.add("--tokens", request.tokens);
    words.add("--output", order.outputPath);
    words.flag(order.resume, "--resume");
}

void addWindows(Words& words, const AnalysisRequest& request) {
    const WindowRequest &window = request.window, usual;
    QStringList lengths;
    for (const int length : request.shorterLengths)
        lengths << QString::number(length);
    lengths << QString::number(window.length);
    words.addIf(lengths.size() > 1 || window.length != usual.length, "--length", lengths.join(u','));
    if (request.windowRange)
        words.add("--windows",
                  u"%1-%2/%3"_s.arg(QString::number(request.windowRange->first),
                                    QString::number(request.windowRange->second), QString::number(window.windows)));
    else
        words.addIf(window.windows != usual.windows, "--windows", QString::number(window.windows));
    words.addIf(window.stride > 0, "--stride", QString::number(window.stride));
    words.addIf(window.bos != BosChoice::automatic, "--bos", window.bos == BosChoice::on ? u"on"_s : u"off"_s);
    words.flag(!window.matchSpecialTokens, "--plain");
    words.flag(window.replaceInvalid, "--replace-invalid");
    words.addIf(!window.field.empty(), "--field", toQString(window.field));
    words.flag(window.acrossDocuments, "--across-documents");
}

void addControl(Words& words, const AnalysisRequest& request) {
    words.addIf(request.control != Control::none, "--control", toQString(controlInfo(request.control).id));
    words.addIf(!keptText(request.weights).empty(), "--keep", toQString(keptText(request.weights)));
    if (request.weights.initialDeviation)
        words.add("--init-std",
                  QString::number(*request.weights.initialDeviation, 'g', QLocale::FloatingPointShortest));
    words.addIf(request.seed != 0, "--seed", QString::number(request.seed));
    words.addIf(request.seeds != 1, "--seeds", QString::number(request.seeds));
}

void addComputation(Words& words, const RunOrder& order) {
    const AnalysisRequest &request = order.request, usual;
    if (request.layers)
        words.add("--layers",
                  u"%1-%2"_s.arg(QString::number(request.layers->first), QString::number(request.layers->second)));
    QStringList with;
    for (const Variant variant : request.with)
        with << toQString(variantInfo(variant).option);
    words.addIf(!with.isEmpty(), "--with", with.join(u','));
    words.addIf(request.factorRank != usual.factorRank, "--factors", QString::number(request.factorRank));
    words.flag(request.loss, "--loss");
    words.addIf(request.device == Device::cuda, "--device", u"cuda"_s);
    words.addIf(order.threads > 0, "--threads", QString::number(order.threads));
}

}  // namespace

QStringList commandOf(const RunOrder& order) {
    Words words;
    addInput(words, order);
    addWindows(words, order.request);
    addControl(words, order.request);
    addComputation(words, order);
    return words.m_words;
}

}  // namespace rankscope
