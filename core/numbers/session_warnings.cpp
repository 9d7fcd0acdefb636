// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/numbers/session_warnings.h"

#include <algorithm>
#include <utility>

#include "core/numbers/uncertainty.h"
#include "core/session/model_identity.h"

namespace rankscope {

std::vector<std::string> warningsOf(const Session& session) {
    std::vector<std::string> warnings = session.run.warnings;
    if (auto loss = lossWarning(session); loss && std::ranges::find(warnings, *loss) == warnings.end())
        warnings.push_back(std::move(*loss));
    if (isSampled(session.model))
        warnings.emplace_back(
            "the identity of the model is weak: the version of Rankscope that made this session looked at samples of "
            "its "
            "weights only, so an edited model would bear the same fingerprint");
    if (auto length = lengthWarning(session, Variant::field, MeasureChoice()))
        warnings.push_back(std::move(*length));
    return warnings;
}

}  // namespace rankscope
