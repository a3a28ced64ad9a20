/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Adam: running means of the gradient and of its square, freed of the bias towards the zeros they begin with, in this order:
 *
 *   m <- beta_1 m + (1 - beta_1) g,   v <- beta_2 v + (1 - beta_2) g^2,   t <- t + 1
 *   d = -(m / (1 - beta_1^t)) / ((v / (1 - beta_2^t))^(1/2) + epsilon),   entry by entry.
 *
 * Kingma and Ba, Adam: a method for stochastic optimization, ICLR 2015, algorithm 1.
 */
#include <math.h>
#include <string.h>

#include "base/vector.h"
#include "solver/method.h"
#include "solver/record.h"
#include "solver/state.h"

enum { VECTORS = 2 }; /* m, v */

static void direct(gradus_solver *solver)
{
    const gradus_options *options = &solver->options;
    const double b1 = options->momentum, b2 = options->second_momentum;
    const double *g = solver->current.gradient;
    double *m = solver->own, *v = solver->own + solver->n;
    const double t = (double)++solver->moments;
    const double m_share = 1.0 - pow(b1, t), v_share = 1.0 - pow(b2, t);
    for (size_t i = 0; i < solver->n; i++) {
        m[i] = b1 * m[i] + (1.0 - b1) * g[i];
        v[i] = b2 * v[i] + (1.0 - b2) * g[i] * g[i];
        solver->direction[i] = -(m[i] / m_share) / (sqrt(v[i] / v_share) + options->adam_epsilon);
    }
    solver->squared_norm = gr_dot(solver->n, g, g);
    solver->slope = gr_dot(solver->n, g, solver->direction);
    if (!isfinite(solver->squared_norm))
        solver->slope = (double)NAN; /* an infinite v would never move again */
}

static bool restart(gradus_solver *solver)
{
    if (solver->moments <= 1) return false;
    memset(solver->own, 0, VECTORS * solver->n * sizeof *solver->own);
    solver->moments = 0;
    direct(solver);
    return true;
}

static void remember(gradus_solver *solver, gr_record *record)
{
    gr_record_size(record, &solver->moments);
    gr_record_doubles(record, VECTORS * solver->n, solver->own);
}

const gr_method gr_method_adam = {.id = GRADUS_METHOD_ADAM,
                                  .name = "Adam",
                                  .vectors = VECTORS,
                                  .direct = direct,
                                  .restart = restart,
                                  .remember = remember};
