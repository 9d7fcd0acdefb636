// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Each operation is written once on vectors of eight, which the compiler turns into the instructions there are, and
// compiled twice: for AVX2 with FMA and for any processor.
#include "core/forward/row_kernels.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

namespace rankscope {

namespace {

#define RANKSCOPE_INLINE [[gnu::always_inline]] static inline

constexpr std::int64_t width = 8;
using Floats [[gnu::vector_size(width * sizeof(float))]] = float;
using Integers [[gnu::vector_size(width * sizeof(float))]] = std::int32_t;

RANKSCOPE_INLINE Floats load(const float* at) {
    Floats value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

RANKSCOPE_INLINE void store(float* at, Floats value) {
    std::memcpy(at, &value, sizeof value);
}

// Calls whole(i) for i = 0, 8, … and rest(i) for what is left: the loops of every operation.
template <typename Whole, typename Rest>
RANKSCOPE_INLINE void forEach(std::int64_t count, Whole whole, Rest rest) {
    std::int64_t i = 0;
    for (; i + width <= count; i += width)
        whole(i);
    for (; i < count; ++i)
        rest(i);
}

// eˣ with an error of about 1 ulp where the result is a normal number; below, the smallest of those. x = n ln 2 + r
// with |r| ≤ ln 2 / 2, polynomial of Cephes' expf. NaN stays NaN.
RANKSCOPE_INLINE Floats exponential(Floats x) {
    constexpr float smallest = -87.33f, largest = 88.0f;
    Floats limited = x < smallest ? Floats{} + smallest : x;
    limited = limited > largest ? Floats{} + largest : limited;
    constexpr float rounder = 12582912.0f;  // 1.5 · 2²³: the sum's low bits are the nearest integer
    const Floats shifted = limited * 1.44269504088896341f + rounder;
    const Floats n = shifted - rounder;
    const Floats r = (limited - n * 0.693359375f) - n * -2.12194440e-4f;
    Floats p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    const Integers power = std::bit_cast<Integers>(shifted) << 23;
    const Floats result = std::bit_cast<Floats>(std::bit_cast<Integers>(p) + power);
    return x == x ? result : x;
}

RANKSCOPE_INLINE float exponential(float x) {
    return exponential(Floats{} + x)[0];
}

RANKSCOPE_INLINE float sumOf(Floats v) {
    return ((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7]));
}

RANKSCOPE_INLINE double sumOfSquares(const float* x, std::int64_t size) {
    Floats a{}, b{};  // two sums: short dependency chains, small rounding errors
    float rest = 0;
    std::int64_t i = 0;
    for (; i + 2 * width <= size; i += 2 * width) {
        a += load(x + i) * load(x + i);
        b += load(x + i + width) * load(x + i + width);
    }
    for (; i < size; ++i)
        rest += x[i] * x[i];
    return sumOf(a + b) + rest;
}

struct RmsNormRows {
    RANKSCOPE_INLINE void run(const float* x, std::int64_t rows, std::int64_t size, const float* gain, double epsilon,
                              float* out) {
        for (std::int64_t row = 0; row < rows; ++row, x += size, out += size) {
            const double sum = sumOfSquares(x, size);
            const auto factor = static_cast<float>(1 / std::sqrt(sum / static_cast<double>(size) + epsilon));
            if (gain)
                forEach(
                    size, [&](std::int64_t i) { store(out + i, load(x + i) * factor * load(gain + i)); },
                    [&](std::int64_t i) { out[i] = x[i] * factor * gain[i]; });
            else
                forEach(
                    size, [&](std::int64_t i) { store(out + i, load(x + i) * factor); },
                    [&](std::int64_t i) { out[i] = x[i] * factor; });
        }
    }
};

struct SiluTimes {
    RANKSCOPE_INLINE void run(float* gate, const float* up, std::int64_t count) {
        forEach(
            count,
            [&](std::int64_t i) {
                const Floats x = load(gate + i);
                store(gate + i, x / (exponential(-x) + 1.0f) * load(up + i));
            },
            [&](std::int64_t i) { gate[i] = gate[i] / (exponential(-gate[i]) + 1.0f) * up[i]; });
    }
};

// values → e^(value − largest) in place.
struct Exponentials {
    float largest = 0, sum = 0;
};

RANKSCOPE_INLINE float maximum(const float* values, std::int64_t count) {
    float largest = -std::numeric_limits<float>::infinity();
    Floats maxima = Floats{} + largest;
    forEach(
        count,
        [&](std::int64_t i) {
            const Floats x = load(values + i);
            maxima = x > maxima ? x : maxima;
        },
        [&](std::int64_t i) { largest = std::max(largest, values[i]); });
    for (int i = 0; i < width; ++i)
        largest = std::max(largest, maxima[i]);
    return largest;
}

struct LargestOf {
    RANKSCOPE_INLINE void run(const float* values, std::int64_t count, std::int64_t* out) {
        const float largest = maximum(values, count);
        *out = std::min<std::int64_t>(std::find(values, values + count, largest) - values, count - 1);
    }
};

RANKSCOPE_INLINE Exponentials exponentials(float* values, std::int64_t count) {
    const float largest = maximum(values, count);
    Floats sums{};
    float sum = 0;
    forEach(
        count,
        [&](std::int64_t i) {
            const Floats x = exponential(load(values + i) - largest);
            store(values + i, x);
            sums += x;
        },
        [&](std::int64_t i) { sum += values[i] = exponential(values[i] - largest); });
    return {largest, sum + sumOf(sums)};
}

struct SoftmaxRow {
    RANKSCOPE_INLINE void run(float* values, std::int64_t columns, std::int64_t begin, std::int64_t end) {
        float* const visible = values + begin;
        const std::int64_t count = end - begin;
        const float factor = 1 / exponentials(visible, count).sum;
        forEach(
            count, [&](std::int64_t i) { store(visible + i, load(visible + i) * factor); },
            [&](std::int64_t i) { visible[i] *= factor; });
        std::fill(values, visible, 0.0f);
        std::fill(values + end, values + columns, 0.0f);
    }
};

struct SoftmaxDifferences {
    RANKSCOPE_INLINE void run(float* logits, const float* reference, const float* weights, std::int64_t count,
                              SoftmaxDifference* out) {
        Floats crosses{}, variations{};
        float cross = 0, variation = 0;
        forEach(
            count, [&](std::int64_t i) { crosses += load(weights + i) * (load(reference + i) - load(logits + i)); },
            [&](std::int64_t i) { cross += weights[i] * (reference[i] - logits[i]); });
        const Exponentials found = exponentials(logits, count);
        const float factor = 1 / found.sum;
        forEach(
            count,
            [&](std::int64_t i) {
                const Floats x = load(weights + i) - load(logits + i) * factor;
                variations += x < 0 ? -x : x;
                store(logits + i, x);
            },
            [&](std::int64_t i) {
                logits[i] = weights[i] - logits[i] * factor;
                variation += std::abs(logits[i]);
            });
        *out = {double(found.largest) + std::log(double(found.sum)), double(cross) + sumOf(crosses),
                0.5 * (double(variation) + sumOf(variations))};
    }
};

struct RotateHalves {
    RANKSCOPE_INLINE void run(const float* x, const float* cosine, const float* sine, std::int64_t half, float* out) {
        forEach(
            half,
            [&](std::int64_t i) {
                const Floats first = load(x + i), second = load(x + half + i);
                const Floats c = load(cosine + i), s = load(sine + i);
                store(out + i, first * c - second * s);
                store(out + half + i, second * c + first * s);
            },
            [&](std::int64_t i) {
                const float first = x[i], second = x[half + i];
                out[i] = first * cosine[i] - second * sine[i];
                out[half + i] = second * cosine[i] + first * sine[i];
            });
    }
};

#if defined(__x86_64__)

template <typename Kernel, typename... Arguments>
[[gnu::target("avx2,fma")]] void runWide(Arguments... arguments) {
    Kernel::run(arguments...);
}

template <typename Kernel, typename... Arguments>
void run(Arguments... arguments) {
    static const bool wide = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (wide)
        runWide<Kernel>(arguments...);
    else
        Kernel::run(arguments...);
}

#else

template <typename Kernel, typename... Arguments>
void run(Arguments... arguments) {
    Kernel::run(arguments...);
}

#endif

}  // namespace

void rmsNormRows(const float* x, std::int64_t rows, std::int64_t size, const float* gain, double epsilon, float* out) {
    run<RmsNormRows>(x, rows, size, gain, epsilon, out);
}

void siluTimes(float* gate, const float* up, std::int64_t count) {
    run<SiluTimes>(gate, up, count);
}

void softmaxRow(float* values, std::int64_t columns, std::int64_t begin, std::int64_t end) {
    run<SoftmaxRow>(values, columns, begin, end);
}

SoftmaxDifference softmaxDifference(float* logits, const float* reference, const float* weights, std::int64_t count) {
    SoftmaxDifference found;
    run<SoftmaxDifferences>(logits, reference, weights, count, &found);
    return found;
}

std::int64_t largestOf(const float* values, std::int64_t count) {
    std::int64_t found = 0;
    run<LargestOf>(values, count, &found);
    return found;
}

void rotateHalves(const float* x, const float* cosine, const float* sine, std::int64_t half, float* out) {
    run<RotateHalves>(x, cosine, sine, half, out);
}

}  // namespace rankscope
