// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/spectra/fourier.h"

#include <fftw3.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <new>
#include <utility>

namespace rankscope {

namespace {

// FFTW writes to what it calls `in` only where it is told that it may.
fftw_complex* asFftw(const std::complex<double>* values) {
    return reinterpret_cast<fftw_complex*>(const_cast<std::complex<double>*>(values));
}

// FFTW plans in one thread at a time and executes in any. There are few lengths in a process: plans are kept.
fftw_plan planFor(std::int64_t length, int direction) {
    static std::mutex mutex;
    static std::map<std::pair<std::int64_t, int>, fftw_plan> plans;
    const std::scoped_lock lock(mutex);
    fftw_plan& plan = plans[{length, direction}];
    if (!plan) {
        const Signal from(length), to(length);
        plan = fftw_plan_dft_1d(static_cast<int>(length), asFftw(from.begin()), asFftw(to.begin()), direction,
                                FFTW_ESTIMATE | FFTW_PRESERVE_INPUT);
        if (!plan)
            throw std::bad_alloc();
    }
    return plan;
}

void execute(const Signal& from, Signal& to, int direction) {
    fftw_execute_dft(planFor(from.length(), direction), asFftw(from.begin()), asFftw(to.begin()));
}

}  // namespace

Signal::Signal(std::int64_t length) : m_length(length) {
    const auto size = static_cast<std::size_t>(length);
    fftw_complex* values = fftw_alloc_complex(size);
    if (!values)
        throw std::bad_alloc();
    m_values.reset(reinterpret_cast<std::complex<double>*>(values));
    std::fill_n(m_values.get(), size, 0.0);
}

void Signal::Free::operator()(std::complex<double>* values) const {
    fftw_free(values);
}

std::int64_t quickLength(std::int64_t least) {
    const auto isQuick = [](std::int64_t length) {
        for (const int prime : {2, 3, 5})
            while (length % prime == 0)
                length /= prime;
        return length == 1;
    };
    std::int64_t length = std::max<std::int64_t>(least, 1);
    while (!isQuick(length))
        ++length;
    return length;
}

void transform(const Signal& from, Signal& to) {
    execute(from, to, FFTW_FORWARD);
}

void transformBack(const Signal& from, Signal& to) {
    execute(from, to, FFTW_BACKWARD);
}

}  // namespace rankscope
