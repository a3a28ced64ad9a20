/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/clock.h"
#include "base/error.h"
#include "base/vector.h"
#include "solver/state.h"

static gradus_verdict show(gradus_solver *solver)
{
    const gr_point *point = &solver->current;
    const gradus_progress progress = {
        .iteration = solver->iterations,
        .n = solver->n,
        .theta = point->theta,
        .gradient = point->gradient,
        .value = solver->ascent ? -point->value : point->value,
        .gradient_norm = point->gradient_norm,
        .step_size = solver->step_size,
        .evaluations = solver->evaluations,
        .passes = gr_workspace_passes(solver->f, &solver->work),
        .seconds = gr_seconds() - solver->started,
        .epochs = gr_batches_epochs(solver),
        .exact = point->estimated ? 0 : 1,
    };
    return solver->options.monitor(solver->options.monitor_context, &progress);
}

gradus_status gr_monitor_call(gradus_solver *solver)
{
    if (!solver->options.monitor) return GRADUS_OK;
    /* the caller sees the gradient of f, not of phi: turned for the call, and turned back */
    if (solver->ascent) gr_negate(solver->n, solver->current.gradient);
    const gradus_verdict verdict = show(solver);
    if (solver->ascent) gr_negate(solver->n, solver->current.gradient);
    if (verdict == GRADUS_MONITOR_CONTINUE) return GRADUS_OK;
    if (verdict == GRADUS_MONITOR_STOP) {
        if (solver->stop == GRADUS_STOP_RUNNING) solver->stop = GRADUS_STOP_MONITOR;
        return GRADUS_OK;
    }
    return gr_error_plain(solver->options.error, GRADUS_ERROR_ABORTED);
}
