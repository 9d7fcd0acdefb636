// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/figure_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QLabel>
#include <algorithm>

#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

QString withoutMnemonic(QString label) {
    return label.remove(u'&');
}

}  // namespace

FigureForm::FigureForm(QWidget* parent)
    : QWidget(parent), m_format(&figureFormats().front()), m_layout(new QFormLayout(this)) {
    m_layout->setContentsMargins({});
    m_layout->setLabelAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_layout->setHorizontalSpacing(2 * spacingUnit);
    m_layout->setVerticalSpacing(spacingUnit);
    m_layout->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
}

void FigureForm::setRequest(const FigureRequest& request) {
    m_request = request;
    show();
}

void FigureForm::setFormat(const FigureFormat& format) {
    m_format = &format;
    show();
}

void FigureForm::change(const std::function<void(FigureRequest&)>& edit) {
    if (m_showing)
        return;
    const FigureKind kind = m_request.kind;
    edit(m_request);
    if (m_request.kind != kind)
        m_request.visible = QRectF(0, 0, 1, 1);  // it was another chart's
    if (m_request.kind == FigureKind::sheet)
        fillSheet(m_request);
    if (!m_format->serves(m_request.kind))
        m_format = &figureFormats().front();
    show();
    Q_EMIT changed();
}

void FigureForm::chooseFormat(const FigureFormat& format) {
    if (m_showing)
        return;
    m_format = &format;
    show();
    Q_EMIT changed();
}

void FigureForm::show() {
    m_showing = true;
    for (const Follower& follower : m_followers)
        follower(m_request);
    for (const Row& row : m_rows)
        m_layout->setRowVisible(row.field, !row.shown || row.shown(m_request));
    m_showing = false;
}

void FigureForm::follow(Follower follower) {
    m_followers.push_back(std::move(follower));
}

// Fields stay where they are when rows come and go.
void FigureForm::alignLabels() {
    std::vector<QLabel*> labels;
    int width = 0;
    for (const Row& row : m_rows)
        if (auto* label = qobject_cast<QLabel*>(m_layout->labelForField(row.field))) {
            labels.push_back(label);
            width = std::max(width, label->sizeHint().width());
        }
    for (QLabel* label : labels) {
        label->setMinimumWidth(width);
        label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    }
}

void FigureForm::addHeading(const QString& text) {
    auto* heading = makeHeading(text, this);
    if (m_layout->rowCount() > 0)
        heading->setContentsMargins(0, spacingUnit, 0, 0);
    m_layout->addRow(heading);
}

void FigureForm::addRow(const QString& label, QWidget* field, Shown shown) {
    if (label.isEmpty())
        m_layout->addRow(QString(), field);
    else
        m_layout->addRow(label, field);
    if (auto* buddy = qobject_cast<QLabel*>(m_layout->labelForField(field)); buddy && field->focusProxy())
        buddy->setBuddy(field->focusProxy());
    if (field->accessibleName().isEmpty())
        field->setAccessibleName(withoutMnemonic(label));
    m_rows.push_back({field, std::move(shown)});
}

QWidget* FigureForm::add(const FigureArgument& argument, Shown also) {
    QWidget* control = makeControl(argument);
    const bool isSwitch = argument.isFlag();  // which bears its label
    addRow(isSwitch ? QString() : QString::fromUtf8(argument.label), control,
           [argument, also = std::move(also)](const FigureRequest& request) {
               const FigureKindInfo& kind = figureKindInfo(request.kind);
               return (argument.options == 0 || (kind.options & argument.options) != 0) && (!also || also(request));
           });
    return control;
}

QWidget* FigureForm::makeControl(const FigureArgument& argument) {
    const auto write = [this, argument](double value) {
        change([&](FigureRequest& request) { argument.write(request, value); });
    };
    QWidget* control = nullptr;
    if (!argument.choices.empty()) {
        auto* box = new QComboBox(this);
        for (const FigureArgument::Choice& choice : argument.choices)
            box->addItem(choice.label, choice.value);
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        connect(box, &QComboBox::currentIndexChanged, this, [box, write] { write(box->currentData().toInt()); });
        follow([box, argument](const FigureRequest& request) {
            box->setCurrentIndex(box->findData(int(argument.read(request))));
        });
        control = box;
    } else if (argument.isFlag()) {
        auto* box = new QCheckBox(QString::fromUtf8(argument.label), this);
        connect(box, &QCheckBox::toggled, this, write);
        follow([box, argument](const FigureRequest& request) { box->setChecked(argument.read(request) != 0); });
        control = box;
    } else {
        auto* box = new QDoubleSpinBox(this);
        box->setRange(argument.low, argument.high);
        box->setDecimals(argument.decimals);
        box->setSuffix(QString::fromUtf8(argument.unit));
        connect(box, &QDoubleSpinBox::valueChanged, this, write);
        follow([box, argument](const FigureRequest& request) { box->setValue(argument.read(request)); });
        control = box;
    }
    control->setToolTip(QString::fromUtf8(argument.tip));
    return control;
}

}  // namespace rankscope
