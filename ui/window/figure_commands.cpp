// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/figure_commands.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QMimeData>
#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "ui/charts/chart_view.h"
#include "ui/export/export_dialog.h"
#include "ui/figures/figure_export.h"
#include "ui/head/field_canvas.h"
#include "ui/head/field_view.h"
#include "ui/head/head_detail_view.h"
#include "ui/head/spread_views.h"

namespace rankscope {

namespace {

FieldChoice shownField(const FieldView& view) {
    const FieldCanvas& canvas = *view.canvas();
    FieldChoice choice;
    choice.part = view.part();
    choice.rank = view.rank();
    choice.outlineVisibleKeys = canvas.map().dimUnseen;
    choice.strongestCell = canvas.pixelValue() == PixelValue::peak;
    choice.wholeRange = canvas.wholeRange();
    // Queries and keys alike: the smallest stretch of the text that holds all that is visible.
    const QRectF visible = canvas.cells().visible;
    const int tokens = canvas.map().tokens;
    const double first = std::floor(std::min(visible.left(), visible.top())),
                 end = std::ceil(std::max(visible.right(), visible.bottom()));
    if (visible.isValid() && (first > 0 || end < tokens)) {
        choice.firstToken = std::max(0, int(first));
        choice.lastToken = std::min(tokens, int(end));
    }
    return choice;
}

}  // namespace

Command FigureCommands::command(Kind kind) {
    static const Command commands[] = {{"exportFigure",
                                        u"&Export Figure…"_s,
                                        Qt::CTRL | Qt::SHIFT | Qt::Key_E,
                                        u"What is shown, as a figure for a paper: PDF, SVG, image, numbers"_s,
                                        {},
                                        {},
                                        "export"},
                                       {"copyFigure", u"Copy Fi&gure"_s, Qt::CTRL | Qt::ALT | Qt::Key_F,
                                        u"What is shown, to the clipboard as PDF, SVG and PNG"_s},
                                       {"copyCaption", u"Copy C&aption"_s, Qt::CTRL | Qt::ALT | Qt::SHIFT | Qt::Key_F,
                                        u"What the figure shows in words: measure, matrices, model, text"_s}};
    Command command = commands[kind];
    command.act = [this, kind] {
        if (const QWidget* view = viewInSight())
            run(kind, *view);
    };
    command.available = [this] { return m_parts.session() && m_parts.session()->finishedLayers() > 0; };
    return command;
}

void FigureCommands::connectViews() {
    for (const auto& [view, kind] : m_parts.view->figureViews())
        addView(view, kind);
    addDetail(*m_parts.view->detail());
    connect(m_parts.view->detail(), &HeadDetailView::enlarged, this,
            [this](HeadDetailView* large) { addDetail(*large); });
}

void FigureCommands::addDetail(const HeadDetailView& detail) {
    addView(detail.field()->canvas(), FigureKind::field);
    addView(detail.distances(), FigureKind::distance);
}

void FigureCommands::addView(QWidget* view, FigureKind kind) {
    m_views.emplace_back(view, kind);
    auto* separator = new QAction(view);
    separator->setSeparator(true);
    view->addAction(separator);
    for (const Kind kind : {exportFigure, copyFigure, copyCaption}) {
        const Command model = command(kind);
        auto* action = new QAction(model.text, view);
        action->setToolTip(model.tip);
        connect(action, &QAction::triggered, this, [this, view, kind] { run(kind, *view); });
        view->addAction(action);
    }
}

QWidget* FigureCommands::viewInSight() const {
    QWidget* first = nullptr;
    const QWidget* focus = QApplication::focusWidget();
    for (const auto& [view, kind] : m_views) {
        if (!view || !view->isVisible() || view->window() != m_parts.window)
            continue;
        if (view->hasFocus() || (focus && view->isAncestorOf(focus)))
            return view;
        if (!first)
            first = view;
    }
    return first;
}

FigureRequest FigureCommands::shownFigure(const QWidget& view) const {
    const SessionPointer session = m_parts.session();
    const ViewOptions& options = *m_parts.options;
    const Selection& selection = *m_parts.selection;
    FigureRequest request;
    for (const auto& [known, kind] : m_views)
        if (known == &view)
            request.kind = kind;
    request.grid = options.gridChoice(*session);
    if (request.grid.positionShare && hasPositionShare(*session, request.grid.field))
        request.panels.push_back(GridQuantity::positionShare);
    if (hasNumber(*session, request.grid.field, request.grid.number))
        request.panels.push_back(GridQuantity::number);
    request.colours = options.grid()->colours();
    request.order = options.grid()->order();
    request.filter = options.grid()->filter();
    request.charts = options.charts();
    request.scree = options.screeChoice(*session, selection.shown());
    if ((request.kind == FigureKind::field || request.kind == FigureKind::distance) &&
        selection.current())  // of the selected head
        request.scree.heads = {*selection.current()};
    for (const HeadRef head : request.scree.heads)
        request.scree.pins.push_back(selection.pinNumber(head));
    if (const auto* chart = qobject_cast<const ChartView*>(&view))
        request.visible = chart->visiblePart();
    const ComparisonView& comparison = *m_parts.view->comparison();
    request.comparison = ComparisonContent(int(comparison.page()));
    request.compared = comparison.quantity();
    request.others = m_parts.pair->sessions();
    if (!request.others.empty())
        request.others.erase(request.others.begin());
    const auto* field = m_parts.view->detail()->field();
    for (const QWidget* parent = &view; parent; parent = parent->parentWidget())
        if (const auto* other = qobject_cast<const FieldView*>(parent))
            field = other;
    request.field = shownField(*field);
    return request;
}

void FigureCommands::run(Kind kind, const QWidget& view) {
    constexpr void (FigureCommands::*what[])(const QWidget&) = {&FigureCommands::openExport, &FigureCommands::copy,
                                                                &FigureCommands::copyWords};
    (this->*what[kind])(view);
}

void FigureCommands::openExport(const QWidget& view) {
    auto* dialog = new ExportDialog(m_parts.session(), shownFigure(view), m_parts.window);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const auto pathOf = [this](int id) {
        const SessionEntry* entry = m_parts.workspace->find(id);
        return entry && entry->saved ? entry->path : QString();
    };
    QStringList others;
    for (const int id : m_parts.pair->ids())
        if (id != m_parts.shown)
            others << pathOf(id);
    dialog->setPaths(pathOf(m_parts.shown), others);
    connect(dialog, &ExportDialog::written, this,
            [this](const QString& path) { m_parts.announce(u"Figure written to %1"_s.arg(path)); });
    dialog->open();
}

void FigureCommands::copy(const QWidget& view) {
    FigureRequest request = shownFigure(view);
    recallPaper(request);
    try {
        QGuiApplication::clipboard()->setMimeData(figureMimeData(*m_parts.session(), request));
        m_parts.announce(u"Figure copied as PDF, SVG and PNG"_s);
    } catch (const Error& error) {
        m_parts.showError(QString::fromUtf8(error.what()));
    }
}

void FigureCommands::copyWords(const QWidget& view) {
    FigureRequest request = shownFigure(view);
    recallPaper(request);
    const QString problem = figureProblem(*m_parts.session(), request);
    if (!problem.isEmpty())
        return m_parts.showError(problem);
    QGuiApplication::clipboard()->setText(figureCaption(*m_parts.session(), request));
    m_parts.announce(u"Caption copied"_s);
}

}  // namespace rankscope
