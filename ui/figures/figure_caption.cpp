// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What a figure shows, in words: for the caption of a paper and the metadata of the file.
#include <QCoreApplication>

#include "ui/figures/figure.h"
#include "ui/viewmodels/text.h"

namespace rankscope {

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Figure)
};

QString gridSentence(const GridChoice& choice) {
    const QString text = (headKindOf(choice.field) == HeadKind::query
                              ? Text::tr("Effective rank %1 (%2) of %3 and of %4, and their ratio, for every head.")
                              : Text::tr("Effective rank %1 (%2) of %3 and of %4, and their ratio, for every KV head."))
                             .arg(toQString(choice.measure.label()), toQString(choice.measure.formula()),
                                  variantName(choice.field), variantName(choice.interaction));
    return text;
}

QString screeSentence(const ScreeChoice& choice) {
    QString quantity;
    switch (choice.quantity) {
        case ScreeQuantity::cumulative:
            quantity = Text::tr("Cumulative share of Σσ² over components");
            break;
        case ScreeQuantity::share:
            quantity = Text::tr("Share p = σ² / Σσ² of each component");
            break;
        case ScreeQuantity::sigma:
            quantity = Text::tr("Singular values σ");
            break;
    }
    QStringList curves;
    for (const HeadRef head : choice.heads)
        curves << toQString(headName(head));
    if (choice.band == ScreeBand::model)
        curves << Text::tr("median and quartiles over all heads");
    else if (choice.band == ScreeBand::layer && !choice.heads.empty())
        curves << Text::tr("median and quartiles over layer %1").arg(choice.heads.front().layer.value);
    QString text = Text::tr("%1 of %2 (blue) and of %3 (vermilion): %4.")
                       .arg(quantity, variantName(choice.field), variantName(choice.interaction),
                            curves.join(QStringLiteral(", ")));
    if (choice.quantity == ScreeQuantity::cumulative)
        text += u' ' + Text::tr("Marks: components needed for %1 %.").arg(100 * choice.threshold);
    return text;
}

QString definition(Variant variant) {
    return QStringLiteral("%1: %2.").arg(variantName(variant), variantTooltip(variant));
}

QString modelSentence(const ModelFacts& model) {
    return Text::tr("Model: %1 (%2 layers × %3 query heads, %4 key heads, head size %5).")
        .arg(toQString(model.name))
        .arg(model.layers)
        .arg(model.heads)
        .arg(model.kvHeads)
        .arg(model.headSize);
}

QString corpusSentence(const CorpusFacts& corpus) {
    QString text = Text::tr("Text: %1, %2 windows of %3 tokens, %4, stride %5")
                       .arg(toQString(corpus.name))
                       .arg(corpus.windows)
                       .arg(corpus.windowLength)
                       .arg(corpus.bos ? Text::tr("with BOS") : Text::tr("without BOS"))
                       .arg(corpus.stride);
    if (corpus.control != "none")
        text += Text::tr(", control: %1, seed %2").arg(controlText(corpus.control)).arg(corpus.seed);
    return text + u'.';
}

}  // namespace

QString figureCaption(const Session& session, const FigureRequest& request) {
    const bool grid = request.kind == FigureKind::grid;
    QStringList sentences{
        grid ? gridSentence(request.grid) : screeSentence(request.scree),
        definition(grid ? request.grid.field : request.scree.field),
        definition(grid ? request.grid.interaction : request.scree.interaction),
        modelSentence(session.model),
        corpusSentence(session.corpus),
    };
    if (!session.complete())
        sentences << Text::tr("%1 of %2 layers computed.").arg(session.finishedLayers()).arg(session.model.layers);
    sentences << Text::tr("Computed with Rankscope %1, %2.")
                     .arg(toQString(session.run.rankscopeVersion), toQString(session.run.created));
    return sentences.join(u' ');
}

}  // namespace rankscope
