// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tiny tokenizers for tests, and what they make of a text in a form that a test row can hold.
#pragma once

#include <QStringList>
#include <QTemporaryDir>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/text/corpus.h"
#include "core/text/formats/open_tokenizer.h"
#include "tests/core/checkpoint_writer.h"

namespace rankscope::test {

// readCorpora() of one file or folder.
inline TokenWindows readCorpus(const std::filesystem::path& path, const Tokenizer& tokenizer,
                               const WindowRequest& request, const JobContext& context) {
    return readCorpora({&path, 1}, tokenizer, request, context);
}

// A tokenizer.json around `model`, everything else absent.
inline nlohmann::json tokenizerDocument(nlohmann::json model) {
    model["type"] = "BPE";
    return {{"version", "1.0"}, {"added_tokens", nlohmann::json::array()}, {"model", std::move(model)}};
}

// A BPE model whose tokens have the ids of their places.
inline nlohmann::json modelOf(const std::vector<std::string>& tokens, const std::vector<std::string>& merges = {}) {
    nlohmann::json model{{"vocab", nlohmann::json::object()}, {"merges", merges}};
    for (std::size_t id = 0; id < tokens.size(); ++id)
        model["vocab"][tokens[id]] = id;
    return model;
}

inline nlohmann::json addedToken(int id, const std::string& content, const nlohmann::json& flags = {}) {
    nlohmann::json token{{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
                         {"rstrip", false}, {"normalized", false}, {"special", true}};
    if (flags.is_object())
        token.update(flags);
    return token;
}

class TokenizerFolder {
public:
    std::filesystem::path path(const std::string& name) const {
        return std::filesystem::path(m_folder.path().toStdString()) / name;
    }

    std::filesystem::path write(const std::string& name, std::string_view bytes) const {
        writeFile(path(name), bytes);
        return path(name);
    }

    std::filesystem::path write(const nlohmann::json& document) const {
        return write("tokenizer.json", document.dump());
    }

private:
    QTemporaryDir m_folder;
};

// One token per character of ASCII that is printed, and the line end; "<s>", id 96, is BOS, added by default if asked
// for.
inline std::unique_ptr<Tokenizer> letterTokenizer(const TokenizerFolder& folder, bool addsBos = false) {
    std::vector<std::string> tokens;
    for (char c = ' '; c < 127; ++c)
        tokens.emplace_back(1, c);
    tokens.emplace_back("\n");
    nlohmann::json document = tokenizerDocument(modelOf(tokens));
    document["pre_tokenizer"] = {{"type", "Split"}, {"pattern", {{"String", "\n"}}}, {"behavior", "Isolated"}};
    document["added_tokens"] = nlohmann::json::array({addedToken(96, "<s>")});
    folder.write("tokenizer_config.json",
                 addsBos ? R"({"tokenizer_class": "LlamaTokenizer", "add_bos_token": true, "bos_token": "<s>"})"
                         : R"({"bos_token": "<s>"})");
    return openTokenizer(folder.write(document));
}

// "the| ·cat": the tokens of the text as piece() shows them.
inline QString piecesOf(const Tokenizer& tokenizer, const std::string& text, const EncodeOptions& options = {}) {
    QStringList pieces;
    for (const TokenId id : tokenizer.encode(text, options, JobContext()))
        pieces << QString::fromStdString(tokenizer.piece(id));
    return pieces.join("|");
}

inline QString idsOf(const Tokenizer& tokenizer, const std::string& text, const EncodeOptions& options = {}) {
    QStringList ids;
    for (const TokenId id : tokenizer.encode(text, options, JobContext()))
        ids << QString::number(id);
    return ids.join(" ");
}

}  // namespace rankscope::test
