// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Text to token ids and back, as the model's own tokenizer does it. Immutable after opening: any thread.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/ids.h"
#include "core/base/job.h"

namespace rankscope {

enum class BosChoice { automatic, on, off };  // automatic: what the model's own tokenizer does

struct EncodeOptions {
    bool matchSpecialTokens = true;  // false: "<s>" in the text is three plain characters
};

class Tokenizer {
public:
    virtual ~Tokenizer() = default;

    virtual int vocabularySize() const = 0;
    virtual std::string_view kind() const = 0;  // "byte-level BPE, smollm"

    // Token ids of `text`, no BOS added. Error if the text is not UTF-8; polls context.
    virtual std::vector<TokenId> encode(std::string_view text, const EncodeOptions& options,
                                        const JobContext& context) const = 0;
    std::vector<TokenId> encode(std::string_view text) const { return encode(text, {}, JobContext()); }

    // The bytes that the tokens stand for.
    virtual std::string decode(std::span<const TokenId> ids) const = 0;

    // How one token is shown: its text with visible spaces ("·the", "⏎"), "<0xE2>" for a lone byte.
    virtual std::string piece(TokenId id) const = 0;

    virtual std::optional<TokenId> bosToken() const = 0;
    virtual bool addsBosByDefault() const = 0;

    // What may make its ids other than the model's: settings that were passed over, files that disagree. One line each.
    const std::vector<std::string>& notes() const { return m_notes; }

    // The same about this text, on which readers of the tokenizer's file differ.
    virtual std::vector<std::string> notesOn(std::string_view text) const;

    // The BOS id if windows must start with it under `choice`. Error if `on` is asked for and there is none.
    std::optional<TokenId> bosFor(BosChoice choice) const;

protected:
    std::vector<std::string> m_notes;
};

}  // namespace rankscope
