// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
//
// Looks for the models that other programs have put on this machine, in a thread of its own. GUI thread.
#pragma once

#include <QObject>
#include <vector>

#include "core/model/model_search.h"
#include "ui/jobs/job_runner.h"

namespace rankscope {

class ModelFinder : public QObject {
    Q_OBJECT
public:
    explicit ModelFinder(QObject* parent = nullptr, const SearchLimits& limits = {})
        : QObject(parent), m_limits(limits) {}

    void search();  // anew; does nothing while a search is on its way
    bool searching() const { return m_searching; }
    bool searched() const { return m_searched; }  // once, to its end or to a limit
    const std::vector<FoundModel>& models() const { return m_models; }

Q_SIGNALS:
    void changed();

private:
    SearchLimits m_limits;
    bool m_searching = false, m_searched = false;
    std::vector<FoundModel> m_models;
    JobRunner m_runner;
};

}  // namespace rankscope
