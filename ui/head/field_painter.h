// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Paints the field of one head as a heat map: queries down, keys across, one image of cells and everything else as
// vectors, tokens or positions at the axes, a legend in logit units. The same code draws the window and the figures.
// Pure functions; making an image may take long and belongs in a working thread, painting in the painter's.
#pragma once

#include <QColor>
#include <QFont>
#include <QImage>
#include <QPainter>
#include <QRectF>
#include <optional>
#include <vector>

#include "core/spectra/field_picture.h"

namespace rankscope {

struct FieldImageRequest {
    ComponentRange components;
    QRectF visible;  // in tokens: keys across, queries down
    QSize pixels;    // of the device, for all that is visible
    PixelValue value = PixelValue::mean;
    double range = 1;  // colours from −range to range
    bool dark = false;
    bool grey = false;  // greys instead of colours: black −range, white range
    bool operator==(const FieldImageRequest&) const = default;
};

// Where several cells share a pixel, one pixel of the image is one of the device; where cells are larger, the image has
// one pixel per cell. `area`: the tokens it covers.
struct FieldImage {
    QImage image;
    QRectF area;
};

// How much work an image is, in multiplications.
double fieldImageCost(const FieldImageRequest& request);
FieldImage makeFieldImage(const HeadFactors& factors, const FieldImageRequest& request, const JobContext& context);

// The range of colours for an extent, a nice number: all of it, or what all but a few cells reach.
double fieldColourRange(const FieldExtent& extent, bool whole);

struct FieldMap {
    int tokens = 0;
    QRectF visible;               // in tokens
    std::vector<QString> pieces;  // readable, [tokens]; empty: positions only
    FieldImage image;             // none yet: the area stays empty
    bool dimUnseen = false;       // outline the keys j ≤ i that a query sees, and dim the others
    std::optional<int> markedQuery;
    std::optional<QPoint> cursor;  // key, query
};

struct FieldMapStyle {
    QFont font;
    double unit = 8, lineWidth = 1;  // in painter units
    QColor text, mutedText, background;
    bool dark = false, grey = false;
    double tickSpacing = 1;  // of positions along the axes, relative to the usual
};

struct FieldMapLayout {
    QRectF map;  // the cells
    QRectF visible;
    double below = 0;                             // height of what is written below the cells
    bool queryTokens = false, keyTokens = false;  // tokens at the axes, not positions alone

    QPointF position(QPointF token) const;  // of a point in tokens
    QPointF tokenAt(QPointF position) const;
    QRectF cell(int query, int key) const;
    std::optional<QPoint> cellAt(QPointF position) const;  // key, query
};

// The map is as square as what is visible; it stands at the left and the top of `area`.
FieldMapLayout layOutFieldMap(const FieldMap& map, const QRectF& area, const FieldMapStyle& style);
void paintFieldMap(QPainter& painter, const FieldMap& map, const FieldMapLayout& layout, const FieldMapStyle& style);

// A bar with ticks and a title below it. `beyond`: some cells lie beyond its ends, which are then pointed.
void paintFieldLegend(QPainter& painter, const QRectF& area, double range, bool beyond, const FieldMapStyle& style);
double fieldLegendHeight(const FieldMapStyle& style);

}  // namespace rankscope
