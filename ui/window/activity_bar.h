// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A card in the lower left corner of its parent that names a file while it is read or written. It lies over the views,
// so that nothing moves when it comes and goes. Work that is over at once is not shown: it would only flash. GUI
// thread.
#pragma once

#include <QTimer>
#include <QWidget>

class QLabel;

namespace rankscope {

class ActivityBar : public QWidget {
    Q_OBJECT
public:
    explicit ActivityBar(QWidget* parent);

    void start(const QString& text);
    void finish();
    QString text() const;

protected:
    void paintEvent(QPaintEvent*) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void appear();
    void place();

    QLabel* m_text;
    QTimer m_delay;
};

}  // namespace rankscope
