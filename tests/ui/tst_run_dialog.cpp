// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The run dialog: what it shows before work starts, what it refuses, what it asks for.
#include <QAccessible>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <memory>

#include "core/analysis/controls.h"
#include "ui/request/machine_rates.h"
#include "ui/run/run_dialog.h"
#include "ui/run/token_boxes.h"
#include "ui/text/text.h"
#include "ui/widgets/labels.h"
#include "ui/window/main_window.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

class TestRunDialog : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void lengthsAreParsed_data();
    void lengthsAreParsed();
    void layersAreParsed_data();
    void layersAreParsed();
    void showsFactsTokensAndCost();
    void idsNeedNoTokenizer();
    void tokensFollowTheSettings();
    void saysWhatIsWrong_data();
    void saysWhatIsWrong();
    void saysWhatIsWrongWithTheModel_data();
    void saysWhatIsWrongWithTheModel();
    void aShortCorpusIsSaidBesideTheLength();
    void bytesThatAreNotUtf8AreReplacedOnlyWhenAsked();
    void anotherTextIsAskedAboutAnew();
    void fieldOfRecordsIsAsked();
    void ordersARunForEveryControl();
    void asksForWhatIsSet();
    void neverReplacesAFileUnasked();
    void remembersItsSettings();
    void aClosedDialogDoesNothingMore();
    void fitsASmallScreen();
    void tabGoesThroughTheFieldsAsTheyStand();
    void everyFieldHasAName();
    void speedIsRemembered();

private:
    void open(const QString& corpus, bool mayRun = true);
    template <typename Widget>
    Widget* field(const char* name) const {
        return m_dialog->findChild<Widget*>(QLatin1String(name));
    }
    QPushButton* run() const { return field<QPushButton>("run"); }
    TokenBoxes* tokens() const { return m_dialog->findChild<TokenBoxes*>(); }
    QStringList problems() const;
    bool shows(const QString& part) const;

    TestSurroundings m_surroundings;
    QString m_model, m_text, m_ids;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<RecentFiles> m_recent;
    std::unique_ptr<SessionStore> m_store;
    std::unique_ptr<RunDialog> m_dialog;
};

void TestRunDialog::init() {
    QSettings().clear();
    m_model = m_surroundings.path(u"model"_s);
    if (!QFile::exists(m_model))
        m_surroundings.writeModel(u"model"_s);
    m_text = m_surroundings.writeFile(u"text.txt"_s, QByteArray("the cat sat. ").repeated(20));  // 260
    m_ids = m_surroundings.writeTokens(u"ids.json"_s, 90);
    m_workspace = std::make_unique<Workspace>();
    m_recent = std::make_unique<RecentFiles>();
    m_store = std::make_unique<SessionStore>(m_workspace.get(), m_recent.get());
    m_dialog = std::make_unique<RunDialog>(m_store.get());
}

void TestRunDialog::cleanup() {
    m_dialog.reset();
    m_store.reset();
    m_recent.reset();
    m_workspace.reset();
}

void TestRunDialog::open(const QString& corpus, bool mayRun) {
    m_dialog->setModel(m_model);
    m_dialog->setCorpus(corpus);
    field<QLineEdit>("length")->setText(u"40"_s);
    m_dialog->show();
    QTRY_VERIFY2(run()->isEnabled() || !mayRun, qPrintable(run()->toolTip()));
}

QStringList TestRunDialog::problems() const {
    QStringList lines;
    for (const WarningLabel* label : m_dialog->findChildren<WarningLabel*>())
        if (label->isVisible() && !label->text().isEmpty())
            lines << label->text();
    return lines;
}

bool TestRunDialog::shows(const QString& part) const {
    for (const QLabel* label : m_dialog->findChildren<QLabel*>())
        if (label->isVisible() && label->text().contains(part))
            return true;
    return false;
}

void TestRunDialog::lengthsAreParsed_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("expected");
    QTest::newRow("one") << "512"
                         << "512";
    QTest::newRow("sweep") << "64, 128,256;512"
                           << "64 128 256 512";
    QTest::newRow("in any order, each once") << " 512 64 64 "
                                             << "64 512";
    QTest::newRow("least") << "2"
                           << "2";
    QTest::newRow("too short") << "1"
                               << "none";
    QTest::newRow("too long") << "16777217"
                              << "none";
    QTest::newRow("empty") << "  "
                           << "none";
    QTest::newRow("word") << "512 tokens"
                          << "none";
    QTest::newRow("negative") << "-512"
                              << "none";
}

void TestRunDialog::lengthsAreParsed() {
    QFETCH(QString, text);
    QFETCH(QString, expected);
    RunSettings settings;
    settings[u"length"_s] = text;
    const AnalysisRequest request = requestOf(settings);
    QStringList found;
    for (const int length : request.shorterLengths)
        found << QString::number(length);
    found << QString::number(request.window.length);
    QCOMPARE(problemOf(settings, u"length"_s).isEmpty() ? found.join(u' ') : u"none"_s, expected);
}

void TestRunDialog::layersAreParsed_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("layers");
    QTest::addColumn<bool>("right");
    QTest::newRow("all") << "" << 3 << true;
    QTest::newRow("range") << "0-2" << 3 << true;
    QTest::newRow("one") << " 1 " << 3 << true;
    QTest::newRow("behind the last") << "1-3" << 3 << false;
    QTest::newRow("model not known yet") << "1-3" << 0 << true;
    QTest::newRow("backwards") << "2-1" << 3 << false;
    QTest::newRow("word") << "first" << 3 << false;
}

void TestRunDialog::layersAreParsed() {
    QFETCH(QString, text);
    QFETCH(int, layers);
    QFETCH(bool, right);
    RunSettings settings;
    settings[u"layers"_s] = text;
    QCOMPARE(problemOf(settings, u"layers"_s, layers).isEmpty(), right);
}

void TestRunDialog::showsFactsTokensAndCost() {
    open(m_text);
    QVERIFY(shows(u"model · llama · 64,848 parameters"_s));
    QVERIFY(shows(u"3 layers × 4 query heads, 2 key/value heads, d_h 12"_s));
    QVERIFY(shows(u"F32"_s));
    QCOMPARE(tokens()->count(), 40);
    QVERIFY(shows(u"260 tokens · the first window: 40 tokens, BOS first"_s));
    QVERIFY2(tokens()->tooltipAt(tokens()->boxAt(0).center()).contains(u"id 0 · <s> · BOS"_s),
             qPrintable(tokens()->tooltipAt(tokens()->boxAt(0).center())));
    // "t" is the 20th letter
    QVERIFY(tokens()->tooltipAt(tokens()->boxAt(1).center()).contains(u"position 1 · id 20 · t"_s));
    QVERIFY(tokens()->accessibleDescription().startsWith(u"<s> t h e"_s));
    QVERIFY(shows(u"the corpus has room for 6"_s));  // (260 − 39) / 39 + 1
    auto* estimate = field<QLabel>("estimate");
    QTRY_VERIFY2(estimate->text().startsWith(u"One run: less than a second, "_s), qPrintable(estimate->text()));
    QVERIFY(estimate->text().contains(u"MB of memory"_s));
    QVERIFY(problems().isEmpty());
}

void TestRunDialog::idsNeedNoTokenizer() {
    m_model = QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama");  // it has none
    open(m_ids);
    QCOMPARE(tokens()->count(), 40);
    QVERIFY(tokens()->tooltipAt(tokens()->boxAt(0).center()).contains(u"id 1"_s));
    QVERIFY(shows(u"no BOS"_s));
    m_dialog->setCorpus(m_text);
    QTRY_VERIFY_WITH_TIMEOUT(problems().join(u' ').contains(u"tokenizer"_s), patience);
    QVERIFY(!run()->isEnabled());
}

void TestRunDialog::tokensFollowTheSettings() {
    open(m_text);
    field<QLineEdit>("length")->setText(u"20, 100"_s);
    QTRY_COMPARE_WITH_TIMEOUT(tokens()->count(), 100, patience);
    QVERIFY(shows(u"room for 2"_s));  // (260 − 99) / 99 + 1
    field<QSpinBox>("stride")->setValue(10);
    QTRY_VERIFY(shows(u"of 17 that the corpus has room for"_s));  // (260 − 99) / 10 + 1
    auto* bos = m_dialog->findChild<QComboBox*>(u"bos"_s);
    bos->setCurrentIndex(bos->findData(u"off"_s));
    QTRY_VERIFY_WITH_TIMEOUT(shows(u"no BOS"_s), patience);
    QVERIFY(tokens()->tooltipAt(tokens()->boxAt(0).center()).contains(u"position 0 · id 20 · t"_s));
    m_dialog->setCorpus(m_surroundings.writeFile(u"special.txt"_s, "a<s>b" + QByteArray(200, 'c')));
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    QVERIFY(tokens()->tooltipAt(tokens()->boxAt(1).center()).contains(u"id 0 · <s>"_s));
}

void TestRunDialog::saysWhatIsWrong_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("part");
    QTest::newRow("length") << "length"
                            << "long"
                            << "Expected token counts";
    QTest::newRow("no length") << "length"
                               << ""
                               << "Expected token counts";
    QTest::newRow("layers") << "layers"
                            << "2-9"
                            << "Expected a range within 0-2";
    QTest::newRow("corpus gone") << "corpus" << m_surroundings.path(u"gone.txt"_s) << "gone.txt: ";
    QTest::newRow("corpus is no text") << "corpus"
                                       << m_surroundings.writeFile(u"latin.txt"_s,
                                                                   "caf\xE9 and more" + QByteArray(40, '.'))
                                       << "UTF-8";
    QTest::newRow("corpus is a folder") << "corpus" << m_surroundings.path(QString()) << ": expected ";
    QTest::newRow("id outside the vocabulary")
        << "corpus" << m_surroundings.writeFile(u"big.json"_s, "[" + QByteArray("999,").repeated(99) + "1]")
        << "expected id 0..95";
    QTest::newRow("output") << "output"
                            << ""
                            << "Choose where to save";
}

void TestRunDialog::saysWhatIsWrong() {
    QFETCH(QString, name);
    QFETCH(QString, value);
    QFETCH(QString, part);
    open(m_text);
    auto* edit = m_dialog->findChild<QLineEdit*>(name);
    edit->clear();
    QTest::keyClicks(edit, value);
    QTRY_VERIFY2(problems().join(u'\n').contains(part), qPrintable(problems().join(u'\n')));
    QCOMPARE(problems().size(), 1);
    QVERIFY(!problems().front().contains(u'\n'));
    QVERIFY(!run()->isEnabled());
    QCOMPARE(run()->toolTip(), problems().front());
}

void TestRunDialog::saysWhatIsWrongWithTheModel_data() {
    QTest::addColumn<QString>("model");
    QTest::addColumn<QString>("part");
    const QString empty = m_surroundings.path(u"empty-folder"_s);
    QDir().mkpath(empty);
    QTest::newRow("no such file") << m_surroundings.path(u"nowhere.gguf"_s) << ": expected ";
    QTest::newRow("folder without config") << empty << ": expected ";
    QTest::newRow("not a checkpoint") << m_surroundings.writeFile(u"text.gguf"_s, "text, not weights, and more of it")
                                      << ": expected ";
}

void TestRunDialog::saysWhatIsWrongWithTheModel() {
    QFETCH(QString, model);
    QFETCH(QString, part);
    m_dialog->show();
    m_dialog->setModel(model);
    m_dialog->setCorpus(m_ids);
    QTRY_COMPARE_WITH_TIMEOUT(problems().size(), 1, patience);
    QVERIFY2(problems().front().contains(part), qPrintable(problems().front()));
    QVERIFY2(problems().front().startsWith(model), qPrintable(problems().front()));
    QVERIFY(!run()->isEnabled());
    m_dialog->setModel(m_model);
    field<QLineEdit>("length")->setText(u"40"_s);
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    QVERIFY(problems().isEmpty());
}

void TestRunDialog::aShortCorpusIsSaidBesideTheLength() {
    open(m_text);
    field<QLineEdit>("length")->setText(u"300"_s);
    QTRY_COMPARE_WITH_TIMEOUT(problems().size(), 1, patience);
    QCOMPARE(problems().front(), u"The corpus has 261 tokens: too few for one window."_s);
    QVERIFY(!run()->isEnabled());
    field<QLineEdit>("length")->setText(u"261"_s);
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
}

void TestRunDialog::bytesThatAreNotUtf8AreReplacedOnlyWhenAsked() {
    open(m_text);
    auto* replace = field<QCheckBox>("replaceInvalid");
    QVERIFY(!replace->isVisible());
    const QString latin = m_surroundings.writeFile(u"latin.txt"_s, "x caf\xE9s " + QByteArray(90, 'a') + '\xFF');
    m_dialog->setCorpus(latin);
    QTRY_VERIFY_WITH_TIMEOUT(replace->isVisible(), patience);
    QCOMPARE(problems(), QStringList{latin + u": offset 5: expected UTF-8, found 0xE9"_s});
    QVERIFY(!run()->isEnabled() && !replace->isChecked());
    QCOMPARE(replace->text().remove(u'&'), u"Replace 2 bytes that are not UTF-8 by U+FFFD"_s);
    QVERIFY(!m_dialog->orders().front().request.window.replaceInvalid);
    const QPoint place = replace->mapTo(m_dialog.get(), QPoint());
    replace->click();
    QVERIFY(run()->isEnabled());  // at once: the tokens are there
    QVERIFY(problems().isEmpty());
    QCOMPARE(replace->mapTo(m_dialog.get(), QPoint()), place);
    QCOMPARE(tokens()->count(), 40);
    QVERIFY(m_dialog->orders().front().request.window.replaceInvalid);
    field<QLineEdit>("length")->setText(u"30"_s);
    QTRY_COMPARE_WITH_TIMEOUT(tokens()->count(), 30, patience);
    QVERIFY(replace->isVisible() && replace->isChecked());
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    run()->click();
    RunDialog again(m_store.get());  // of the same text: what was said of it holds
    QVERIFY(again.orders().front().request.window.replaceInvalid);
}

void TestRunDialog::anotherTextIsAskedAboutAnew() {
    const QString latin = m_surroundings.writeFile(u"latin.txt"_s, "\xE9" + QByteArray(90, 'a'));
    m_dialog->show();
    m_dialog->setModel(m_model);
    m_dialog->setCorpus(latin);
    auto* replace = field<QCheckBox>("replaceInvalid");
    field<QLineEdit>("length")->setText(u"200"_s);  // both are said, each beside its field
    QTRY_COMPARE_WITH_TIMEOUT(problems().size(), 2, patience);
    field<QLineEdit>("length")->setText(u"40"_s);
    QTRY_VERIFY_WITH_TIMEOUT(replace->isVisible(), patience);
    replace->click();
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    m_dialog->setCorpus(m_surroundings.writeFile(u"other.txt"_s, QByteArray(90, 'a') + '\xE8'));
    QTRY_COMPARE_WITH_TIMEOUT(problems().size(), 1, patience);
    QVERIFY(replace->isVisible() && !replace->isChecked());
    QCOMPARE(replace->text().remove(u'&'), u"Replace 1 byte that is not UTF-8 by U+FFFD"_s);
    m_dialog->setCorpus(m_text);
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    QVERIFY(!replace->isVisible());
    const QByteArray wide(
        "\xFF\xFE"
        "a\0b\0",
        6);
    m_dialog->setCorpus(m_surroundings.writeFile(u"wide.txt"_s, wide));
    QTRY_VERIFY2(problems().join(u' ').contains(u"UTF-16LE"_s), qPrintable(problems().join(u' ')));
    QVERIFY(!replace->isVisible());  // it would replace nothing but the mark
}

void TestRunDialog::fieldOfRecordsIsAsked() {
    open(m_text);
    auto* fields = field<QComboBox>("field");
    QVERIFY(!fields->isVisible());
    const QByteArray record = "{\"title\": \"a\", \"id\": 1, \"text\": \"" + QByteArray(90, 'a') + "\"}\n";
    const QString lines = m_surroundings.writeFile(u"lines.jsonl"_s, record + record);
    m_dialog->setCorpus(lines);
    QTRY_VERIFY_WITH_TIMEOUT(fields->isVisible() && run()->isEnabled(), patience);
    QCOMPARE(fields->currentText(), u"text"_s);  // most are called so
    QCOMPARE(fields->count(), 3);
    QVERIFY(problems().isEmpty());
    QCOMPARE(m_dialog->orders().front().request.window.field, std::string("text"));
    fields->setCurrentIndex(fields->findData(u"title"_s));
    QTRY_COMPARE_WITH_TIMEOUT(problems().size(), 1, patience);  // too short
    QVERIFY(!run()->isEnabled());
    fields->setCurrentIndex(fields->findData(u"."_s));
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    QCOMPARE(m_dialog->orders().front().request.window.field, std::string("."));
    run()->click();
    RunDialog again(m_store.get());
    QCOMPARE(again.orders().front().request.window.field, std::string("."));
    m_dialog->show();
    m_dialog->setCorpus(m_text);
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    QVERIFY(!fields->isVisible() && m_dialog->orders().front().request.window.field.empty());
}

void TestRunDialog::ordersARunForEveryControl() {
    open(m_text);
    for (const ControlInfo& info : controlTable())
        field<QCheckBox>(("control-" + std::string(info.id)).c_str())->setChecked(false);
    QCOMPARE(problems(), QStringList{u"Choose the text, a control, or several."_s});
    QVERIFY(!run()->isEnabled());
    for (const ControlInfo& info : controlTable())
        field<QCheckBox>(("control-" + std::string(info.id)).c_str())->setChecked(true);
    QTRY_VERIFY_WITH_TIMEOUT(field<QLabel>("estimate")->text().startsWith(u"%1 runs: "_s.arg(controlTable().size())),
                             patience);
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    QSignalSpy requested(m_dialog.get(), &RunDialog::runRequested);
    const std::vector<RunRequest> orders = m_dialog->orders();
    run()->click();
    QCOMPARE(std::size_t(requested.count()), controlTable().size());
    QStringList outputs;
    for (std::size_t i = 0; i < orders.size(); ++i) {
        QCOMPARE(orders[i].request.control, controlTable()[i].control);
        QVERIFY(!outputs.contains(orders[i].outputPath));
        outputs << orders[i].outputPath;
    }
    QVERIFY2(outputs[0].endsWith(u"-text-40.h5"_s), qPrintable(outputs[0]));
    QVERIFY2(outputs[1].endsWith(u"-text-40-shuffled.h5"_s), qPrintable(outputs[1]));
}

void TestRunDialog::asksForWhatIsSet() {
    open(m_text);
    field<QLineEdit>("length")->setText(u"16 40 32"_s);
    field<QSpinBox>("windows")->setValue(3);
    field<QSpinBox>("stride")->setValue(7);
    field<QSpinBox>("seed")->setValue(11);
    field<QSpinBox>("factors")->setValue(5);
    field<QSpinBox>("threads")->setValue(1);
    field<QLineEdit>("layers")->setText(u"1-2"_s);
    field<QCheckBox>("plain")->setChecked(true);
    field<QCheckBox>("loss")->setChecked(false);
    field<QCheckBox>("visibleKeys")->setChecked(true);
    field<QCheckBox>("normFolded")->setChecked(true);
    const RunRequest order = m_dialog->orders().front();
    const AnalysisRequest& request = order.request;
    QCOMPARE(QString::fromStdString(request.model.string()), m_model);
    QCOMPARE(QString::fromStdString(request.corpora.at(0).string()), m_text);
    QVERIFY(request.tokens.empty());
    QCOMPARE(request.window.length, 40);
    QCOMPARE(request.shorterLengths, (std::vector{16, 32}));
    QCOMPARE(request.window.windows, 3);
    QCOMPARE(request.window.stride, 7);
    QVERIFY(!request.window.matchSpecialTokens);
    QCOMPARE(request.seed, std::uint64_t(11));
    QCOMPARE(request.factorRank, 5);
    QCOMPARE(*request.layers, (std::pair{1, 2}));
    QVERIFY(!request.loss);
    QCOMPARE(request.with, (OptionalParts{Variant::fieldVisibleKeys, Variant::interactionNormFolded}));
    QCOMPARE(order.request.threads, 1);
    QCOMPARE(order.model->layers, 3);
}

void TestRunDialog::neverReplacesAFileUnasked() {
    const QString folder = m_surroundings.path(u"results"_s);
    QDir().mkpath(folder);
    SessionStore::setDefaultFolder(folder);
    m_surroundings.writeFile(u"results/model-text-40.h5"_s, "x");
    m_surroundings.writeFile(u"results/model-text-40-2-shuffled.h5"_s, "x");
    open(m_text);
    auto* output = field<QLineEdit>("output");
    QTRY_COMPARE_WITH_TIMEOUT(output->text(), folder + u"/model-text-40-2.h5"_s, patience);
    field<QCheckBox>("control-shuffled")->setChecked(true);
    QTRY_COMPARE_WITH_TIMEOUT(output->text(), folder + u"/model-text-40-3.h5"_s, patience);
    output->clear();
    QTest::keyClicks(output, folder + u"/model-text-40.h5"_s);  // it is what the user wants
    QTRY_VERIFY_WITH_TIMEOUT(shows(u"Run asks before it replaces it"_s), patience);
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    QCOMPARE(m_dialog->orders().front().outputPath, folder + u"/model-text-40.h5"_s);
    QSignalSpy runs(m_dialog.get(), &RunDialog::runRequested);
    run()->click();
    auto* question = m_dialog->findChild<QMessageBox*>();
    QVERIFY(question && question->text().contains(u"model-text-40.h5"_s));
    question->button(QMessageBox::Cancel)->click();
    QVERIFY(runs.isEmpty() && m_dialog->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(!m_dialog->findChild<QMessageBox*>(), patience);
    run()->click();
    question = m_dialog->findChild<QMessageBox*>();
    for (QAbstractButton* button : question->buttons())
        if (question->buttonRole(button) == QMessageBox::DestructiveRole)
            button->click();
    QCOMPARE(runs.size(), 2);  // the text and its control
    QVERIFY(!m_dialog->isVisible());
}

void TestRunDialog::remembersItsSettings() {
    open(m_text);
    field<QLineEdit>("length")->setText(u"20, 40"_s);
    field<QSpinBox>("windows")->setValue(2);
    field<QCheckBox>("control-shuffled")->setChecked(true);
    field<QCheckBox>("loss")->setChecked(false);
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    run()->click();
    RunDialog again(m_store.get());
    const std::vector<RunRequest> orders = again.orders();
    QCOMPARE(orders.size(), 2u);
    QCOMPARE(orders[1].request.control, Control::shuffled);
    QCOMPARE(orders[0].request.window.length, 40);
    QCOMPARE(orders[0].request.shorterLengths, std::vector{20});
    QCOMPARE(orders[0].request.window.windows, 2);
    QVERIFY(!orders[0].request.loss);
    QCOMPARE(QString::fromStdString(orders[0].request.model.string()), m_model);
    QCOMPARE(QString::fromStdString(orders[0].request.corpora.at(0).string()), m_text);
}

void TestRunDialog::aClosedDialogDoesNothingMore() {
    open(m_text);
    auto* preview = m_dialog->findChild<RunPreview*>();
    const QSignalSpy changed(preview, &RunPreview::changed);
    field<QLineEdit>("length")->setText(u"50"_s);
    QVERIFY(preview->looking());
    m_dialog->reject();
    QVERIFY(!preview->looking());
    QTest::qWait(400);
    QCOMPARE(changed.count(), 0);
    m_dialog->refresh();  // as when it is opened again
    m_dialog->show();
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    QCOMPARE(tokens()->count(), 50);
}

void TestRunDialog::fitsASmallScreen() {
    open(m_text);
    QVERIFY(m_dialog->width() <= 1024);
    QVERIFY(m_dialog->height() <= 600);  // a title bar and a panel are above and below
    auto* scroll = m_dialog->findChild<QScrollArea*>();
    QTRY_COMPARE_WITH_TIMEOUT(scroll->verticalScrollBar()->maximum(), 0, patience);
    QCOMPARE(scroll->horizontalScrollBar()->maximum(), 0);
}

void TestRunDialog::tabGoesThroughTheFieldsAsTheyStand() {
    open(m_surroundings.writeFile(u"latin.txt"_s, "\xE9" + QByteArray(90, 'a')), false);
    QTRY_VERIFY_WITH_TIMEOUT(field<QCheckBox>("replaceInvalid")->isVisible(), patience);
    field<QLineEdit>("model")->setFocus();
    QStringList names;
    const QWidget* widget = m_dialog->focusWidget();
    do {
        if (!widget->objectName().isEmpty() && widget->isVisible() && (widget->focusPolicy() & Qt::TabFocus))
            names << widget->objectName();
        widget = widget->nextInFocusChain();
    } while (widget != m_dialog->focusWidget());
    names.removeIf([](const QString& name) { return name.startsWith(u"qt_"_s) || name.startsWith(u"control-"_s); });
    const QStringList expected{u"model"_s,
                               u"corpus"_s,
                               u"replaceInvalid"_s,
                               u"output"_s,
                               u"length"_s,
                               u"windows"_s,
                               u"stride"_s,
                               u"bos"_s,
                               u"plain"_s,
                               u"seed"_s,
                               u"keepGains"_s,
                               u"keepBiases"_s,
                               u"initialDeviation"_s,
                               u"loss"_s,
                               u"normFolded"_s,
                               u"grams"_s,
                               u"visibleKeys"_s,
                               u"withoutDistance"_s,
                               u"layers"_s,
                               u"factors"_s,
                               u"threads"_s,
                               u"run"_s,
                               u"copyCommand"_s};
    QCOMPARE(names, expected);
}

void TestRunDialog::everyFieldHasAName() {
    open(m_text);
    for (const QWidget* widget : m_dialog->findChildren<QWidget*>()) {
        if (widget->focusPolicy() == Qt::NoFocus || !widget->isVisible() || widget->objectName().startsWith(u"qt_"_s) ||
            qobject_cast<const QScrollArea*>(widget))
            continue;
        const QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(const_cast<QWidget*>(widget));
        QVERIFY2(interface && !interface->text(QAccessible::Name).isEmpty(),
                 qPrintable(QLatin1String(widget->metaObject()->className()) + u' ' + widget->objectName()));
    }
}

void TestRunDialog::speedIsRemembered() {
    QVERIFY(!rememberedRates().known());
    rememberRates({4e9, 2e9, 1e9});
    QVERIFY(rememberedRates().known());
    rememberRates({8e9, 0, 3e9});  // the second was too short to tell
    QCOMPARE(rememberedRates().forward, 6e9);
    QCOMPARE(rememberedRates().spectra, 2e9);
    QCOMPARE(rememberedRates().reading, 2e9);
    QCOMPARE(roughDurationText(0.4), u"less than a second"_s);
    QCOMPARE(roughDurationText(41.2), u"about 42 s"_s);
    QCOMPARE(roughDurationText(200), u"about 3.3 min"_s);
    QCOMPARE(roughDurationText(9000), u"about 2.5 h"_s);
    QCOMPARE(memoryText(312e6), u"310 MB"_s);
    QCOMPARE(memoryText(2.44e9), u"2.4 GB"_s);
}

QTEST_MAIN(TestRunDialog)
#include "tst_run_dialog.moc"
