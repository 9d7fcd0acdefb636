// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/head/components_view.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyle>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/drawing/colour_map.h"
#include "ui/head/number_table.h"
#include "ui/text/text.h"
#include "ui/text/tip_text.h"
#include "ui/text/token_text.h"
#include "ui/widgets/layouts.h"

namespace rankscope {

namespace {

enum Tab { tokensTab, queriesTab, keysTab };

constexpr int tall = 56 * spacingUnit;  // from here on the list and the text are shown together
constexpr int wide = 72 * spacingUnit;  // from here on there is room for σ and the sum
enum Column { sigmaColumn, shareColumn, sumColumn };

constexpr int lineEndsInARow = 1;  // empty lines tell nothing

// A space in front is drawn as room, not as a dot: the strip is to be read.
QString shownText(QString piece) {
    return piece.replace(QChar(0xB7), u' ');
}

bool endsLine(const QString& piece) {
    return piece.endsWith(QChar(0x23CE));
}

}  // namespace

TokenStrip::TokenStrip(QWidget* parent) : QAbstractScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setBackgroundRole(QPalette::Base);
    setAccessibleName(u"Text of the window, shaded by token"_s);
    setMinimumHeight(8 * spacingUnit);
}

void TokenStrip::setPieces(std::vector<QString> pieces) {
    if (pieces == m_pieces)
        return;
    m_pieces = std::move(pieces);
    m_current.reset();
    layOut();
}

void TokenStrip::setShades(std::vector<double> shades, Describe describe) {
    m_shades = std::move(shades);
    m_describe = std::move(describe);
    if (m_current)
        setAccessibleDescription(m_describe(*m_current));
    viewport()->update();
}

void TokenStrip::setCurrent(std::optional<int> token) {
    if (token && (*token < 0 || *token >= int(m_pieces.size())))
        token.reset();
    m_current = token;
    if (m_current) {
        const int top = m_places[std::size_t(*m_current)].line * lineHeight();
        QScrollBar& bar = *verticalScrollBar();
        if (top < bar.value() || top + lineHeight() > bar.value() + viewport()->height())
            bar.setValue(top - viewport()->height() / 3);
        setAccessibleDescription(m_describe ? m_describe(*m_current) : QString());
        QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
        QAccessible::updateAccessibility(&changed);
    }
    viewport()->update();
}

void TokenStrip::layOut() {
    const QFontMetrics metrics(font());
    const int width = std::max(viewport()->width() - spacingUnit, 1);
    m_places.clear();
    int x = 0, line = 0, emptyLines = 0;
    for (const QString& piece : m_pieces) {
        const int advance = std::max(metrics.horizontalAdvance(shownText(piece)), spacingUnit / 2);
        if (x > 0 && x + advance > width) {
            x = 0;
            ++line;
        }
        m_places.push_back({x, line, advance});
        x += advance;
        emptyLines = endsLine(piece) ? emptyLines + 1 : 0;
        if (emptyLines == lineEndsInARow) {
            x = 0;
            ++line;
        }
    }
    const int lines = m_places.empty() ? 0 : m_places.back().line + 1;
    verticalScrollBar()->setRange(0, std::max(0, lines * lineHeight() - viewport()->height()));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(lineHeight());
    viewport()->update();
}

QRect TokenStrip::tokenRect(int token) const {
    const Place& place = m_places.at(std::size_t(token));
    return {place.x, place.line * lineHeight() - verticalScrollBar()->value(), place.width, lineHeight()};
}

std::vector<TokenStrip::Place>::const_iterator TokenStrip::firstOfLine(int line) const {
    return std::ranges::lower_bound(m_places, line, {}, &Place::line);
}

std::optional<int> TokenStrip::tokenAt(QPoint position) const {
    const int line = (position.y() + verticalScrollBar()->value()) / lineHeight();
    for (auto place = firstOfLine(line); place != m_places.end() && place->line == line; ++place)
        if (position.x() >= place->x && position.x() < place->x + place->width)
            return int(place - m_places.begin());
    return std::nullopt;
}

void TokenStrip::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    painter.setFont(font());
    const bool dark = isDark(palette());
    const auto first = firstOfLine(verticalScrollBar()->value() / lineHeight());
    for (int token = int(first - m_places.begin()); token < int(m_places.size()); ++token) {
        const QRect area = tokenRect(token);
        if (area.top() > viewport()->height())
            break;
        const double shade = std::size_t(token) < m_shades.size() ? m_shades[std::size_t(token)] : 0;
        const QRgb colour = signedColour(shade, dark);
        painter.fillRect(area.adjusted(0, 1, 0, -1), QColor(colour));
        painter.setPen(inkOn(colour));
        painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextForceLeftToRight,
                         shownText(m_pieces[std::size_t(token)]));
    }
    if (!m_current)
        return;
    painter.setPen(QPen(palette().color(hasFocus() ? QPalette::Highlight : QPalette::Text), 2));
    painter.drawRect(tokenRect(*m_current).adjusted(0, 1, 0, -1));
}

void TokenStrip::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    layOut();
}

void TokenStrip::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        layOut();
}

bool TokenStrip::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const auto token = tokenAt(help->pos()); token && m_describe)
        QToolTip::showText(help->globalPos(), plainTip(m_describe(*token)), this, tokenRect(*token));
    else
        QToolTip::hideText();
    return true;
}

void TokenStrip::choose(int token) {
    if (m_pieces.empty())
        return;
    setCurrent(std::clamp(token, 0, int(m_pieces.size()) - 1));
    Q_EMIT chosen(*m_current);
}

void TokenStrip::mousePressEvent(QMouseEvent* event) {
    if (const auto token = tokenAt(event->pos()))
        choose(*token);
}

void TokenStrip::keyPressEvent(QKeyEvent* event) {
    const int at = m_current.value_or(0), step = m_current ? 1 : 0;
    switch (event->key()) {
        case Qt::Key_Left:
            return choose(at - step);
        case Qt::Key_Right:
            return choose(at + step);
        case Qt::Key_Home:
            return choose(0);
        case Qt::Key_End:
            return choose(int(m_pieces.size()) - 1);
        default:
            QAbstractScrollArea::keyPressEvent(event);
    }
}

ComponentsView::ComponentsView(QWidget* parent)
    : QWidget(parent), m_list(makeNumberTable(this)), m_top(makeNumberTable(this)) {
    m_list->setModel(m_components);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setAccessibleName(u"Stored components of the field"_s);
    m_top->setModel(m_loadings);
    m_top->setAccessibleName(u"Tokens that the component loads on"_s);
    m_tabs->setAccessibleName(u"What is shown of the component"_s);
    m_tokensTab = m_tabs->addTab(u"tokens"_s, u"The query tokens and key tokens with the largest loadings"_s);
    m_tabs->addTab(u"query side"_s, u"The text, each token shaded by its loading as a query"_s);
    m_tabs->addTab(u"key side"_s, u"The text, each token shaded by its loading as a key"_s);
    m_details = column(nullptr, {m_run, {m_top, 1}, {m_tabs, 0, Qt::AlignLeft}, {m_strip, 1}}, spacingUnit / 2);
    row(this, {m_list, {m_details, 1}}, 2 * spacingUnit);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ComponentsView::showComponent);
    connect(m_tabs, &TextTabs::chosen, this, &ComponentsView::arrange);
    arrange();
}

void ComponentsView::setHead(SessionPointer session, std::optional<HeadRef> head) {
    const int chosen = std::max(0, component());
    m_session = std::move(session);
    m_head = head;
    m_components->setTable(m_session && m_head ? makeComponentsTable(*m_session, *m_head) : TableData());
    fitList();
    std::vector<QString> pieces;
    for (int token = 0; m_session && m_head && token < m_session->corpus.windowLength; ++token)
        pieces.push_back(tokenPiece(m_session->corpus, 0, token));
    m_strip->setPieces(std::move(pieces));
    setComponent(std::min(chosen, m_components->rowCount() - 1));
    showComponent();
}

void ComponentsView::setComponent(int component) {
    if (component >= 0)
        m_list->selectRow(component);
}

void ComponentsView::showComponent() {
    const int chosen = component();
    if (!m_session || !m_head || chosen < 0)
        return;
    m_loadings->setTable(makeLoadingsTable(*m_session, *m_head, chosen));
    fitColumns(*m_top);
    const std::vector<FieldComponent> components = fieldComponents(*m_session, *m_head);
    const FieldComponent& shown = components.at(std::size_t(chosen));
    m_run->setText(shown.run ? u"Components %1–%2 are one run: only their span is defined"_s.arg(
                                   asText(shown.run->first + 1), asText(shown.run->first + shown.run->count))
                             : QString());
    m_run->setToolTip(runText(shown));
    m_run->setVisible(shown.run.has_value());
    shadeText();
}

// As wide as its columns; in a narrow panel the shares alone, the rest is in the tooltips.
void ComponentsView::fitList() {
    const bool room = width() >= wide;
    for (const int column : {sigmaColumn, sumColumn})
        m_list->setColumnHidden(column, !room);
    m_list->setFixedWidth((room ? 25 : 12) * spacingUnit + m_list->style()->pixelMetric(QStyle::PM_ScrollBarExtent));
    fitColumns(*m_list);
}

// Shades reach their ends at the largest loading of the side.
void ComponentsView::shadeText() {
    const TokenSide side = m_tabs->current() == keysTab ? TokenSide::key : TokenSide::query;
    if (!m_session || !m_head || component() < 0)
        return;
    const std::vector<float> loadings = loadingsOf(*m_session, *m_head, component(), side);
    float largest = 0;
    for (const float loading : loadings)
        largest = std::max(largest, std::abs(loading));
    std::vector<double> shades;
    for (const float loading : loadings)
        shades.push_back(largest > 0 ? double(loading / largest) : 0);
    m_strip->setShades(std::move(shades), [session = m_session, side, loadings](int token) {
        return loadingText(*session, side, token, loadings[std::size_t(token)]) + u'\n' +
               tokenContext(session->corpus, 0, token).plain();
    });
}

void ComponentsView::arrange() {
    const bool both = height() >= tall;
    m_tokensTab->setVisible(!both);
    if (both && m_tabs->current() == tokensTab)
        m_tabs->setCurrent(queriesTab);
    const int wanted = both ? 2 : 0;  // above what it switches: the text alone, or list and text
    if (m_details->indexOf(m_tabs) != wanted) {
        m_details->removeWidget(m_tabs);
        m_details->insertWidget(wanted, m_tabs, 0, Qt::AlignLeft);
    }
    m_top->setMaximumHeight(both ? 26 * spacingUnit : QWIDGETSIZE_MAX);  // its rows; the rest is for the text
    m_top->setVisible(both || m_tabs->current() == tokensTab);
    m_strip->setVisible(both || m_tabs->current() != tokensTab);
    shadeText();
}

void ComponentsView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitList();
    if ((event->oldSize().height() >= tall) != (height() >= tall))
        arrange();
}

}  // namespace rankscope
