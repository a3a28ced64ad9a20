/* SPDX-License-Identifier: BSD-3-Clause */
/* The solver handle: create, step, report. */
#include <string.h>

#include "solver/begin.h"
#include "solver/iterate.h"
#include "solver/report.h"
#include "solver/state.h"

gradus_status gradus_solver_create(const gradus_objective *f, gradus_direction direction, const double *theta,
                                   const gradus_options *options, gradus_solver **solver)
{
    gradus_solver *made = NULL;
    const gradus_status status = gr_sample_begin(solver ? f : NULL, direction, theta, options, &made);
    if (status || !solver)
        gradus_solver_free(made);
    else
        *solver = made;
    return status;
}

gradus_status gradus_solver_step(gradus_solver *solver, gradus_stop_reason *reason)
{
    if (!solver) return GRADUS_ERROR_NULL;
    const gradus_status status = gr_iterate(solver);
    if (reason) *reason = solver->stop;
    return status;
}

gradus_status gradus_solver_report(const gradus_solver *solver, double *theta, gradus_report *report)
{
    if (!solver) return GRADUS_ERROR_NULL;
    if (theta) memcpy(theta, solver->current.theta, solver->n * sizeof *theta);
    if (report) gr_report_fill(solver, report);
    return GRADUS_OK;
}
