/* SPDX-License-Identifier: BSD-3-Clause */
/* One gradient with X in float against the same numbers in double: half the bytes. */
#include "figure.h"
#include "ours.h"

enum { ELEMENTS = 100000000 };

static void show(bench_run *run, const char *name)
{
    static const bench_contestant *const two[] = {&bench_ours_gradient_float, &bench_ours_gradient, NULL};
    static const size_t cols[] = {20, 100, 1000};
    for (int layout = GRADUS_LAYOUT_ROW_MAJOR; layout <= GRADUS_LAYOUT_COL_MAJOR; layout++) {
        for (size_t i = 0; i < sizeof cols / sizeof *cols; i++) {
            bench_results results;
            const bench_problem problem = {.kind = &bench_kind_gradient,
                                           .rows = ELEMENTS / cols[i],
                                           .cols = cols[i],
                                           .layout = (gradus_layout)layout,
                                           .single = true,
                                           .asked = 1e-11};
            if (!bench_show_race(run, name, problem, two, false, &results)) continue;
            char words[96];
            snprintf(words, sizeof words, "n = %zu, %s: times faster than X in double", cols[i],
                     layout == GRADUS_LAYOUT_COL_MAJOR ? "column-major" : "row-major");
            bench_at_least(run, name, words,
                           bench_ratio(&results, &bench_ours_gradient, &bench_ours_gradient_float), 1.7, 0.0);
        }
    }
}

const bench_figure bench_figure_float = {"float", "one gradient with X in float, against X in double", show};
