// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/model_path.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/error.h"
#include "core/io/file_content.h"
#include "core/io/file_reader.h"
#include "core/io/gguf_file.h"
#include "core/io/json_file.h"
#include "core/io/model_stores.h"
#include "core/io/safetensors_file.h"
#include "core/io/shard_index.h"
#include "core/io/weight_file.h"

namespace rankscope {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view configName = "config.json";
constexpr std::string_view adapterName = "adapter_config.json";
constexpr std::string_view expectedWeights = "model.safetensors, its index or one .gguf file";

// A string of a small document that may be anything; empty if it has none.
std::string textIn(const fs::path& document, std::initializer_list<const char*> keys) {
    try {
        const nlohmann::json content = readJsonFile(document, maxConfigBytes, {.requireObject = true});
        for (const char* key : keys)
            if (const auto found = content.find(key); found != content.end() && found->is_string())
                return found->get<std::string>();
    } catch (const Error&) {  // what is wrong with it, its reader says
    }
    return {};
}

// "a LoRA adapter of org/base: merge it …"
std::string describeAdapter(const fs::path& folder) {
    const std::string base = textIn(folder / adapterName, {"base_model_name_or_path", "model"});
    std::string kind = textIn(folder / adapterName, {"peft_type", "fine_tune_type"});
    if (kind == "lora" || kind.empty())
        kind = "LORA";
    return (kind == "LORA" ? "a LoRA adapter" : "a PEFT adapter (" + kind + ")") +
           (base.empty() ? std::string() : " of " + base) + ": merge it into its base model first (merge_and_unload)";
}

// What of a folder is the model's in the Hugging Face layout, in the order in which transformers looks; empty: nothing.
fs::path ownWeights(const fs::path& folder) {
    if (const fs::path name = textIn(folder / configName, {"transformers_weights"}).c_str(); !name.empty()) {
        const fs::path inside = name.lexically_normal();
        if (inside.is_absolute() || *inside.begin() == "..")
            throw Error(ErrorCode::malformed, (folder / configName).string(), "transformers_weights",
                        "file name in model folder", "\"" + name.string() + "\"");
        return folder / inside;
    }
    for (const std::string_view name : {wholeFileName, shardIndexName})
        if (isPresent(folder / name))
            return folder / name;
    return {};
}

struct GgufFiles {
    std::vector<fs::path> models;  // of a split set the first part that is there
    std::string other;             // one that is no model, and what it is
};

GgufFiles ggufFilesIn(const fs::path& folder) {
    GgufFiles files;
    std::string set;
    for (const fs::directory_entry& entry : folderEntries(folder)) {
        if (entry.path().extension() != ".gguf" || isFolder(entry.path()))
            continue;
        const auto split = ggufSplitName(entry.path());
        const std::string name = split ? split->base + "/" + std::to_string(split->count) : std::string();
        if (split && name == set)
            continue;
        set = name;
        if (const std::string kind = otherGgufKind(entry.path()); kind.empty())
            files.models.push_back(entry.path());
        else
            files.other = entry.path().filename().string() + ", " + kind;
    }
    return files;
}

// The row of fileNames() that says most of what is in the folder, and the file.
std::optional<std::pair<fs::path, const FileName*>> namedFile(const fs::path& folder) {
    std::optional<std::pair<fs::path, const FileName*>> found;
    for (const fs::directory_entry& entry : folderEntries(folder))
        if (const FileName* name = nameOf(entry.path()); name && (!found || name < found->second))
            found.emplace(entry.path(), name);
    return found;
}

// What an index or a set of GGUF files names and the folder lacks; empty if nothing.
std::string missingPart(const fs::path& weights) {
    if (weights.extension() == ".json") {
        for (const std::string& shard : readShardIndex(weights).shards())
            if (!isPresent(weights.parent_path() / shard))
                return shard;
    } else if (const auto split = ggufSplitName(weights)) {
        for (int number = 1; number <= split->count; ++number)
            if (const fs::path part = ggufPartPath(weights, *split, number); !isPresent(part))
                return part.filename().string();
    }
    return {};
}

// " (but in checkpoint-10, checkpoint-20)": folders in this one that are models themselves.
std::string modelsBelow(const fs::path& folder) {
    std::string names;
    int count = 0;
    constexpr int listed = 3;
    for (const fs::directory_entry& entry : folderEntries(folder)) {
        if (!isFolder(entry.path()) || (!isPresent(entry.path() / configName) && !isHubEntry(entry.path())))
            continue;
        if (++count <= listed)
            names += (names.empty() ? "" : ", ") + entry.path().filename().string();
    }
    if (count > listed)
        names += " and " + std::to_string(count - listed) + " more";
    return names.empty() ? names : " (but in " + names + ")";
}

[[noreturn]] void failFolder(ErrorCode code, const fs::path& folder, std::string_view subject,
                             std::string_view expected, const std::string& found) {
    throw Error(code, folder.string(), subject, expected, found);
}

// Why there is no model in a folder, from what is there instead.
[[noreturn]] void explainFolder(const fs::path& folder, const std::string& otherGguf) {
    if (isPresent(folder / adapterName))
        failFolder(ErrorCode::unsupported, folder, "weights", "those of a whole model", describeAdapter(folder));
    if (!otherGguf.empty())
        failFolder(ErrorCode::unsupported, folder, "weights", expectedWeights, otherGguf);
    for (const std::string_view name : {wholeFileName, shardIndexName})
        if (const std::string found = absenceOf(folder / name); found != "none" && !isPresent(folder / name))
            failFolder(ErrorCode::missing, folder, name, "present", found);
    if (const auto named = namedFile(folder))
        failFolder(ErrorCode::unsupported, folder, "weights", expectedWeights,
                   named->first.filename().string() + ", " + described(*named->second));
    if (!isPresent(folder / configName))
        failFolder(ErrorCode::missing, folder, configName, "present",
                   absenceOf(folder / configName) + modelsBelow(folder));
    for (const fs::directory_entry& entry : folderEntries(folder)) {
        const std::string name = entry.path().filename().string();
        if (entry.path().extension() == ".safetensors")
            failFolder(ErrorCode::missing, folder, "weights", expectedWeights,
                       name + (isShardName(entry.path()) ? ", one of several, without their index: fetch it, too"
                                                         : ": name the file itself to open it"));
    }
    failFolder(ErrorCode::missing, folder, "weights", expectedWeights, "none" + modelsBelow(folder));
}

// "a.gguf, b.gguf"
std::string namesOf(const std::vector<fs::path>& files) {
    std::string names;
    for (const fs::path& file : files)
        names += (names.empty() ? "" : ", ") + file.filename().string();
    return names;
}

class Finder {
public:
    explicit Finder(const fs::path& given) {
        m_model.given = given;
        m_model.location = locationOf(given);
    }

    ModelPath find() {
        const fs::path& given = m_model.given;
        std::error_code error;
        const fs::file_status status = fs::status(given, error);
        if (status.type() == fs::file_type::none && error != std::errc::too_many_symbolic_link_levels)
            throw Error(ErrorCode::unreadable, given.string(), "file", "readable", error.message());
        if (!fs::exists(status))
            throw Error(ErrorCode::missing, given.string(), "file", "present", absenceOf(given));
        m_isFile = !fs::is_directory(status);
        if (m_isFile)
            lookAtFile(given);
        else
            lookInFolder(given);
        nameIt();
        return m_model;
    }

private:
    void take(const fs::path& folder, const fs::path& weights) {
        m_model.folder = folder;
        m_model.weights = weights;
        const std::string extension = weights.extension().string();
        const std::string_view id = extension == ".safetensors" || extension == ".json" ? "safetensors" : "gguf";
        m_model.format = &*std::ranges::find(fileFormats(), id, &FileFormat::id);
    }

    void lookInFolder(const fs::path& folder) {
        if (const fs::path own = ownWeights(folder); !own.empty()) {
            if (!isPresent(folder / configName))
                failFolder(ErrorCode::missing, folder, configName, "present", absenceOf(folder / configName));
            if (isPresent(folder / adapterName))
                m_model.notes.push_back("the weights were read without the adapter that lies beside them (" +
                                        std::string(adapterName) + ": " + describeAdapter(folder) +
                                        "); transformers would apply it");
            return take(folder, own);
        }
        if (isHubEntry(folder))
            if (const auto snapshot = chooseSnapshot(folder, lackOfSnapshot)) {
                m_model.revision = snapshot->revision;
                if (!snapshot->note.empty())
                    m_model.notes.push_back(snapshot->note);
                return lookInFolder(snapshot->folder);
            }
        if (isHubEntry(folder))
            failFolder(ErrorCode::missing, folder, "snapshots", "at least one", "none");
        const GgufFiles files = ggufFilesIn(folder);
        if (files.models.size() > 1)
            failFolder(ErrorCode::mismatch, folder, "weights", "one .gguf file",
                       std::to_string(files.models.size()) + ", name one of them: " + namesOf(files.models));
        if (files.models.empty())
            explainFolder(folder, files.other);
        take(folder, files.models.front());
    }

    void lookAtFile(const fs::path& file) {
        const FileName* name = nameOf(file);
        if (name && name->unfinished)
            fail(file, described(*name));
        if (const auto snapshot = snapshotOfRef(m_model.location)) {
            m_isFile = false;
            m_model.location = *snapshot;
            return lookInFolder(*snapshot);
        }
        if (const fs::path blob = ollamaBlobOf(file); !blob.empty()) {
            m_model.location = locationOf(blob);
            return take(folderOf(blob), blob);
        }
        if (recognisesSafetensors(file))
            return lookAtSafetensors(file, name);
        if (recognisesGguf(file))
            return take(folderOf(file), file);
        const bool isConfig = file.filename() == configName;
        if (!isConfig && file.filename().string().find(".safetensors.index") == std::string::npos)
            explainFile(file, name);
        m_isFile = false;
        m_model.location = m_model.location.parent_path();
        return isConfig ? lookInFolder(folderOf(file)) : take(folderOf(file), file);
    }

    void lookAtSafetensors(const fs::path& file, const FileName* name) {
        const fs::path folder = folderOf(file);
        if (name)
            throw Error(ErrorCode::unsupported, file.string(), "weights", "those of a whole model",
                        isPresent(folder / adapterName) ? describeAdapter(folder) : described(*name));
        if (!isPresent(folder / configName)) {
            requireContent(FileReader(file), "safetensors", "content", "a safetensors file");
            throw Error(ErrorCode::missing, file.string(), "config.json beside it", "present",
                        absenceOf(folder / configName));
        }
        for (const fs::directory_entry& entry : folderEntries(folder)) {
            const std::string index = entry.path().filename().string();
            if (index.find(".safetensors.index") != std::string::npos && index.ends_with(".json") &&
                readShardIndex(folder / index).shards().contains(file.filename().string()))
                return take(folder, folder / index);
        }
        if (isShardName(file))
            throw Error(ErrorCode::missing, file.string(), "index beside it (" + std::string(shardIndexName) + ")",
                        "present", "none");
        take(folder, file);
    }

    [[noreturn]] static void fail(const fs::path& file, const std::string& found) {
        std::string known;
        for (const FileFormat& format : fileFormats())
            known += std::string(format.label) + ", ";
        throw Error(ErrorCode::unsupported, file.string(), "file format", "one of " + known + "Hugging Face folder",
                    found);
    }

    [[noreturn]] static void explainFile(const fs::path& file, const FileName* name) {
        if (!isRegularFile(file))
            fail(file, "special file");
        if (const FileContent* content = contentOf(FileReader(file)))
            fail(file, described(*content));
        fail(file, name ? described(*name) : "\"" + file.extension().string() + "\" file");
    }

    // A folder that leads to one file of weights without a config is called like the file.
    void nameIt() {
        const bool isGguf = m_model.format->id == "gguf";
        const auto entry = hubPlaceOf(m_model.location);
        const bool ofEntry = entry && entry->rest.empty() && !m_isFile;
        const bool byFile = isGguf && !m_isFile && !ofEntry;
        m_model.name = byFile ? modelName(m_model.location / m_model.weights.filename(), true)
                              : modelName(m_model.location, m_isFile);
        std::error_code ignored;
        if (m_model.revision.empty())
            if (const auto place = hubPlaceOf(fs::canonical(m_model.folder, ignored)))
                m_model.revision = place->revision;
        if (m_model.revision.empty())
            m_model.revision = downloadedRevision(m_model.folder);
    }

    ModelPath m_model;
    bool m_isFile = false;
};

bool holdsTokenizer(const fs::path& folder) {
    constexpr std::array names{"tokenizer.json", "vocab.json", "tokenizer.model"};
    return std::ranges::any_of(names, [&](const char* name) { return isPresent(folder / name); });
}

}  // namespace

std::optional<std::string> lackOfSnapshot(const fs::path& snapshot) {
    try {
        const fs::path own = ownWeights(snapshot);
        const std::vector<fs::path> models = own.empty() ? ggufFilesIn(snapshot).models : std::vector{own};
        if (models.empty())
            return namedFile(snapshot) ? std::nullopt : std::optional<std::string>("no weights");
        if (!own.empty() && !isPresent(snapshot / configName))
            return "no config.json";
        for (const fs::path& model : models)
            if (const std::string missing = missingPart(model); !missing.empty())
                return "no " + missing;
        return "";
    } catch (const Error&) {  // complete and damaged: opening it says how
        return std::nullopt;
    }
}

ModelPath findModel(const fs::path& path) {
    return Finder(path).find();
}

fs::path findTokenizer(const fs::path& path) {
    if (path.extension() == ".safetensors" && !isFolder(path))
        return folderOf(path);
    if (!isFolder(path) || holdsTokenizer(path))
        return snapshotOfRef(locationOf(path)).value_or(path);
    try {
        const ModelPath model = findModel(path);
        return model.format->id == "gguf" ? model.weights : model.folder;
    } catch (const Error&) {
        // Without weights a tokenizer is still one.
        const auto lack = [](const fs::path& snapshot) { return holdsTokenizer(snapshot) ? "" : "no tokenizer"; };
        const auto snapshot = isHubEntry(path) ? chooseSnapshot(path, lack) : std::nullopt;
        return snapshot ? snapshot->folder : path;
    }
}

}  // namespace rankscope
