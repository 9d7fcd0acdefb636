// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Names of models, texts and tokens are what a user's disk and a stranger's file hold: they come out of every figure,
// table and label as they went in.
#include <QTemporaryDir>
#include <QTextDocument>
#include <QXmlStreamReader>
#include <QtTest>
#include <clocale>

#include "core/reports/session_table.h"
#include "figure_fixture.h"
#include "ui/head/field_painter.h"
#include "ui/plots/comparison.h"
#include "ui/text/text.h"
#include "ui/text/tip_text.h"
#include "ui/viewmodels/workspace.h"

using namespace rankscope;

namespace {

SessionPointer named(const QString& name) {
    auto session = std::make_shared<Session>(*exampleSession());
    session->model.name = name.toStdString();
    session->corpus.name = name.toStdString() + " (text)";
    session->corpus.control = "none";
    return session;
}

QString textOfSvg(const QString& path, QString* problem) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QXmlStreamReader xml(&file);
    QString text;
    while (!xml.atEnd())
        if (xml.readNext() == QXmlStreamReader::Characters)
            text += xml.text();
    *problem = xml.errorString();
    return text;
}

}  // namespace

class TestNames : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void figures_data() { nameRows(); }
    void figures();
    void tables_data() { nameRows(); }
    void tables();
    void comparison_data() { nameRows(); }
    void comparison();
    void latex();
    void tips();
    void numbersHaveOneFormat();

private:
    static void nameRows();

    QTemporaryDir m_folder;
};

void TestNames::nameRows() {
    QTest::addColumn<QString>("name");
    for (const char* name :
         {"meta-llama%2FLlama-3.2-1B", "100%1 %3 model", "%1%2%3%4%5 %L1 %99 %n %s", "<b>bold</b> & \"quoted\" ]]> -->",
          "AT&T <model", "back\\slash {brace} $x_1^2$ ~ # %", "{\\input{/etc/passwd}}", "a'b`c$(d)",
          "\u05D0\u05D1 \u202Eright to left", "\u5929\u5730 \U0001F600", "two\rlines\nor \ttab\x01"})
        QTest::newRow(name) << QString::fromUtf8(name);
}

void TestNames::figures() {
    QFETCH(QString, name);
    const SessionPointer session = named(name);
    FigureRequest request = exampleFigure(FigureKind::grid);
    request.look.title = true;
    const QString caption = figureCaption(*session, request);
    std::replace_if(
        name.begin(), name.end(), [](QChar c) { return c < u' '; }, u' ');  // XML has none of them
    QVERIFY2(caption.contains("Model: " + name + " (30 layers × 9 query heads, 3 key heads, head size 64)."),
             qPrintable(caption));
    QVERIFY2(caption.contains("Text: " + name + " (text), "), qPrintable(caption));
    for (const FigureFormat& format : figureFormats()) {
        const QString path = m_folder.filePath("figure." + toQString(format.extension));
        writeFigure(*session, request, path);
        QVERIFY2(QFileInfo(path).size() > 100, qPrintable(path));
    }
    QString problem;
    const QString text = textOfSvg(m_folder.filePath("figure.svg"), &problem);
    QVERIFY2(problem.isEmpty() && text.contains(caption), qPrintable(problem + text));
}

void TestNames::tables() {
    QFETCH(QString, name);
    const SessionPointer session = named(name);
    for (const TableFormat& format : tableFormats()) {
        const Session* const one = session.get();
        const QString text = QString::fromStdString(format.write(TableSessions(&one, 1), usualTable(format)));
        QVERIFY2(text.size() > 100, qPrintable(toQString(format.extension)));
        if (format.extension == "json")
            QVERIFY(!QJsonDocument::fromJson(text.toUtf8()).isNull());
    }
}

void TestNames::comparison() {
    QFETCH(QString, name);
    const SessionPointer a = named(name), b = named(name + " 2");
    const std::vector<QString> names = sessionNames({a, b});
    QVERIFY(names[0].contains(name) && names[1].contains(name + " 2"));
    Workspace workspace;
    const int id = workspace.add(a, QString(), true);
    const QModelIndex model = workspace.index(0, 0);
    QVERIFY(id > 0);
    QCOMPARE(model.data().toString(), name);
    const QString tip = model.data(Qt::ToolTipRole).toString();
    QVERIFY2(tip.contains(name) || tip.contains(name.toHtmlEscaped()), qPrintable(tip));
}

// Where LaTeX is at hand, it takes them all.
void TestNames::latex() {
    if (!hasLatex({"standalone.cls", "pgfplots.sty"}))
        QSKIP("LaTeX with standalone and pgfplots is not installed");
    FigureRequest request = exampleFigure(FigureKind::grid);
    request.look.title = true;
    writeFigure(*named("back\\slash {brace} $x_1^2$ ~ # % & < >"), request, m_folder.filePath("named.tex"));
    QCOMPARE(latexProblem(m_folder.path(), "named.tex"), QString());
}

void TestNames::tips() {
    QCOMPARE(plainTip("plain"), QString("plain"));
    QVERIFY(Qt::mightBeRichText(QString("position 0 · id 1 · <s>")));  // which is why
    for (const char* text : {"position 0 · id 1 · <s>", "a < b\nc & d"}) {
        QTextDocument document;
        document.setHtml(plainTip(QString::fromUtf8(text)));
        QCOMPARE(document.toPlainText(), QString::fromUtf8(text));
    }
}

// As QApplication leaves the process where the user's locale has decimal commas.
void TestNames::numbersHaveOneFormat() {
    const QLocale before;
    QLocale::setDefault(QLocale(QLocale::German));
    std::setlocale(LC_NUMERIC, "de_DE.UTF-8");
    useOneNumberFormat();
    QCOMPARE(QLocale().toString(1.5), QString("1.5"));
    QCOMPARE(QLocale().toString(1234.5), QString("1234.5"));
    QCOMPARE(QString::asprintf("%.1f", 1.5), QString("1.5"));
    QCOMPARE(std::string(std::localeconv()->decimal_point), std::string("."));
    QLocale::setDefault(before);
}

QTEST_MAIN(TestNames)
#include "tst_names.moc"
