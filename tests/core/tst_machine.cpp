// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// How much of a machine a process may use, told by the files of control groups and the variables of batch systems as
// containers, Slurm and systemd leave them.
#include <sched.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>

#include "core/base/job.h"
#include "core/base/machine.h"

using namespace rankscope;

namespace {

using Pairs = QList<QPair<QString, QString>>;

}  // namespace

class TestMachine : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void processors_data();
    void processors();
    void memory_data();
    void memory();
    void affinity();
};

namespace {

// A root with these files, each with one line or several.
bool write(const QTemporaryDir& root, const Pairs& files) {
    for (const auto& [name, text] : files) {
        const QString path = root.filePath(name);
        QDir().mkpath(QFileInfo(path).path());
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(text.toUtf8() + '\n') < 0)
            return false;
    }
    return true;
}

MachineSources sourcesOf(const QTemporaryDir& root, const Pairs& environment, int processors = 64) {
    return {.root = root.path().toStdString(),
            .environment = [environment](const char* name) -> std::optional<std::string> {
                for (const auto& [variable, value] : environment)
                    if (variable == QLatin1String(name))
                        return value.toStdString();
                return std::nullopt;
            },
            .processors = processors};
}

}  // namespace

void TestMachine::processors_data() {
    QTest::addColumn<Pairs>("files");
    QTest::addColumn<Pairs>("environment");
    QTest::addColumn<int>("expected");
    const QString groups = "proc/self/cgroup", base = "sys/fs/cgroup/";
    const Pairs none;
    QTest::newRow("nothing known") << none << none << 64;
    QTest::newRow("version 2, container") << Pairs{{groups, "0::/"}, {base + "cpu.max", "200000 100000"}} << none << 2;
    QTest::newRow("version 2, no limit") << Pairs{{groups, "0::/"}, {base + "cpu.max", "max 100000"}} << none << 64;
    QTest::newRow("version 2, half a processor")
        << Pairs{{groups, "0::/a"}, {base + "a/cpu.max", "50000 100000"}} << none << 1;
    QTest::newRow("version 2, one and a half")
        << Pairs{{groups, "0::/a"}, {base + "a/cpu.max", "150000 100000"}} << none << 2;
    QTest::newRow("version 2, a group around it has less")
        << Pairs{{groups, "0::/slurm/job_7/step_0/task_0"},
                 {base + "slurm/job_7/step_0/task_0/cpu.max", "max 100000"},
                 {base + "slurm/job_7/cpu.max", "300000 100000"},
                 {base + "slurm/cpu.max", "800000 100000"}}
        << none << 3;
    QTest::newRow("version 2, path of the host")
        << Pairs{{groups, "0::/../../docker/abc"}, {base + "cpu.max", "400000 100000"}} << none << 4;
    QTest::newRow("both versions at once") << Pairs{{groups, "4:memory:/m\n2:cpu,cpuacct:/user/x\n0::/user"},
                                                    {base + "cpu,cpuacct/user/x/cpu.cfs_quota_us", "500000"},
                                                    {base + "cpu,cpuacct/user/x/cpu.cfs_period_us", "100000"}}
                                           << none << 5;
    QTest::newRow("version 1, named by one controller") << Pairs{{groups, "2:cpu,cpuacct:/docker/abc"},
                                                                 {base + "cpu/cpu.cfs_quota_us", "600000"},
                                                                 {base + "cpu/cpu.cfs_period_us", "100000"}}
                                                        << none << 6;
    QTest::newRow("version 1, no limit") << Pairs{{groups, "2:cpu:/"},
                                                  {base + "cpu/cpu.cfs_quota_us", "-1"},
                                                  {base + "cpu/cpu.cfs_period_us", "100000"}}
                                         << none << 64;
    QTest::newRow("damaged") << Pairs{{groups, "0:/\n:::\nx"}, {base + "cpu.max", "many 0"}} << none << 64;
    QTest::newRow("OpenMP") << none << Pairs{{"OMP_NUM_THREADS", "3"}} << 3;
    QTest::newRow("OpenMP, levels") << none << Pairs{{"OMP_NUM_THREADS", "7,2"}} << 7;
    QTest::newRow("OpenMP, more than there are") << none << Pairs{{"OMP_NUM_THREADS", "1000"}} << 64;
    QTest::newRow("OpenMP, none") << none << Pairs{{"OMP_NUM_THREADS", "0"}} << 64;
    QTest::newRow("OpenMP, words") << none << Pairs{{"OMP_NUM_THREADS", "all"}} << 64;
    QTest::newRow("Slurm") << none << Pairs{{"SLURM_CPUS_PER_TASK", "8"}, {"SLURM_CPUS_ON_NODE", "32"}} << 8;
    QTest::newRow("Slurm, no processors per task") << none << Pairs{{"SLURM_CPUS_ON_NODE", "2"}} << 2;
    QTest::newRow("the smallest of all") << Pairs{{groups, "0::/"}, {base + "cpu.max", "900000 100000"}}
                                         << Pairs{{"SLURM_CPUS_PER_TASK", "12"}, {"OMP_NUM_THREADS", "10"}} << 9;
}

void TestMachine::processors() {
    QFETCH(Pairs, files);
    QFETCH(Pairs, environment);
    const QTemporaryDir root;
    QVERIFY(write(root, files));
    QTEST(allowedProcessors(sourcesOf(root, environment)), "expected");
    QCOMPARE(allowedProcessors(sourcesOf(root, environment, 1)), 1);
}

void TestMachine::memory_data() {
    QTest::addColumn<Pairs>("files");
    QTest::addColumn<qulonglong>("expected");
    const QString groups = "proc/self/cgroup", base = "sys/fs/cgroup/";
    const Pairs system{{"proc/meminfo", "MemTotal:       32000000 kB\nMemAvailable:   16000000 kB\nBuffers: 1 kB"}};
    QTest::newRow("not known") << Pairs() << 0ull;
    QTest::newRow("the system's") << system << 16'384'000'000ull;
    QTest::newRow("version 2") << system + Pairs{{groups, "0::/"}, {base + "memory.max", "4294967296"}}
                               << 4'294'967'296ull;
    QTest::newRow("version 2, around it")
        << system + Pairs{{groups, "0::/a/b"}, {base + "a/b/memory.max", "max"}, {base + "a/memory.max", "1073741824"}}
        << 1'073'741'824ull;
    QTest::newRow("version 1") << system +
                                      Pairs{{groups, "9:memory:/slurm/uid_1/job_2"},
                                            {base + "memory/slurm/uid_1/job_2/memory.limit_in_bytes", "2147483648"}}
                               << 2'147'483'648ull;
    QTest::newRow("version 1, no limit") << system +
                                                Pairs{{groups, "9:memory:/"},
                                                      {base + "memory/memory.limit_in_bytes", "9223372036854771712"}}
                                         << 16'384'000'000ull;
}

void TestMachine::memory() {
    QFETCH(Pairs, files);
    const QTemporaryDir root;
    QVERIFY(write(root, files));
    QTEST(qulonglong(availableMemory(sourcesOf(root, {}))), "expected");
}

// What `taskset -c` does to a program.
void TestMachine::affinity() {
    cpu_set_t before, one;
    CPU_ZERO(&before);
    QCOMPARE(sched_getaffinity(0, sizeof before, &before), 0);
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++i)
        if (CPU_ISSET(i, &before))
            CPU_SET(i, &one);
    QCOMPARE(sched_setaffinity(0, sizeof one, &one), 0);
    const int threads = allowedProcessors(), given = JobContext({}, {}, 3).threads();
    QCOMPARE(sched_setaffinity(0, sizeof before, &before), 0);
    QCOMPARE(threads, 1);
    QCOMPARE(given, 3);  // a number that is asked for is kept
}

QTEST_GUILESS_MAIN(TestMachine)
#include "tst_machine.moc"
