// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Sessions set against each other: the grids of two and their difference, or curves of any number of them.
#include <QPainter>

#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

bool isGrid(const FigureRequest& request) {
    return request.comparison == ComparisonContent::difference;
}

ComparisonChoice choiceOf(const FigureRequest& request) {
    return comparisonChoice(request.grid, request.compared);
}

void check(const Session& session, const FigureRequest& request) {
    if (request.others.empty())
        refuse("sessions", "a second session to compare with", "none");
    const ComparisonChoice choice = choiceOf(request);
    for (const SessionPointer& each : comparedSessions(session, request)) {
        checkVariant(*each, choice.matrix.variant);
        if (choice.matrix.gap)
            checkVariant(*each, request.grid.interaction);
    }
    if (isGrid(request) && !compareSessions(session, *request.others.front(), choice).sameShape)
        refuse("difference", "two models with as many layers and heads", "other shapes");
    if (request.comparison != ComparisonContent::spectrum)
        return;
    if (choice.matrix.gap)
        refuse("spectrum", "a matrix: field or interaction", "the gap");
    if (request.heads().empty())
        refuse("heads", "the head whose spectra are compared", "none");
    checkHeads(session, request);
}

double narrowest(const Session& session, const FigureRequest& request) {
    return isGrid(request) ? narrowestGrid(differenceGrid(session, request), request)
                           : narrowestChart(session, request);
}

double height(const Session& session, const FigureRequest& request) {
    return isGrid(request) ? gridHeight(differenceGrid(session, request), request) : chartHeight(session, request);
}

void paint(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    if (isGrid(request))
        return paintGrid(painter, area, differenceGrid(session, request), request);
    paintChartFigure(painter, area, session, request);
}

FigureData data(const Session& session, const FigureRequest& request) {
    return isGrid(request) ? differenceData(session, request) : chartData(session, request);
}

ChartModel chart(const Session& session, const FigureRequest& request) {
    const Sessions sessions = comparedSessions(session, request);
    const ComparisonChoice choice = choiceOf(request);
    if (request.comparison == ComparisonContent::spectrum)
        return makeSpectrumPlot(sessions, choice, request.heads().front());
    const ComparisonData data = makeComparisonData(sessions, choice);
    return request.comparison == ComparisonContent::depth ? makeDepthPlot(data) : makeDistributionPlot(data);
}

QString contentText(const FigureRequest& request) {
    switch (request.comparison) {
        case ComparisonContent::difference:
            return u"for every head, in both sessions, and the difference"_s;
        case ComparisonContent::depth:
            return u"by relative depth, layer / (layers − 1); lines and bands: medians and quartiles over the "
                   "heads of a layer"_s;
        case ComparisonContent::distribution:
            return u"as empirical distribution functions over heads"_s;
        case ComparisonContent::spectrum:
            break;
    }
    return u"spectrum of head %1"_s.arg(toQString(headName(request.heads().front())));
}

QString sentence(const Session& session, const FigureRequest& request) {
    const Sessions sessions = comparedSessions(session, request);
    const std::vector<QString> names = sessionNames(sessions);
    QStringList compared;
    for (std::size_t i = 0; i < sessions.size(); ++i)
        compared << u"%1 (%2, %3, %4)"_s.arg(names[i], toQString(sessions[i]->model.name),
                                             toQString(sessions[i]->corpus.name), windowsText(sessions[i]->corpus));
    return u"%1, %2. Sessions: %3."_s.arg(comparisonDefinition(choiceOf(request)).replace(u'\n', u"; "_s),
                                          contentText(request), compared.join(u"; "_s));
}

}  // namespace

Sessions comparedSessions(const Session& session, const FigureRequest& request) {
    Sessions sessions{SessionPointer(SessionPointer(), &session)};
    sessions.insert(sessions.end(), request.others.begin(), request.others.end());
    return sessions;
}

FigureGrid differenceGrid(const Session& session, const FigureRequest& request) {
    const Session& other = *request.others.front();
    FigureGrid figure{makeComparisonGrid(session, other, compareSessions(session, other, choiceOf(request))), {}};
    figure.legendTitles = legendTitlesFor(figure.grid, request.grid.measure);
    return figure;
}

FigureKindInfo comparisonFigure() {
    using enum FigureOption;
    return {FigureKind::comparison,
            "comparison",
            "Comparison of sessions",
            "a second session",
            optionsOf({measure, matrices, colours, heads, FigureOption::sessions, axes}),
            [](const FigureRequest&) { return u"Comparison"_s; },
            sentence,
            check,
            chart,
            narrowest,
            height,
            paint,
            data,
            [](const FigureRequest& request) { return isGrid(request) ? 3 : 1; }};
}

}  // namespace rankscope
