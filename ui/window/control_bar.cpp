// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/control_bar.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>
#include <QToolTip>
#include <algorithm>

#include "ui/text/text.h"
#include "ui/viewmodels/head_search.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/threshold_box.h"

namespace rankscope {

namespace {

constexpr int shortestList = 5;  // characters that a narrow list keeps

// "k_τ" in the list: its threshold is the box beside it.
QString menuLabel(const RankMeasure& measure) {
    return measure.usesThreshold ? u"kτ"_s : toQString(measure.label);
}

QComboBox* makeList(const QString& accessibleName, QWidget* parent) {
    auto* list = new QComboBox(parent);
    list->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    list->setMinimumContentsLength(shortestList);
    list->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    list->setAccessibleName(accessibleName);
    return list;
}

// Only what differs: while a job runs, a session of the same kind comes with every layer, and the list may be open.
void fillList(QComboBox* list, const std::vector<Variant>& variants) {
    const auto same = [&] {
        for (int i = 0; i < list->count(); ++i)
            if (list->itemData(i).toInt() != int(variants[std::size_t(i)]))
                return false;
        return true;
    };
    if (list->count() == int(variants.size()) && same())
        return;
    const QSignalBlocker blocker(list);
    list->clear();
    for (const Variant variant : variants) {
        list->addItem(variantName(variant), int(variant));
        list->setItemData(list->count() - 1, variantTooltip(variant), Qt::ToolTipRole);
    }
    list->setEnabled(list->count() > 1);
}

}  // namespace

ControlBar::ControlBar(ViewOptions* options, const QList<QAction*>& actions, QWidget* parent)
    : QWidget(parent),
      m_options(options),
      m_layout(new QHBoxLayout(this)),
      m_measure(makeList(u"Rank measure"_s, this)),
      m_thresholdLabel(nullptr),
      m_threshold(new ThresholdBox(this)),
      m_field(makeList(u"Field"_s, this)),
      m_weightsLabel(nullptr),
      m_weights(makeList(u"Interaction"_s, this)),
      m_heads(makeList(u"Heads"_s, this)),
      m_find(new QLineEdit(this)) {
    m_layout->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    m_layout->setSpacing(spacingUnit);
    buildButtons(actions);
    m_labels.push_back(addLabelled(u"Measure"_s, m_measure));
    m_thresholdLabel = addLabelled(u"τ"_s, m_threshold);
    m_labels.push_back(addLabelled(u"Field"_s, m_field));
    m_weightsLabel = addLabelled(u"Weights"_s, m_weights);
    m_labels.push_back(addLabelled(u"Heads"_s, m_heads));
    m_layout->addStretch(1);
    buildFindBox();
    fillMeasures();
    fillHeads();
    connectControls();
    setSession(nullptr);
}

void ControlBar::buildButtons(const QList<QAction*>& actions) {
    for (QAction* action : actions) {
        auto* button = new QToolButton(this);
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setFocusPolicy(Qt::TabFocus);
        button->setAccessibleName(action->iconText());
        m_layout->addWidget(button);
        m_buttons.push_back(button);
    }
    m_layout->addSpacing(spacingUnit);
}

QLabel* ControlBar::addLabelled(const QString& text, QWidget* control) {
    auto* label = makeMutedLabel(text, this);
    label->setBuddy(control);
    m_layout->addWidget(label);
    m_layout->addWidget(control);
    return label;
}

void ControlBar::buildFindBox() {
    m_find->setObjectName(u"find"_s);
    m_find->setAccessibleName(u"Find head"_s);
    m_find->setClearButtonEnabled(true);
    m_find->installEventFilter(this);
    m_layout->addWidget(m_find);
}

void ControlBar::connectControls() {
    connect(m_measure, &QComboBox::currentIndexChanged, this, [this](int row) {
        m_options->setMeasure({&rankMeasures()[std::size_t(row)], m_options->measure().threshold});
    });
    connect(m_threshold, &ThresholdBox::shareChanged, m_options, &ViewOptions::setThreshold);
    connect(m_field, &QComboBox::currentIndexChanged, this, [this](int row) {
        if (row >= 0)
            m_options->setField(Variant(m_field->itemData(row).toInt()));
    });
    connect(m_weights, &QComboBox::currentIndexChanged, this, [this](int row) {
        if (row >= 0)
            m_options->setInteraction(Variant(m_weights->itemData(row).toInt()));
    });
    connect(m_heads, &QComboBox::currentIndexChanged, this,
            [this](int row) { m_options->setHeads(HeadKind(m_heads->itemData(row).toInt())); });
    connect(m_find, &QLineEdit::returnPressed, this, &ControlBar::find);
    connect(m_find, &QLineEdit::textChanged, this, &ControlBar::judgeFindText);
    connect(m_options, &ViewOptions::changed, this, &ControlBar::readOptions);
}

void ControlBar::fillMeasures() {
    for (const RankMeasure& measure : rankMeasures()) {
        m_measure->addItem(menuLabel(measure));
        m_measure->setItemData(m_measure->count() - 1, toQString(measure.formula), Qt::ToolTipRole);
    }
}

void ControlBar::fillHeads() {
    m_heads->addItem(u"query"_s, int(HeadKind::query));
    m_heads->setItemData(0, u"One column per query head"_s, Qt::ToolTipRole);
    m_heads->addItem(u"KV"_s, int(HeadKind::keyValue));
    m_heads->setItemData(1, u"One column per key/value head: the queries of all heads that read it stacked"_s,
                         Qt::ToolTipRole);
}

void ControlBar::setSession(const SessionPointer& session) {
    m_session = session;
    for (QWidget* widget : std::initializer_list<QWidget*>{m_measure, m_threshold, m_find})
        widget->setEnabled(session != nullptr);
    readOptions();
    judgeFindText();
}

// The choice of interaction is there where a session holds several.
void ControlBar::fillVariants() {
    const HeadKind heads = m_session ? m_options->headsFor(*m_session) : HeadKind::query;
    fillList(m_field, m_session ? fieldVariants(*m_session, heads) : std::vector<Variant>());
    fillList(m_weights, m_session ? interactionVariants(*m_session, heads) : std::vector<Variant>());
    m_field->setEnabled(m_field->count() > 1);
    const bool several = m_weights->count() > 1;
    m_weights->setVisible(several);
    m_weightsLabel->setVisible(several && m_compactness < noLabels);
    m_heads->setEnabled(m_session && !fieldVariants(*m_session, HeadKind::keyValue).empty());
    m_heads->setToolTip(m_session && !m_heads->isEnabled() ? u"This session holds no spectra per KV head"_s
                                                           : u"Query heads, or the KV heads that they read"_s);
}

void ControlBar::readOptions() {
    const QSignalBlocker measureBlocker(m_measure), fieldBlocker(m_field), weightsBlocker(m_weights),
        headsBlocker(m_heads);
    const MeasureChoice& measure = m_options->measure();
    m_measure->setCurrentIndex(int(measure.measure - rankMeasures().data()));
    m_measure->setToolTip(u"%1: %2"_s.arg(toQString(measure.label()), toQString(measure.formula())));
    m_threshold->setShare(measure.threshold);
    m_threshold->setEnabled(m_session && measure.measure->usesThreshold);
    fillVariants();
    if (m_session) {
        const GridChoice choice = m_options->gridChoice(*m_session);
        m_field->setCurrentIndex(m_field->findData(int(choice.field)));
        m_field->setToolTip(u"%1: %2"_s.arg(variantName(choice.field), variantTooltip(choice.field)));
        m_weights->setCurrentIndex(m_weights->findData(int(choice.interaction)));
        m_weights->setToolTip(u"%1: %2"_s.arg(variantName(choice.interaction), variantTooltip(choice.interaction)));
        m_heads->setCurrentIndex(m_heads->findData(int(headKindOf(choice.field))));
    }
    m_find->setPlaceholderText(m_options->heads() == HeadKind::keyValue && m_heads->isEnabled()
                                   ? u"Find head, e.g. L05KV02"_s
                                   : u"Find head, e.g. L05H07"_s);
    fit();
}

void ControlBar::startFinding() {
    m_find->setFocus(Qt::ShortcutFocusReason);
    m_find->selectAll();
}

void ControlBar::judgeFindText() {
    const HeadKind kind = m_session ? m_options->headsFor(*m_session) : HeadKind::query;
    const bool some = m_session && !m_find->text().trimmed().isEmpty();
    const QString problem = some ? findHead(*m_session, m_find->text(), kind).problem : QString();
    m_find->setToolTip(problem.isEmpty() ? u"%1 and press Enter"_s.arg(findHint(kind)) : problem);
    m_find->setAccessibleDescription(problem);
    QPalette palette = this->palette();
    if (!problem.isEmpty())
        palette.setColor(QPalette::Text, warningColour(palette));
    m_find->setPalette(palette);
}

void ControlBar::find() {
    if (!m_session)
        return;
    const HeadSearch search = findHead(*m_session, m_find->text(), m_options->headsFor(*m_session));
    if (search.head)
        Q_EMIT headFound(*search.head);
    else
        QToolTip::showText(m_find->mapToGlobal(QPoint(0, m_find->height())), search.problem, m_find);
}

bool ControlBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        m_find->clear();
        Q_EMIT findAbandoned();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

QSize ControlBar::minimumSizeHint() const {
    return {0, m_layout->minimumSize().height()};  // whatever the width, fit() makes the best of it
}

void ControlBar::resizeEvent(QResizeEvent*) {
    fit();
}

void ControlBar::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fit();
}

// The first state that shows all of every control; the last one lets lists shrink. Called where content, font or width
// change, never by the layout: trying the states out asks for a new layout each time.
void ControlBar::fit() {
    for (const Compactness compactness : {roomy, iconButtons, noLabels, shortFind}) {
        apply(compactness);
        m_layout->invalidate();
        if (m_layout->sizeHint().width() <= width())
            break;
    }
}

void ControlBar::apply(Compactness compactness) {
    m_compactness = compactness;
    for (QToolButton* button : m_buttons)
        button->setToolButtonStyle(compactness >= iconButtons ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    for (QLabel* label : m_labels)
        label->setVisible(compactness < noLabels);
    m_weightsLabel->setVisible(compactness < noLabels && m_weights->count() > 1);
    const QString shown = compactness >= shortFind ? u"L00KV00"_s : m_find->placeholderText();
    m_find->setFixedWidth(m_find->fontMetrics().horizontalAdvance(shown) + 4 * spacingUnit);
}

}  // namespace rankscope
