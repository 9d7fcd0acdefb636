// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/comparison_commands.h"

#include <QClipboard>
#include <QGuiApplication>

#include "core/reports/comparison_table.h"
#include "ui/pages/session_view.h"
#include "ui/text/file_name.h"
#include "ui/widgets/file_dialogs.h"
#include "ui/window/session_list.h"

namespace rankscope {

void ComparisonCommands::addMenu(CommandMenus& menus) {
    const auto possible = [this] { return m_parts.pair->complete(); };
    const auto view = [this] { return m_parts.view->comparison(); };
    QMenu* menu = menus.addMenu(
        u"&Compare"_s,
        {{"compareWith", u"Compare &With…"_s, Qt::CTRL | Qt::Key_M, u"Set the shown session against another open one"_s,
          [this, view] {
              showPage();
              view()->chooseB();
          },
          possible},
         {"swapCompared", u"S&wap A and B"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_M,
          u"Show the other session and subtract this one"_s, [view] { view()->swap(); }, possible},
         {}});
    menu->setToolTipsVisible(true);
    Choices* pages = menus.addChoices(
        menu, [view] { return int(view()->page()); },
        [this, view](const QVariant& page) {
            view()->setPage(ComparisonPage(page.toInt()));
            showPage();
        },
        possible);
    for (int page = 0; const ComparisonEntry& entry : comparisonPages()) {
        pages->add(entry.menu, page, entry.tip)->setShortcut(Qt::ALT | Qt::Key(Qt::Key_1 + page));
        ++page;
    }
    menu->addSeparator();
    Choices* matrices = menus.addChoices(
        menu, [view] { return int(view()->quantity()); },
        [this, view](const QVariant& quantity) {
            view()->setQuantity(GridQuantity(quantity.toInt()));
            showPage();
        },
        possible);
    for (int quantity = 0; const ComparisonEntry& entry : comparedMatrices())
        matrices->add(entry.menu, quantity++, entry.tip);
    menus.add(menu, {{},
                     {"copyComparison", u"&Copy Comparison"_s, Qt::CTRL | Qt::ALT | Qt::Key_C,
                      u"The comparison in words, to the clipboard"_s,
                      [view] { QGuiApplication::clipboard()->setText(view()->text().plain); },
                      [possible, view] { return possible() && !view()->text().plain.isEmpty(); }},
                     {"saveComparison", u"Save Differences As…"_s, Qt::CTRL | Qt::ALT | Qt::Key_S,
                      u"A table (CSV): both numbers and their difference for every head and matrix"_s,
                      [this] { save(); }, possible}});
}

void ComparisonCommands::connectViews() {
    connect(m_parts.sessions, &SessionList::compareRequested, this, [this](int id) {
        m_parts.pair->setB(id);
        showPage();
    });
    connect(m_parts.view->comparison(), &ComparisonView::aRequested, m_parts.sessions, &SessionList::select);
}

void ComparisonCommands::showPage() {
    m_parts.view->showPage(m_parts.view->comparisonPage());
    m_parts.view->focusPage();
}

void ComparisonCommands::save() {
    const SessionPointer a = m_parts.pair->sessionA(), b = m_parts.pair->sessionB();
    const std::vector<QString> names = sessionNames({a, b});
    askWhereToSave(m_parts.window, u"Save differences as"_s, u"Tables (*.csv)"_s,
                   cleanFileName(u"%1-%2.csv"_s.arg(names[0], names[1])),
                   [this, a, b, measure = m_parts.options->measure()](const QString& path) {
                       m_parts.write(
                           path, [=] { return csvText(makeComparisonTable(*a, *b, std::span(&measure, 1))); },
                           u"Differences written to %1"_s.arg(path));
                   });
}

}  // namespace rankscope
