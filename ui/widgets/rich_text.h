// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One line with true sub- and superscripts as a widget; too narrow a place shows its end as "…" and the whole in the
// tooltip. GUI thread.
#pragma once

#include <QWidget>

namespace rankscope {

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

}  // namespace rankscope
