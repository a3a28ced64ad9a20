/* SPDX-License-Identifier: BSD-3-Clause */
/* ||grad f(theta)|| / ||grad f(0)|| of the penalised mean loss of softmax regression, by plain loops in long double. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

/* residual[c] = p_c - [c = y] of one row */
static void residuals(const bench_data *data, const double *theta, size_t i, long double *residual)
{
    const size_t n = data->problem.cols, k = data->problem.outputs;
    long double most = -(long double)INFINITY, sum = 0.0L;
    for (size_t c = 0; c < k; c++) {
        residual[c] = 0.0L;
        for (size_t j = 0; j < n; j++)
            residual[c] += (long double)bench_data_at(data, i, j) * (long double)theta[c * n + j];
        most = fmaxl(most, residual[c]);
    }
    for (size_t c = 0; c < k; c++) sum += residual[c] = expl(residual[c] - most);
    for (size_t c = 0; c < k; c++) residual[c] /= sum;
    residual[(size_t)data->y[i]] -= 1.0L;
}

static double gradient_norm(const bench_data *data, const double *theta, long double *sum)
{
    const size_t n = data->problem.cols, k = data->problem.outputs;
    long double *residual = sum + n * k, squares = 0.0L;
    memset(sum, 0, n * k * sizeof *sum);
    for (size_t i = 0; i < data->problem.rows; i++) {
        residuals(data, theta, i, residual);
        for (size_t c = 0; c < k; c++) {
            for (size_t j = 0; j < n; j++)
                sum[c * n + j] += residual[c] * (long double)bench_data_at(data, i, j);
        }
    }
    for (size_t j = 0; j < n * k; j++) {
        const long double g = sum[j] / (long double)data->problem.rows +
                              (long double)data->ridge * (long double)theta[j];
        squares += g * g;
    }
    return (double)sqrtl(squares);
}

static bool prepare(bench_data *data)
{
    return bench_judge_prepare_gradient(data, bench_answer_size(&data->problem) + data->problem.outputs,
                                        gradient_norm);
}

static double accuracy(const bench_data *data, const double *theta)
{
    return bench_judge_relative_gradient(data, theta, gradient_norm);
}

const bench_kind bench_kind_softmax = {.name = "softmax",
                                       .accuracy_name = "relative gradient",
                                       .softmax = true,
                                       .prepare = prepare,
                                       .accuracy = accuracy,
                                       .release = free};
