// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <tuple>

#include "core/session/session_limits.h"
#include "core/session_file/causal_layout.h"
#include "core/session_file/checked_reader.h"

namespace rankscope {
namespace {

std::string rangeOf(std::int64_t least, std::int64_t most) {
    return std::to_string(least) + " to " + std::to_string(most);
}

// A member function per group of the layout.
class CausalReader {
public:
    CausalReader(const CheckedReader& file, const Session& session) : m_file(file), m_session(session) {}

    std::shared_ptr<const CausalCheck> read() {
        m_check->seed = m_file.file.number<std::uint64_t>(layout::causal, "seed");
        if (const std::string path = layout::causalPath("loss"); m_file.file.exists(path))
            m_check->loss = numbers(path, {windows()}, -layout::largestNats, layout::largestNats);
        const int count =
            m_file.count(layout::causal, "conditions", 0, static_cast<std::int64_t>(limits::maxConditions));
        if (count > 0)
            readConditions(static_cast<std::size_t>(count));
        if (m_file.file.exists(layout::attentionErrors))
            readAttention();
        return m_check;
    }

private:
    std::size_t windows() const { return static_cast<std::size_t>(m_session.corpus.windows); }

    // Values within [least, most]; the first that is not is named by its index.
    std::vector<double> numbers(const std::string& path, const h5::Shape& shape, double least, double most) const {
        std::vector<double> values = m_file.file.dataset<double>(path, shape);
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!(values[i] >= least && values[i] <= most))  // also false for NaN
                m_file.fail(path + indexText(shape, i),
                            most == layout::largestNats
                                ? "finite numbers"
                                : CheckedReader::number(least) + " to " + CheckedReader::number(most),
                            CheckedReader::number(values[i]));
        return values;
    }
    std::vector<std::int32_t> indices(const char* name, std::size_t count, int least, int most) const {
        return indices(layout::causalPath(name), count, least, most);
    }
    std::vector<std::int32_t> indices(const std::string& path, std::size_t count, int least, int most) const {
        std::vector<std::int32_t> values = m_file.file.dataset<std::int32_t>(path, {count});
        for (std::size_t i = 0; i < values.size(); ++i)
            if (values[i] < least || values[i] > most)
                m_file.fail(path + h5::shapeText({i}), rangeOf(least, most), std::to_string(values[i]));
        return values;
    }
    static std::string indexText(const h5::Shape& shape, std::size_t flat) {
        h5::Shape index(shape.size());
        for (std::size_t i = shape.size(); i-- > 0; flat /= shape[i])
            index[i] = flat % shape[i];
        return h5::shapeText(index);
    }

    // Ids of a table; `find` gives nothing for one that it does not have.
    template <typename Value>
    std::vector<Value> ids(const std::string& path, std::size_t count, std::optional<Value> (*find)(std::string_view),
                           const char* expected) const {
        std::vector<Value> values;
        for (const std::string& id : m_file.file.strings(path, {count})) {
            m_file.requireUtf8(path, id);
            const std::optional<Value> value = find(id);
            if (!value)
                m_file.fail(path + h5::shapeText({values.size()}), expected, "\"" + id.substr(0, longestId) + "\"");
            values.push_back(*value);
        }
        return values;
    }

    void readConditions(std::size_t count);
    void requireSound(const CausalCondition& condition, std::size_t index) const;
    void requireEachOnce() const;
    void readNumbers();
    void readAttention();

    static constexpr std::size_t longestId = 40;  // that is shown of one that is not known

    const CheckedReader& m_file;
    const Session& m_session;
    std::shared_ptr<CausalCheck> m_check = std::make_shared<CausalCheck>();
    std::vector<std::uint8_t> m_computed;
};

void CausalReader::readConditions(std::size_t count) {
    const ModelFacts& model = m_session.model;
    const auto arms = ids<Arm>(layout::causalPath("arm"), count, armFromId, "an arm of the causal check");
    const auto scopes = ids<CausalScope>(layout::causalPath("scope"), count, scopeFromId, "all, layer or head");
    const auto layers = indices("layer", count, -1, model.layers - 1),
               heads = indices("head", count, -1, model.heads - 1), ranks = indices("rank", count, -1, model.headSize);
    const auto shares = numbers(layout::causalPath("share"), {count}, 0, 1),
               meanRanks = numbers(layout::causalPath("mean_rank"), {count}, 0, model.headSize);
    m_computed = m_file.file.dataset<std::uint8_t>(layout::causalPath("computed"), {count});
    for (std::size_t i = 0; i < count; ++i) {
        CausalCondition condition{
            .arm = arms[i], .scope = scopes[i], .rank = ranks[i], .share = shares[i], .meanRank = meanRanks[i]};
        if (layers[i] >= 0)
            condition.head = HeadRef{LayerIndex(layers[i]), HeadIndex(std::max(0, heads[i]))};
        const bool namesLayer = condition.scope != CausalScope::all, namesHead = condition.scope == CausalScope::head;
        if ((layers[i] >= 0) != namesLayer)
            m_file.fail(layout::causalPath("layer") + h5::shapeText({i}), namesLayer ? "a layer" : "-1",
                        std::to_string(layers[i]));
        if ((heads[i] >= 0) != namesHead)
            m_file.fail(layout::causalPath("head") + h5::shapeText({i}), namesHead ? "a head" : "-1",
                        std::to_string(heads[i]));
        requireSound(condition, i);
        m_check->conditions.push_back(condition);
    }
    requireEachOnce();
    readNumbers();
}

// That the condition says how much its heads keep as its arm wants it said.
void CausalReader::requireSound(const CausalCondition& condition, std::size_t index) const {
    const ArmInfo& info = armInfo(condition.arm);
    const bool ranked = condition.rank >= 0, shared = condition.share > 0;
    const auto fail = [&](const char* expected) {
        m_file.fail(layout::causalPath("rank") + h5::shapeText({index}), expected,
                    "rank " + std::to_string(condition.rank) + ", share " + CheckedReader::number(condition.share));
    };
    if (!info.hasRank && (ranked || shared))
        fail("neither rank nor share for an arm without ranks");
    if (info.hasRank && ranked == shared)
        fail("a rank or a share");
    if (shared && !info.hasSpectrum)
        fail("a rank for an arm without a spectrum");
    if (m_computed[index] > 1)
        m_file.fail(layout::causalPath("computed") + h5::shapeText({index}), "0 or 1",
                    std::to_string(m_computed[index]));
}

void CausalReader::requireEachOnce() const {
    std::set<std::tuple<Arm, CausalScope, int, int, int, double>> known;
    for (std::size_t i = 0; i < m_check->conditions.size(); ++i) {
        const CausalCondition& c = m_check->conditions[i];
        if (!known
                 .emplace(c.arm, c.scope, c.head ? c.head->layer.value : -1, c.head ? c.head->head.value : -1, c.rank,
                          c.share)
                 .second)
            m_file.fail(layout::causal + std::string("/arm") + h5::shapeText({i}), "each condition once",
                        "one that is there already");
    }
}

void CausalReader::readNumbers() {
    const std::size_t count = m_check->conditions.size();
    if (m_check->loss.empty() && std::ranges::find(m_computed, 1) != m_computed.end())
        m_file.fail(layout::causalPath("loss"), "the unchanged loss beside conditions with numbers", "none");
    for (const layout::ConditionNumbers& column : layout::conditionNumbers) {
        const auto values = numbers(layout::causalPath(column.name), {count, windows()}, column.least, column.most);
        for (std::size_t i = 0; i < count; ++i)
            if (m_computed[i])
                (m_check->conditions[i].*column.values)
                    .assign(values.begin() + std::ptrdiff_t(i * windows()),
                            values.begin() + std::ptrdiff_t((i + 1) * windows()));
    }
}

void CausalReader::readAttention() {
    const auto count = static_cast<std::size_t>(
        m_file.count(layout::attentionErrors, "count", 1, static_cast<std::int64_t>(limits::maxConditions)));
    const auto arms = ids<Arm>(layout::attentionPath("arm"), count, armFromId, "an arm of the causal check");
    const auto ranks = indices(layout::attentionPath("rank"), count, 0, m_session.model.headSize);
    for (std::size_t i = 0; i < count; ++i) {
        if (!armInfo(arms[i]).hasRank)
            m_file.fail(layout::attentionPath("arm") + h5::shapeText({i}), "an arm with ranks",
                        "\"" + std::string(armInfo(arms[i]).id) + "\"");
        if (i > 0 && std::pair(arms[i], ranks[i]) <= std::pair(arms[i - 1], ranks[i - 1]))
            m_file.fail(layout::attentionPath("rank") + h5::shapeText({i}), "each once, by arm and by rank",
                        std::to_string(ranks[i]));
        m_check->attention.push_back({arms[i], ranks[i], {}, {}, {}});
    }
    const h5::Shape shape{count, windows(), static_cast<std::uint64_t>(m_session.model.layers),
                          static_cast<std::uint64_t>(m_session.model.heads)};
    for (const layout::AttentionNumbers& column : layout::attentionNumbers) {
        const std::string path = layout::attentionPath(column.name);
        const std::vector<float> values = m_file.file.dataset<float>(path, shape);
        const std::size_t each = values.size() / count;
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (!(std::isfinite(values[i]) && (values[i] >= 0 || values[i] == layout::noError)))
                m_file.fail(path + indexText(shape, i), "finite >= 0, or -1", CheckedReader::number(values[i]));
            (m_check->attention[i / each].*column.values)
                .push_back(values[i] < 0 ? std::numeric_limits<float>::quiet_NaN() : values[i]);
        }
    }
}

class MomentsReader {
public:
    MomentsReader(const CheckedReader& file, const Session& session) : m_file(file), m_session(session) {}

    std::shared_ptr<const TextMoments> read() {
        auto moments = std::make_shared<TextMoments>();
        const bool own = m_file.file.number<std::uint8_t>(layout::moments, "own_text") != 0;
        moments->text =
            std::make_shared<const CorpusFacts>(own ? m_session.corpus : readCorpus(m_file, layout::momentsText));
        m_layers.resize(layers());
        for (const layout::RotationSide& side : layout::rotationSides)
            if (m_file.file.exists(layout::sidePath(side)))
                readSide(side);
        for (const auto& layer : m_layers)
            if (layer && layer->after.key.empty())
                m_file.fail(layout::sidePath(layout::rotationSides.front()),
                            "moments of the layers that have some before rotation", "none");
        moments->layers.assign(m_layers.begin(), m_layers.end());
        return moments;
    }

private:
    std::size_t layers() const { return static_cast<std::size_t>(m_session.model.layers); }

    void readSide(const layout::RotationSide& side) {
        const std::vector<std::uint8_t> stored = m_file.flags(layout::sidePath(side), "stored", layers());
        for (const layout::SideNumbers& numbers : layout::sideNumbers) {
            const std::string path = layout::sidePath(side) + "/" + numbers.name;
            const h5::Shape shape = layout::momentsShape(m_session.model, numbers);
            const std::vector<float> values = m_file.file.dataset<float>(path, shape);
            if (const auto wrong = std::ranges::find_if(values, [](float value) { return !std::isfinite(value); });
                wrong != values.end())
                m_file.fail(path, "finite numbers", CheckedReader::number(*wrong));
            if (numbers.isTriangle)
                requireDiagonal(path, values);
            const std::size_t each = values.size() / layers();
            for (std::size_t l = 0; l < layers(); ++l) {
                if (!stored[l])
                    continue;
                if (!m_layers[l])
                    m_layers[l] = std::make_shared<LayerMoments>();
                ((*m_layers[l]).*side.moments.*numbers.values)
                    .assign(values.begin() + std::ptrdiff_t(l * each), values.begin() + std::ptrdiff_t((l + 1) * each));
            }
        }
    }

    // That what is a sum of squares is not negative.
    void requireDiagonal(const std::string& path, const std::vector<float>& triangles) const {
        const auto size = static_cast<std::size_t>(m_session.model.headSize);
        const std::size_t each = size * (size + 1) / 2;
        for (std::size_t first = 0; first < triangles.size(); first += each)
            for (std::size_t row = 0, at = first; row < size; ++row, at += row + 1)
                if (triangles[at] < 0)
                    m_file.fail(path, "a diagonal >= 0", CheckedReader::number(triangles[at]));
    }

    const CheckedReader& m_file;
    const Session& m_session;
    std::vector<std::shared_ptr<LayerMoments>> m_layers;
};

}  // namespace

void readCausal(const CheckedReader& file, Session& session) {
    if (file.file.exists(layout::causal))
        session.causal = CausalReader(file, session).read();
    if (file.file.exists(layout::moments))
        session.moments = MomentsReader(file, session).read();
}

}  // namespace rankscope
