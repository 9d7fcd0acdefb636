// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A table of a session for spreadsheets, scripts or a paper: what a row stands for, which measures, which matrices,
// which format. The same options as `rankscope table`, with the same result. What was ticked is remembered for each
// format. GUI thread.
#pragma once

#include <QDialog>

#include "core/reports/session_table.h"

class QComboBox;
class QLabel;
class QPushButton;
class QTreeWidget;

namespace rankscope {

class TableDialog : public QDialog {
    Q_OBJECT
public:
    explicit TableDialog(SessionPointer session, QWidget* parent = nullptr);

    TableRequest request() const;
    const TableFormat& format() const;
    QString suggestedName() const;  // "SmolLM2_wikitext_heads.csv"

    void setFormat(const QString& extension);  // with the measures and matrices of the last time, else the usual ones
    void setScope(TableScope scope);

Q_SIGNALS:
    // The user has chosen a file, and agreed to replace it if it was there.
    void chosen(const QString& path);

private:
    QTreeWidget* makeList(const QString& name, const QString& tip);
    void build();
    void tick(bool remembered);
    void rememberTicks() const;
    void refresh();
    void choosePath();

    SessionPointer m_session;
    QComboBox *m_scope, *m_format;
    QTreeWidget *m_measures, *m_variants;
    QLabel* m_summary;
    QPushButton* m_export = nullptr;
};

}  // namespace rankscope
