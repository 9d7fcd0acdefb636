// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The row under the menus: what to open and run, which measure, matrices and heads to look at, which head to find.
// Where it is narrow the buttons become icons, then the labels go, then the lists shrink. GUI thread.
#pragma once

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <vector>

#include "ui/plots/view_options.h"
#include "ui/widgets/threshold_box.h"

namespace rankscope {

class ViewBar : public QWidget {
    Q_OBJECT
public:
    ViewBar(ViewOptions* options, const QList<QAction*>& actions, QWidget* parent = nullptr);

    void setSession(const SessionPointer& session);  // null: none is shown
    void startFinding();                             // puts the cursor into the find box

    // Whatever the width, fit() makes the best of it.
    QSize minimumSizeHint() const override { return {0, m_layout->minimumSize().height()}; }

Q_SIGNALS:
    void headFound(rankscope::HeadRef head);
    void findAbandoned();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent*) override { fit(); }

private:
    enum Compactness { roomy, iconButtons, noLabels, shortFind };

    void buildButtons(const QList<QAction*>& actions);
    QLabel* addLabelled(const QString& text, QWidget* box);
    void connectBoxes();
    void fillLists();
    void fillVariants();
    void readOptions();
    HeadKind heads() const { return m_session ? m_options->headsFor(*m_session) : HeadKind::query; }
    void find();
    void judgeFindText();
    void fit();
    void apply(Compactness compactness);

    ViewOptions* m_options;
    SessionPointer m_session;
    QHBoxLayout* m_layout = new QHBoxLayout(this);
    std::vector<QToolButton*> m_buttons;
    std::vector<QLabel*> m_labels;  // that go where it is narrow
    QComboBox* m_measure;
    ThresholdBox* m_threshold = new ThresholdBox(this);
    QComboBox* m_field;
    QLabel* m_weightsLabel;
    QComboBox *m_weights, *m_heads;
    QLineEdit* m_find = new QLineEdit(this);
    Compactness m_compactness = roomy;
};

}  // namespace rankscope
