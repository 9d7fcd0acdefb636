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

bool hasUnsavedNumbers(const SessionEntry& entry) {
    return !entry.saved && entry.session->finishedLayers() > 0;
}

QString layersText(const Session& session, const QString& text) {
    return text.arg(asText(session.finishedLayers()), asText(session.model.layers));
}

}  // namespace

class Workspace::EntryItem : public QStandardItem {
public:
    explicit EntryItem(SessionEntry content) : entry(std::move(content)) {
        setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    }
    void tell() { emitDataChanged(); }

    QVariant data(int role) const override {
        const Session& session = *entry.session;
        switch (role) {
            case Qt::DisplayRole:
                return toQString(session.corpus.name);
            case DetailRole:
                if (entry.running)
                    return layersText(session, u"layer %1 of %2"_s);
                return session.complete() ? runText(session)
                                          : layersText(session, u"%1 of %2 layers"_s) + u" · "_s + runText(session);
            case Qt::ToolTipRole:
                return plainTip(u"%1\n%2\nBOS %3, seed %4\n%5"_s.arg(
                    sourcesOf(session.corpus), runText(session), session.corpus.bos ? u"on"_s : u"off"_s,
                    QString::number(session.corpus.seed), entry.saved ? entry.path : u"not saved"_s));
            case IdRole:
                return entry.id;
            case RunningRole:
                return entry.running;
            case UnsavedRole:
                return hasUnsavedNumbers(entry) && !entry.running;
            default:
                return {};
        }
    }

    SessionEntry entry;
};

// A heading: the model of the entries below it.
class Workspace::GroupItem : public QStandardItem {
public:
    explicit GroupItem(QString modelKey) : key(std::move(modelKey)) { setFlags(Qt::NoItemFlags); }

    QVariant data(int role) const override {
        if (rowCount() == 0)  // between the two steps of add and remove
            return {};
        const ModelFacts& model = static_cast<const EntryItem*>(child(0))->entry.session->model;
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

    QString key;
};

int Workspace::add(SessionPointer session, const QString& path, bool saved) {
    const QString key = keyOf(session->model);
    QStandardItem* group = nullptr;
    for (int row = 0; row < rowCount() && !group; ++row)
        if (auto* known = item(row); static_cast<GroupItem*>(known)->key == key)
            group = known;
    if (!group) {
        group = new GroupItem(key);
        appendRow(group);
    }
    group->appendRow(new EntryItem({++m_lastId, std::move(session), path, saved, false}));
    return m_lastId;
}

void Workspace::remove(int id) {
    const QModelIndex index = indexOf(id);
    if (!index.isValid())
        return;
    const QModelIndex group = index.parent();
    const int row = group.row();
    removeRow(index.row(), group);
    if (rowCount(this->index(row, 0)) == 0)
        removeRow(row);
}

void Workspace::setSession(int id, SessionPointer session) {
    if (EntryItem* found = itemOf(id)) {
        found->entry.session = std::move(session);
        found->entry.saved = false;
        found->tell();
    }
}

void Workspace::setRunning(int id, bool running) {
    if (EntryItem* found = itemOf(id)) {
        found->entry.running = running;
        found->tell();
    }
}

void Workspace::setSaved(int id, const QString& path) {
    if (EntryItem* found = itemOf(id)) {
        found->entry.path = path;
        found->entry.saved = true;
        found->tell();
    }
}

std::vector<Workspace::EntryItem*> Workspace::entries() const {
    std::vector<EntryItem*> items;
    for (int group = 0; group < rowCount(); ++group)
        for (int row = 0; row < item(group)->rowCount(); ++row)
            items.push_back(static_cast<EntryItem*>(item(group)->child(row)));
    return items;
}

Workspace::EntryItem* Workspace::itemOf(int id) const {
    const std::vector<EntryItem*> items = entries();
    const auto found = std::ranges::find(items, id, [](const EntryItem* item) { return item->entry.id; });
    return found == items.end() ? nullptr : *found;
}

const SessionEntry* Workspace::find(int id) const {
    const EntryItem* found = itemOf(id);
    return found ? &found->entry : nullptr;
}

const SessionEntry* Workspace::findPath(const QString& path) const {
    for (const EntryItem* item : entries())
        if (item->entry.path == path)
            return &item->entry;
    return nullptr;
}

std::vector<int> Workspace::ids() const {
    std::vector<int> result;
    for (const EntryItem* item : entries())
        result.push_back(item->entry.id);
    return result;
}

std::vector<int> Workspace::unsaved() const {
    std::vector<int> result = ids();
    std::erase_if(result, [this](int id) { return !isUnsaved(id); });
    return result;
}

bool Workspace::isUnsaved(int id) const {
    const SessionEntry* entry = find(id);
    return entry && hasUnsavedNumbers(*entry);
}

QModelIndex Workspace::indexOf(int id) const {
    const EntryItem* found = itemOf(id);
    return found ? found->index() : QModelIndex();
}

}  // namespace rankscope
