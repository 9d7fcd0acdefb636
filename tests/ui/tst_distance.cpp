// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Position share in the window and on paper: the panel of the grid, the page of a head, the figure, the finding.
#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QSignalSpy>
#include <QtTest>

#include "core/base/error.h"
#include "tests/ui/synthetic_session.h"
#include "ui/figures/figure.h"
#include "ui/figures/figure_parts.h"
#include "ui/grid/head_grid_painter.h"
#include "ui/head/head_detail_view.h"
#include "ui/head/spread_views.h"
#include "ui/plots/distance_profile.h"
#include "ui/plots/finding.h"
#include "ui/plots/view_options.h"
#include "ui/viewmodels/cell_text.h"
#include "ui/widgets/buttons.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

constexpr int tokens = 40, heads = 4, windows = 3;
constexpr HeadRef previous{LayerIndex(1), HeadIndex(2)}, failed{LayerIndex(0), HeadIndex(3)};

// Shares 0.1 · (head + 1) + layer / 100 in window 1, a little more or less beside it. Head L01H02 looks at the token
// before: its mean is 5 at distance 1, and nothing elsewhere.
SessionPointer sessionWithShares(bool rotated = true) {
    auto session = syntheticSession({2, heads, 2, windows, 32});
    session->corpus.windowLength = session->corpus.stride = tokens;
    for (int layer = 0; layer < 2; ++layer) {
        auto result = std::make_shared<LayerResult>(*session->layers[std::size_t(layer)]);
        for (int head = 0; head < heads; ++head) {
            for (const double off : {0.02, 0.0, -0.04}) {
                result->numbers["position_share"].push_back(0.1 * (head + 1) + layer / 100.0 + off);
                if (rotated)
                    result->numbers["position_share_before_rotation"].push_back(0.01);
            }
            for (int distance = 1 - tokens; distance < tokens; ++distance)
                result->numbers["distance_means"].push_back(layer == 1 && head == 2 ? (distance == 1 ? 5.0f : 0.0f)
                                                                                    : float(distance) / 100);
        }
        session->layers[std::size_t(layer)] = result;
    }
    return withFailedHead(*session, failed, "query: expected finite values, found NaN");
}

FigureRequest distanceFigureOf(std::vector<HeadRef> of) {
    FigureRequest request;
    request.kind = FigureKind::distance;
    request.widthMm = 89;
    request.scree.heads = std::move(of);
    return request;
}

}  // namespace

class TestDistance : public QObject {
    Q_OBJECT

private:
    TestSurroundings m_surroundings;

private Q_SLOTS:
    void curves() {
        const SessionPointer session = sessionWithShares();
        const DistanceProfile profile =
            makeDistanceProfile(*session, {{previous, 0, true, false}, {failed, 1, false, false}});
        QCOMPARE(profile.curves.size(), 1u);  // the failed one has none
        const DistanceCurve& curve = profile.curves.front();
        QCOMPARE(curve.means.size(), std::size_t(2 * tokens - 1));
        QCOMPARE(profile.distanceAt(0), 1 - tokens);
        QCOMPARE(curve.means[tokens], 5.0);
        QCOMPARE(profile.distanceAt(tokens), 1);
        QVERIFY(std::abs(curve.share - 0.31) < 1e-12);
        QCOMPARE(peakText(curve), u"largest at i − j = 1: 5.00, the previous token"_s);
        QCOMPARE(positionShareText(*session, previous),
                 u"position share 0.31 (0.27–0.33 over 3 windows), before rotation 0.01 (0.01–0.01 over 3 "
                 "windows)"_s);
        QVERIFY(makeDistanceProfile(*syntheticSession({2, 4, 2, 3, 32}), {{previous, 0, true, false}}).curves.empty());
    }

    void page() {
        HeadDetailView view;
        view.resize(900, 500);
        view.show();
        const SessionPointer session = sessionWithShares();
        view.setHead(session, previous, GridChoice());
        view.showTab(HeadDetailView::distanceTab);
        DistanceView& chart = *view.distances();
        QVERIFY(chart.isVisible());
        QVERIFY2(chart.accessibleDescription().contains(u"previous token"_s),
                 qPrintable(chart.accessibleDescription()));
        bool shown = false;
        for (const QLabel* label : view.findChildren<QLabel*>())
            shown = shown || (label->isVisible() && label->text().startsWith(u"position share 0.31"_s));
        QVERIFY(shown);
        // By keyboard: the read-out begins somewhere on the curve and goes along it.
        QSignalSpy reading(&chart, &ChartView::readingChanged);
        chart.setFocus();
        QTest::keyClick(&chart, Qt::Key_Right);
        QTest::keyClick(&chart, Qt::Key_Right);
        QVERIFY(reading.count() >= 2);
        QVERIFY2(reading.last().first().toString().contains(u"i − j = "_s),
                 qPrintable(reading.last().first().toString()));
        for (TextButton* button : view.findChildren<TextButton*>())
            if (button->text() == u"nearest tokens"_s)
                button->click();
        QVERIFY(std::abs(chart.visiblePart().width() - 32.0 / 39) < 1e-9);
        for (QAction* action : chart.actions())
            if (action->text().contains(u"Numbers"_s))
                action->trigger();
        const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n');
        QCOMPARE(lines[0], u"distance\tL01H02"_s);
        QVERIFY(lines.contains(u"1\t5"_s));
        QCOMPARE(lines.size(), 1 + 2 * tokens - 1 + 1);
        // A session of an older version says what to do.
        view.setHead(syntheticSession({2, 4, 2, 3, 32}), previous, GridChoice());
        bool hinted = false;
        for (const QLabel* label : chart.findChildren<QLabel*>())
            hinted = hinted || (label->isVisible() && label->text().contains(u"older version"_s));
        QVERIFY(hinted);
    }

    void gridPanel() {
        const SessionPointer session = sessionWithShares();
        GridChoice choice;
        QCOMPARE(makeHeadGrid(*session, choice).panels.size(), 3u);
        choice.positionShare = true;
        HeadGrid grid = makeHeadGrid(*session, choice);
        QCOMPARE(grid.panels.size(), 4u);
        const GridPanel& panel = grid.panels.back();
        QCOMPARE(panel.quantity, GridQuantity::positionShare);
        QVERIFY(std::abs(panel.values[grid.index(previous)] - 0.31) < 1e-12);
        QVERIFY(std::isnan(panel.values[grid.index(failed)]));
        QCOMPARE(panelNumber(panel, 0.31), u"0.31"_s);
        arrange(grid, HeadOrder::positionShare, {GridQuantity::positionShare, 0.25, std::nullopt});
        QCOMPARE(grid.headAt(1, 0), (HeadRef{LayerIndex(1), HeadIndex(0)}));
        QCOMPARE(countInside(grid, {GridQuantity::positionShare, 0.25, std::nullopt}).inside, 3);
        QVERIFY(cellSummary(grid, previous).contains(u"Position share 0.31"_s));
        const QString text = cellText(*session, choice, previous, GridQuantity::positionShare);
        QVERIFY2(text.contains(u"<b>0.31</b>"_s) && text.contains(u"before rotation 0.01"_s), qPrintable(text));
        QVERIFY(panelText(*session, choice, GridQuantity::positionShare).contains(u"distance alone"_s));
        // Every panel has a place of its own among the ranges that can be locked.
        choice.number = positionShareBeforeRotationId;
        const HeadGrid numbered = makeHeadGrid(*session, choice);
        QCOMPARE(numbered.panels.back().quantity, GridQuantity::number);
        GridColours colours;
        for (std::size_t slot = 0; slot < colours.locked.size(); ++slot)
            colours.locked[slot] = ColourRange{0, double(slot + 1)};
        HeadGridStyle style;
        applyColours(style, numbered, colours);
        QCOMPARE(style.ranges.back(), colours.locked.back());
        applyColours(style, numbered, GridColours());
        QVERIFY(!style.ranges.back());  // the colours span its own values
        choice.number = {};
        // Neither where the session has none nor for KV heads.
        QCOMPARE(makeHeadGrid(*syntheticSession({2, 4, 2, 3, 32}), choice).panels.size(), 3u);
        choice.field = Variant::kvField;
        QCOMPARE(makeHeadGrid(*session, choice).panels.size(), 3u);
    }

    void choiceIsKept() {
        QSettings settings(m_surroundings.path(u"kept.ini"_s), QSettings::IniFormat);
        ViewOptions options, again;
        QSignalSpy changed(&options, &ViewOptions::changed);
        options.setPositionShare(true);
        QCOMPARE(changed.count(), 1);
        QVERIFY(options.gridChoice(*sessionWithShares()).positionShare);
        options.saveCharts(settings);
        again.restoreCharts(settings);
        QVERIFY(again.positionShare());
    }

    void finding() {
        const QString said = makeFinding(*sessionWithShares(), GridChoice()).context;
        QVERIFY2(said.contains(u"relative distance alone is 21 % of Ẽ"_s), qPrintable(said));
        GridChoice before;
        before.field = Variant::fieldBeforeRotation;
        QVERIFY(!makeFinding(*sessionWithShares(), before).context.contains(u"distance"_s));
        QVERIFY(!makeFinding(*smolSession(), GridChoice()).context.contains(u"distance"_s));
    }

    void figure() {
        const SessionPointer session = sessionWithShares();
        const FigureRequest request = distanceFigureOf({previous, {LayerIndex(0), HeadIndex(1)}});
        QCOMPARE(figureProblem(*session, request), QString());
        const FigureData data = figureKindInfo(FigureKind::distance).data(*session, request);
        QCOMPARE(data.panels.size(), 1u);
        const std::vector<ChartSeries>& series = data.panels[0].chart.series;
        QCOMPARE(series.size(), 4u);  // with the lines at 0, which are no data
        QCOMPARE(std::ranges::count(series, "head", &ChartSeries::part), 2);
        QCOMPARE(std::ranges::count(series, "", &ChartSeries::part), 2);
        QCOMPARE(series[0].points.front().x(), 1.0 - tokens);
        QCOMPARE(series[0].points[tokens].y(), 5.0);
        QCOMPARE(data.table.rows.size(), std::size_t(2 * (2 * tokens - 1)));
        const QString caption = figureCaption(*session, request);
        QVERIFY2(caption.contains(u"L01H02 (0.31)"_s) && caption.contains(u"Σ_δ n_δ m(δ)²"_s), qPrintable(caption));
        for (const FigureFormat& format : figureFormats()) {
            const QString path = m_surroundings.path(u"distance."_s + toQString(format.extension));
            writeFigure(*session, request, path);
            QVERIFY2(QFileInfo(path).size() > 300, format.extension.data());
        }
        QVERIFY(figureProblem(*session, distanceFigureOf({})).contains(u"at least one head"_s));
        QVERIFY(figureProblem(*session, distanceFigureOf({failed})).contains(u"L00H03"_s));
        QVERIFY(figureProblem(*smolSession(), distanceFigureOf({previous})).contains(u"older versions"_s));
    }

    void gridFigure() {
        const SessionPointer session = sessionWithShares();
        FigureRequest request;
        request.panels = {GridQuantity::positionShare};
        QCOMPARE(figureProblem(*session, request), QString());
        const FigureData data = figureKindInfo(FigureKind::grid).data(*session, request);
        QCOMPARE(data.panels.size(), 1u);
        QVERIFY(std::ranges::count(data.table.columns, "position_share") == 1);
        QVERIFY(figureCaption(*session, request).contains(u"position share (Σ_δ"_s));
        QVERIFY(figureProblem(*smolSession(), request).contains(u"position_share"_s));
    }
};

QTEST_MAIN(TestDistance)
#include "tst_distance.moc"
