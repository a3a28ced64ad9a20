/* SPDX-License-Identifier: BSD-3-Clause */
#include "data.h"

#include <stdlib.h>

#include "carried.h"
#include "generate.h"
#include "script.h"

static gradus_matrix view_of(const bench_data *data)
{
    const bench_problem *problem = &data->problem;
    if (problem->layout == GRADUS_LAYOUT_COL_MAJOR)
        return gradus_col_major(problem->rows, problem->cols, data->x, problem->rows);
    return gradus_row_major(problem->rows, problem->cols, data->x, problem->cols);
}

static bool make_objective(bench_data *data)
{
    const bench_problem *problem = &data->problem;
    const bench_kind *kind = problem->kind;
    gradus_model_options options = gradus_model_options_default();
    options.ridge = data->ridge;
    data->X = view_of(data);
    if (kind->softmax)
        return !gradus_softmax(&data->X, data->y, problem->outputs, &options, &data->objective);
    if (kind->responses)
        return !gradus_least_squares_multiple(&data->X, data->y, problem->outputs, &options,
                                              &data->objective);
    return !(kind->logistic ? gradus_logistic : gradus_least_squares)(&data->X, data->y, &options,
                                                                      &data->objective);
}

bool bench_data_make(const bench_problem *problem, bench_data *data)
{
    *data = (bench_data){.problem = *problem, .asked = problem->asked, .repeats = 1};
    data->ridge = problem->ridge_rows / (double)problem->rows;
    const bool made = problem->carried ? bench_read_carried(data) : bench_generate(data);
    if (made && make_objective(data) && problem->kind->prepare(data)) return true;
    bench_data_free(data);
    return false;
}

void bench_data_free(bench_data *data)
{
    for (int i = 0; i < 2; i++) bench_script_end(data->scripts[i]);
    if (data->facts) data->problem.kind->release(data->facts);
    free(data->lambdas);
    gradus_objective_free(data->objective);
    free(data->x);
    free(data->x_single);
    free(data->columns);
    free(data->y);
    free(data->point);
    *data = (bench_data){0};
}
