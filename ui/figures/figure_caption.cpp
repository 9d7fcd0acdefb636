// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a figure shows, in words: for the caption of a paper and the metadata of the file.
#include <algorithm>

#include "core/session/head_quantity.h"
#include "ui/figures/figure_parts.h"
#include "ui/text/text.h"
#include "ui/viewmodels/head_identity.h"
#include "ui/viewmodels/uncertainty_text.h"

namespace rankscope {

namespace {

QString modelSentence(const ModelFacts& model) {
    return u"Model: %1 (%2 layers × %3 query heads, %4 key heads, head size %5)."_s.arg(
        toQString(model.name), asText(model.layers), asText(model.heads), asText(model.kvHeads),
        asText(model.headSize));
}

QString corpusSentence(const CorpusFacts& corpus) {
    const QString windows = corpus.windows == 1
                                ? u"1 window of %1 tokens"_s.arg(corpus.windowLength)
                                : u"%1 windows of %2 tokens, stride %3"_s.arg(
                                      asText(corpus.windows), asText(corpus.windowLength), asText(corpus.stride));
    QString text =
        u"Text: %1, %2, %3"_s.arg(toQString(corpus.name), windows, corpus.bos ? u"with BOS"_s : u"without BOS"_s);
    if (corpus.control != "none")
        text += u", control: %1, seed %2"_s.arg(controlText(corpus), asText(corpus.seed));
    return text + u'.';
}

// The figures of a sheet, or the figure itself.
std::vector<FigureRequest> figuresOf(const FigureRequest& request) {
    return request.kind == FigureKind::sheet ? request.parts : std::vector{request};
}

void addOnce(QStringList& sentences, const QString& sentence) {
    if (!sentence.isEmpty() && !sentences.contains(sentence))
        sentences << sentence;
}

// "k90 of Ẽ": what a panel of the grid holds.
QString quantityText(const GridChoice& grid, GridQuantity quantity) {
    const QString measure = toQString(grid.measure.label());
    if (quantity == GridQuantity::gap)
        return u"the ratio"_s;
    if (quantity == GridQuantity::positionShare)
        return u"the position share"_s;
    if (quantity == GridQuantity::number)
        return u"the %1"_s.arg(toQString(headQuantity(grid.number).label));
    return u"%1 of %2"_s.arg(measure, variantName(quantity == GridQuantity::field ? grid.field : grid.interaction));
}

QString arrangementSentences(const FigureRequest& figure) {
    QStringList sentences;
    if (figure.order != HeadOrder::index)
        sentences << u"The heads of a layer are sorted by %1."_s.arg(
            quantityText(figure.grid, quantityOf(figure.order)));
    const ValueFilter& filter = figure.filter;
    if (filter.active()) {
        const QString low = QString::number(filter.minimum.value_or(0)),
                      high = QString::number(filter.maximum.value_or(0));
        const QString range = filter.minimum && filter.maximum ? u"outside %1–%2"_s.arg(low, high)
                              : filter.minimum                 ? u"below %1"_s.arg(low)
                                                               : u"above %1"_s.arg(high);
        sentences << u"Pale: heads with %1 %2."_s.arg(quantityText(figure.grid, filter.quantity), range);
    }
    return sentences.join(u' ');
}

QString marksSentence(const FigureRequest& figure) {
    QStringList names;
    for (const MarkedHead& mark : markedHeads(figure))
        names << identifiedName(mark.head, mark.pin);
    return names.isEmpty() ? QString() : u"Marked heads: %1."_s.arg(names.join(u", "_s));
}

// What the sentences of the kinds leave open: what the matrices are, how heads are arranged, which are marked.
QStringList definitions(const Session& session, const FigureRequest& request) {
    QStringList sentences;
    for (const FigureRequest& figure : figuresOf(request)) {
        const FigureKindInfo& kind = figureKindInfo(figure.kind);
        if (kind.reads(FigureOption::sessions))  // whose sentence says it for each session
            continue;
        if (kind.reads(FigureOption::matrices)) {
            const bool ranks = kind.reads(FigureOption::measure);  // else spectra
            if (ranks)
                addOnce(sentences, uncertaintySentences(session, figure.grid));
            addOnce(sentences, definitionText(ranks ? figure.grid.field : figure.scree.field));
            addOnce(sentences, definitionText(ranks ? figure.grid.interaction : figure.scree.interaction));
        }
        if (kind.reads(FigureOption::panels))
            addOnce(sentences, arrangementSentences(figure));
        if (kind.reads(FigureOption::heads) && kind.reads(FigureOption::measure))
            addOnce(sentences, marksSentence(figure));
    }
    return sentences;
}

// Of the sessions that the shown one is compared with, where they differ from it.
QStringList otherSessions(const Session& session, const FigureRequest& request) {
    QStringList sentences;
    const auto reads = [](const FigureRequest& figure) {
        return figureKindInfo(figure.kind).reads(FigureOption::sessions);
    };
    if (!std::ranges::any_of(figuresOf(request), reads))
        return sentences;
    for (std::size_t i = 0; i < request.others.size(); ++i) {
        const Session& other = *request.others[i];
        QString text = corpusSentence(other.corpus);
        if (other.model.name != session.model.name)
            text.prepend(modelSentence(other.model) + u' ');
        sentences << u"Session %1: %2"_s.arg(QChar(u'B' + int(i)), text);
    }
    return sentences;
}

}  // namespace

QString measureText(const MeasureChoice& measure) {
    return u"Effective rank %1 (%2)"_s.arg(toQString(measure.label()), toQString(measure.formula()));
}

QString positionShareDefinition() {
    return u"position share (%1)"_s.arg(toQString(headQuantity(positionShareId).formula));
}

QString definitionText(Variant variant) {
    return u"%1: %2."_s.arg(variantName(variant), variantTooltip(variant));
}

QString colourName(const FigureRequest& request, bool field) {
    if (request.look.greyscale)
        return field ? u"black"_s : u"grey"_s;
    return field ? u"blue"_s : u"vermilion"_s;
}

QString figureCaption(const Session& session, const FigureRequest& request) {
    QStringList sentences{figureKindInfo(request.kind).sentence(session, request)};
    sentences << definitions(session, request) << modelSentence(session.model) << corpusSentence(session.corpus)
              << otherSessions(session, request);
    if (!session.complete())
        sentences << u"%1 of %2 layers computed."_s.arg(asText(session.finishedLayers()), asText(session.model.layers));
    sentences << u"Computed with Rankscope %1, %2."_s.arg(toQString(session.run.rankscopeVersion),
                                                          toQString(session.run.created));
    return onOneLine(sentences.join(u' '));
}

}  // namespace rankscope
