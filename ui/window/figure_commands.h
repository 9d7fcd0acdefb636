// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Makes figures and captions of what the window shows: which view is meant, and what is to be seen in it. GUI
// thread.
#pragma once

#include <QPointer>

#include "ui/pages/session_view.h"
#include "ui/widgets/menus.h"
#include "ui/window/window_parts.h"

namespace rankscope {

class FigureCommands : public QObject {
    Q_OBJECT
public:
    explicit FigureCommands(WindowParts& parts) : QObject(parts.window), m_parts(parts) {}

    enum Kind { exportFigure, copyFigure, copyCaption };
    Command command(Kind kind);  // for a menu: of the view in sight

    // Gives the views that can be figures these entries, too. Their keys stay with the menu bar.
    void connectViews();

private:
    using Views = std::vector<std::pair<QPointer<QWidget>, FigureKind>>;

    void addView(QWidget* view, FigureKind kind);
    void addDetail(const HeadDetailView& detail);
    QWidget* viewInSight() const;  // the one with the focus, else that of the page; null: none can be a figure
    FigureRequest shownFigure(const QWidget& view) const;
    void run(Kind kind, const QWidget& view);
    void openExport(const QWidget& view);
    void copy(const QWidget& view);
    void copyWords(const QWidget& view);

    WindowParts& m_parts;
    Views m_views;  // in the order in which the menu looks for what is in sight
};

}  // namespace rankscope
