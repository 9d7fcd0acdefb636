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
    edit(m_request);
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

QComboBox* FigureForm::addChoice(const QString& label, const QString& tip, const Items& items,
                                 std::function<int(const FigureRequest&)> read,
                                 std::function<void(FigureRequest&, int)> write, Shown shown) {
    auto* box = new QComboBox(this);
    for (const auto& [text, value] : items)
        box->addItem(text, value);
    box->setToolTip(tip);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    addRow(label, box, std::move(shown));
    connect(box, &QComboBox::currentIndexChanged, this, [this, box, write = std::move(write)] {
        change([&](FigureRequest& request) { write(request, box->currentData().toInt()); });
    });
    follow([box, read = std::move(read)](const FigureRequest& request) {
        box->setCurrentIndex(box->findData(read(request)));
    });
    return box;
}

QDoubleSpinBox* FigureForm::addNumber(const QString& label, const QString& tip, double low, double high, int decimals,
                                      const QString& unit, std::function<double(const FigureRequest&)> read,
                                      std::function<void(FigureRequest&, double)> write, Shown shown) {
    auto* box = new QDoubleSpinBox(this);
    box->setRange(low, high);
    box->setDecimals(decimals);
    box->setSuffix(unit);
    box->setToolTip(tip);
    if (!label.isEmpty())
        addRow(label, box, std::move(shown));
    connect(box, &QDoubleSpinBox::valueChanged, this, [this, write = std::move(write)](double value) {
        change([&](FigureRequest& request) { write(request, value); });
    });
    follow([box, read = std::move(read)](const FigureRequest& request) { box->setValue(read(request)); });
    return box;
}

QCheckBox* FigureForm::makeSwitch(const QString& text, const QString& tip,
                                  std::function<bool(const FigureRequest&)> read,
                                  std::function<void(FigureRequest&, bool)> write) {
    auto* box = new QCheckBox(text, this);
    box->setToolTip(tip);
    connect(box, &QCheckBox::toggled, this,
            [this, write = std::move(write)](bool on) { change([&](FigureRequest& request) { write(request, on); }); });
    follow([box, read = std::move(read)](const FigureRequest& request) { box->setChecked(read(request)); });
    return box;
}

}  // namespace rankscope
