/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Least squares whose answer is tiny beside the start, or 0. At the start's size its gradient drowns in rounding, and steps shrink
 * theta for ever without knowing which of the two it is. The origin knows: there the gradient is X'Dy/W, which has no more
 * rounding than the answer, and is 0 where that is. So a run that has come that near goes on from 0.
 */
#include <math.h>
#include <string.h>

#include "base/vector.h"
#include "solver/ladder.h"
#include "solver/line.h"
#include "solver/point.h"
#include "solver/state.h"
#include "solver/stop.h"

/* The unit roundoff squared: twice the precision that a correction of the start's size could have had. */
static const double tiny = 0x1p-106;

bool gr_origin_is_due(const gradus_solver *solver)
{
    const gr_history *history = &solver->history;
    return solver->refines && !history->from_origin &&
           solver->correction <= tiny * history->start_correction &&
           gr_norm(solver->n, solver->current.theta) > 0.0;
}

gradus_status gr_origin(gradus_solver *solver)
{
    gr_outcome outcome;
    solver->history.from_origin = true;
    for (size_t j = 0; j < solver->n; j++) solver->direction[j] = -solver->current.theta[j];
    gr_search_begin(solver);
    const gradus_status status = gr_try(solver, 1.0, &outcome);
    solver->step_size = 1.0;
    memset(solver->direction, 0, solver->n * sizeof(double)); /* no momentum leads there */
    if (!status && outcome == GR_REJECTED) solver->stop = GRADUS_STOP_DIVERGED;
    solver->correction = (double)INFINITY; /* what was left before says nothing of what is left there */
    solver->history.least_norm = (double)INFINITY;
    return status;
}
