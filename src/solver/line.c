/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "base/vector.h"
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

/*
 * Armijo:  phi(theta + alpha d) <= phi + c alpha g'd.
 *
 * Where the change of phi is within its rounding that test compares noise with noise and a run stalls at half its
 * digits. There the gradient decides, g(theta + alpha d)'d <= (2c - 1) g'd, which for a quadratic is the same
 * condition without the cancellation.
 * Armijo, Pacific J. Math. 16 (1966) 1; Hager and Zhang, SIAM J. Optim. 16 (2005) 170, the approximate Wolfe test.
 */
bool gr_sufficient(const gradus_solver *solver, double alpha)
{
    const double c = solver->options.step.sufficient_decrease;
    const double change = solver->trial.value - solver->current.value;
    if (fabs(change) <= GR_VALUE_ROUNDING * fabs(solver->current.value)) {
        const double slope_there = gr_dot(solver->n, solver->trial.gradient, solver->direction);
        return slope_there <= (2.0 * c - 1.0) * solver->slope;
    }
    return change <= c * alpha * solver->slope;
}
