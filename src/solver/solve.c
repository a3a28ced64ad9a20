/* SPDX-License-Identifier: BSD-3-Clause */
/* The one-shot calls: a few lines over the handle. */
#include "solver/begin.h"
#include "solver/report.h"

static gradus_status solve(const gradus_objective *f, gradus_direction direction, double *theta,
                           const gradus_options *options, gradus_report *report)
{
    if (report) *report = gr_report_empty();
    gradus_solver *solver = NULL;
    gradus_status status = gr_sample_begin(f, direction, theta, options, &solver);
    if (status && status != GRADUS_ERROR_ABORTED) {
        gradus_solver_free(solver);
        return status;
    }
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    while (!status && reason == GRADUS_STOP_RUNNING) status = gradus_solver_step(solver, &reason);
    /* a refused step and want of memory leave theta untouched; on every other exit it takes the best there is */
    const bool untouched = status == GRADUS_ERROR_STEP_TOO_LARGE || status == GRADUS_ERROR_MEMORY;
    gradus_solver_report(solver, untouched ? NULL : theta, report);
    gradus_solver_free(solver);
    return status;
}

gradus_status gradus_descend(const gradus_objective *f, double *theta, const gradus_options *options,
                             gradus_report *report)
{
    return solve(f, GRADUS_DIRECTION_DESCENT, theta, options, report);
}

gradus_status gradus_ascend(const gradus_objective *f, double *theta, const gradus_options *options,
                            gradus_report *report)
{
    return solve(f, GRADUS_DIRECTION_ASCENT, theta, options, report);
}
