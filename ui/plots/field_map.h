// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Facts and texts for the view of the field itself: which components are drawn, how much of ‖Ẽ‖² they hold, what one
// cell is, and why there may be nothing to draw. Window 0 throughout: of it alone sessions hold factors. Pure
// functions; any thread.
#pragma once

#include <QString>
#include <optional>

#include "core/spectra/field_picture.h"

namespace rankscope {

enum class FieldPart {
    kept,    // components 1 … r
    single,  // component r alone
    left,    // components r + 1 … stored
};

// The factors of a head that is done and has them. They live as long as the session.
std::optional<HeadFactors> headFactors(const Session& session, HeadRef head);

// Why there are none, with what to do about it; empty if there are.
QString factorsHint(const Session& session, HeadRef head);

// `rank` from 1 to stored.
ComponentRange componentsOf(FieldPart part, int rank, int stored);

// Shares of ‖Ẽ‖² = Σσ² over all components, stored or not.
struct FieldEnergy {
    double drawn = 0;   // by the components asked for
    double stored = 0;  // by all that are stored
    int storedComponents = 0, components = 0;
};
FieldEnergy fieldEnergy(const Session& session, HeadRef head, ComponentRange drawn);

// "Components 1–4: 83.1 % of ‖Ẽ‖². 17–64 (3.6 %) are not stored and never drawn."
QString fieldEnergyText(const FieldEnergy& energy, ComponentRange drawn);

// "query 17 “·the”, key 3 “·a”: −2.31"
QString fieldCellText(const Session& session, HeadRef head, ComponentRange drawn, int query, int key);

// The keys with the largest and the smallest value in a query's row.
QString fieldRowText(const Session& session, HeadRef head, ComponentRange drawn, int query);

// A value of the field with the digits that its range needs.
QString logitText(double value);

// "83.1 %", "> 99.9 %": never rounded up to all of it.
QString shareText(double share);

}  // namespace rankscope
