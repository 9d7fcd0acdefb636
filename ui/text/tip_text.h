// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Text in tooltips. Qt takes a tooltip for HTML if something in it looks like a tag: a token <s> or a model named <b>
// would vanish into its looks. Any thread.
#pragma once

#include <QString>

#include "ui/text/literals.h"

namespace rankscope {

// `plain` so that a tooltip shows these very characters; unchanged where it does anyway.
inline QString plainTip(const QString& plain) {
    if (!plain.contains(u'<') && !plain.contains(u'&'))
        return plain;
    return u"<span style='white-space:pre-wrap'>"_s + plain.toHtmlEscaped() + u"</span>"_s;
}

}  // namespace rankscope
