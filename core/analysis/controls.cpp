// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/controls.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/base/number_text.h"
#include "core/statistics/seeded_random.h"

namespace rankscope {

namespace {

enum class Kind { matrix, gain, bias };

// By its name and shape: gains may be one vector per head.
Kind kindOf(const TensorInfo& info) {
    if (info.name.ends_with("bias"))
        return Kind::bias;
    const bool isGain = info.shape.size() < 2 || info.name.find("norm") != std::string::npos;
    return isGain ? Kind::gain : Kind::matrix;
}

class UntrainedWeightFile : public WeightFile {
public:
    // Null `deviationOf`: each matrix its own standard deviation and each gain vector its root mean square; else the
    // function's, and gains 1. `gainOffset` is added to stored gains before they are used.
    UntrainedWeightFile(std::unique_ptr<WeightFile> file, std::uint64_t seed, const WeightChoice& choice,
                        double gainOffset, std::function<double(const std::string&)> deviationOf)
        : m_file(std::move(file)),
          m_seed(seed),
          m_choice(choice),
          m_gainOffset(gainOffset),
          m_deviationOf(std::move(deviationOf)) {
        m_naming = m_file->naming();
        m_path = m_file->path();
        m_tokenizerPath = m_file->tokenizerPath();
        m_place = m_file->place();
        m_tensors = m_file->tensors();
        m_warnings = m_file->warnings();
        indexNames();
    }

    const nlohmann::json& metadata() const override { return m_file->metadata(); }

    void readRows(const TensorInfo& info, std::int64_t firstRow, std::int64_t rowCount,
                  std::span<float> out) const override {
        const Kind kind = kindOf(info);
        if (kind == Kind::matrix) {
            drawRows(info, firstRow, rowCount, out);
        } else if (kind == Kind::bias ? m_choice.keepBiases : m_choice.keepGains) {
            m_file->readRows(info, firstRow, rowCount, out);
        } else if (kind == Kind::bias) {
            std::ranges::fill(out, 0.0f);
        } else if (m_deviationOf) {
            std::ranges::fill(out, static_cast<float>(1 - m_gainOffset));
        } else {
            m_file->readRows(info, firstRow, rowCount, out);
            levelGains(info, rowCount, out);
        }
    }

    void readAhead(const TensorInfo& info, const std::stop_token& stop) const override {
        m_file->readAhead(info, stop);
    }

private:
    void drawRows(const TensorInfo& info, std::int64_t firstRow, std::int64_t rowCount, std::span<float> out) const {
        const double deviation = m_deviationOf ? m_deviationOf(info.name) : storedDeviation(info);
        const auto length = static_cast<std::size_t>(info.rowLength());
        for (std::int64_t row = 0; row < rowCount; ++row)
            fillGaussian(out.subspan(row * length, length), deviation,
                         seedOf(m_seed, info.name + '#' + std::to_string(firstRow + row)));
    }

    // Every vector its root mean square.
    void levelGains(const TensorInfo& info, std::int64_t rowCount, std::span<float> out) const {
        const auto length = static_cast<std::size_t>(info.rowLength());
        for (std::int64_t row = 0; row < rowCount; ++row) {
            const std::span<float> gains = out.subspan(row * length, length);
            double squares = 0;
            for (const float gain : gains)
                squares += (gain + m_gainOffset) * (gain + m_gainOffset);
            const double level = std::sqrt(squares / static_cast<double>(length));
            std::ranges::fill(gains, static_cast<float>(level - m_gainOffset));
        }
    }

    double storedDeviation(const TensorInfo& info) const {
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
    WeightChoice m_choice;
    double m_gainOffset;
    std::function<double(const std::string&)> m_deviationOf;
    mutable std::mutex m_mutex;
    mutable std::map<std::string, double> m_deviations;
};

// What config.json says of the standard deviation at initialisation; GGUF files do not keep it.
std::optional<double> statedDeviation(const nlohmann::json& metadata, std::string_view key) {
    for (const nlohmann::json& part : {metadata.value("text_config", nlohmann::json::object()), metadata})
        if (const auto found = part.find(key); found != part.end() && found->is_number())
            if (const double deviation = found->get<double>(); deviation > 0 && std::isfinite(deviation))
                return deviation;
    return std::nullopt;
}

// Whether a tensor's name follows a pattern such as "h.{}.mlp.c_proj", behind any prefix.
bool endsBranch(const std::string& name, std::string_view pattern) {
    const std::size_t hole = pattern.find("{}");
    if (hole == std::string_view::npos)
        return false;
    const std::string tail = std::string(pattern.substr(hole + 2)) + ".weight";
    return name.ends_with(tail);
}

// The part of window `i` that a control may change.
std::span<TokenId> changeable(TokenWindows& windows, int i) {
    const std::span<TokenId> all(windows.tokens);
    const std::span<TokenId> window = all.subspan(std::size_t(i) * windows.length, windows.length);
    return windows.bos ? window.subspan(1) : window;
}

// Tokens of each window in random order; a leading BOS stays where it is.
void shuffleTokens(TokenWindows& windows, int, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    for (int i = 0; i < windows.windows; ++i) {
        const std::span<TokenId> window = changeable(windows, i);
        for (std::size_t last = window.size(); last > 1; --last)  // Fisher and Yates
            std::swap(window[last - 1], window[drawBelow(engine, last)]);
    }
}

// Every token (but a leading BOS) drawn uniformly from the vocabulary.
void drawUniformTokens(TokenWindows& windows, int vocabularySize, std::uint64_t seed) {
    std::mt19937_64 engine(seed);
    for (int i = 0; i < windows.windows; ++i)
        for (TokenId& token : changeable(windows, i))
            token = static_cast<TokenId>(drawBelow(engine, vocabularySize));
}

// The same checkpoint with nothing learned but its sizes: every matrix Gaussian with its own standard deviation, every
// gain vector its root mean square, every bias 0, but for what is to be kept. Row r of a matrix depends on the seed,
// its name and r only.
ChangedWeights withRandomWeights(std::unique_ptr<WeightFile> file, const Hyperparameters& model,
                                 const WeightChoice& choice, std::uint64_t seed) {
    return {std::make_unique<UntrainedWeightFile>(std::move(file), seed, choice, model.normGainOffset, nullptr)};
}

// The same checkpoint as its family's own initialiser leaves it: every matrix Gaussian with the standard deviation of
// the choice, else of config.json, else of the family (Architecture::initialisation); gains 1, biases 0, but for what
// is to be kept. GGUF states no deviation: the family's is assumed.
ChangedWeights withInitialWeights(std::unique_ptr<WeightFile> file, const Hyperparameters& model,
                                  const WeightChoice& choice, std::uint64_t seed) {
    const Initialisation& rule = model.architecture->initialisation;
    const bool isGguf = file->naming() == NamingScheme::gguf;
    const std::optional<double> stated =
        choice.initialDeviation ? choice.initialDeviation : statedDeviation(file->metadata(), rule.key);
    const double deviation = stated.value_or(rule.deviation);
    const double atEnd = rule.residualShrinks ? deviation / std::sqrt(2.0 * model.layers) : deviation;
    const auto deviationOf = [=, names = model.names](const std::string& name) {
        return endsBranch(name, names.attentionOutput) || endsBranch(name, names.down) ? atEnd : deviation;
    };
    return {std::make_unique<UntrainedWeightFile>(std::move(file), seed, choice, model.normGainOffset, deviationOf),
            deviation, isGguf && !stated};
}

// To add a control, add its row and its enumerator.
constexpr std::array controls{
    ControlInfo{Control::none, "none", "Text as it is", "as written", "the corpus through the model", nullptr, nullptr},
    ControlInfo{Control::shuffled, "shuffled", "Tokens shuffled", "shuffled",
                "the tokens of each window in random order", shuffleTokens, nullptr},
    ControlInfo{Control::uniform, "uniform", "Uniform tokens", "uniform tokens",
                "tokens drawn uniformly from the vocabulary", drawUniformTokens, nullptr},
    ControlInfo{Control::randomWeights, "random-weights", "Random weights", "random weights",
                "the text through a model of which nothing is learned but sizes: matrices of Gaussian noise with the "
                "same standard deviations, gains their root mean square, biases 0",
                nullptr, withRandomWeights},
    ControlInfo{Control::initialWeights, "initial-weights", "Weights as before training", "weights as before training",
                "the text through the model as its family's initialiser makes it: Gaussian matrices, gains 1, biases 0",
                nullptr, withInitialWeights},
};

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

std::string keptText(const WeightChoice& choice) {
    const std::string gains = choice.keepGains ? "gains" : "";
    return gains + (choice.keepGains && choice.keepBiases ? "," : "") + (choice.keepBiases ? "biases" : "");
}

WeightChoice choiceOf(const CorpusFacts& corpus) {
    return {.keepGains = corpus.kept.find("gains") != std::string::npos,
            .keepBiases = corpus.kept.find("biases") != std::string::npos,
            .initialDeviation = corpus.initialDeviation > 0 && !corpus.deviationAssumed
                                    ? std::optional(corpus.initialDeviation)
                                    : std::nullopt};
}

std::string controlLabel(const CorpusFacts& corpus) {
    const ControlInfo* const info = findControl(corpus.control);
    if (!info)
        return corpus.control;
    std::string text(info->shortLabel);
    const WeightChoice kept = choiceOf(corpus);
    if (kept.keepGains || kept.keepBiases) {
        text = info->control == Control::initialWeights ? "initial matrices, trained " : "random matrices, trained ";
        text += kept.keepGains ? "gains" : "biases";
        text += kept.keepGains && kept.keepBiases ? " and biases" : "";
    }
    if (corpus.initialDeviation > 0)
        text += ", standard deviation " + generalText(corpus.initialDeviation, 4);
    return corpus.deviationAssumed ? text + " (assumed)" : text;
}

}  // namespace rankscope
