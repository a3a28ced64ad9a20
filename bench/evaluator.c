/* SPDX-License-Identifier: BSD-3-Clause */
#include "evaluator.h"

#include <math.h>
#include <stdlib.h>

#include "base/vector.h"
#include "model/objective.h"

struct bench_evaluator {
    const gradus_objective *f;
    double *memory;
    gr_workspace work;
    double count;
    double first, last; /* gradient norms */
};

bench_evaluator *bench_evaluator_open(const gradus_objective *f, int threads)
{
    size_t doubles;
    const int most = gr_workspace_threads(f, threads);
    bench_evaluator *evaluator = (bench_evaluator *)calloc(1, sizeof *evaluator);
    if (!evaluator || !gr_workspace_doubles(f, most, &doubles)) {
        free(evaluator);
        return NULL;
    }
    evaluator->f = f;
    evaluator->memory = (double *)calloc(doubles, sizeof(double));
    if (!evaluator->memory) {
        free(evaluator);
        return NULL;
    }
    evaluator->work = gr_workspace_open(f, most, evaluator->memory, NULL);
    return evaluator;
}

double bench_value_and_gradient(bench_evaluator *evaluator, const double *theta, double *gradient)
{
    double value;
    if (gr_objective_evaluate(evaluator->f, &evaluator->work, theta, &value, gradient)) return (double)NAN;
    return value;
}

double bench_evaluate(bench_evaluator *evaluator, const double *theta, double *gradient)
{
    const double value = bench_value_and_gradient(evaluator, theta, gradient);
    evaluator->last = isnan(value) ? value : gr_norm(gradus_objective_size(evaluator->f), gradient);
    if (evaluator->count == 0.0) evaluator->first = evaluator->last;
    evaluator->count += 1.0;
    return value;
}

double bench_evaluator_count(const bench_evaluator *evaluator)
{
    return evaluator->count;
}

int bench_evaluator_reached(const bench_evaluator *evaluator, double tolerance)
{
    return evaluator->last <= tolerance * evaluator->first;
}

void bench_evaluator_close(bench_evaluator *evaluator)
{
    if (!evaluator) return;
    free(evaluator->memory);
    free(evaluator);
}
