// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A folder to put models in, as other programs do, for tests of what a path means.
#pragma once

#include <QMetaType>
#include <QTemporaryDir>
#include <functional>

#include "tests/core/checkpoint_writer.h"

namespace rankscope::test {

namespace fs = std::filesystem;

inline const fs::path testData(RANKSCOPE_TEST_DATA);
inline constexpr const char* lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 4096\n";
inline constexpr const char* mainHash = "aaaaaaaa0123456789abcdef0123456789abcdef";
inline constexpr const char* otherHash = "bbbbbbbbfedcba9876543210fedcba9876543210";

// A folder to build in; gone at the end.
class Place {
public:
    fs::path root() const { return fs::path(m_temporary.path().toStdString()); }
    fs::path at(const fs::path& path) const { return root() / path; }

    void write(const fs::path& path, std::string_view bytes) const {
        fs::create_directories(at(path).parent_path());
        if (!writeFile(at(path), bytes))
            qFatal("cannot write %s", path.c_str());
    }

    // A folder of tests/data/models, `pattern` of its files.
    void model(const fs::path& path, const char* name = "llama") const {
        fs::create_directories(at(path));
        for (const fs::directory_entry& entry : fs::directory_iterator(testData / "models" / name))
            if (entry.is_regular_file() && entry.path().extension() != ".h5")
                fs::copy(entry.path(), at(path) / entry.path().filename(), fs::copy_options::overwrite_existing);
    }

    void gguf(const fs::path& path, const char* name = "llama.gguf") const {
        fs::create_directories(at(path).parent_path());
        fs::copy(testData / "gguf" / name, at(path));
    }

    void link(const fs::path& target, const fs::path& path) const {
        fs::create_directories(at(path).parent_path());
        fs::create_symlink(target, at(path));
    }

    void makeOlder(const fs::path& path, int hours) const {
        fs::last_write_time(at(path), fs::file_time_type::clock::now() - std::chrono::hours(hours));
    }

    // An entry with two whole revisions, of which refs/main names the older.
    void entry(const fs::path& path) const {
        model(path / "snapshots" / mainHash);
        model(path / "snapshots" / otherHash, "llama-linear-rope");
        write(path / "refs" / "main", mainHash);
        write(path / "refs" / "step1000", otherHash);
        fs::create_directories(at(path / "blobs"));
        makeOlder(path / "snapshots" / mainHash, 5);
        makeOlder(path / "snapshots" / otherHash, 1);
    }

private:
    QTemporaryDir m_temporary;
};

using Make = std::function<void(const Place&)>;

}  // namespace rankscope::test

Q_DECLARE_METATYPE(rankscope::test::Make)
