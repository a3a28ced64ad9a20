/* SPDX-License-Identifier: BSD-3-Clause */
/* Gradients of several responses, X'(X theta_c - y_c) / m for each, held against the plain loops: relative distance. */
#include <stdlib.h>

#include "judge.h"

static bool prepare(bench_data *data)
{
    const size_t n = data->problem.cols, m = data->problem.rows;
    long double *sum = (long double *)malloc(n * sizeof *sum);
    double *expected = (double *)malloc(bench_answer_size(&data->problem) * sizeof *expected);
    for (size_t c = 0; sum && expected && c < data->problem.outputs; c++) {
        bench_data one = *data;
        one.y = data->y + c * m;
        bench_judge_gradient(&one, data->point + c * n, sum);
        for (size_t j = 0; j < n; j++) expected[c * n + j] = (double)(sum[j] / (long double)m);
    }
    free(sum);
    data->facts = expected;
    return sum && expected;
}

static double accuracy(const bench_data *data, const double *gradient)
{
    return bench_relative_distance(bench_answer_size(&data->problem), gradient, (const double *)data->facts);
}

const bench_kind bench_kind_outputs = {.name = "gradients",
                                       .accuracy_name = "relative error",
                                       .responses = true,
                                       .prepare = prepare,
                                       .accuracy = accuracy,
                                       .release = free};
