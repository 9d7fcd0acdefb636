// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QtTest>
#include <set>

#include "core/base/error.h"
#include "core/text/pre_tokenizer.h"
#include "core/text/regex/regex_pattern.h"
#include "core/text/unicode/unicode_text.h"

using namespace rankscope;

namespace {

QString visible(std::string_view text) {
    QString shown = QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
    return shown.replace(" ", "·").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t");
}

QString split(const PreTokenizer& preTokenizer, const std::string& text) {
    QStringList pieces;
    RegexScratch scratch;
    preTokenizer.split({text, true}, scratch, [&](const TextPiece& piece) { pieces << visible(piece.text); });
    return pieces.join("|");
}

QString splitBy(const char* name, const std::string& text) {
    PreTokenizer preTokenizer = makePreTokenizer(*findPreTokenizer(name), "test");
    preTokenizer.dropFinalByteSymbols();
    return split(preTokenizer, text);
}

}  // namespace

// The expected splits are those of the tokenizers library 0.23.3.
class TestTokenizerSplit : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void cutsAsTheReference_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* what, const char* text, const char* expected) {
            QTest::addRow("%s, %s", name, what) << name << text << expected;
        };
        for (const char* name : {"gpt-2", "llama-bpe"}) {
            row(name, "double space", "Hello  world", "Hello|·|·world");
            row(name, "triple space", "a   b", "a|··|·b");
        }
        for (const char* name : {"gpt-2", "llama-bpe", "qwen2"})
            row(name, "newlines", "x \n\n y", "x|·\\n\\n|·y");
        row("gpt-2", "carriage return", "A\r\nB", "A|\\r|\\n|B");
        row("llama-bpe", "carriage return", "A\r\nB", "A|\\r\\n|B");
        row("gpt-2", "punctuation and newlines", "!!\n\nHi", "!!|\\n|\\n|Hi");
        row("llama-bpe", "punctuation and newlines", "!!\n\nHi", "!!\\n\\n|Hi");
        row("gpt-2", "contractions", "I'M IT'S", "I|'|M|·IT|'|S");
        row("llama-bpe", "contractions", "I'M IT'S", "I|'M|·IT|'S");
        row("gpt-2", "digits", "12345", "12345");
        row("llama-bpe", "digits", "12345", "123|45");
        row("qwen2", "digits", "12345", "1|2|3|4|5");
        row("smollm", "digits", "12345", "1|2|3|4|5");
        row("gpt-2", "spaced digits", " 1 2", "·1|·2");
        for (const char* name : {"llama-bpe", "qwen2", "smollm"})
            row(name, "spaced digits", " 1 2", "·|1|·|2");
        for (const char* text : {"½²", "१२३"})
            for (const char* name : {"gpt-2", "llama-bpe"})
                row(name, text, text, text);
        for (const char* name : {"qwen2", "smollm"}) {
            row(name, "fractions", "½²", "½|²");
            row(name, "Devanagari digits", "१२३", "१|२|३");
        }
        row("gpt-2", "underscore", "foo_bar", "foo|_|bar");
        row("llama-bpe", "underscore", "foo_bar", "foo|_bar");
        row("gpt-2", "tabs", "\t\tif", "\\t|\\t|if");
        row("llama-bpe", "tabs", "\t\tif", "\\t|\\tif");
        row("gpt-2", "no-break space", "\u00A0x", "\u00A0|x");
        row("llama-bpe", "no-break space", "\u00A0x", "\u00A0x");
        for (const char* name : {"gpt-2", "llama-bpe", "qwen2", "smollm"})
            row(name, "combining mark", "e\u0301", "e|\u0301");
        row("qwen35", "combining mark", "e\u0301", "e\u0301");
        row("deepseek-v3", "three digits", "a1234b", "a|123|4|b");
        row("tekken", "camel case", "fooBar HELLOworld", "foo|Bar|·HELLOworld");
        row("superbpe", "digits from the right", "1234567", "1|234|567");
        row("bloom", "punctuation", "a b, c.", "a|·b|,|·c|.");
    }
    void cutsAsTheReference() {
        QFETCH(QString, name);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        QCOMPARE(splitBy(name.toUtf8().constData(), text.toStdString()), expected);
    }

    void everyNameOfTheTableLosesNothing() {
        const std::string text = "It's 1,234 naïve tests;\r\n\tif (x)  { y }  日本語 ½ e\u0301 \n\n — “ok” ";
        std::set<std::string_view> seen;
        for (const KnownPreTokenizer& known : knownPreTokenizers()) {
            PreTokenizer preTokenizer = makePreTokenizer(known, "test");
            if (!preTokenizer.dropFinalByteSymbols())
                continue;  // cuts byte symbols, not the text
            std::string joined;
            int pieces = 0;
            RegexScratch scratch;
            preTokenizer.split({text, true}, scratch, [&](const TextPiece& piece) {
                joined += piece.text;
                ++pieces;
            });
            QCOMPARE(QString::fromStdString(joined), QString::fromStdString(text));
            QVERIFY2(pieces > 3, std::string(known.names.front()).c_str());
            for (const std::string_view name : known.names)
                QVERIFY2(seen.insert(name).second, std::string(name).c_str());
        }
        QVERIFY(findPreTokenizer("nonesuch") == nullptr);
    }

    void behaviours_data() {
        QTest::addColumn<int>("behavior");
        QTest::addColumn<bool>("invert");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* what, SplitBehavior behavior, bool invert, const char* expected) {
            QTest::newRow(what) << static_cast<int>(behavior) << invert << expected;
        };
        row("removed", SplitBehavior::removed, false, "the|final|countdown");
        row("isolated", SplitBehavior::isolated, false, "the|-|final|-|-|countdown");
        row("merged with previous", SplitBehavior::mergedWithPrevious, false, "the-|final-|-|countdown");
        row("merged with next", SplitBehavior::mergedWithNext, false, "the|-final|-|-countdown");
        row("contiguous", SplitBehavior::contiguous, false, "the|-|final|--|countdown");
        row("inverted", SplitBehavior::removed, true, "-|-|-");
    }
    void behaviours() {
        QFETCH(int, behavior);
        QFETCH(bool, invert);
        QFETCH(QString, expected);
        PreTokenizer preTokenizer;
        preTokenizer.addSplit(RegexPattern::literal("-", "test", "pattern"), static_cast<SplitBehavior>(behavior),
                              invert);
        QCOMPARE(split(preTokenizer, "the-final--countdown"), expected);
    }

    // Each of these means something else, or nothing, to PCRE2.
    void readsOnigurumaSyntax_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("repeated interval") << R"(\p{N}{1,3}+)"
                                           << "123456 7"
                                           << "123456|·|7";
        QTest::newRow("optional count") << "ab{2}?"
                                        << "abb"
                                        << "abb";
        QTest::newRow("open interval") << "a{,2}"
                                       << "aaaa"
                                       << "aa|aa";
        QTest::newRow("line begin") << "^x"
                                    << "x\nx"
                                    << "x|\\n|x";
        QTest::newRow("line end") << "x$"
                                  << "x\nx\n"
                                  << "x|\\n|x|\\n";
        QTest::newRow("hexadecimal") << R"(\h+)"
                                     << "xafx"
                                     << "x|af|x";
        QTest::newRow("set in a set") << "[a[bc]]+"
                                      << "xabcx"
                                      << "x|abc|x";
        QTest::newRow("word with mark") << R"(\w+)"
                                        << "e\u0301 a_b"
                                        << "e\u0301|·|a_b";
        QTest::newRow("word with fraction") << R"(\w+)"
                                            << "½x-"
                                            << "½x|-";
        QTest::newRow("word in a set") << R"([\w]+)"
                                       << "-½x"
                                       << "-½|x";
        QTest::newRow("Mongolian separator") << R"(\s+)"
                                             << "a\u180Eb"
                                             << "a\u180Eb";
        QTest::newRow("dot and newline") << "(?m:.)b"
                                         << "\nb"
                                         << "\\nb";
        QTest::newRow("boundary behind a mark") << R"(\bx)"
                                                << "e\u0301x x"
                                                << "e\u0301x·|x";
        QTest::newRow("code point") << R"(\u0041+)"
                                    << "xAAx"
                                    << "x|AA|x";
        QTest::newRow("possessive") << R"([^\r\n\p{L}\p{N}]?+\p{L}++|\d)"
                                    << " ab1"
                                    << "·ab|1";
        QTest::newRow("script") << R"(\p{Han})"
                                << "、中"
                                << "、|中";
        QTest::newRow("letters by property") << "[[:alpha:]]+"
                                             << "aे1"
                                             << "aे|1";
        QTest::newRow("empty matches") << R"((?=(\d{3})+(?!\d)))"
                                       << "1234567"
                                       << "1|234|567";
    }
    void readsOnigurumaSyntax() {
        QFETCH(QString, pattern);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        PreTokenizer preTokenizer;
        preTokenizer.addSplit(RegexPattern(pattern.toStdString(), "test", "pattern"), SplitBehavior::isolated);
        QCOMPARE(split(preTokenizer, text.toStdString()), expected);
    }

    void refusesPatterns_data() {
        QTest::addColumn<QString>("pattern");
        for (const char* pattern : {"[a-z&&[^b]]", "(a", "a)", "[a", R"(\Qa\E)", "(*UTF)a", "(?~a)", "a(?i)b", "a**",
                                    R"(\p{Nonesuch})", R"([^\W])", R"(\K)", "(?R)", R"(\C)"})
            QTest::newRow(pattern) << pattern;
    }
    void refusesPatterns() {
        QFETCH(QString, pattern);
        QVERIFY_THROWS_EXCEPTION(Error, RegexPattern(pattern.toStdString(), "test", "pattern"));
    }

    void hostilePatternsEnd_data() {
        QTest::addColumn<QString>("pattern");
        QTest::newRow("73 nested repeats") << "(a+)+$";
        QTest::newRow("73 ambiguous choice") << "(a|aa)+b";
        QTest::newRow("73 three nested repeats") << "((a*)*)*b";
    }
    void hostilePatternsEnd() {
        QFETCH(QString, pattern);
        PreTokenizer preTokenizer;
        preTokenizer.addSplit(RegexPattern(pattern.toStdString(), "test", "pattern"), SplitBehavior::isolated);
        QElapsedTimer timer;
        timer.start();
        try {
            split(preTokenizer, std::string(5000, 'a') + "!");
        } catch (const Error& error) {
            QCOMPARE(QString::fromStdString(error.subject()), "pattern");
        }
        QVERIFY2(timer.elapsed() < 30000, qPrintable(QString::number(timer.elapsed())));
    }

    void normalForms_data() {
        QTest::addColumn<int>("form");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* what, UnicodeForm form, const char* text, const char* expected) {
            QTest::newRow(what) << static_cast<int>(form) << text << expected;
        };
        row("composed", UnicodeForm::nfc, "e\u0301", "é");
        row("decomposed", UnicodeForm::nfd, "é", "e\u0301");
        row("marks in order", UnicodeForm::nfc, "a\u0308\u0323", "ạ\u0308");
        row("blocked mark", UnicodeForm::nfc, "a\u0315\u0300\u05AE\u0062", "à\u05AE\u0315b");
        row("ligature kept", UnicodeForm::nfc, "ﬁ", "ﬁ");
        row("ligature opened", UnicodeForm::nfkc, "ﬁ Ⅳ ①", "fi IV 1");
        row("syllable", UnicodeForm::nfc, "\u1112\u1161\u11AB", "한");
        row("syllable opened", UnicodeForm::nfkd, "한", "\u1112\u1161\u11AB");
        row("singleton", UnicodeForm::nfc, "\u212B", "Å");
    }
    void normalForms() {
        QFETCH(int, form);
        QFETCH(QString, text);
        QFETCH(QString, expected);
        const auto got = normalizedText(text.toStdString(), static_cast<UnicodeForm>(form));
        QCOMPARE(QString::fromStdString(got.value_or(text.toStdString())), expected);
    }

    void normalFormsOfLongTextsAreQtNormalForms() {
        QString text;
        quint32 state = 12345;
        const auto next = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
        for (int i = 0; i < 20000; ++i) {
            const char32_t ranges[][2] = {{0x20, 0x7E},     {0xC0, 0x17F},    {0x300, 0x345},   {0x3A0, 0x3FF},
                                          {0xAC00, 0xAD00}, {0x1100, 0x11C2}, {0xF900, 0xFA0D}, {0x900, 0x94D}};
            const auto& range = ranges[next() % 8];
            text += QString::fromUcs4(std::array<char32_t, 1>{range[0] + next() % (range[1] - range[0])}.data(), 1);
        }
        const std::pair<UnicodeForm, QString::NormalizationForm> forms[] = {
            {UnicodeForm::nfc, QString::NormalizationForm_C},
            {UnicodeForm::nfd, QString::NormalizationForm_D},
            {UnicodeForm::nfkc, QString::NormalizationForm_KC},
            {UnicodeForm::nfkd, QString::NormalizationForm_KD}};
        for (const auto& [form, qtForm] : forms)
            QCOMPARE(QString::fromStdString(normalizedText(text.toStdString(), form).value_or(text.toStdString())),
                     text.normalized(qtForm));
    }

    void manyMarksAreOrderedInTime() {
        std::string text = "a";
        for (int i = 0; i < 200000; ++i)
            text += "\u0301\u0316";
        QElapsedTimer timer;
        timer.start();
        QVERIFY(normalizedText(text, UnicodeForm::nfc).has_value());
        QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
    }

    void lowerCase() { QCOMPARE(QString::fromStdString(lowerCased("ABC ÉΣ İ")), QString("abc éσ i\u0307")); }
};

QTEST_MAIN(TestTokenizerSplit)
#include "tst_tokenizer_split.moc"
