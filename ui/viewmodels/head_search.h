// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the find box makes of its text. Pure; any thread.
#pragma once

#include <optional>

#include "core/session/session.h"
#include "ui/text/text.h"

namespace rankscope {

struct HeadSearch {
    std::optional<HeadRef> head;  // a query head of the session; of a KV head, the first that reads it
    QString problem;              // for people: what is expected; empty if `head` is set
};

// Reads "L05H07", "l5 h7", "5.7", and KV heads as "L05KV02" or "l5kv2"; in a grid of KV heads "5.2" is one of these.
HeadSearch findHead(const Session& session, const QString& text, HeadKind kind);

// "Type a head such as L05H07, l5h7 or 5.7".
QString findHint(HeadKind kind);

}  // namespace rankscope
