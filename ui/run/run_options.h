// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The part of the run dialog that says how to analyse: windows, what is run, what else is computed. GUI thread.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/request/run_settings.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace rankscope {

class WarningLabel;

class RunOptions : public QWidget {
    Q_OBJECT
public:
    explicit RunOptions(QWidget* parent = nullptr);

    void apply(const RunSettings& settings);
    void read(RunSettings& settings) const;  // its own fields only

    // One line beside the field; empty takes it away.
    void setLengthsProblem(const QString& line);
    void setLayersProblem(const QString& line);
    void setControlsProblem(const QString& line);
    void setDeviationProblem(const QString& line);
    void setWindowsNote(const QString& text);  // how many there will be

Q_SIGNALS:
    void changed();

private:
    struct ChoiceBox {
        QString id;
        QCheckBox* box;
    };

    void buildWindows(QFormLayout* form);
    void buildControls(QFormLayout* form);
    void buildExtras(QFormLayout* form);
    void connectFields();
    void nameFields();
    void refreshControlFields();  // enabled where a control that is ticked knows them, else with the reason

    QLineEdit *m_lengths, *m_layers, *m_deviation;
    QSpinBox *m_windows, *m_stride, *m_seed, *m_factors, *m_threads;
    QComboBox* m_bos;
    QCheckBox *m_plain, *m_loss, *m_keepGains, *m_keepBiases;
    std::vector<ChoiceBox> m_controls, m_variants;
    WarningLabel *m_lengthsProblem, *m_layersProblem, *m_controlsProblem, *m_deviationProblem;
    QLabel* m_windowsNote;
};

}  // namespace rankscope
