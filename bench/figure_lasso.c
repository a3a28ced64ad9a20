/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Paths of 100 lassos with warm starts. What is asked of every lambda is the median of the duality gaps that glmnet's defaults leave
 * along the path, which is measured first; glmnet itself leaves smaller ones at large lambdas and larger ones at small.
 */
#include <math.h>
#include <stdlib.h>

#include "data.h"
#include "figure.h"
#include "judge.h"
#include "ours.h"
#include "script.h"

enum { LAMBDAS = 100, SPARSE = 20 };

static const double asked_without_glmnet = 1e-6;

static const struct path {
    const bench_kind *kind;
    size_t rows, cols, nonzeros;
    double condition, smallest;
    double least, goal; /* times faster than glmnet; 0: only shown */
} paths[] = {{&bench_kind_lasso, 200000, 200, 0, 1e2, 1e-4, 8.0, 15.0},
             {&bench_kind_lasso_logistic, 200000, 200, 0, 1e2, 1e-4, 3.0, 10.0},
             {&bench_kind_lasso, 200, 5000, SPARSE, 0.0, 1e-2, 0.0, 0.0},
             {&bench_kind_lasso_logistic, 200, 5000, SPARSE, 0.0, 1e-2, 0.0, 0.0}};

/* What glmnet's answer is worth, in the judge's words */
static double ask_glmnet(const bench_run *run, bench_data *data)
{
    double *thetas = (double *)calloc(bench_answer_size(&data->problem), sizeof *thetas);
    bench_answer answer = {.theta = thetas};
    double accuracy = (double)NAN;
    if (thetas && !run->without_scripts && !bench_r_glmnet_path.run(&bench_r_glmnet_path, data, &answer))
        accuracy = bench_path_gap(data, thetas, 0.5);
    free(thetas);
    return accuracy > 0.0 ? accuracy : asked_without_glmnet;
}

static void hold(bench_run *run, const char *name, const struct path *path, const bench_results *results)
{
    char words[96];
    if (!(path->least > 0.0)) return;
    snprintf(words, sizeof words, "%s %zu x %zu: times faster than glmnet", path->kind->name, path->rows,
             path->cols);
    bench_at_least(run, name, words, bench_ratio(results, &bench_r_glmnet_path, &bench_ours_path),
                   path->least, path->goal);
}

static void show_path(bench_run *run, const char *name, const struct path *path)
{
    bench_results results;
    bench_data data;
    bench_problem problem = {.kind = path->kind,
                             .rows = path->rows,
                             .cols = path->cols,
                             .condition = path->condition,
                             .layout = GRADUS_LAYOUT_ROW_MAJOR,
                             .nonzeros = path->nonzeros,
                             .lambdas = LAMBDAS,
                             .smallest = path->smallest};
    if (run->quick) problem = bench_problem_quick(problem);
    if (!bench_data_make(&problem, &data)) {
        printf("%s: memory is out for %zu x %zu\n\n", name, problem.rows, problem.cols);
        return;
    }
    data.asked = ask_glmnet(run, &data);
    bench_race(run, name, &data, bench_path_contestants, &results);
    bench_print_results(run, &data, &results);
    hold(run, name, path, &results);
    bench_data_free(&data);
}

static void show(bench_run *run, const char *name)
{
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) show_path(run, name, &paths[i]);
}

const bench_figure bench_figure_lasso = {
    "lasso",
    "paths of 100 lassos to the median duality gap of glmnet's defaults, against glmnet and scikit-learn",
    show};
