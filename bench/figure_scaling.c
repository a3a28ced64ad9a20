/* SPDX-License-Identifier: BSD-3-Clause */
/* Least squares over m, n and threads, for the plot. */
#include <cblas.h>
#include <omp.h>

#include "figure.h"
#include "lapack.h"
#include "ours.h"
#include "table.h"

static const bench_contestant *const contestants[] = {&bench_ours_solve, &bench_ours_sketch,
                                                      &bench_lapack_dgels, &bench_lapack_normal, NULL};

static void race(bench_run *run, const char *name, bench_table *table, size_t rows, size_t cols)
{
    bench_results results;
    bench_problem problem = {.kind = &bench_kind_least_squares,
                             .rows = rows,
                             .cols = cols,
                             .condition = 1e2,
                             .layout = GRADUS_LAYOUT_ROW_MAJOR};
    if (!bench_show_race(run, name, problem, contestants, true, &results)) return;
    if (run->quick) problem = bench_problem_quick(problem);
    bench_table_cell(table, "%zu x %zu", problem.rows, problem.cols);
    bench_table_cell(table, "%d", omp_get_max_threads());
    for (size_t i = 0; contestants[i]; i++)
        bench_table_cell(table, "%.3g", 1e3 * bench_median(&results, contestants[i]));
}

/* Both libraries on so many threads; put back by the caller. */
static void set_threads(int threads)
{
    omp_set_num_threads(threads);
    openblas_set_num_threads(threads);
}

static void race_threads(bench_run *run, bench_table *table)
{
    const int threads = omp_get_max_threads(), blas_threads = openblas_get_num_threads();
    for (int t = 1; t <= threads; t *= 2) {
        set_threads(t);
        race(run, "scaling-threads", table, 100000, 200);
    }
    omp_set_num_threads(threads);
    openblas_set_num_threads(blas_threads);
}

static void show(bench_run *run, const char *name)
{
    (void)name; /* the CSV has a name for each of the three */
    static const char *const titles[] = {"<shape",   "threads",           "gradus ms", "gradus sketch ms",
                                         "dgels ms", "dsyrk + dpotrf ms", NULL};
    static const size_t rows[] = {2000, 5000, 10000, 20000, 50000, 100000, 200000};
    static const size_t cols[] = {10, 20, 50, 100, 200, 500, 1000};
    static bench_table table;
    bench_table_begin(&table, titles);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) race(run, "scaling-rows", &table, rows[i], 100);
    for (size_t i = 0; i < sizeof cols / sizeof *cols; i++) race(run, "scaling-cols", &table, 20000, cols[i]);
    race_threads(run, &table);
    bench_print_caption(run, "least squares, kappa 1e2, median milliseconds");
    bench_table_print(&table, run->markdown);
}

const bench_figure bench_figure_scaling = {"scaling", "least squares against m, n and threads", show};
