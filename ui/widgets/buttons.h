// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Buttons without a frame: words that are chosen, links, and what opens a menu. GUI thread.
#pragma once

#include <QAbstractButton>
#include <QButtonGroup>
#include <QToolButton>
#include <vector>

class QAction;
class QPainter;

namespace rankscope {

// A word that is on or off.
class TextButton : public QAbstractButton {
    Q_OBJECT
public:
    TextButton(const QString& text, QWidget* parent);
    void setMarkup(const QString& markup);  // drawn instead of the text, which stays its name
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_markup;  // rich text; empty: the text
};

// A row of words of which one is chosen (bold, underlined).
class TextTabs : public QWidget {
    Q_OBJECT
public:
    explicit TextTabs(QWidget* parent = nullptr);
    TextButton* addTab(const QString& text, const QString& tooltip);
    void setCurrent(int index) { button(index)->setChecked(true); }  // emits nothing
    int current() const { return m_group->checkedId(); }
    int count() const { return int(m_buttons.size()); }
    TextButton* button(int index) const { return m_buttons.at(std::size_t(index)); }

Q_SIGNALS:
    void chosen(int index);  // by the user

private:
    QButtonGroup* m_group = new QButtonGroup(this);
    std::vector<TextButton*> m_buttons;
};

// A button that looks like a link: its text in the link colour, a muted detail after it.
class LinkButton : public QAbstractButton {
    Q_OBJECT
public:
    LinkButton(const QString& text, QWidget* parent);
    LinkButton(QAction* action, QWidget* parent);  // text, shortcut as detail, enabled state and trigger of the action
    void setDetail(const QString& detail, bool below = false);  // `below`: on a line of its own
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void paintDetail(QPainter& painter, int nameWidth);

    QString m_detail;
    bool m_below = false;
};

// A flat button that opens a menu and says so by its own arrow or dots: without the style's small triangle. A style
// sheet would take the triangle away as well, but keeps the colours of the theme in which it was set.
class MenuButton : public QToolButton {
    Q_OBJECT
public:
    explicit MenuButton(QWidget* parent = nullptr);

protected:
    void initStyleOption(QStyleOptionToolButton* option) const override;
};

}  // namespace rankscope
