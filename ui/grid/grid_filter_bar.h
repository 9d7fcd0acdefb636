// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A row above the grid: which values stay bright, and how many heads have them. Hidden until asked for; closing it
// shows every head again. GUI thread.
#pragma once

#include <QWidget>

#include "ui/grid/head_grid_model.h"

class QComboBox;
class QLabel;
class QLineEdit;

namespace rankscope {

class GridFilterBar : public QWidget {
    Q_OBJECT
public:
    GridFilterBar(GridOptions* options, HeadGridModel* model, QWidget* parent = nullptr);
    void open();  // shows it with the cursor in its first box

Q_SIGNALS:
    void closed();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void close();
    void apply();
    void readFilter();
    void readGrid();

    GridOptions* m_options;
    HeadGridModel* m_model;
    QComboBox* m_quantity;
    QLineEdit *m_minimum, *m_maximum;
    QLabel* m_count;
};

}  // namespace rankscope
