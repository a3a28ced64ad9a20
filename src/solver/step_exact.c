/* SPDX-License-Identifier: BSD-3-Clause */
/* To the minimum along the direction: phi(theta + alpha d) = phi + alpha g'd + alpha^2 d'Hd / 2 is least at -g'd / d'Hd. */
#include "solver/line.h"
#include "solver/point.h"
#include "solver/state.h"
#include "solver/step.h"

static gradus_status advance(gradus_solver *solver)
{
    const double alpha = -solver->slope / gr_curvature_along(solver, solver->direction);
    gr_search_begin(solver);
    gr_outcome outcome = GR_REJECTED;
    if (solver->work.reader.cancelled) solver->stop = GRADUS_STOP_CANCELLED;
    if (solver->stop != GRADUS_STOP_RUNNING) return GRADUS_OK;
    if (alpha > 0.0 && alpha <= 1e300) {
        const gradus_status status = gr_try(solver, alpha, &outcome);
        if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
    }
    /* only rounding is left: of the curvature, or of the decrease */
    if (outcome == GR_FINITE && gr_sufficient(solver, alpha))
        solver->step_size = alpha;
    else
        solver->stop = GRADUS_STOP_NO_PROGRESS;
    return GRADUS_OK;
}

const gr_step gr_step_exact = {
    .id = GRADUS_STEP_EXACT, .name = "exact", .searches = true, .monotone = true, .advance = advance};

gradus_step gradus_step_exact(void)
{
    return (gradus_step){.rule = GRADUS_STEP_EXACT};
}
