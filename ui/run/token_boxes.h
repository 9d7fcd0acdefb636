// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Tokens as they will be fed to the model: one box each, in reading order, the id in the tooltip, BOS marked. Scrolls
// by wheel and keys. GUI thread.
#pragma once

#include <QAbstractScrollArea>
#include <QStringList>
#include <vector>

namespace rankscope {

class TokenBoxes : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit TokenBoxes(QWidget* parent = nullptr);

    // `pieces` as many as ids, or none: then the ids themselves are shown.
    void setTokens(const std::vector<int>& ids, const QStringList& pieces, bool bos);
    void setHint(const QString& text);  // instead of tokens: what is going on, or what is missing

    int count() const { return int(m_boxes.size()); }
    QString tooltipAt(const QPoint& viewportPoint) const;
    QRect boxAt(int index) const;  // in the viewport

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    struct Box {
        QString text;
        int id = 0;
        QRect rect;  // in the contents
    };

    void layOut();
    void paintBox(QPainter& painter, const Box& box, bool isBos) const;

    std::vector<Box> m_boxes;
    bool m_bos = false;
    QString m_hint;
};

}  // namespace rankscope
