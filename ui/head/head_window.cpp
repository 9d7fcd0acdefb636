// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/head_window.h"

#include <QKeyEvent>
#include <QSettings>
#include <QVBoxLayout>

#include "ui/head/head_detail_view.h"
#include "ui/text/literals.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {
constexpr QLatin1String geometryKey("headWindow/geometry");
}

HeadWindow::HeadWindow(QWidget* opener) : QWidget(opener, Qt::Window), m_view(new HeadDetailView(this)) {
    setWindowTitle(u"Head"_s);
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_view);
    if (!restoreGeometry(QSettings().value(geometryKey).toByteArray()))
        resize(120 * spacingUnit, 96 * spacingUnit);
}

void HeadWindow::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape || event->matches(QKeySequence::Close))
        close();
    else
        QWidget::keyPressEvent(event);
}

void HeadWindow::closeEvent(QCloseEvent* event) {
    QSettings().setValue(geometryKey, saveGeometry());
    QWidget::closeEvent(event);
}

}  // namespace rankscope
