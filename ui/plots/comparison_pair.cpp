// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/comparison_pair.h"

#include <algorithm>

namespace rankscope {

namespace {

int fitness(const Session& session, const Session& other) {
    if (isControlOf(other, session) || isControlOf(session, other))
        return session.corpus.windowLength == other.corpus.windowLength ? 4 : 3;
    return session.model.name == other.model.name ? 2 : 1;
}

}  // namespace

int bestPartner(const Workspace& workspace, int id) {
    const SessionEntry* entry = workspace.find(id);
    int best = 0, bestFitness = 0;
    for (const int other : workspace.ids()) {
        if (!entry || other == id)
            continue;
        const int fits = fitness(*entry->session, *workspace.find(other)->session);
        if (fits > bestFitness) {
            best = other;
            bestFitness = fits;
        }
    }
    return best;
}

ComparisonPair::ComparisonPair(Workspace* workspace, QObject* parent) : QObject(parent), m_workspace(workspace) {
    connect(workspace, &QAbstractItemModel::rowsInserted, this, &ComparisonPair::refresh);
    connect(workspace, &QAbstractItemModel::rowsRemoved, this, &ComparisonPair::refresh);
    connect(workspace, &QAbstractItemModel::dataChanged, this, &ComparisonPair::refresh);
}

SessionPointer ComparisonPair::sessionOf(int id) const {
    const SessionEntry* entry = m_workspace->find(id);
    return entry ? entry->session : nullptr;
}

SessionPointer ComparisonPair::sessionA() const {
    return sessionOf(m_a);
}

SessionPointer ComparisonPair::sessionB() const {
    return sessionOf(m_b);
}

std::vector<int> ComparisonPair::ids() const {
    std::vector<int> ids;
    for (const int id : {m_a, m_b})
        if (id != 0)
            ids.push_back(id);
    for (const int id : m_others)
        if (id != m_a && id != m_b)
            ids.push_back(id);
    return ids;
}

Sessions ComparisonPair::sessions() const {
    Sessions result;
    for (const int id : ids())
        if (SessionPointer session = sessionOf(id))
            result.push_back(std::move(session));
    return result;
}

void ComparisonPair::setA(int id) {
    if (id == m_a)
        return;
    if (id == m_b && id != 0)
        m_b = m_a;
    else if (!m_chosen)
        m_b = 0;
    m_a = id;
    refresh();
}

void ComparisonPair::setB(int id) {
    m_chosen = true;
    if (id == m_b)
        return;
    m_b = id;
    refresh();
}

void ComparisonPair::setOther(int id, bool on) {
    if (on == isOther(id))
        return;
    on ? void(m_others.insert(id)) : void(m_others.erase(id));
    Q_EMIT changed();
}

void ComparisonPair::refresh() {
    std::erase_if(m_others, [this](int id) { return !m_workspace->find(id); });
    if (!m_workspace->find(m_a))
        m_a = 0;
    if (m_b != 0 && !m_workspace->find(m_b)) {
        m_b = 0;
        m_chosen = false;
    }
    // A control that arrives later is the better partner of a text, unless the user chose one.
    if (m_a != 0 && !m_chosen)
        if (const int best = bestPartner(*m_workspace, m_a); m_b == 0 || isControlOf(*sessionOf(best), *sessionA()))
            m_b = best;
    Q_EMIT changed();
}

}  // namespace rankscope
