// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/run_identity.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "core/base/encodings.h"
#include "core/base/number_text.h"
#include "core/session/model_identity.h"

namespace rankscope {
namespace {

std::string onOff(bool on) {
    return on ? "on" : "off";
}

std::string shapeText(const Session& session) {
    const ModelFacts& model = session.model;
    return std::to_string(model.layers) + " layers × " + std::to_string(model.heads) + " heads (" +
           std::to_string(model.kvHeads) + " KV) of " + std::to_string(model.headSize) + ", hidden size " +
           std::to_string(model.hiddenSize);
}

// Of ids the digest: they are many.
std::string tokensText(const Session& session) {
    const auto& tokens = session.corpus.tokens;
    return sha256Hex({reinterpret_cast<const char*>(tokens.data()), tokens.size() * sizeof(TokenId)}).substr(0, 16);
}

std::string lengthsText(const Session& session) {
    std::string text;
    for (const int length : session.run.scope->shorterLengths)
        text += std::to_string(length) + ", ";
    return text + std::to_string(session.corpus.windowLength);
}

enum : unsigned {
    ofRun = 0,
    ofModel = 1,  // what people call it by
    ofPart = 2,   // parts of one run differ in it: windows and layers
    ofScope = 4,  // what the run was asked for: REQUIRES run.scope, and says nothing of the forward pass
    ofSome = 8,   // of runs that have it: no part of the digest of one that says "none"
};

struct RunSetting {
    std::string name;
    unsigned of;
    std::function<std::string(const Session& session)> text;
};

// THE TABLE OF SETTINGS that tell one run from another, those that explain most first. The identity of the model
// belongs behind the first two.
std::vector<RunSetting> allSettings() {
    using S = const Session&;
    std::vector<RunSetting> settings{
        {"model family", ofModel, [](S s) { return s.model.family; }},
        {"model shape", ofModel, shapeText},
        {"corpus sha256", ofRun, [](S s) { return s.corpus.sha256; }},
        {"corpus field", ofRun, [](S s) { return s.corpus.field; }},
        {"across documents", ofRun, [](S s) { return onOff(s.corpus.acrossDocuments); }},
        {"control", ofRun, [](S s) { return s.corpus.control; }},
        {"kept weights", ofRun, [](S s) { return s.corpus.kept.empty() ? std::string("none") : s.corpus.kept; }},
        {"initial standard deviation", ofRun, [](S s) { return generalText(s.corpus.initialDeviation, 9); }},
        {"seed", ofRun, [](S s) { return std::to_string(s.corpus.seed); }},
        {"BOS", ofRun, [](S s) { return onOff(s.corpus.bos); }},
        {"special tokens as text", ofRun, [](S s) { return onOff(s.corpus.plain); }},
        {"window length", ofRun, [](S s) { return std::to_string(s.corpus.windowLength); }},
        {"stride", ofRun, [](S s) { return std::to_string(s.corpus.stride); }},
        {"windows left out", ofRun | ofSome,
         [](S s) {
             return s.corpus.skippedWindows > 0 ? std::to_string(s.corpus.skippedWindows) : std::string("none");
         }},
        {"windows", ofPart, [](S s) { return windowsText(s.corpus); }},
        {"tokens", ofPart, tokensText},
        {"device", ofRun, [](S s) { return s.run.device; }},
        {"layers", ofPart | ofScope, [](S s) { return rangeText(s.run.scope->firstLayer, s.run.scope->lastLayer); }},
        {"window lengths", ofScope, lengthsText},
        {"seeds", ofScope, [](S s) { return std::to_string(s.run.scope->seeds); }},
        {"factors", ofScope, [](S s) { return std::to_string(s.run.scope->factorRank); }}};
    for (const OptionalPartInfo& info : optionalParts()) {
        std::string name(info.option);
        std::ranges::replace(name, '-', ' ');
        settings.push_back({name, ofScope, [=](S s) { return onOff(s.run.scope->with.contains(info.part)); }});
    }
    settings.push_back({"next-token loss", ofScope, [](S s) { return onOff(s.run.scope->loss); }});
    return settings;
}

const std::vector<RunSetting>& settings() {
    static const std::vector<RunSetting> all = allSettings();
    return all;
}

}  // namespace

std::optional<RunDifference> firstDifference(const Session& a, const Session& b, bool parts) {
    auto model = modelDifference(a.model, b.model);
    for (const RunSetting& setting : settings()) {
        if (!(setting.of & ofModel) && model)  // digests say less than what they are of
            return RunDifference{model->what, std::move(model->a), std::move(model->b)};
        if (((setting.of & ofScope) && (!a.run.scope || !b.run.scope)) || (parts && (setting.of & ofPart)))
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
    for (const RunSetting& setting : settings()) {
        if (setting.of & ofScope)
            continue;
        const std::string text = setting.text(session);
        if (!(setting.of & ofSome) || text != "none")
            add(text);
    }
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
