// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The questions for files. Each opens a dialog, returns at once, and calls `chosen` if the user picks something; the
// folder of the last choice is remembered per kind. GUI thread.
#pragma once

#include <QString>
#include <QStringList>
#include <functional>

class QWidget;

namespace rankscope {

using FileChosen = std::function<void(const QString& path)>;

void askForModel(QWidget* parent, const FileChosen& chosen);
void askForModelFolder(QWidget* parent, const FileChosen& chosen);
void askForCorpus(QWidget* parent, const std::function<void(const QStringList& paths)>& chosen);
void askForSession(QWidget* parent, const FileChosen& chosen);
void askWhereToSave(QWidget* parent, const QString& title, const QString& filter, const QString& suggestion,
                    const FileChosen& chosen);

QString sessionFilter();

}  // namespace rankscope
