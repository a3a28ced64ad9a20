/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of a race. */
#include <math.h>
#include <stdio.h>

#include "race.h"
#include "table.h"

/* Three digits with a unit that suits. */
static void seconds_cell(bench_table *table, double seconds)
{
    if (!isfinite(seconds))
        bench_table_cell(table, "-");
    else if (seconds >= 1.0)
        bench_table_cell(table, "%.3g s", seconds);
    else if (seconds >= 1e-3)
        bench_table_cell(table, "%.3g ms", 1e3 * seconds);
    else if (seconds >= 1e-6)
        bench_table_cell(table, "%.3g us", 1e6 * seconds);
    else
        bench_table_cell(table, "%.3g ns", 1e9 * seconds);
}

static void count_cell(bench_table *table, double count)
{
    if (count > 0.0)
        bench_table_cell(table, "%.4g", count);
    else
        bench_table_cell(table, "-");
}

static void spread_cell(bench_table *table, const bench_samples *samples)
{
    if (samples->count < 2) {
        bench_table_cell(table, samples->count == 1 ? "one run" : "-");
        return;
    }
    const double median = bench_quantile(samples, 0.5);
    bench_table_cell(table, "%.2f to %.2f, %zu runs", bench_quantile(samples, 0.0) / median,
                     bench_quantile(samples, 1.0) / median, samples->count);
}

static void accuracy_cell(bench_table *table, const bench_result *result, double asked)
{
    if (result->failed || !isfinite(result->accuracy))
        bench_table_cell(table, "-");
    else
        bench_table_cell(table, "%.1e%s", result->accuracy,
                         result->accuracy <= asked ? "" : " (not reached)");
}

static void print_heading(const bench_run *run, const bench_data *data)
{
    char problem[160], text[256];
    bench_problem_print(&data->problem, sizeof problem, problem);
    snprintf(text, sizeof text, "%s; asked: %s %.1e", problem, data->problem.kind->accuracy_name,
             data->asked);
    bench_print_caption(run, text);
}

/* A share that disturbs times. */
static void print_stolen(const bench_results *results)
{
    const double little = 0.02;
    if (results->stolen > little)
        printf("The host took %.0f %% of these runs' processor time.\n\n", 100.0 * results->stolen);
}

static void add_row(bench_table *table, const bench_result *result, bool is_first, double first, double asked)
{
    const double median = bench_quantile(&result->samples, 0.5);
    bench_table_cell(table, "%s", result->who->name);
    seconds_cell(table, median);
    spread_cell(table, &result->samples);
    if (isfinite(median / first))
        bench_table_cell(table, "%.2f%s", median / first, median < first && !is_first ? " faster" : "");
    else
        bench_table_cell(table, "-");
    accuracy_cell(table, result, asked);
    count_cell(table, result->passes);
    count_cell(table, result->evaluations);
    bench_table_cell(table, "%s", result->note);
}

void bench_print_results(const bench_run *run, const bench_data *data, const bench_results *results)
{
    static bench_table table;
    const char *const titles[] = {"<contestant",
                                  "median",
                                  "spread / median",
                                  "times the first's",
                                  data->problem.kind->accuracy_name,
                                  "passes",
                                  "evaluations",
                                  "<",
                                  NULL};
    const double first = bench_quantile(&results->of[0].samples, 0.5);
    print_heading(run, data);
    bench_table_begin(&table, titles);
    for (size_t i = 0; i < results->count; i++) add_row(&table, &results->of[i], i == 0, first, data->asked);
    bench_table_print(&table, run->markdown);
    print_stolen(results);
}
