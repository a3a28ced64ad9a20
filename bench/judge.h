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

/* ||grad f(theta)||, with as much scratch as the kind asked for */
typedef double (*bench_gradient_norm)(const bench_data *data, const double *theta, long double *scratch);

/* Puts ||grad f(0)|| and the scratch into data->facts; false when memory is out. */
bool bench_judge_prepare_gradient(bench_data *data, size_t scratch, bench_gradient_norm norm);

/* ||grad f(theta)|| / ||grad f(0)|| after that */
double bench_judge_relative_gradient(const bench_data *data, const double *theta, bench_gradient_norm norm);

/* Of the relative gaps along a path that of this share of them: 1 the worst, 0.5 the median. NaN when memory is out. */
double bench_path_gap(const bench_data *data, const double *thetas, double share);

/* ||a - b||_2 / ||b||_2 */
double bench_relative_distance(size_t n, const double *a, const double *b);

#endif
