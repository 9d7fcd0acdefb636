// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/window_actions.h"

#include <QActionGroup>
#include <QCoreApplication>
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

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Menus)
};

QAction* add(QMenu* menu, const QString& text, const QKeySequence& key, const QString& tip,
             const char* icon = nullptr) {
    auto* action = menu->addAction(text);
    action->setShortcut(key);
    action->setToolTip(tip);
    action->setStatusTip(tip);
    if (icon)
        action->setIcon(QIcon(QStringLiteral(":/icons/%1.svg").arg(QLatin1String(icon))));
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
    QMenu* menu = window->menuBar()->addMenu(Text::tr("&File"));
    a.openModel = add(menu, Text::tr("Open &Model…"), QKeySequence::Open,
                      Text::tr("A model folder, a .gguf or a .safetensors file"), "open-model");
    a.openCorpus = add(menu, Text::tr("Open &Corpus…"), Qt::CTRL | Qt::SHIFT | Qt::Key_O,
                       Text::tr("A UTF-8 text, or a .json list of token ids"), "open-corpus");
    a.openSession =
        add(menu, Text::tr("Open &Session…"), Qt::CTRL | Qt::Key_L, Text::tr("A saved analysis"), "open-session");
    a.recentMenu = menu->addMenu(Text::tr("Open &Recent"));
    menu->addSeparator();
    a.saveSession = add(menu, Text::tr("Save Session &As…"), Qt::CTRL | Qt::SHIFT | Qt::Key_S,
                        Text::tr("Write the shown session to a file"));
    a.exportFigure = add(menu, Text::tr("&Export Figure…"), Qt::CTRL | Qt::SHIFT | Qt::Key_E,
                         Text::tr("What is shown, as a figure for a paper: PDF, SVG, image, numbers"), "export");
    a.exportTable = add(menu, Text::tr("Export &Table…"), Qt::CTRL | Qt::SHIFT | Qt::Key_T,
                        Text::tr("Numbers per head, layer or model: CSV, LaTeX or JSON"));
    menu->addSeparator();
    a.closeSession = add(menu, Text::tr("C&lose Session"), Qt::CTRL | Qt::Key_W, Text::tr("Close the shown session"));
    a.quit = add(menu, Text::tr("&Quit"), Qt::CTRL | Qt::Key_Q, Text::tr("Close the window"));
    a.quit->setMenuRole(QAction::QuitRole);
}

void buildEditMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = window->menuBar()->addMenu(Text::tr("&Edit"));
    a.copyFinding = add(menu, Text::tr("&Copy Finding"), Qt::CTRL | Qt::SHIFT | Qt::Key_C,
                        Text::tr("The finding in words, to the clipboard"), "copy");
    a.copyFigure = add(menu, Text::tr("Copy Fi&gure"), Qt::CTRL | Qt::ALT | Qt::Key_F,
                       Text::tr("What is shown, to the clipboard as PDF, SVG and PNG"));
    a.copyCaption = add(menu, Text::tr("Copy C&aption"), Qt::CTRL | Qt::ALT | Qt::SHIFT | Qt::Key_F,
                        Text::tr("What the figure shows in words: measure, matrices, model, text"));
    a.findHead =
        add(menu, Text::tr("&Find Head"), QKeySequence::Find, Text::tr("Go to a head by name, such as L5H7"), "find");
    menu->addSeparator();
    a.pinHead = add(menu, Text::tr("&Pin Head"), Qt::CTRL | Qt::Key_D,
                    Text::tr("Keep the selected head in the scree curves"), "pin");
    a.unpinHead =
        add(menu, Text::tr("&Unpin Head"), Qt::CTRL | Qt::SHIFT | Qt::Key_D, Text::tr("Let a pinned head go"));
}

void buildViewMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = a.viewMenu = window->menuBar()->addMenu(Text::tr("&View"));
    a.pages = new QActionGroup(window);
    menu->addSeparator();  // the pages come above it
    QMenu* measureMenu = menu->addMenu(Text::tr("&Measure"));
    measureMenu->setToolTipsVisible(true);
    a.measures = new QActionGroup(window);
    for (const MeasureChoice& choice : usualMeasures())
        addChoice(a.measures, measureMenu, toQString(choice.label()), toQString(choice.id()),
                  toQString(choice.formula()));
    a.fieldMenu = menu->addMenu(Text::tr("&Field"));
    a.fieldMenu->setToolTipsVisible(true);
    a.fields = new QActionGroup(window);
    QMenu* quantityMenu = a.quantityMenu = menu->addMenu(Text::tr("Scree &Quantity"));
    a.quantities = new QActionGroup(window);
    addChoice(a.quantities, quantityMenu, Text::tr("&Share"), int(ScreeQuantity::share));
    addChoice(a.quantities, quantityMenu, Text::tr("&Cumulative"), int(ScreeQuantity::cumulative));
    addChoice(a.quantities, quantityMenu, Text::tr("Singular &Values σ"), int(ScreeQuantity::sigma));
    quantityMenu->addSeparator();
    a.logarithmic = add(quantityMenu, Text::tr("&Logarithmic"), {}, Text::tr("Logarithmic axis for shares and σ"));
    a.logarithmic->setCheckable(true);
    a.chartMenu = menu->addMenu(Text::tr("C&harts"));
    menu->addSeparator();
    a.nextSession = add(menu, Text::tr("&Next Session"), Qt::CTRL | Qt::Key_Tab, {});
    a.previousSession = add(menu, Text::tr("&Previous Session"), Qt::CTRL | Qt::SHIFT | Qt::Key_Tab, {});
    menu->addSeparator();
    QMenu* themeMenu = menu->addMenu(Text::tr("&Theme"));
    a.themes = new QActionGroup(window);
    addChoice(a.themes, themeMenu, Text::tr("&System"), themeId(ThemeChoice::system));
    addChoice(a.themes, themeMenu, Text::tr("&Light"), themeId(ThemeChoice::light));
    addChoice(a.themes, themeMenu, Text::tr("&Dark"), themeId(ThemeChoice::dark));
}

void buildAnalysisMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = window->menuBar()->addMenu(Text::tr("&Analysis"));
    a.run = add(menu, Text::tr("&Run…"), Qt::Key_F5, Text::tr("Analyse a model on a corpus"), "run");
    a.resume = add(menu, Text::tr("Res&ume"), Qt::SHIFT | Qt::Key_F5,
                   Text::tr("Go on with the shown session, which is not finished"));
    a.cancel = add(menu, Text::tr("&Cancel"), Qt::CTRL | Qt::Key_Period,
                   Text::tr("Stop the analysis and keep the finished layers"), "cancel");
}

void buildCompareMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = window->menuBar()->addMenu(Text::tr("&Compare"));
    menu->setToolTipsVisible(true);
    a.compareWith = add(menu, Text::tr("Compare &With…"), Qt::CTRL | Qt::Key_M,
                        Text::tr("Set the shown session against another open one"));
    a.swapCompared = add(menu, Text::tr("S&wap A and B"), Qt::CTRL | Qt::SHIFT | Qt::Key_M,
                         Text::tr("Show the other session and subtract this one"));
    menu->addSeparator();
    a.comparisonPages = new QActionGroup(window);
    addChoice(a.comparisonPages, menu, Text::tr("&Difference"), int(ComparisonPage::difference),
              Text::tr("A, B and A − B of every head"));
    addChoice(a.comparisonPages, menu, Text::tr("By &Depth"), int(ComparisonPage::depth),
              Text::tr("Median and quartiles per layer, against layer / (layers − 1)"));
    addChoice(a.comparisonPages, menu, Text::tr("Di&stribution"), int(ComparisonPage::distribution),
              Text::tr("The share of heads whose number is at most so much"));
    addChoice(a.comparisonPages, menu, Text::tr("&Head"), int(ComparisonPage::head),
              Text::tr("The spectrum of the selected head in each session"));
    int key = Qt::Key_1;
    for (QAction* action : a.comparisonPages->actions())
        action->setShortcut(Qt::ALT | Qt::Key(key++));
    menu->addSeparator();
    a.comparedMatrices = new QActionGroup(window);
    addChoice(a.comparedMatrices, menu, Text::tr("Compare &Ẽ"), int(GridQuantity::field));
    addChoice(a.comparedMatrices, menu, Text::tr("Compare W_QᵀW_&K"), int(GridQuantity::interaction));
    addChoice(a.comparedMatrices, menu, Text::tr("Compare the &Gap"), int(GridQuantity::gap));
    menu->addSeparator();
    a.copyComparison = add(menu, Text::tr("&Copy Comparison"), Qt::CTRL | Qt::ALT | Qt::Key_C,
                           Text::tr("The comparison in words, to the clipboard"));
    a.saveComparison = add(menu, Text::tr("Save Differences As…"), Qt::CTRL | Qt::ALT | Qt::Key_S,
                           Text::tr("A table (CSV): both numbers and their difference for every head and matrix"));
}

void buildHelpMenu(WindowActions& a, QMainWindow* window) {
    QMenu* menu = window->menuBar()->addMenu(Text::tr("&Help"));
    a.example =
        add(menu, Text::tr("Open &Example Session"), {}, Text::tr("A computed session that comes with Rankscope"));
    a.tour = add(menu, Text::tr("&First Tour"), {}, Text::tr("Ten minutes with the example session"));
    a.guide = add(menu, Text::tr("&Guide"), QKeySequence::HelpContents,
                  Text::tr("How to read what you are looking at, and everything else"));
    a.definitions = add(menu, Text::tr("&Definitions"), {}, Text::tr("What every number is"));
    a.shortcuts = add(menu, Text::tr("&Keyboard Shortcuts"), Qt::CTRL | Qt::Key_Slash,
                      Text::tr("Every key of the menus and the views"));
    menu->addSeparator();
    a.about = add(menu, Text::tr("&About Rankscope"), {}, Text::tr("Versions and licence"));
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
