// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How the run dialog is laid out.
#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

#include "ui/request/path_kind.h"
#include "ui/run/run_dialog.h"
#include "ui/run/token_boxes.h"
#include "ui/widgets/file_dialogs.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/warning_label.h"

namespace rankscope {

namespace {

QHBoxLayout* pathRow(QLineEdit* edit, QPushButton* browse) {
    auto* row = new QHBoxLayout;
    row->setSpacing(spacingUnit);
    row->addWidget(edit, 1);
    row->addWidget(browse);
    return row;
}

QLabel* makeFieldName(const QString& text, QLineEdit* field) {
    QLabel* label = makeHeading(text, field->parentWidget());
    label->setBuddy(field);
    return label;
}

}  // namespace

void RunDialog::buildInputs(QVBoxLayout* column) {
    auto* browseModel = new QPushButton(tr("Choose"), this);
    auto* menu = new QMenu(browseModel);
    const auto take = [this](const QString& path) { setModel(path); };
    menu->addAction(tr("&File…"), this, [this, take] { askForModel(this, take); });
    menu->addAction(tr("F&older…"), this, [this, take] { askForModelFolder(this, take); });
    browseModel->setMenu(menu);
    browseModel->setAccessibleName(tr("Choose a model"));
    auto* browseCorpus = new QPushButton(tr("Choose…"), this);
    browseCorpus->setAccessibleName(tr("Choose a corpus"));
    connect(browseCorpus, &QPushButton::clicked, this,
            [this] { askForCorpus(this, [this](const QStringList& paths) { setCorpus(corpusOfPaths(paths)); }); });
    m_modelPath->setPlaceholderText(tr("a model folder, a .gguf or a .safetensors file"));
    m_modelPath->setObjectName(QStringLiteral("model"));
    m_corpusPath->setPlaceholderText(tr("UTF-8 texts, JSON lines, or a .json list of token ids"));
    m_corpusPath->setObjectName(QStringLiteral("corpus"));
    m_modelName->setTextFormat(Qt::PlainText);
    m_modelName->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setAccessibleName(tr("Facts about the model"));
    m_corpusFacts->setWordWrap(true);
    m_replaceInvalid->setObjectName(QStringLiteral("replaceInvalid"));
    m_replaceInvalid->setToolTip(
        tr("Each such byte becomes the token of the replacement character U+FFFD; the session says how many did. "
           "Where the text is of another encoding, convert it to UTF-8 instead."));
    m_replaceInvalid->hide();
    m_fieldName->setBuddy(m_field);
    m_field->setObjectName(QStringLiteral("field"));
    m_field->setToolTip(tr("The corpus is made of JSON records; the texts in this field are read, each a document"));
    m_acrossDocuments->setObjectName(QStringLiteral("acrossDocuments"));
    m_acrossDocuments->setToolTip(
        tr("All texts become one, with an empty line between two. Without it no window goes across two documents, and "
           "those that are too short for one are left out"));
    showFields({}, {});
    m_tokens->setMinimumHeight(9 * spacingUnit);
    column->addWidget(makeFieldName(tr("&Model"), m_modelPath));
    column->addLayout(pathRow(m_modelPath, browseModel));
    column->addWidget(m_modelProblem);
    column->addWidget(m_modelName);
    column->addWidget(m_facts);
    column->addSpacing(spacingUnit);
    column->addWidget(makeFieldName(tr("&Corpus"), m_corpusPath));
    column->addLayout(pathRow(m_corpusPath, browseCorpus));
    column->addWidget(m_replaceInvalid);  // above the line that it takes away: it stays where it is
    auto* field = new QHBoxLayout;
    field->setSpacing(spacingUnit);
    field->addWidget(m_fieldName);
    field->addWidget(m_field, 1);
    column->addLayout(field);
    column->addWidget(m_acrossDocuments);
    column->addWidget(m_corpusProblem);
    column->addWidget(m_corpusFacts);
    column->addWidget(m_tokens, 1);
}

void RunDialog::buildOutput(QVBoxLayout* column) {
    auto* browse = new QPushButton(tr("Choose…"), this);
    browse->setAccessibleName(tr("Choose where to save"));
    connect(browse, &QPushButton::clicked, this, [this] {
        askWhereToSave(this, tr("Save the session to"), sessionFilter(), m_outputPath->text(),
                       [this](const QString& path) {
                           m_outputEdited = true;
                           SessionStore::setDefaultFolder(QFileInfo(path).absolutePath());
                           m_outputPath->setText(path);
                       });
    });
    m_outputPath->setObjectName(QStringLiteral("output"));
    m_outputNote->setWordWrap(true);
    column->addSpacing(spacingUnit);
    column->addWidget(makeFieldName(tr("&Save to"), m_outputPath));
    column->addLayout(pathRow(m_outputPath, browse));
    column->addWidget(m_outputProblem);
    column->addWidget(m_outputNote);
}

QWidget* RunDialog::makeFooter() {
    auto* footer = new QWidget(this);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, footer);
    m_run = buttons->addButton(tr("&Run"), QDialogButtonBox::AcceptRole);
    m_run->setObjectName(QStringLiteral("run"));
    m_run->setDefault(true);
    m_copyCommand = buttons->addButton(tr("Cop&y Command"), QDialogButtonBox::ActionRole);
    m_copyCommand->setObjectName(QStringLiteral("copyCommand"));
    m_copyCommand->setToolTip(tr("The command that does the same, for a terminal or another machine"));
    connect(m_copyCommand, &QPushButton::clicked, this, &RunDialog::copyCommand);
    connect(buttons, &QDialogButtonBox::accepted, this, &RunDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_estimate->setObjectName(QStringLiteral("estimate"));
    m_estimate->setAccessibleName(tr("Estimated time and memory"));
    m_estimate->setWordWrap(true);
    auto* layout = new QHBoxLayout(footer);
    layout->setContentsMargins(3 * spacingUnit, spacingUnit, 3 * spacingUnit, spacingUnit);
    layout->setSpacing(2 * spacingUnit);
    layout->addWidget(m_estimate, 1);
    layout->addWidget(buttons);
    return footer;
}

}  // namespace rankscope
