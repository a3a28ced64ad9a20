/* SPDX-License-Identifier: BSD-3-Clause */
/* ||grad f(theta)|| / ||grad f(0)||, for the kinds of problems that are judged by it. */
#include <stdlib.h>

#include "judge.h"

typedef struct facts {
    double at_start; /* ||grad f(0)|| */
    long double scratch[];
} facts;

bool bench_judge_prepare_gradient(bench_data *data, size_t scratch, bench_gradient_norm norm)
{
    double *start = (double *)calloc(bench_answer_size(&data->problem), sizeof *start);
    facts *own = (facts *)calloc(1, sizeof *own + scratch * sizeof own->scratch[0]);
    data->facts = own;
    if (start && own) own->at_start = norm(data, start, own->scratch);
    free(start);
    return start && own;
}

double bench_judge_relative_gradient(const bench_data *data, const double *theta, bench_gradient_norm norm)
{
    facts *own = (facts *)data->facts;
    return norm(data, theta, own->scratch) / own->at_start;
}
