// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session_file/checked_reader.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/number_text.h"
#include "core/base/utf8.h"
#include "core/session/session_limits.h"

namespace rankscope {
namespace {

// Rounding of a sum of squares against a Σσ² that was computed another way.
constexpr double energyTolerance = 1e-6;

}  // namespace

std::string CheckedReader::number(double value) {
    return generalText(value, 6);
}

void CheckedReader::fail(const std::string& subject, const std::string& expected, const std::string& found) const {
    throw Error(ErrorCode::malformed, file.name(), subject, expected, found);
}

std::string CheckedReader::text(const std::string& object, const std::string& name) const {
    std::string value = file.text(object, name);
    requireUtf8(object + "@" + name, value);
    return value;
}

std::vector<std::string> CheckedReader::texts(const std::string& object, const std::string& name) const {
    std::vector<std::string> values = file.texts(object, name, limits::maxNotes);
    for (const std::string& value : values)
        requireUtf8(object + "@" + name, value);
    return values;
}

int CheckedReader::count(const std::string& object, const std::string& name, std::int64_t least,
                         std::int64_t most) const {
    const auto value = file.number<std::int64_t>(object, name);
    if (value < least || value > most)
        fail(object + "@" + name, std::to_string(least) + " to " + std::to_string(most), std::to_string(value));
    return static_cast<int>(value);
}

double CheckedReader::finite(const std::string& object, const std::string& name) const {
    const auto value = file.number<double>(object, name);
    if (!std::isfinite(value))
        fail(object + "@" + name, "finite number", number(value));
    return value;
}

std::vector<std::uint8_t> CheckedReader::flags(const std::string& object, const std::string& name,
                                               std::size_t count) const {
    std::vector<std::uint8_t> values = file.numbers<std::uint8_t>(object, name, count);
    for (const std::uint8_t value : values)
        if (value > 1)
            fail(object + "@" + name, "0 or 1", std::to_string(value));
    return values;
}

void CheckedReader::requireUtf8(const std::string& subject, const std::string& value) const {
    if (const std::size_t at = firstInvalidUtf8(value); at < value.size())
        fail(subject, "UTF-8", value.substr(at, 4));
}

void CheckedReader::requireShape(const std::string& path, std::int64_t rows, std::int64_t columns) const {
    if (rows < 0 || columns < 0)
        fail(path + "@matrix_rows", ">= 0", std::to_string(std::min(rows, columns)));
}

void CheckedReader::requireFinite(const std::string& path, std::span<const double> values,
                                  const h5::Shape& shape) const {
    const auto wrong = std::ranges::find_if(values, [](double v) { return !std::isfinite(v) || v < 0; });
    if (wrong == values.end())
        return;
    auto rest = static_cast<std::uint64_t>(wrong - values.begin());
    h5::Shape index(shape.size());
    for (std::size_t i = shape.size(); i-- > 0; rest /= shape[i])
        index[i] = rest % shape[i];
    fail(path + h5::shapeText(index), "finite >= 0", number(*wrong));
}

void CheckedReader::requireSpectrum(std::span<const double> values, const Subject& subject) const {
    double previous = std::numeric_limits<double>::max();
    for (const double value : values) {
        if (!(value >= 0 && value <= previous))  // also false for NaN and infinity
            fail(subject(), "finite, descending, >= 0", number(value));
        previous = value;
    }
}

void CheckedReader::requireEnergy(std::span<const double> sigma, double energy, const Subject& subject) const {
    double sum = 0;
    for (const double value : sigma)
        sum += value * value;
    if (sum > energy * (1 + energyTolerance))
        fail(subject(), ">= " + number(sum), number(energy));
}

}  // namespace rankscope
