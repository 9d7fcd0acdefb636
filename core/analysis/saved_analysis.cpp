// SPDX-FileCopyrightText: The Rankscope developers
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/saved_analysis.h"

namespace rankscope {
namespace {

// What was finished when an analysis ended before its time, for whatever reason.
void keepNewest(SnapshotWriter& snapshots, const std::filesystem::path& output) {
    const Snapshot newest = snapshots.stop();
    try {
        if (newest.session)
            saveSnapshot(*newest.session, newest.point, output);
    } catch (const std::exception&) {
        // the reason that is on its way says more
    }
}

}  // namespace

void takeUp(AnalysisRequest& request, const std::filesystem::path& output) {
    request.resume = openSnapshot(output);
    request.resumeFile = output;
    std::error_code ignored;  // left by a run that was killed between its last two steps
    if (request.resume.session->run.finished)
        std::filesystem::remove(resumePath(output), ignored);
}

void takeUp(SavedAnalysis& analysis) {
    if (std::filesystem::exists(analysis.output))
        takeUp(analysis.request, analysis.output);
}

SessionPointer analyzeAndSave(SavedAnalysis analysis, const JobContext& context, const SessionCallback& onLayer) {
    SnapshotWriter snapshots(analysis.output, analysis.interval, analysis.request.resume.point, analysis.saveFailed);
    analysis.request.onPoint = [&](const SessionPointer& session, const ResumePoint& point) {
        snapshots.offer(session, point);
    };
    SessionPointer session;
    try {
        session = analysis.analysis(analysis.request, context, [&](const SessionPointer& now) {
            snapshots.offer(now);
            if (onLayer)
                onLayer(now);
        });
    } catch (...) {
        keepNewest(snapshots, analysis.output);
        throw;
    }
    // What was finished before a stop is saved; a stop while saving is meant for that.
    const JobContext saving = context.stopRequested() ? JobContext() : JobContext(context.stopToken(), {});
    saveSnapshot(*session, snapshots.stop().point, analysis.output, saving);
    return session;
}

}  // namespace rankscope
