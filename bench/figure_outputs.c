/* SPDX-License-Identifier: BSD-3-Clause */
/* The gradients of eight responses in one read of X, against one read for each. */
#include "figure.h"
#include "ours.h"
#include "read.h"

enum { ELEMENTS = 40000000, RESPONSES = 8 };

static void show(bench_run *run, const char *name)
{
    static const bench_contestant *const three[] = {&bench_ours_together, &bench_ours_one_by_one,
                                                    &bench_dgemm_pair, NULL};
    static const size_t cols[] = {20, 100, 1000};
    for (int layout = GRADUS_LAYOUT_ROW_MAJOR; layout <= GRADUS_LAYOUT_COL_MAJOR; layout++) {
        for (size_t i = 0; i < sizeof cols / sizeof *cols; i++) {
            bench_results results;
            const bench_problem problem = {.kind = &bench_kind_outputs,
                                           .rows = ELEMENTS / cols[i],
                                           .cols = cols[i],
                                           .outputs = RESPONSES,
                                           .layout = (gradus_layout)layout,
                                           .asked = 1e-11};
            if (!bench_show_race(run, name, problem, three, false, &results)) continue;
            char words[96];
            snprintf(words, sizeof words, "n = %zu, %s: single passes that %d responses cost", cols[i],
                     layout == GRADUS_LAYOUT_COL_MAJOR ? "column-major" : "row-major", RESPONSES);
            bench_at_most(run, name, words,
                          RESPONSES / bench_ratio(&results, &bench_ours_one_by_one, &bench_ours_together),
                          3.0, 2.0);
        }
    }
}

const bench_figure bench_figure_outputs = {
    "outputs", "the gradients of eight responses in one read of X, against one read for each", show};
