// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/formats/open_tokenizer.h"

#include <algorithm>
#include <bit>

#include "core/base/error.h"
#include "core/io/file_reader.h"
#include "core/io/protobuf_reader.h"
#include "core/text/formats/tokenizer_settings.h"
#include "core/text/spm_tokenizer.h"

namespace rankscope {

namespace {

constexpr std::uint64_t maxModelBytes = 128u << 20;

// Field numbers of sentencepiece_model.proto.
enum ModelField : std::uint32_t { piecesField = 1, trainerField = 2, normalizerField = 3 };
enum PieceField : std::uint32_t { textField = 1, scoreField = 2, typeField = 3 };
enum TrainerField : std::uint32_t { modelTypeField = 3, suffixField = 24, byteFallbackField = 35, bosField = 41 };
enum NormalizerField : std::uint32_t {
    charsmapField = 2,
    dummyPrefixField = 3,
    removeSpacesField = 4,
    escapeSpacesField = 5,
    rulesField = 6
};

struct Model {
    ScoredPieces pieces;
    std::int64_t bos = 1;
    SpmNormalizerSpec normalizer;
};

class Reader {
public:
    explicit Reader(std::string file) : m_file(std::move(file)) {}

    Model read(std::string_view bytes) {
        ProtobufReader reader(bytes, m_file, "model");
        while (const auto field = reader.next()) {
            if (field->number == piecesField)
                readPiece(reader.bytes(*field));
            else if (field->number == trainerField)
                readTrainer(reader.bytes(*field));
            else if (field->number == normalizerField)
                readNormalizer(reader.bytes(*field));
        }
        if (!m_hasTrainer)
            throw Error(ErrorCode::missing, m_file, "trainer_spec", "present", "none");
        if (m_model.pieces.texts.empty())
            throw Error(ErrorCode::missing, m_file, "pieces", ">= 1", "0");
        if (m_hasRules && !m_model.normalizer.characterMap)
            throw Error(ErrorCode::unsupported, m_file, "normalizer_spec.normalization_rule_tsv",
                        "precompiled_charsmap beside it", "none");
        const auto& types = m_model.pieces.types;
        if (std::find(types.begin(), types.end(), PieceType::unknown) == types.end())
            throw Error(ErrorCode::missing, m_file, "pieces", "unknown piece", "none");
        return std::move(m_model);
    }

private:
    void readPiece(std::string_view bytes) {
        ScoredPieces& pieces = m_model.pieces;
        const std::string name = "pieces[" + std::to_string(pieces.texts.size()) + "]";
        ProtobufReader reader(bytes, m_file, name);
        std::string_view text;
        float score = 0;
        std::uint64_t type = static_cast<std::uint64_t>(PieceType::normal);
        while (const auto field = reader.next()) {
            if (field->number == textField)
                text = reader.bytes(*field);
            else if (field->number == scoreField)
                score = std::bit_cast<float>(reader.fixed32(*field));
            else if (field->number == typeField)
                type = reader.integer(*field);
        }
        if (text.empty() || text.size() > maxTokenBytes)
            throw Error(ErrorCode::malformed, m_file, name,
                        text.empty() ? "text" : "<= " + std::to_string(maxTokenBytes) + " bytes",
                        text.empty() ? "none" : std::to_string(text.size()));
        if (type < 1 || type > 6)
            throw Error(ErrorCode::malformed, m_file, name + ".type", "1..6", std::to_string(type));
        if (pieces.texts.size() >= maxVocabularySize)
            throw Error(ErrorCode::malformed, m_file, "pieces", "<= " + std::to_string(maxVocabularySize), "more");
        pieces.texts.emplace_back(text);
        pieces.scores.push_back(score);
        pieces.types.push_back(static_cast<PieceType>(type));
    }

    void readTrainer(std::string_view bytes) {
        m_hasTrainer = true;
        constexpr std::uint64_t unigram = 1, bpe = 2;
        ProtobufReader reader(bytes, m_file, "trainer_spec");
        std::uint64_t modelType = unigram;  // what an absent field means
        while (const auto field = reader.next()) {
            if (field->number == modelTypeField)
                modelType = reader.integer(*field);
            else if (field->number == byteFallbackField)
                m_model.pieces.byteFallback = reader.integer(*field) != 0;
            else if (field->number == bosField)
                m_model.bos = static_cast<std::int32_t>(reader.integer(*field));
            else if (field->number == suffixField && reader.integer(*field) != 0)
                throw Error(ErrorCode::unsupported, m_file, "trainer_spec.treat_whitespace_as_suffix", "false", "true");
        }
        if (modelType != bpe)
            throw Error(ErrorCode::unsupported, m_file, "trainer_spec.model_type", "BPE",
                        modelType == unigram ? "UNIGRAM" : std::to_string(modelType));
    }

    void readNormalizer(std::string_view bytes) {
        SpmNormalizerSpec& spec = m_model.normalizer;
        ProtobufReader reader(bytes, m_file, "normalizer_spec");
        while (const auto field = reader.next()) {
            if (field->number == dummyPrefixField)
                spec.addDummyPrefix = reader.integer(*field) != 0;
            else if (field->number == removeSpacesField)
                spec.removeExtraWhitespaces = reader.integer(*field) != 0;
            else if (field->number == escapeSpacesField)
                spec.escapeWhitespaces = reader.integer(*field) != 0;
            else if (field->number == charsmapField && !reader.bytes(*field).empty())
                spec.characterMap =
                    std::make_shared<CharacterMap>(reader.bytes(*field), m_file, "precompiled_charsmap");
            else if (field->number == rulesField)
                m_hasRules = !reader.bytes(*field).empty();
        }
    }

    std::string m_file;
    Model m_model;
    bool m_hasTrainer = false, m_hasRules = false;
};

// transformers heeds add_prefix_space where legacy is false (models/llama/tokenization_llama.py); what a folder leaves
// out is as SentencePiece itself does it.
void heedPrefixSettings(const TokenizerConfig& config, SpmNormalizerSpec& spec, TokenizerParts& parts) {
    spec.prefixesBeginningOnly = !config.legacy.value_or(true);
    if (!config.addsPrefixSpace || *config.addsPrefixSpace == spec.addDummyPrefix)
        return;
    if (spec.prefixesBeginningOnly)
        spec.addDummyPrefix = *config.addsPrefixSpace;
    else
        parts.notes.push_back(notHeeded("tokenizer_config.json", "add_prefix_space", *config.addsPrefixSpace));
}

// SentencePiece refuses a piece that is defined twice (model_interface.cc), unlike the readers of other vocabularies.
void requireOwnTexts(const Vocabulary& vocabulary, const std::string& file) {
    if (vocabulary.repeated().empty())
        return;
    const TokenId first = vocabulary.repeated().front();
    const std::string& text = vocabulary.text(first);
    throw Error(ErrorCode::malformed, file, "pieces[" + std::to_string(vocabulary.find(text)) + "]",
                "a token of its own", "\"" + text + "\", also " + std::to_string(first));
}

// What the folder says of the tokens beside tokenizer.model: those it adds, and whether a BOS begins a text.
void addTokensBeside(const TokenizerConfig& config, TokenizerParts& parts) {
    parts.notes.insert(parts.notes.end(), config.notes.begin(), config.notes.end());
    for (AddedToken& token : addedTokensOf(config, parts.rules.vocabulary, parts.file)) {
        const auto same = std::ranges::find(parts.added, token.content, &AddedToken::content);
        if (same != parts.added.end())
            parts.added.erase(same);
        if (token.content == config.bosToken)
            parts.bos = token.id;
        parts.added.push_back(std::move(token));
    }
    parts.addsBos = config.addsBos.value_or(parts.bos.has_value());
}

}  // namespace

std::unique_ptr<Tokenizer> openModelTokenizer(const std::filesystem::path& path) {
    const std::string file = path.string();
    Model model = Reader(file).read(readWholeFile(path, maxModelBytes));
    TokenizerParts parts;
    parts.file = file;
    parts.kind = "SentencePiece BPE";
    parts.spelling = TokenSpelling::spaceMarks;
    const auto& pieces = model.pieces;
    for (std::size_t id = 0; id < pieces.texts.size(); ++id)
        if (pieces.types[id] == PieceType::userDefined)  // looked for once more in what the normaliser makes
            parts.added.push_back({pieces.texts[id], static_cast<TokenId>(id), false, true});
    checkAddedTokens(parts.added, file);
    model.normalizer.userDefined = AddedTokens(parts.added);
    const TokenizerConfig config = readTokenizerConfig(path.parent_path());
    heedPrefixSettings(config, model.normalizer, parts);
    parts.addsPrefixSpace = model.normalizer.addDummyPrefix;
    parts.normalizer.addSpm(std::move(model.normalizer));
    if (model.bos >= 0)  // negative: the model has none
        parts.bos = static_cast<TokenId>(model.bos);
    parts.rules = rulesOfPieces(std::move(model.pieces), file, "pieces");
    requireOwnTexts(parts.rules.vocabulary, file);
    addTokensBeside(config, parts);
    return std::make_unique<Tokenizer>(std::move(parts));
}

}  // namespace rankscope
