/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A solver that goes on with another lasso: the iterate at hand becomes the start. What was read of X there, and H, which the steps so
 * far have taught, stay; so that a start along a path costs no pass.
 */
#include <math.h>

#include "base/clock.h"
#include "solver/begin.h"
#include "solver/evaluate.h"
#include "solver/iterate.h"
#include "solver/path.h"
#include "solver/point.h"
#include "solver/proximal.h"
#include "solver/state.h"
#include "solver/stop.h"

static void begin_count(gradus_solver *solver)
{
    solver->work.reader.elements = 0.0;
    solver->iterations = solver->evaluations = solver->best_iteration = 0;
    solver->metric_passes = solver->step_size = 0.0;
    solver->curvature = (double)NAN;
    solver->best_value = (double)INFINITY;
    solver->curved.promise = 0.0;
    solver->history = (gr_history){0};
    solver->started = gr_seconds();
    solver->stop = GRADUS_STOP_RUNNING;
}

gradus_status gr_solver_aim(gradus_solver *solver)
{
    gr_outcome outcome = GR_FINITE;
    begin_count(solver);
    if (solver->curved.strayed) {
        const gradus_status status = gr_evaluate_again(solver, &outcome);
        if (status || outcome != GR_FINITE) return status;
        solver->curved.strayed = false;
    } else {
        solver->current.value -= solver->current.penalty;
        gr_proximal_measure(solver, &solver->current);
    }
    gr_stop_begin(solver);
    gr_note_best(solver);
    if (solver->work.reader.cancelled) { /* before the gap was known */
        solver->current.gap = (double)NAN;
        return gr_cancelled_before_steps(solver);
    }
    const gradus_status status = gr_look_around(solver);
    return status ? status : gr_settle(solver);
}
