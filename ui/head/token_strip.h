// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The text of a window, each token shaded by a value of either sign. A click or the arrow keys choose a token; the
// tooltip describes the one below the pointer. GUI thread.
#pragma once

#include <QAbstractScrollArea>
#include <functional>
#include <optional>
#include <vector>

namespace rankscope {

class TokenStrip : public QAbstractScrollArea {
    Q_OBJECT
public:
    using Describe = std::function<QString(int token)>;

    explicit TokenStrip(QWidget* parent = nullptr);

    void setPieces(std::vector<QString> pieces);                    // readable
    void setShades(std::vector<double> shades, Describe describe);  // −1 … 1, one per piece
    void setCurrent(std::optional<int> token);
    std::optional<int> current() const { return m_current; }
    QRect tokenRect(int token) const;  // in the viewport
    std::optional<int> tokenAt(QPoint position) const;

Q_SIGNALS:
    void chosen(int token);  // by the user

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    struct Place {
        int x = 0, line = 0, width = 0;
    };

    void layOut();
    void choose(int token);
    int lineHeight() const;

    std::vector<QString> m_pieces;
    std::vector<Place> m_places;
    std::vector<double> m_shades;
    Describe m_describe;
    std::optional<int> m_current;
};

}  // namespace rankscope
