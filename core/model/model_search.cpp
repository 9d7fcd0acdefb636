// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_search.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/stopwatch.h"
#include "core/io/json_file.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;
using Visit = std::function<void()>;

constexpr std::uint64_t maxManifestBytes = 1u << 20;

struct Enough {};  // a limit is reached

void addFolder(std::vector<fs::path>& folders, const std::string& root, const fs::path& below = {}) {
    if (!root.empty())
        folders.push_back(below.empty() ? fs::path(root) : fs::path(root) / below);
}

// What is in a folder, by name; empty if it cannot be read.
std::vector<fs::directory_entry> entriesOf(const fs::path& folder, const Visit& visit) {
    std::vector<fs::directory_entry> entries;
    std::error_code error;
    for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end; it.increment(error)) {
        visit();
        entries.push_back(*it);
    }
    std::ranges::sort(entries, {}, [](const fs::directory_entry& entry) { return entry.path(); });
    return entries;
}

bool isFolder(const fs::directory_entry& entry) {
    std::error_code ignored;
    return entry.is_directory(ignored);
}

// Of a split set only the first part: it stands for all.
bool isWholeGguf(const fs::path& path) {
    const std::string name = path.filename().string();
    if (path.extension() != ".gguf")
        return false;
    const std::size_t of = name.rfind("-of-");
    return of == std::string::npos || of < 6 || name.compare(of - 6, 6, "-00001") == 0;
}

// A folder with a config.json, and every .gguf file, down to `depth` folders below.
void walk(const fs::path& folder, int depth, const Visit& visit, const CandidateSink& found) {
    const std::vector<fs::directory_entry> entries = entriesOf(folder, visit);
    const auto isConfig = [](const fs::directory_entry& entry) { return entry.path().filename() == "config.json"; };
    if (std::ranges::any_of(entries, isConfig))
        found({folder, folder.filename().string()});
    for (const fs::directory_entry& entry : entries)
        if (isFolder(entry)) {
            if (depth > 0 && !entry.is_symlink())
                walk(entry.path(), depth - 1, visit, found);
        } else if (isWholeGguf(entry.path())) {
            found({entry.path(), entry.path().stem().string()});
        }
}

// The newest snapshot of a cache entry, which is the one that is read when the entry is opened.
fs::path newestSnapshot(const fs::path& entry, const Visit& visit) {
    fs::path newest;
    fs::file_time_type newestTime = fs::file_time_type::min();
    for (const fs::directory_entry& snapshot : entriesOf(entry / "snapshots", visit)) {
        std::error_code error;
        const fs::file_time_type time = snapshot.last_write_time(error);
        if (!isFolder(snapshot) || (!newest.empty() && time < newestTime))
            continue;
        newest = snapshot.path();
        newestTime = time;
    }
    return newest;
}

// "models--ORG--NAME" → "ORG/NAME"
std::string repositoryName(const std::string& folder) {
    std::string name = folder.substr(folder.find("--") + 2);
    if (const std::size_t at = name.find("--"); at != std::string::npos)
        name.replace(at, 2, "/");
    return name;
}

std::vector<fs::path> hubFolders(const Environment& environment) {
    std::vector<fs::path> folders;
    addFolder(folders, environment("HF_HUB_CACHE"));
    addFolder(folders, environment("HUGGINGFACE_HUB_CACHE"));
    addFolder(folders, environment("HF_HOME"), "hub");
    addFolder(folders, environment("XDG_CACHE_HOME"), "huggingface/hub");
    addFolder(folders, environment("HOME"), ".cache/huggingface/hub");
    return folders;
}

void hubCandidates(const fs::path& folder, const Visit& visit, const CandidateSink& found) {
    for (const fs::directory_entry& entry : entriesOf(folder, visit)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("models--") || !isFolder(entry))
            continue;
        const fs::path snapshot = newestSnapshot(entry.path(), visit);
        if (snapshot.empty())
            continue;
        walk(snapshot, 1, visit, [&](const ModelCandidate& candidate) {
            if (candidate.path == snapshot)
                found({entry.path(), repositoryName(name)});
            else
                found({candidate.path, repositoryName(name) + "/" + candidate.path.filename().string()});
        });
    }
}

std::vector<fs::path> lmStudioFolders(const Environment& environment) {
    std::vector<fs::path> folders;
    addFolder(folders, environment("HOME"), ".lmstudio/models");
    addFolder(folders, environment("HOME"), ".cache/lm-studio/models");
    return folders;
}

void lmStudioCandidates(const fs::path& folder, const Visit& visit, const CandidateSink& found) {
    walk(folder, 3, visit, found);  // PUBLISHER/MODEL/files
}

std::vector<fs::path> ollamaFolders(const Environment& environment) {
    std::vector<fs::path> folders;
    addFolder(folders, environment("OLLAMA_MODELS"));
    addFolder(folders, environment("HOME"), ".ollama/models");
    folders.emplace_back("/usr/share/ollama/.ollama/models");
    folders.emplace_back("/var/lib/ollama/.ollama/models");
    return folders;
}

bool startsWithGguf(const fs::path& path) {
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored))  // reading from a pipe would wait
        return false;
    std::array<char, 4> magic{};
    std::ifstream(path, std::ios::binary).read(magic.data(), magic.size());
    return std::string_view(magic.data(), magic.size()) == "GGUF";
}

// The blob that a manifest names as the model; empty if there is none that is GGUF.
fs::path modelBlob(const fs::path& manifest, const fs::path& blobs) {
    try {
        const nlohmann::json content = readJsonFile(manifest, maxManifestBytes, {.requireObject = true});
        for (const auto& layer : content.value("layers", nlohmann::json::array())) {
            if (layer.value("mediaType", "") != "application/vnd.ollama.image.model")
                continue;
            std::string name = layer.value("digest", "");  // "sha256:0123…"
            if (const std::size_t colon = name.find(':'); colon != std::string::npos)
                name[colon] = '-';
            if (name.starts_with("sha256-") && name.find_first_of("/\\") == std::string::npos &&
                startsWithGguf(blobs / name))
                return blobs / name;
        }
    } catch (const std::exception&) {  // not a manifest
    }
    return {};
}

// manifests/REGISTRY/library/NAME/TAG or …/OWNER/NAME/TAG names blobs/sha256-….
void ollamaManifests(const fs::path& folder, const fs::path& root, const Visit& visit, const CandidateSink& found) {
    for (const fs::directory_entry& entry : entriesOf(folder, visit)) {
        if (isFolder(entry)) {
            if (!entry.is_symlink())
                ollamaManifests(entry.path(), root, visit, found);
            continue;
        }
        const fs::path blob = modelBlob(entry.path(), root / "blobs");
        if (blob.empty())
            continue;
        const fs::path model = entry.path().parent_path();
        std::string name = model.filename().string() + ":" + entry.path().filename().string();
        if (const std::string owner = model.parent_path().filename().string(); owner != "library")
            name.insert(0, owner + "/");
        found({blob, name});
    }
}

void ollamaCandidates(const fs::path& folder, const Visit& visit, const CandidateSink& found) {
    ollamaManifests(folder / "manifests", folder, visit, found);
}

class Search {
public:
    Search(const SearchLimits& limits, const JobContext& context, const std::function<void(const FoundModel&)>& found)
        : m_limits(limits), m_context(context), m_found(found) {}

    void look(const ModelPlace& place, const fs::path& folder) {
        place.candidates(
            folder, [this] { visit(); }, [&](const ModelCandidate& candidate) { take(place, candidate); });
    }

private:
    void visit() {
        m_context.throwIfStopped();
        if (++m_entries > m_limits.entries || secondsSince(m_start) > m_limits.seconds)
            throw Enough();
    }

    void take(const ModelPlace& place, const ModelCandidate& candidate) {
        m_context.throwIfStopped();
        std::error_code error;
        const fs::path real = fs::canonical(candidate.path, error);
        if (error || !m_known.insert(real).second)
            return;
        FoundModel model{candidate.path, candidate.name, place.label, {}};
        try {
            model.info = inspectModel(candidate.path);
        } catch (const std::exception&) {  // not a language model, or of a family that is not supported
            return;
        }
        if (!model.info.missing.empty() || !model.info.misshapen.empty())
            return;
        m_found(model);
        if (++m_models >= m_limits.models)
            throw Enough();
    }

    const SearchLimits& m_limits;
    const JobContext& m_context;
    const std::function<void(const FoundModel&)>& m_found;
    const Clock::time_point m_start = Clock::now();
    std::set<fs::path> m_known;
    int m_entries = 0, m_models = 0;
};

}  // namespace

std::span<const ModelPlace> modelPlaces() {
    static constexpr std::array table{
        ModelPlace{"hugging-face", "Hugging Face cache", hubFolders, hubCandidates},
        ModelPlace{"lm-studio", "LM Studio", lmStudioFolders, lmStudioCandidates},
        ModelPlace{"ollama", "Ollama", ollamaFolders, ollamaCandidates},
    };
    return table;
}

bool findModels(const Environment& environment, const SearchLimits& limits, const JobContext& context,
                const std::function<void(const FoundModel&)>& found) {
    Search search(limits, context, found);
    try {
        for (const ModelPlace& place : modelPlaces())
            for (const fs::path& folder : place.folders(environment))
                search.look(place, folder);
    } catch (const Enough&) {
        return false;
    }
    return true;
}

}  // namespace rankscope
