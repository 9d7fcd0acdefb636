// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/controls.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/number_text.h"
#include "core/spectra/seeded_random.h"

namespace rankscope {

namespace {

// To add a control, add its row and its enumerator.
constexpr std::array controls{
    ControlInfo{Control::none, "none", "Text as it is", "as written", "the corpus through the model", nullptr, nullptr},
    ControlInfo{Control::shuffled, "shuffled", "Tokens shuffled", "shuffled",
                "the tokens of each window in random order",
                [](TokenWindows& windows, int, std::uint64_t seed) { shuffleTokens(windows, seed); }, nullptr},
    ControlInfo{Control::uniform, "uniform", "Uniform tokens", "uniform tokens",
                "tokens drawn uniformly from the vocabulary", drawUniformTokens, nullptr},
    ControlInfo{Control::randomWeights, "random-weights", "Random weights", "random weights",
                "the text through weight matrices of Gaussian noise with the same standard deviations", nullptr,
                [](std::unique_ptr<WeightFile> file, std::uint64_t seed) {
                    return ChangedWeights{withRandomWeights(std::move(file), seed), {}};
                }},
    ControlInfo{Control::initialWeights, "initial-weights", "Weights as before training", "weights as before training",
                "the text through weight matrices of Gaussian noise with the standard deviation of an untrained model",
                nullptr, withInitialWeights},
};

class RandomisedWeightFile : public WeightFile {
public:
    // `deviation` of every matrix, biases then being zero; none: each matrix its own, biases as they are.
    RandomisedWeightFile(std::unique_ptr<WeightFile> file, std::uint64_t seed, std::optional<double> deviation)
        : m_file(std::move(file)), m_seed(seed), m_deviation(deviation) {
        m_warnings = m_file->warnings();
        indexNames();
    }

    NamingScheme naming() const override { return m_file->naming(); }
    const std::filesystem::path& path() const override { return m_file->path(); }
    const nlohmann::json& metadata() const override { return m_file->metadata(); }
    const std::vector<TensorInfo>& tensors() const override { return m_file->tensors(); }
    std::filesystem::path tokenizerPath() const override { return m_file->tokenizerPath(); }

    void readRows(const TensorInfo& info, std::int64_t firstRow, std::int64_t rowCount,
                  std::span<float> out) const override {
        // Norm gains are vectors, or one vector per head: neither is a weight matrix.
        if (info.shape.size() < 2 || info.name.find("norm") != std::string::npos) {
            if (m_deviation && info.name.ends_with("bias"))
                std::ranges::fill(out, 0.0f);
            else
                m_file->readRows(info, firstRow, rowCount, out);
            return;
        }
        const double deviation = deviationOf(info);
        const auto length = static_cast<std::size_t>(info.rowLength());
        for (std::int64_t row = 0; row < rowCount; ++row)
            fillGaussian(out.subspan(row * length, length), deviation,
                         seedOf(m_seed, info.name + '#' + std::to_string(firstRow + row)));
    }

    void readAhead(const TensorInfo& info, const std::stop_token& stop) const override {
        m_file->readAhead(info, stop);
    }

private:
    double deviationOf(const TensorInfo& info) const {
        if (m_deviation)
            return *m_deviation;
        const std::lock_guard lock(m_mutex);
        if (const auto known = m_deviations.find(info.name); known != m_deviations.end())
            return known->second;
        const std::int64_t step = std::max<std::int64_t>(1, (1 << 18) / info.rowLength());
        std::vector<float> rows;
        double sum = 0, squares = 0;
        for (std::int64_t first = 0; first < info.rows(); first += step) {
            const std::int64_t count = std::min(step, info.rows() - first);
            rows.resize(count * info.rowLength());
            m_file->readRows(info, first, count, rows);
            for (const float value : rows) {
                sum += value;
                squares += static_cast<double>(value) * value;
            }
        }
        const auto n = static_cast<double>(info.elements());
        return m_deviations[info.name] = std::sqrt(std::max(0.0, squares / n - (sum / n) * (sum / n)));
    }

    std::unique_ptr<WeightFile> m_file;
    std::uint64_t m_seed;
    std::optional<double> m_deviation;
    mutable std::mutex m_mutex;
    mutable std::map<std::string, double> m_deviations;
};

// What config.json says of the standard deviation at initialisation; GGUF files do not keep it.
std::optional<double> statedDeviation(const nlohmann::json& metadata) {
    for (const nlohmann::json& part : {metadata, metadata.value("text_config", nlohmann::json::object())})
        for (const char* key : {"initializer_range", "init_std"})
            if (const auto found = part.find(key); found != part.end() && found->is_number())
                if (const double deviation = found->get<double>(); deviation > 0 && std::isfinite(deviation))
                    return deviation;
    return std::nullopt;
}

// The part of window `i` that a control may change.
std::span<TokenId> changeable(TokenWindows& windows, int i) {
    const std::span<TokenId> all(windows.tokens);
    const std::span<TokenId> window = all.subspan(std::size_t(i) * windows.length, windows.length);
    return windows.bos ? window.subspan(1) : window;
}

}  // namespace

std::span<const ControlInfo> controlTable() {
    return controls;
}

const ControlInfo& controlInfo(Control control) {
    return *std::ranges::find(controls, control, &ControlInfo::control);
}

const ControlInfo* findControl(std::string_view id) {
    const auto found = std::ranges::find(controls, id, &ControlInfo::id);
    return found == controls.end() ? nullptr : &*found;
}

void shuffleTokens(TokenWindows& windows, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    for (int i = 0; i < windows.windows; ++i) {
        const std::span<TokenId> window = changeable(windows, i);
        for (std::size_t last = window.size(); last > 1; --last)  // Fisher and Yates
            std::swap(window[last - 1], window[drawBelow(engine, last)]);
    }
}

void drawUniformTokens(TokenWindows& windows, int vocabularySize, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    for (int i = 0; i < windows.windows; ++i)
        for (TokenId& token : changeable(windows, i))
            token = static_cast<TokenId>(drawBelow(engine, vocabularySize));
}

std::unique_ptr<WeightFile> withRandomWeights(std::unique_ptr<WeightFile> file, std::uint64_t seed) {
    return std::make_unique<RandomisedWeightFile>(std::move(file), seed, std::nullopt);
}

ChangedWeights withInitialWeights(std::unique_ptr<WeightFile> file, std::uint64_t seed) {
    const std::optional<double> stated = statedDeviation(file->metadata());
    const double deviation = stated.value_or(usualInitialDeviation);
    const std::string note = "weights as before training: every matrix Gaussian with standard deviation " +
                             generalText(deviation, 6) +
                             (stated ? " (as config.json says)" : " (the usual one: the file names none)") +
                             ", biases 0, norm gains as trained";
    return {std::make_unique<RandomisedWeightFile>(std::move(file), seed, deviation), note};
}

}  // namespace rankscope
