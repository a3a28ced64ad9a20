/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "solver/line.h"
#include "solver/state.h"
#include "solver/step.h"

static gradus_status advance(gradus_solver *solver)
{
    const gradus_status status = gr_search_shorter(solver, gr_sufficient);
    if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
    solver->first_trial = fmin(solver->step_size * solver->options.step.growth, 1e300);
    return GRADUS_OK;
}

const gr_step gr_step_backtracking = {.id = GRADUS_STEP_BACKTRACKING,
                                      .name = "backtracking",
                                      .searches = true,
                                      .monotone = true,
                                      .advance = advance};

gradus_step gradus_step_backtracking(double initial)
{
    return (gradus_step){.rule = GRADUS_STEP_BACKTRACKING, .size = initial};
}
