// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/model_search.h"

#include <algorithm>
#include <array>
#include <set>

#include "core/base/stopwatch.h"
#include "core/io/file_reader.h"
#include "core/io/gguf_file.h"
#include "core/io/model_path.h"
#include "core/io/model_stores.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;
using Visit = std::function<void()>;

struct Enough {};  // a limit is reached

// Folders below what the environment says, where it says anything.
struct Root {
    const char* variable;
    const char* below = "";
};

std::vector<fs::path> foldersBelow(const Environment& environment, std::initializer_list<Root> roots) {
    std::vector<fs::path> folders;
    for (const Root& root : roots)
        if (const std::string folder = environment(root.variable); !folder.empty())
            folders.push_back(*root.below ? fs::path(folder) / root.below : fs::path(folder));
    return folders;
}

bool isFolder(const fs::directory_entry& entry) {
    std::error_code ignored;
    return entry.is_directory(ignored);
}

// Of a split set only the first part: it stands for all.
bool isWholeGguf(const fs::path& path) {
    const auto split = ggufSplitName(path);
    return path.extension() == ".gguf" && (!split || split->number == 1);
}

// A folder with a config.json, and every .gguf file, down to `depth` folders below.
void walk(const fs::path& folder, int depth, const Visit& visit, const CandidateSink& found) {
    const std::vector<fs::directory_entry> entries = folderEntries(folder, visit);
    const auto isConfig = [](const fs::directory_entry& entry) { return entry.path().filename() == "config.json"; };
    if (std::ranges::any_of(entries, isConfig))
        found({folder, folder.filename().string()});
    for (const fs::directory_entry& entry : entries)
        if (isFolder(entry)) {
            if (depth > 0)  // behind links, too: models are large, and often kept elsewhere
                walk(entry.path(), depth - 1, visit, found);
        } else if (isWholeGguf(entry.path())) {
            found({entry.path(), entry.path().stem().string()});
        }
}

std::vector<fs::path> hubFolders(const Environment& environment) {
    return foldersBelow(environment, {{"HF_HUB_CACHE"},
                                      {"HUGGINGFACE_HUB_CACHE"},
                                      {"HF_HOME", "hub"},
                                      {"XDG_CACHE_HOME", "huggingface/hub"},
                                      {"HOME", ".cache/huggingface/hub"}});
}

// An entry is offered as openWeightFile takes it, or each of its .gguf files where it has several.
void hubCandidates(const fs::path& folder, const Visit& visit, const CandidateSink& found) {
    for (const fs::directory_entry& entry : folderEntries(folder, visit)) {
        const std::string name = repositoryName(entry.path().filename().string());
        if (name.empty() || !isHubEntry(entry.path()))
            continue;
        const auto snapshot = chooseSnapshot(entry.path(), lackOfSnapshot);
        if (!snapshot)
            continue;
        walk(snapshot->folder, 1, visit, [&](const ModelCandidate& candidate) {
            if (candidate.path == snapshot->folder)
                found({entry.path(), name});
            else
                found({candidate.path, name + "/" + candidate.path.filename().string()});
        });
    }
}

std::vector<fs::path> lmStudioFolders(const Environment& environment) {
    return foldersBelow(environment, {{"HOME", ".lmstudio/models"}, {"HOME", ".cache/lm-studio/models"}});
}

void lmStudioCandidates(const fs::path& folder, const Visit& visit, const CandidateSink& found) {
    walk(folder, 3, visit, found);  // PUBLISHER/MODEL/files
}

std::vector<fs::path> ollamaFolders(const Environment& environment) {
    std::vector<fs::path> folders = foldersBelow(environment, {{"OLLAMA_MODELS"}, {"HOME", ".ollama/models"}});
    folders.emplace_back("/usr/share/ollama/.ollama/models");
    folders.emplace_back("/var/lib/ollama/.ollama/models");
    return folders;
}

void ollamaCandidates(const fs::path& folder, const Visit& visit, const CandidateSink& found) {
    forEachOllamaModel(folder, visit, [&](const OllamaModel& model) { found({model.blob, model.name}); });
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
