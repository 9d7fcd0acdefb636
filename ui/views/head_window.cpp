// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/head_window.h"

#include <QSettings>
#include <QShortcut>
#include <QVBoxLayout>

#include "ui/views/head_detail_view.h"
#include "ui/views/theme.h"

namespace rankscope {

namespace {
constexpr QLatin1String geometryKey("headWindow/geometry");
}

HeadWindow::HeadWindow(QWidget* opener) : QWidget(opener, Qt::Window), m_view(new HeadDetailView(this)) {
    setWindowTitle(tr("Head"));
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_view);
    for (const QKeySequence& key : {QKeySequence(Qt::Key_Escape), QKeySequence(QKeySequence::Close)})
        connect(new QShortcut(key, this), &QShortcut::activated, this, &QWidget::close);
    if (!restoreGeometry(QSettings().value(geometryKey).toByteArray()))
        resize(120 * spacingUnit, 96 * spacingUnit);
}

void HeadWindow::closeEvent(QCloseEvent* event) {
    QSettings().setValue(geometryKey, saveGeometry());
    QWidget::closeEvent(event);
}

}  // namespace rankscope
