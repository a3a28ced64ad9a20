/* SPDX-License-Identifier: BSD-3-Clause */
/* ||grad f(theta)|| / ||grad f(0)|| of the penalised mean loss. */
#include <math.h>
#include <stdlib.h>

#include "judge.h"

typedef struct facts {
    double at_start;   /* ||grad f(0)|| */
    long double sum[]; /* n, scratch */
} facts;

static double gradient_norm(const bench_data *data, const double *theta)
{
    facts *own = (facts *)data->facts;
    double squares = 0.0;
    bench_judge_gradient(data, theta, own->sum);
    for (size_t j = 0; j < data->problem.cols; j++) {
        const double g = (double)(own->sum[j] / (long double)data->problem.rows) + data->ridge * theta[j];
        squares += g * g;
    }
    return sqrt(squares);
}

static bool prepare(bench_data *data)
{
    const size_t n = data->problem.cols;
    double *start = (double *)calloc(n, sizeof *start);
    facts *own = (facts *)calloc(1, sizeof *own + n * sizeof own->sum[0]);
    data->facts = own;
    if (start && own) own->at_start = gradient_norm(data, start);
    free(start);
    return start && own;
}

static double accuracy(const bench_data *data, const double *theta)
{
    return gradient_norm(data, theta) / ((const facts *)data->facts)->at_start;
}

const bench_kind bench_kind_logistic = {.name = "logistic",
                                        .accuracy_name = "relative gradient",
                                        .logistic = true,
                                        .prepare = prepare,
                                        .accuracy = accuracy,
                                        .release = free};
