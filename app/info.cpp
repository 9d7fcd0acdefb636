// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `info`: what a checkpoint or a session is. Keys of the JSON for a model: family, name, given_name (general.name of
// GGUF, or null), source, revision, files, parameters, layers, heads, kv_heads, head_size, hidden_size, vocabulary,
// position, context_length (null: not stated), per_layer [{scale, window (null: all keys), rotation {base, size} (null:
// none)}], tensor_types {type: count}, missing, wrong_shape, unexpected, notes, warnings; for a session see summary.h.
#include <algorithm>
#include <memory>
#include <set>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "app/summary.h"
#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/model/model_info.h"
#include "core/session_file/session_file.h"
#include "core/text/formats/open_tokenizer.h"

namespace rankscope {
namespace {

constexpr std::size_t listedTensors = 20;  // of missing or unexpected ones, before the rest is only counted

// With what the tokenizer beside the model passes over. That it has none, or one that is refused, is for the commands
// that need one to say.
ModelInfo inspectWithTokenizer(const std::filesystem::path& path) {
    ModelInfo info = inspectModel(path);
    try {
        const auto tokenizer = openTokenizer(path);
        info.warnings.insert(info.warnings.end(), tokenizer->notes().begin(), tokenizer->notes().end());
    } catch (const Error&) {
    }
    return info;
}

nlohmann::ordered_json layersJson(const std::vector<LayerHyperparameters>& layers) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const LayerHyperparameters& layer : layers) {
        nlohmann::ordered_json entry{{"scale", layer.scale}, {"window", nullptr}, {"rotation", nullptr}};
        if (layer.window > 0)
            entry["window"] = layer.window;
        if (layer.rotation)
            entry["rotation"] = {{"base", layer.rotation->base}, {"size", layer.rotation->size}};
        list.push_back(std::move(entry));
    }
    return list;
}

nlohmann::ordered_json modelJson(const ModelInfo& info) {
    return {{"family", info.family},
            {"name", info.name},
            {"given_name", info.givenName.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(info.givenName)},
            {"source", info.source},
            {"revision", info.revision},
            {"files", info.files},
            {"parameters", info.parameters},
            {"layers", info.layers},
            {"heads", info.heads},
            {"kv_heads", info.kvHeads},
            {"head_size", info.headSize},
            {"hidden_size", info.hiddenSize},
            {"vocabulary", info.vocabulary},
            {"position", describePosition(info)},
            {"context_length", info.contextLength > 0 ? nlohmann::ordered_json(info.contextLength) : nullptr},
            {"per_layer", layersJson(info.perLayer)},
            {"tensor_types", info.tensorTypes},
            {"missing", info.missing},
            {"wrong_shape", info.misshapen},
            {"unexpected", info.unexpected},
            {"notes", info.notes},
            {"warnings", info.warnings}};
}

void appendTensors(std::vector<LabelledLine>& lines, const std::string& label, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < std::min(names.size(), listedTensors); ++i)
        lines.push_back({label, printable(names[i], 1000)});
    if (names.size() > listedTensors)
        lines.push_back({label, std::to_string(names.size() - listedTensors) + " more"});
}

// "0–29: scale 0.125, all keys", one line per run of layers that are alike.
void appendLayers(std::vector<LabelledLine>& lines, const std::vector<LayerHyperparameters>& layers) {
    const auto describe = [](const LayerHyperparameters& layer) {
        const std::string keys = layer.window > 0 ? "last " + std::to_string(layer.window) + " keys" : "all keys";
        const std::string text = "scale " + generalText(layer.scale, 6) + ", " + keys;
        return layer.rotation ? text + ", " + std::to_string(layer.rotation->size) + " of each head rotated, base " +
                                    generalText(layer.rotation->base, 6)
                              : text + ", no rotation";
    };
    for (std::size_t first = 0, last = 0; first < layers.size(); first = last + 1) {
        const std::string facts = describe(layers[first]);
        for (last = first; last + 1 < layers.size() && describe(layers[last + 1]) == facts;)
            ++last;
        const std::string range = std::to_string(first) + (last > first ? "–" + std::to_string(last) : "");
        lines.push_back({(last > first ? "layers " : "layer ") + range, facts});
    }
}

// "config.json, a.safetensors, b.safetensors and 28 more"
std::string listedNames(const std::vector<std::string>& names) {
    constexpr std::size_t listed = 4;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), listed); ++i)
        text += (text.empty() ? "" : ", ") + printable(names[i]);
    return names.size() > listed ? text + " and " + std::to_string(names.size() - listed) + " more" : text;
}

std::string modelText(const ModelInfo& info) {
    std::string types;
    for (const auto& [type, count] : info.tensorTypes)
        types += (types.empty() ? "" : ", ") + printable(type) + " × " + std::to_string(count);
    std::vector<LabelledLine> lines{{"name", printable(info.name)},
                                    {"family", info.family},
                                    {"parameters", grouped(info.parameters)},
                                    {"layers", std::to_string(info.layers)},
                                    {"heads", std::to_string(info.heads) + " (" + std::to_string(info.kvHeads) +
                                                  " KV heads) of size " + std::to_string(info.headSize)},
                                    {"hidden size", std::to_string(info.hiddenSize)},
                                    {"vocabulary", grouped(info.vocabulary)},
                                    {"position", describePosition(info)},
                                    {"tensors", types}};
    if (!info.givenName.empty())
        lines.insert(lines.begin() + 1, {"calls itself", printable(info.givenName)});
    if (!info.revision.empty())
        lines.push_back({"revision", printable(info.revision)});
    lines.push_back({"read from", printable(info.source, 4096)});
    lines.push_back({"files", listedNames(info.files)});
    if (info.contextLength > 0)
        lines.push_back({"context", grouped(info.contextLength) + " positions"});
    appendLayers(lines, info.perLayer);
    for (const std::string& warning : info.warnings)
        lines.push_back({"warning", printable(warning, 1000)});
    for (const std::string& note : info.notes)
        lines.push_back({"note", printable(note, 1000)});
    appendTensors(lines, "missing", info.missing);
    appendTensors(lines, "wrong shape", info.misshapen);
    appendTensors(lines, "unexpected", info.unexpected);
    return alignedLines(lines);
}

std::string sessionText(const Session& session) {
    std::string variants;
    for (const VariantInfo& info : variantTable())
        if (session.has(info.variant))
            variants += (variants.empty() ? "" : ", ") + std::string(info.id);
    return summaryText(session, {{"variants", variants},
                                 {"created", printable(session.run.created) + " by Rankscope " +
                                                 printable(session.run.rankscopeVersion)}});
}

void runInfo(const std::filesystem::path& path, bool json) {
    // A damaged session still is no model: its own error says more.
    if (isSessionFile(path) || extensionOf(path) == "h5") {
        const SessionPointer session = openSession(path);
        print(json ? jsonText(summaryJson(*session)) : sessionText(*session));
        return;
    }
    const ModelInfo info = inspectWithTokenizer(path);
    print(json ? jsonText(modelJson(info)) : modelText(info));
}

}  // namespace

void addInfoCommand(CLI::App& app) {
    struct Options {
        std::filesystem::path path;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("info", "Say what a model or a session is");
    command->add_option("path", options->path, "model or session")->required()->type_name("MODEL|SESSION.h5");
    command->add_flag("--json", options->json, "print as JSON");
    setExamples(*command, {"rankscope info SmolLM2.gguf", "rankscope info run.h5 --json"});
    command->callback([options] { runInfo(options->path, options->json); });
}

}  // namespace rankscope
