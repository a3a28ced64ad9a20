/* SPDX-License-Identifier: BSD-3-Clause */
/* How far a run by batches has come. */
#include "solver/batches.h"
#include "solver/state.h"

double gr_epochs(const gradus_solver *solver)
{
    return solver->batches.active ? (double)solver->iterations / (double)solver->batches.steps : 0.0;
}

bool gr_epochs_spent(const gradus_solver *solver, size_t iterations)
{
    const gr_batches *batches = &solver->batches;
    return batches->active && (int64_t)(iterations / batches->steps) >= solver->options.stop.max_epochs;
}
