// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The guide in a window of its own: contents and hits of a search at the left, the page at the right. GUI thread.
#pragma once

#include <QWidget>

class QLineEdit;
class QListWidget;
class QStackedWidget;
class QTextBrowser;
class QTreeWidget;

namespace rankscope {

class GuideWindow : public QWidget {
    Q_OBJECT
public:
    explicit GuideWindow(QWidget* parent, const QString& page = {});  // empty: the first tour
    ~GuideWindow() override;

    void showPage(const QString& page);  // "head.html#keys"
    QString page() const;                // "head.html", without anchor
    void search(const QString& words);

    QTextBrowser* browser() const { return m_browser; }

protected:
    void changeEvent(QEvent* event) override;

private:
    QWidget* buildHeader();
    void buildContents();
    void restyle();
    void followSource(const QUrl& source);
    void fillHits();
    void openHit(int row);
    void highlight();
    void stepHit(int step);
    void leaveSearchOrClose();

    QLineEdit* m_search;
    QStackedWidget* m_left;
    QTreeWidget* m_contents;
    QListWidget* m_hits;
    QTextBrowser* m_browser;
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

}  // namespace rankscope
