// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the run dialog offers as the command line does: what a control keeps and draws with, several texts, and the
// command itself.
#include <QCheckBox>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>
#include <memory>

#include "core/analysis/controls.h"
#include "ui/request/path_kind.h"
#include "ui/run/run_dialog.h"
#include "ui/run/token_boxes.h"
#include "ui/widgets/labels.h"
#include "window_fixture.h"

using namespace Qt::StringLiterals;

using namespace rankscope;

class TestRunChoices : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void controlsTakeWhatTheyKnow();
    void severalTextsAreDocuments();
    void copiesTheCommand();
    void causalCheck();

private:
    void open(const QString& corpus);
    template <typename Widget>
    Widget* field(const char* name) const {
        return m_dialog->findChild<Widget*>(QLatin1String(name));
    }
    QPushButton* run() const { return field<QPushButton>("run"); }
    TokenBoxes* tokens() const { return m_dialog->findChild<TokenBoxes*>(); }
    QStringList problems() const { return textsOf<WarningLabel>(); }
    bool shows(const QString& part) const { return !textsOf<QLabel>().filter(part).isEmpty(); }
    template <typename Label>
    QStringList textsOf() const {
        QStringList texts;
        for (const Label* label : m_dialog->findChildren<Label*>())
            if (label->isVisible() && !label->text().isEmpty())
                texts << label->text();
        return texts;
    }

    TestSurroundings m_surroundings;
    QString m_model, m_text;
    Workspace m_workspace;
    RecentFiles m_recent;
    std::unique_ptr<SessionStore> m_store;
    std::unique_ptr<RunDialog> m_dialog;
};

void TestRunChoices::init() {
    QSettings().clear();
    m_model = m_surroundings.path(u"model"_s);
    if (!QFile::exists(m_model))
        m_surroundings.writeModel(u"model"_s);
    m_text = m_surroundings.writeFile(u"text.txt"_s, QByteArray("the cat sat. ").repeated(20));  // 260
    m_dialog.reset();
    m_store = std::make_unique<SessionStore>(&m_workspace, &m_recent);
    m_dialog = std::make_unique<RunDialog>(m_store.get());
}

void TestRunChoices::open(const QString& corpus) {
    m_dialog->setModel(m_model);
    m_dialog->setCorpus(corpus);
    field<QLineEdit>("length")->setText(u"40"_s);
    m_dialog->show();
    QTRY_VERIFY2(run()->isEnabled(), qPrintable(run()->toolTip()));
}

void TestRunChoices::controlsTakeWhatTheyKnow() {
    open(m_text);
    auto *gains = field<QCheckBox>("keepGains"), *biases = field<QCheckBox>("keepBiases");
    auto* deviation = field<QLineEdit>("initialDeviation");
    QVERIFY(!gains->isEnabled() && !biases->isEnabled() && !deviation->isEnabled());
    QVERIFY(gains->toolTip().contains(u"random weights"_s));  // why
    QVERIFY(deviation->toolTip().contains(u"before training"_s));
    field<QCheckBox>("control-random-weights")->setChecked(true);
    QVERIFY(gains->isEnabled() && biases->isEnabled() && !deviation->isEnabled());
    field<QCheckBox>("control-initial-weights")->setChecked(true);
    QVERIFY(deviation->isEnabled());
    biases->setChecked(true);
    deviation->setText(u"none"_s);
    QVERIFY2(problems().contains(u"Expected a standard deviation above 0, such as 0.02."_s),
             qPrintable(problems().join(u'|')));
    QVERIFY(!run()->isEnabled());
    deviation->setText(u"0.0417"_s);
    QVERIFY(problems().isEmpty());
    const std::vector<RunRequest> orders = m_dialog->orders();
    QCOMPARE(orders.size(), 3u);
    for (const RunRequest& order : orders) {
        QCOMPARE(order.request.weights.keepBiases, order.request.control != Control::none);
        QVERIFY(!order.request.weights.keepGains);
        QCOMPARE(order.request.weights.initialDeviation.value_or(0),
                 order.request.control == Control::initialWeights ? 0.0417 : 0.0);
    }
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    run()->click();
    RunDialog again(m_store.get());
    QVERIFY(again.findChild<QCheckBox*>(u"keepBiases"_s)->isChecked());
    QCOMPARE(again.findChild<QLineEdit*>(u"initialDeviation"_s)->text(), u"0.0417"_s);
}

void TestRunChoices::severalTextsAreDocuments() {
    const QString more = m_surroundings.writeFile(u"more.txt"_s, QByteArray("a dog ran. ").repeated(20));
    open(corpusOfPaths({m_text, more}));
    QTRY_VERIFY_WITH_TIMEOUT(shows(u"8 windows of 2 documents"_s), patience);
    QCOMPARE(tokens()->count(), 40);
    auto* joined = field<QCheckBox>("acrossDocuments");
    QVERIFY(joined->isVisible());
    const RunRequest order = m_dialog->orders().front();
    QCOMPARE(order.request.corpora.size(), 2u);
    QCOMPARE(QString::fromStdString(order.request.corpora[1].string()), more);
    QVERIFY(!order.request.window.acrossDocuments);
    QCOMPARE(titleOf(order), u"model on text.txt and 1 more"_s);
    joined->setChecked(true);
    QVERIFY(m_dialog->orders().front().request.window.acrossDocuments);
    QTRY_VERIFY_WITH_TIMEOUT(shows(u"of 12 that the corpus has room for"_s), patience);  // 482 tokens
    m_dialog->setCorpus(m_text);
    QVERIFY(!joined->isVisible());
    QVERIFY(!m_dialog->orders().front().request.window.acrossDocuments);
}

void TestRunChoices::copiesTheCommand() {
    open(m_text);
    field<QCheckBox>("control-initial-weights")->setChecked(true);
    field<QCheckBox>("keepGains")->setChecked(true);
    field<QLineEdit>("initialDeviation")->setText(u"0.03"_s);
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    field<QPushButton>("copyCommand")->click();
    const QStringList lines = QGuiApplication::clipboard()->text().split(u'\n');
    QCOMPARE(lines.size(), 2);
    QVERIFY2(lines[0].startsWith(u"rankscope analyze "_s + m_model + u" --corpus "_s + m_text), qPrintable(lines[0]));
    QVERIFY2(lines[0].contains(u"--length 40 --loss"_s), qPrintable(lines[0]));
    QVERIFY2(lines[1].contains(u"--control initial-weights --keep gains --init-std 0.03 --loss"_s),
             qPrintable(lines[1]));
}

void TestRunChoices::causalCheck() {
    open(m_text);
    QVERIFY(!m_dialog->orders().front().request.causal.wanted);
    m_dialog->setCausal(true);
    const auto plan = [this] { return m_dialog->orders().front().request.causal; };
    QTRY_VERIFY(run()->isEnabled());
    QVERIFY(plan().wanted);
    QCOMPARE(plan().arms, CausalPlan().arms);
    QTRY_VERIFY_WITH_TIMEOUT(field<QLabel>("estimate")->text().contains(u"conditions"_s), patience);

    for (const ArmInfo& info : armTable())
        field<QCheckBox>(info.id.data())->setChecked(false);
    QVERIFY(problems().contains(u"Choose at least one arm."_s));
    QVERIFY(!run()->isEnabled());
    field<QCheckBox>("random")->setChecked(true);
    field<QCheckBox>("kv-field")->setChecked(true);
    field<QLineEdit>("ranks")->setText(u"2, 4000"_s);
    QVERIFY(shows(u"directions"_s) && !run()->isEnabled());  // more than a head of this model has
    field<QLineEdit>("ranks")->setText(u"2, 4"_s);
    field<QLineEdit>("heads")->setText(u"L77H01"_s);
    QVERIFY(problems().contains(u"This model has no head L77H01."_s));
    field<QLineEdit>("heads")->clear();
    field<QLineEdit>("calibration")->setText(u"/nowhere/text.txt"_s);
    QVERIFY(problems().contains(u"There is no such calibration text."_s));
    field<QLineEdit>("calibration")->clear();
    field<QLineEdit>("length")->setText(u"20,40"_s);
    QVERIFY(problems().contains(u"A causal check takes one window length."_s));
    field<QLineEdit>("length")->setText(u"40"_s);
    field<QCheckBox>("layer")->setChecked(true);
    QTRY_VERIFY_WITH_TIMEOUT(run()->isEnabled(), patience);
    QCOMPARE(plan().arms, (std::vector<Arm>{Arm::kvField, Arm::random}));
    QCOMPARE(plan().ranks, (std::vector<int>{2, 4}));
    QCOMPARE(plan().scopes, (std::vector<CausalScope>{CausalScope::all, CausalScope::layer}));
    field<QPushButton>("copyCommand")->click();
    const QString command = QGuiApplication::clipboard()->text();
    QVERIFY2(command.startsWith(u"rankscope ablate "_s), qPrintable(command));
    QVERIFY2(command.contains(u"--arm kv-field,random --rank 2,4 --scope all,layer"_s), qPrintable(command));
    QVERIFY2(!command.contains(u"--loss"_s) && !command.contains(u"--calibrate"_s), qPrintable(command));

    run()->click();  // the choices are remembered, that a check was wanted is not
    RunDialog again(m_store.get());
    QVERIFY(!again.findChild<QCheckBox*>(u"causal"_s)->isChecked());
    QVERIFY(again.findChild<QCheckBox*>(u"layer"_s)->isChecked());
    QCOMPARE(again.findChild<QLineEdit*>(u"ranks"_s)->text(), u"2, 4"_s);
}

QTEST_MAIN(TestRunChoices)
#include "tst_run_choices.moc"
