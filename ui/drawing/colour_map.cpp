// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/drawing/colour_map.h"

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

// Purple below 0, green above: ColorBrewer's PRGn on light backgrounds, the same hues, brighter the larger the
// magnitude, on dark ones.
constexpr std::array<QRgb, 11> signedOnLight{0xff40004b, 0xff762a83, 0xff9970ab, 0xffc2a5cf, 0xffe7d4e8, 0xfff7f7f7,
                                             0xffd9f0d3, 0xffa6dba0, 0xff5aae61, 0xff1b7837, 0xff00441b};
constexpr std::array<QRgb, 11> signedOnDark{0xfff6e6fb, 0xffdfb9ec, 0xffb983cd, 0xff87559c, 0xff533561, 0xff26272a,
                                            0xff22482d, 0xff2c7440, 0xff4ba55c, 0xff8ed495, 0xffdff6dc};

template <std::size_t Size>
std::array<QRgb, Size> interpolated(std::span<const QRgb> points) {
    std::array<QRgb, Size> table;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const double at = double(i) * double(points.size() - 1) / double(Size - 1);
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

double encoded(double value) {
    return value <= 0.0031308 ? 12.92 * value : 1.055 * std::pow(value, 1 / 2.4) - 0.055;
}

using Vector = std::array<double, 3>;

// CIELAB with the white of sRGB (D65): equal steps look equal.
constexpr Vector white{0.95047, 1, 1.08883};

Vector labOf(QRgb colour) {
    const double r = linear(qRed(colour)), g = linear(qGreen(colour)), b = linear(qBlue(colour));
    const Vector xyz{0.4124564 * r + 0.3575761 * g + 0.1804375 * b, 0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
                     0.0193339 * r + 0.1191920 * g + 0.9503041 * b};
    Vector f;
    for (std::size_t i = 0; i < f.size(); ++i) {
        const double t = xyz[i] / white[i];
        f[i] = t > 216.0 / 24389 ? std::cbrt(t) : (24389.0 / 27 * t + 16) / 116;
    }
    return {116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])};
}

QRgb colourOf(const Vector& lab) {
    const double middle = (lab[0] + 16) / 116;
    const Vector f{middle + lab[1] / 500, middle, middle - lab[2] / 200};
    Vector xyz;
    for (std::size_t i = 0; i < f.size(); ++i)
        xyz[i] = white[i] * (f[i] > 6.0 / 29 ? f[i] * f[i] * f[i] : (116 * f[i] - 16) * 27 / 24389);
    const auto byte = [](double value) { return int(std::lround(255 * encoded(std::clamp(value, 0.0, 1.0)))); };
    return qRgb(byte(3.2404542 * xyz[0] - 1.5371385 * xyz[1] - 0.4985314 * xyz[2]),
                byte(-0.9692660 * xyz[0] + 1.8760108 * xyz[1] + 0.0415560 * xyz[2]),
                byte(0.0556434 * xyz[0] - 0.2040259 * xyz[1] + 1.0572252 * xyz[2]));
}

QRgb between(QRgb from, QRgb to, double part) {
    const Vector a = labOf(from), b = labOf(to);
    return colourOf({a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1]), a[2] + part * (b[2] - a[2])});
}

// Not quite black and white, so that cells stand out from either background.
constexpr QRgb darkGrey = 0xff1c1c1c, lightGrey = 0xfff2f2f2;

std::array<QRgb, 256> greys() {
    std::array<QRgb, 256> table;
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = between(darkGrey, lightGrey, double(i) / 255);
    return table;
}

std::array<QRgb, 256> divergingColours() {
    constexpr QRgb neutral = 0xfff4f4f4, negative = 0xff0072b2, positive = 0xffd55e00;
    std::array<QRgb, 256> table;
    for (std::size_t i = 0; i < 128; ++i) {
        table[127 - i] = between(neutral, negative, double(i) / 127);
        table[128 + i] = between(neutral, positive, double(i) / 127);
    }
    return table;
}

bool isDark(const QColor& background) {
    return relativeLuminance(background.rgb()) < 0.18;
}

}  // namespace

const std::array<QRgb, 256>& colourTable(ColourMap map) {
    // In the order of the enumeration.
    static const std::array<std::array<QRgb, 256>, 4> tables{
        interpolated<256>(viridisPoints), interpolated<256>(cividisPoints), greys(), divergingColours()};
    return tables[std::size_t(map)];
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

QColor keysColour(const QColor& background) {
    return isDark(background) ? QColor(0x2f, 0xcf, 0xa0) : QColor(0x00, 0x9e, 0x73);
}

QColor groupColour(const QColor& background) {
    return isDark(background) ? QColor(0xe6, 0xa8, 0xca) : QColor(0xb8, 0x5c, 0x91);
}

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
    static const std::array<QRgb, 255> onLight = interpolated<255>(signedOnLight),
                                       onDark = interpolated<255>(signedOnDark);
    return dark ? onDark : onLight;
}

QRgb signedColour(double fraction, bool dark) {
    constexpr int zero = 127;
    return signedColours(dark)[std::size_t(zero + std::lround(std::clamp(fraction, -1.0, 1.0) * zero))];
}

}  // namespace rankscope
