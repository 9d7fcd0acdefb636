// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What tests of the window share: settings and data folders of their own, a clean start, small files to open and to
// drag, a watch on the event loop.
#pragma once

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QMimeData>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTimer>
#include <QUrl>
#include <algorithm>
#include <ctime>
#include <utility>

#include "core/session_file/session_file.h"
#include "session_fixture.h"

using namespace Qt::StringLiterals;

namespace rankscope {

// One per test program; call before the first window is made.
class TestSurroundings {
public:
    TestSurroundings() {
        qputenv("XDG_DATA_HOME", m_folder.filePath(u"data"_s).toUtf8());
        qputenv("HOME", m_folder.filePath(u"home"_s).toUtf8());  // no models but those of the test
        for (const char* name : {"HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "OLLAMA_MODELS",
                                 "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"})
            qunsetenv(name);
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.filePath(u"settings"_s));
        QCoreApplication::setOrganizationName(u"RankscopeTests"_s);
        QCoreApplication::setApplicationName(u"Rankscope"_s);
    }

    QString path(const QString& name) const { return m_folder.filePath(name); }

    QString writeFile(const QString& name, const QByteArray& bytes) const {
        QFile file(path(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }

    QString writeSession(const QString& name, const FixtureChoice& choice = {}) const {
        saveSession(*smolSession(choice), path(name).toStdString());
        return path(name);
    }

    // A copy of the tiny llama model with a tokenizer beside it: one token per character, 0 is <s>, "a" is 1.
    QString writeModel(const QString& name) const {
        const QString source = QStringLiteral(RANKSCOPE_TEST_DATA "/models/llama");
        QDir().mkpath(path(name));
        for (const char* file : {"config.json", "model.safetensors"})
            QFile::copy(source + u'/' + QLatin1String(file), path(name) + u'/' + QLatin1String(file));
        QByteArray vocabulary(R"("<s>": 0)");
        const QByteArray characters("abcdefghijklmnopqrstuvwxyz .,");
        for (int i = 0; i < characters.size(); ++i)
            vocabulary += R"(, ")" + characters.mid(i, 1) + R"(": )" + QByteArray::number(i + 1);
        writeFile(name + u"/tokenizer.json"_s,
                  R"({"version": "1.0", "added_tokens": [{"id": 0, "content": "<s>", "single_word": false,
                      "lstrip": false, "rstrip": false, "normalized": false, "special": true}],
                      "model": {"type": "BPE", "vocab": {)" +
                      vocabulary + R"(}, "merges": []}})");
        writeFile(name + u"/tokenizer_config.json"_s,
                  R"({"bos_token": "<s>", "add_bos_token": true, "tokenizer_class": "LlamaTokenizer"})");
        return path(name);
    }

    // `count` token ids below 96: the vocabulary of the tiny models.
    QString writeTokens(const QString& name, int count) const {
        QByteArray json("[1");
        for (int i = 1; i < count; ++i)
            json += ',' + QByteArray::number(3 + (i * 37 + i * i * 11) % 93);
        return writeFile(name, json + ']');
    }

private:
    QTemporaryDir m_folder;
};

// Files on their way over the window.
struct Drag {
    QMimeData data;
    explicit Drag(const QStringList& paths) {
        QList<QUrl> urls;
        for (const QString& path : paths)
            urls << QUrl::fromLocalFile(path);
        data.setUrls(urls);
    }
};

// For what another thread or process does: long enough for a busy machine, in milliseconds.
inline constexpr int patience = 30'000;

// Makes everything several times slower: limits of time are for the program as it is.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool underSanitizer = true;
#else
inline constexpr bool underSanitizer = false;
#endif

// The longest time for which the event loop did not come round, in milliseconds. It sleeps in between, as a window
// does: a loop that spins would be measured as one more computing thread.
class EventLoopWatch : public QObject {
public:
    EventLoopWatch() {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(5);
        connect(&m_timer, &QTimer::timeout, this, &EventLoopWatch::tick);
        m_clock.start();
        m_processorTime = processorTime();
        m_timer.start();
    }
    qint64 longest() const { return m_longest; }          // by the clock on the wall
    double longestWork() const { return m_longestWork; }  // of which the thread's own work

private:
    static double processorTime() {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6;
    }

    void tick() {
        m_longest = std::max(m_longest, m_clock.restart());
        const double now = processorTime();
        m_longestWork = std::max(m_longestWork, now - std::exchange(m_processorTime, now));
    }

    QTimer m_timer;
    QElapsedTimer m_clock;
    qint64 m_longest = 0;
    double m_processorTime = 0, m_longestWork = 0;
};

}  // namespace rankscope
