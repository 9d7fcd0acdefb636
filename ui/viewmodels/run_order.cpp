// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/viewmodels/run_order.h"

#include <QCoreApplication>

#include "core/spectra/controls.h"
#include "ui/viewmodels/text.h"

namespace rankscope {

namespace {
struct Text {
    Q_DECLARE_TR_FUNCTIONS(RunOrder)
};
}  // namespace

const std::filesystem::path& corpusOf(const AnalysisRequest& request) {
    return request.corpus.empty() ? request.tokens : request.corpus;
}

QString titleOf(const RunOrder& order) {
    const QString model = toQString(order.model ? order.model->name : order.request.model.filename().string());
    const QString title = Text::tr("%1 on %2").arg(model, toQString(corpusOf(order.request).filename().string()));
    if (order.request.control == Control::none)
        return title;
    return Text::tr("%1, %2").arg(title, controlText(controlInfo(order.request.control).id));
}

QString detailOf(const RunOrder& order) {
    const AnalysisRequest& request = order.request;
    QStringList lengths;
    for (const int length : request.shorterLengths)
        lengths << QString::number(length);
    lengths << QString::number(request.window.length);
    QString text = Text::tr("%1 × %2 tokens").arg(request.window.windows).arg(lengths.join(QStringLiteral(", ")));
    if (request.control != Control::none)
        text += Text::tr(", seed %1").arg(request.seed);
    return text;
}

}  // namespace rankscope
