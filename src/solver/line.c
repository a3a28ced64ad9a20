/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "base/vector.h"
#include "solver/state.h"

/* trial->theta = theta + alpha direction; false when that is theta itself, bit for bit */
static bool move(gradus_solver *solver, double alpha)
{
    bool moved = false;
    for (size_t i = 0; i < solver->n; i++) {
        solver->trial.theta[i] = solver->current.theta[i] + alpha * solver->direction[i];
        moved = moved || solver->trial.theta[i] != solver->current.theta[i];
    }
    return moved;
}

bool gr_within_rounding(const gradus_solver *solver)
{
    const double change = solver->trial.value - solver->current.value;
    return fabs(change) <= GR_VALUE_ROUNDING * fabs(solver->current.value);
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
    if (gr_within_rounding(solver)) {
        /* rounding may lift phi, but never above the best value by more than itself */
        const double ceiling = solver->best_value + GR_VALUE_ROUNDING * fabs(solver->best_value);
        if (!(solver->trial.value <= ceiling)) return false;
        const double slope_there = gr_dot(solver->n, solver->trial.gradient, solver->direction);
        return slope_there <= (2.0 * c - 1.0) * solver->slope;
    }
    return change <= c * alpha * solver->slope;
}

gradus_status gr_try(gradus_solver *solver, double alpha, gr_outcome *outcome)
{
    *outcome = GR_REJECTED;
    if (!move(solver, alpha)) {
        solver->stop = GRADUS_STOP_NO_PROGRESS;
        return GRADUS_OK;
    }
    const gradus_status status = gr_evaluate(solver, &solver->trial, outcome);
    if (status) return status;
    if (*outcome == GR_UNBOUNDED) solver->stop = GRADUS_STOP_UNBOUNDED;
    if (*outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
    return GRADUS_OK;
}
