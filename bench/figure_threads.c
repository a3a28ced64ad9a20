/* SPDX-License-Identifier: BSD-3-Clause */
/* All threads against one, from 10^5 elements up: gradients of many shapes, and whole solves. */
#include <math.h>

#include "figure.h"
#include "ours.h"
#include "table.h"

static const struct task {
    const char *words;
    const bench_kind *kind;
    double condition;
    const bench_contestant *all, *one;
} tasks[] = {
    {"gradient", &bench_kind_gradient, 0.0, &bench_ours_gradient, &bench_ours_gradient_one_thread},
    {"least squares", &bench_kind_least_squares, 1e2, &bench_ours_solve, &bench_ours_solve_one_thread},
    {"logistic", &bench_kind_logistic, 1e2, &bench_ours_solve, &bench_ours_solve_one_thread},
};

static const struct shape {
    size_t rows, cols;
} shapes[] = {{50000, 2},  {10000, 10}, {1000, 100},  {300, 400},   {100000, 5},
              {20000, 50}, {2000, 500}, {100000, 20}, {10000, 200}, {200000, 100}};

static double add_row(bench_table *table, const struct task *task, const bench_problem *problem,
                      const bench_results *results)
{
    const double all = bench_quantile(&bench_result_of(results, task->all)->samples, 0.0);
    const double one = bench_quantile(&bench_result_of(results, task->one)->samples, 0.0);
    bench_table_cell(table, "%s", task->words);
    bench_table_cell(table, "%zu x %zu", problem->rows, problem->cols);
    bench_table_cell(table, "%.4g", 1e6 * all);
    bench_table_cell(table, "%.4g", 1e6 * one);
    bench_table_cell(table, "%.2f", one / all);
    return one / all;
}

static double show_task(bench_run *run, const char *name, const struct task *task, bench_table *table)
{
    const bench_contestant *const two[] = {task->all, task->one, NULL};
    double worst = (double)INFINITY;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (task->condition > 0.0 && shapes[i].rows < 2 * shapes[i].cols) continue;
        bench_results results;
        bench_problem problem = {.kind = task->kind,
                                 .rows = shapes[i].rows,
                                 .cols = shapes[i].cols,
                                 .condition = task->condition,
                                 .ridge_rows = task->kind->logistic ? 1.0 : 0.0,
                                 .layout = GRADUS_LAYOUT_ROW_MAJOR,
                                 .asked = task->kind->logistic    ? 1e-8
                                          : task->condition > 0.0 ? 0.0
                                                                  : 1e-11};
        if (!bench_show_race(run, name, problem, two, true, &results)) continue;
        if (run->quick) problem = bench_problem_quick(problem);
        worst = fmin(worst, add_row(table, task, &problem, &results));
    }
    return worst;
}

static void show(bench_run *run, const char *name)
{
    static const char *const titles[] = {"<task",         "<shape",       "all threads us",
                                         "one thread us", "times faster", NULL};
    static bench_table table;
    bench_table_begin(&table, titles);
    for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
        char words[96];
        snprintf(words, sizeof words, "%s, worst shape: all threads, times faster than one", tasks[i].words);
        bench_at_least(run, name, words, show_task(run, name, &tasks[i], &table), 1.0, 0.0);
    }
    bench_print_caption(run, "all threads against one; the fastest run of each");
    bench_table_print(&table, run->markdown);
}

const bench_figure bench_figure_threads = {
    "threads", "all threads against one, gradients and solves from 10^5 elements up", show};
