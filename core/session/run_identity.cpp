// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/run_identity.h"

#include <array>

#include "core/base/number_text.h"
#include "core/base/encodings.h"
#include "core/session/model_identity.h"

namespace rankscope {
namespace {

std::string onOff(bool on) {
    return on ? "on" : "off";
}

// Of ids the digest: they are many.
std::string tokensText(const Session& session) {
    const auto& tokens = session.corpus.tokens;
    return sha256Hex({reinterpret_cast<const char*>(tokens.data()), tokens.size() * sizeof(TokenId)}).substr(0, 16);
}

std::string shapeText(const Session& session) {
    const ModelFacts& model = session.model;
    return std::to_string(model.layers) + " layers × " + std::to_string(model.heads) + " heads (" +
           std::to_string(model.kvHeads) + " KV) of " + std::to_string(model.headSize) + ", hidden size " +
           std::to_string(model.hiddenSize);
}

std::string lengthsText(const Session& session) {
    std::string text;
    for (const int length : session.run.scope->shorterLengths)
        text += std::to_string(length) + ", ";
    return text + std::to_string(session.corpus.windowLength);
}

std::string deviationText(const Session& session) {
    return generalText(session.corpus.initialDeviation, 9);
}

// THE TABLE OF SETTINGS that tell one run from another, those that explain most first. The identity of the model
// belongs behind the first two.
struct RunSetting {
    std::string_view name;
    bool ofModel;  // what people call it by
    bool ofPart;   // parts of one run differ in it: windows and layers
    bool ofScope;  // what the run was asked for: REQUIRES run.scope, and says nothing of the forward pass
    std::string (*text)(const Session& session);
};

using S = const Session&;
constexpr std::array settings{
    RunSetting{"model family", true, false, false, [](S s) { return s.model.family; }},
    RunSetting{"model shape", true, false, false, shapeText},
    RunSetting{"corpus sha256", false, false, false, [](S s) { return s.corpus.sha256; }},
    RunSetting{"corpus field", false, false, false, [](S s) { return s.corpus.field; }},
    RunSetting{"across documents", false, false, false, [](S s) { return onOff(s.corpus.acrossDocuments); }},
    RunSetting{"control", false, false, false, [](S s) { return s.corpus.control; }},
    RunSetting{"kept weights", false, false, false,
               [](S s) { return s.corpus.kept.empty() ? std::string("none") : s.corpus.kept; }},
    RunSetting{"initial standard deviation", false, false, false, deviationText},
    RunSetting{"seed", false, false, false, [](S s) { return std::to_string(s.corpus.seed); }},
    RunSetting{"BOS", false, false, false, [](S s) { return onOff(s.corpus.bos); }},
    RunSetting{"special tokens as text", false, false, false, [](S s) { return onOff(s.corpus.plain); }},
    RunSetting{"window length", false, false, false, [](S s) { return std::to_string(s.corpus.windowLength); }},
    RunSetting{"stride", false, false, false, [](S s) { return std::to_string(s.corpus.stride); }},
    RunSetting{"windows", false, true, false, [](S s) { return windowsText(s.corpus); }},
    RunSetting{"tokens", false, true, false, tokensText},
    RunSetting{"device", false, false, false, [](S s) { return s.run.device; }},
    RunSetting{"layers", false, true, true,
               [](S s) { return rangeText(s.run.scope->firstLayer, s.run.scope->lastLayer); }},
    RunSetting{"window lengths", false, false, true, lengthsText},
    RunSetting{"seeds", false, false, true, [](S s) { return std::to_string(s.run.scope->seeds); }},
    RunSetting{"factors", false, false, true, [](S s) { return std::to_string(s.run.scope->factorRank); }},
    RunSetting{"visible keys", false, false, true, [](S s) { return onOff(s.run.scope->visibleKeys); }},
    RunSetting{"without distance", false, false, true, [](S s) { return onOff(s.run.scope->withoutDistance); }},
    RunSetting{"norm folded", false, false, true, [](S s) { return onOff(s.run.scope->normFolded); }},
    RunSetting{"next-token loss", false, false, true, [](S s) { return onOff(s.run.scope->loss); }},
};

}  // namespace

std::optional<RunDifference> firstDifference(const Session& a, const Session& b, bool parts) {
    auto model = modelDifference(a.model, b.model);
    for (const RunSetting& setting : settings) {
        if (!setting.ofModel && model)  // digests say less than what they are of
            return RunDifference{model->what, std::move(model->a), std::move(model->b)};
        if ((setting.ofScope && (!a.run.scope || !b.run.scope)) || (parts && setting.ofPart))
            continue;
        std::string inA = setting.text(a), inB = setting.text(b);
        if (inA != inB)
            return RunDifference{setting.name, std::move(inA), std::move(inB)};
    }
    return std::nullopt;
}

std::string runDigest(const Session& session) {
    std::string all;
    const auto add = [&](const std::string& text) { all += std::to_string(text.size()) + ":" + text; };
    for (const std::string& part : {session.model.fingerprint, session.model.structure, session.model.tokenizer})
        add(part);
    for (const TensorHash& tensor : session.model.tensorHashes)
        add(tensor.name + " " + tensor.hash);
    for (const RunSetting& setting : settings)
        if (!setting.ofScope)
            add(setting.text(session));
    return sha256Hex(all);
}

std::string windowsText(const CorpusFacts& corpus) {
    return rangeText(corpus.firstWindow, corpus.firstWindow + corpus.windows - 1) + " of " +
           std::to_string(corpus.allWindows > 0 ? corpus.allWindows : corpus.windows);
}

std::string rangeText(int first, int last) {
    return first == last ? std::to_string(first) : std::to_string(first) + "-" + std::to_string(last);
}

}  // namespace rankscope
