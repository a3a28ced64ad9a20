/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Accelerated gradient, with the points where the gradient is taken as the iterates. In FISTA's notation, divided by alpha,
 *
 *   x_k = y_k + d_k,   d_k = -P^(-1) grad phi(y_k)
 *   y_(k+1) = x_k + beta_k (x_k - x_(k-1)),   beta_k = (t_k - 1)/t_(k+1),   t_(k+1) = (1 + (1 + 4 t_k^2)^(1/2))/2,   t_1 = 1
 *
 * and with the look-ahead u_k = y_(k+1) - x_k, u_0 = 0, that is
 *
 *   v_k = x_k - x_(k-1) = d_k + u_(k-1),   u_k = beta_k v_k,   y_(k+1) = y_k + d_k + u_k.
 *
 * Where grad phi(y_k)'v_k > 0 the sequence begins anew: u_k = 0, t_(k+1) = 1. Elsewhere d_k + u_k is downhill. With batches,
 * whose gradients cannot tell, and with a schedule of steps beta_k is constant and nothing begins anew.
 * Nesterov, Soviet Math. Dokl. 27 (1983) 372; Beck and Teboulle, SIAM J. Imaging Sci. 2 (2009) 183; O'Donoghue and Candes,
 * Found. Comput. Math. 15 (2015) 715, the gradient scheme.
 */
#include <math.h>
#include <string.h>

#include "base/vector.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/record.h"
#include "solver/state.h"

/* d_k into `steepest` */
static void descend_steepest(gradus_solver *solver, double *steepest)
{
    gr_steepest(solver, solver->current.gradient, steepest);
    solver->squared_norm = -gr_dot(solver->n, solver->current.gradient, steepest);
}

/* The step without look-ahead, and t = 1 for the one after. */
static void begin_anew(gradus_solver *solver)
{
    descend_steepest(solver, solver->direction);
    memset(solver->own, 0, solver->n * sizeof *solver->own);
    solver->slope = -solver->squared_norm;
    solver->inertia = 1.0;
}

double gr_next_inertia(gradus_solver *solver)
{
    const double t = solver->inertia, next = 0.5 * (1.0 + sqrt(1.0 + 4.0 * t * t));
    solver->inertia = next;
    return (t - 1.0) / next;
}

/* u_k from u_(k-1) in solver->own, and the direction */
static void look_ahead(gradus_solver *solver, const double *steepest, double beta)
{
    const size_t n = solver->n;
    double *ahead = solver->own;
    for (size_t i = 0; i < n; i++) {
        ahead[i] = beta * (steepest[i] + ahead[i]);
        solver->direction[i] = steepest[i] + ahead[i];
    }
    solver->slope = gr_dot(n, solver->current.gradient, solver->direction);
}

static bool has_constant_momentum(const gradus_solver *solver)
{
    return solver->batches.active || solver->step->schedule;
}

static void direct(gradus_solver *solver)
{
    const size_t n = solver->n;
    double *steepest = solver->trial.gradient;          /* free until the next trial */
    if (solver->iterations == 0) solver->inertia = 1.0; /* a leap that is not taken asks a second time */
    descend_steepest(solver, steepest);
    if (has_constant_momentum(solver)) {
        look_ahead(solver, steepest, solver->options.momentum);
        return;
    }
    const double along = gr_dot(n, solver->current.gradient, solver->own) - solver->squared_norm;
    if (along > 0.0)
        begin_anew(solver);
    else
        look_ahead(solver, steepest, gr_next_inertia(solver));
}

static bool restart(gradus_solver *solver)
{
    if (!(solver->slope > -solver->squared_norm || solver->slope < -solver->squared_norm)) return false;
    begin_anew(solver);
    return true;
}

static void remember(gradus_solver *solver, gr_record *record)
{
    gr_record_double(record, &solver->inertia);
    gr_record_doubles(record, solver->n, solver->own); /* u */
}

const gr_method gr_method_nesterov = {.id = GRADUS_METHOD_NESTEROV,
                                      .name = "Nesterov",
                                      .vectors = 1,
                                      .direct = direct,
                                      .restart = restart,
                                      .remember = remember};
