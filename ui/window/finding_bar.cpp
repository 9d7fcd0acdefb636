// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/finding_bar.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include "ui/text/literals.h"
#include "ui/text/tip_text.h"
#include "ui/widgets/rich_text.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/warning_label.h"

namespace rankscope {

namespace {

// One line that gives way where there is no room, and is whole in its tooltip.
class ElidedLabel : public QWidget {
public:
    explicit ElidedLabel(QWidget* parent) : QWidget(parent) { setFont(smallFont(font())); }

    void setText(const QString& text) {
        m_text = text;
        setAccessibleName(text);
        setToolTip(plainTip(text));
        updateGeometry();
        update();
    }
    QSize sizeHint() const override {
        return {fontMetrics().horizontalAdvance(m_text) + 1, fontMetrics().height() + spacingUnit / 2};
    }
    QSize minimumSizeHint() const override { return {8 * spacingUnit, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setPen(mutedText(palette()));
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter,
                         fontMetrics().elidedText(m_text, Qt::ElideRight, width()));
    }

private:
    QString m_text;
};

}  // namespace

FindingBar::FindingBar(QWidget* parent)
    : QWidget(parent),
      m_sentence(new RichText(this)),
      m_context(new ElidedLabel(this)),
      m_warning(new WarningLabel(this)),
      m_copy(new QPushButton(u"Copy"_s, this)) {
    m_sentence->setFont(boldFont(m_sentence->font()));
    m_copy->setToolTip(u"Copy the finding to the clipboard (Ctrl+Shift+C)"_s);
    auto* line = new QHBoxLayout;
    line->setSpacing(3 * spacingUnit);
    line->addWidget(m_sentence);
    line->addWidget(m_context, 1);
    line->addWidget(m_copy);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit / 2, 2 * spacingUnit, spacingUnit / 2);
    layout->setSpacing(spacingUnit / 2);
    layout->addLayout(line);
    layout->addWidget(m_warning);
    connect(m_copy, &QPushButton::clicked, this, &FindingBar::copy);
}

void FindingBar::setFinding(FindingText finding) {
    m_finding = std::move(finding);
    m_sentence->setMarkup(m_finding.html);
    m_sentence->setToolTip(m_finding.tooltip);
    static_cast<ElidedLabel*>(m_context)->setText(m_finding.context);
    m_warning->setText(m_finding.warning);
    m_warning->setVisible(!m_finding.warning.isEmpty());
}

void FindingBar::copy() {
    QGuiApplication::clipboard()->setText(m_finding.forClipboard());
    m_copy->setText(u"Copied"_s);
    QTimer::singleShot(1500, m_copy, [this] { m_copy->setText(u"Copy"_s); });
}

}  // namespace rankscope
