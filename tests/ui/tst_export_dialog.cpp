// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The dialog for figures: what it starts from, what its controls do, what the preview shows, what is written and
// copied, and what it remembers.
#include <QAccessible>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QLabel>
#include <QMimeData>
#include <QPainter>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QtTest>
#include <cmath>
#include <ctime>

#include "core/base/error.h"
#include "synthetic_session.h"
#include "test_files.h"
#include "ui/export/export_dialog.h"
#include "ui/export/figure_form.h"
#include "ui/export/figure_preview.h"
#include "ui/export/preset_box.h"
#include "ui/figures/figure_export.h"
#include "ui/text/text.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

namespace {

HeadRef at(int layer, int head) {
    return {LayerIndex(layer), HeadIndex(head)};
}

FigureRequest screeOf(std::vector<HeadRef> heads) {
    FigureRequest request;
    request.kind = FigureKind::scree;
    request.scree.heads = std::move(heads);
    return request;
}

template <typename Widget>
Widget* named(const QWidget& parent, const QString& name) {
    for (auto* widget : parent.findChildren<Widget*>())
        if (widget->accessibleName() == name)
            return widget;
    return nullptr;
}

QPushButton* button(const QWidget& parent, const QString& text) {
    for (auto* one : parent.findChildren<QPushButton*>())
        if (one->text().remove(u'&') == text)
            return one;
    return nullptr;
}

}  // namespace

class TestExportDialog : public QObject {
    Q_OBJECT

    TestSurroundings m_surroundings;

    static void choose(QComboBox* box, const QString& text) {
        QVERIFY(box);
        const int index = box->findText(text);
        QVERIFY2(index >= 0, qPrintable(text));
        box->setCurrentIndex(index);
        Q_EMIT box->activated(index);
    }

private Q_SLOTS:
    void init() {
        QSettings().clear();
        QFile::remove(UserPresets::defaultPath());
    }

    void itStartsFromWhatIsShown() {
        FigureRequest shown = screeOf({at(11, 4), at(3, 7)});
        shown.scree.quantity = ScreeQuantity::sigma;
        shown.colours.ranks = ColourMap::cividis;
        ExportDialog dialog(smolSession(), shown);
        QCOMPARE(dialog.request().kind, FigureKind::scree);
        QCOMPARE(dialog.request().scree.quantity, ScreeQuantity::sigma);
        QCOMPARE(dialog.request().colours.ranks, ColourMap::cividis);
        QCOMPARE(named<QComboBox>(dialog, u"Kind of figure"_s)->currentText(), figureKindLabel(FigureKind::scree));
        QCOMPARE(dialog.suggestedName(), u"SmolLM2-135M-Instruct_wikitext2-valid_L11H04_L03H07_scree.pdf"_s);
        QVERIFY(dialog.problem().isEmpty());
        QCOMPARE(named<QPlainTextEdit>(dialog, u"Caption"_s)->toPlainText(),
                 figureCaption(*smolSession(), dialog.request()));
    }

    void presetsSetTheSize() {
        ExportDialog dialog(smolSession(), FigureRequest());
        auto* presets = named<QComboBox>(dialog, u"Preset"_s);
        for (const FigurePreset& preset : figurePresets()) {
            choose(presets, figurePresetLabel(preset));
            QCOMPARE(dialog.request().widthMm, preset.widthMm);
            QCOMPARE(dialog.request().fontPt, preset.fontPt);
            QCOMPARE(named<QDoubleSpinBox>(dialog, u"Width"_s)->value(), preset.widthMm);
            QCOMPARE(presets->currentText(), figurePresetLabel(preset));
        }
        named<QDoubleSpinBox>(dialog, u"Width"_s)->setValue(123);
        QCOMPARE(dialog.request().widthMm, 123.0);
        QCOMPARE(presets->currentText(), u"Free size"_s);
    }

    void ownPresetsAreSavedRenamedAndDeleted() {
        {
            ExportDialog dialog(smolSession(), FigureRequest());
            auto* box = dialog.findChild<PresetBox*>();
            dialog.form()->change([](FigureRequest& request) { request.widthMm = 141, request.look.title = true; });
            box->save(u"Thesis"_s);
            QCOMPARE(box->current(), u"Thesis"_s);
            dialog.form()->change([](FigureRequest& request) { request.look.title = false; });
            QCOMPARE(box->current(), QString());
        }
        ExportDialog dialog(smolSession(), FigureRequest());
        auto* box = dialog.findChild<PresetBox*>();
        choose(box->box(), u"Thesis"_s);
        QCOMPARE(dialog.request().widthMm, 141.0);
        QVERIFY(dialog.request().look.title);
        box->rename(u"Book"_s);
        QCOMPARE(box->current(), u"Book"_s);
        QCOMPARE(UserPresets().list().size(), 1u);
        box->save(u"  "_s);
        QVERIFY(!dialog.problem().isEmpty());
        box->remove();
        QVERIFY(dialog.problem().isEmpty());
        QCOMPARE(box->current(), QString());
        QVERIFY(UserPresets().list().empty());
    }

    void damagedPresetsAreSaidAndDoNoHarm() {
        QDir().mkpath(QFileInfo(UserPresets::defaultPath()).path());
        QFile file(UserPresets::defaultPath());
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"format\": \"rankscope-figure");
        file.close();
        ExportDialog dialog(smolSession(), FigureRequest());
        dialog.show();
        QTRY_VERIFY_WITH_TIMEOUT(dialog.problem().startsWith(UserPresets::defaultPath()), patience);
        QVERIFY(!dialog.problem().contains(u'\n'));
        QVERIFY(button(dialog, u"Export…"_s)->isEnabled());
        QVERIFY(dialog.writeTo(m_surroundings.path(u"damaged.pdf"_s)));
    }

    void thePreviewHasTrueSize() {
        ExportDialog dialog(smolSession(), screeOf({at(11, 4)}));
        dialog.form()->change([](FigureRequest& request) { request.widthMm = 60, request.heightMm = 40; });
        dialog.resize(1200, 800);
        dialog.show();
        FigurePreview& preview = *dialog.preview();
        QTRY_VERIFY_WITH_TIMEOUT(preview.upToDate() && !preview.picture().isNull(), patience);
        QCOMPARE(preview.zoom(), 1.0);
        const double pixels = preview.pixelsPerMm();
        QVERIFY(pixels > 50 / 25.4 && pixels < 400 / 25.4);
        QVERIFY(std::abs(preview.picture().width() - 60 * pixels * preview.devicePixelRatioF()) <= 1);
        QVERIFY(std::abs(preview.picture().height() - 40 * pixels * preview.devicePixelRatioF()) <= 1);
        auto* area = named<QScrollArea>(dialog, u"Preview of the figure"_s);
        QVERIFY(area->accessibleDescription().contains(u"60 × 40 mm"_s));
        // Too large: all of it, smaller.
        dialog.form()->change([](FigureRequest& request) { request.widthMm = 500, request.heightMm = 300; });
        QTRY_VERIFY_WITH_TIMEOUT(preview.upToDate(), patience);
        QVERIFY(preview.zoom() < 1);
        QVERIFY(!area->horizontalScrollBar()->isVisible());
        QVERIFY(preview.picture().width() <= area->width() * preview.devicePixelRatioF());
        // In true size all the same: it scrolls.
        preview.setZoom(1);
        QTRY_VERIFY_WITH_TIMEOUT(preview.upToDate(), patience);
        QTRY_VERIFY_WITH_TIMEOUT(area->horizontalScrollBar()->isVisible(), patience);
        QVERIFY(std::abs(preview.picture().width() - 500 * pixels * preview.devicePixelRatioF()) <= 1);
    }

    void thePreviewIsTheFigure() {
        ExportDialog dialog(smolSession(), FigureRequest());
        dialog.show();
        FigurePreview& preview = *dialog.preview();
        QTRY_VERIFY_WITH_TIMEOUT(preview.upToDate() && !preview.picture().isNull(), patience);
        QImage expected(preview.picture().size(), QImage::Format_RGB32);
        expected.fill(Qt::white);
        QPainter painter(&expected);
        const QSizeF paper = figureSize(*smolSession(), dialog.request()) * 10;
        painter.scale(expected.width() / paper.width(), expected.height() / paper.height());
        paintFigure(painter, *smolSession(), dialog.request());
        painter.end();
        QCOMPARE(preview.picture().toImage().convertToFormat(QImage::Format_RGB32), expected);
        // Whatever the theme, paper is white.
        QCOMPARE(expected.pixel(0, 0), qRgb(255, 255, 255));
    }

    void everySwitchChangesThePicture_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("kind");
        for (const char* text : {"Title", "Labels", "Legend", "Greyscale", "Numbers"})
            QTest::addRow("%s of a grid", text) << text << int(FigureKind::grid);
        for (const char* text : {"Title", "Labels", "Legend", "Greyscale", "Grid lines"})
            QTest::addRow("%s of a chart", text) << text << int(FigureKind::scree);
    }

    void everySwitchChangesThePicture() {
        QFETCH(QString, text);
        QFETCH(int, kind);
        FigureRequest request = screeOf({at(11, 4)});
        request.kind = FigureKind(kind);
        ExportDialog dialog(smolSession(), request);
        dialog.resize(1300, 900);
        dialog.show();
        QTRY_VERIFY_WITH_TIMEOUT(dialog.preview()->upToDate(), patience);
        const QImage before = dialog.preview()->picture().toImage();
        QVERIFY(!before.isNull());
        int found = 0;
        for (auto* box : dialog.findChildren<QCheckBox*>())
            if (box->text().remove(u'&') == text) {
                ++found;
                QVERIFY(box->isEnabled());
                box->toggle();
            }
        QCOMPARE(found, 1);
        QTRY_VERIFY_WITH_TIMEOUT(dialog.preview()->upToDate(), patience);
        QVERIFY(dialog.preview()->picture().toImage() != before);
    }

    void controlsFollowTheKind() {
        ExportDialog dialog(smolSession(), FigureRequest());
        dialog.show();
        auto* range = named<QComboBox>(dialog, u"Range"_s);
        QVERIFY(range->isVisible());
        choose(named<QComboBox>(dialog, u"Kind of figure"_s), figureKindLabel(FigureKind::distribution));
        QCOMPARE(dialog.request().kind, FigureKind::distribution);
        QVERIFY(!range->isVisible());
        QVERIFY(named<QComboBox>(dialog, u"Distribution as"_s)->isVisible());
        choose(named<QComboBox>(dialog, u"Kind of figure"_s), figureKindLabel(FigureKind::grid));
        choose(range, u"Fixed"_s);
        auto* upper = named<QDoubleSpinBox>(dialog, u"Upper end of the colours"_s);
        QVERIFY(upper->isVisible());
        upper->setValue(40);
        QCOMPARE(dialog.request().colours.locked[0]->maximum, 40.0);
        QCOMPARE(dialog.request().colours.locked[1]->maximum, 40.0);
        choose(range, u"Of each matrix"_s);
        QVERIFY(!dialog.request().colours.isLocked() && !dialog.request().colours.shared);
    }

    void everyFormatIsWrittenFromTheDialog() {
        ExportDialog dialog(smolSession(), screeOf({at(11, 4)}));
        auto* formats = named<QComboBox>(dialog, u"Format"_s);
        auto* dpi = named<QDoubleSpinBox>(dialog, u"Resolution"_s);
        dialog.show();
        QCOMPARE(formats->count(), int(figureFormats().size()));
        for (const FigureFormat& format : figureFormats()) {
            if (!format.serves(FigureKind::scree))
                continue;
            choose(formats, toQString(format.label));
            QCOMPARE(dpi->isVisible(), format.raster);
            QVERIFY(dialog.suggestedName().endsWith(u'.' + toQString(format.extension)));
            const QString path = m_surroundings.path(u"dialog."_s + toQString(format.extension)),
                          plain = m_surroundings.path(u"plain."_s + toQString(format.extension));
            QVERIFY2(dialog.writeTo(path), qPrintable(dialog.problem()));
            writeFigure(*smolSession(), dialog.request(), plain);
            QVERIFY(!contentsOf(path).isEmpty());
            if (format.extension != "pdf")  // which has the time and an id in it
                QCOMPARE(contentsOf(path), contentsOf(plain));
        }
    }

    void theFileDialogGetsNameAndFolder() {
        ExportDialog dialog(smolSession(), FigureRequest());
        QSettings().setValue(u"folders/figure"_s, m_surroundings.path(QString()));
        dialog.show();
        QSignalSpy written(&dialog, &ExportDialog::written);
        button(dialog, u"Export…"_s)->click();
        auto* files = dialog.findChild<QFileDialog*>();
        QVERIFY(files);
        QVERIFY(!files->testOption(QFileDialog::DontConfirmOverwrite));
        QCOMPARE(files->defaultSuffix(), u"pdf"_s);
        QCOMPARE(QFileInfo(files->selectedFiles().value(0)).fileName(), dialog.suggestedName());
        const QString path = m_surroundings.path(u"chosen.pdf"_s);
        Q_EMIT files->fileSelected(path);
        QCOMPARE(written.count(), 1);
        QVERIFY(contentsOf(path).startsWith("%PDF"));
        QCOMPARE(dialog.result(), int(QDialog::Accepted));
    }

    void problemsAreOneLineInTheDialog() {
        ExportDialog dialog(smolSession(), FigureRequest());
        dialog.show();
        QTRY_VERIFY_WITH_TIMEOUT(dialog.preview()->upToDate(), patience);
        dialog.form()->change([](FigureRequest& request) { request.widthMm = 21; });
        QVERIFY2(dialog.problem().contains(u"width"_s), qPrintable(dialog.problem()));
        QVERIFY(!dialog.problem().contains(u'\n'));
        for (const char* text : {"Export…", "Copy Figure", "Copy Caption"})
            QVERIFY(!button(dialog, QString::fromUtf8(text))->isEnabled());
        dialog.form()->change([](FigureRequest& request) { request.widthMm = 183; });
        QVERIFY(dialog.problem().isEmpty());
        QVERIFY(!dialog.writeTo(m_surroundings.path(u"nowhere/figure.pdf"_s)));
        QVERIFY(dialog.problem().contains(u"nowhere/figure.pdf: "_s));
        QVERIFY(!dialog.problem().contains(u'\n'));
        QVERIFY(dialog.isVisible());
        dialog.form()->change([](FigureRequest& request) { request.panels.clear(); });
        QVERIFY(dialog.problem().contains(u"panels"_s));
    }

    void headsThatAreNotThereAreSaid() {
        FixtureChoice choice;
        choice.finishedLayers = 12;
        choice.failedHead = true;
        for (const HeadRef head : {at(20, 0), at(7, 3), at(40, 0)}) {
            const ExportDialog dialog(smolSession(choice), screeOf({head}));
            QVERIFY(!dialog.problem().isEmpty() && !dialog.problem().contains(u'\n'));
        }
    }

    void figureAndCaptionAreCopied() {
        ExportDialog dialog(smolSession(), FigureRequest());
        dialog.show();
        button(dialog, u"Copy Figure"_s)->click();
        const QMimeData* data = QGuiApplication::clipboard()->mimeData();
        QVERIFY(data->data(u"application/pdf"_s).startsWith("%PDF-1"));
        QVERIFY(data->data(u"image/svg+xml"_s).contains("<svg"));
        QVERIFY(data->hasImage());
        button(dialog, u"Copy Caption"_s)->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), figureCaption(*smolSession(), dialog.request()));
    }

    // The window and the command make the same file.
    void theCommandMakesTheSameFigure_data() {
        QTest::addColumn<int>("kind");
        for (const FigureKindInfo& info : figureKinds())
            if (info.needs[0] == 0)
                QTest::addRow("%s", info.id.data()) << int(info.kind);
    }

    void theCommandMakesTheSameFigure() {
        QFETCH(int, kind);
        const QString path = m_surroundings.writeSession(u"the session's.h5"_s);
        FigureRequest request = screeOf({at(11, 4), at(3, 7)});
        request.kind = FigureKind(kind);
        request.scree.pins = {0, 2};
        request.visible = QRectF(0.1, 0, 0.5, 1);
        request.colours.shared = false;
        ExportDialog dialog(openSession(path.toStdString()), request);
        QVERIFY(dialog.command().isEmpty());
        QVERIFY(!button(dialog, u"Copy Command"_s)->isEnabled());
        dialog.form()->chooseFormat(figureFormatOf(u"a.svg"_s));
        dialog.form()->change([](FigureRequest& changed) { changed.widthMm = 171.45, changed.look.title = true; });
        QCOMPARE(dialog.problem(), QString());
        const QString fromDialog = m_surroundings.path(u"dialog.svg"_s),
                      fromCommand = m_surroundings.path(u"command.svg"_s);
        QVERIFY(dialog.writeTo(fromDialog));
        dialog.setPaths(path, {});
        button(dialog, u"Copy Command"_s)->click();
        QString line = QGuiApplication::clipboard()->text();
        QVERIFY(line.startsWith(u"rankscope figure "_s));
        line.replace(0, 9, QStringLiteral(RANKSCOPE_PROGRAM));
        line.replace(dialog.suggestedName(), fromCommand);
        QProcess shell;
        shell.start(u"/bin/sh"_s, {u"-c"_s, line});
        QVERIFY(shell.waitForFinished(60000));
        QVERIFY2(shell.exitCode() == 0, shell.readAllStandardError().constData());
        QVERIFY(!contentsOf(fromCommand).isEmpty());
        QCOMPARE(contentsOf(fromCommand), contentsOf(fromDialog));
    }

    void itRemembers() {
        {
            ExportDialog dialog(smolSession(), FigureRequest());
            dialog.show();
            choose(named<QComboBox>(dialog, u"Preset"_s), u"ACL, one column"_s);
            choose(named<QComboBox>(dialog, u"Format"_s), u"PNG, image"_s);
            dialog.form()->change([](FigureRequest& request) { request.look.legend = false; });
            dialog.preview()->setZoom(1.5);
            dialog.resize(1111, 777);
            dialog.reject();
        }
        ExportDialog again(smolSession(), screeOf({at(1, 1)}));
        QCOMPARE(again.request().kind, FigureKind::scree);
        QCOMPARE(again.request().widthMm, 77.0);
        QVERIFY(!again.request().look.legend);
        QCOMPARE(again.form()->format().extension, std::string_view("png"));
        QCOMPARE(again.preview()->chosenZoom(), 1.5);
        QCOMPARE(again.size(), QSize(1111, 777));
    }

    void badSettingsDoNoHarm() {
        QSettings settings;
        settings.setValue(u"figure/paper"_s, QByteArray("{\"width_mm\": -1}"));
        settings.setValue(u"figure/format"_s, u"bmp"_s);
        settings.setValue(u"figure/zoom"_s, 1e9);
        settings.setValue(u"figure/dialog"_s, QByteArray("x"));
        ExportDialog dialog(smolSession(), FigureRequest());
        QCOMPARE(dialog.request().widthMm, 183.0);
        QCOMPARE(dialog.form()->format().extension, std::string_view("pdf"));
        QCOMPARE(dialog.preview()->chosenZoom(), 0.0);
    }

    void everythingHasANameATipAndAKey() {
        ExportDialog dialog(smolSession(), FigureRequest());
        dialog.show();
        QStringList keys;
        const auto claim = [&keys](const QString& text) {
            const auto key = QKeySequence::mnemonic(text).toString();
            if (!key.isEmpty()) {
                QVERIFY2(!keys.contains(key), qPrintable(text));
                keys << key;
            }
        };
        for (auto* label : dialog.findChildren<QLabel*>())
            if (label->buddy() && label->isVisible() && QKeySequence::mnemonic(label->text()) != QKeySequence()) {
                claim(label->text());
                QVERIFY2(label->buddy()->focusPolicy() != Qt::NoFocus, qPrintable(label->text()));
            }
        for (auto* one : dialog.findChildren<QAbstractButton*>()) {
            if (!one->isVisible())
                continue;
            claim(one->text());
            QVERIFY2(!one->text().isEmpty(), qPrintable(one->objectName()));
        }
        QVERIFY(keys.size() > 15);
        for (auto* box : dialog.findChildren<QComboBox*>())
            QVERIFY(!box->accessibleName().isEmpty() && !box->toolTip().isEmpty());
        for (auto* box : dialog.findChildren<QDoubleSpinBox*>())
            QVERIFY(!box->accessibleName().isEmpty() && !box->toolTip().isEmpty());
        for (auto* box : dialog.findChildren<QCheckBox*>())
            QVERIFY2(!box->toolTip().isEmpty(), qPrintable(box->text()));
        QVERIFY(button(dialog, u"Export…"_s)->isDefault());
    }

    void tabGoesThroughTheFormAsItStands_data() {
        QTest::addColumn<int>("kind");
        for (const FigureKindInfo& info : figureKinds())
            QTest::addRow("%s", info.id.data()) << int(info.kind);
    }

    void tabGoesThroughTheFormAsItStands() {
        QFETCH(int, kind);
        FigureRequest request;
        request.kind = FigureKind(kind);
        ExportDialog dialog(smolSession(), request);
        dialog.show();
        auto* first = named<QComboBox>(dialog, u"Kind of figure"_s);
        const auto placeOf = [&](const QWidget* widget) { return widget->mapTo(dialog.form(), QPoint()); };
        const int line = first->height() / 2;
        QPoint last = placeOf(first);
        int stops = 1;
        for (const QWidget* widget = first->nextInFocusChain(); widget != first; widget = widget->nextInFocusChain()) {
            if (!widget->isVisible() || !(widget->focusPolicy() & Qt::TabFocus) ||
                !dialog.form()->isAncestorOf(widget) || widget->focusProxy() ||
                widget->objectName().startsWith(u"qt_"_s))
                continue;
            const QPoint place = placeOf(widget);
            const QAccessibleInterface* spoken = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
            const QString name = spoken ? spoken->text(QAccessible::Name) : QString();
            QVERIFY2(place.y() > last.y() + line || (place.y() > last.y() - line && place.x() > last.x()),
                     qPrintable(name));
            last = place;
            ++stops;
        }
        QVERIFY(stops > 10);
    }

    void largeModelsDoNotBlock_data() {
        QTest::addColumn<int>("kind");
        for (const FigureKindInfo& info : figureKinds())
            if (info.needs[0] == 0 && info.kind != FigureKind::sheet)
                QTest::addRow("%s", info.id.data()) << int(info.kind);
    }

    // 80 layers of 64 heads: what a control costs by itself, what the preview does, and what a file does.
    void largeModelsDoNotBlock() {
        QFETCH(int, kind);
        static const SessionPointer session = syntheticSession({80, 64, 8, 2, 128});
        FigureRequest request;
        request.kind = FigureKind(kind);
        ExportDialog dialog(session, request);
        dialog.show();
        QTRY_VERIFY_WITH_TIMEOUT(dialog.preview()->upToDate(), 20000);
        QCOMPARE(dialog.problem(), QString());
        const auto timed = [](auto what) {
            const std::clock_t before = std::clock();
            what();
            return 1e3 * double(std::clock() - before) / CLOCKS_PER_SEC;
        };
        const double control =
            timed([&] { dialog.form()->change([](FigureRequest& changed) { changed.widthMm = 170; }); });
        QTRY_VERIFY_WITH_TIMEOUT(dialog.preview()->upToDate(), 20000);
        const double pdf = timed([&] { QVERIFY(dialog.writeTo(m_surroundings.path(u"large.pdf"_s))); });
        qInfo("control %.0f ms, preview %.0f ms, PDF %.0f ms of processor time", control,
              dialog.preview()->milliseconds(), pdf);
        QVERIFY2(control < 400, qPrintable(QString::number(control)));
        QVERIFY2(pdf < 8000, qPrintable(QString::number(pdf)));
    }
};

QTEST_MAIN(TestExportDialog)
#include "tst_export_dialog.moc"
