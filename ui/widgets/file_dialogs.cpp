// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/file_dialogs.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QSettings>

#include "core/io/weight_file.h"
#include "ui/request/path_kind.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

void ask(QWidget* parent, const QString& title, const QString& kind, const QString& filter, QFileDialog::FileMode mode,
         const std::function<void(const QStringList&)>& chosen) {
    const QString key = u"folders/"_s + kind;
    auto* dialog = new QFileDialog(parent, title, QSettings().value(key).toString(), filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(mode);
    if (mode == QFileDialog::Directory)
        dialog->setOption(QFileDialog::ShowDirsOnly, false);
    QObject::connect(dialog, &QFileDialog::filesSelected, parent, [key, chosen](const QStringList& paths) {
        QSettings().setValue(key, QFileInfo(paths.front()).absolutePath());
        chosen(paths);
    });
    dialog->open();
}

std::function<void(const QStringList&)> first(const FileChosen& chosen) {
    return [chosen](const QStringList& paths) { chosen(paths.front()); };
}

QString modelFilter() {
    QStringList patterns;
    for (const FileFormat& format : fileFormats())
        if (!format.filePattern.empty() && !patterns.contains(toQString(format.filePattern)))
            patterns << toQString(format.filePattern);
    patterns << u"config.json"_s;
    return u"Models (%1);;All files (*)"_s.arg(patterns.join(u' '));
}

}  // namespace

void askForModel(QWidget* parent, const FileChosen& chosen) {
    ask(parent, u"Open model: a weight file, or the config.json of its folder"_s, u"model"_s, modelFilter(),
        QFileDialog::ExistingFile, first([chosen](const QString& path) { chosen(modelPathOf(path)); }));
}

void askForModelFolder(QWidget* parent, const FileChosen& chosen) {
    ask(parent, u"Open model folder"_s, u"model"_s, {}, QFileDialog::Directory, first(chosen));
}

void askForCorpus(QWidget* parent, const std::function<void(const QStringList& paths)>& chosen) {
    ask(parent, u"Open corpus: one text or several"_s, u"corpus"_s,
        u"Text (*.txt *.md *.text *.jsonl);;Token ids (*.json);;All files (*)"_s, QFileDialog::ExistingFiles, chosen);
}

QString sessionFilter() {
    return u"Sessions (*.h5 *.hdf5);;All files (*)"_s;
}

void askForSession(QWidget* parent, const FileChosen& chosen) {
    ask(parent, u"Open session"_s, u"session"_s, sessionFilter(), QFileDialog::ExistingFile, first(chosen));
}

void askWhereToSave(QWidget* parent, const QString& title, const QString& filter, const QString& suggestion,
                    const FileChosen& chosen) {
    auto* dialog = new QFileDialog(parent, title, QFileInfo(suggestion).absolutePath(), filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setFileMode(QFileDialog::AnyFile);
    dialog->setDefaultSuffix(QFileInfo(suggestion).suffix());
    dialog->selectFile(QFileInfo(suggestion).fileName());
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, chosen);
    dialog->open();
}

}  // namespace rankscope
