// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/figures/figure.h"

#include <QFontDatabase>
#include <QFontMetricsF>
#include <QPaintEngine>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/error.h"
#include "ui/drawing/rich_label.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"

namespace rankscope {

namespace {

// A sans serif that has Ẽ: the free twin of Arial, Arial or Helvetica themselves, else what every Debian has.
QString fontFamily() {
    for (const char* name : {"Liberation Sans", "Arial", "Helvetica", "Nimbus Sans", "DejaVu Sans"}) {
        const QString family = QString::fromLatin1(name);
        if (QFontDatabase::hasFamily(family) && QFontMetricsF(QFont(family)).inFontUcs4(U'Ẽ'))
            return family;
    }
    return QFontDatabase::systemFont(QFontDatabase::GeneralFont).family();
}

double titleHeight(const FigureRequest& request) {  // in mm
    return request.look.title ? 1.5 * QFontMetricsF(figureFont(request)).height() / unitsPerMm : 0;
}

void paintTitle(QPainter& painter, const QRectF& area, const Session& session, const FigureRequest& request) {
    QFont font = figureFont(request);
    font.setBold(true);
    const QString title = QFontMetricsF(font).elidedText(figureTitle(session, request), Qt::ElideRight, area.width());
    painter.setPen(figureInk);
    RichLabel(toHtml(title), font).draw(painter, area, Qt::AlignLeft | Qt::AlignTop);
}

void checkSize(const Session& session, const FigureRequest& request, const FigureKindInfo& kind) {
    if (!(request.fontPt >= smallestPt && request.fontPt <= largestPt))
        refuse("font size", "5 to 10 pt", QString::number(request.fontPt).toStdString());
    const double narrowest = kind.narrowest(session, request);
    if (!(request.widthMm >= narrowest && request.widthMm <= 2000))
        refuse("width", (millimetres(std::ceil(narrowest)) + u" to 2000 mm"_s).toStdString(),
               millimetres(request.widthMm).toStdString());
    if (request.heightMm != 0 && !(request.heightMm >= lowestMm && request.heightMm <= 2000))
        refuse("height", "25 mm to 2000 mm", millimetres(request.heightMm).toStdString());
}

}  // namespace

// THE TABLE OF FIGURE KINDS, in the order of the enumeration. What each kind is stands in the file of its family.
std::span<const FigureKindInfo> figureKinds() {
    static const std::array kinds{gridFigure(),       screeFigure(),  depthFigure(),  distributionFigure(),
                                  gapFigure(),        lengthFigure(), fieldFigure(),  distanceFigure(),
                                  comparisonFigure(), sheetFigure(),  causalFigure(), causalRankFigure()};
    return kinds;
}

const FigureKindInfo& figureKindInfo(FigureKind kind) {
    return *std::ranges::find(figureKinds(), kind, &FigureKindInfo::kind);
}

QString figureKindLabel(FigureKind kind) {
    return QString::fromUtf8(figureKindInfo(kind).label);
}

QString onOneLine(QString text) {
    std::ranges::replace_if(
        text, [](QChar c) { return c < u' ' || c == QChar(0x7F); }, u' ');
    return text;
}

QFont figureFont(const FigureRequest& request) {
    static const QString family = fontFamily();
    QFont font(family);
    font.setPixelSize(std::max(1, int(std::lround(request.fontPt * mmPerPoint * unitsPerMm))));
    font.setHintingPreference(QFont::PreferNoHinting);  // the same widths at every resolution
    font.setStyleStrategy(QFont::ForceOutline);
    return font;
}

double tickSpacing(TickDensity density) {
    return density == TickDensity::few ? 2 : density == TickDensity::many ? 0.6 : 1;
}

ChartStyle figureChartStyle(const FigureRequest& request) {
    const FigureLook& look = request.look;
    ChartStyle style{figureFont(request), curveMm * unitsPerMm, figureInk, figureMutedInk, figurePaper};
    style.gridLines = look.gridLines;
    style.labels = look.labels;
    style.keys = look.legend;
    style.notes = false;  // the caption says it
    style.grey = look.greyscale;
    style.tickSpacing = tickSpacing(look.ticks);
    style.visible = request.visible;
    return style;
}

HeadGridStyle figureGridStyle(const FigureRequest& request) {
    HeadGridStyle style;
    style.font = figureFont(request);
    style.unit = 0.6 * style.font.pixelSize();
    style.lineWidth = hairlineMm * unitsPerMm;
    style.devicePixel = 0;
    style.text = figureInk;
    style.mutedText = figureMutedInk;
    style.background = figurePaper;
    style.hatch = QColor(0xb0, 0xb0, 0xb0);
    style.cellNumbers = request.look.numbers;
    style.smallestText = smallestPt * mmPerPoint * unitsPerMm;
    style.tickSpacing = tickSpacing(request.look.ticks);
    style.titles = request.look.labels || request.look.letters != PanelLetters::none;
    style.colouredTitles = false;
    style.legends = request.look.legend;
    style.greyDifferences = request.look.greyscale;
    return style;
}

double devicePixelOf(const QPainter& painter) {
    const double pixelsPerUnit = painter.deviceTransform().m11();
    const bool fine = pixelsPerUnit * unitsPerMm * 25.4 >= crispDpi;
    return fine && painter.paintEngine()->type() == QPaintEngine::Raster ? 1 / pixelsPerUnit : 0;
}

QString panelLetter(const FigureLook& look, int panel) {
    const int number = look.firstLetter + panel;
    QString letter(QChar(u'a' + number % 26));
    if (number >= 26)
        letter.prepend(QChar(u'a' + number / 26 - 1));
    switch (look.letters) {
        case PanelLetters::parentheses:
            return u'(' + letter + u')';
        case PanelLetters::bold:
            return u"<b>%1</b>"_s.arg(letter);
        case PanelLetters::none:
            break;
    }
    return {};
}

void paintLetter(QPainter& painter, const QRectF& area, const FigureRequest& request) {
    const QString letter = panelLetter(request.look);
    if (letter.isEmpty())
        return;
    painter.setPen(figureInk);
    RichLabel(letter, figureFont(request)).draw(painter, area, Qt::AlignLeft | Qt::AlignTop);
}

void refuse(std::string_view subject, std::string_view expected, const std::string& found) {
    throw Error(ErrorCode::mismatch, "figure", subject, expected, found);
}

QString millimetres(double mm) {
    return QString::number(mm, 'g', 4) + u" mm"_s;
}

void checkVariant(const Session& session, Variant variant) {
    if (!session.has(variant))
        refuse(variantInfo(variant).id, "spectra in the session", "none");
}

void checkHead(const Session& session, HeadRef head) {
    if (head.layer.value < 0 || head.layer.value >= session.model.layers || head.head.value < 0 ||
        head.head.value >= session.model.heads)
        refuse(headName(head),
               "a head up to " + headName({LayerIndex(session.model.layers - 1), HeadIndex(session.model.heads - 1)}),
               "no such head");
    if (session.state(head) == HeadState::failed)
        refuse(headName(head), "a head with a spectrum", "failed: " + std::string(session.failureReason(head)));
    if (session.state(head) != HeadState::done)
        refuse(headName(head), "a head with a spectrum", "not computed yet");
}

void checkHeads(const Session& session, const FigureRequest& request) {
    for (const HeadRef head : request.heads())
        checkHead(session, head);
}

void checkFigure(const Session& session, const FigureRequest& request) {
    const FigureKindInfo& kind = figureKindInfo(request.kind);
    kind.check(session, request);
    checkSize(session, request, kind);
}

QString figureProblem(const Session& session, const FigureRequest& request) {
    try {
        checkFigure(session, request);
    } catch (const Error& error) {
        return u"%1: expected %2, found %3"_s.arg(toQString(error.subject()), toQString(error.expected()),
                                                  toQString(error.found()));
    }
    return {};
}

QSizeF figureSize(const Session& session, const FigureRequest& request) {
    if (request.heightMm > 0)
        return {request.widthMm, request.heightMm};
    return {request.widthMm, figureKindInfo(request.kind).height(session, request) + titleHeight(request)};
}

void paintFigure(QPainter& painter, const Session& session, const FigureRequest& request) {
    const QRectF page(QPointF(), figureSize(session, request) * unitsPerMm);
    painter.save();
    painter.scale(10 / unitsPerMm, 10 / unitsPerMm);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
    painter.fillRect(page, figurePaper);
    constexpr double inset = insetMm * unitsPerMm;
    const QRectF inside = page.adjusted(inset, inset, -inset, -inset);
    if (request.look.title)
        paintTitle(painter, inside, session, request);
    figureKindInfo(request.kind)
        .paint(painter, inside.adjusted(0, titleHeight(request) * unitsPerMm, 0, 0), session, request);
    painter.restore();
}

QString figureTitle(const Session& session, const FigureRequest& request) {
    return onOneLine(u"%1, %2, %3"_s.arg(figureKindInfo(request.kind).title(request), toQString(session.model.name),
                                         toQString(session.corpus.name)));
}

}  // namespace rankscope
