// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of the run dialog that asks for a causal check: which arms, ranks and scopes, and what calibrates them. Its
// fields are rows of causalOptions(); they are there while the check is wanted. GUI thread.
#pragma once

#include <QWidget>
#include <map>
#include <vector>

#include "ui/request/run_settings.h"

class QCheckBox;
class QFormLayout;

namespace rankscope {

class WarningLabel;

class CausalOptions : public QWidget {
    Q_OBJECT
public:
    explicit CausalOptions(QWidget* parent = nullptr);

    void setWanted(bool wanted);
    void apply(const RunSettings& settings);
    void read(RunSettings& settings) const;  // its own fields only

    // One line about the ranks, the heads or the windows that calibrate: by the key of the field. Empty: nothing is
    // wrong.
    void setProblem(const QString& key, const QString& line);

Q_SIGNALS:
    void changed();

private:
    // Check boxes that together are one field: the words of a list.
    using Words = std::vector<std::pair<QString, QCheckBox*>>;

    QWidget* field(const QString& key);
    QCheckBox* addWord(Words& words, const QString& word, const QString& label, const QString& tip);
    WarningLabel* problem(const QString& key);
    void buildArms(QFormLayout* form);
    void buildConditions(QFormLayout* form);
    void buildCalibration(QFormLayout* form);
    void refresh();

    QCheckBox* m_wanted;
    QWidget* m_details;
    std::map<QString, QWidget*> m_fields;
    std::map<QString, WarningLabel*> m_problems;
    Words m_arms, m_scopes;
};

}  // namespace rankscope
