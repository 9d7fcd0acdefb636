// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// File → Export Table…: the dialog's options, and that the window writes what `rankscope table` writes, byte for byte.
#include <QAction>
#include <QComboBox>
#include <QFileDialog>
#include <QProcess>
#include <QPushButton>
#include <QTreeWidget>
#include <QtTest>

#include "test_files.h"
#include "ui/export/table_dialog.h"
#include "ui/text/text.h"
#include "ui/window/main_window.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {}  // namespace

class TestTableExport : public QObject {
    Q_OBJECT

    TestSurroundings m_surroundings;

    static QPushButton* exportButton(const TableDialog& dialog) {
        for (auto* button : dialog.findChildren<QPushButton*>())
            if (button->text() == u"&Export…"_s)
                return button;
        return nullptr;
    }

private Q_SLOTS:
    void windowAndCommandAgree_data() {
        QTest::addColumn<QString>("extension");
        QTest::addColumn<int>("scope");
        for (const TableFormat& format : tableFormats())
            for (const TableScopeInfo& scope : tableScopes())
                QTest::addRow("%s per %s", format.extension.data(), scope.id.data())
                    << toQString(format.extension) << int(scope.scope);
    }

    void windowAndCommandAgree() {
        QFETCH(QString, extension);
        QFETCH(int, scope);
        MainWindow window;
        window.openPath(m_surroundings.writeSession(u"a.h5"_s));
        QTRY_VERIFY_WITH_TIMEOUT(window.shownSession(), patience);
        for (QAction* action : window.findChildren<QAction*>())
            if (action->text().remove(u'&') == u"Export Table…"_s)
                action->trigger();
        auto* dialog = window.findChild<TableDialog*>();
        QVERIFY(dialog);
        dialog->setFormat(extension);
        dialog->setScope(TableScope(scope));
        QVERIFY(dialog->suggestedName().startsWith(u"SmolLM2-135M-Instruct_"_s));
        QVERIFY(dialog->suggestedName().endsWith(u's' + (u'.' + extension)));
        exportButton(*dialog)->click();
        auto* files = window.findChild<QFileDialog*>();
        QVERIFY(files);
        QVERIFY(!files->testOption(QFileDialog::DontConfirmOverwrite));
        const QString fromWindow = m_surroundings.path(u"window."_s + extension),
                      fromCommand = m_surroundings.path(u"command."_s + extension);
        QFile::remove(fromWindow);
        Q_EMIT files->fileSelected(fromWindow);
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(fromWindow), patience);
        QCOMPARE(QProcess::execute(QStringLiteral(RANKSCOPE_PROGRAM),
                                   {u"table"_s, m_surroundings.path(u"a.h5"_s), u"--per"_s,
                                    toQString(tableScopes()[std::size_t(scope)].id), u"--output"_s, fromCommand}),
                 0);
        QVERIFY(!contentsOf(fromCommand).isEmpty());
        QCOMPARE(contentsOf(fromWindow), contentsOf(fromCommand));
    }

    void nothingChosenIsNotExported() {
        TableDialog dialog(smolSession());
        auto* measures = dialog.findChildren<QTreeWidget*>().front();
        QVERIFY(exportButton(dialog)->isEnabled());
        for (int row = 0; row < measures->topLevelItemCount(); ++row)
            measures->topLevelItem(row)->setCheckState(0, Qt::Unchecked);
        QVERIFY(dialog.request().measures.empty());
        QVERIFY(!exportButton(dialog)->isEnabled());
        measures->topLevelItem(1)->setCheckState(0, Qt::Checked);
        QCOMPARE(dialog.request().measures.size(), std::size_t(1));
        QCOMPARE(dialog.request().measures.front().id(), std::string("k95"));
        QVERIFY(exportButton(dialog)->isEnabled());
    }

    void ticksAreRememberedForEachFormat() {
        QSettings().clear();
        const auto measuresOf = [](TableDialog& dialog) {
            QStringList ids;
            for (const MeasureChoice& measure : dialog.request().measures)
                ids << toQString(measure.id());
            return ids;
        };
        const auto usualOf = [](const char* extension) {
            QStringList ids;
            for (const TableFormat& format : tableFormats())
                if (format.extension == extension)
                    for (const MeasureChoice& measure : usualTable(format).measures)
                        ids << toQString(measure.id());
            return ids;
        };
        {
            TableDialog dialog(smolSession());
            dialog.setFormat(u"csv"_s);
            QCOMPARE(measuresOf(dialog), usualOf("csv"));
            dialog.findChildren<QTreeWidget*>()[0]->topLevelItem(0)->setCheckState(0, Qt::Unchecked);
            dialog.findChildren<QTreeWidget*>()[1]->topLevelItem(1)->setCheckState(0, Qt::Unchecked);
            exportButton(dialog)->click();
        }
        TableDialog again(smolSession());
        again.setFormat(u"csv"_s);
        QCOMPARE(measuresOf(again), usualOf("csv").mid(1));
        QCOMPARE(again.request().variants.size(), storedVariants(*smolSession()).size() - 1);
        again.setFormat(u"tex"_s);
        QCOMPARE(measuresOf(again), usualOf("tex"));
        again.setFormat(u"csv"_s);
        for (auto* button : again.findChildren<QPushButton*>())
            if (button->text() == u"&Usual Choice"_s)
                button->click();
        QCOMPARE(measuresOf(again), usualOf("csv"));
        QSettings().clear();
    }

    void everyControlHasAName() {
        TableDialog dialog(smolSession());
        for (auto* list : dialog.findChildren<QTreeWidget*>())
            QVERIFY(!list->accessibleName().isEmpty() && !list->toolTip().isEmpty());
        for (auto* box : dialog.findChildren<QComboBox*>())
            QVERIFY(!box->toolTip().isEmpty());
    }
};

QTEST_MAIN(TestTableExport)
#include "tst_table_export.moc"
