/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "base/vector.h"
#include "solver/state.h"

/*
 * Armijo:  phi(theta + alpha d) <= phi + c alpha g'd.
 *
 * Where the change of phi is within its rounding that test compares noise with noise and a run stalls at half its
 * digits. There the gradient decides, g(theta + alpha d)'d <= (2c - 1) g'd, which for a quadratic is the same
 * condition without the cancellation.
 * Armijo, Pacific J. Math. 16 (1966) 1; Hager and Zhang, SIAM J. Optim. 16 (2005) 170, the approximate Wolfe test.
 */
static bool sufficient(const gradus_solver *solver, double alpha)
{
    const double c = solver->options.step.sufficient_decrease;
    const double change = solver->trial.value - solver->current.value;
    if (fabs(change) <= GR_VALUE_ROUNDING * fabs(solver->current.value)) {
        const double slope_there = gr_dot(solver->n, solver->trial.gradient, solver->direction);
        return slope_there <= (2.0 * c - 1.0) * solver->slope;
    }
    return change <= c * alpha * solver->slope;
}

static gradus_status advance(gradus_solver *solver)
{
    const gradus_step *step = &solver->options.step;
    double alpha = solver->first_trial;
    for (;; alpha *= step->shrink) {
        if (!gr_move(solver, alpha)) {
            solver->stop = GRADUS_STOP_NO_PROGRESS;
            return GRADUS_OK;
        }
        gr_outcome outcome;
        const gradus_status status = gr_evaluate(solver, &solver->trial, &outcome);
        if (status) return status;
        if (outcome == GR_UNBOUNDED) solver->stop = GRADUS_STOP_UNBOUNDED;
        if (outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
        if (solver->stop != GRADUS_STOP_RUNNING) return GRADUS_OK;
        if (outcome == GR_FINITE && sufficient(solver, alpha)) {
            solver->step_size = alpha;
            solver->first_trial = fmin(alpha * step->growth, 1e300);
            return GRADUS_OK;
        }
    }
}

const gr_step gr_step_backtracking = {GRADUS_STEP_BACKTRACKING, "backtracking", true, advance};

gradus_step gradus_step_backtracking(double initial)
{
    return (gradus_step){.rule = GRADUS_STEP_BACKTRACKING, .size = initial};
}
