// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A figure for a paper: what it shows, its size on paper, its looks and its file, with a preview drawn by the same code
// that writes the file, and a caption. It starts from what the window shows; size, looks and format are as they were
// the last time. GUI thread.
#pragma once

#include <QDialog>

#include "ui/figures/figure.h"

class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace rankscope {

class FigureForm;
class FigurePreview;
class WarningLabel;

class ExportDialog : public QDialog {
    Q_OBJECT
public:
    ExportDialog(SessionPointer session, FigureRequest shown, QWidget* parent = nullptr);

    // The files of the shown session and of those that it is compared with, for the command; empty: not saved.
    void setPaths(const QString& session, const QStringList& others);

    const FigureRequest& request() const;
    QString command() const;        // that makes the same figure again; empty: a session has no file
    QString suggestedName() const;  // "SmolLM2_wikitext_L05H07_scree.pdf"
    bool writeTo(const QString& path);
    void copyFigure();
    void copyCaption();
    void copyCommand();

    FigureForm* form() const { return m_form; }
    FigurePreview* preview() const { return m_preview; }
    QString problem() const;  // that keeps the figure from being drawn, or the last attempt to write it; one line

Q_SIGNALS:
    void written(const QString& path);

protected:
    void done(int result) override;

private:
    void build();
    class QLayout* buildButtons();
    void restore();
    void remember() const;
    void refresh();
    void showProblem(const QString& line);
    void choosePath();

    SessionPointer m_session;
    QStringList m_paths;  // of the session, then of the others; empty: no command
    FigureForm* m_form;
    FigurePreview* m_preview;
    QPlainTextEdit* m_caption;
    WarningLabel* m_problem;
    QLabel* m_done;  // what was copied
    QPushButton *m_copyFigure, *m_copyCaption, *m_copyCommand, *m_export;
};

}  // namespace rankscope
