/* SPDX-License-Identifier: BSD-3-Clause */
/* A first step to where a sample of the rows has its optimum. */
#include "solver/leap.h"

#include "solver/line.h"
#include "solver/method.h"
#include "solver/point.h"
#include "solver/state.h"

gradus_status gr_leap(gradus_solver *solver)
{
    gr_leaping *leap = &solver->leap;
    leap->waiting = false;
    for (size_t i = 0; i < solver->n; i++) solver->direction[i] = leap->theta[i] - solver->current.theta[i];
    gr_outcome outcome;
    gr_search_begin(solver);
    const gradus_status status = gr_try(solver, 1.0, &outcome);
    solver->step_size = 1.0;
    leap->taken = !status && outcome == GR_FINITE && solver->trial.value <= solver->current.value;
    if (status || leap->taken) return status;
    if (solver->stop == GRADUS_STOP_NO_PROGRESS) solver->stop = GRADUS_STOP_RUNNING; /* it is there already */
    gr_direct(solver);
    return GRADUS_OK;
}
