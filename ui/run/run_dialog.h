// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Asks what to analyse and how: a model with its facts, a corpus with its first tokens, windows, controls, where to
// save; what that will cost. Looks at files in threads of their own; says beside each field what is wrong with it, and
// asks for one run per control that is ticked. Remembers its settings. GUI thread.
#pragma once

#include <QDialog>
#include <memory>

#include "ui/jobs/run_preview.h"
#include "ui/jobs/session_store.h"
#include "ui/request/run_settings.h"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTabWidget;
class QVBoxLayout;

namespace rankscope {

class CausalOptions;
class RunOptions;
class TokenBoxes;
class WarningLabel;

class RunDialog : public QDialog {
    Q_OBJECT
public:
    explicit RunDialog(SessionStore* store, QWidget* parent = nullptr);  // REQUIRES the store to outlive it
    ~RunDialog() override;

    void setModel(const QString& path);
    void setCorpus(const QString& corpus);  // one path, or several as corpusOfPaths() writes them
    void setCausal(bool wanted);            // whether the runs are causal checks
    void refresh();  // looks again: a file may have appeared or gone since the dialog was last shown
    std::vector<RunRequest> orders() const;

Q_SIGNALS:
    void runRequested(const rankscope::RunRequest& order);

private:
    void buildInputs(QVBoxLayout* column);
    void buildOutput(QVBoxLayout* column);
    void connectFields();
    QWidget* makeFooter();
    RunSettings settings() const;
    void inspect();
    void showModel(const ModelInfo& info);
    void suggestOutput();
    void look();  // asks for the preview, if all it needs is there
    void refreshAll();
    void refreshTokens();
    void refreshEstimate();
    void showFields(const QStringList& fields, const QString& chosen);
    bool offerFields();  // of the corpus that was looked at; whether another one is chosen now
    QString refreshInvalid(const RunSettings& now, const QString& problem);
    void copyCommand();
    QString judgeCausal(const RunSettings& now);
    void judge();  // says what is wrong; enables Run, or says why not
    void done(int result) override;
    void accept() override;  // asks before a session is replaced
    void run();

    SessionStore* m_store;
    RunPreview* m_preview;
    std::shared_ptr<const ModelInfo> m_model;
    QString m_modelError;
    std::optional<QString> m_inspected;  // the path that m_model or m_modelError is about
    RunId m_inspection = 0;
    QString m_suggestion;  // of an output path, before it is numbered
    bool m_outputEdited = false;

    QLineEdit *m_modelPath, *m_corpusPath, *m_outputPath;
    QLabel *m_modelName, *m_facts, *m_corpusFacts, *m_outputNote, *m_estimate;
    WarningLabel *m_modelProblem, *m_corpusProblem, *m_outputProblem;
    QCheckBox* m_replaceInvalid;  // shown for a text that it applies to
    QLabel* m_fieldName;          // likewise, for a corpus of JSON records, with
    QComboBox* m_field;           // those of its fields that hold text; empty: not known to be one
    TokenBoxes* m_tokens;
    RunOptions* m_options;
    CausalOptions* m_causal;
    QTabWidget* m_choices;         // both
    QCheckBox* m_acrossDocuments;  // shown for a corpus of several documents
    QPushButton *m_run = nullptr, *m_copyCommand = nullptr;
};

}  // namespace rankscope
