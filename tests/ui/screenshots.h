// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// What the parts of the program that takes pictures share.
#pragma once

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QTextStream>
#include <QWidget>

using namespace Qt::StringLiterals;

namespace rankscope {

inline void wait(int milliseconds) {
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < milliseconds)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
}

class Camera {
public:
    explicit Camera(const QString& folder) : m_folder(folder) { QDir().mkpath(folder); }

    void shoot(QWidget& widget, const QString& name) const {
        wait(250);
        const QString path = u"%1/%2.png"_s.arg(m_folder, name);
        widget.grab().save(path);
        QTextStream(stdout) << path << Qt::endl;
    }

private:
    QString m_folder;
};

// Start page, run dialog, queue and what is shown while something is dragged. `model` is a checkpoint with a tokenizer,
// or empty.
void shootOpening(const Camera& camera, const QString& folder, const QString& model);

// The guide, about, and the exports of figures and tables. `session`: a file.
void shootDialogs(const Camera& camera, const QString& session);

}  // namespace rankscope
