// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Texts that lie in records of JSON, as datasets are handed around: an object in every line, or one array of objects.
// Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"

namespace rankscope {

// Stands for the whole file, records and all, in the place of a field's name.
inline constexpr std::string_view wholeFile = ".";

// The fields of the first records that hold text, in their order; empty unless `text` begins with records: the first
// lines are objects, or the first line begins an array of objects.
std::vector<std::string> fieldsOfRecords(std::string_view text);

struct RecordText {
    std::int32_t record = 0;  // counted from 1
    std::string text;
};

// The texts in `field` of all records, those left out that have none (null, or empty).
// Error: "line 12: expected field "text", found none", or what parseJson says of a line.
std::vector<RecordText> textsOfRecords(std::string_view text, const std::string& field, const std::string& file,
                                       const JobContext& context);

// Texts with an empty line between two, as datasets are joined to measure perplexity.
std::string joinedTexts(std::vector<RecordText> texts);

// The lines of `text` that are not blank.
std::vector<std::string_view> linesOf(std::string_view text);

}  // namespace rankscope
