// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A figure for a paper: kind, size on paper, format, with a preview drawn by the same code that writes the file. GUI
// thread.
#pragma once

#include <QDialog>

#include "ui/figures/figure.h"

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QSpinBox;

namespace rankscope {

class FigurePreview;
class WarningLabel;

class ExportDialog : public QDialog {
    Q_OBJECT
public:
    // What the window shows: the scree figure has the given heads.
    ExportDialog(SessionPointer session, const GridChoice& grid, const ScreeChoice& scree, QWidget* parent = nullptr);

    void setColours(const GridColours& colours);  // of the grid, as the window has them
    FigureRequest request() const;
    QString suggestedName() const;  // "SmolLM2_wikitext_L05H07_scree.pdf"
    bool writeTo(const QString& path);

Q_SIGNALS:
    void written(const QString& path);

private:
    void buildForm();
    void arrange(QFormLayout* form);
    void refresh();
    void choosePath();

    SessionPointer m_session;
    GridChoice m_grid;
    GridColours m_colours;
    ScreeChoice m_scree;
    QComboBox *m_kind, *m_format;
    QDoubleSpinBox *m_width, *m_height, *m_fontSize;
    QSpinBox* m_dpi;
    FigurePreview* m_preview;
    QLabel* m_caption;
    WarningLabel* m_problem;
};

}  // namespace rankscope
