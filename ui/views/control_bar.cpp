// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/control_bar.h"

#include <QAction>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>

#include "ui/viewmodels/text.h"
#include "ui/views/theme.h"

namespace rankscope {

namespace {

QLabel* labelFor(const QString& text, QWidget* buddy, QWidget* parent) {
    auto* label = makeMutedLabel(text, parent);
    label->setBuddy(buddy);
    return label;
}

// "k_τ" in the list: its threshold is the box beside it.
QString menuLabel(const RankMeasure& measure) {
    return measure.usesThreshold ? QStringLiteral("kτ") : toQString(measure.label);
}

// "90 %", "99.95 %": no digits that say nothing.
class PercentBox : public QDoubleSpinBox {
public:
    using QDoubleSpinBox::QDoubleSpinBox;
    QString textFromValue(double value) const override { return QString::number(value, 'g', 4); }
};

}  // namespace

ControlBar::ControlBar(ViewOptions* options, const QList<QAction*>& actions, QWidget* parent)
    : QWidget(parent),
      m_options(options),
      m_measure(new QComboBox(this)),
      m_thresholdLabel(labelFor(tr("τ"), nullptr, this)),
      m_threshold(new PercentBox(this)),
      m_field(new QComboBox(this)),
      m_find(new QLineEdit(this)) {
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    layout->setSpacing(spacingUnit);
    for (QAction* action : actions) {
        auto* button = new QToolButton(this);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setFocusPolicy(Qt::TabFocus);
        layout->addWidget(button);
    }
    fillMeasures();
    m_field->setToolTip(tr("Which field Ẽ is shown"));
    m_field->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_find->setObjectName(QStringLiteral("find"));
    m_find->setPlaceholderText(tr("Find head, e.g. L05H07"));
    m_find->setAccessibleName(tr("Find head"));
    m_find->setMinimumWidth(m_find->fontMetrics().horizontalAdvance(m_find->placeholderText()) + 3 * spacingUnit);
    m_find->installEventFilter(this);
    layout->addSpacing(2 * spacingUnit);
    layout->addWidget(labelFor(tr("Measure"), m_measure, this));
    layout->addWidget(m_measure);
    layout->addWidget(m_thresholdLabel);
    layout->addWidget(m_threshold);
    layout->addSpacing(2 * spacingUnit);
    layout->addWidget(labelFor(tr("Field"), m_field, this));
    layout->addWidget(m_field);
    layout->addStretch(1);
    layout->addWidget(m_find);

    connectControls();
    m_field->setEnabled(false);
    setSession(nullptr);
}

void ControlBar::connectControls() {
    connect(m_measure, &QComboBox::currentIndexChanged, this, [this](int row) {
        m_options->setMeasure({&rankMeasures()[std::size_t(row)], m_options->measure().threshold});
    });
    connect(m_threshold, &QDoubleSpinBox::valueChanged, this,
            [this](double percent) { m_options->setThreshold(percent / 100); });
    connect(m_field, &QComboBox::currentIndexChanged, this, [this](int row) {
        if (row >= 0)
            m_options->setField(Variant(m_field->itemData(row).toInt()));
    });
    connect(m_find, &QLineEdit::returnPressed, this, &ControlBar::find);
    connect(m_find, &QLineEdit::textChanged, this, &ControlBar::judgeFindText);
    connect(m_options, &ViewOptions::changed, this, &ControlBar::readOptions);
}

void ControlBar::fillMeasures() {
    for (const RankMeasure& measure : rankMeasures()) {
        m_measure->addItem(menuLabel(measure));
        m_measure->setItemData(m_measure->count() - 1, toQString(measure.formula), Qt::ToolTipRole);
    }
    m_measure->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_measure->setAccessibleName(tr("Rank measure"));
    m_threshold->setRange(50, 99.99);
    m_threshold->setDecimals(2);
    m_threshold->setSuffix(QStringLiteral(" %"));
    m_threshold->setKeyboardTracking(false);
    m_threshold->setStepType(QAbstractSpinBox::DefaultStepType);
    m_threshold->setToolTip(tr("Share τ of Σσ² that the components must reach"));
    m_threshold->setAccessibleName(tr("Threshold τ in percent"));
    m_thresholdLabel->setBuddy(m_threshold);
}

void ControlBar::setSession(const SessionPointer& session) {
    m_session = session;
    fillFields(session ? fieldVariants(*session) : std::vector<Variant>());
    for (QWidget* widget : std::initializer_list<QWidget*>{m_measure, m_threshold, m_find})
        widget->setEnabled(session != nullptr);
    readOptions();
    judgeFindText();
}

// Only when they differ: while a job runs, a session of the same kind comes with every layer, and the list may be open.
void ControlBar::fillFields(std::vector<Variant> fields) {
    if (fields == m_fields)
        return;
    m_fields = std::move(fields);
    const QSignalBlocker blocker(m_field);
    m_field->clear();
    for (const Variant variant : m_fields) {
        m_field->addItem(variantName(variant), int(variant));
        m_field->setItemData(m_field->count() - 1, variantTooltip(variant), Qt::ToolTipRole);
    }
    m_field->setEnabled(m_fields.size() > 1);
}

void ControlBar::readOptions() {
    const QSignalBlocker measureBlocker(m_measure), thresholdBlocker(m_threshold), fieldBlocker(m_field);
    const MeasureChoice& measure = m_options->measure();
    m_measure->setCurrentIndex(int(measure.measure - rankMeasures().data()));
    m_measure->setToolTip(toQString(measure.formula()));
    m_threshold->setValue(measure.threshold * 100);
    m_threshold->setEnabled(m_session && measure.measure->usesThreshold);
    if (m_session)
        m_field->setCurrentIndex(m_field->findData(int(m_options->fieldFor(*m_session))));
}

void ControlBar::startFinding() {
    m_find->setFocus(Qt::ShortcutFocusReason);
    m_find->selectAll();
}

void ControlBar::judgeFindText() {
    const auto head = parseHeadName(m_find->text().trimmed().toStdString());
    const bool known =
        m_find->text().trimmed().isEmpty() ||
        (head && m_session && head->layer.value < m_session->model.layers && head->head.value < m_session->model.heads);
    m_find->setToolTip(known || !m_session ? tr("Type a head such as L5H7 or 5.7 and press Enter")
                                           : tr("This session has layers 0–%1 and heads 0–%2")
                                                 .arg(m_session->model.layers - 1)
                                                 .arg(m_session->model.heads - 1));
    QPalette palette = this->palette();
    if (!known)
        palette.setColor(QPalette::Text, warningColour(palette));
    m_find->setPalette(palette);
}

void ControlBar::find() {
    const auto head = parseHeadName(m_find->text().trimmed().toStdString());
    if (head && m_session && head->layer.value < m_session->model.layers && head->head.value < m_session->model.heads)
        Q_EMIT headFound(*head);
}

bool ControlBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        m_find->clear();
        Q_EMIT findAbandoned();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace rankscope
