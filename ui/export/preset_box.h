// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The presets of figures, those of the program and those of the user, and the menu that saves, renames and deletes the
// latter. GUI thread.
#pragma once

#include <QWidget>

#include "ui/figures/figure_preset.h"

class QAction;
class QComboBox;

namespace rankscope {

class PresetBox : public QWidget {
    Q_OBJECT
public:
    explicit PresetBox(QWidget* parent = nullptr);

    // Shows the preset that this is: the chosen one if it still is, else any other, else "Free size".
    void setPaper(const FigurePaper& paper);
    QString current() const;  // its name; empty: free
    QComboBox* box() const { return m_box; }

    void save(const QString& name);  // what setPaper gave
    void rename(const QString& to);  // the chosen one of the user
    void remove();

Q_SIGNALS:
    void presetChosen(const rankscope::FigurePreset& preset);
    void paperChosen(const rankscope::FigurePaper& paper);
    void failed(const QString& line);

private:
    void fill();
    void choose();
    void showCurrent();
    const UserPreset* chosen() const;  // of the user; else null
    void askForName(const QString& title, const QString& name, void (PresetBox::*then)(const QString&));
    void askWhetherToRemove();
    template <typename Edit>
    void edit(const QString& name, Edit edit);

    UserPresets m_presets;
    FigurePaper m_paper;
    QComboBox* m_box;
    QAction *m_rename, *m_remove;
};

}  // namespace rankscope
