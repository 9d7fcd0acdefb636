// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What to analyse and how: model with its facts, corpus, windows, control, output. Looks into the model in the store's
// thread; says inline what is missing. Remembers its settings. GUI thread.
#pragma once

#include <QDialog>
#include <memory>

#include "ui/jobs/analysis_controller.h"

class QCheckBox;
class QComboBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace rankscope {

class RunDialog : public QDialog {
    Q_OBJECT
public:
    explicit RunDialog(SessionStore* store, QWidget* parent = nullptr);  // REQUIRES the store to outlive it
    ~RunDialog() override;

    void setModel(const QString& path);
    void setCorpus(const QString& path);
    void refresh();  // looks again: a file may have appeared or gone since the dialog was last shown
    RunOrder order() const;

Q_SIGNALS:
    void runRequested(const rankscope::RunOrder& order);

private:
    QWidget* makePathRow(QLineEdit* edit, QPushButton* browse);
    void buildForm();
    void buildWindowRows(QFormLayout* form);
    void connectFields();
    void restoreSettings();
    void saveSettings() const;
    void inspect();
    void showFacts(const ModelInfo& info);
    void suggestOutput();
    void judge();  // enables Run, or says why not
    QString problem() const;
    void accept() override;

    SessionStore* m_store;
    std::shared_ptr<const ModelInfo> m_model;
    QString m_modelError;
    QString m_inspected;  // the path that m_model or m_modelError is about
    RunId m_inspection = 0;
    bool m_outputEdited = false;

    QLineEdit *m_modelPath, *m_corpusPath, *m_outputPath;
    QPushButton *m_browseModel, *m_browseCorpus, *m_browseOutput;
    QLabel *m_facts, *m_problem;
    QSpinBox *m_length, *m_windows, *m_seed, *m_threads;
    QComboBox *m_bos, *m_control;
    QCheckBox* m_loss;
    QPushButton* m_run;
};

}  // namespace rankscope
