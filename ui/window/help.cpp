// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/help.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QGuiApplication>
#include <QIcon>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QTextBrowser>
#include <QToolButton>
#include <utility>

#include "core/analysis/library_versions.h"
#include "ui/text/text.h"
#include "ui/viewmodels/guide.h"
#include "ui/widgets/layouts.h"
#include "ui/widgets/line_splitter.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr QLatin1String geometryKey("guide/geometry");
constexpr QLatin1String firstPage("tour.html");

// Qt's rich text knows a part of CSS only; these are the parts that it does know.
QString pageStyle(const QPalette& palette, const QFont& font) {
    const double size = font.pointSizeF();
    return u"a { color: %1; text-decoration: none; }"
           "h1 { font-size: %2pt; font-weight: 600; margin-top: 0px; }"
           "h2 { font-size: %3pt; font-weight: 600; margin-top: 20px; }"
           "p, li { line-height: 130%; }"
           "th { color: %4; font-weight: 400; }"
           "pre { background-color: %5; }"_s.arg(palette.color(QPalette::Link).name(), asText(size * 1.5),
                                                 asText(size * 1.15), mutedText(palette).name(),
                                                 palette.color(QPalette::AlternateBase).name());
}

QDialog* makeDialog(const QString& title, QWidget* content, QWidget* parent) {
    auto* dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::close);
    column(dialog, {{content, 1}, buttons}, 2 * spacingUnit,
           {3 * spacingUnit, 2 * spacingUnit, 3 * spacingUnit, 2 * spacingUnit});
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

GuideWindow::GuideWindow(QWidget* parent, const QString& page) : QWidget(parent, Qt::Window) {
    setWindowTitle(u"Rankscope Guide"_s);
    m_browser->setFrameShape(QFrame::NoFrame);
    m_browser->setOpenExternalLinks(true);
    m_browser->setAccessibleName(u"Page of the guide"_s);
    m_browser->document()->setDocumentMargin(3 * spacingUnit);
    buildContents();
    m_hits->setFrameShape(QFrame::NoFrame);
    m_hits->setAccessibleName(u"What the search has found"_s);
    m_hits->setWordWrap(true);
    m_hits->setSpacing(spacingUnit / 4);
    m_left->setContentsMargins(spacingUnit, spacingUnit, 0, 0);
    m_left->setBackgroundRole(QPalette::Base);
    m_left->setAutoFillBackground(true);
    m_left->addWidget(m_contents);
    m_left->addWidget(m_hits);
    auto* splitter = new LineSplitter(Qt::Horizontal, this);
    splitter->addWidget(m_left);
    splitter->addWidget(m_browser);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({28 * spacingUnit, 92 * spacingUnit});
    column(this, {buildHeader(), makeSeparator(Qt::Horizontal, this), {splitter, 1}}, 0);
    addKeys();
    connect(m_browser, &QTextBrowser::sourceChanged, this, &GuideWindow::followSource);
    connect(m_hits, &QListWidget::currentRowChanged, this, &GuideWindow::openHit);
    connect(m_search, &QLineEdit::textChanged, this, &GuideWindow::fillHits);
    connect(m_search, &QLineEdit::returnPressed, this,
            [this] { stepHit(QGuiApplication::keyboardModifiers() & Qt::ShiftModifier ? -1 : 1); });
    resize(120 * spacingUnit, 88 * spacingUnit);
    restoreGeometry(QSettings().value(geometryKey).toByteArray());
    restyle();
    showPage(page.isEmpty() ? QString(firstPage) : page);
    m_browser->setFocus();
}

GuideWindow::~GuideWindow() {
    QSettings().setValue(geometryKey, saveGeometry());
}

QWidget* GuideWindow::buildHeader() {
    auto* header = new QWidget(this);
    const auto addButton = [&](const QString& sign, const QString& name, const QKeySequence& key, auto slot,
                               auto available) {
        auto* button =
            named(new QToolButton(header), name, u"%1 (%2)"_s.arg(name, key.toString(QKeySequence::NativeText)));
        button->setText(sign);
        button->setAutoRaise(true);
        button->setEnabled(false);
        button->setShortcut(key);
        connect(button, &QToolButton::clicked, m_browser, slot);
        connect(m_browser, available, button, &QWidget::setEnabled);
        return button;
    };
    auto* back =
        addButton(u"←"_s, u"Back"_s, Qt::ALT | Qt::Key_Left, &QTextBrowser::backward, &QTextBrowser::backwardAvailable);
    auto* forward = addButton(u"→"_s, u"Forward"_s, Qt::ALT | Qt::Key_Right, &QTextBrowser::forward,
                              &QTextBrowser::forwardAvailable);
    named(m_search, u"Search the guide"_s, u"Ctrl+F; Enter goes to the next place, Shift+Enter to the one before"_s);
    m_search->setPlaceholderText(u"Search the guide"_s);
    m_search->setClearButtonEnabled(true);
    m_search->setFixedWidth(32 * spacingUnit);
    row(header, {back, forward, spring(), m_search}, spacingUnit, {spacingUnit, spacingUnit, spacingUnit, spacingUnit});
    return header;
}

void GuideWindow::addKeys() {
    const auto addKey = [this](const QKeySequence::StandardKey& key, auto what) {
        auto* action = new QAction(this);
        action->setShortcuts(key);
        connect(action, &QAction::triggered, this, what);
        addAction(action);
        return action;
    };
    addKey(QKeySequence::Find, [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    });
    addKey(QKeySequence::FindNext, [this] { stepHit(1); });
    addKey(QKeySequence::FindPrevious, [this] { stepHit(-1); });
    addKey(QKeySequence::Cancel, [this] { m_search->text().isEmpty() ? void(close()) : m_search->clear(); });
    addKey(QKeySequence::Close, [this] { close(); });
}

void GuideWindow::buildContents() {
    m_contents->setFrameShape(QFrame::NoFrame);
    m_contents->setHeaderHidden(true);
    m_contents->setAccessibleName(u"Contents of the guide"_s);
    m_contents->setIndentation(2 * spacingUnit);
    m_contents->setRootIsDecorated(false);
    const QSize rowSize(0, fontMetrics().height() + spacingUnit);
    for (const GuideChapter& chapter : guideChapters()) {
        auto* top = new QTreeWidgetItem(m_contents, {chapter.title});
        top->setData(0, Qt::UserRole, chapter.file);
        top->setToolTip(0, chapter.title);
        top->setSizeHint(0, rowSize);
        for (const GuideSection& section : chapter.sections) {
            auto* item = new QTreeWidgetItem(top, {section.title});
            item->setData(0, Qt::UserRole, QString(chapter.file + u'#' + section.anchor));
            item->setToolTip(0, section.title);
            item->setSizeHint(0, rowSize);
        }
    }
    connect(m_contents, &QTreeWidget::currentItemChanged, this, [this](const QTreeWidgetItem* item) {
        if (item && !m_following)
            showPage(item->data(0, Qt::UserRole).toString());
    });
}

void GuideWindow::showPage(const QString& page) {
    m_browser->setSource(QUrl(u"qrc:/guide/"_s + page));
}

// The colours are in the page: it is read again when they change.
void GuideWindow::restyle() {
    m_browser->document()->setDefaultStyleSheet(pageStyle(palette(), font()));
    if (m_browser->source().isEmpty())
        return;
    const int at = m_browser->verticalScrollBar()->value();
    m_browser->reload();
    m_browser->verticalScrollBar()->setValue(at);
    highlight();
}

void GuideWindow::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::FontChange)
        restyle();
}

// The browser says where it goes before source() does.
void GuideWindow::followSource(const QUrl& source) {
    m_following = true;
    const QString file = source.fileName().isEmpty() ? page() : source.fileName(), anchor = source.fragment();
    for (int i = 0; i < m_contents->topLevelItemCount(); ++i) {
        QTreeWidgetItem* top = m_contents->topLevelItem(i);
        const bool here = top->data(0, Qt::UserRole).toString() == file;
        top->setExpanded(here);
        if (!here)
            continue;
        QTreeWidgetItem* current = top;
        for (int j = 0; j < top->childCount(); ++j)
            if (top->child(j)->data(0, Qt::UserRole).toString() == QString(file + u'#' + anchor))
                current = top->child(j);
        m_contents->setCurrentItem(current);
    }
    m_following = false;
    highlight();
}

void GuideWindow::fillHits() {
    const QString words = m_search->text();
    m_hits->clear();
    for (const GuideHit& hit : searchGuide(words)) {
        auto* item = new QListWidgetItem(
            guideChapters()[hit.chapter].title + u'\n' + u"… "_s + hit.excerpt.trimmed() + u" …"_s, m_hits);
        item->setData(Qt::UserRole, hit.chapter);
        item->setData(Qt::UserRole + 1, hit.occurrence);
    }
    if (m_hits->count() == 0 && words.trimmed().size() >= 2) {
        auto* none = new QListWidgetItem(u"Nothing found. Try one word, or fewer letters of it."_s, m_hits);
        none->setFlags(Qt::NoItemFlags);
    }
    m_left->setCurrentWidget(words.trimmed().size() >= 2 ? static_cast<QWidget*>(m_hits) : m_contents);
    highlight();
}

void GuideWindow::openHit(int row) {
    const QListWidgetItem* item = m_hits->item(row);
    if (!item || !item->data(Qt::UserRole).isValid())
        return;
    const QString file = guideChapters()[item->data(Qt::UserRole).toInt()].file;
    if (page() != file)
        showPage(file);
    QTextCursor cursor(m_browser->document());
    for (int i = 0; i <= item->data(Qt::UserRole + 1).toInt(); ++i)
        cursor = m_browser->document()->find(m_search->text(), cursor);
    if (!cursor.isNull()) {
        m_browser->setTextCursor(cursor);
        m_browser->ensureCursorVisible();
    }
}

void GuideWindow::highlight() {
    QList<QTextEdit::ExtraSelection> places;
    const QString words = m_search->text();
    if (words.trimmed().size() >= 2) {
        QTextCharFormat mark;
        mark.setBackground(hoverBackground(palette()).darker(isDark(palette()) ? 100 : 108));
        for (QTextCursor at = m_browser->document()->find(words); !at.isNull();
             at = m_browser->document()->find(words, at))
            places.push_back({at, mark});
    }
    m_browser->setExtraSelections(places);
}

void GuideWindow::stepHit(int step) {
    if (const int count = m_hits->count(); count > 0)
        m_hits->setCurrentRow(m_hits->currentRow() < 0 && step > 0 ? 0 : (m_hits->currentRow() + step + count) % count);
}

GuideHelp::GuideHelp(QWidget* window) : QObject(window), m_window(window) {
    qApp->installEventFilter(this);
}

// A modal dialog blocks every window but its own children.
GuideWindow* GuideHelp::show(const QString& page) {
    QWidget* owner = QApplication::activeModalWidget() ? QApplication::activeModalWidget() : m_window;
    auto* guide = owner->findChild<GuideWindow*>(QString(), Qt::FindDirectChildrenOnly);
    if (!guide) {
        guide = new GuideWindow(owner, page);
        guide->setAttribute(Qt::WA_DeleteOnClose);
    } else {
        guide->showPage(page);
    }
    guide->show();
    guide->raise();
    guide->activateWindow();
    return guide;
}

GuideWindow* GuideHelp::showFor(const QWidget* widget) {
    QString page = guidePageFor(widget);
    QList<const QObject*> visible;
    for (const QWidget* widget : m_window->findChildren<QWidget*>())
        if (widget->isVisible() && widget->window() == m_window)
            visible.push_back(widget);
    if (page.isEmpty())
        page = guidePageInMiddle(visible);
    return show(page.isEmpty() ? QString(firstPage) : page);
}

bool GuideHelp::eventFilter(QObject* object, QEvent* event) {
    if (event->type() != QEvent::KeyPress || !object->isWidgetType())
        return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    const QWidget* window = static_cast<QWidget*>(object)->window();
    if (key->key() != Qt::Key_F1 || key->modifiers() != Qt::NoModifier || window == m_window ||
        qobject_cast<const GuideWindow*>(window))
        return false;
    showFor(static_cast<QWidget*>(object));
    return true;
}

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
    row(content, {{icon, 0, Qt::AlignTop}, {column(nullptr, {name, text, libraries, spring()}, spacingUnit), 1}},
        3 * spacingUnit);
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
