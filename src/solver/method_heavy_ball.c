/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * d_k = -P^(-1) grad phi + beta d_(k-1): with a constant step the heavy ball, theta + alpha d + beta (theta - theta_old).
 * Polyak, USSR Comput. Math. Math. Phys. 4 (1964) 1.
 */
#include "base/vector.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/state.h"
#include "solver/stop.h"

static void direct_with(gradus_solver *solver, double beta)
{
    const size_t n = solver->n;
    double *steepest = solver->trial.gradient; /* free until the next trial */
    gr_steepest(solver, solver->current.gradient, steepest);
    gr_measure(solver, solver->current.gradient, steepest);
    for (size_t i = 0; i < n; i++) solver->direction[i] = steepest[i] + beta * solver->direction[i];
    solver->slope = gr_dot(n, solver->current.gradient, solver->direction);
}

static bool restart(gradus_solver *solver)
{
    if (!(solver->slope > -solver->squared_norm || solver->slope < -solver->squared_norm)) return false;
    direct_with(solver, 0.0);
    return true;
}

/* Without a step behind it, or where the momentum points uphill in a line search, the direction is the metric's own. */
static void direct(gradus_solver *solver)
{
    direct_with(solver, solver->iterations > 0 ? solver->options.momentum : 0.0);
    if (solver->step->searches && !(solver->slope < 0.0)) direct_with(solver, 0.0);
}

const gr_method gr_method_heavy_ball = {
    .id = GRADUS_METHOD_HEAVY_BALL, .name = "heavy ball", .direct = direct, .restart = restart};
