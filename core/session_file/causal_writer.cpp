// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/session/session_limits.h"
#include "core/session_file/causal_layout.h"
#include "core/session_file/session_layout.h"

namespace rankscope {
namespace {

template <typename T>
bool isFinite(const std::vector<T>& values) {
    return std::ranges::all_of(values, [](T value) { return std::isfinite(value); });
}

// A member function per group of the layout.
class CausalWriter {
public:
    CausalWriter(const Session& session, SessionImage& file)
        : m_session(session), m_check(*session.causal), m_file(file), m_image(file.image) {}

    void write() {
        m_image.group(layout::causal);
        m_image.number(layout::causal, "seed", m_check.seed);
        m_image.number(layout::causal, "conditions", static_cast<std::int64_t>(conditions()));
        m_file.require(conditions() <= limits::maxConditions && m_check.attention.size() <= limits::maxConditions,
                       layout::causal, "at most " + std::to_string(limits::maxConditions) + " conditions",
                       std::to_string(std::max(conditions(), m_check.attention.size())));
        if (!m_check.loss.empty() && isFinite(m_check.loss)) {
            m_file.requireCount(layout::causalPath("loss"), windows(), m_check.loss.size());
            m_file.add(layout::causalPath("loss"), {windows()}, m_check.loss, "next-token loss, unchanged", "nats");
        }
        if (conditions() > 0) {
            writeConditions();
            writeNumbers();
            writeMeans();
        }
        if (!m_check.attention.empty())
            writeAttention();
    }

private:
    std::size_t conditions() const { return m_check.conditions.size(); }
    std::size_t windows() const { return static_cast<std::size_t>(m_session.corpus.windows); }

    // Numbers that are not finite are none: such a condition counts as not computed.
    static bool isStored(const CausalCondition& condition) {
        return condition.isComputed() && std::ranges::all_of(layout::conditionNumbers, [&](const auto& numbers) {
                   return isFinite(condition.*numbers.values);
               });
    }

    template <typename T, typename Value>
    std::vector<T> column(const Value& valueOf) const {
        std::vector<T> values;
        for (const CausalCondition& condition : m_check.conditions)
            values.push_back(static_cast<T>(valueOf(condition)));
        return values;
    }
    template <typename T, typename Value>
    void add(const char* name, const char* longName, const char* units, const Value& valueOf) {
        m_file.add(layout::causalPath(name), {conditions()}, column<T>(valueOf), longName, units);
    }
    void addNames(const std::string& path, const std::vector<std::string>& names, const char* longName) {
        m_image.strings(path, {names.size()}, names);
        m_image.text(path, "long_name", longName);
    }

    void writeConditions();
    void writeNumbers();
    void writeMeans();
    void writeAttention();

    const Session& m_session;
    const CausalCheck& m_check;
    SessionImage& m_file;
    h5::ImageWriter& m_image;
};

void CausalWriter::writeConditions() {
    addNames(layout::causalPath("arm"), column<std::string>([](const auto& c) { return armInfo(c.arm).id; }),
             "what a head is left with");
    addNames(layout::causalPath("scope"), column<std::string>([](const auto& c) { return scopeId(c.scope); }),
             "which heads are changed");
    add<std::int32_t>("layer", "layer that is changed; -1: all", "1",
                      [](const auto& c) { return c.head ? c.head->layer.value : -1; });
    add<std::int32_t>("head", "head that is changed; -1: all of the layers", "1",
                      [](const auto& c) { return c.scope == CausalScope::head && c.head ? c.head->head.value : -1; });
    add<std::int32_t>("rank", "rank that every changed head keeps; -1: see share", "components",
                      [](const auto& c) { return c.rank; });
    add<double>("share", "share of the arm's spectrum that every changed head keeps; 0: see rank", "1",
                [](const auto& c) { return c.share; });
    add<double>("mean_rank", "mean rank over the changed heads", "components",
                [](const auto& c) { return c.meanRank; });
    add<std::uint8_t>("computed", "1 where the condition has numbers", "1", isStored);
}

void CausalWriter::writeNumbers() {
    for (const layout::ConditionNumbers& numbers : layout::conditionNumbers) {
        std::vector<double> all(conditions() * windows());
        for (std::size_t i = 0; i < conditions(); ++i) {
            const CausalCondition& condition = m_check.conditions[i];
            if (!isStored(condition))
                continue;
            const std::vector<double>& values = condition.*numbers.values;
            m_file.requireCount(layout::causalPath(numbers.name) + h5::shapeText({i}), windows(), values.size());
            std::ranges::copy(values, all.begin() + std::ptrdiff_t(i * windows()));
        }
        m_file.add(layout::causalPath(numbers.name), {conditions(), windows()}, all, numbers.longName, numbers.units,
                   numbers.definition);
    }
}

// For readers outside; Rankscope itself takes means and intervals from the values of the windows.
void CausalWriter::writeMeans() {
    std::vector<double> means, low, high;
    for (const CausalCondition& condition : m_check.conditions) {
        const CausalNumbers numbers = isStored(condition) ? numbersOf(m_check, condition) : CausalNumbers();
        means.push_back(numbers.delta);
        low.push_back(numbers.interval ? numbers.interval->low : 0);
        high.push_back(numbers.interval ? numbers.interval->high : 0);
    }
    const auto add = [&](const char* name, const std::vector<double>& values, const char* longName) {
        m_file.add(layout::causalPath(name), {conditions()}, values, longName, "nats",
                   layout::conditionNumbers.front().definition + std::string("; then over windows"));
    };
    add("delta_mean", means, "rise of the next-token loss, mean over windows");
    if (windows() >= static_cast<std::size_t>(leastResampled)) {
        add("delta_low", low, "lower end of the 95 % bootstrap interval of the mean over windows");
        add("delta_high", high, "upper end of the 95 % bootstrap interval of the mean over windows");
    }
    m_image.text(layout::causal, "NX_class", "NXdata");
    m_image.text(layout::causal, "signal", "delta_mean");
    m_image.texts(layout::causal, "axes", std::vector<std::string>{"mean_rank"});
    m_image.text(layout::causal, "title",
                 m_session.model.name + " on " + m_session.corpus.name +
                     ": rise of the next-token loss against the mean rank that heads keep");
}

void CausalWriter::writeAttention() {
    std::vector<AttentionError> errors = m_check.attention;
    std::ranges::stable_sort(errors, {}, [](const AttentionError& error) { return std::pair(error.arm, error.rank); });
    const std::string group = layout::attentionErrors;
    const h5::Shape shape{errors.size(), windows(), static_cast<std::uint64_t>(m_session.model.layers),
                          static_cast<std::uint64_t>(m_session.model.heads)};
    const std::size_t each = h5::FileReader::elements(shape) / errors.size();
    m_image.group(group);
    m_image.number(group, "count", static_cast<std::int64_t>(errors.size()));
    std::vector<std::string> arms;
    std::vector<std::int32_t> ranks;
    for (const AttentionError& error : errors) {
        arms.emplace_back(armInfo(error.arm).id);
        ranks.push_back(error.rank);
    }
    addNames(layout::attentionPath("arm"), arms, "what a head is left with");
    m_file.add(layout::attentionPath("rank"), {ranks.size()}, ranks, "rank that a head keeps", "components");
    for (const layout::AttentionNumbers& numbers : layout::attentionNumbers) {
        const std::string path = layout::attentionPath(numbers.name);
        std::vector<float> all;
        for (const AttentionError& error : errors) {
            const std::vector<float>& values = error.*numbers.values;
            m_file.requireCount(path, each, values.size());
            std::ranges::transform(values, std::back_inserter(all), [](float value) {
                return std::isfinite(value) ? std::max(value, 0.0f) : layout::noError;
            });
        }
        m_file.add(path, shape, all, numbers.longName, numbers.units, numbers.definition);
    }
    m_image.text(group, "NX_class", "NXdata");
    m_image.text(group, "signal", "tv");
    m_image.text(group, "title", "what a rank leaves of the attention of every head");
    for (std::size_t axis = 1; const char* name : {"window", "layer", "head"}) {
        std::vector<std::int32_t> indices(shape[axis++]);
        std::iota(indices.begin(), indices.end(), 0);
        m_file.add(layout::attentionPath(name), {indices.size()}, indices, name, "1");
    }
    m_image.texts(group, "axes", std::vector<std::string>{"rank", "window", "layer", "head"});
}

class MomentsWriter {
public:
    MomentsWriter(const Session& session, SessionImage& file)
        : m_session(session), m_moments(*session.moments), m_file(file), m_image(file.image) {}

    void write() {
        m_file.requireCount(layout::moments, layers(), m_moments.layers.size());
        m_image.group(layout::moments);
        const bool own = isOwn(*m_moments.text, m_session.corpus);
        m_image.number(layout::moments, "own_text", std::uint8_t(own));
        if (!own)
            writeCorpus(*m_moments.text, layout::momentsText, m_file);
        for (const layout::RotationSide& side : layout::rotationSides)
            writeSide(side);
    }

private:
    std::size_t layers() const { return static_cast<std::size_t>(m_session.model.layers); }

    static bool isOwn(const CorpusFacts& text, const CorpusFacts& corpus) { return &text == &corpus || text == corpus; }

    bool holds(std::size_t layer, const layout::RotationSide& side) const {
        return m_moments.layers[layer] && !((*m_moments.layers[layer]).*side.moments).key.empty();
    }

    void writeSide(const layout::RotationSide& side) {
        std::vector<std::uint8_t> stored(layers());
        for (std::size_t l = 0; l < layers(); ++l)
            stored[l] = holds(l, side);
        if (std::ranges::find(stored, 1) == stored.end())
            return;
        m_image.group(layout::sidePath(side));
        m_file.numbers(layout::sidePath(side), "stored", stored);
        for (const layout::SideNumbers& numbers : layout::sideNumbers) {
            const std::string path = layout::sidePath(side) + "/" + numbers.name;
            const h5::Shape shape = layout::momentsShape(m_session.model, numbers);
            const std::size_t each = h5::FileReader::elements(shape) / layers();
            std::vector<float> all(layers() * each);
            for (std::size_t l = 0; l < layers(); ++l) {
                if (!stored[l])
                    continue;
                const std::vector<float>& values = (*m_moments.layers[l]).*side.moments.*numbers.values;
                m_file.requireCount(path, each, values.size());
                m_file.require(isFinite(values), path, "finite numbers", "others in layer " + std::to_string(l));
                std::ranges::copy(values, all.begin() + std::ptrdiff_t(l * each));
            }
            m_file.add(path, shape, all, std::string(numbers.longName) + " " + side.label, "1", numbers.definition,
                       h5::Packing::plain);
        }
    }

    const Session& m_session;
    const TextMoments& m_moments;
    SessionImage& m_file;
    h5::ImageWriter& m_image;
};

}  // namespace

void writeCausal(const Session& session, SessionImage& file) {
    if (session.causal)
        CausalWriter(session, file).write();
    if (session.moments && session.moments->text)
        MomentsWriter(session, file).write();
}

}  // namespace rankscope
