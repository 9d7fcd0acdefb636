// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/table_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileInfo>
#include <QFormLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>

#include "ui/viewmodels/file_name.h"
#include "ui/viewmodels/text.h"
#include "ui/views/file_dialogs.h"
#include "ui/views/theme.h"

namespace rankscope {

namespace {

const QString formatKey = QStringLiteral("table/format"), scopeKey = QStringLiteral("table/scope"),
              folderKey = QStringLiteral("folders/table");

void addEntry(QListWidget* list, const QString& text, const QString& tip, const QVariant& data) {
    auto* item = new QListWidgetItem(text, list);
    item->setFlags(Qt::ItemIsUserCheckable | Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    item->setCheckState(Qt::Unchecked);
    item->setToolTip(tip);
    item->setData(Qt::UserRole, data);
}

std::vector<QVariant> checkedData(const QListWidget* list) {
    std::vector<QVariant> data;
    for (int row = 0; row < list->count(); ++row)
        if (list->item(row)->checkState() == Qt::Checked)
            data.push_back(list->item(row)->data(Qt::UserRole));
    return data;
}

}  // namespace

TableDialog::TableDialog(SessionPointer session, QWidget* parent)
    : QDialog(parent),
      m_session(std::move(session)),
      m_scope(new QComboBox(this)),
      m_format(new QComboBox(this)),
      m_measures(makeList(tr("Measures"), tr("Rank measures, a column each"))),
      m_variants(makeList(tr("Matrices"), tr("The matrices that the session holds spectra of"))),
      m_summary(makeMutedLabel({}, this)) {
    setWindowTitle(tr("Export table"));
    for (const TableScopeInfo& info : tableScopes())
        m_scope->addItem(toQString(info.label), int(info.scope));
    for (const TableFormat& row : tableFormats())
        m_format->addItem(toQString(row.label), toQString(row.extension));
    for (const MeasureChoice& measure : usualMeasures())
        addEntry(m_measures, toQString(measure.label()), toQString(measure.formula()), toQString(measure.id()));
    for (const VariantInfo& info : storedVariants(*m_session))
        addEntry(m_variants, variantName(info.variant), variantTooltip(info.variant), int(info.variant));
    build();
    const QSettings settings;
    m_scope->setCurrentIndex(std::max(0, m_scope->findData(settings.value(scopeKey))));
    m_format->setCurrentIndex(std::max(0, m_format->findData(settings.value(formatKey))));
    checkUsual();
    connect(m_format, &QComboBox::currentIndexChanged, this, &TableDialog::checkUsual);
    connect(m_scope, &QComboBox::currentIndexChanged, this, &TableDialog::refresh);
    for (QListWidget* list : {m_measures, m_variants})
        connect(list, &QListWidget::itemChanged, this, &TableDialog::refresh);
}

QListWidget* TableDialog::makeList(const QString& name, const QString& tip) {
    auto* list = new QListWidget(this);
    list->setAccessibleName(name);
    list->setToolTip(tip);
    list->setMinimumHeight(18 * spacingUnit);
    return list;
}

void TableDialog::build() {
    auto* form = new QFormLayout(this);
    form->setContentsMargins(3 * spacingUnit, 3 * spacingUnit, 3 * spacingUnit, 2 * spacingUnit);
    form->setHorizontalSpacing(2 * spacingUnit);
    form->setVerticalSpacing(spacingUnit);
    form->setLabelAlignment(Qt::AlignRight);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_scope->setToolTip(tr("What a row stands for"));
    m_format->setToolTip(tr("The kind of file"));
    form->addRow(tr("&Rows"), m_scope);
    form->addRow(tr("&Format"), m_format);
    form->addRow(tr("&Measures"), m_measures);
    form->addRow(tr("Ma&trices"), m_variants);
    form->addRow(QString(), m_summary);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_export = buttons->addButton(tr("&Export…"), QDialogButtonBox::AcceptRole);
    m_export->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &TableDialog::choosePath);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    form->addRow(buttons);
    resize(62 * spacingUnit, 72 * spacingUnit);
}

void TableDialog::setFormat(const QString& extension) {
    m_format->setCurrentIndex(m_format->findData(extension));
}

void TableDialog::setScope(TableScope scope) {
    m_scope->setCurrentIndex(m_scope->findData(int(scope)));
}

const TableFormat& TableDialog::format() const {
    return tableFormats()[std::size_t(m_format->currentIndex())];
}

void TableDialog::checkUsual() {
    const TableRequest usual = usualTable(format());
    for (int row = 0; row < m_measures->count(); ++row) {
        const MeasureChoice measure = parseMeasure(m_measures->item(row)->data(Qt::UserRole).toString().toStdString());
        const bool on = std::find(usual.measures.begin(), usual.measures.end(), measure) != usual.measures.end();
        m_measures->item(row)->setCheckState(on ? Qt::Checked : Qt::Unchecked);
    }
    for (int row = 0; row < m_variants->count(); ++row) {
        const auto variant = Variant(m_variants->item(row)->data(Qt::UserRole).toInt());
        const bool on = usual.variants.empty() ||
                        std::find(usual.variants.begin(), usual.variants.end(), variant) != usual.variants.end();
        m_variants->item(row)->setCheckState(on ? Qt::Checked : Qt::Unchecked);
    }
    refresh();
}

TableRequest TableDialog::request() const {
    TableRequest request{std::vector<MeasureChoice>()};
    for (const QVariant& id : checkedData(m_measures))
        request.measures.push_back(parseMeasure(id.toString().toStdString()));
    for (const QVariant& variant : checkedData(m_variants))
        request.variants.push_back(Variant(variant.toInt()));
    request.scope = TableScope(m_scope->currentData().toInt());
    return request;
}

void TableDialog::refresh() {
    const TableRequest now = request();
    const bool some = !now.measures.empty() && !now.variants.empty();
    m_export->setEnabled(some);
    int perLength = 1;
    if (now.scope != TableScope::model)
        perLength = m_session->model.layers * (now.scope == TableScope::head ? m_session->model.heads : 1);
    const int lengths = int(m_session->sweep.size()) + 1;
    m_summary->setText(
        !some ? tr("Choose at least one measure and one matrix.")
        : lengths > 1
            ? tr("%1 rows: %2 for each of %3 window lengths").arg(perLength * lengths).arg(perLength).arg(lengths)
            : tr("%1 rows").arg(perLength));
}

QString TableDialog::suggestedName() const {
    const QString scope = toQString(tableScopes()[std::size_t(m_scope->currentIndex())].id);
    return suggestedFileName(*m_session, {scope + u's'}, m_format->currentData().toString());
}

void TableDialog::choosePath() {
    QSettings settings;
    settings.setValue(scopeKey, m_scope->currentData());
    settings.setValue(formatKey, m_format->currentData());
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    const QString folder = settings.value(folderKey, documents).toString();
    askWhereToSave(this, tr("Export table"),
                   QStringLiteral("%1 (*.%2)").arg(m_format->currentText(), m_format->currentData().toString()),
                   QDir(folder).filePath(suggestedName()), [this](const QString& path) {
                       QSettings().setValue(folderKey, QFileInfo(path).absolutePath());
                       Q_EMIT chosen(path);
                       accept();
                   });
}

}  // namespace rankscope
