/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "solver/state.h"

static gradus_status advance(gradus_solver *solver)
{
    double alpha = solver->first_trial;
    gr_search_begin(solver);
    while (true) {
        gr_outcome outcome;
        const gradus_status status = gr_try(solver, alpha, &outcome);
        if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
        if (outcome == GR_FINITE && gr_sufficient(solver, alpha)) break;
        alpha = gr_shorter(solver, alpha, outcome);
    }
    solver->step_size = alpha;
    solver->first_trial = fmin(alpha * solver->options.step.growth, 1e300);
    return gr_land(solver);
}

const gr_step gr_step_backtracking = {GRADUS_STEP_BACKTRACKING, "backtracking", true, true, advance};

gradus_step gradus_step_backtracking(double initial)
{
    return (gradus_step){.rule = GRADUS_STEP_BACKTRACKING, .size = initial};
}
