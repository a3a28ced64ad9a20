/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Limited-memory BFGS: d = -H grad phi, where H is the metric's P^(-1) updated by the last few pairs
 * s = theta_new - theta, y = g_new - g, in two loops over them. Nocedal, Math. Comp. 35 (1980) 773; Liu and Nocedal, Math.
 * Programming 45 (1989) 503, for the scaling s'y / y'P^(-1)y of the first matrix.
 */
#include <float.h>
#include <string.h>

#include "base/vector.h"
#include "solver/state.h"

/* The i-th youngest pair, from 0. */
static size_t slot(const gr_pairs *pairs, size_t age)
{
    return (pairs->next + GR_PAIRS - 1 - age) % GR_PAIRS;
}

static double *vector_s(const gradus_solver *solver, size_t k)
{
    return solver->own + k * solver->n;
}

static double *vector_y(const gradus_solver *solver, size_t k)
{
    return solver->own + (GR_PAIRS + k) * solver->n;
}

static void add_scaled(size_t n, double factor, const double *from, double *into)
{
    for (size_t i = 0; i < n; i++) into[i] += factor * from[i];
}

/* Pairs without curvature would make H indefinite; they are left out. */
static void learn(gradus_solver *solver, const gr_point *from, const gr_point *to)
{
    gr_pairs *pairs = &solver->pairs;
    const size_t n = solver->n;
    double *s = vector_s(solver, pairs->next), *y = vector_y(solver, pairs->next);
    for (size_t i = 0; i < n; i++) {
        s[i] = to->theta[i] - from->theta[i];
        y[i] = to->gradient[i] - from->gradient[i];
    }
    const double sy = gr_dot(n, s, y);
    if (!(sy > DBL_EPSILON * gr_norm(n, s) * gr_norm(n, y))) return;
    pairs->curvature[pairs->next] = sy;
    solver->metric->steepest(solver, y,
                             solver->direction); /* -P^(-1)y; the direction is made anew after this */
    pairs->scale = -sy / gr_dot(n, y, solver->direction);
    pairs->next = (pairs->next + 1) % GR_PAIRS;
    if (pairs->count < GR_PAIRS) pairs->count++;
}

/* direction = -P^(-1) work, times what fits the youngest pair */
static void first_matrix(gradus_solver *solver, double *work)
{
    solver->metric->steepest(solver, work, solver->direction);
    if (solver->pairs.count == 0) return;
    for (size_t i = 0; i < solver->n; i++) solver->direction[i] *= solver->pairs.scale;
}

/* Two loops: from the youngest pair to the oldest, and back. */
static void apply_pairs(gradus_solver *solver)
{
    const gr_pairs *pairs = &solver->pairs;
    const size_t n = solver->n;
    double share[GR_PAIRS], *work = solver->trial.gradient;
    memcpy(work, solver->current.gradient, n * sizeof *work);
    for (size_t age = 0; age < pairs->count; age++) {
        const size_t k = slot(pairs, age);
        share[age] = gr_dot(n, vector_s(solver, k), work) / pairs->curvature[k];
        add_scaled(n, -share[age], vector_y(solver, k), work);
    }
    first_matrix(solver, work);
    for (size_t age = pairs->count; age-- > 0;) {
        const size_t k = slot(pairs, age);
        const double along = -gr_dot(n, vector_y(solver, k), solver->direction) / pairs->curvature[k];
        add_scaled(n, along - share[age], vector_s(solver, k), solver->direction);
    }
}

static void direct(gradus_solver *solver)
{
    apply_pairs(solver);
    solver->slope = gr_dot(solver->n, solver->current.gradient, solver->direction);
    solver->squared_norm = -solver->slope; /* in the metric that the pairs have made of P */
    if (solver->slope < 0.0 || solver->pairs.count == 0) return;
    solver->pairs.count = 0; /* rounding has spoiled the pairs: begin again from the metric */
    direct(solver);
}

static bool restart(gradus_solver *solver)
{
    if (solver->pairs.count == 0) return false;
    solver->pairs.count = 0;
    direct(solver);
    return true;
}

const gr_method gr_method_lbfgs = {.id = GRADUS_METHOD_LBFGS,
                                   .name = "L-BFGS",
                                   .vectors = (size_t)2 * GR_PAIRS,
                                   .unit_step = true,
                                   .direct = direct,
                                   .learn = learn,
                                   .restart = restart};
