// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drawing/signed_colours.h"

#include <algorithm>
#include <cmath>

#include "ui/drawing/colour_map.h"

namespace rankscope {

namespace {

constexpr int zero = 127;

using Points = std::array<QRgb, 11>;

constexpr Points lightPoints{0xff40004b, 0xff762a83, 0xff9970ab, 0xffc2a5cf, 0xffe7d4e8, 0xfff7f7f7,
                             0xffd9f0d3, 0xffa6dba0, 0xff5aae61, 0xff1b7837, 0xff00441b};
constexpr Points darkPoints{0xfff6e6fb, 0xffdfb9ec, 0xffb983cd, 0xff87559c, 0xff533561, 0xff26272a,
                            0xff22482d, 0xff2c7440, 0xff4ba55c, 0xff8ed495, 0xffdff6dc};

std::array<QRgb, 255> interpolated(const Points& points) {
    std::array<QRgb, 255> table;
    for (int i = 0; i < int(table.size()); ++i) {
        const double at = double(i) * (points.size() - 1) / (table.size() - 1);
        const auto below = std::min(std::size_t(at), points.size() - 2);
        const double part = at - double(below);
        const auto mix = [&](int (*channel)(QRgb)) {
            return int(std::lround((1 - part) * channel(points[below]) + part * channel(points[below + 1])));
        };
        table[std::size_t(i)] = qRgb(mix(qRed), mix(qGreen), mix(qBlue));
    }
    return table;
}

}  // namespace

const std::array<QRgb, 255>& signedGreys() {
    static const std::array<QRgb, 255> greys = [] {
        std::array<QRgb, 255> table;
        for (int i = 0; i < int(table.size()); ++i)
            table[std::size_t(i)] = colourAt(ColourMap::grey, double(i) / double(table.size() - 1));
        return table;
    }();
    return greys;
}

const std::array<QRgb, 255>& signedColours(bool dark) {
    static const std::array<QRgb, 255> onLight = interpolated(lightPoints), onDark = interpolated(darkPoints);
    return dark ? onDark : onLight;
}

QRgb signedColour(double fraction, bool dark) {
    return signedColours(dark)[std::size_t(zero + std::lround(std::clamp(fraction, -1.0, 1.0) * zero))];
}

}  // namespace rankscope
