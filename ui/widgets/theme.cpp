// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QFrame>
#include <QPainter>
#include <array>

#include "ui/drawing/colour_map.h"
#include "ui/text/literals.h"
#include "ui/widgets/labels.h"

namespace rankscope {

namespace {

QColor mix(const QColor& a, const QColor& b, double shareOfB) {
    return blended(b, a, shareOfB);
}

struct BaseColours {
    QRgb window, base, text, button, highlight, highlightedText, link;
};

QPalette paletteFrom(const BaseColours& colours) {
    const QColor window(colours.window), base(colours.base), text(colours.text), button(colours.button);
    QPalette palette(text, button, mix(button, base, 0.6), mix(button, text, 0.45), mix(button, text, 0.25), text,
                     Qt::white, base, window);
    palette.setColor(QPalette::AlternateBase, mix(base, text, 0.04));
    palette.setColor(QPalette::Midlight, mix(button, text, 0.08));
    palette.setColor(QPalette::Mid, mix(button, text, 0.2));
    palette.setColor(QPalette::Highlight, QColor(colours.highlight));
    palette.setColor(QPalette::HighlightedText, QColor(colours.highlightedText));
    palette.setColor(QPalette::Link, QColor(colours.link));
    palette.setColor(QPalette::ToolTipBase, base);
    palette.setColor(QPalette::ToolTipText, text);
    palette.setColor(QPalette::PlaceholderText, mix(text, base, 0.45));
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, mix(text, window, 0.55));
    return palette;
}

// Lines that separate: a child widget that paints one device pixel, whatever the style of the desktop.
class Separator : public QFrame {
public:
    Separator(Qt::Orientation orientation, QWidget* parent) : QFrame(parent) {
        orientation == Qt::Horizontal ? setFixedHeight(1) : setFixedWidth(1);
        setSizePolicy(orientation == Qt::Horizontal ? QSizePolicy::Expanding : QSizePolicy::Fixed,
                      orientation == Qt::Horizontal ? QSizePolicy::Fixed : QSizePolicy::Expanding);
    }

protected:
    void paintEvent(QPaintEvent*) override { QPainter(this).fillRect(rect(), separatorColour(palette())); }
};

}  // namespace

void applyTheme(ThemeChoice choice, bool systemPrefersDark) {
    static const QPalette light =
        paletteFrom({0xfffbfbfb, 0xffffffff, 0xff1c1c1e, 0xfff2f2f3, 0xff0072b2, 0xffffffff, 0xff0072b2});
    static const QPalette dark =
        paletteFrom({0xff202124, 0xff18191b, 0xffe6e6e8, 0xff2d2e32, 0xff2f7fb8, 0xffffffff, 0xff6bb3e6});
    QApplication::setPalette(choice == ThemeChoice::light  ? light
                             : choice == ThemeChoice::dark ? dark
                                                           : QPalette());  // an empty palette follows the desktop
    if (choice == ThemeChoice::system && systemPrefersDark && !isDark(QApplication::palette()))
        QApplication::setPalette(dark);
    // The style outlines boxes to tick in a darker window colour: on a dark window nobody would see an empty one.
    QPalette boxes = QApplication::palette();
    if (isDark(boxes))
        boxes.setColor(QPalette::Window, mix(boxes.color(QPalette::Text), boxes.color(QPalette::Window), 0.3));
    else if (choice == ThemeChoice::system)
        boxes = QPalette();
    for (const char* widget : {"QCheckBox", "QTreeWidget", "QListWidget"})
        QApplication::setPalette(boxes, widget);
}

ThemeChoice themeFromId(const QString& id) {
    if (id == QLatin1String("light"))
        return ThemeChoice::light;
    return id == QLatin1String("dark") ? ThemeChoice::dark : ThemeChoice::system;
}

QString themeId(ThemeChoice choice) {
    static const std::array<QString, 3> ids{u"system"_s, u"light"_s, u"dark"_s};
    return ids[std::size_t(choice)];
}

bool isDark(const QPalette& palette) {
    return palette.color(QPalette::Base).lightnessF() < palette.color(QPalette::Text).lightnessF();
}

QColor mutedText(const QPalette& palette) {
    return mix(palette.color(QPalette::Text), palette.color(QPalette::Base), 0.4);
}

QColor separatorColour(const QPalette& palette) {
    return mix(palette.color(QPalette::Base), palette.color(QPalette::Text), 0.12);
}

QColor warningColour(const QPalette& palette) {
    return isDark(palette) ? QColor(0xF0, 0xB4, 0x4C) : QColor(0x8A, 0x55, 0x00);
}

QColor hoverBackground(const QPalette& palette) {
    return mix(palette.color(QPalette::Base), palette.color(QPalette::Highlight), 0.12);
}

QColor pinColour(int ordinal) {
    // Okabe–Ito without the two that mean Ẽ and W_QᵀW_K, and without black.
    static const std::array<QColor, 3> colours{QColor(0xCC, 0x79, 0xA7), QColor(0x00, 0x9E, 0x73),
                                               QColor(0xF0, 0xE4, 0x42)};
    return colours[std::size_t(ordinal) % colours.size()];
}

QFont smallFont(const QFont& base) {
    QFont font = base;
    font.setPointSizeF(base.pointSizeF() * 0.88);
    return font;
}

QFont boldFont(const QFont& base) {
    QFont font = base;
    font.setWeight(QFont::DemiBold);
    return font;
}

QFont largeFont(const QFont& base) {
    QFont font = boldFont(base);
    font.setPointSizeF(base.pointSizeF() * 1.5);
    return font;
}

QColor hatchColour(const QPalette& palette) {
    return mix(palette.color(QPalette::Base), palette.color(QPalette::Text), 0.16);
}

QFrame* makeSeparator(Qt::Orientation orientation, QWidget* parent) {
    return new Separator(orientation, parent);
}

QLabel* makeHeading(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setFont(boldFont(label->font()));
    return label;
}

QLabel* makeMutedLabel(const QString& text, QWidget* parent) {
    auto* label = new TintedLabel(text, mutedText, parent);
    label->setFont(smallFont(label->font()));
    return label;
}

}  // namespace rankscope
