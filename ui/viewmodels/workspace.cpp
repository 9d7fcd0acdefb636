// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/workspace.h"

#include <algorithm>

#include "ui/request/run_request.h"
#include "ui/text/text.h"
#include "ui/text/tip_text.h"

namespace rankscope {

bool mayResume(const SessionEntry& entry) {
    return !entry.running && !entry.path.isEmpty() && canResume(*entry.session);
}

namespace {

QString keyOf(const ModelFacts& model) {
    return u"%1\n%2\n%3\n%4"_s.arg(toQString(model.name), QString::number(model.layers), QString::number(model.heads),
                                   QString::number(model.headSize));
}

// With what its file calls itself, where that is another name.
QString fullName(const ModelFacts& model) {
    const QString name = toQString(model.name);
    return model.givenName.empty() || model.givenName == model.name
               ? name
               : u"%1, calls itself “%2”"_s.arg(name, toQString(model.givenName));
}

// The texts, one a line as far as a tip can show them.
QString sourcesOf(const CorpusFacts& corpus) {
    constexpr std::size_t shown = 8;
    QStringList lines;
    for (std::size_t i = 0; i < std::min(shown, corpus.files.size()); ++i)
        lines << toQString(corpus.files[i].source);
    if (corpus.files.size() > shown)
        lines << u"and %1 more"_s.arg(corpus.files.size() - shown);
    return lines.isEmpty() ? toQString(corpus.source) : lines.join(u'\n');
}

}  // namespace

int Workspace::add(SessionPointer session, const QString& path, bool saved) {
    const QString key = keyOf(session->model);
    auto group = std::find_if(m_groups.begin(), m_groups.end(), [&](const Group& g) { return g.key == key; });
    if (group == m_groups.end()) {
        const int row = int(m_groups.size());
        beginInsertRows({}, row, row);
        m_groups.push_back({key, {}});
        endInsertRows();
        group = std::prev(m_groups.end());
    }
    const int row = int(group->entries.size());
    beginInsertRows(index(int(group - m_groups.begin()), 0), row, row);
    group->entries.push_back({++m_lastId, std::move(session), path, saved, false});
    endInsertRows();
    return m_lastId;
}

void Workspace::remove(int id) {
    const QModelIndex at = indexOf(id);
    if (!at.isValid())
        return;
    const QModelIndex parentIndex = at.parent();
    Group& group = m_groups[std::size_t(parentIndex.row())];
    beginRemoveRows(parentIndex, at.row(), at.row());
    group.entries.erase(group.entries.begin() + at.row());
    endRemoveRows();
    if (!group.entries.empty())
        return;
    const int row = parentIndex.row();
    beginRemoveRows({}, row, row);
    m_groups.erase(m_groups.begin() + row);
    endRemoveRows();
}

void Workspace::setSession(int id, SessionPointer session) {
    SessionEntry* entry = edit(id);
    if (!entry)
        return;
    entry->session = std::move(session);
    entry->saved = false;
    tell(id);
}

void Workspace::setRunning(int id, bool running) {
    if (SessionEntry* entry = edit(id)) {
        entry->running = running;
        tell(id);
    }
}

void Workspace::setSaved(int id, const QString& path) {
    if (SessionEntry* entry = edit(id)) {
        entry->path = path;
        entry->saved = true;
        tell(id);
    }
}

void Workspace::tell(int id) {
    const QModelIndex at = indexOf(id);
    Q_EMIT dataChanged(at, at);
}

SessionEntry* Workspace::edit(int id) {
    return const_cast<SessionEntry*>(find(id));
}

const SessionEntry* Workspace::find(int id) const {
    for (const Group& group : m_groups)
        for (const SessionEntry& entry : group.entries)
            if (entry.id == id)
                return &entry;
    return nullptr;
}

const SessionEntry* Workspace::findPath(const QString& path) const {
    for (const Group& group : m_groups)
        for (const SessionEntry& entry : group.entries)
            if (entry.path == path)
                return &entry;
    return nullptr;
}

std::vector<int> Workspace::ids() const {
    std::vector<int> result;
    for (const Group& group : m_groups)
        for (const SessionEntry& entry : group.entries)
            result.push_back(entry.id);
    return result;
}

std::vector<int> Workspace::unsaved() const {
    std::vector<int> result;
    for (const int id : ids())
        if (isUnsaved(id))
            result.push_back(id);
    return result;
}

bool Workspace::isUnsaved(int id) const {
    const SessionEntry* entry = find(id);
    return entry && !entry->saved && entry->session->finishedLayers() > 0;
}

QModelIndex Workspace::indexOf(int id) const {
    for (std::size_t g = 0; g < m_groups.size(); ++g)
        for (std::size_t e = 0; e < m_groups[g].entries.size(); ++e)
            if (m_groups[g].entries[e].id == id)
                return index(int(e), 0, index(int(g), 0));
    return {};
}

// A group's index carries 0, an entry's index its group's row + 1.
QModelIndex Workspace::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? quintptr(parent.row()) + 1 : quintptr(0));
}

QModelIndex Workspace::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == 0)
        return {};
    return createIndex(int(child.internalId()) - 1, 0, quintptr(0));
}

int Workspace::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid())
        return int(m_groups.size());
    return parent.internalId() == 0 ? int(m_groups[std::size_t(parent.row())].entries.size()) : 0;
}

QVariant Workspace::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    if (index.internalId() == 0)
        return groupData(m_groups[std::size_t(index.row())], role);
    return entryData(m_groups[index.internalId() - 1].entries[std::size_t(index.row())], role);
}

QVariant Workspace::groupData(const Group& group, int role) const {
    if (group.entries.empty())  // between the two steps of add and remove
        return {};
    const ModelFacts& model = group.entries.front().session->model;
    if (role == Qt::DisplayRole)
        return toQString(model.name);
    if (role == DetailRole)
        return u"%1 × %2 · KV %3 · d_h %4"_s.arg(asText(model.layers), asText(model.heads), asText(model.kvHeads),
                                                 asText(model.headSize));
    if (role == Qt::ToolTipRole)
        return plainTip(u"%1\nfamily %2, %3 layers × %4 query heads, %5 key/value heads of size %6\n%7"_s.arg(
            fullName(model), toQString(model.family), QString::number(model.layers), QString::number(model.heads),
            QString::number(model.kvHeads), QString::number(model.headSize), toQString(model.source)));
    return {};
}

QVariant Workspace::entryData(const SessionEntry& entry, int role) const {
    const Session& session = *entry.session;
    switch (role) {
        case Qt::DisplayRole:
            return toQString(session.corpus.name);
        case DetailRole: {
            if (entry.running)
                return u"layer %1 of %2"_s.arg(asText(session.finishedLayers()), asText(session.model.layers));
            QStringList parts{runText(session)};
            if (!session.complete())
                parts.prepend(u"%1 of %2 layers"_s.arg(asText(session.finishedLayers()), asText(session.model.layers)));
            return parts.join(u" · "_s);
        }
        case Qt::ToolTipRole:
            return plainTip(u"%1\n%2\nBOS %3, seed %4\n%5"_s.arg(
                sourcesOf(session.corpus), runText(session), session.corpus.bos ? u"on"_s : u"off"_s,
                QString::number(session.corpus.seed), entry.saved ? entry.path : u"not saved"_s));
        case IdRole:
            return entry.id;
        case RunningRole:
            return entry.running;
        case UnsavedRole:
            return isUnsaved(entry.id) && !entry.running;
        default:
            return {};
    }
}

Qt::ItemFlags Workspace::flags(const QModelIndex& index) const {
    if (!index.isValid())
        return Qt::NoItemFlags;
    return index.internalId() == 0 ? Qt::NoItemFlags : Qt::ItemIsEnabled | Qt::ItemIsSelectable;  // groups are headings
}

}  // namespace rankscope
