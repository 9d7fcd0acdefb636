// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Texts cut into reproducible windows of token ids. Any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/ids.h"
#include "core/base/job.h"
#include "core/text/corpus_file.h"
#include "core/text/tokenizer.h"

namespace rankscope {

// What the user asked for.
struct WindowRequest {
    int length = 512;  // positions in a window, BOS included; at least 2
    int windows = 8;   // at most; fewer if the corpus is shorter, Error if it is too short for one
    int stride = 0;    // corpus tokens from one window's start to the next; 0: as many as a window holds
    BosChoice bos = BosChoice::automatic;
    bool matchSpecialTokens = true;
    bool replaceInvalid = false;   // bytes that are not UTF-8 become U+FFFD, instead of an Error
    std::string field{};           // of JSON records that holds the text; empty: a plain text; wholeFile: any UTF-8
    bool acrossDocuments = false;  // several documents are joined to one text, an empty line between two
};

// Windows of equal length, and where they come from. Shape of `tokens`: [windows, length], row-major.
struct TokenWindows {
    std::string name;                       // file name without folder; of several that of the first "and 2 more"
    std::string source;                     // path as given, of several the first; "standard input"
    std::string sha256;                     // of the file's bytes, hex; of several, of the lines of their digests
    std::string field;                      // as it was asked for
    std::vector<CorpusFile> files;          // of a corpus that is more than one text; empty: it is one
    std::vector<WindowDocument> documents;  // [windows]; empty: one text, or joined to one
    bool acrossDocuments = false;           // joined
    int windows = 0;
    int length = 0;
    int stride = 0;
    bool bos = false;  // position 0 of every window is BOS
    std::vector<TokenId> tokens;
    std::vector<std::string> pieces;   // how each token is shown; empty if only ids are known
    std::vector<std::string> notes;    // what was done to the text: "3 bytes that are not UTF-8 became U+FFFD"
    std::vector<std::int64_t> counts;  // how often each id occurs in the corpus [vocabulary]; for the loss check. Of a
                                       // text longer than countedCorpusBytes, only in its first lines up to there;
                                       // of several documents, in those that were looked at
};

// Longer texts are tokenised no further than this and the windows need.
inline constexpr std::size_t countedCorpusBytes = 4u << 20;

// Reads a UTF-8 text file whole: a regular file of at most 1 GiB; one BOM is dropped. `notes`, if given, gets what was
// done to the text.
// Error: missing, not a regular file, "encoding: expected UTF-8, found UTF-16LE", "offset 12: expected UTF-8, found
// 0xFF", "text: expected plain text in UTF-8, found gzip-compressed data", "text: expected plain text, or --field with
// one of "text", "id", found JSON records".
struct TextRequest {
    bool replaceInvalid = false;
    std::string field{};  // as in WindowRequest
};
std::string readTextFile(const std::filesystem::path& path, const TextRequest& request = {},
                         std::vector<std::string>* notes = nullptr, const JobContext& context = JobContext());

// Tokenises the files and cuts them: window i of a text starts at its token i·stride and has `length` positions; with
// BOS, BOS takes position 0 and length − 1 tokens of the text follow. A BOS that the text itself begins with is not
// repeated. A path may be a folder, which stands for the files in it by name, hidden ones and folders left out, or "-",
// standard input. Each file is a document, or each of its records where they have a field; see window_cutting.h for
// windows of several documents.
// Error: "corpus: expected >= 512 tokens, found 40".
TokenWindows readCorpora(std::span<const std::filesystem::path> paths, const Tokenizer& tokenizer,
                         const WindowRequest& request, const JobContext& context);

// Reads a JSON list of ids, cut as readCorpus cuts, or a list of lists: each one window where they have one length
// (`request`'s length and stride then do not apply), else each a document; one behind the other if they are to be
// joined. In the place of a list of ids may be an object that has them under "ids", as `rankscope tokenize --json`
// prints it, and such objects may be lines of the file. Ids stay as they are, unless BOS is asked for: then every
// window begins with it. A tokenizer that is given supplies the pieces; only BOS needs one. Error if an id is not in
// [0, vocabularySize).
TokenWindows readTokenFile(const std::filesystem::path& path, int vocabularySize, const Tokenizer* tokenizer,
                           const WindowRequest& request);

}  // namespace rankscope
