/* SPDX-License-Identifier: BSD-3-Clause */
/* The solver handle: create, step, report, free. */
#include <string.h>

#include "base/memory.h"
#include "solver/state.h"

gradus_status gradus_solver_create(const gradus_objective *f, gradus_direction direction, const double *theta,
                                   const gradus_options *options, gradus_solver **solver)
{
    gradus_solver *made = NULL;
    const gradus_status status = gr_solver_begin(solver ? f : NULL, direction, theta, options, &made);
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

void gradus_solver_free(gradus_solver *solver)
{
    if (!solver) return;
    const gradus_allocator allocator = solver->allocator;
    gr_release(&allocator, solver->factored.matrix);
    gr_release(&allocator, solver->search.memory);
    gr_release(&allocator, solver->compressed.memory);
    gr_release(&allocator, solver->anchor.memory);
    gr_release(&allocator, solver->refinement.memory);
    gr_release(&allocator, solver->batches.rows);
    gr_release(&allocator, solver->memory);
    gr_release(&allocator, solver);
}
