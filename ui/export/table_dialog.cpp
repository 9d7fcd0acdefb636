// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/table_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileInfo>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QStandardPaths>
#include <QTreeWidget>
#include <algorithm>

#include "ui/text/file_name.h"
#include "ui/text/text.h"
#include "ui/widgets/file_dialogs.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

const QString formatKey = u"table/format"_s, scopeKey = u"table/scope"_s, ticksKey = u"table/ticks/"_s,
              folderKey = u"folders/table"_s;
constexpr int rowHeight = 3 * spacingUnit, mostRows = 10;

void addEntry(QTreeWidget* list, const QString& text, const QString& definition, const QString& id) {
    auto* item = new QTreeWidgetItem(list, {text, definition});
    item->setFlags(Qt::ItemIsUserCheckable | Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    item->setCheckState(0, Qt::Unchecked);
    item->setSizeHint(0, QSize(0, rowHeight));
    item->setToolTip(0, definition);
    item->setToolTip(1, definition);
    item->setData(0, Qt::UserRole, id);
}

QString idOf(const QTreeWidgetItem* item) {
    return item->data(0, Qt::UserRole).toString();
}

QStringList checkedIds(const QTreeWidget* list) {
    QStringList ids;
    for (int row = 0; row < list->topLevelItemCount(); ++row)
        if (list->topLevelItem(row)->checkState(0) == Qt::Checked)
            ids << idOf(list->topLevelItem(row));
    return ids;
}

// All of it without scrolling, if there is not too much; definitions below each other.
void fit(QTreeWidget* list, int nameWidth) {
    list->header()->resizeSection(0, nameWidth);
    list->setFixedHeight(std::min(list->topLevelItemCount(), mostRows) * rowHeight + 2 * list->frameWidth() + 2);
}

}  // namespace

TableDialog::TableDialog(SessionPointer session, QWidget* parent)
    : QDialog(parent),
      m_session(std::move(session)),
      m_scope(new QComboBox(this)),
      m_format(new QComboBox(this)),
      m_measures(makeList(u"Measures"_s, u"Rank measures, a column each"_s)),
      m_variants(makeList(u"Matrices"_s, u"The matrices that the session holds spectra of"_s)),
      m_summary(makeMutedLabel({}, this)) {
    setWindowTitle(u"Export table"_s);
    for (const TableScopeInfo& info : tableScopes())
        m_scope->addItem(toQString(info.label), int(info.scope));
    if (m_session->causal)
        for (const TableScopeInfo& info : causalTableScopes())
            m_scope->addItem(toQString(info.label), int(info.scope));
    for (const TableFormat& row : tableFormats())
        m_format->addItem(toQString(row.label), toQString(row.extension));
    for (const MeasureChoice& measure : usualMeasures())
        addEntry(m_measures, toQString(measure.label()), toQString(measure.formula()), toQString(measure.id()));
    for (const VariantInfo& info : storedVariants(*m_session))
        addEntry(m_variants, variantName(info.variant), variantTooltip(info.variant), toQString(info.id));
    int nameWidth = 0;
    for (const QTreeWidget* list : {m_measures, m_variants})
        for (int row = 0; row < list->topLevelItemCount(); ++row)
            nameWidth = std::max(nameWidth, fontMetrics().horizontalAdvance(list->topLevelItem(row)->text(0)));
    for (QTreeWidget* list : {m_measures, m_variants})
        fit(list, nameWidth + 6 * spacingUnit);
    build();
    const QSettings settings;
    m_scope->setCurrentIndex(std::max(0, m_scope->findData(settings.value(scopeKey))));
    m_format->setCurrentIndex(std::max(0, m_format->findData(settings.value(formatKey))));
    tick(true);
    connect(m_format, &QComboBox::currentIndexChanged, this, [this] { tick(true); });
    connect(m_scope, &QComboBox::currentIndexChanged, this, &TableDialog::refresh);
    for (QTreeWidget* list : {m_measures, m_variants})
        connect(list, &QTreeWidget::itemChanged, this, &TableDialog::refresh);
}

QTreeWidget* TableDialog::makeList(const QString& name, const QString& tip) {
    auto* list = new QTreeWidget(this);
    list->setAccessibleName(name);
    list->setToolTip(tip);
    list->setColumnCount(2);
    list->setHeaderLabels({name, u"Definition"_s});
    list->setHeaderHidden(true);
    list->setRootIsDecorated(false);
    list->setUniformRowHeights(true);
    list->setAllColumnsShowFocus(true);
    list->setMinimumWidth(56 * spacingUnit);
    return list;
}

void TableDialog::build() {
    auto* form = new QFormLayout(this);
    form->setContentsMargins(3 * spacingUnit, 3 * spacingUnit, 3 * spacingUnit, 2 * spacingUnit);
    form->setHorizontalSpacing(2 * spacingUnit);
    form->setVerticalSpacing(spacingUnit);
    form->setLabelAlignment(Qt::AlignRight);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_scope->setToolTip(u"What a row stands for"_s);
    m_format->setToolTip(u"The kind of file"_s);
    form->addRow(u"&Rows"_s, m_scope);
    form->addRow(u"&Format"_s, m_format);
    form->addRow(u"&Measures"_s, m_measures);
    form->addRow(u"Ma&trices"_s, m_variants);
    form->addRow(QString(), m_summary);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    auto* usual = buttons->addButton(u"&Usual Choice"_s, QDialogButtonBox::ResetRole);
    usual->setToolTip(u"The measures and matrices that are usual for this kind of file"_s);
    usual->setAutoDefault(false);
    connect(usual, &QPushButton::clicked, this, [this] { tick(false); });
    m_export = buttons->addButton(u"&Export…"_s, QDialogButtonBox::AcceptRole);
    m_export->setDefault(true);
    connect(buttons, &QDialogButtonBox::accepted, this, &TableDialog::choosePath);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    form->addRow(buttons);
    resize(84 * spacingUnit, sizeHint().height());
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

// As the user left it for this kind of file, where he ever changed it; what is new to the dialog is as usual.
void TableDialog::tick(bool remembered) {
    const TableRequest usual = usualTable(format());
    QStringList usualIds, kept;
    for (const MeasureChoice& measure : usual.measures)
        usualIds << toQString(measure.id());
    for (const VariantInfo& info : storedVariants(*m_session))
        if (usual.variants.empty() || std::ranges::find(usual.variants, info.variant) != usual.variants.end())
            usualIds << toQString(info.id);
    if (remembered)
        kept = QSettings().value(ticksKey + toQString(format().extension)).toStringList();
    for (QTreeWidget* list : {m_measures, m_variants}) {
        const QSignalBlocker blocker(list);
        for (int row = 0; row < list->topLevelItemCount(); ++row) {
            QTreeWidgetItem* item = list->topLevelItem(row);
            const bool on = kept.contains(u'+' + idOf(item)) ||
                            (usualIds.contains(idOf(item)) && !kept.contains(u'-' + idOf(item)));
            item->setCheckState(0, on ? Qt::Checked : Qt::Unchecked);
        }
    }
    refresh();
}

void TableDialog::rememberTicks() const {
    QStringList ticks;
    for (const QTreeWidget* list : {m_measures, m_variants})
        for (int row = 0; row < list->topLevelItemCount(); ++row) {
            const QTreeWidgetItem* item = list->topLevelItem(row);
            ticks << (item->checkState(0) == Qt::Checked ? u'+' : u'-') + idOf(item);
        }
    QSettings().setValue(ticksKey + toQString(format().extension), ticks);
}

TableRequest TableDialog::request() const {
    TableRequest request{std::vector<MeasureChoice>()};
    for (const QString& id : checkedIds(m_measures))
        request.measures.push_back(parseMeasure(id.toStdString()));
    for (const QString& id : checkedIds(m_variants))
        request.variants.push_back(*variantFromId(id.toStdString()));
    request.scope = TableScope(m_scope->currentData().toInt());
    return request;
}

void TableDialog::refresh() {
    const TableRequest now = request();
    const bool ofCausalCheck = isOfCausalCheck(now.scope);
    for (QTreeWidget* list : {m_measures, m_variants})
        list->setEnabled(!ofCausalCheck);
    if (ofCausalCheck) {
        m_export->setEnabled(true);
        m_summary->setText(u"%1 rows"_s.arg(causalTable(*m_session, now.scope).rows.size()));
        return;
    }
    const bool some = !now.measures.empty() && !now.variants.empty();
    m_export->setEnabled(some);
    int perLength = 1;
    if (now.scope != TableScope::model)
        perLength = m_session->model.layers * (now.scope == TableScope::head ? m_session->model.heads : 1);
    const int lengths = int(m_session->sweep.size()) + 1;
    m_summary->setText(!some         ? u"Choose at least one measure and one matrix."_s
                       : lengths > 1 ? u"%1 rows: %2 for each of %3 window lengths"_s.arg(
                                           asText(perLength * lengths), asText(perLength), asText(lengths))
                                     : u"%1 rows"_s.arg(perLength));
}

QString TableDialog::suggestedName() const {
    const QString scope = toQString(tableScopeInfo(TableScope(m_scope->currentData().toInt())).id);
    return suggestedFileName(*m_session, {scope + u's'}, m_format->currentData().toString());
}

void TableDialog::choosePath() {
    QSettings settings;
    settings.setValue(scopeKey, m_scope->currentData());
    settings.setValue(formatKey, m_format->currentData());
    rememberTicks();
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    const QString folder = settings.value(folderKey, documents).toString();
    askWhereToSave(this, u"Export table"_s,
                   u"%1 (*.%2)"_s.arg(m_format->currentText(), m_format->currentData().toString()),
                   QDir(folder).filePath(suggestedName()), [this](const QString& path) {
                       QSettings().setValue(folderKey, QFileInfo(path).absolutePath());
                       Q_EMIT chosen(path);
                       accept();
                   });
}

}  // namespace rankscope
