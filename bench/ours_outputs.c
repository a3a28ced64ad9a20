/* SPDX-License-Identifier: BSD-3-Clause */
/* Several responses, a pass for each. */
#include "evaluator.h"
#include "ours.h"
#include "timing.h"

/* The seconds of one response's pass added to *seconds. */
static bool run_response(const bench_contestant *who, bench_data *data, size_t c, double *gradient,
                         double *seconds)
{
    const size_t n = data->problem.cols;
    gradus_objective *f = NULL;
    if (gradus_least_squares(&data->X, data->y + c * data->problem.rows, NULL, &f)) return false;
    bench_evaluator *evaluator = bench_evaluator_open(f, who->threads);
    if (evaluator) {
        const double start = bench_now();
        for (size_t k = 0; k < data->repeats; k++)
            bench_value_and_gradient(evaluator, data->point + c * n, gradient + c * n);
        *seconds += (bench_now() - start) / (double)data->repeats;
    }
    bench_evaluator_close(evaluator);
    gradus_objective_free(f);
    return evaluator != NULL;
}

static int run_one_by_one(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    answer->seconds = 0.0;
    for (size_t c = 0; c < data->problem.outputs; c++) {
        if (!run_response(who, data, c, answer->theta, &answer->seconds)) return 1;
    }
    answer->passes = (double)data->problem.outputs;
    return 0;
}

const bench_contestant bench_ours_one_by_one = {
    .name = "gradus, one by one",
    .configuration = "gradus_least_squares for each response, one evaluation of each",
    .run = run_one_by_one,
    .ours = true};
