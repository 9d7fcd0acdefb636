// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which sessions of the workspace are compared: A is the shown one; B is the one it is set against, chosen by the user
// or else by what A is (a text against its control); others join them in the comparisons that take any number. GUI
// thread.
#pragma once

#include <QObject>
#include <set>
#include <vector>

#include "ui/plots/comparison.h"
#include "ui/viewmodels/workspace.h"

namespace rankscope {

class ComparisonPair : public QObject {
    Q_OBJECT
public:
    explicit ComparisonPair(Workspace* workspace, QObject* parent = nullptr);

    const Workspace& workspace() const { return *m_workspace; }
    int a() const { return m_a; }  // 0: none
    int b() const { return m_b; }  // 0: there is no other session
    bool complete() const { return m_a != 0 && m_b != 0; }
    bool isOther(int id) const { return m_others.contains(id); }

    SessionPointer sessionA() const;
    SessionPointer sessionB() const;
    Sessions sessions() const;     // A, B and the others; fewer if there are fewer
    std::vector<int> ids() const;  // of sessions()

    // If it was B, what was A becomes B. Without a choice of the user's own, B is the best partner of the new A.
    void setA(int id);
    void setB(int id);  // by the user; REQUIRES another than A
    void setOther(int id, bool on);

Q_SIGNALS:
    void changed();  // ids, or the numbers of one of these sessions

private:
    void refresh();
    SessionPointer sessionOf(int id) const;

    Workspace* m_workspace;
    int m_a = 0, m_b = 0;
    bool m_chosen = false;  // B, by the user
    std::set<int> m_others;
};

// The session to set `id` against: its control, or the text it is a control of; else another of the same model, else
// any other. 0 if there is none.
int bestPartner(const Workspace& workspace, int id);

}  // namespace rankscope
