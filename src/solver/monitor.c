/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/vector.h"
#include "model/objective.h"
#include "solver/batches.h"
#include "solver/point.h"
#include "solver/report.h"
#include "solver/state.h"

static gradus_verdict show(gradus_solver *solver)
{
    const gr_point *point = &solver->current;
    const gradus_progress progress = {
        .iteration = solver->iterations,
        .n = solver->n,
        .theta = point->theta,
        .gradient = solver->proximal.active ? solver->proximal.mapping : point->gradient,
        .value = solver->ascent ? -point->value : point->value,
        .gradient_norm = point->gradient_norm,
        .step_size = solver->step_size,
        .evaluations = solver->evaluations,
        .passes = gr_workspace_passes(solver->f, &solver->work),
        .seconds = gr_seconds() - solver->started,
        .epochs = gr_epochs(solver),
        .exact = point->estimated ? 0 : 1,
        .duality_gap = solver->proximal.active ? point->gap : (double)NAN,
    };
    return solver->options.monitor(solver->options.monitor_context, &progress);
}

gradus_status gr_monitor_call(gradus_solver *solver)
{
    if (!solver->options.monitor) return GRADUS_OK;
    /* the caller sees the gradient of f, not of phi: turned for the call, and turned back */
    double *seen = solver->proximal.active ? solver->proximal.mapping : solver->current.gradient;
    if (solver->ascent) gr_negate(solver->n, seen);
    const gradus_verdict verdict = show(solver);
    if (solver->ascent) gr_negate(solver->n, seen);
    if (verdict == GRADUS_MONITOR_CONTINUE) return GRADUS_OK;
    if (verdict == GRADUS_MONITOR_STOP) {
        if (solver->stop == GRADUS_STOP_RUNNING) solver->stop = GRADUS_STOP_MONITOR;
        return GRADUS_OK;
    }
    return gr_error_plain(solver->options.error, GRADUS_ERROR_ABORTED);
}
