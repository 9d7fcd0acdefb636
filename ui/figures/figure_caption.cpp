// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a figure shows, in words: for the caption of a paper and the metadata of the file.
#include <QCoreApplication>

#include "ui/figures/figure_parts.h"
#include "ui/viewmodels/text.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Figure)
};

QString modelSentence(const ModelFacts& model) {
    return Text::tr("Model: %1 (%2 layers × %3 query heads, %4 key heads, head size %5).")
        .arg(toQString(model.name))
        .arg(model.layers)
        .arg(model.heads)
        .arg(model.kvHeads)
        .arg(model.headSize);
}

QString corpusSentence(const CorpusFacts& corpus) {
    const QString windows = corpus.windows == 1 ? Text::tr("1 window of %1 tokens").arg(corpus.windowLength)
                                                : Text::tr("%1 windows of %2 tokens, stride %3")
                                                      .arg(corpus.windows)
                                                      .arg(corpus.windowLength)
                                                      .arg(corpus.stride);
    QString text =
        Text::tr("Text: %1, %2, %3")
            .arg(toQString(corpus.name), windows, corpus.bos ? Text::tr("with BOS") : Text::tr("without BOS"));
    if (corpus.control != "none")
        text += Text::tr(", control: %1, seed %2").arg(controlText(corpus.control)).arg(corpus.seed);
    return text + u'.';
}

}  // namespace

QString measureText(const MeasureChoice& measure) {
    return Text::tr("Effective rank %1 (%2)").arg(toQString(measure.label()), toQString(measure.formula()));
}

QString definitionText(Variant variant) {
    return QStringLiteral("%1: %2.").arg(variantName(variant), variantTooltip(variant));
}

QString colourName(const FigureRequest& request, bool field) {
    if (request.look.greyscale)
        return field ? Text::tr("black") : Text::tr("grey");
    return field ? Text::tr("blue") : Text::tr("vermilion");
}

QString figureCaption(const Session& session, const FigureRequest& request) {
    const FigureKindInfo& kind = figureKindInfo(request.kind);
    const bool scree = request.kind == FigureKind::scree;
    QStringList sentences{kind.sentence(session, request)};
    if (kind.reads(FigureOption::matrices))
        sentences << definitionText(scree ? request.scree.field : request.grid.field)
                  << definitionText(scree ? request.scree.interaction : request.grid.interaction);
    sentences << modelSentence(session.model) << corpusSentence(session.corpus);
    if (!session.complete())
        sentences << Text::tr("%1 of %2 layers computed.").arg(session.finishedLayers()).arg(session.model.layers);
    sentences << Text::tr("Computed with Rankscope %1, %2.")
                     .arg(toQString(session.run.rankscopeVersion), toQString(session.run.created));
    return sentences.join(u' ');
}

}  // namespace rankscope
