// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Discrete Fourier transforms of complex float64 signals, by FFTW, for correlations and Toeplitz products. FFTW chooses
// its way by rules and not by the clock, so the same signal gives the same bits in every run. Any thread.
#pragma once

#include <complex>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace rankscope {

// A signal where FFTW's vector instructions want it; zero at first.
class Signal {
public:
    explicit Signal(std::int64_t length);

    std::int64_t length() const { return m_length; }
    std::complex<double>* begin() { return m_values.get(); }
    const std::complex<double>* begin() const { return m_values.get(); }
    std::complex<double>& operator[](std::int64_t i) { return m_values[static_cast<std::size_t>(i)]; }
    const std::complex<double>& operator[](std::int64_t i) const { return m_values[static_cast<std::size_t>(i)]; }

private:
    struct Free {
        void operator()(std::complex<double>* values) const;
    };
    std::int64_t m_length;
    std::unique_ptr<std::complex<double>[], Free> m_values;
};

// The least length ≥ `least` that has no prime factor above 5: others take several times as long.
std::int64_t quickLength(std::int64_t least);

// to_f = Σ from_t exp(−2πi f t / length), and with +2πi back; neither is divided by the length. REQUIRES two signals of
// equal length; `from` is kept.
void transform(const Signal& from, Signal& to);
void transformBack(const Signal& from, Signal& to);

}  // namespace rankscope
