// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/view_bar.h"

#include <QAction>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QToolTip>
#include <algorithm>

#include "ui/text/text.h"
#include "ui/viewmodels/head_identity.h"
#include "ui/widgets/layouts.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

constexpr int shortestList = 5;  // characters that a narrow list keeps

QComboBox* makeList(const QString& accessibleName, QWidget* parent) {
    auto* list = named(new QComboBox(parent), accessibleName);
    list->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    list->setMinimumContentsLength(shortestList);
    list->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    return list;
}

void addItem(QComboBox* list, const QString& text, const QVariant& data, const QString& tip) {
    list->addItem(text, data);
    list->setItemData(list->count() - 1, tip, Qt::ToolTipRole);
}

// Only what differs: while a job runs, a session of the same kind comes with every layer, and the list may be open.
void fillList(QComboBox* list, const std::vector<Variant>& variants) {
    bool same = list->count() == int(variants.size());
    for (int i = 0; same && i < list->count(); ++i)
        same = list->itemData(i).toInt() == int(variants[std::size_t(i)]);
    if (same)
        return;
    const QSignalBlocker blocker(list);
    list->clear();
    for (const Variant variant : variants)
        addItem(list, variantName(variant), int(variant), variantTooltip(variant));
}

void choose(QComboBox* list, Variant variant) {
    list->setCurrentIndex(list->findData(int(variant)));
    list->setToolTip(u"%1: %2"_s.arg(variantName(variant), variantTooltip(variant)));
}

}  // namespace

ViewBar::ViewBar(ViewOptions* options, const QList<QAction*>& actions, QWidget* parent)
    : QWidget(parent),
      m_options(options),
      m_measure(makeList(u"Rank measure"_s, this)),
      m_field(makeList(u"Field"_s, this)),
      m_weights(makeList(u"Interaction"_s, this)),
      m_heads(makeList(u"Heads"_s, this)) {
    m_layout->setContentsMargins(2 * spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    m_layout->setSpacing(spacingUnit);
    buildButtons(actions);
    m_labels.push_back(addLabelled(u"Measure"_s, m_measure));
    addLabelled(u"τ"_s, m_threshold);
    m_labels.push_back(addLabelled(u"Field"_s, m_field));
    m_weightsLabel = addLabelled(u"Weights"_s, m_weights);
    m_labels.push_back(addLabelled(u"Heads"_s, m_heads));
    m_layout->addStretch(1);
    named(m_find, u"Find head"_s)->setObjectName(u"find"_s);
    m_find->setClearButtonEnabled(true);
    m_find->installEventFilter(this);
    m_layout->addWidget(m_find);
    fillLists();
    connectBoxes();
    setSession(nullptr);
}

void ViewBar::buildButtons(const QList<QAction*>& actions) {
    for (QAction* action : actions) {
        auto* button = named(new QToolButton(this), action->iconText());
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setFocusPolicy(Qt::TabFocus);
        m_layout->addWidget(button);
        m_buttons.push_back(button);
    }
    m_layout->addSpacing(spacingUnit);
}

QLabel* ViewBar::addLabelled(const QString& text, QWidget* box) {
    auto* label = makeMutedLabel(text, this);
    label->setBuddy(box);
    m_layout->addWidget(label);
    m_layout->addWidget(box);
    return label;
}

void ViewBar::connectBoxes() {
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
    connect(m_find, &QLineEdit::returnPressed, this, &ViewBar::find);
    connect(m_find, &QLineEdit::textChanged, this, &ViewBar::judgeFindText);
    connect(m_options, &ViewOptions::changed, this, &ViewBar::readOptions);
}

void ViewBar::fillLists() {
    for (const RankMeasure& measure : rankMeasures())  // "k_τ": its threshold is the box beside it
        addItem(m_measure, measure.usesThreshold ? u"kτ"_s : toQString(measure.label), {}, toQString(measure.formula));
    addItem(m_heads, u"query"_s, int(HeadKind::query), u"One column per query head"_s);
    addItem(m_heads, u"KV"_s, int(HeadKind::keyValue),
            u"One column per key/value head: the queries of all heads that read it stacked"_s);
}

void ViewBar::setSession(const SessionPointer& session) {
    m_session = session;
    for (QWidget* widget : std::initializer_list<QWidget*>{m_measure, m_threshold, m_find})
        widget->setEnabled(session != nullptr);
    readOptions();
    judgeFindText();
}

// The choice of interaction is there where a session holds several.
void ViewBar::fillVariants() {
    fillList(m_field, m_session ? fieldVariants(*m_session, heads()) : std::vector<Variant>());
    fillList(m_weights, m_session ? interactionVariants(*m_session, heads()) : std::vector<Variant>());
    m_field->setEnabled(m_field->count() > 1);
    const bool several = m_weights->count() > 1;
    m_weights->setEnabled(several);
    m_weights->setVisible(several);
    m_weightsLabel->setVisible(several && m_compactness < noLabels);
    m_heads->setEnabled(m_session && !fieldVariants(*m_session, HeadKind::keyValue).empty());
    m_heads->setToolTip(m_session && !m_heads->isEnabled() ? u"This session holds no spectra per KV head"_s
                                                           : u"Query heads, or the KV heads that they read"_s);
}

void ViewBar::readOptions() {
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
        choose(m_field, choice.field);
        choose(m_weights, choice.interaction);
        m_heads->setCurrentIndex(m_heads->findData(int(headKindOf(choice.field))));
    }
    m_find->setPlaceholderText(m_options->heads() == HeadKind::keyValue && m_heads->isEnabled()
                                   ? u"Find head, e.g. L05KV02"_s
                                   : u"Find head, e.g. L05H07"_s);
    fit();
}

void ViewBar::startFinding() {
    m_find->setFocus(Qt::ShortcutFocusReason);
    m_find->selectAll();
}

void ViewBar::judgeFindText() {
    const bool some = m_session && !m_find->text().trimmed().isEmpty();
    const QString problem = some ? findHead(*m_session, m_find->text(), heads()).problem : QString();
    m_find->setToolTip(problem.isEmpty() ? u"%1 and press Enter"_s.arg(findHint(heads())) : problem);
    m_find->setAccessibleDescription(problem);
    QPalette palette = this->palette();
    if (!problem.isEmpty())
        palette.setColor(QPalette::Text, warningColour(palette));
    m_find->setPalette(palette);
}

void ViewBar::find() {
    if (!m_session)
        return;
    const HeadSearch search = findHead(*m_session, m_find->text(), heads());
    if (search.head)
        Q_EMIT headFound(*search.head);
    else
        QToolTip::showText(m_find->mapToGlobal(QPoint(0, m_find->height())), search.problem, m_find);
}

bool ViewBar::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        m_find->clear();
        Q_EMIT findAbandoned();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void ViewBar::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        fit();
}

// The first state that shows all of every box; the last one lets lists shrink. Called where content, font or width
// change, never by the layout: trying the states out asks for a new layout each time.
void ViewBar::fit() {
    for (const Compactness compactness : {roomy, iconButtons, noLabels, shortFind}) {
        apply(compactness);
        m_layout->invalidate();
        if (m_layout->sizeHint().width() <= width())
            break;
    }
}

void ViewBar::apply(Compactness compactness) {
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
