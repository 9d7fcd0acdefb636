// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Keys that are left over. The first byte says whether a configuration, GGUF pairs or a tokenizer's file follow.
// However they are read, each top-level key was asked for, is harmless, or is reported; and a key that nothing knows is
// reported by the readers of whole models.
#include <algorithm>

#include "core/io/json_file.h"
#include "core/model/hyperparameters.h"
#include "core/model/passed_over.h"
#include "core/text/formats/tokenizer_settings.h"
#include "fuzz_input.h"
#include "tests/core/metadata_only.h"

using namespace rankscope;
using nlohmann::json;

namespace {

constexpr const char* unheardOf = "a_key_that_nothing_knows";

void require(bool holds) {
    if (!holds)
        std::abort();
}

// Reads every second key, as what it is not more often than not.
void readSome(const MetadataReader& meta, const json& object) {
    std::size_t place = 0;
    for (const auto& [key, value] : object.items()) {
        if (++place % 2 == 0)
            continue;
        try {
            if (value.is_object())
                readSome(*meta.object(key), value);
            else if (place % 3 == 0)
                meta.number({key}, 0, 1.0);
            else
                meta.text(key);
        } catch (const Error&) {
        }
    }
}

void checkInvariant(const json& object, bool gguf) {
    const MetadataReader meta(object, "file");
    readSome(meta, object);
    const auto found = gguf ? passedOverGguf(meta, object, "llama", "llama.") : passedOverConfig(meta, object, "llama");
    passedOverLines(found, "file");
    for (const auto& [key, value] : object.items()) {
        const std::string shown = printable(key);
        const bool reported = std::ranges::any_of(found, [&](const auto& entry) { return entry.path == shown; });
        const bool known = gguf ? !key.starts_with("llama.") ||
                                      isHarmless(KeySource::gguf, "llama", std::string_view(key).substr(6), value)
                                : isHarmless(KeySource::config, "llama", key, value);
        require(meta.wasRead(key) || known || reported);
    }
}

void checkModel(json object, bool gguf) {
    const json architecture = object.value("general.architecture", json());
    const std::string prefix = architecture.is_string() ? architecture.get<std::string>() + "." : std::string();
    // Few enough keys that the lines are not cut short.
    if (object.size() > 16)
        return;
    object[gguf ? prefix + unheardOf : unheardOf] = 8;
    const Hyperparameters model =
        readHyperparameters(test::MetadataOnly(object, gguf ? NamingScheme::gguf : NamingScheme::huggingFace));
    require(std::ranges::any_of(model.warnings,
                                [](const std::string& line) { return line.find(unheardOf) != std::string::npos; }));
}

void checkTokenizer(json object) {
    object[unheardOf] = 8;
    const JsonNode root(object, "tokenizer.json");
    for (const char* key : {"model", "added_tokens", "normalizer", "pre_tokenizer"})
        if (const auto node = root.find(key); node && node->value().is_object())
            node->find("type");
    const auto left = root.unread([](const std::string& path, const json& value) {
        return isHarmlessTokenizerKey(TokenizerFile::tokenizerJson, path, value);
    });
    if (object.size() > 1 && std::ranges::any_of(object.items(), [](const auto& entry) {
            return entry.key() == "model" && !entry.value().is_null();
        }))
        require(std::ranges::any_of(left, [](const auto& entry) { return entry.path == unheardOf; }));
    notHeededLines(root, TokenizerFile::tokenizerConfig);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    fuzz::expectOneLine([&] {
        const json object = parseJson(fuzz::view(data + 1, size - 1), "file", {.requireObject = true});
        if (data[0] % 3 == 2) {
            checkTokenizer(object);
            return;
        }
        checkInvariant(object, data[0] % 3 == 1);
        checkModel(object, data[0] % 3 == 1);
    });
    return 0;
}
