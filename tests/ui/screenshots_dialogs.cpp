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
#include "ui/window/help.h"

using namespace Qt::StringLiterals;

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
        camera.shoot(dialog, u"export-"_s + QLatin1String(kind.id.data(), int(kind.id.size())));
        dialog.close();
    }
    ExportDialog dialog(session, requestOf(FigureKind::scree));
    dialog.form()->change([](FigureRequest& request) { request.widthMm = 88.9, request.fontPt = 8; });
    dialog.form()->chooseFormat(figureFormatOf(u"a.png"_s));
    dialog.resize(760, 560);
    dialog.show();
    camera.shoot(dialog, u"export-small"_s);
    dialog.preview()->setZoom(2);
    dialog.copyFigure();
    camera.shoot(dialog, u"export-zoomed"_s);
    dialog.form()->change([](FigureRequest& request) { request.widthMm = 21; });
    camera.shoot(dialog, u"export-problem"_s);
    dialog.close();
}

}  // namespace

void shootDialogs(const Camera& camera, const QString& path) {
    QDialog* about = makeAboutDialog(nullptr);
    about->show();
    camera.shoot(*about, u"about"_s);
    about->close();
    GuideWindow guide(nullptr);
    guide.show();
    for (const GuideChapter& chapter : guideChapters()) {
        guide.showPage(chapter.file);
        camera.shoot(guide, u"guide-"_s + chapter.file.section(u'.', 0, 0));
    }
    guide.search(u"attention sink"_s);
    camera.shoot(guide, u"guide-search"_s);
    guide.close();
    const SessionPointer session = openSession(path.toStdString());
    shootFigures(camera, session);
    TableDialog table(session);
    table.show();
    camera.shoot(table, u"table-dialog"_s);
}

}  // namespace rankscope
