// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Presets of figures: the columns of journals, those of the user and the file that they are in; and the names of files.
#include <QDir>
#include <QFile>
#include <QMimeData>
#include <QSet>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>
#include <cmath>

#include "core/base/error.h"
#include "test_files.h"
#include "ui/figures/figure_export.h"
#include "ui/figures/figure_preset.h"
#include "ui/text/file_name.h"
#include "ui/text/text.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

FigurePaper thesis() {
    FigurePaper paper;
    paper.widthMm = 140.5;
    paper.heightMm = 80;
    paper.fontPt = 9;
    paper.dpi = 600;
    paper.look.title = true;
    paper.look.legend = false;
    paper.look.ticks = TickDensity::many;
    paper.look.letters = PanelLetters::bold;
    paper.ranks = ColourMap::grey;
    return paper;
}

}  // namespace

class TestFigurePresets : public QObject {
    Q_OBJECT

    TestSurroundings m_surroundings;

    QString pathOf(const char* name) const { return m_surroundings.path(QString::fromLatin1(name)); }

private Q_SLOTS:
    void columnsAreAsTheJournalsSay_data() {
        QTest::addColumn<QString>("id");
        QTest::addColumn<double>("width");
        QTest::newRow("IEEE: 21 picas") << "ieee-single" << 21 * 12 * 25.4 / 72;
        QTest::newRow("IEEE: 43 picas") << "ieee-double" << 43 * 12 * 25.4 / 72;
        QTest::newRow("Nature: 89 mm") << "nature-single" << 89.0;
        QTest::newRow("Nature: 183 mm") << "nature-double" << 183.0;
        QTest::newRow("ICML: half of 6.75 in but for 0.25 in") << "icml-single" << (6.75 - 0.25) / 2 * 25.4;
        QTest::newRow("ICML: 6.75 in") << "icml-double" << 6.75 * 25.4;
        QTest::newRow("NeurIPS: 5.5 in") << "neurips-single" << 5.5 * 25.4;
        QTest::newRow("ACL: half of 16 cm but for 0.6 cm") << "acl-single" << (160 - 6) / 2.0;
        QTest::newRow("ACL: A4 but for 2.5 cm on either side") << "acl-double" << 210 - 50.0;
    }

    void columnsAreAsTheJournalsSay() {
        QFETCH(QString, id);
        QFETCH(double, width);
        const FigurePreset* preset = figurePresetFromId(id.toStdString());
        QVERIFY(preset);
        QVERIFY2(std::abs(preset->widthMm - width) < 0.05, qPrintable(QString::number(preset->widthMm)));
    }

    void everyPresetIsPaperStyle() {
        QSet<QString> ids, labels;
        for (const FigurePreset& preset : figurePresets()) {
            FigureRequest request;
            request.look.title = request.look.gridLines = true;
            request.look.letters = PanelLetters::parentheses;
            request.heightMm = 50;
            applyPreset(request, preset);
            QCOMPARE(request.widthMm, preset.widthMm);
            QCOMPARE(request.heightMm, 0.0);
            QVERIFY(request.fontPt >= 5 && request.fontPt <= 10);
            QVERIFY(request.dpi >= 300);
            QVERIFY(!request.look.title && !request.look.gridLines);
            QCOMPARE(request.look.letters, preset.letters);
            QVERIFY(fits(paperOf(request), preset));
            QCOMPARE(figureProblem(*smolSession(), request), QString());
            ids << toQString(preset.id);
            labels << figurePresetLabel(preset);
            QCOMPARE(figurePresetFromId(preset.id), &preset);
        }
        QCOMPARE(ids.size(), qsizetype(figurePresets().size()));
        QCOMPARE(labels.size(), ids.size());
        QVERIFY(!figurePresetFromId("ieee"));
        QVERIFY(!figurePresetFromId(""));
    }

    void presetsDoNotInventLetters() {
        FigureRequest request;
        applyPreset(request, *figurePresetFromId("nature-double"));
        QCOMPARE(request.look.letters, PanelLetters::none);
        request.kind = FigureKind::sheet;
        applyPreset(request, *figurePresetFromId("nature-double"));
        QCOMPARE(request.look.letters, PanelLetters::bold);
    }

    void paperSurvivesJson() {
        const auto read = paperFromJson(toJson(thesis()));
        QVERIFY(read);
        QVERIFY(*read == thesis());
        FigureRequest request;
        request.look.firstLetter = 3;
        setPaper(request, thesis());
        QCOMPARE(request.look.firstLetter, 3);
        QVERIFY(paperOf(request) == thesis());
    }

    void badEntriesAreNamed_data() {
        QTest::addColumn<QString>("key");
        QTest::addColumn<QJsonValue>("value");
        QTest::newRow("no width") << "width_mm" << QJsonValue();
        QTest::newRow("width in words") << "width_mm" << QJsonValue(u"wide"_s);
        QTest::newRow("negative height") << "height_mm" << QJsonValue(-3);
        QTest::newRow("text too small") << "text_pt" << QJsonValue(2);
        QTest::newRow("endless dpi") << "dpi" << QJsonValue(1e12);
        QTest::newRow("switch as a number") << "title" << QJsonValue(1);
        QTest::newRow("unknown letters") << "letters" << QJsonValue(u"roman"_s);
        QTest::newRow("differences' colours") << "rank_colours" << QJsonValue(u"diverging"_s);
    }

    void badEntriesAreNamed() {
        QFETCH(QString, key);
        QFETCH(QJsonValue, value);
        QJsonObject object = toJson(thesis());
        QVERIFY(object.contains(key));
        object[key] = value;
        QString fault;
        QVERIFY(!paperFromJson(object, &fault));
        QCOMPARE(fault, key);
    }

    void usersKeepTheirOwn() {
        const QString path = pathOf("new/folder/presets.json");
        {
            UserPresets presets(path);
            QVERIFY(presets.list().empty() && presets.problem().isEmpty());
            presets.save(u"Thesis"_s, thesis());
            presets.save(u"poster"_s, FigurePaper());
            presets.save(u"Ärger & \"co\""_s, FigurePaper());
        }
        UserPresets again(path);
        QCOMPARE(again.problem(), QString());
        QCOMPARE(again.list().size(), 3u);
        QVERIFY(again.find(u"Thesis"_s)->paper == thesis());
        FigurePaper wider = thesis();
        wider.widthMm = 150;
        again.save(u"Thesis"_s, wider);
        QCOMPARE(again.list().size(), 3u);
        again.rename(u"Thesis"_s, u"poster"_s);  // replaces it
        again.remove(u"Ärger & \"co\""_s);
        const UserPresets last(path);
        QCOMPARE(last.list().size(), 1u);
        QCOMPARE(last.list().front().name, u"poster"_s);
        QVERIFY(last.list().front().paper == wider);
    }

    void damagedFilesAreOneLineAndKept_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("usable");
        UserPresets good(pathOf("good.json"));
        good.save(u"A"_s, thesis());
        good.save(u"B"_s, FigurePaper());
        const QByteArray bytes = contentsOf(good.path());
        QTest::newRow("empty") << QByteArray() << 0;
        QTest::newRow("cut off") << bytes.left(bytes.size() / 2) << 0;
        QTest::newRow("no JSON") << QByteArray("\x00\xff\x13 presets", 11) << 0;
        QTest::newRow("another format") << QByteArray("[1, 2]") << 0;
        QTest::newRow("a later version") << QByteArray(bytes).replace("\"version\": 1", "\"version\": 2") << 0;
        QTest::newRow("one bad width") << QByteArray(bytes).replace("140.5", "-1") << 1;
        QTest::newRow("one name too many lines") << QByteArray(bytes).replace("\"A\"", "\"A\\nB\"") << 1;
        QTest::newRow("much too large") << QByteArray(2 << 20, ' ') << 0;
        QTest::newRow("deep") << QByteArray(100000, '[') << 0;
    }

    void damagedFilesAreOneLineAndKept() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, usable);
        const QString path = m_surroundings.writeFile(u"damaged.json"_s, bytes);
        const QString kept = path + u".damaged-1"_s;
        QFile::remove(kept);
        UserPresets presets(path);
        QVERIFY2(presets.problem().startsWith(path + u": "_s), qPrintable(presets.problem()));
        QVERIFY(presets.problem().contains(u": expected "_s));
        QVERIFY(!presets.problem().contains(u'\n'));
        QCOMPARE(int(presets.list().size()), usable);
        QCOMPARE(contentsOf(path), bytes);  // reading changes nothing
        presets.save(u"new"_s, thesis());
        QCOMPARE(contentsOf(kept), bytes);
        QCOMPARE(presets.problem(), QString());
        QCOMPARE(int(UserPresets(path).list().size()), usable + 1);
    }

    void unwritableFilesChangeNothing() {
        const QString folder = pathOf("taken.json");
        QVERIFY(QDir().mkpath(folder));  // a folder where the file should go
        UserPresets presets(folder);
        QString line;
        try {
            presets.save(u"A"_s, thesis());
        } catch (const Error& error) {
            line = QString::fromUtf8(error.what());
        }
        QVERIFY2(line.startsWith(folder), qPrintable(line));
        QVERIFY(presets.list().empty());
    }

    void namesAreChecked() {
        QVERIFY(UserPresets::nameProblem(u"Thesis"_s).isEmpty());
        for (const QString& name : {QString(), u"  "_s, u" a"_s, u"a\nb"_s, QString(61, u'a'),
                                    figurePresetLabel(figurePresets().front()).toUpper()})
            QVERIFY2(!UserPresets::nameProblem(name).isEmpty(), qPrintable(name));
    }

    void fileNamesSayWhatIsShown() {
        Session session = *smolSession();
        session.model.name = "org/Model 1: α";
        session.corpus.name = "wiki text.v2.txt";
        FigureRequest request;
        QCOMPARE(figureFileName(session, request, u"pdf"_s), u"org_Model_1_α_wiki_text.v2_grid.pdf"_s);
        request.kind = FigureKind::scree;
        request.scree.heads = {at(5, 7), at(1, 0)};
        QCOMPARE(figureFileName(session, request, u"svg"_s), u"org_Model_1_α_wiki_text.v2_L05H07_L01H00_scree.svg"_s);
        request.scree.heads = {at(5, 7), at(1, 0), at(1, 1), at(1, 2), at(1, 3)};
        QCOMPARE(figureFileName(session, request, u"svg"_s),
                 u"org_Model_1_α_wiki_text.v2_L05H07_L01H00_L01H01+2_scree.svg"_s);
        QCOMPARE(cleanFileName(u"../../etc/passwd\n"_s), u".._.._etc_passwd_"_s);
    }

    void theClipboardGetsWhatFilesHold() {
        FigureRequest request;
        request.widthMm = 89;
        const std::unique_ptr<QMimeData> data(figureMimeData(*smolSession(), request));
        QVERIFY(data->data(u"application/pdf"_s).startsWith("%PDF-1"));
        const QByteArray svg = data->data(u"image/svg+xml"_s);
        QXmlStreamReader xml(svg);
        QVERIFY(xml.readNextStartElement());
        QCOMPARE(xml.attributes().value(QLatin1String("width")).toString(), u"89mm"_s);
        const QImage image = QImage::fromData(data->data(u"image/png"_s));
        QCOMPARE(image.width(), int(std::lround(89 / 25.4 * 300)));
        QVERIFY(data->hasImage());
        QVERIFY(!data->hasText());
        request.fontPt = 50;
        QVERIFY_EXCEPTION_THROWN(figureMimeData(*smolSession(), request), Error);
    }

    void paperIsRememberedAndContentIsNot() {
        QSettings().clear();
        FigureRequest before, after;
        recallPaper(after);
        QVERIFY(paperOf(after) == paperOf(before));
        setPaper(before, thesis());
        before.kind = FigureKind::gap;
        rememberPaper(before);
        recallPaper(after);
        QCOMPARE(after.kind, FigureKind::grid);
        QCOMPARE(after.widthMm, thesis().widthMm);
        QVERIFY(after.look == thesis().look);
        QCOMPARE(after.colours.ranks, ColourMap::viridis);  // the window's
        QSettings().setValue(u"figure/paper"_s, QByteArray("{\"width_mm\": \"x\"}"));
        FigureRequest fresh;
        recallPaper(fresh);
        QVERIFY(paperOf(fresh) == paperOf(FigureRequest()));
    }
};

QTEST_MAIN(TestFigurePresets)
#include "tst_figure_presets.moc"
