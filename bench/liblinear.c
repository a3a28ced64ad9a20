/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * LIBLINEAR's L2-regularised logistic regression by a trust-region Newton method, `-s 0` of its README: the solver it
 * recommends where m >> n. It minimises 1/2 ||theta||^2 + C sum of losses, so C = 1 / (lambda m).
 */
#include "peers.h"

#if BENCH_HAVE_LIBLINEAR
#include <linear.h>
#include <stdio.h>
#include <stdlib.h>

#include "timing.h"

static void silent(const char *text)
{
    (void)text;
}

/* Its rows are lists of (index from 1, value), ended by index -1. */
static void fill_rows(const bench_data *data, struct feature_node *nodes, struct feature_node **rows)
{
    const size_t n = data->problem.cols;
    for (size_t i = 0; i < data->problem.rows; i++) {
        rows[i] = nodes + i * (n + 1);
        for (size_t j = 0; j < n; j++)
            rows[i][j] = (struct feature_node){(int)j + 1, bench_data_at(data, i, j)};
        rows[i][n] = (struct feature_node){-1, 0.0};
    }
}

/* eps is relative to the gradient at the start, times the smaller class's share of the rows. */
static double tolerance(const bench_data *data)
{
    double ones = 0.0;
    for (size_t i = 0; i < data->problem.rows; i++) ones += data->y[i];
    const double share = ones / (double)data->problem.rows;
    return data->asked / (share < 0.5 ? share : 1.0 - share);
}

static void take(const struct model *model, size_t n, bench_answer *answer)
{
    const double sign = model->label[0] == 1 ? 1.0 : -1.0; /* the first label it met is the positive class */
    for (size_t j = 0; j < n; j++) answer->theta[j] = sign * model->w[j];
}

static int train_on(const bench_data *data, struct feature_node **rows, bench_answer *answer)
{
    const struct problem given = {(int)data->problem.rows, (int)data->problem.cols, data->y, rows, -1.0};
    struct parameter parameters = {0};
    parameters.solver_type = L2R_LR;
    parameters.C = 1.0 / data->problem.ridge_rows;
    parameters.eps = tolerance(data);
    set_print_string_function(silent);
    const double start = bench_now();
    struct model *model = train(&given, &parameters);
    answer->seconds = bench_now() - start;
    if (!model) return 1;
    take(model, data->problem.cols, answer);
    free_and_destroy_model(&model);
    return 0;
}

static int run(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    const size_t m = data->problem.rows, n = data->problem.cols;
    struct feature_node *nodes = (struct feature_node *)malloc(m * (n + 1) * sizeof *nodes);
    struct feature_node **rows = (struct feature_node **)calloc(m, sizeof(struct feature_node *));
    int failed = 1;
    if (nodes && rows) {
        fill_rows(data, nodes, rows);
        failed = train_on(data, rows, answer);
    }
    free(nodes);
    free((void *)rows);
    return failed;
}

const bench_contestant bench_liblinear = {
    .name = "LIBLINEAR",
    .configuration = "-s 0: L2R_LR, trust-region Newton, C = 1 / (lambda m), eps from the accuracy asked",
    .run = run,
    .slow = true};

#endif
