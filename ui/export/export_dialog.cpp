// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/export_dialog.h"

#include <QClipboard>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QStandardPaths>
#include <algorithm>

#include "core/base/error.h"
#include "ui/export/figure_form.h"
#include "ui/export/figure_preview.h"
#include "ui/figures/figure_arguments.h"
#include "ui/figures/figure_export.h"
#include "ui/text/text.h"
#include "ui/widgets/file_dialogs.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

namespace rankscope {

namespace {

const QString formatKey = u"figure/format"_s, zoomKey = u"figure/zoom"_s, sizeKey = u"figure/dialog"_s,
              folderKey = u"folders/figure"_s;
constexpr int captionLines = 6, formWidth = 48 * spacingUnit;

// While a figure is drawn into a file nothing else is: the pointer says so.
class WaitCursor {
public:
    WaitCursor() { QGuiApplication::setOverrideCursor(Qt::WaitCursor); }
    ~WaitCursor() { QGuiApplication::restoreOverrideCursor(); }
    Q_DISABLE_COPY_MOVE(WaitCursor)
};

}  // namespace

ExportDialog::ExportDialog(SessionPointer session, FigureRequest shown, QWidget* parent)
    : QDialog(parent),
      m_session(std::move(session)),
      m_form(new FigureForm(this)),
      m_preview(new FigurePreview(this)),
      m_caption(new QPlainTextEdit(this)),
      m_problem(new WarningLabel(this)),
      m_done(makeMutedLabel({}, this)) {
    setWindowTitle(u"Export figure"_s);
    addFigureContent(*m_form);
    addFigurePaper(*m_form, [this](const QString& line) { showProblem(line); });
    m_form->alignLabels();
    build();
    recallPaper(shown);
    if (shown.kind == FigureKind::sheet)
        fillSheet(shown);
    m_form->setRequest(shown);
    restore();
    connect(m_form, &FigureForm::changed, this, &ExportDialog::refresh);
    refresh();
}

// The form scrolls where the screen is too low for it; it is never squeezed.
void ExportDialog::build() {
    auto* scroll = new QScrollArea(this);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(m_form);
    m_form->layout()->setContentsMargins(0, 0, 2 * spacingUnit, 0);
    m_form->setFixedWidth(formWidth);
    scroll->setFixedWidth(formWidth + scroll->verticalScrollBar()->sizeHint().width());
    m_caption->setReadOnly(true);
    m_caption->setTabChangesFocus(true);
    m_caption->setAccessibleName(u"Caption"_s);
    m_caption->setToolTip(u"What a reader has to know of the figure; it is in the file as well"_s);
    m_caption->setFixedHeight(captionLines * fontMetrics().lineSpacing() + 2 * spacingUnit);
    auto* right = new QVBoxLayout;
    right->setSpacing(spacingUnit);
    right->addWidget(m_preview, 1);
    right->addWidget(m_caption);
    auto* top = new QHBoxLayout;
    top->setSpacing(2 * spacingUnit);
    top->addWidget(scroll);
    top->addLayout(right, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(3 * spacingUnit, 3 * spacingUnit, 3 * spacingUnit, 2 * spacingUnit);
    layout->setSpacing(2 * spacingUnit);
    layout->addLayout(top, 1);
    layout->addWidget(m_problem);
    layout->addLayout(buildButtons());
}

QLayout* ExportDialog::buildButtons() {
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_copyFigure = new QPushButton(u"Copy F&igure"_s, this);
    m_copyCaption = new QPushButton(u"&Copy Caption"_s, this);
    m_copyCommand = new QPushButton(u"Copy Co&mmand"_s, this);
    m_copyCommand->setToolTip(u"The command that makes the same figure from the session's file"_s);
    m_copyFigure->setToolTip(u"To the clipboard as PDF, SVG and PNG: each program takes what it can"_s);
    m_copyCaption->setToolTip(u"To the clipboard, as text"_s);
    m_export = buttons->addButton(u"&Export…"_s, QDialogButtonBox::AcceptRole);
    m_export->setToolTip(u"Choose where the file goes"_s);
    m_export->setDefault(true);
    for (QPushButton* button : {m_copyFigure, m_copyCaption, m_copyCommand})
        button->setAutoDefault(false);
    connect(m_copyCommand, &QPushButton::clicked, this, &ExportDialog::copyCommand);
    connect(m_copyFigure, &QPushButton::clicked, this, &ExportDialog::copyFigure);
    connect(m_copyCaption, &QPushButton::clicked, this, &ExportDialog::copyCaption);
    connect(buttons, &QDialogButtonBox::accepted, this, &ExportDialog::choosePath);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* line = new QHBoxLayout;
    line->setSpacing(spacingUnit);
    line->addWidget(m_copyFigure);
    line->addWidget(m_copyCaption);
    line->addWidget(m_copyCommand);
    m_done->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    line->addWidget(m_done, 1);
    line->addWidget(buttons);
    return line;
}

void ExportDialog::restore() {
    const QSettings settings;
    const std::string format = settings.value(formatKey).toString().toStdString();
    for (const FigureFormat& row : figureFormats())
        if (row.extension == format && row.serves(request().kind))
            m_form->setFormat(row);
    m_preview->setZoom(settings.value(zoomKey, 0).toDouble());
    if (!restoreGeometry(settings.value(sizeKey).toByteArray()))
        resize(144 * spacingUnit, 92 * spacingUnit);
}

void ExportDialog::remember() const {
    QSettings settings;
    rememberPaper(request());
    settings.setValue(formatKey, toQString(m_form->format().extension));
    settings.setValue(zoomKey, m_preview->chosenZoom());
    settings.setValue(sizeKey, saveGeometry());
}

void ExportDialog::done(int result) {
    remember();
    QDialog::done(result);
}

const FigureRequest& ExportDialog::request() const {
    return m_form->request();
}

QString ExportDialog::problem() const {
    return m_problem->isHidden() ? QString() : m_problem->text();
}

void ExportDialog::showProblem(const QString& line) {
    m_problem->setText(line);
    m_problem->setVisible(!line.isEmpty());
    m_done->clear();
}

void ExportDialog::refresh() {
    const QString problem = figureProblem(*m_session, request());
    showProblem(problem);
    for (QPushButton* button : {m_copyFigure, m_copyCaption, m_export})
        button->setEnabled(problem.isEmpty());
    m_copyCommand->setEnabled(problem.isEmpty() && !command().isEmpty());
    if (!problem.isEmpty()) {
        m_preview->setStale();
        m_caption->clear();
        return;
    }
    m_preview->setFigure(m_session, request());
    m_caption->setPlainText(figureCaption(*m_session, request()));
}

QString ExportDialog::suggestedName() const {
    return figureFileName(*m_session, request(), toQString(m_form->format().extension));
}

void ExportDialog::copyFigure() {
    const WaitCursor cursor;
    try {
        QGuiApplication::clipboard()->setMimeData(figureMimeData(*m_session, request()));
        showProblem({});
        m_done->setText(u"Copied as PDF, SVG and PNG"_s);
    } catch (const Error& error) {
        showProblem(QString::fromUtf8(error.what()));
    }
}

void ExportDialog::copyCaption() {
    QGuiApplication::clipboard()->setText(m_caption->toPlainText());
    m_done->setText(u"Caption copied"_s);
}

void ExportDialog::choosePath() {
    const QString extension = toQString(m_form->format().extension);
    const QString folder =
        QSettings().value(folderKey, QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation)).toString();
    askWhereToSave(this, u"Export figure"_s, u"%1 (*.%2)"_s.arg(toQString(m_form->format().label), extension),
                   QDir(folder).filePath(suggestedName()), [this](const QString& path) {
                       QSettings().setValue(folderKey, QFileInfo(path).absolutePath());
                       if (writeTo(path))
                           accept();
                   });
}

void ExportDialog::setPaths(const QString& session, const QStringList& others) {
    m_paths = QStringList{session} + others;
    if (m_paths.contains(QString()))
        m_paths.clear();
    m_copyCommand->setToolTip(m_paths.isEmpty()
                                  ? u"The command that makes the same figure again; save the session first"_s
                                  : u"The command that makes the same figure from the session's file"_s);
    refresh();
}

QString ExportDialog::command() const {
    if (m_paths.isEmpty())
        return {};
    QStringList words{u"rankscope"_s, u"figure"_s, m_paths.front()};
    const auto compares = [](const FigureRequest& figure) {
        return figureKindInfo(figure.kind).reads(FigureOption::sessions);
    };
    if (compares(request()) || (request().kind == FigureKind::sheet && std::ranges::any_of(request().parts, compares)))
        for (const QString& path : m_paths.mid(1))
            words << u"--against"_s << path;
    const QStringList arguments = argumentsOf(request());
    if (!arguments.contains(u"--kind"_s))  // which the command wants to be told in any case
        words << u"--kind"_s << toQString(figureKindInfo(request().kind).id);
    words << arguments << u"--output"_s << suggestedName();
    return shellLine(words);
}

void ExportDialog::copyCommand() {
    QGuiApplication::clipboard()->setText(command());
    m_done->setText(u"Command copied"_s);
}

bool ExportDialog::writeTo(const QString& path) {
    const WaitCursor cursor;
    try {
        writeFigure(*m_session, request(), path);
    } catch (const Error& error) {
        showProblem(QString::fromUtf8(error.what()));
        return false;
    }
    Q_EMIT written(path);
    return true;
}

}  // namespace rankscope
