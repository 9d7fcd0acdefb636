// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Labels that follow the theme, and one line of rich text. GUI thread.
#pragma once

#include <QLabel>

#include "ui/text/literals.h"

namespace rankscope {

// Text in a colour of the theme, whatever the theme becomes.
class TintedLabel : public QLabel {
    Q_OBJECT
public:
    using Tint = QColor (*)(const QPalette&);
    TintedLabel(const QString& text, Tint tint, QWidget* parent);

protected:
    void changeEvent(QEvent* event) override;

private:
    void colour();

    Tint m_tint;
};

// Plain text in the warning colour, wrapped, hidden until it has something to say.
class WarningLabel : public TintedLabel {
    Q_OBJECT
public:
    explicit WarningLabel(QWidget* parent = nullptr);
};

// One line with true sub- and superscripts; too narrow a place shows its end as "…" and the whole in the tooltip.
class RichText : public QWidget {
    Q_OBJECT
public:
    explicit RichText(QWidget* parent = nullptr);
    void setMarkup(const QString& markup);
    const QString& markup() const { return m_markup; }
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_markup;
};

// Lets a line break after each slash: paths have no spaces to wrap at.
inline QString breakable(QString text) {
    return text.replace(u'/', u"/\u200B"_s);
}

}  // namespace rankscope
