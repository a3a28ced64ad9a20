/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Our gradient, one read of X an evaluation, with its working memory held over many evaluations as a solve holds it.
 * The peers that minimise a function are given this one, so that only the number of their evaluations counts.
 */
#ifndef BENCH_EVALUATOR_H
#define BENCH_EVALUATOR_H

#include <gradus.h>

typedef struct bench_evaluator bench_evaluator;

/* threads: upper limit, 0 the machine's. NULL when memory is out. */
bench_evaluator *bench_evaluator_open(const gradus_objective *f, int threads);

/* f(theta) and its gradient; NaN when that cannot be computed. */
double bench_value_and_gradient(bench_evaluator *evaluator, const double *theta, double *gradient);

/* The same, with the gradient's norm and the evaluation noted for the two questions below. */
double bench_evaluate(bench_evaluator *evaluator, const double *theta, double *gradient);

/* Evaluations so far. */
double bench_evaluator_count(const bench_evaluator *evaluator);

/* Did the gradient of the last evaluation fall to `tolerance` times that of the first? */
int bench_evaluator_reached(const bench_evaluator *evaluator, double tolerance);

void bench_evaluator_close(bench_evaluator *evaluator);

#endif
