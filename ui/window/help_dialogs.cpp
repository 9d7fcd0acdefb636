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

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Help)
};

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
    QStringList lines{QStringLiteral("Qt %1").arg(QString::fromLatin1(qVersion()))};
    for (const LibraryVersion& library : libraryVersions())
        lines << toQString(library.name) + u' ' + toQString(library.version);
    return lines.join(u'\n');
}

using ShortcutRows = QList<std::pair<QString, QString>>;  // what it does, and its key

QString tableOf(const QString& heading, const ShortcutRows& rows) {
    if (rows.isEmpty())
        return {};
    QString html = QStringLiteral("<h3>%1</h3><table cellpadding='2'>").arg(heading.toHtmlEscaped());
    for (const auto& [what, key] : rows)
        html += QStringLiteral("<tr><td width='300'>%1</td><td><b>%2</b></td></tr>")
                    .arg(what.toHtmlEscaped(), key.toHtmlEscaped());
    return html + QStringLiteral("</table>");
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
    return tableOf(Text::tr("On the grid"), {{Text::tr("Next head, next layer"), Text::tr("arrows")},
                                             {Text::tr("First or last head of the layer"), Text::tr("Home, End")},
                                             {Text::tr("First or last head of all"), Text::tr("Ctrl+Home, Ctrl+End")},
                                             {Text::tr("Eight layers on"), Text::tr("Page Up, Page Down")},
                                             {Text::tr("Pin or unpin the head"), Text::tr("Enter, or Ctrl+click")},
                                             {Text::tr("Let a pin go"), Text::tr("Esc")}}) +
           tableOf(Text::tr("In charts"), {{Text::tr("Read along a curve, go to the next curve"), Text::tr("arrows")},
                                           {Text::tr("Zoom"), Text::tr("+ and −, the wheel, or drag a frame")},
                                           {Text::tr("Move what is visible"), Text::tr("Shift+arrows")},
                                           {Text::tr("The whole chart"), Text::tr("0, or double click")}}) +
           tableOf(Text::tr("In the list of sessions"),
                   {{Text::tr("Show the one above or below"), Text::tr("arrows")},
                    {Text::tr("Close"), Text::tr("Delete, or middle click")},
                    {Text::tr("What can be done with it"), Text::tr("Menu key, or right click")}});
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
    text->setAccessibleName(Text::tr("Keyboard shortcuts"));
    text->setHtml(html + viewShortcuts());
    QDialog* dialog = makeDialog(Text::tr("Keyboard Shortcuts"), text, parent);
    dialog->resize(64 * spacingUnit, 80 * spacingUnit);
    return dialog;
}

QDialog* makeAboutDialog(QWidget* parent) {
    auto* content = new QWidget;
    auto* icon = new QLabel(content);
    icon->setPixmap(QIcon(QStringLiteral(":/icons/rankscope.svg")).pixmap(8 * spacingUnit, 8 * spacingUnit));
    auto* name = new QLabel(QStringLiteral("Rankscope ") + QCoreApplication::applicationVersion(), content);
    name->setFont(largeFont(name->font()));
    auto* text = new QLabel(Text::tr("Effective rank of attention on real text, head by head.\n\n"
                                     "Copyright: the Rankscope developers. Free software under the GNU General Public "
                                     "License, version 3 or later, without warranty."),
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
    QDialog* dialog = makeDialog(Text::tr("About Rankscope"), content, parent);
    auto* buttons = dialog->findChild<QDialogButtonBox*>();
    auto* copy = buttons->addButton(Text::tr("&Copy Versions"), QDialogButtonBox::ActionRole);
    copy->setToolTip(Text::tr("For a report of a fault"));
    QObject::connect(copy, &QPushButton::clicked, dialog, [versions, line = name->text()] {
        QGuiApplication::clipboard()->setText(line + u'\n' + versions);
    });
    dialog->resize(56 * spacingUnit, 34 * spacingUnit);
    return dialog;
}

}  // namespace rankscope
