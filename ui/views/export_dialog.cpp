// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/export_dialog.h"

#include <QClipboard>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFormLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSpinBox>
#include <QStandardPaths>

#include "core/base/error.h"
#include "ui/viewmodels/text.h"
#include "ui/views/figure_preview.h"
#include "ui/views/file_dialogs.h"
#include "ui/views/theme.h"
#include "ui/views/warning_label.h"

namespace rankscope {

namespace {

QDoubleSpinBox* makeLength(double low, double high, const QString& unit, int decimals, QWidget* parent) {
    auto* box = new QDoubleSpinBox(parent);
    box->setRange(low, high);
    box->setDecimals(decimals);
    box->setSuffix(unit);
    return box;
}

}  // namespace

ExportDialog::ExportDialog(SessionPointer session, const GridChoice& grid, const ScreeChoice& scree, QWidget* parent)
    : QDialog(parent),
      m_session(std::move(session)),
      m_grid(grid),
      m_scree(scree),
      m_kind(new QComboBox(this)),
      m_format(new QComboBox(this)),
      m_width(makeLength(30, 400, tr(" mm"), 0, this)),
      m_height(makeLength(0, 400, tr(" mm"), 0, this)),
      m_fontSize(makeLength(4, 14, tr(" pt"), 1, this)),
      m_dpi(new QSpinBox(this)),
      m_preview(new FigurePreview(this)),
      m_caption(makeMutedLabel({}, this)),
      m_problem(new WarningLabel(this)) {
    setWindowTitle(tr("Export figure"));
    for (const FigureKindInfo& kind : figureKinds())
        m_kind->addItem(figureKindLabel(kind.kind), int(kind.kind));
    for (const FigureFormat& format : figureFormats())
        m_format->addItem(toQString(format.label), toQString(format.extension));
    m_height->setSpecialValueText(tr("automatic"));
    m_dpi->setRange(72, 1200);
    m_dpi->setSuffix(tr(" dpi"));
    m_dpi->setToolTip(tr("Of raster images"));
    const QSettings settings;
    m_kind->setCurrentIndex(m_scree.heads.empty() ? 0 : settings.value(QStringLiteral("export/kind"), 0).toInt());
    m_format->setCurrentIndex(std::max(0, m_format->findData(settings.value(QStringLiteral("export/format")))));
    m_width->setValue(settings.value(QStringLiteral("export/width"), 183).toDouble());
    m_fontSize->setValue(settings.value(QStringLiteral("export/font"), 7).toDouble());
    m_dpi->setValue(settings.value(QStringLiteral("export/dpi"), 300).toInt());
    buildForm();
    for (QComboBox* box : {m_kind, m_format})
        connect(box, &QComboBox::currentIndexChanged, this, &ExportDialog::refresh);
    for (QDoubleSpinBox* box : {m_width, m_height, m_fontSize})
        connect(box, &QDoubleSpinBox::valueChanged, this, &ExportDialog::refresh);
    refresh();
}

void ExportDialog::buildForm() {
    auto* form = new QFormLayout;
    form->setLabelAlignment(Qt::AlignRight);
    form->setHorizontalSpacing(2 * spacingUnit);
    form->setVerticalSpacing(spacingUnit);
    form->addRow(tr("&Figure"), m_kind);
    auto* column = new QPushButton(tr("column"), this);
    auto* page = new QPushButton(tr("page"), this);
    column->setToolTip(tr("89 mm, one column"));
    page->setToolTip(tr("183 mm, the width of a page"));
    connect(column, &QPushButton::clicked, this, [this] { m_width->setValue(89); });
    connect(page, &QPushButton::clicked, this, [this] { m_width->setValue(183); });
    auto* widths = new QHBoxLayout;
    widths->setSpacing(spacingUnit);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_width, column, page})
        widths->addWidget(widget);
    form->addRow(tr("&Width"), widths);
    form->addRow(tr("&Height"), m_height);
    form->addRow(tr("&Text"), m_fontSize);
    form->addRow(tr("F&ormat"), m_format);
    form->addRow(tr("&Resolution"), m_dpi);
    static_cast<QLabel*>(form->labelForField(widths))->setBuddy(m_width);
    arrange(form);
}

void ExportDialog::arrange(QFormLayout* form) {
    auto* top = new QHBoxLayout;
    top->setSpacing(3 * spacingUnit);
    top->addLayout(form);
    form->setFieldGrowthPolicy(QFormLayout::FieldsStayAtSizeHint);
    top->addWidget(m_preview, 1);
    m_caption->setWordWrap(true);
    m_caption->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    auto* copy = buttons->addButton(tr("&Copy caption"), QDialogButtonBox::ActionRole);
    auto* save = buttons->addButton(tr("&Export…"), QDialogButtonBox::AcceptRole);
    save->setDefault(true);
    connect(copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_caption->text()); });
    connect(buttons, &QDialogButtonBox::accepted, this, &ExportDialog::choosePath);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * spacingUnit, 3 * spacingUnit, 3 * spacingUnit, 2 * spacingUnit);
    layout->setSpacing(2 * spacingUnit);
    layout->addLayout(top, 1);
    resize(124 * spacingUnit, 76 * spacingUnit);
    layout->addWidget(m_caption);
    layout->addWidget(m_problem);
    layout->addWidget(buttons);
}

void ExportDialog::setColours(const GridColours& colours) {
    m_colours = colours;
    refresh();
}

FigureRequest ExportDialog::request() const {
    FigureRequest request;
    request.kind = FigureKind(m_kind->currentData().toInt());
    request.widthMm = m_width->value();
    request.heightMm = m_height->value();
    request.fontPt = m_fontSize->value();
    request.dpi = m_dpi->value();
    request.grid = m_grid;
    request.colours = m_colours;
    request.scree = m_scree;
    return request;
}

void ExportDialog::refresh() {
    const FigureRequest now = request();
    const bool raster = m_format->currentData().toString() == QLatin1String("png");
    m_dpi->setEnabled(raster);
    m_preview->setFigure(m_session, now);
    m_caption->setText(figureCaption(*m_session, now));
    m_problem->hide();
}

QString ExportDialog::suggestedName() const {
    const FigureRequest now = request();
    QStringList parts{toQString(m_session->model.name), toQString(m_session->corpus.name).section(u'.', 0, 0)};
    if (now.kind == FigureKind::scree)
        for (const HeadRef head : m_scree.heads)
            parts << toQString(headName(head));
    parts << toQString(figureKindInfo(now.kind).id);
    QString name = parts.join(u'_');
    name.replace(QRegularExpression(QStringLiteral("[^\\w.+-]+"), QRegularExpression::UseUnicodePropertiesOption),
                 QStringLiteral("_"));
    return name + u'.' + m_format->currentData().toString();
}

void ExportDialog::choosePath() {
    QSettings settings;
    settings.setValue(QStringLiteral("export/kind"), m_kind->currentIndex());
    settings.setValue(QStringLiteral("export/format"), m_format->currentData());
    settings.setValue(QStringLiteral("export/width"), m_width->value());
    settings.setValue(QStringLiteral("export/font"), m_fontSize->value());
    settings.setValue(QStringLiteral("export/dpi"), m_dpi->value());
    const QString folder = settings
                               .value(QStringLiteral("folders/figure"),
                                      QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation))
                               .toString();
    askWhereToSave(this, tr("Export figure"),
                   m_format->currentText() + QStringLiteral(" (*.%1)").arg(m_format->currentData().toString()),
                   QDir(folder).filePath(suggestedName()), [this](const QString& path) {
                       QSettings().setValue(QStringLiteral("folders/figure"), QFileInfo(path).absolutePath());
                       if (writeTo(path))
                           accept();
                   });
}

bool ExportDialog::writeTo(const QString& path) {
    try {
        writeFigure(*m_session, request(), path);
    } catch (const Error& error) {
        m_problem->setText(QString::fromUtf8(error.what()));
        m_problem->show();
        return false;
    }
    Q_EMIT written(path);
    return true;
}

}  // namespace rankscope
