// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/model_finder.h"

#include <QtGlobal>
#include <memory>

namespace rankscope {

void ModelFinder::search() {
    if (m_searching)
        return;
    m_searching = true;
    // What was known before stays on show until the search has come to its end.
    const auto found = std::make_shared<std::vector<FoundModel>>();
    const bool first = !m_searched;
    const auto end = [this, found] {
        m_models = *found;
        m_searching = false;
        m_searched = true;
        Q_EMIT changed();
    };
    const auto work = [this, limits = m_limits, found, first, end](
                          const JobContext& context, const JobRunner::Publish& publish) -> JobRunner::Delivery {
        const auto environment = [](std::string_view name) { return qgetenv(std::string(name).c_str()).toStdString(); };
        findModels(environment, limits, context, [&](const FoundModel& model) {
            publish([this, found, first, model] {
                found->push_back(model);
                if (!first)
                    return;
                m_models = *found;
                Q_EMIT changed();
            });
        });
        return end;
    };
    m_runner.start(
        work, [end](const QString&) { end(); }, 1);
}

}  // namespace rankscope
