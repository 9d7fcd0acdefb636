// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the shown session says, in words, with the way to take it along. GUI thread.
#pragma once

#include <QWidget>

#include "ui/plots/finding.h"

class QLabel;
class QPushButton;

namespace rankscope {

class RichText;

class FindingBar : public QWidget {
    Q_OBJECT
public:
    explicit FindingBar(QWidget* parent = nullptr);
    void setFinding(FindingText finding);
    const FindingText& finding() const { return m_finding; }
    void copy();

private:
    FindingText m_finding;
    RichText* m_sentence;
    QWidget* m_context;
    QLabel* m_warning;
    QPushButton* m_copy;
};

}  // namespace rankscope
