// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The lines with which the window tells something: what went wrong, what is being read or written, what the shown
// session says. GUI thread.
#pragma once

#include <QLabel>
#include <QPushButton>
#include <QTimer>

#include "ui/plots/finding.h"
#include "ui/widgets/labels.h"

namespace rankscope {

// What went wrong, until it is dismissed or something works.
class MessageBar : public QWidget {
    Q_OBJECT
public:
    explicit MessageBar(QWidget* parent = nullptr);
    void showMessage(const QString& line);
    QString message() const { return m_text->accessibleName(); }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QLabel* m_text = new QLabel(this);
};

// A card in the lower left corner of its parent that names a file while it is read or written. It lies over the views,
// so that nothing moves when it comes and goes. Work that is over at once is not shown: it would only flash.
class ActivityBar : public QWidget {
    Q_OBJECT
public:
    explicit ActivityBar(QWidget* parent);

    void start(const QString& text);
    void finish();
    QString text() const { return m_text->text(); }

protected:
    void paintEvent(QPaintEvent*) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void appear();
    void place();

    QLabel* m_text;
    QTimer m_delay;
};

class ElidedLabel;

// What the shown session says, in words, with the way to take it along.
class FindingBar : public QWidget {
    Q_OBJECT
public:
    explicit FindingBar(QWidget* parent = nullptr);
    void setFinding(FindingText finding);
    const FindingText& finding() const { return m_finding; }
    void copy();

private:
    FindingText m_finding;
    RichText* m_sentence = new RichText(this);
    ElidedLabel* m_context;
    WarningLabel* m_warning = new WarningLabel(this);
    QPushButton* m_copy = new QPushButton(u"Copy"_s, this);
};

}  // namespace rankscope
