// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of the run dialog that says how to analyse: windows, what is run, what else is computed. Its fields are rows
// of the table of run options. GUI thread.
#pragma once

#include <QWidget>
#include <functional>
#include <map>
#include <vector>

#include "ui/request/run_settings.h"

class QCheckBox;
class QFormLayout;
class QHBoxLayout;
class QLabel;
class QLayout;
class QVBoxLayout;

namespace rankscope {

class WarningLabel;

// The field of the option with that key, by its kind: a check box, a list, a number or a line of text. What is in it is
// text as RunSettings holds it.
QWidget* makeRunField(const QString& key, QWidget* parent);
QString runFieldText(const QWidget* field);
void setRunFieldText(QWidget* field, const QString& text);
void onRunFieldChange(const QWidget* field, QObject* receiver, const std::function<void()>& changed);

// A field with what is wrong with it right below.
QVBoxLayout* withProblem(QLayout* field, QWidget* problem);

// A line that is there while it has something to say.
void showLine(QLabel* label, const QString& line);

class RunOptions : public QWidget {
    Q_OBJECT
public:
    explicit RunOptions(QWidget* parent = nullptr);

    void apply(const RunSettings& settings);
    void read(RunSettings& settings) const;  // its own fields only

    // One line below the field of that key, or of "controls"; empty takes it away.
    void setProblem(const QString& key, const QString& line);
    void setWindowsNote(const QString& text);  // how many there will be

Q_SIGNALS:
    void changed();

private:
    QWidget* field(const QString& key);
    QHBoxLayout* row(const QStringList& keys);
    WarningLabel* problem(const QString& key);
    void buildControls(QFormLayout* form);
    void buildExtras(QFormLayout* form);
    void refreshControlFields();  // enabled where a control that is ticked knows them, else with the reason

    std::map<QString, QWidget*> m_fields;
    std::vector<std::pair<QString, QCheckBox*>> m_controls;  // by id
    std::map<QString, WarningLabel*> m_problems;
    QLabel* m_windowsNote;
};

}  // namespace rankscope
