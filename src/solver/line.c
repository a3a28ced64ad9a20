/* SPDX-License-Identifier: BSD-3-Clause */
#include "solver/state.h"

bool gr_move(gradus_solver *solver, double alpha)
{
    bool moved = false;
    for (size_t i = 0; i < solver->n; i++) {
        solver->trial.theta[i] = solver->current.theta[i] + alpha * solver->direction[i];
        moved = moved || solver->trial.theta[i] != solver->current.theta[i];
    }
    return moved;
}
