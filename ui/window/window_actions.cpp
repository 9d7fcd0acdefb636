// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/window_actions.h"

#include <QActionGroup>
#include <QIcon>
#include <QMainWindow>
#include <QMenu>
#include <QMenuBar>

#include "core/reports/session_table.h"
#include "ui/pages/comparison_view.h"
#include "ui/plots/scree.h"
#include "ui/text/text.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

QAction* add(QMenu* menu, const QString& text, const QKeySequence& key, const QString& tip,
             const char* icon = nullptr) {
    auto* action = menu->addAction(text);
    action->setShortcut(key);
    action->setToolTip(tip);
    action->setStatusTip(tip);
    if (icon)
        action->setIcon(QIcon(u":/icons/%1.svg"_s.arg(QLatin1String(icon))));
    action->setIconVisibleInMenu(false);
    action->setIconText(text.chopped(text.endsWith(u'…') ? 1 : 0).remove(u'&'));  // for buttons
    return action;
}

QAction* addChoice(QActionGroup* group, QMenu* menu, const QString& text, const QVariant& data,
                   const QString& tip = {}) {
    auto* action = menu->addAction(text);
    action->setCheckable(true);
    action->setData(data);
    action->setToolTip(tip);
    group->addAction(action);
    return action;
}

void buildFileMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = window->menuBar()->addMenu(u"&File"_s);
    a.openModel = add(menu, u"Open &Model…"_s, QKeySequence::Open, u"A model folder, a .gguf or a .safetensors file"_s,
                      "open-model");
    a.openCorpus = add(menu, u"Open &Corpus…"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_O,
                       u"A UTF-8 text, or a .json list of token ids"_s, "open-corpus");
    a.openSession = add(menu, u"Open &Session…"_s, Qt::CTRL | Qt::Key_L, u"A saved analysis"_s, "open-session");
    a.recentMenu = menu->addMenu(u"Open &Recent"_s);
    menu->addSeparator();
    a.saveSession =
        add(menu, u"Save Session &As…"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_S, u"Write the shown session to a file"_s);
    a.exportFigure = add(menu, u"&Export Figure…"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_E,
                         u"What is shown, as a figure for a paper: PDF, SVG, image, numbers"_s, "export");
    a.exportTable = add(menu, u"Export &Table…"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_T,
                        u"Numbers per head, layer or model: CSV, LaTeX or JSON"_s);
    menu->addSeparator();
    a.closeSession = add(menu, u"C&lose Session"_s, Qt::CTRL | Qt::Key_W, u"Close the shown session"_s);
    a.quit = add(menu, u"&Quit"_s, Qt::CTRL | Qt::Key_Q, u"Close the window"_s);
    a.quit->setMenuRole(QAction::QuitRole);
}

void buildEditMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = window->menuBar()->addMenu(u"&Edit"_s);
    a.copyFinding = add(menu, u"&Copy Finding"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_C,
                        u"The finding in words, to the clipboard"_s, "copy");
    a.copyFigure = add(menu, u"Copy Fi&gure"_s, Qt::CTRL | Qt::ALT | Qt::Key_F,
                       u"What is shown, to the clipboard as PDF, SVG and PNG"_s);
    a.copyCaption = add(menu, u"Copy C&aption"_s, Qt::CTRL | Qt::ALT | Qt::SHIFT | Qt::Key_F,
                        u"What the figure shows in words: measure, matrices, model, text"_s);
    a.findHead = add(menu, u"&Find Head"_s, QKeySequence::Find, u"Go to a head by name, such as L5H7"_s, "find");
    menu->addSeparator();
    a.pinHead = add(menu, u"&Pin Head"_s, Qt::CTRL | Qt::Key_D, u"Keep the selected head in the scree curves"_s, "pin");
    a.unpinHead = add(menu, u"&Unpin Head"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_D, u"Let a pinned head go"_s);
}

void buildViewMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = a.viewMenu = window->menuBar()->addMenu(u"&View"_s);
    a.pages = new QActionGroup(window);
    menu->addSeparator();  // the pages come above it
    QMenu* measureMenu = menu->addMenu(u"&Measure"_s);
    measureMenu->setToolTipsVisible(true);
    a.measures = new QActionGroup(window);
    for (const MeasureChoice& choice : usualMeasures())
        addChoice(a.measures, measureMenu, toQString(choice.label()), toQString(choice.id()),
                  toQString(choice.formula()));
    a.fieldMenu = menu->addMenu(u"&Field"_s);
    a.fieldMenu->setToolTipsVisible(true);
    a.fields = new QActionGroup(window);
    QMenu* quantityMenu = a.quantityMenu = menu->addMenu(u"Scree &Quantity"_s);
    a.quantities = new QActionGroup(window);
    addChoice(a.quantities, quantityMenu, u"&Share"_s, int(ScreeQuantity::share));
    addChoice(a.quantities, quantityMenu, u"&Cumulative"_s, int(ScreeQuantity::cumulative));
    addChoice(a.quantities, quantityMenu, u"Singular &Values σ"_s, int(ScreeQuantity::sigma));
    quantityMenu->addSeparator();
    a.logarithmic = add(quantityMenu, u"&Logarithmic"_s, {}, u"Logarithmic axis for shares and σ"_s);
    a.logarithmic->setCheckable(true);
    a.chartMenu = menu->addMenu(u"C&harts"_s);
    menu->addSeparator();
    a.nextSession = add(menu, u"&Next Session"_s, Qt::CTRL | Qt::Key_Tab, {});
    a.previousSession = add(menu, u"&Previous Session"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_Tab, {});
    menu->addSeparator();
    QMenu* themeMenu = menu->addMenu(u"&Theme"_s);
    a.themes = new QActionGroup(window);
    addChoice(a.themes, themeMenu, u"&System"_s, themeId(ThemeChoice::system));
    addChoice(a.themes, themeMenu, u"&Light"_s, themeId(ThemeChoice::light));
    addChoice(a.themes, themeMenu, u"&Dark"_s, themeId(ThemeChoice::dark));
}

void buildAnalysisMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = window->menuBar()->addMenu(u"&Analysis"_s);
    a.run = add(menu, u"&Run…"_s, Qt::Key_F5, u"Analyse a model on a corpus"_s, "run");
    a.resume =
        add(menu, u"Res&ume"_s, Qt::SHIFT | Qt::Key_F5, u"Go on with the shown session, which is not finished"_s);
    a.cancel = add(menu, u"&Cancel"_s, Qt::CTRL | Qt::Key_Period, u"Stop the analysis and keep the finished layers"_s,
                   "cancel");
}

void buildCompareMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = window->menuBar()->addMenu(u"&Compare"_s);
    menu->setToolTipsVisible(true);
    a.compareWith =
        add(menu, u"Compare &With…"_s, Qt::CTRL | Qt::Key_M, u"Set the shown session against another open one"_s);
    a.swapCompared = add(menu, u"S&wap A and B"_s, Qt::CTRL | Qt::SHIFT | Qt::Key_M,
                         u"Show the other session and subtract this one"_s);
    menu->addSeparator();
    a.comparisonPages = new QActionGroup(window);
    addChoice(a.comparisonPages, menu, u"&Difference"_s, int(ComparisonPage::difference),
              u"A, B and A − B of every head"_s);
    addChoice(a.comparisonPages, menu, u"By &Depth"_s, int(ComparisonPage::depth),
              u"Median and quartiles per layer, against layer / (layers − 1)"_s);
    addChoice(a.comparisonPages, menu, u"Di&stribution"_s, int(ComparisonPage::distribution),
              u"The share of heads whose number is at most so much"_s);
    addChoice(a.comparisonPages, menu, u"&Head"_s, int(ComparisonPage::head),
              u"The spectrum of the selected head in each session"_s);
    int key = Qt::Key_1;
    for (QAction* action : a.comparisonPages->actions())
        action->setShortcut(Qt::ALT | Qt::Key(key++));
    menu->addSeparator();
    a.comparedMatrices = new QActionGroup(window);
    addChoice(a.comparedMatrices, menu, u"Compare &Ẽ"_s, int(GridQuantity::field));
    addChoice(a.comparedMatrices, menu, u"Compare W_QᵀW_&K"_s, int(GridQuantity::interaction));
    addChoice(a.comparedMatrices, menu, u"Compare the &Gap"_s, int(GridQuantity::gap));
    menu->addSeparator();
    a.copyComparison = add(menu, u"&Copy Comparison"_s, Qt::CTRL | Qt::ALT | Qt::Key_C,
                           u"The comparison in words, to the clipboard"_s);
    a.saveComparison = add(menu, u"Save Differences As…"_s, Qt::CTRL | Qt::ALT | Qt::Key_S,
                           u"A table (CSV): both numbers and their difference for every head and matrix"_s);
}

void buildHelpMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = window->menuBar()->addMenu(u"&Help"_s);
    a.example = add(menu, u"Open &Example Session"_s, {}, u"A computed session that comes with Rankscope"_s);
    a.tour = add(menu, u"&First Tour"_s, {}, u"Ten minutes with the example session"_s);
    a.guide = add(menu, u"&Guide"_s, QKeySequence::HelpContents,
                  u"How to read what you are looking at, and everything else"_s);
    a.definitions = add(menu, u"&Definitions"_s, {}, u"What every number is"_s);
    a.shortcuts =
        add(menu, u"&Keyboard Shortcuts"_s, Qt::CTRL | Qt::Key_Slash, u"Every key of the menus and the views"_s);
    menu->addSeparator();
    a.about = add(menu, u"&About Rankscope"_s, {}, u"Versions and licence"_s);
    a.about->setMenuRole(QAction::AboutRole);
}

}  // namespace

WindowActions::WindowActions(QMainWindow* window) {
    buildFileMenu(*this, window);
    buildEditMenu(*this, window);
    buildViewMenu(*this, window);
    buildAnalysisMenu(*this, window);
    buildCompareMenu(*this, window);
    buildHelpMenu(*this, window);
}

void WindowActions::addPage(int index, const QString& title, const QString& tooltip) {
    auto* action = new QAction(title, pages);
    action->setCheckable(true);
    action->setData(index);
    action->setToolTip(tooltip);
    action->setStatusTip(tooltip);
    if (index < 9)
        action->setShortcut(Qt::CTRL | Qt::Key(Qt::Key_1 + index));
    viewMenu->insertAction(viewMenu->actions().at(index), action);
}

}  // namespace rankscope
