// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Help: the guide, the keyboard shortcuts, and About. GUI thread.
#pragma once

#include <QLineEdit>
#include <QListWidget>
#include <QStackedWidget>
#include <QTextBrowser>
#include <QTreeWidget>

class QDialog;
class QMenuBar;

namespace rankscope {

// The guide in a window of its own: contents and hits of a search at the left, the page at the right.
class GuideWindow : public QWidget {
    Q_OBJECT
public:
    explicit GuideWindow(QWidget* parent, const QString& page = {});  // empty: the first tour
    ~GuideWindow() override;

    void showPage(const QString& page);                              // "head.html#keys"
    QString page() const { return m_browser->source().fileName(); }  // "head.html", without anchor
    void search(const QString& words) { m_search->setText(words); }

    QTextBrowser* browser() const { return m_browser; }

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* buildHeader();
    void addKeys();
    void buildContents();
    void restyle();
    void followSource(const QUrl& source);
    void fillHits();
    void openHit(int row);
    void highlight();
    void stepHit(int step);

    QLineEdit* m_search = new QLineEdit(this);
    QStackedWidget* m_left = new QStackedWidget(this);
    QTreeWidget* m_contents = new QTreeWidget(m_left);
    QListWidget* m_hits = new QListWidget(m_left);
    QTextBrowser* m_browser = new QTextBrowser(this);
    bool m_following = false;  // the contents are set to the page, not the other way round
};

// F1 and the entries of the menu: opens the guide where the view that has the focus is explained, also above a dialog.
class GuideHelp : public QObject {
    Q_OBJECT
public:
    explicit GuideHelp(QWidget* window);

    GuideWindow* show(const QString& page);
    GuideWindow* showFor(const QWidget* widget);  // null: for the page in the middle

protected:
    bool eventFilter(QObject* object, QEvent* event) override;  // F1 in dialogs, where the menu's key does nothing

private:
    QWidget* m_window;
};

// Dialogs that delete themselves when closed. The shortcuts: the keys of every entry of the menus, and of the views
// that have some of their own.
QDialog* makeAboutDialog(QWidget* parent);
QDialog* makeShortcutsDialog(const QMenuBar& menus, QWidget* parent);

}  // namespace rankscope
