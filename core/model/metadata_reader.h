// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Typed, range-checked reading of model metadata (config.json or GGUF key-value pairs): the only place where its values
// become numbers. Every Error names the file and the key. A reader knows which keys were read: what is left over was
// passed over, and passed_over.h reports it. One thread at a time, copies and nested readers included.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rankscope {

class MetadataReader {
public:
    // Both must outlive the reader. `file` is what Errors name; `prefix` is put before every key ("llama.").
    MetadataReader(const nlohmann::json& object, std::string file, std::string prefix = {});

    // Neither counts as reading the key.
    bool has(std::string_view key) const;  // present and not null
    bool isArray(std::string_view key) const;
    bool isObject(std::string_view key) const;
    bool isText(std::string_view key, std::string_view text) const;
    bool empty() const;  // no keys at all

    // Sets aside every key that `other` has with the same value.
    void setAsideSame(const MetadataReader& other) const;

    // Counts the key as read where another one decides that it says nothing here.
    void setAside(std::string_view key) const;
    // Whether the value at `path` was read or set aside: "rope_scaling.factor" for one in a nested object.
    bool wasRead(const std::string& path) const { return m_read->contains(path); }

    // The first of `keys` that is present. Error if none is and there is no fallback, if it is out of range, or if
    // another of them is there with another value.
    std::int64_t integer(const std::vector<std::string_view>& keys, std::int64_t minimum, std::int64_t maximum,
                         std::optional<std::int64_t> fallback = std::nullopt) const;
    double number(const std::vector<std::string_view>& keys, double above, std::optional<double> fallback = {}) const;
    bool boolean(std::string_view key, bool fallback) const;
    std::optional<std::string> text(std::string_view key) const;
    std::optional<std::vector<double>> numbers(std::string_view key, std::size_t count) const;
    std::optional<std::vector<bool>> switches(std::string_view key, std::size_t count) const;  // true, false, 1, 0
    std::optional<std::vector<std::string>> texts(std::string_view key, std::size_t count) const;

    // [[["a", "b"], 2], [["c"], 1]] read as a, b, a, b, c. Error if it is absent or longer than any model has layers.
    std::vector<std::string> repeatedTexts(std::string_view key) const;

    // The object at `key`; nothing if absent or null.
    std::optional<MetadataReader> object(std::string_view key) const;

    const std::string& file() const { return m_file; }
    std::string fullKey(std::string_view key) const { return m_prefix + std::string(key); }

    // Throws Error "FILE: KEY: expected EXPECTED, found FOUND".
    [[noreturn]] void fail(std::string_view key, std::string_view expected, std::string_view found) const;
    // How the value at `key` reads in an Error: `"mamba"`, `0`, `array of 3`, `none`.
    std::string described(std::string_view key) const;

private:
    const nlohmann::json* lookUp(std::string_view key) const;  // null if absent or null
    const nlohmann::json* read(std::string_view key) const;    // lookUp, and the key counts as read
    // The first of `keys` that is present, or null.
    const nlohmann::json* firstOf(const std::vector<std::string_view>& keys, std::string_view& found) const;
    template <typename Value>
    std::optional<std::vector<Value>> list(std::string_view key, std::size_t count, const char* expected,
                                           bool (*fits)(const nlohmann::json&)) const;

    const nlohmann::json* m_object;
    std::string m_file, m_prefix;
    std::string m_path;  // of a nested object, with a dot behind it: "rope_scaling."
    std::shared_ptr<std::set<std::string>> m_read = std::make_shared<std::set<std::string>>();
};

}  // namespace rankscope
