/* SPDX-License-Identifier: BSD-3-Clause */
/* One pass for the gradient over an X much larger than any cache, against its limit and against two calls of dgemv. */
#include "figure.h"
#include "ours.h"
#include "read.h"

enum { ELEMENTS = 100000000 }; /* 800 MB */

static const struct shape {
    size_t cols;
    double most, goal; /* times a bare read */
    double least;      /* times faster than two dgemv; 0: not asked */
} shapes[] = {{20, 1.6, 1.2, 0.0}, {100, 1.25, 1.05, 2.2}, {1000, 1.25, 1.05, 2.2}};

static void hold(bench_run *run, const char *name, const struct shape *shape, const bench_results *results)
{
    char words[96];
    snprintf(words, sizeof words, "n = %zu: time over a bare read", shape->cols);
    bench_at_most(run, name, words, bench_ratio(results, &bench_ours_gradient, &bench_read), shape->most,
                  shape->goal);
    if (shape->least == 0.0) return;
    snprintf(words, sizeof words, "n = %zu: times faster than two dgemv", shape->cols);
    bench_at_least(run, name, words, bench_ratio(results, &bench_dgemv_pair, &bench_ours_gradient),
                   shape->least, 0.0);
}

static void show(bench_run *run, const char *name)
{
    static const gradus_layout layouts[] = {GRADUS_LAYOUT_ROW_MAJOR, GRADUS_LAYOUT_COL_MAJOR};
    for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++) {
        for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
            bench_results results;
            const bench_problem problem = {.kind = &bench_kind_gradient,
                                           .rows = ELEMENTS / shapes[i].cols,
                                           .cols = shapes[i].cols,
                                           .layout = layouts[l],
                                           .asked = 1e-11};
            if (!bench_show_race(run, name, problem, bench_gradient_contestants, false, &results)) continue;
            if (layouts[l] == GRADUS_LAYOUT_ROW_MAJOR) hold(run, name, &shapes[i], &results);
        }
    }
}

const bench_figure bench_figure_gradient = {
    "gradient", "one gradient over 800 MB, against a bare read of X and two calls of dgemv", show};
