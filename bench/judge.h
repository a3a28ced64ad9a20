/* SPDX-License-Identifier: BSD-3-Clause */
/* The judges' own arithmetic: plain loops in long double. */
#ifndef BENCH_JUDGE_H
#define BENCH_JUDGE_H

#include "problem.h"

/*
 * gradient = X'r with r_i = x_i'theta - y_i, or 1 / (1 + exp(-x_i'theta)) - y_i for labels; neither divided by m nor
 * penalised. Returns ||r||_2; NaN when memory is out.
 */
double bench_judge_gradient(const bench_data *data, const double *theta, long double *gradient);

/* Of the relative gaps along a path that of this share of them: 1 the worst, 0.5 the median. NaN when memory is out. */
double bench_path_gap(const bench_data *data, const double *thetas, double share);

/* ||a - b||_2 / ||b||_2 */
double bench_relative_distance(size_t n, const double *a, const double *b);

#endif
