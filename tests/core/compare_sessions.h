// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Whether what was read from a session file is what was written.
#pragma once

#include <QtTest>

#include "core/session/head_quantity.h"
#include "example_session.h"

namespace rankscope {

inline void compareLayers(const LayerResult& found, const LayerResult& expected) {
    QCOMPARE(found.states, expected.states);
    QCOMPARE(found.reasons, expected.reasons);
    QCOMPARE(found.spectra.size(), expected.spectra.size());
    for (const LayerSpectra& spectra : expected.spectra) {
        const LayerSpectra* same = found.find(spectra.variant);
        QVERIFY(same);
        QCOMPARE(std::tuple(same->heads, same->windows, same->components, same->rows, same->columns),
                 std::tuple(spectra.heads, spectra.windows, spectra.components, spectra.rows, spectra.columns));
        QCOMPARE(same->sigma, spectra.sigma);
        QCOMPARE(same->energy, spectra.energy);
    }
    for (const HeadQuantity& column : headColumns())
        QCOMPARE(found.number(column.id), expected.number(column.id));
    QCOMPARE(found.factors.rank, expected.factors.rank);
    QCOMPARE(found.factors.queryVectors, expected.factors.queryVectors);
    QCOMPARE(found.factors.keyVectors, expected.factors.keyVectors);
    QCOMPARE(found.factors.sigma, expected.factors.sigma);
}

inline void compareBaselines(const std::vector<LayerSpectra>& found, const std::vector<LayerSpectra>& expected) {
    QCOMPARE(found.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        QCOMPARE(std::tuple(found[i].variant, found[i].heads, found[i].windows, found[i].components, found[i].rows,
                            found[i].columns),
                 std::tuple(expected[i].variant, 1, 1, expected[i].components, expected[i].rows, expected[i].columns));
        QCOMPARE(found[i].sigma, expected[i].sigma);
        QCOMPARE(found[i].energy, expected[i].energy);
    }
}

// What the writer leaves out: numbers of heads that failed, and of the KV heads that they read.
inline LayerResult withoutFailedHeads(LayerResult layer) {
    for (std::size_t h = 0; h < layer.states.size(); ++h) {
        if (layer.states[h] == HeadState::done)
            continue;
        const auto clear = [&](auto& values, std::size_t heads) {
            const std::size_t each = values.size() / heads, row = h / (exampleHeads / heads);
            std::fill_n(values.begin() + static_cast<std::ptrdiff_t>(row * each), each, 0);
        };
        for (LayerSpectra& spectra : layer.spectra) {
            clear(spectra.sigma, std::size_t(spectra.heads));
            clear(spectra.energy, std::size_t(spectra.heads));
        }
        for (auto& [id, values] : layer.numbers)
            clear(values, exampleHeads);
        clear(layer.factors.queryVectors, exampleHeads);
        clear(layer.factors.keyVectors, exampleHeads);
        clear(layer.factors.sigma, exampleHeads);
    }
    return layer;
}

}  // namespace rankscope
