/* SPDX-License-Identifier: BSD-3-Clause */
#include "judge.h"

#include <math.h>
#include <string.h>

static long double residual(bool logistic, long double z, double y)
{
    return logistic ? 1.0L / (1.0L + expl(-z)) - (long double)y : z - (long double)y;
}

double bench_judge_gradient(const bench_data *data, const double *theta, long double *gradient)
{
    const size_t n = data->problem.cols;
    const bool by_columns = data->problem.layout == GRADUS_LAYOUT_COL_MAJOR;
    const size_t stride = by_columns ? data->problem.rows : 1;
    long double sum = 0.0L;
    for (size_t j = 0; j < n; j++) gradient[j] = 0.0L;
    for (size_t i = 0; i < data->problem.rows; i++) {
        const double *row = data->x + (by_columns ? i : i * n);
        long double z = 0.0L;
        for (size_t j = 0; j < n; j++) z += (long double)row[j * stride] * (long double)theta[j];
        const long double r = residual(data->problem.kind->logistic, z, data->y[i]);
        for (size_t j = 0; j < n; j++) gradient[j] += r * (long double)row[j * stride];
        sum += r * r;
    }
    return (double)sqrtl(sum);
}

double bench_relative_distance(size_t n, const double *a, const double *b)
{
    double apart = 0.0, size = 0.0;
    for (size_t j = 0; j < n; j++) {
        apart += (a[j] - b[j]) * (a[j] - b[j]);
        size += b[j] * b[j];
    }
    return sqrt(apart / size);
}
