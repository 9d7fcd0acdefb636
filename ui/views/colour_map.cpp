// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/colour_map.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace rankscope {

namespace {

// Control points at equal distances; colours between them are linear in sRGB. cividis bends more sharply near its dark
// end.
constexpr std::array<QRgb, 33> viridisPoints{
    0xff440154, 0xff470d60, 0xff48186a, 0xff482374, 0xff472d7b, 0xff453681, 0xff424086, 0xff3f4989, 0xff3b528b,
    0xff375a8d, 0xff33638d, 0xff2f6a8e, 0xff2c728e, 0xff297a8e, 0xff26818e, 0xff23898e, 0xff21908d, 0xff1f988b,
    0xff1e9f88, 0xff21a685, 0xff27ae80, 0xff31b57b, 0xff3dbc74, 0xff4cc26c, 0xff5cc963, 0xff6ece58, 0xff81d44c,
    0xff96d840, 0xffabdc32, 0xffc0df24, 0xffd5e219, 0xffeae519, 0xfffde724};

constexpr std::array<QRgb, 65> cividisPoints{
    0xff00224e, 0xff002554, 0xff00285b, 0xff002b62, 0xff002e6a, 0xff003070, 0xff033371, 0xff123570, 0xff1a386f,
    0xff213b6e, 0xff273e6e, 0xff2d416d, 0xff32436d, 0xff36466c, 0xff3b496c, 0xff3f4c6c, 0xff434e6c, 0xff47516c,
    0xff4b546c, 0xff4f576c, 0xff52596d, 0xff565c6d, 0xff5a5f6e, 0xff5d626e, 0xff61656f, 0xff646770, 0xff686a71,
    0xff6b6d72, 0xff6f7073, 0xff727374, 0xff757676, 0xff797877, 0xff7c7b78, 0xff807e78, 0xff848179, 0xff878478,
    0xff8b8778, 0xff8f8a78, 0xff938d78, 0xff979077, 0xff9b9376, 0xff9f9676, 0xffa39a75, 0xffa79d74, 0xffaba072,
    0xffafa371, 0xffb3a670, 0xffb7aa6e, 0xffbbad6c, 0xffbfb06b, 0xffc3b469, 0xffc8b766, 0xffccba64, 0xffd0be61,
    0xffd4c15f, 0xffd9c55c, 0xffddc958, 0xffe1cc55, 0xffe6d051, 0xffead44c, 0xffefd748, 0xfff4db42, 0xfff8df3c,
    0xfffde234, 0xfffee837};

std::array<QRgb, 256> interpolated(std::span<const QRgb> points) {
    std::array<QRgb, 256> table;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const double at = double(i) * double(points.size() - 1) / 255;
        const auto below = std::min(static_cast<std::size_t>(at), points.size() - 2);
        const double part = at - double(below);
        const auto mix = [&](int (*channel)(QRgb)) {
            return int(std::lround((1 - part) * channel(points[below]) + part * channel(points[below + 1])));
        };
        table[i] = qRgb(mix(qRed), mix(qGreen), mix(qBlue));
    }
    return table;
}

double linear(int channel) {
    const double value = channel / 255.0;
    return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

bool isDark(const QColor& background) {
    return relativeLuminance(background.rgb()) < 0.18;
}

}  // namespace

const std::array<QRgb, 256>& colourTable(ColourMap map) {
    static const std::array<QRgb, 256> viridis = interpolated(viridisPoints);
    static const std::array<QRgb, 256> cividis = interpolated(cividisPoints);
    return map == ColourMap::viridis ? viridis : cividis;
}

QRgb colourAt(ColourMap map, double fraction) {
    return colourTable(map)[static_cast<std::size_t>(std::lround(std::clamp(fraction, 0.0, 1.0) * 255))];
}

double relativeLuminance(QRgb colour) {
    return 0.2126 * linear(qRed(colour)) + 0.7152 * linear(qGreen(colour)) + 0.0722 * linear(qBlue(colour));
}

QColor inkOn(QRgb colour) {
    // Contrast is (lighter + 0.05) / (darker + 0.05): white wins below the geometric middle of black and white.
    const double luminance = relativeLuminance(colour) + 0.05;
    return 1.05 / luminance > luminance / 0.05 ? QColor(Qt::white) : QColor(Qt::black);
}

QColor blended(const QColor& colour, const QColor& background, double opacity) {
    const auto mix = [opacity](int over, int under) {
        return int(std::lround(opacity * over + (1 - opacity) * under));
    };
    return QColor(mix(colour.red(), background.red()), mix(colour.green(), background.green()),
                  mix(colour.blue(), background.blue()));
}

QColor fieldColour(const QColor& background) {
    return isDark(background) ? QColor(0x56, 0xb4, 0xe9) : QColor(0x00, 0x72, 0xb2);
}

QColor interactionColour(const QColor& background) {
    return isDark(background) ? QColor(0xff, 0x8a, 0x3d) : QColor(0xd5, 0x5e, 0x00);
}

}  // namespace rankscope
