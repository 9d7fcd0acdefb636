// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The row of controls under the menus: what to open and run, which measure, matrices and heads to look at, which head
// to find. Where it is narrow the buttons become icons, then the labels go, then the lists shrink. GUI thread.
#pragma once

#include <QWidget>
#include <vector>

#include "core/base/ids.h"
#include "ui/plots/view_options.h"

class QAction;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QToolButton;

namespace rankscope {

class ThresholdBox;

class ControlBar : public QWidget {
    Q_OBJECT
public:
    ControlBar(ViewOptions* options, const QList<QAction*>& actions, QWidget* parent = nullptr);

    void setSession(const SessionPointer& session);  // null: none is shown
    void startFinding();                             // puts the cursor into the find box

    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void headFound(rankscope::HeadRef head);
    void findAbandoned();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    enum Compactness { roomy, iconButtons, noLabels, shortFind };

    void buildButtons(const QList<QAction*>& actions);
    void buildFindBox();
    QLabel* addLabelled(const QString& text, QWidget* control);
    void connectControls();
    void fillMeasures();
    void fillVariants();
    void fillHeads();
    void readOptions();
    void find();
    void judgeFindText();
    void fit();
    void apply(Compactness compactness);

    ViewOptions* m_options;
    SessionPointer m_session;
    QHBoxLayout* m_layout;
    std::vector<QToolButton*> m_buttons;
    std::vector<QLabel*> m_labels;  // that go where it is narrow
    QComboBox* m_measure;
    QLabel* m_thresholdLabel;
    ThresholdBox* m_threshold;
    QComboBox* m_field;
    QLabel* m_weightsLabel;
    QComboBox* m_weights;
    QComboBox* m_heads;
    QLineEdit* m_find;
    Compactness m_compactness = roomy;
};

}  // namespace rankscope
