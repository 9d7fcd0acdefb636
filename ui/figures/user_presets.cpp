// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The file of the user's presets:
//   {"format": "rankscope-figure-presets", "version": 1, "presets": [{"name": "Thesis", "width_mm": 140, …}, …]}
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSaveFile>
#include <QStandardPaths>
#include <algorithm>

#include "core/base/error.h"
#include "ui/figures/figure_preset.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

const QString format = u"rankscope-figure-presets"_s;
constexpr int version = 1, longestName = 60;
constexpr qint64 largestFile = 1 << 20;

QString fileProblem(const QString& path, const QString& subject, const QString& expected, const QString& found) {
    return u"%1: %2: expected %3, found %4"_s.arg(path, subject, expected, found);
}

// In the order of the list: by name, whatever the case.
void insert(std::vector<UserPreset>& list, const UserPreset& preset) {
    std::erase_if(list, [&](const UserPreset& other) { return other.name == preset.name; });
    const auto after = std::ranges::find_if(list, [&](const UserPreset& other) {
        return QString::compare(other.name, preset.name, Qt::CaseInsensitive) > 0;
    });
    list.insert(after, preset);
}

// The presets of a file; `problem` is left empty if all of it could be read.
std::vector<UserPreset> presetsIn(const QString& path, const QByteArray& bytes, QString& problem) {
    QJsonParseError error;
    const QJsonObject root = QJsonDocument::fromJson(bytes, &error).object();
    if (error.error != QJsonParseError::NoError) {
        problem = fileProblem(path, u"byte %1"_s.arg(error.offset), u"presets in JSON"_s, error.errorString());
        return {};
    }
    const int found = root[u"version"_s].toInt();
    if (root[u"format"_s].toString() != format || found != version) {
        problem = fileProblem(path, u"format"_s, u"%1, version %2"_s.arg(asText(format), asText(version)),
                              u"version %1"_s.arg(found));
        return {};
    }
    std::vector<UserPreset> list;
    for (const QJsonValue& entry : root[u"presets"_s].toArray()) {
        const QString name = entry[u"name"_s].toString();
        QString fault;
        const auto paper = paperFromJson(entry.toObject(), &fault);
        if (paper && UserPresets::nameProblem(name).isEmpty())
            insert(list, {name, *paper});
        else if (problem.isEmpty())
            problem = fileProblem(path, u"preset \"%1\""_s.arg(name.left(longestName).simplified()),
                                  paper ? u"a name"_s : u"a usable %1"_s.arg(fault), u"none"_s);
    }
    return list;
}

}  // namespace

UserPresets::UserPresets(QString path) : m_path(std::move(path)) {
    read();
}

QString UserPresets::defaultPath() {
    return QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) + u"/figure-presets.json"_s;
}

const UserPreset* UserPresets::find(const QString& name) const {
    const auto found = std::ranges::find(m_list, name, &UserPreset::name);
    return found == m_list.end() ? nullptr : &*found;
}

QString UserPresets::nameProblem(const QString& name) {
    if (name.trimmed().isEmpty() || name != name.trimmed())
        return u"A preset needs a name."_s;
    if (name.size() > longestName)
        return u"The name of a preset has at most %1 letters."_s.arg(longestName);
    for (const QChar letter : name)
        if (!letter.isPrint())
            return u"The name of a preset is one line of text."_s;
    for (const FigurePreset& preset : figurePresets())
        if (figurePresetLabel(preset).compare(name, Qt::CaseInsensitive) == 0)
            return u"That name is taken by a preset of the program."_s;
    return {};
}

void UserPresets::read() {
    QFile file(m_path);
    if (!file.exists())
        return;
    if (file.size() > largestFile || !file.open(QIODevice::ReadOnly)) {
        m_problem = fileProblem(
            m_path, u"presets"_s, u"a readable file of at most 1 MB"_s,
            file.isOpen() || file.error() == QFile::NoError ? u"%1 bytes"_s.arg(file.size()) : file.errorString());
        return;
    }
    m_list = presetsIn(m_path, file.readAll(), m_problem);
}

void UserPresets::save(const QString& name, const FigurePaper& paper) {
    std::vector<UserPreset> list = m_list;
    insert(list, {name, paper});
    write(std::move(list));
}

void UserPresets::rename(const QString& from, const QString& to) {
    std::vector<UserPreset> list = m_list;
    const auto found = std::ranges::find(list, from, &UserPreset::name);
    if (found == list.end() || from == to)
        return;
    const UserPreset renamed{to, found->paper};
    list.erase(found);
    insert(list, renamed);
    write(std::move(list));
}

void UserPresets::remove(const QString& name) {
    std::vector<UserPreset> list = m_list;
    std::erase_if(list, [&](const UserPreset& preset) { return preset.name == name; });
    write(std::move(list));
}

void UserPresets::write(std::vector<UserPreset> list) {
    QJsonArray presets;
    for (const UserPreset& preset : list) {
        QJsonObject object = toJson(preset.paper);
        object[u"name"_s] = preset.name;
        presets.append(object);
    }
    const QJsonObject root{{u"format"_s, format}, {u"version"_s, version}, {u"presets"_s, presets}};
    QDir().mkpath(QFileInfo(m_path).path());
    if (!m_problem.isEmpty()) {  // what could not be read of it may matter to the user
        QString kept;
        for (int number = 1; kept.isEmpty() || QFile::exists(kept); ++number)
            kept = u"%1.damaged-%2"_s.arg(m_path, asText(number));
        QFile::copy(m_path, kept);
    }
    QSaveFile file(m_path);
    const QByteArray bytes = QJsonDocument(root).toJson();
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        throw Error(ErrorCode::writeFailed, m_path.toStdString(), "presets", "a place to write to",
                    file.errorString().toStdString());
    m_list = std::move(list);
    m_problem.clear();
}

}  // namespace rankscope
