/* SPDX-License-Identifier: BSD-3-Clause */
/* The end of a solver, half-built ones included. */
#include "base/memory.h"
#include "solver/state.h"

void gradus_solver_free(gradus_solver *solver)
{
    if (!solver) return;
    const gradus_allocator allocator = solver->allocator;
    gr_release(&allocator, solver->factored.matrix);
    gr_release(&allocator, solver->leap.memory);
    gr_release(&allocator, solver->search.memory);
    gr_release(&allocator, solver->compressed.memory);
    gr_release(&allocator, solver->anchor.memory);
    gr_release(&allocator, solver->refinement.memory);
    gr_release(&allocator, solver->batches.rows);
    gr_release(&allocator, solver->curved.memory);
    gr_release(&allocator, solver->curved.chosen);
    gr_release(&allocator, solver->doubt);
    gr_release(&allocator, solver->memory);
    gr_release(&allocator, solver);
}
