/* SPDX-License-Identifier: BSD-3-Clause */
/* One gradient over many n, as bytes of X a second: for the plot. */
#include "figure.h"
#include "ours.h"
#include "read.h"
#include "table.h"

enum { ELEMENTS = 50000000 };

/* GB of X a second in one evaluation. */
static double bandwidth(const bench_problem *problem, const bench_results *results,
                        const bench_contestant *who)
{
    return 1e-9 * sizeof(double) * (double)bench_problem_elements(problem) / bench_median(results, who);
}

static void add_row(bench_table *table, const bench_problem *problem, const bench_results *results)
{
    bench_table_cell(table, "%zu x %zu", problem->rows, problem->cols);
    bench_table_cell(table, "%s", problem->layout == GRADUS_LAYOUT_COL_MAJOR ? "column" : "row");
    bench_table_cell(table, "%.1f", bandwidth(problem, results, &bench_read));
    bench_table_cell(table, "%.1f", bandwidth(problem, results, &bench_read_streams));
    bench_table_cell(table, "%.1f", bandwidth(problem, results, &bench_ours_gradient));
    bench_table_cell(table, "%.1f", bandwidth(problem, results, &bench_dgemv_pair));
}

static void show(bench_run *run, const char *name)
{
    static const char *const titles[] = {"<shape", "<layout",   "bare read", "read in 8 streams",
                                         "gradus", "two dgemv", NULL};
    static const size_t cols[] = {5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000};
    static bench_table table;
    bench_table_begin(&table, titles);
    for (int layout = GRADUS_LAYOUT_ROW_MAJOR; layout <= GRADUS_LAYOUT_COL_MAJOR; layout++) {
        for (size_t i = 0; i < sizeof cols / sizeof *cols; i++) {
            bench_results results;
            bench_problem problem = {.kind = &bench_kind_gradient,
                                     .rows = ELEMENTS / cols[i],
                                     .cols = cols[i],
                                     .layout = (gradus_layout)layout,
                                     .asked = 1e-11};
            if (!bench_show_race(run, name, problem, bench_gradient_contestants, true, &results)) continue;
            if (run->quick) problem = bench_problem_quick(problem);
            add_row(&table, &problem, &results);
        }
    }
    bench_print_caption(run, "one gradient, GB of X a second");
    bench_table_print(&table, run->markdown);
}

const bench_figure bench_figure_bandwidth = {"bandwidth", "bytes of X a second in one gradient, against n",
                                             show};
