// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/open_tokenizer.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/io/weight_file.h"
#include "core/text/formats/tokenizer_settings.h"
#include "core/text/merge_table.h"
#include "core/text/pre_tokenizer.h"
#include "core/text/spm_tokenizer.h"

namespace rankscope {

namespace {

constexpr std::string_view tokensKey = "tokenizer.ggml.tokens", scoresKey = "tokenizer.ggml.scores",
                           typesKey = "tokenizer.ggml.token_type", mergesKey = "tokenizer.ggml.merges",
                           preKey = "tokenizer.ggml.pre", modelKey = "tokenizer.ggml.model",
                           charsmapKey = "tokenizer.ggml.precompiled_charsmap";

class Reader {
public:
    explicit Reader(const WeightFile& file)
        : m_source(file), m_file(file.path().string()), m_metadata(file.metadata(), m_file) {}

    std::unique_ptr<Tokenizer> read() {
        const std::string model = text(modelKey).value_or("");
        if (model.empty())
            throw Error(ErrorCode::missing, m_file, modelKey, "present", "none");
        if (model != "gpt2" && model != "llama")
            throw Error(ErrorCode::unsupported, m_file, modelKey, "gpt2 or llama", "\"" + model + "\"");
        readTokens();
        m_parts.file = m_file;
        if (model == "gpt2")
            readBytePairs();
        else
            readPieces();
        readBos();
        addNotes();
        return std::make_unique<Tokenizer>(std::move(m_parts));
    }

private:
    std::optional<std::string> text(std::string_view key) const {
        const auto value = m_metadata.find(key);
        return value ? std::optional(value->text()) : std::nullopt;
    }

    void checkCount(std::string_view key, std::size_t found) const {
        if (found != m_texts.size())
            throw Error(ErrorCode::mismatch, m_file, key, std::to_string(m_texts.size()), std::to_string(found));
    }

    void readTokens() {
        auto texts = m_source.stringArray(tokensKey);
        if (!texts || texts->empty())
            throw Error(ErrorCode::missing, m_file, tokensKey, "present", texts ? "no tokens" : "none");
        m_texts = std::move(*texts);
        const auto types = m_source.intArray(typesKey);
        if (types)
            checkCount(typesKey, types->size());
        m_types.assign(m_texts.size(), PieceType::normal);
        for (std::size_t id = 0; types && id < types->size(); ++id) {
            const std::int32_t type = (*types)[id];
            if (type < 0 || type > 6)
                throw Error(ErrorCode::malformed, m_file, std::string(typesKey) + "[" + std::to_string(id) + "]",
                            "0..6", std::to_string(type));
            m_types[id] = type == 0 ? PieceType::normal : static_cast<PieceType>(type);
        }
    }

    // Control tokens are special; those a user defined are always looked for.
    void readAdded(bool unknownIsSpecial) {
        const bool stripsRight = text("general.architecture").value_or("") == "phi3";
        for (std::size_t id = 0; id < m_texts.size(); ++id) {
            const bool special =
                m_types[id] == PieceType::control || (unknownIsSpecial && m_types[id] == PieceType::unknown);
            if (m_texts[id].empty() || (!special && m_types[id] != PieceType::userDefined))
                continue;
            AddedToken token{m_texts[id], static_cast<TokenId>(id), special};
            token.rightStrip =
                stripsRight && token.content != "<unk>" && token.content != "<s>" && token.content != "<|endoftext|>";
            m_parts.added.push_back(std::move(token));
        }
    }

    std::shared_ptr<const CharacterMap> readCharacterMap() const {
        const auto numbers = m_source.intArray(charsmapKey);
        if (!numbers || numbers->empty())
            return nullptr;
        std::string bytes;
        for (const std::int32_t number : *numbers) {  // written as i8 or u8
            if (number < -128 || number > 255)
                throw Error(ErrorCode::malformed, m_file, charsmapKey, "bytes", std::to_string(number));
            bytes.push_back(static_cast<char>(number));
        }
        return std::make_shared<CharacterMap>(bytes, m_file, charsmapKey);
    }

    void readBytePairs() {
        const std::string name = text(preKey).value_or("default");
        const KnownPreTokenizer* known = findPreTokenizer(name);
        if (known == nullptr)
            throw Error(ErrorCode::unsupported, m_file, preKey, "known pre-tokenizer", "\"" + name + "\"");
        const auto merges = m_source.stringArray(mergesKey);
        if (!merges || merges->empty())
            throw Error(ErrorCode::missing, m_file, mergesKey, "present", merges ? "no merges" : "none");
        if (m_source.intArray(charsmapKey))
            throw Error(ErrorCode::unsupported, m_file, charsmapKey, "none with byte-level BPE", "present");
        readAdded(false);
        m_addsBos = known->addsBos;
        m_parts.kind = "byte-level BPE, " + name;
        m_parts.spelling = TokenSpelling::byteSymbols;
        if (known->nfc)
            m_parts.normalizer.addForm(UnicodeForm::nfc);
        if (known->nfc || known->nfcInTransformers)
            m_parts.composingNote =
                "the text has characters that Unicode's form C composes: " +
                std::string(known->nfc
                                ? "they are composed, as transformers does for this tokenizer; llama.cpp does not"
                                : "they are not, as in llama.cpp; transformers composes them");
        m_parts.preTokenizer = makePreTokenizer(*known, m_file);
        if (m_metadata.flag("tokenizer.ggml.add_space_prefix", false))
            throw Error(ErrorCode::unsupported, m_file, "tokenizer.ggml.add_space_prefix", "false with byte-level BPE",
                        "true");
        BpeRules& rules = m_parts.rules;
        rules.byteLevel = m_parts.preTokenizer.dropFinalByteSymbols();
        rules.ignoreMerges = known->ignoreMerges;
        rules.tokens = static_cast<int>(m_texts.size());
        rules.vocabulary = Vocabulary(std::move(m_texts), m_file, tokensKey);
        MergeRules learned(rules.vocabulary, m_file, mergesKey, merges->size());
        for (const std::string& line : *merges)
            learned.addLine(line);
        rules.merges = learned.take();
    }

    void readPieces() {
        if (const auto name = text(preKey))
            if (*name != "llama-spm" && *name != "phi-3" && !name->starts_with("gemma") &&
                findPreTokenizer(*name) == nullptr)
                throw Error(ErrorCode::unsupported, m_file, preKey, "known pre-tokenizer", "\"" + *name + "\"");
        auto scores = m_source.floatArray(scoresKey);
        if (!scores)
            throw Error(ErrorCode::missing, m_file, scoresKey, "present", "none");
        checkCount(scoresKey, scores->size());
        readAdded(true);
        m_addsBos = true;
        m_defaultBos = 1;
        m_parts.kind = "SentencePiece BPE";
        m_parts.spelling = TokenSpelling::spaceMarks;
        m_parts.addsPrefixSpace = m_metadata.flag("tokenizer.ggml.add_space_prefix", true);
        SpmNormalizerSpec spec;
        spec.characterMap = readCharacterMap();
        spec.addDummyPrefix = m_parts.addsPrefixSpace;
        spec.removeExtraWhitespaces = m_metadata.flag("tokenizer.ggml.remove_extra_whitespaces", false);
        m_parts.normalizer.addSpm(std::move(spec));
        const bool bytes = std::find(m_types.begin(), m_types.end(), PieceType::byte) != m_types.end();
        m_parts.rules = rulesOfPieces({std::move(m_texts), std::move(*scores), m_types, bytes}, m_file, tokensKey);
    }

    void readBos() {
        constexpr std::string_view idKey = "tokenizer.ggml.bos_token_id";
        const std::string size = std::to_string(m_types.size());
        m_parts.addsBos = m_metadata.flag("tokenizer.ggml.add_bos_token", m_addsBos);
        const auto node = m_metadata.find(idKey);
        if (!node) {
            if (m_defaultBos >= 0 && m_defaultBos >= static_cast<TokenId>(m_types.size()))
                throw Error(ErrorCode::mismatch, m_file, idKey, "< " + size,
                            "none, which means " + std::to_string(m_defaultBos));
            if (m_defaultBos >= 0)
                m_parts.bos = m_defaultBos;
            return;
        }
        const nlohmann::json& value = node->value();
        if (!value.is_number_integer() || value.get<std::int64_t>() < 0 ||
            value.get<std::int64_t>() >= static_cast<std::int64_t>(m_types.size()))
            throw Error(ErrorCode::mismatch, m_file, idKey, "< " + size, value.dump());
        m_parts.bos = value.get<TokenId>();
    }

    void addNotes() {
        m_parts.notes = notHeededLines(m_metadata, TokenizerFile::gguf);
        if (std::string note = m_parts.rules.vocabulary.repeatedNote(tokensKey); !note.empty())
            m_parts.notes.push_back(std::move(note));
    }

    const WeightFile& m_source;
    std::string m_file;
    JsonNode m_metadata;
    std::vector<std::string> m_texts;
    std::vector<PieceType> m_types;
    TokenizerParts m_parts;
    bool m_addsBos = false;
    TokenId m_defaultBos = noToken;
};

}  // namespace

std::unique_ptr<Tokenizer> openGgufTokenizer(const std::filesystem::path& path) {
    const std::unique_ptr<WeightFile> file = openWeightFile(path);
    return Reader(*file).read();
}

}  // namespace rankscope
