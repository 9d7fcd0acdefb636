// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The stored components of one head's field: their sizes, and for the chosen one the query tokens and key tokens it
// loads on, as a list and in the text. GUI thread.
#pragma once

#include <QAbstractScrollArea>
#include <QBoxLayout>
#include <QTableView>
#include <functional>
#include <optional>

#include "ui/plots/components.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

namespace rankscope {

// The text of a window, each token shaded by a value of either sign. A click or the arrow keys choose a token; the
// tooltip describes the one below the pointer.
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
    void focusInEvent(QFocusEvent*) override { viewport()->update(); }
    void focusOutEvent(QFocusEvent*) override { viewport()->update(); }

private:
    struct Place {
        int x = 0, line = 0, width = 0;
    };

    void layOut();
    void choose(int token);
    std::vector<Place>::const_iterator firstOfLine(int line) const;
    int lineHeight() const { return fontMetrics().height() + spacingUnit / 2; }

    std::vector<QString> m_pieces;
    std::vector<Place> m_places;
    std::vector<double> m_shades;
    Describe m_describe;
    std::optional<int> m_current;
};

class ComponentsView : public QWidget {
    Q_OBJECT
public:
    explicit ComponentsView(QWidget* parent = nullptr);

    // REQUIRES a head with factors, or none.
    void setHead(SessionPointer session, std::optional<HeadRef> head);
    int component() const { return m_list->currentIndex().row(); }  // from 0
    void setComponent(int component);
    QTableView* list() const { return m_list; }
    TokenStrip* strip() const { return m_strip; }
    const TableModel& loadings() const { return *m_loadings; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void showComponent();
    void shadeText();
    void arrange();
    void fitList();

    SessionPointer m_session;
    std::optional<HeadRef> m_head;
    QTableView* m_list;
    TableModel* m_components = new TableModel(this);
    TextTabs* m_tabs = new TextTabs(this);
    TextButton* m_tokensTab;
    WarningLabel* m_run = new WarningLabel(this);
    QTableView* m_top;
    TableModel* m_loadings = new TableModel(this);
    TokenStrip* m_strip = new TokenStrip(this);
    QBoxLayout* m_details;
};

}  // namespace rankscope
