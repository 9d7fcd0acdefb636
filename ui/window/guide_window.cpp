// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/guide_window.h"

#include <QAction>
#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QScrollBar>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTextBrowser>
#include <QToolButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "ui/text/text.h"
#include "ui/viewmodels/guide.h"
#include "ui/widgets/line_splitter.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr QLatin1String geometryKey("guide/geometry");
constexpr QLatin1String firstPage("tour.html");

QUrl urlOf(const QString& page) {
    return QUrl(u"qrc:/guide/"_s + page);
}

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

}  // namespace

GuideWindow::GuideWindow(QWidget* parent, const QString& page)
    : QWidget(parent, Qt::Window),
      m_search(new QLineEdit(this)),
      m_left(new QStackedWidget(this)),
      m_contents(new QTreeWidget(m_left)),
      m_hits(new QListWidget(m_left)),
      m_browser(new QTextBrowser(this)) {
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
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(0);
    layout->addWidget(buildHeader());
    layout->addWidget(makeSeparator(Qt::Horizontal, this));
    layout->addWidget(splitter, 1);
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
        auto* button = new QToolButton(header);
        button->setText(sign);
        button->setAutoRaise(true);
        button->setAccessibleName(name);
        button->setToolTip(u"%1 (%2)"_s.arg(name, key.toString(QKeySequence::NativeText)));
        button->setEnabled(false);
        button->setShortcut(key);
        connect(button, &QToolButton::clicked, m_browser, slot);
        connect(m_browser, available, button, &QWidget::setEnabled);
        return button;
    };
    auto* layout = new QHBoxLayout(header);
    layout->setContentsMargins(spacingUnit, spacingUnit, spacingUnit, spacingUnit);
    layout->setSpacing(spacingUnit);
    layout->addWidget(addButton(u"←"_s, u"Back"_s, Qt::ALT | Qt::Key_Left, &QTextBrowser::backward,
                                &QTextBrowser::backwardAvailable));
    layout->addWidget(addButton(u"→"_s, u"Forward"_s, Qt::ALT | Qt::Key_Right, &QTextBrowser::forward,
                                &QTextBrowser::forwardAvailable));
    layout->addStretch(1);
    m_search->setPlaceholderText(u"Search the guide"_s);
    m_search->setAccessibleName(u"Search the guide"_s);
    m_search->setToolTip(u"Ctrl+F; Enter goes to the next place, Shift+Enter to the one before"_s);
    m_search->setClearButtonEnabled(true);
    m_search->setFixedWidth(32 * spacingUnit);
    layout->addWidget(m_search);

    const auto addKey = [this](const QList<QKeySequence>& keys, auto what) {
        auto* action = new QAction(this);
        action->setShortcuts(keys);
        connect(action, &QAction::triggered, this, what);
        addAction(action);
    };
    addKey({QKeySequence::Find}, [this] {
        m_search->setFocus(Qt::ShortcutFocusReason);
        m_search->selectAll();
    });
    addKey({QKeySequence::FindNext}, [this] { stepHit(1); });
    addKey({QKeySequence::FindPrevious}, [this] { stepHit(-1); });
    addKey({Qt::Key_Escape}, [this] { leaveSearchOrClose(); });
    addKey({QKeySequence::Close}, [this] { close(); });
    return header;
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
    m_browser->setSource(urlOf(page));
}

QString GuideWindow::page() const {
    return m_browser->source().fileName();
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

void GuideWindow::search(const QString& words) {
    m_search->setText(words);
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

void GuideWindow::leaveSearchOrClose() {
    if (m_search->text().isEmpty())
        close();
    else
        m_search->clear();
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
    if (event->type() == QEvent::KeyPress && object->isWidgetType()) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const QWidget* window = static_cast<QWidget*>(object)->window();
        if (key->key() == Qt::Key_F1 && key->modifiers() == Qt::NoModifier && window != m_window &&
            !qobject_cast<const GuideWindow*>(window)) {
            showFor(static_cast<QWidget*>(object));
            return true;
        }
    }
    return false;
}

}  // namespace rankscope
