/* SPDX-License-Identifier: BSD-3-Clause */
/* One gradient in shapes from a few elements to millions, both layouts: never slower than two calls of dgemv from 10^4
 * elements up, at most some nanoseconds below. The fastest batch of each counts: what is left out is the machine's. */
#include <math.h>

#include "figure.h"
#include "ours.h"
#include "read.h"
#include "table.h"

enum { LARGE = 10000 };

static const struct shape {
    size_t rows, cols;
} shapes[] = {
    {10, 2},     {10, 10},     {100, 2},     {30, 30},     {100, 10},  {1000, 2},   {50, 50},
    {10, 500},   {500, 10},    {90, 100},    {5000, 2},    {1000, 10}, {100, 100},  {10, 1000},
    {10000, 5},  {5000, 20},   {1000, 100},  {100, 1000},  {50000, 5}, {10000, 50}, {1000, 500},
    {100, 5000}, {100000, 20}, {10000, 200}, {1000, 2000},
};

/* The worst over all shapes so far. */
typedef struct worst_shape {
    double ratio;       /* two dgemv over ours, of the large ones */
    double nanoseconds; /* ours beyond two dgemv, of the small ones */
} worst_shape;

static void add_row(bench_table *table, const bench_problem *problem, const bench_results *results,
                    worst_shape *worst)
{
    const double ours = bench_quantile(&bench_result_of(results, &bench_ours_gradient)->samples, 0.0);
    const double pair = bench_quantile(&bench_result_of(results, &bench_dgemv_pair)->samples, 0.0);
    const double ratio = pair / ours, difference = 1e9 * (ours - pair);
    bench_table_cell(table, "%zu x %zu", problem->rows, problem->cols);
    bench_table_cell(table, "%s", problem->layout == GRADUS_LAYOUT_COL_MAJOR ? "column" : "row");
    bench_table_cell(table, "%.4g", 1e9 * ours);
    bench_table_cell(table, "%.4g", 1e9 * pair);
    bench_table_cell(table, "%.0f", difference);
    bench_table_cell(table, "%.2f", ratio);
    if (problem->rows * problem->cols >= LARGE)
        worst->ratio = fmin(worst->ratio, ratio);
    else
        worst->nanoseconds = fmax(worst->nanoseconds, difference);
}

static void show_layout(bench_run *run, const char *name, gradus_layout layout, bench_table *table,
                        worst_shape *worst)
{
    static const bench_contestant *const two[] = {&bench_ours_gradient, &bench_dgemv_pair, NULL};
    bench_run settings = *run;
    settings.quick = false; /* these sizes are small already */
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (run->quick && shapes[i].rows * shapes[i].cols > LARGE) continue;
        bench_results results;
        const bench_problem problem = {.kind = &bench_kind_gradient,
                                       .rows = shapes[i].rows,
                                       .cols = shapes[i].cols,
                                       .layout = layout,
                                       .asked = 1e-12};
        if (bench_show_race(&settings, name, problem, two, true, &results))
            add_row(table, &problem, &results, worst);
    }
    run->wrong |= settings.wrong;
}

static void show(bench_run *run, const char *name)
{
    static const char *const titles[] = {"<shape",        "<layout",      "gradus ns", "two dgemv ns",
                                         "difference ns", "times faster", NULL};
    static bench_table table;
    worst_shape worst = {(double)INFINITY, -(double)INFINITY};
    bench_table_begin(&table, titles);
    show_layout(run, name, GRADUS_LAYOUT_ROW_MAJOR, &table, &worst);
    show_layout(run, name, GRADUS_LAYOUT_COL_MAJOR, &table, &worst);
    bench_print_caption(run, "one gradient, many shapes; the fastest batch of each");
    bench_table_print(&table, run->markdown);
    bench_at_least(run, name, "from 10^4 elements up, worst shape: times faster than two dgemv", worst.ratio,
                   1.0, 0.0);
    bench_at_most(run, name, "below, worst shape: nanoseconds more than two dgemv", worst.nanoseconds, 60.0,
                  0.0);
}

const bench_figure bench_figure_shapes = {
    "shapes", "one gradient in many shapes, both layouts, against two calls of dgemv", show};
