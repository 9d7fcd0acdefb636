// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// One function per type: its block layout above it and the conversion of one block in it, in plain loops that the
// compiler turns into vector instructions. Each is compiled twice, for AVX2 and for any processor, and the table picks
// one at run time. Layouts are those of ggml-common.h; products and sums keep its order, so the results are equal bit
// for bit.
#include "core/io/gguf_dequant.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace rankscope {

static_assert(std::endian::native == std::endian::little, "checkpoints are little-endian");

namespace {

using Byte = std::uint8_t;

#define RANKSCOPE_INLINE [[gnu::always_inline]] static inline

template <typename T>
RANKSCOPE_INLINE T load(const Byte* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

// Branch-free, and without subnormal operands: a thread may have been told to flush those to zero.
RANKSCOPE_INLINE float halfToFloat(std::uint16_t half) {
    const std::uint32_t magnitude = static_cast<std::uint32_t>(half & 0x7FFF) << 13;
    const std::uint32_t exponent = magnitude & (0x1Fu << 23);
    constexpr std::uint32_t rebias = 112u << 23;  // float32's exponent bias less float16's
    const std::uint32_t normal = magnitude + rebias;
    const std::uint32_t special = normal + rebias;  // Inf and NaN: exponent 255
    const float subnormal =
        std::bit_cast<float>(magnitude + rebias + (1u << 23)) - std::bit_cast<float>(rebias + (1u << 23));
    std::uint32_t bits = exponent == 0x1Fu << 23 ? special : normal;
    bits = exponent == 0 ? std::bit_cast<std::uint32_t>(subnormal) : bits;
    return std::bit_cast<float>(bits | static_cast<std::uint32_t>(half & 0x8000) << 16);
}

RANKSCOPE_INLINE float loadHalf(const Byte* at) {
    return halfToFloat(load<std::uint16_t>(at));
}

RANKSCOPE_INLINE void convertF32(const Byte* __restrict in, float* __restrict out) {
    *out = load<float>(in);
}

RANKSCOPE_INLINE void convertF64(const Byte* __restrict in, float* __restrict out) {
    *out = static_cast<float>(load<double>(in));
}

RANKSCOPE_INLINE void convertF16(const Byte* __restrict in, float* __restrict out) {
    *out = loadHalf(in);
}

RANKSCOPE_INLINE void convertBF16(const Byte* __restrict in, float* __restrict out) {
    *out = std::bit_cast<float>(static_cast<std::uint32_t>(load<std::uint16_t>(in)) << 16);
}

// NOLINTBEGIN(bugprone-implicit-widening-of-multiplication-result): places in a block of at most 210 bytes

// Q4_0: d, 16 bytes of two 4-bit values: low halves first, then high halves. Q4_1: the minimum behind d.
template <bool hasMinimum>
RANKSCOPE_INLINE void convertQ4(const Byte* __restrict in, float* __restrict out) {
    const float d = loadHalf(in), minimum = hasMinimum ? loadHalf(in + 2) : 0;
    const Byte* values = in + (hasMinimum ? 4 : 2);
    for (int half = 0; half < 2; ++half)
        for (int i = 0; i < 16; ++i) {
            const int value = values[i] >> (4 * half) & 0xF;
            out[16 * half + i] =
                hasMinimum ? static_cast<float>(value) * d + minimum : static_cast<float>(value - 8) * d;
        }
}

// Q5_0: d, 32 fifth bits, 16 bytes of two 4-bit values. Q5_1: the minimum behind d.
template <bool hasMinimum>
RANKSCOPE_INLINE void convertQ5(const Byte* __restrict in, float* __restrict out) {
    const float d = loadHalf(in), minimum = hasMinimum ? loadHalf(in + 2) : 0;
    const Byte* bits = in + (hasMinimum ? 4 : 2);
    const auto high = load<std::uint32_t>(bits);
    const auto valueOf = [&](int value) {
        return hasMinimum ? static_cast<float>(value) * d + minimum : static_cast<float>(value - 16) * d;
    };
    for (int i = 0; i < 16; ++i) {
        out[i] = valueOf((bits[4 + i] & 0xF) | static_cast<int>((high >> i & 1) << 4));
        out[i + 16] = valueOf((bits[4 + i] >> 4) | static_cast<int>((high >> (i + 16) & 1) << 4));
    }
}

// d, 32 signed bytes
RANKSCOPE_INLINE void convertQ80(const Byte* __restrict in, float* __restrict out) {
    const float d = loadHalf(in);
    for (int i = 0; i < 32; ++i)
        out[i] = static_cast<float>(static_cast<std::int8_t>(in[2 + i])) * d;
}

// 16 bytes of scale and minimum (4 bits each), 64 bytes of four 2-bit values, d, dmin
RANKSCOPE_INLINE void convertQ2K(const Byte* __restrict in, float* __restrict out) {
    const float d = loadHalf(in + 80), dmin = loadHalf(in + 82);
    for (int group = 0; group < 16; ++group) {
        const float scale = d * static_cast<float>(in[group] & 0xF);
        const float minimum = dmin * static_cast<float>(in[group] >> 4);
        const Byte* values = in + 16 + 32 * (group / 8) + 16 * (group % 2);
        const int shift = 2 * (group / 2 % 4);
        for (int i = 0; i < 16; ++i)
            out[16 * group + i] = scale * static_cast<float>(values[i] >> shift & 3) - minimum;
    }
}

// 32 bytes of third bits, 64 bytes of four 2-bit values, 12 bytes of 16 6-bit scales, d
RANKSCOPE_INLINE void convertQ3K(const Byte* __restrict in, float* __restrict out) {
    const Byte* scales = in + 96;
    const float d = loadHalf(in + 108);
    for (int group = 0; group < 16; ++group) {
        const int low = group < 8 ? scales[group] & 0xF : scales[group - 8] >> 4;
        const int high = scales[8 + group % 4] >> (2 * (group / 4)) & 3;
        const float scale = d * static_cast<float>((low | high << 4) - 32);
        const Byte* thirdBits = in + 16 * (group % 2);
        const Byte* values = in + 32 + 32 * (group / 8) + 16 * (group % 2);
        const int shift = 2 * (group / 2 % 4), bit = group / 2;
        for (int i = 0; i < 16; ++i) {
            const int value = (values[i] >> shift & 3) + ((thirdBits[i] >> bit & 1) << 2) - 4;
            out[16 * group + i] = scale * static_cast<float>(value);
        }
    }
}

// The 6-bit scale and minimum of group 0 … 7 in the 12 bytes that Q4_K and Q5_K share
RANKSCOPE_INLINE int groupScale(const Byte* packed, int group) {
    return group < 4 ? packed[group] & 63 : (packed[group + 4] & 0xF) | (packed[group - 4] >> 6) << 4;
}
RANKSCOPE_INLINE int groupMinimum(const Byte* packed, int group) {
    return group < 4 ? packed[group + 4] & 63 : (packed[group + 4] >> 4) | (packed[group] >> 6) << 4;
}

// Q4_K: d, dmin, 12 bytes of scales and minima, 128 bytes of two 4-bit values. Q5_K: 32 bytes of fifth bits before
// these.
template <bool hasFifthBits>
RANKSCOPE_INLINE void convertQ4K(const Byte* __restrict in, float* __restrict out) {
    const float d = loadHalf(in), dmin = loadHalf(in + 2);
    for (int group = 0; group < 8; ++group) {
        const float scale = d * static_cast<float>(groupScale(in + 4, group));
        const float minimum = dmin * static_cast<float>(groupMinimum(in + 4, group));
        const Byte* fifthBits = in + 16;
        const Byte* values = in + (hasFifthBits ? 48 : 16) + 32 * (group / 2);
        const int shift = 4 * (group % 2);
        for (int i = 0; i < 32; ++i) {
            const int value = (values[i] >> shift & 0xF) + (hasFifthBits ? (fifthBits[i] >> group & 1) << 4 : 0);
            out[32 * group + i] = scale * static_cast<float>(value) - minimum;
        }
    }
}

// 128 bytes of two 4-bit values, 64 bytes of four 2-bit upper parts, 16 signed scales, d
RANKSCOPE_INLINE void convertQ6K(const Byte* __restrict in, float* __restrict out) {
    const float d = loadHalf(in + 208);
    for (int group = 0; group < 16; ++group) {
        const float scale = d * static_cast<float>(static_cast<std::int8_t>(in[192 + group]));
        const int half = group / 8, quarter = group / 2 % 4, part = 16 * (group % 2);
        const Byte* low = in + 64 * half + 32 * (quarter % 2) + part;
        const Byte* high = in + 128 + 32 * half + part;
        const int lowShift = 4 * (quarter / 2), highShift = 2 * quarter;
        for (int i = 0; i < 16; ++i) {
            const int value = (low[i] >> lowShift & 0xF) | (high[i] >> highShift & 3) << 4;
            out[16 * group + i] = scale * static_cast<float>(value - 32);
        }
    }
}

// The 16 unevenly spaced values of the IQ4 types
constexpr std::array<float, 16> unevenValues = {-127, -104, -83, -65, -49, -35, -22, -10,
                                                1,    13,   25,  38,  53,  69,  89,  113};

// d, 16 bytes of two 4-bit indices
RANKSCOPE_INLINE void convertIq4Nl(const Byte* __restrict in, float* __restrict out) {
    const float d = loadHalf(in);
    for (int i = 0; i < 16; ++i) {
        out[i] = d * unevenValues[in[2 + i] & 0xF];
        out[i + 16] = d * unevenValues[in[2 + i] >> 4];
    }
}

// d, 8 upper parts of scales (2 bits), 8 lower parts (4 bits), 128 bytes of two 4-bit indices
RANKSCOPE_INLINE void convertIq4Xs(const Byte* __restrict in, float* __restrict out) {
    const float d = loadHalf(in);
    const int upper = load<std::uint16_t>(in + 2);
    for (int group = 0; group < 8; ++group) {
        const int low = in[4 + group / 2] >> (4 * (group % 2)) & 0xF;
        const float scale = d * static_cast<float>((low | (upper >> (2 * group) & 3) << 4) - 32);
        const Byte* indices = in + 8 + 16 * group;
        for (int i = 0; i < 16; ++i) {
            out[32 * group + i] = scale * unevenValues[indices[i] & 0xF];
            out[32 * group + 16 + i] = scale * unevenValues[indices[i] >> 4];
        }
    }
}

// NOLINTEND(bugprone-implicit-widening-of-multiplication-result)

using ConvertBlock = void (*)(const Byte* in, float* out);

template <ConvertBlock convertBlock, std::uint32_t size, std::uint32_t bytes>
void convertPlain(const Byte* __restrict in, float* __restrict out, std::size_t blocks) {
    for (std::size_t i = 0; i < blocks; ++i)
        convertBlock(in + i * bytes, out + i * size);
}

#if defined(__x86_64__)

template <ConvertBlock convertBlock, std::uint32_t size, std::uint32_t bytes>
[[gnu::target("avx2,f16c")]] void convertAvx2(const Byte* __restrict in, float* __restrict out, std::size_t blocks) {
    for (std::size_t i = 0; i < blocks; ++i)
        convertBlock(in + i * bytes, out + i * size);
}

// The processor's own conversion of eight at once
template <>
[[gnu::target("avx2,f16c")]] void convertAvx2<convertF16, 1, 2>(const Byte* __restrict in, float* __restrict out,
                                                                std::size_t blocks) {
    std::size_t i = 0;
    for (; i + 8 <= blocks; i += 8)
        _mm256_storeu_ps(out + i, _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 2 * i))));
    for (; i < blocks; ++i)
        convertF16(in + 2 * i, out + i);
}

// Not every compiler's __builtin_cpu_supports knows "f16c".
bool isWide() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    return __builtin_cpu_supports("avx2") && __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C) != 0;
}

#endif

template <ConvertBlock convertBlock, std::uint32_t size, std::uint32_t bytes>
TensorType readable(int ggufId, std::string_view name) {
    const ConvertBlocks plain = convertPlain<convertBlock, size, bytes>;
#if defined(__x86_64__)
    return {ggufId, name, size, bytes, isWide() ? convertAvx2<convertBlock, size, bytes> : plain, plain};
#else
    return {ggufId, name, size, bytes, plain, plain};
#endif
}

// Known, so that a file that holds some can be opened and listed.
TensorType unreadable(int ggufId, std::string_view name, std::uint32_t blockSize, std::uint32_t blockBytes) {
    return {ggufId, name, blockSize, blockBytes, nullptr, nullptr};
}

}  // namespace

std::span<const TensorType> tensorTypes() {
    static const std::array table = {
        readable<convertF32, 1, 4>(0, "F32"),
        readable<convertF16, 1, 2>(1, "F16"),
        readable<convertQ4<false>, 32, 18>(2, "Q4_0"),
        readable<convertQ4<true>, 32, 20>(3, "Q4_1"),
        readable<convertQ5<false>, 32, 22>(6, "Q5_0"),
        readable<convertQ5<true>, 32, 24>(7, "Q5_1"),
        readable<convertQ80, 32, 34>(8, "Q8_0"),
        unreadable(9, "Q8_1", 32, 36),
        readable<convertQ2K, 256, 84>(10, "Q2_K"),
        readable<convertQ3K, 256, 110>(11, "Q3_K"),
        readable<convertQ4K<false>, 256, 144>(12, "Q4_K"),
        readable<convertQ4K<true>, 256, 176>(13, "Q5_K"),
        readable<convertQ6K, 256, 210>(14, "Q6_K"),
        unreadable(15, "Q8_K", 256, 292),
        unreadable(16, "IQ2_XXS", 256, 66),
        unreadable(17, "IQ2_XS", 256, 74),
        unreadable(18, "IQ3_XXS", 256, 98),
        unreadable(19, "IQ1_S", 256, 50),
        readable<convertIq4Nl, 32, 18>(20, "IQ4_NL"),
        unreadable(21, "IQ3_S", 256, 110),
        unreadable(22, "IQ2_S", 256, 82),
        readable<convertIq4Xs, 256, 136>(23, "IQ4_XS"),
        unreadable(24, "I8", 1, 1),
        unreadable(25, "I16", 1, 2),
        unreadable(26, "I32", 1, 4),
        unreadable(27, "I64", 1, 8),
        readable<convertF64, 1, 8>(28, "F64"),
        unreadable(29, "IQ1_M", 256, 56),
        readable<convertBF16, 1, 2>(30, "BF16"),
        unreadable(34, "TQ1_0", 256, 54),
        unreadable(35, "TQ2_0", 256, 66),
        unreadable(39, "MXFP4", 32, 17),
    };
    return table;
}

const TensorType* findTensorType(int ggufId) {
    const auto types = tensorTypes();
    const auto found = std::ranges::find(types, ggufId, &TensorType::ggufId);
    return found == types.end() ? nullptr : &*found;
}

const TensorType* findTensorType(std::string_view name) {
    const auto types = tensorTypes();
    const auto found = std::ranges::find(types, name, &TensorType::name);
    return found == types.end() ? nullptr : &*found;
}

}  // namespace rankscope
