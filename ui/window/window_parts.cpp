// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/window/window_parts.h"

#include "core/storage/atomic_file.h"
#include "ui/run/job_bar.h"
#include "ui/window/bars.h"

namespace rankscope {

void WindowParts::showError(const QString& line) const {
    messages->showMessage(line);
}

void WindowParts::announce(const QString& line) const {
    if (!analysis->running())
        job->finish(line);
}

void WindowParts::write(const QString& path, std::function<std::string()> text, const QString& done) const {
    writer->compute<bool>(
        [path, text = std::move(text)](const JobContext&) {
            const std::string content = text();
            writeFileAtomically(path.toStdString(), std::as_bytes(std::span(content)));
            return true;
        },
        [this, done](bool) { announce(done); }, [this](const QString& line) { showError(line); });
}

}  // namespace rankscope
