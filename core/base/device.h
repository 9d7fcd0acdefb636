// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Where a forward pass runs.
#pragma once

namespace rankscope {

enum class Device { cpu, cuda };

}  // namespace rankscope
