// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The row of controls under the menus: what to open and run, which measure and field to look at, which head to find.
// GUI thread.
#pragma once

#include <QWidget>

#include "core/base/ids.h"
#include "ui/viewmodels/view_options.h"

class QAction;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;

namespace rankscope {

class ControlBar : public QWidget {
    Q_OBJECT
public:
    ControlBar(ViewOptions* options, const QList<QAction*>& actions, QWidget* parent = nullptr);

    void setSession(const SessionPointer& session);  // null: none is shown
    void startFinding();                             // puts the cursor into the find box

Q_SIGNALS:
    void headFound(rankscope::HeadRef head);
    void findAbandoned();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void connectControls();
    void fillMeasures();
    void fillFields(std::vector<Variant> fields);
    void readOptions();
    void find();
    void judgeFindText();

    ViewOptions* m_options;
    SessionPointer m_session;
    std::vector<Variant> m_fields;  // in the list
    QComboBox* m_measure;
    QLabel* m_thresholdLabel;
    QDoubleSpinBox* m_threshold;
    QComboBox* m_field;
    QLineEdit* m_find;
};

}  // namespace rankscope
