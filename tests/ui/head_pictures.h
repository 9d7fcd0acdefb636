// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pictures of one head's pages, in the panel's size and in a window of its own, of a session with factors.
#pragma once

#include <QString>
#include <functional>

class QWidget;

namespace rankscope {

using Shoot = std::function<void(QWidget&, const QString& name)>;

void shootHeadPages(const QString& sessionPath, const Shoot& shoot);

}  // namespace rankscope
