// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A row of words of which one is chosen (bold, underlined), and a single word that is on or off. GUI thread.
#pragma once

#include <QAbstractButton>
#include <QWidget>
#include <vector>

class QButtonGroup;

namespace rankscope {

class TextButton : public QAbstractButton {
    Q_OBJECT
public:
    TextButton(const QString& text, QWidget* parent);
    void setMarkup(const QString& markup);  // drawn instead of the text, which stays its name
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    QString m_markup;  // rich text; empty: the text
};

class TextTabs : public QWidget {
    Q_OBJECT
public:
    explicit TextTabs(QWidget* parent = nullptr);
    TextButton* addTab(const QString& text, const QString& tooltip);
    void setCurrent(int index);  // emits nothing
    int current() const;
    int count() const { return int(m_buttons.size()); }
    TextButton* button(int index) const { return m_buttons.at(std::size_t(index)); }

Q_SIGNALS:
    void chosen(int index);  // by the user

private:
    QButtonGroup* m_group;
    std::vector<TextButton*> m_buttons;
};

}  // namespace rankscope
