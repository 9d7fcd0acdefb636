// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What stands beside a tokenizer.json and changes ids is heeded or said; published files are quiet. What is expected
// comes from the tokenizers library 0.23.3 and from transformers 5.24 (tokenization_utils_tokenizers.py).
#include <QtTest>

#include "core/base/error.h"
#include "tests/core/tokenizer_files.h"

using namespace rankscope;
using namespace rankscope::test;
using nlohmann::json;

namespace {

json document(const json& changes = json::object()) {
    json whole = tokenizerDocument(modelOf({"a", "b", "c", "<", ">", "<s>", "ab"}, {"a b"}));
    whole["added_tokens"] = json::array({addedToken(7, "<x>")});
    whole.merge_patch(changes);
    return whole;
}

QString notesOf(const Tokenizer& tokenizer) {
    QStringList notes;
    for (const std::string& note : tokenizer.notes())
        notes << QString::fromStdString(note);
    return notes.join('\n');
}

}  // namespace

class TestTokenizerSettings : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // `file` beside tokenizer.json, or tokenizer.json itself changed.
    void says_data();
    void says() {
        QFETCH(QString, file);
        QFETCH(QString, content);
        QFETCH(QString, expected);
        const TokenizerFolder folder;
        const bool inside = file == "tokenizer.json";
        const auto path = folder.write(document(inside ? json::parse(content.toStdString()) : json::object()));
        if (!inside)
            folder.write(file.toStdString(), content.toStdString());
        const QString notes = notesOf(*openTokenizer(path));
        if (expected.isEmpty())
            QCOMPARE(notes, QString());
        else
            QVERIFY2(notes.contains(expected), qPrintable(notes));
    }

    void tokensOfOneFileOnly_data() {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("content");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("ids");
        QTest::newRow("nothing beside") << ""
                                        << ""
                                        << "a<y>b<x>"
                                        << "0 4 1 7";  // "<" and "y" are no tokens
        QTest::newRow("of the vocabulary, as the BOS") << "tokenizer_config.json"
                                                       << R"({"bos_token": "<s>"})"
                                                       << "a<s>b"
                                                       << "0 5 1";
        QTest::newRow("listed in tokenizer_config.json")
            << "tokenizer_config.json"
            << R"({"added_tokens_decoder": {"8": {"content": "<y>", "special": true}, "7": {"content": "<x>"}}})"
            << "a<y>b"
            << "0 8 1";
        QTest::newRow("listed with flags")
            << "tokenizer_config.json"
            << R"({"added_tokens_decoder": {"8": {"content": "ca", "single_word": true, "normalized": false}}})"
            << "ca cab"
            << "8 2 6";
        QTest::newRow("of the vocabulary, called special") << "special_tokens_map.json"
                                                           << R"({"additional_special_tokens": ["ab"]})"
                                                           << "abb"
                                                           << "6 1";
        QTest::newRow("extra tokens with names") << "tokenizer_config.json"
                                                 << R"({"extra_special_tokens": {"image_token": "bc"}})"
                                                 << "bc"
                                                 << "1 2";
    }
    void tokensOfOneFileOnly() {
        QFETCH(QString, file);
        QFETCH(QString, content);
        QFETCH(QString, text);
        QFETCH(QString, ids);
        const TokenizerFolder folder;
        json whole = document();
        whole["model"]["vocab"].erase("<");  // so that no text is read as letters by accident
        whole["model"]["vocab"]["|"] = 3;
        const auto path = folder.write(whole);
        if (!file.isEmpty())
            folder.write(file.toStdString(), content.toStdString());
        QCOMPARE(idsOf(*openTokenizer(path), text.toStdString()), ids);
    }

    void textTwiceInTheVocabulary() {
        const TokenizerFolder folder;
        std::string text = document().dump();
        // The occurrence that is read last counts, whatever its id.
        text.replace(text.find("\"a\":0"), 5, "\"a\":9,\"a\":0");
        QCOMPARE(idsOf(*openTokenizer(folder.write("tokenizer.json", text)), "ac"), QString("0 2"));
        text.replace(text.find("\"a\":9,\"a\":0"), 11, "\"a\":0,\"a\":9");
        QCOMPARE(idsOf(*openTokenizer(folder.write("tokenizer.json", text)), "ac"), QString("9 2"));
    }

    void vocabularyFilesWithListedTokens() {
        const TokenizerFolder folder;
        folder.write("vocab.json", R"({"a": 0, "b": 1, "ab": 2})");
        folder.write("merges.txt", "a b\n");
        folder.write("tokenizer_config.json",
                     R"({"tokenizer_class": "Qwen2Tokenizer", "add_bos_token": false,
                         "added_tokens_decoder": {"3": {"content": "<|im_start|>", "special": true}}})");
        QCOMPARE(idsOf(*openTokenizer(folder.path("")), "a<|im_start|>b"), QString("0 3 1"));
    }
};

void TestTokenizerSettings::says_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("content");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* what, const char* file, const char* content, const char* expected) {
        QTest::newRow(what) << file << content << expected;
    };
    const char* own = "tokenizer.json";
    row("dropout", own, R"({"model": {"dropout": 0.1}})", "tokenizer.json: model.dropout = 0.1 is not heeded");
    row("no dropout", own, R"({"model": {"dropout": 0.0, "continuing_subword_prefix": ""}})", "");
    row("truncation", own, R"({"truncation": {"max_length": 8, "direction": "Right", "strategy": "LongestFirst"}})",
        "tokenizer.json: truncation");
    row("padding", own, R"({"padding": {"strategy": "BatchLongest"}})", "tokenizer.json: padding");
    row("decoding", own, R"({"version": "1.0", "decoder": {"type": "ByteLevel"}, "truncation": null})", "");
    row("offsets", own, R"({"post_processor": {"type": "ByteLevel", "trim_offsets": false, "add_prefix_space": true}})",
        "");
    row("setting of a stage", own, R"({"normalizer": {"type": "NFC", "strength": 3}})", "normalizer.strength = 3");
    row("setting inside a sequence", own,
        R"({"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true,
            "groups": 3}]}})",
        "pre_tokenizer.pretokenizers[0].groups = 3");
    row("flag of an added token", own, R"({"added_tokens": [{"id": 7, "content": "<x>", "priority": 2}]})",
        "added_tokens[0].priority = 2");
    row("unknown part", own, R"({"byte_fallback_table": [1, 2]})", "byte_fallback_table");
    const char* config = "tokenizer_config.json";
    row("BOS of a class that older readers do not ask", config, R"({"add_bos_token": true, "bos_token": "<s>"})",
        "tokenizer_config.json: add_bos_token = true");
    row("BOS as the file has it", config, R"({"add_bos_token": false})", "");
    row("prefix", config, R"({"add_prefix_space": true})", "add_prefix_space = true");
    row("prefix as the file has it", config, R"({"add_prefix_space": false})", "");
    row("lower case", config, R"({"do_lower_case": true})", "do_lower_case = true");
    row("special tokens that are split", config, R"({"split_special_tokens": true})", "split_special_tokens");
    row("sampling", config, R"({"sp_model_kwargs": {"enable_sampling": true}})", "sp_model_kwargs");
    row("pattern that is put right", config, R"({"fix_mistral_regex": true})", "fix_mistral_regex");
    row("token of another id", config, R"({"added_tokens_decoder": {"3": {"content": "<x>"}}})",
        "tokenizer_config.json: token 3, \"<x>\", is left out: it is token 7 in tokenizer.json");
    row("token behind a gap", config, R"({"added_tokens_decoder": {"12": {"content": "<z>"}}})",
        "token 12, \"<z>\", is left out: it is none in tokenizer.json");
    row("token that added_tokens.json alone has", "added_tokens.json", R"({"<z>": 8})",
        "added_tokens.json: token 8, \"<z>\", is left out");
    row("tokens that both have", "added_tokens.json", R"({"<x>": 7})", "");
    row("as Llama 2 is published", config,
        R"({"add_bos_token": true, "add_eos_token": false, "bos_token": {"__type": "AddedToken", "content": "<s>",
            "lstrip": false, "normalized": false, "rstrip": false, "single_word": false},
            "clean_up_tokenization_spaces": false, "legacy": false, "model_max_length": 1000000000000000019884624838656,
            "pad_token": null, "padding_side": "right", "sp_model_kwargs": {}, "tokenizer_class": "LlamaTokenizer",
            "chat_template": "{{ x }}", "use_default_system_prompt": false})",
        "");
    row("as Qwen2.5 is published", config,
        R"({"add_bos_token": false, "add_prefix_space": false, "additional_special_tokens": ["<x>"],
            "added_tokens_decoder": {"7": {"content": "<x>", "lstrip": false, "normalized": false, "rstrip": false,
            "single_word": false, "special": true}}, "bos_token": null, "chat_template": "x", "errors": "replace",
            "clean_up_tokenization_spaces": false, "eos_token": "<x>", "model_max_length": 131072, "pad_token": "<x>",
            "split_special_tokens": false, "tokenizer_class": "Qwen2Tokenizer", "unk_token": null})",
        "");
    row("as SmolLM2 is published", config,
        R"({"add_prefix_space": false, "vocab_size": 49152, "bos_token": "<x>", "eos_token": "<x>", "unk_token": "<x>",
            "model_max_length": 8192, "tokenizer_class": "GPT2Tokenizer", "clean_up_tokenization_spaces": false})",
        "");
    row("as newer versions save", config,
        R"({"backend": "tokenizers", "is_local": true, "local_files_only": false, "model_specific_special_tokens": {},
            "extra_special_tokens": [], "tokenizer_class": "TokenizersBackend", "model_input_names": ["input_ids"],
            "response_schema": {}, "truncation_side": "right"})",
        "");
}

QTEST_GUILESS_MAIN(TestTokenizerSettings)
#include "tst_tokenizer_settings.moc"
