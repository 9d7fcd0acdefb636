// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tokens of a session's windows as a reader can see them: spaces, line ends and control characters are visible, and no
// token turns the direction of the text around it. Pure functions; any thread.
#pragma once

#include <QString>

#include "core/session/session.h"

namespace rankscope {

// Spaces as "·", line ends as "⏎", tabs as "⇥", other control and direction characters as "<U+202E>". A piece of
// nothing is "∅".
QString readablePiece(const QString& piece);

// The readable piece; "#1234" where the session holds ids only; "–" where it holds neither.
QString tokenPiece(const CorpusFacts& corpus, int window, int position);

// In a sentence: quoted, and isolated from the direction of what stands around it.
QString quotedToken(const CorpusFacts& corpus, int window, int position);

// At most `most` characters as a reader counts them (accents stay with their letters), with "…" where some are left
// out.
QString elidedPiece(const QString& piece, int most);

// A few tokens on both sides, as running text.
struct TokenContext {
    QString before, piece, after;
    QString plain() const;
};
TokenContext tokenContext(const CorpusFacts& corpus, int window, int position, int reach = 4);

}  // namespace rankscope
