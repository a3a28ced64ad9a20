/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Limited-memory BFGS: d = -H grad phi, where H is the metric's P^(-1) updated by the last few pairs
 * s = theta_new - theta, y = g_new - g, in two loops over them. Nocedal, Math. Comp. 35 (1980) 773; Liu and Nocedal, Math.
 * Programming 45 (1989) 503, for the scaling s'y / y'P^(-1)y of the first matrix.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/vector.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/pairs.h"
#include "solver/point.h"
#include "solver/record.h"
#include "solver/state.h"
#include "solver/stop.h"

/*
 * Ten pairs (Liu and Nocedal find little gain from more where n is large), and thirty while they are no more than a cache holds:
 * where n is below their number, that is BFGS with its whole history. On the functions of More, Garbow and Hillstrom, n <= 12,
 * thirty take a third of the evaluations of ten.
 */
enum { FEW_PAIRS = 10, SMALL = 1000 };

size_t gr_pairs_kept(size_t n)
{
    if (n <= SMALL) return GR_PAIRS;
    return FEW_PAIRS;
}

/* The i-th youngest pair, from 0. */
static size_t slot(const gradus_solver *solver, size_t age)
{
    const size_t kept = gr_pairs_kept(solver->n);
    return (solver->pairs.next + kept - 1 - age) % kept;
}

static double *vector_s(const gradus_solver *solver, size_t k)
{
    return solver->own + k * solver->n;
}

static double *vector_y(const gradus_solver *solver, size_t k)
{
    return solver->own + (gr_pairs_kept(solver->n) + k) * solver->n;
}

static void add_scaled(size_t n, double factor, const double *from, double *into)
{
    for (size_t i = 0; i < n; i++) into[i] += factor * from[i];
}

/* sum |s_i y_i|, in which the rounding of s'y is measured: like s'y itself the same whatever the columns' units */
static double terms_of(size_t n, const double *s, const double *y)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += fabs(s[i] * y[i]);
    return sum;
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
    if (!(sy > DBL_EPSILON * terms_of(n, s, y))) return;
    pairs->curvature[pairs->next] = sy;
    gr_steepest(solver, y, solver->direction); /* -P^(-1)y; the direction is made anew after this */
    pairs->scale = -sy / gr_dot(n, y, solver->direction);
    const size_t kept = gr_pairs_kept(n);
    pairs->next = (pairs->next + 1) % kept;
    if (pairs->count < kept) pairs->count++;
}

/* direction = -P^(-1) work, times what fits the youngest pair */
static void first_matrix(gradus_solver *solver, double *work)
{
    gr_steepest(solver, work, solver->direction);
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
        const size_t k = slot(solver, age);
        share[age] = gr_dot(n, vector_s(solver, k), work) / pairs->curvature[k];
        add_scaled(n, -share[age], vector_y(solver, k), work);
    }
    first_matrix(solver, work);
    for (size_t age = pairs->count; age-- > 0;) {
        const size_t k = slot(solver, age);
        const double along = -gr_dot(n, vector_y(solver, k), solver->direction) / pairs->curvature[k];
        add_scaled(n, along - share[age], vector_s(solver, k), solver->direction);
    }
}

static void direct(gradus_solver *solver)
{
    apply_pairs(solver);
    solver->slope = gr_dot(solver->n, solver->current.gradient, solver->direction);
    gr_measure(solver, solver->current.gradient,
               solver->direction); /* in the metric that the pairs have made of P */
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

/* The pairs, from the youngest to the oldest: a ring begins anywhere, and a reader's at 0. */
static void remember(gradus_solver *solver, gr_record *record)
{
    gr_pairs *pairs = &solver->pairs;
    const size_t kept = gr_pairs_kept(solver->n);
    gr_record_size(record, &pairs->count);
    gr_record_double(record, &pairs->scale);
    gr_record_refuse(record, pairs->count > kept);
    if (record->status) return;
    for (size_t age = 0; age < pairs->count; age++) {
        const size_t k = slot(solver, age);
        gr_record_double(record, &pairs->curvature[k]);
        gr_record_doubles(record, solver->n, vector_s(solver, k));
        gr_record_doubles(record, solver->n, vector_y(solver, k));
    }
}

const gr_method gr_method_lbfgs = {.id = GRADUS_METHOD_LBFGS,
                                   .name = "L-BFGS",
                                   .vectors = (size_t)2 * GR_PAIRS, /* at most */
                                   .unit_step = true,
                                   .direct = direct,
                                   .learn = learn,
                                   .restart = restart,
                                   .remember = remember};
