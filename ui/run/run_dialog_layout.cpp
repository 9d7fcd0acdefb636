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
#include "ui/text/literals.h"
#include "ui/widgets/file_dialogs.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

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
    auto* browseModel = new QPushButton(u"Choose"_s, this);
    auto* menu = new QMenu(browseModel);
    const auto take = [this](const QString& path) { setModel(path); };
    menu->addAction(u"&File…"_s, this, [this, take] { askForModel(this, take); });
    menu->addAction(u"F&older…"_s, this, [this, take] { askForModelFolder(this, take); });
    browseModel->setMenu(menu);
    browseModel->setAccessibleName(u"Choose a model"_s);
    auto* browseCorpus = new QPushButton(u"Choose…"_s, this);
    browseCorpus->setAccessibleName(u"Choose a corpus"_s);
    connect(browseCorpus, &QPushButton::clicked, this,
            [this] { askForCorpus(this, [this](const QStringList& paths) { setCorpus(corpusOfPaths(paths)); }); });
    m_modelPath->setPlaceholderText(u"a model folder, a .gguf or a .safetensors file"_s);
    m_modelPath->setObjectName(u"model"_s);
    m_corpusPath->setPlaceholderText(u"UTF-8 texts, JSON lines, or a .json list of token ids"_s);
    m_corpusPath->setObjectName(u"corpus"_s);
    m_modelName->setTextFormat(Qt::PlainText);
    m_modelName->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setWordWrap(true);
    m_facts->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setAccessibleName(u"Facts about the model"_s);
    m_corpusFacts->setWordWrap(true);
    m_replaceInvalid->hide();
    m_fieldName->setBuddy(m_field);
    m_field->setObjectName(u"field"_s);
    m_field->setToolTip(u"The corpus is made of JSON records; the texts in this field are read, each a document"_s);
    showFields({}, {});
    m_tokens->setMinimumHeight(9 * spacingUnit);
    column->addWidget(makeFieldName(u"&Model"_s, m_modelPath));
    column->addLayout(pathRow(m_modelPath, browseModel));
    column->addWidget(m_modelProblem);
    column->addWidget(m_modelName);
    column->addWidget(m_facts);
    column->addSpacing(spacingUnit);
    column->addWidget(makeFieldName(u"&Corpus"_s, m_corpusPath));
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
    auto* browse = new QPushButton(u"Choose…"_s, this);
    browse->setAccessibleName(u"Choose where to save"_s);
    connect(browse, &QPushButton::clicked, this, [this] {
        askWhereToSave(this, u"Save the session to"_s, sessionFilter(), m_outputPath->text(),
                       [this](const QString& path) {
                           m_outputEdited = true;
                           SessionStore::setDefaultFolder(QFileInfo(path).absolutePath());
                           m_outputPath->setText(path);
                       });
    });
    m_outputPath->setObjectName(u"output"_s);
    m_outputNote->setWordWrap(true);
    column->addSpacing(spacingUnit);
    column->addWidget(makeFieldName(u"&Save to"_s, m_outputPath));
    column->addLayout(pathRow(m_outputPath, browse));
    column->addWidget(m_outputProblem);
    column->addWidget(m_outputNote);
}

QWidget* RunDialog::makeFooter() {
    auto* footer = new QWidget(this);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, footer);
    m_run = buttons->addButton(u"&Run"_s, QDialogButtonBox::AcceptRole);
    m_run->setObjectName(u"run"_s);
    m_run->setDefault(true);
    m_copyCommand = buttons->addButton(u"Cop&y Command"_s, QDialogButtonBox::ActionRole);
    m_copyCommand->setObjectName(u"copyCommand"_s);
    m_copyCommand->setToolTip(u"The command that does the same, for a terminal or another machine"_s);
    connect(m_copyCommand, &QPushButton::clicked, this, &RunDialog::copyCommand);
    connect(buttons, &QDialogButtonBox::accepted, this, &RunDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_estimate->setObjectName(u"estimate"_s);
    m_estimate->setAccessibleName(u"Estimated time and memory"_s);
    m_estimate->setWordWrap(true);
    auto* layout = new QHBoxLayout(footer);
    layout->setContentsMargins(3 * spacingUnit, spacingUnit, 3 * spacingUnit, spacingUnit);
    layout->setSpacing(2 * spacingUnit);
    layout->addWidget(m_estimate, 1);
    layout->addWidget(buttons);
    return footer;
}

}  // namespace rankscope
