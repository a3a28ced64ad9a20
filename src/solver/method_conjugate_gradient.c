/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nonlinear conjugate gradient, in the metric P: with y = g_new - g
 *
 *   d_new = -P^(-1) g_new + beta d,   beta = max(beta_N, eta)
 *   beta_N = (y'P^(-1)g_new - 2 y'P^(-1)y d'g_new / d'y) / d'y
 *   eta = -1 / (||d||_P min(0.01, ||g||_P)),   ||d||_P^2 = d'Pd,   ||g||_P^2 = g'P^(-1)g,
 *
 * which is Hager and Zhang's direction in the variables P^(1/2) theta: g'd <= -(7/8) ||g||_P^2 whatever the step. With exact
 * steps on a quadratic d'g_new = 0 and it is the linear method. P d follows from its own recurrence, -g_new + beta P d.
 * Hager and Zhang, SIAM J. Optim. 16 (2005) 170; Pacific J. Optim. 2 (2006) 35, on preconditioning.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/vector.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/record.h"
#include "solver/state.h"

static const double least_norm = 0.01; /* Hager and Zhang's eta */

enum { VECTORS = 3 }; /* y, -P^(-1) y, P d */

/* How far beta may fall below 0: the bound that global convergence rests on. */
static double lower_bound(const gradus_solver *solver, const double *metric_direction)
{
    const double length = sqrt(gr_dot(solver->n, solver->direction, metric_direction));
    return -1.0 / (length * fmin(least_norm, sqrt(solver->squared_norm)));
}

/* beta for the next direction; 0 where the step has met no curvature. */
static void learn(gradus_solver *solver, const gr_point *from, const gr_point *to)
{
    const size_t n = solver->n;
    const double *d = solver->direction;
    double *y = solver->own, *steepest = y + n;
    for (size_t i = 0; i < n; i++) y[i] = to->gradient[i] - from->gradient[i];
    const double dy = gr_dot(n, d, y);
    solver->conjugacy = 0.0;
    if (!(dy > DBL_EPSILON * gr_norm(n, d) * gr_norm(n, y))) return;
    gr_steepest(solver, y, steepest);
    const double along = gr_dot(n, d, to->gradient) / dy;
    const double beta = (2.0 * gr_dot(n, y, steepest) * along - gr_dot(n, to->gradient, steepest)) / dy;
    solver->conjugacy = fmax(beta, lower_bound(solver, y + 2 * n));
}

static void begin_anew(gradus_solver *solver)
{
    const size_t n = solver->n;
    double *metric_direction = solver->own + 2 * n;
    solver->conjugacy = 0.0;
    gr_steepest(solver, solver->current.gradient, solver->direction);
    for (size_t i = 0; i < n; i++) metric_direction[i] = -solver->current.gradient[i];
    solver->slope = gr_dot(n, solver->current.gradient, solver->direction);
    solver->squared_norm = -solver->slope;
}

static void continue_with(gradus_solver *solver, double beta)
{
    const size_t n = solver->n;
    const double *gradient = solver->current.gradient;
    double *steepest = solver->trial.gradient; /* free until the next trial */
    double *metric_direction = solver->own + 2 * n;
    gr_steepest(solver, gradient, steepest);
    solver->squared_norm = -gr_dot(n, gradient, steepest);
    for (size_t i = 0; i < n; i++) {
        solver->direction[i] = steepest[i] + beta * solver->direction[i];
        metric_direction[i] = beta * metric_direction[i] - gradient[i];
    }
    solver->slope = gr_dot(n, gradient, solver->direction);
}

/* Where rounding has turned the direction uphill, or nothing was learnt, it is the metric's own. */
static void direct(gradus_solver *solver)
{
    const double beta = solver->conjugacy;
    const bool learnt = beta > 0.0 || beta < 0.0;
    if (learnt) continue_with(solver, beta);
    if (!learnt || !isfinite(solver->slope) || !(solver->slope < 0.0)) begin_anew(solver);
}

static bool restart(gradus_solver *solver)
{
    if (!(solver->slope > -solver->squared_norm || solver->slope < -solver->squared_norm)) return false;
    begin_anew(solver);
    return true;
}

static void remember(gradus_solver *solver, gr_record *record)
{
    gr_record_double(record, &solver->conjugacy);
    gr_record_doubles(record, solver->n, solver->own + 2 * solver->n); /* P d */
}

const gr_method gr_method_conjugate_gradient = {.id = GRADUS_METHOD_CONJUGATE_GRADIENT,
                                                .name = "conjugate gradient",
                                                .vectors = VECTORS,
                                                .exacting = true,
                                                .direct = direct,
                                                .learn = learn,
                                                .restart = restart,
                                                .remember = remember};
