/* SPDX-License-Identifier: BSD-3-Clause */
/* ||grad f(theta)|| / ||grad f(0)|| of the penalised mean loss. */
#include <math.h>
#include <stdlib.h>

#include "judge.h"

static double gradient_norm(const bench_data *data, const double *theta, long double *sum)
{
    double squares = 0.0;
    bench_judge_gradient(data, theta, sum);
    for (size_t j = 0; j < data->problem.cols; j++) {
        const double g = (double)(sum[j] / (long double)data->problem.rows) + data->ridge * theta[j];
        squares += g * g;
    }
    return sqrt(squares);
}

static bool prepare(bench_data *data)
{
    return bench_judge_prepare_gradient(data, data->problem.cols, gradient_norm);
}

static double accuracy(const bench_data *data, const double *theta)
{
    return bench_judge_relative_gradient(data, theta, gradient_norm);
}

const bench_kind bench_kind_logistic = {.name = "logistic",
                                        .accuracy_name = "relative gradient",
                                        .logistic = true,
                                        .prepare = prepare,
                                        .accuracy = accuracy,
                                        .release = free};
