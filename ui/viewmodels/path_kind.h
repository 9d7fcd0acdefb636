// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a path that was dropped, picked or given on the command line is taken for. By its name; only a folder is looked
// at.
#pragma once

#include <QString>

namespace rankscope {

enum class PathKind { session, model, corpus };

PathKind pathKindOf(const QString& path);

// A file of a Hugging Face folder that stands for the folder (config.json, an index of shards): the folder; else
// `path`.
QString modelPathOf(const QString& path);

// A JSON list of token ids takes the place of a text.
bool isTokenFile(const QString& path);

}  // namespace rankscope
