// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The names of files that are suggested to the user. Pure functions; any thread.
#pragma once

#include <QStringList>

#include "core/session/session.h"

namespace rankscope {

// Letters and digits of any language, "_", ".", "+" and "-" stay; any run of others becomes one "_".
QString cleanFileName(QString name);

// model_corpus_what.extension: "SmolLM2-135M_wikitext_L05H07_scree.pdf".
QString suggestedFileName(const Session& session, const QStringList& what, const QString& extension);

}  // namespace rankscope
