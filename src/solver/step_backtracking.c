/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "solver/state.h"

static gradus_status advance(gradus_solver *solver)
{
    const gradus_step *step = &solver->options.step;
    double alpha = solver->first_trial;
    for (;; alpha *= step->shrink) {
        if (!gr_move(solver, alpha)) {
            solver->stop = GRADUS_STOP_NO_PROGRESS;
            return GRADUS_OK;
        }
        gr_outcome outcome;
        const gradus_status status = gr_evaluate(solver, &solver->trial, &outcome);
        if (status) return status;
        if (outcome == GR_UNBOUNDED) solver->stop = GRADUS_STOP_UNBOUNDED;
        if (outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
        if (solver->stop != GRADUS_STOP_RUNNING) return GRADUS_OK;
        if (outcome == GR_FINITE && gr_sufficient(solver, alpha)) {
            solver->step_size = alpha;
            solver->first_trial = fmin(alpha * step->growth, 1e300);
            return GRADUS_OK;
        }
    }
}

const gr_step gr_step_backtracking = {GRADUS_STEP_BACKTRACKING, "backtracking", true, advance};

gradus_step gradus_step_backtracking(double initial)
{
    return (gradus_step){.rule = GRADUS_STEP_BACKTRACKING, .size = initial};
}
