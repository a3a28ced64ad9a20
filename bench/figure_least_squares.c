/* SPDX-License-Identifier: BSD-3-Clause */
/* Least squares to the backward error of Householder QR, in the time and the reads of X that it takes. */
#include "figure.h"
#include "lapack.h"
#include "ours.h"

static const struct size {
    size_t rows, cols;
    double condition;
    double least, goal; /* times faster than dgels */
    double most_passes; /* 0: not asked */
} sizes[] = {{200000, 200, 1e2, 7.0, 0.0, 3.0},
             {50000, 1000, 1e2, 2.6, 4.0, 0.0},
             {100000, 200, 1e10, 2.2, 4.0, 0.0},
             {100000, 200, 1e13, 2.2, 4.0, 0.0}};

static void hold(bench_run *run, const char *name, const struct size *size, const bench_results *results)
{
    char shape[48], words[96];
    const bench_result *ours = bench_result_of(results, &bench_ours_solve);
    const bench_result *qr = bench_result_of(results, &bench_lapack_dgels);
    snprintf(shape, sizeof shape, "%zu x %zu, kappa %.0e", size->rows, size->cols, size->condition);
    snprintf(words, sizeof words, "%s: times faster than dgels", shape);
    bench_at_least(run, name, words, bench_ratio(results, &bench_lapack_dgels, &bench_ours_solve),
                   size->least, size->goal);
    snprintf(words, sizeof words, "%s: backward error over QR's", shape);
    bench_at_most(run, name, words, ours->accuracy / qr->accuracy, 1.0, 0.0);
    if (size->most_passes == 0.0) return;
    snprintf(words, sizeof words, "%s: passes, all included", shape);
    bench_at_most(run, name, words, ours->passes, size->most_passes, 0.0);
}

static void show(bench_run *run, const char *name)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        bench_results results;
        const bench_problem problem = {.kind = &bench_kind_least_squares,
                                       .rows = sizes[i].rows,
                                       .cols = sizes[i].cols,
                                       .condition = sizes[i].condition,
                                       .layout = GRADUS_LAYOUT_ROW_MAJOR};
        if (bench_show_race(run, name, problem, bench_least_squares_contestants, false, &results))
            hold(run, name, &sizes[i], &results);
    }
}

const bench_figure bench_figure_least_squares = {
    "least-squares", "least squares to QR's backward error, against LAPACK, GSL, NumPy, scikit-learn and R",
    show};
