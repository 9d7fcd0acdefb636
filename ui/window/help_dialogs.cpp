// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/help_dialogs.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QIcon>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>
#include <utility>

#include "core/analysis/library_versions.h"
#include "ui/text/text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

QDialog* makeDialog(const QString& title, QWidget* content, QWidget* parent) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(3 * spacingUnit, 2 * spacingUnit, 3 * spacingUnit, 2 * spacingUnit);
    layout->setSpacing(2 * spacingUnit);
    layout->addWidget(content, 1);
    layout->addWidget(buttons);
    return dialog;
}

QString versionsText() {
    QStringList lines{u"Qt %1"_s.arg(QString::fromLatin1(qVersion()))};
    for (const LibraryVersion& library : libraryVersions())
        lines << toQString(library.name) + u' ' + toQString(library.version);
    return lines.join(u'\n');
}

using ShortcutRows = QList<std::pair<QString, QString>>;  // what it does, and its key

QString tableOf(const QString& heading, const ShortcutRows& rows) {
    if (rows.isEmpty())
        return {};
    QString html = u"<h3>%1</h3><table cellpadding='2'>"_s.arg(heading.toHtmlEscaped());
    for (const auto& [what, key] : rows)
        html += u"<tr><td width='300'>%1</td><td><b>%2</b></td></tr>"_s.arg(what.toHtmlEscaped(), key.toHtmlEscaped());
    return html + u"</table>"_s;
}

void addShortcuts(const QMenu& menu, ShortcutRows& rows) {
    for (const QAction* action : menu.actions()) {
        if (action->menu())
            addShortcuts(*action->menu(), rows);
        else if (!action->shortcut().isEmpty())
            rows.push_back({action->text().remove(u'&'), action->shortcut().toString(QKeySequence::NativeText)});
    }
}

QString viewShortcuts() {
    return tableOf(u"On the grid"_s, {{u"Next head, next layer"_s, u"arrows"_s},
                                      {u"First or last head of the layer"_s, u"Home, End"_s},
                                      {u"First or last head of all"_s, u"Ctrl+Home, Ctrl+End"_s},
                                      {u"Eight layers on"_s, u"Page Up, Page Down"_s},
                                      {u"Pin or unpin the head"_s, u"Enter, or Ctrl+click"_s},
                                      {u"Let a pin go"_s, u"Esc"_s}}) +
           tableOf(u"In charts"_s, {{u"Read along a curve, go to the next curve"_s, u"arrows"_s},
                                    {u"Zoom"_s, u"+ and −, the wheel, or drag a frame"_s},
                                    {u"Move what is visible"_s, u"Shift+arrows"_s},
                                    {u"The whole chart"_s, u"0, or double click"_s}}) +
           tableOf(u"In the list of sessions"_s, {{u"Show the one above or below"_s, u"arrows"_s},
                                                  {u"Close"_s, u"Delete, or middle click"_s},
                                                  {u"What can be done with it"_s, u"Menu key, or right click"_s}});
}

}  // namespace

QDialog* makeShortcutsDialog(const QMenuBar& menus, QWidget* parent) {
    QString html;
    for (const QAction* top : menus.actions()) {
        ShortcutRows rows;
        if (top->menu())
            addShortcuts(*top->menu(), rows);
        html += tableOf(top->text().remove(u'&'), rows);
    }
    auto* text = new QTextBrowser;
    text->setFrameShape(QFrame::NoFrame);
    text->setAccessibleName(u"Keyboard shortcuts"_s);
    text->setHtml(html + viewShortcuts());
    QDialog* dialog = makeDialog(u"Keyboard Shortcuts"_s, text, parent);
    dialog->resize(64 * spacingUnit, 80 * spacingUnit);
    return dialog;
}

QDialog* makeAboutDialog(QWidget* parent) {
    auto* content = new QWidget;
    auto* icon = new QLabel(content);
    icon->setPixmap(QIcon(u":/icons/rankscope.svg"_s).pixmap(8 * spacingUnit, 8 * spacingUnit));
    auto* name = new QLabel(u"Rankscope "_s + QCoreApplication::applicationVersion(), content);
    name->setFont(largeFont(name->font()));
    auto* text = new QLabel(
        u"Effective rank of attention on real text, head by head.\n\n"
        "Copyright: the Rankscope developers. Free software under the GNU General Public "
        "License, version 3 or later, without warranty."_s,
        content);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    const QString versions = versionsText();
    auto* libraries = makeMutedLabel(versions, content);
    libraries->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* words = new QVBoxLayout;
    words->setSpacing(spacingUnit);
    words->addWidget(name);
    words->addWidget(text);
    words->addWidget(libraries);
    words->addStretch(1);
    auto* layout = new QHBoxLayout(content);
    layout->setContentsMargins({});
    layout->setSpacing(3 * spacingUnit);
    layout->addWidget(icon, 0, Qt::AlignTop);
    layout->addLayout(words, 1);
    QDialog* dialog = makeDialog(u"About Rankscope"_s, content, parent);
    auto* buttons = dialog->findChild<QDialogButtonBox*>();
    auto* copy = buttons->addButton(u"&Copy Versions"_s, QDialogButtonBox::ActionRole);
    copy->setToolTip(u"For a report of a fault"_s);
    QObject::connect(copy, &QPushButton::clicked, dialog, [versions, line = name->text()] {
        QGuiApplication::clipboard()->setText(line + u'\n' + versions);
    });
    dialog->resize(56 * spacingUnit, 34 * spacingUnit);
    return dialog;
}

}  // namespace rankscope
