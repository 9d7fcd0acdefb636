// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Reading a session in a child process first: whatever happens there costs one line here.
#include <fcntl.h>
#include <hdf5.h>
#include <unistd.h>

#include <QtTest>
#include <atomic>
#include <csignal>
#include <functional>
#include <random>
#include <thread>

#include "core/session_file/session_file.h"
#include "core/storage/sandboxed_read.h"
#include "example_session.h"
#include "raw_session.h"
#include "session_folder.h"

using namespace rankscope;

using Task = std::function<void()>;
Q_DECLARE_METATYPE(Task)

class TestSandboxedRead : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { QVERIFY(m_folder.renew()); }

    void endings_data();
    void endings();

    // Any byte of the metadata set to anything: a session or one line, and this process goes on.
    void mutated() {
        saveSession(exampleSession(), path());
        QFile file(QString::fromStdString(path().string()));
        QVERIFY(file.open(QIODevice::ReadWrite | QIODevice::Unbuffered));
        const QByteArray whole = file.readAll();
        std::mt19937 random(11);
        int refused = 0;
        constexpr int rounds = 80;
        for (int round = 0; round < rounds; ++round) {
            const qint64 at = random() % 4096;  // superblock, root group and the first headers
            QVERIFY(file.seek(at) && file.putChar(static_cast<char>(random())));
            refused += openingSays() != "nothing thrown";
            QVERIFY(file.seek(at) && file.putChar(whole[at]));
        }
        QVERIFY2(refused > rounds / 10, qPrintable(QString::number(refused)));
        QCOMPARE(openingSays(), std::string("nothing thrown"));
    }

    // What is tried is what is read, whichever of the two files it is.
    void replacedWhileItIsRead() {
        const fs::path next = m_folder.path("next.h5");
        saveSession(exampleSession(), path());
        std::atomic<bool> on{true};
        std::thread writer([&] {
            while (on) {
                fs::copy_file(RANKSCOPE_TEST_DATA "/gguf_blocks.h5", next, fs::copy_options::overwrite_existing);
                fs::rename(next, path());
                saveSession(exampleSession(), path());
            }
        });
        for (int i = 0; i < 40; ++i) {
            const std::string said = openingSays();
            QVERIFY2(
                said == "nothing thrown" || said == "root attribute format: expected \"rankscope-session\", found none",
                said.c_str());
        }
        on = false;
        writer.join();
    }

    void touchedWhileItIsRead() {
        saveSession(exampleSession(), path());
        std::atomic<bool> on{true};
        std::thread writer([&] {
            while (on)
                fs::last_write_time(path(), fs::file_time_type::clock::now());
        });
        bool seen = false;
        for (int i = 0; i < 200 && !seen; ++i)
            seen = openingSays() == "file: expected the same bytes while it is read, found a change";
        on = false;
        writer.join();
        QVERIFY(seen);
        QVERIFY(openSession(path()));
    }

private:
    fs::path path() const { return m_folder.path("s.h5"); }
    std::string openingSays() const { return openingError(path()); }

    SessionFolder m_folder;
};

void TestSandboxedRead::endings_data() {
    QTest::addColumn<Task>("task");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<int>("seconds");
    const auto row = [](const char* name, Task task, const char* expected, int seconds = 60) {
        QTest::newRow(name) << std::move(task) << QString(expected) << seconds;
    };
    const char* const readable = "f: session: expected readable session, found ";
    const auto found = [&](const char* what) { return std::string(readable) + what; };
    row(
        "nothing", [] {}, "nothing thrown");
    row(
        "88 error", [] { throw Error(ErrorCode::mismatch, "other", "a", "b", std::string("c\n\0d", 4)); },
        "f: a: expected b, found c\\x0A\\x00d");
    row(
        "88 crash", [] { std::raise(SIGSEGV); }, found("crash (signal 11)").c_str());
    row(
        "88 abort", [] { std::abort(); }, found("crash (signal 6)").c_str());
    row(
        "88 endless loop",
        [] {
            std::atomic<bool> on{true};
            while (on) {
            }
        },
        found("no end after 1 s").c_str());
    row(
        "88 waits for ever", [] { ::pause(); }, found("no end after 1 s").c_str(), 1);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // which end the process themselves
    row(
        "88 memory",
        [] {
            std::vector<std::vector<char>> all;
            for (;;)
                all.emplace_back(1 << 20, 'x');
        },
        "f: session: expected at most 64 MiB of memory, found more");
#endif
    row(
        "88 killed by the system", [] { std::raise(SIGKILL); },
        found("end by the system (signal 9), as when memory runs out").c_str());
    row(
        "88 exit", [] { ::_exit(1); }, found("end of the reading process (status 1)").c_str());
    row(
        "88 other exception", [] { throw 1; }, found("end of the reading process (status 73)").c_str());
    row(
        "88 lies about its end", [] { ::_exit(71); }, found("a reading process that went astray").c_str());
    static const int inherited = ::open("/dev/null", O_RDWR);
    row(
        "88 inherited file",
        [] {
            if (::fcntl(inherited, F_GETFD) >= 0)
                throw Error(ErrorCode::mismatch, "f", "inherited file", "closed", "open");
        },
        "nothing thrown");
    row(
        "88 opens a file",
        [] {
            if (::open("/etc/passwd", O_RDONLY) >= 0)
                throw Error(ErrorCode::mismatch, "f", "/etc/passwd", "out of reach", "opened");
        },
        "nothing thrown");
}

void TestSandboxedRead::endings() {
    QFETCH(Task, task);
    QFETCH(QString, expected);
    QFETCH(int, seconds);
    const SandboxLimits limits{.cpuSeconds = 1, .seconds = seconds, .memoryBytes = 64 << 20};
    QCOMPARE(QString::fromStdString(thrown([&] { readSandboxed("f", task, limits); })), expected);
}

QTEST_GUILESS_MAIN(TestSandboxedRead)
#include "tst_sandboxed_read.moc"
