// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "head_pictures.h"

#include <QTableView>

#include "core/analysis/gaussian_baseline.h"
#include "core/session_file/session_file.h"
#include "ui/charts/key_chart.h"
#include "ui/head/components_view.h"
#include "ui/head/field_canvas.h"
#include "ui/head/field_view.h"
#include "ui/head/head_detail_view.h"
#include "ui/head/spread_views.h"
#include "ui/plots/components.h"
#include "ui/widgets/buttons.h"

using namespace Qt::StringLiterals;

namespace rankscope {

namespace {

void shootPages(HeadDetailView& view, const QString& name, const Shoot& shoot) {
    const auto picture = [&](const char* page) { shoot(view, name + QLatin1String(page)); };
    view.showTab(HeadDetailView::numbersTab);
    picture("-numbers");
    view.showTab(HeadDetailView::windowsTab);
    picture("-windows");
    view.showTab(HeadDetailView::fieldTab);
    picture("-field");
    FieldCanvas& canvas = *view.field()->canvas();
    view.field()->setRank(3);
    view.field()->setPart(FieldPart::left);
    canvas.setDimUnseen(true);
    canvas.setMarkedQuery(70);
    picture("-field-rest");
    view.field()->setPart(FieldPart::kept);
    canvas.setVisibleTokens(QRectF(40.5, 41, 24, 24));
    canvas.setMarkedQuery(47);
    picture("-field-zoomed");
    canvas.zoomOut();
    canvas.setDimUnseen(false);
    view.showTab(HeadDetailView::componentsTab);
    view.components()->setComponent(1);
    picture("-components");
    view.components()->findChild<TextTabs*>()->setCurrent(2);
    Q_EMIT view.components()->findChild<TextTabs*>()->chosen(2);
    view.components()->strip()->setCurrent(17);
    picture("-components-text");
    Q_EMIT view.components()->findChild<TextTabs*>()->chosen(0);
    view.showTab(HeadDetailView::keysTab);
    view.keys()->chart()->setReading(17);
    picture("-keys");
    view.keys()->chart()->setLogarithmic(true);
    view.keys()->findChild<TextTabs*>()->setCurrent(1);
    Q_EMIT view.keys()->findChild<TextTabs*>()->chosen(1);
    picture("-keys-log");
    view.keys()->chart()->setLogarithmic(false);
    view.showTab(HeadDetailView::distanceTab);
    picture("-distance");
    view.distances()->showNear(true);
    picture("-distance-near");
    view.distances()->showNear(false);
}

}  // namespace

void shootHeadPages(const QString& sessionPath, const Shoot& shoot) {
    auto session = std::make_shared<Session>(*openSession(sessionPath.toStdString()));
    if (session->baseline.empty())
        session->baseline = gaussianBaseline(*session, {});
    const auto shootHead = [&](HeadRef head, QSize size, const QString& name) {
        HeadDetailView view;
        view.setBackgroundRole(QPalette::Base);
        view.setAutoFillBackground(true);
        view.resize(size);
        view.show();
        view.setHead(session, head, {});
        shootPages(view, name, shoot);
    };
    shootHead({LayerIndex(11), HeadIndex(4)}, {435, 400}, u"head-panel"_s);
    shootHead({LayerIndex(3), HeadIndex(7)}, {960, 768}, u"head-window"_s);
    shootHead({LayerIndex(3), HeadIndex(7)}, {435, 270}, u"head-low"_s);
}

}  // namespace rankscope
