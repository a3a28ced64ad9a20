/* SPDX-License-Identifier: BSD-3-Clause */
/* One gradient X'(X theta - y) / m, held against the plain loops: relative distance. */
#include <stdlib.h>

#include "judge.h"

static bool prepare(bench_data *data)
{
    const size_t n = data->problem.cols;
    long double *sum = (long double *)malloc(n * sizeof *sum);
    double *expected = (double *)malloc(n * sizeof *expected);
    if (sum && expected) {
        bench_judge_gradient(data, data->point, sum);
        for (size_t j = 0; j < n; j++) expected[j] = (double)(sum[j] / (long double)data->problem.rows);
    }
    free(sum);
    data->facts = expected;
    return sum && expected;
}

static double accuracy(const bench_data *data, const double *gradient)
{
    return bench_relative_distance(data->problem.cols, gradient, (const double *)data->facts);
}

const bench_kind bench_kind_gradient = {.name = "gradient",
                                        .accuracy_name = "relative error",
                                        .prepare = prepare,
                                        .accuracy = accuracy,
                                        .release = free};
