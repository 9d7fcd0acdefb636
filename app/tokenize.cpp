// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// `tokenize`: text to ids with the model's own tokenizer, no BOS added. Keys of the JSON: ids, pieces.
#include <cstdio>
#include <memory>

#include "app/command.h"
#include "app/option_facts.h"
#include "app/options.h"
#include "app/summary.h"
#include "core/base/error.h"
#include "core/io/file_reader.h"
#include "core/text/corpus.h"
#include "core/text/formats/open_tokenizer.h"

namespace rankscope {
namespace {

void runTokenize(const std::filesystem::path& model, const std::string& text, bool plain, bool json) {
    const std::unique_ptr<Tokenizer> tokenizer = openTokenizer(model);
    const std::vector<TokenId> ids = tokenizer->encode(text, {.matchSpecialTokens = !plain}, JobContext());
    std::vector<std::string> notes = tokenizer->notesOn(text);
    notes.insert(notes.end(), tokenizer->notes().begin(), tokenizer->notes().end());
    for (const std::string& note : notes)
        std::fprintf(stderr, "%s\n", printable(note, 1000).c_str());
    std::vector<std::string> pieces;
    for (const TokenId id : ids)
        pieces.push_back(tokenizer->piece(id));
    if (json) {
        print(nlohmann::ordered_json{{"ids", ids}, {"pieces", pieces}}.dump(-1, ' ', false,
                                                                            nlohmann::json::error_handler_t::replace) +
              "\n");
        return;
    }
    std::string lines;
    for (std::size_t i = 0; i < ids.size(); ++i)
        lines += std::to_string(ids[i]) + "\t" + printable(pieces[i], 1000) + "\n";
    print(lines);
}

}  // namespace

void addTokenizeCommand(CLI::App& app) {
    struct Options {
        std::filesystem::path model, corpus;
        std::string text;
        AnalysisRequest request;
        bool json = false;
    };
    const auto options = std::make_shared<Options>();
    CLI::App* command = app.add_subcommand("tokenize", "Show the tokens of a text, one per line: id, piece");
    command->add_option("model", options->model, "a model, or a file that holds only its vocabulary")
        ->required()
        ->type_name("MODEL");
    CLI::Option_group* input = command->add_option_group("input", "The text, exactly one of");
    CLI::Option* text = input->add_option("--text", options->text, "the text itself")->type_name("STRING");
    input
        ->add_option("--corpus", options->corpus,
                     "UTF-8 text file; - for standard input. Records of --field are joined with an "
                     "empty line between two")
        ->type_name("FILE");
    input->require_option(1);
    for (const char* name : {"--plain", "--replace-invalid", "--field"})
        addRunOption(*command, runOption(name), options->request);
    command->add_flag("--json", options->json,
                      "print {\"ids\": [...], \"pieces\": [...]}, which `analyze --tokens` reads");
    setExamples(*command, {"rankscope tokenize SmolLM2.gguf --text \"Hello there\""});
    command->callback([options, text] {
        const WindowRequest& window = options->request.window;
        std::vector<std::string> notes;
        const std::string tokenised =
            text->count() > 0 ? options->text
                              : readTextFile(options->corpus, {window.replaceInvalid, window.field}, &notes);
        for (const std::string& note : notes)
            std::fprintf(stderr, "%s: %s\n", printable(inputName(options->corpus), 4096).c_str(), note.c_str());
        runTokenize(options->model, tokenised, !window.matchSpecialTokens, options->json);
    });
}

}  // namespace rankscope
