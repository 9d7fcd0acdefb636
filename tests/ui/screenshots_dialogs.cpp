// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Pictures of dialogs: help, and the exports of figures and tables.

#include "core/session_file/session_file.h"
#include "screenshots.h"
#include "ui/export/export_dialog.h"
#include "ui/export/figure_form.h"
#include "ui/export/figure_preview.h"
#include "ui/export/table_dialog.h"
#include "ui/viewmodels/guide.h"
#include "ui/window/guide_window.h"
#include "ui/window/help_dialogs.h"

namespace rankscope {

namespace {

FigureRequest requestOf(FigureKind kind) {
    FigureRequest request;
    request.kind = kind;
    request.scree.heads = {{LayerIndex(11), HeadIndex(4)}, {LayerIndex(3), HeadIndex(7)}};
    return request;
}

void shootFigures(const Camera& camera, const SessionPointer& session) {
    for (const FigureKindInfo& kind : figureKinds()) {
        ExportDialog dialog(session, requestOf(kind.kind));
        dialog.show();
        camera.shoot(dialog, QStringLiteral("export-") + QLatin1String(kind.id.data(), int(kind.id.size())));
        dialog.close();
    }
    ExportDialog dialog(session, requestOf(FigureKind::scree));
    dialog.form()->change([](FigureRequest& request) { request.widthMm = 88.9, request.fontPt = 8; });
    dialog.form()->chooseFormat(figureFormatOf(QStringLiteral("a.png")));
    dialog.resize(760, 560);
    dialog.show();
    camera.shoot(dialog, QStringLiteral("export-small"));
    dialog.preview()->setZoom(2);
    dialog.copyFigure();
    camera.shoot(dialog, QStringLiteral("export-zoomed"));
    dialog.form()->change([](FigureRequest& request) { request.widthMm = 21; });
    camera.shoot(dialog, QStringLiteral("export-problem"));
    dialog.close();
}

}  // namespace

void shootDialogs(const Camera& camera, const QString& path) {
    QDialog* about = makeAboutDialog(nullptr);
    about->show();
    camera.shoot(*about, QStringLiteral("about"));
    about->close();
    GuideWindow guide(nullptr);
    guide.show();
    for (const GuideChapter& chapter : guideChapters()) {
        guide.showPage(chapter.file);
        camera.shoot(guide, QStringLiteral("guide-") + chapter.file.section(u'.', 0, 0));
    }
    guide.search(QStringLiteral("attention sink"));
    camera.shoot(guide, QStringLiteral("guide-search"));
    guide.close();
    const SessionPointer session = openSession(path.toStdString());
    shootFigures(camera, session);
    TableDialog table(session);
    table.show();
    camera.shoot(table, QStringLiteral("table-dialog"));
}

}  // namespace rankscope
