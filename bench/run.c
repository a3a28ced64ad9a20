/* SPDX-License-Identifier: BSD-3-Clause */
#include "run.h"

#include <cblas.h>
#include <gradus.h>
#include <omp.h>

#include "contestant.h"
#include "table.h"

static void add(bench_run *run, bench_bar bar, const char *words)
{
    if (run->bar_count == BENCH_MOST_BARS) return;
    snprintf(bar.words, sizeof bar.words, "%s", words);
    run->bars[run->bar_count++] = bar;
}

void bench_at_least(bench_run *run, const char *figure, const char *words, double measured, double limit,
                    double goal)
{
    add(run, (bench_bar){.figure = figure, .measured = measured, .limit = limit, .goal = goal}, words);
}

void bench_at_most(bench_run *run, const char *figure, const char *words, double measured, double limit,
                   double goal)
{
    add(run,
        (bench_bar){.figure = figure, .measured = measured, .at_most = true, .limit = limit, .goal = goal},
        words);
}

static bool holds(const bench_bar *bar, double limit)
{
    return bar->at_most ? bar->measured <= limit : bar->measured >= limit;
}

static const char *verdict(const bench_run *run, const bench_bar *bar)
{
    if (bar->measured != bar->measured) return "not measured";
    if (run->quick) return "quick: not judged";
    if (!holds(bar, bar->limit)) return "FAILS";
    return bar->goal > 0.0 && holds(bar, bar->goal) ? "holds, goal reached" : "holds";
}

void bench_print_bars(const bench_run *run)
{
    static const char *const titles[] = {"<figure", "<what", "measured", "bar", "goal", "<verdict", NULL};
    static bench_table table;
    if (run->bar_count == 0) return;
    bench_table_begin(&table, titles);
    for (size_t i = 0; i < run->bar_count; i++) {
        const bench_bar *bar = &run->bars[i];
        const char *relation = bar->at_most ? "at most" : "at least";
        bench_table_cell(&table, "%s", bar->figure);
        bench_table_cell(&table, "%s", bar->words);
        bench_table_cell(&table, bar->measured == bar->measured ? "%.3g" : "-", bar->measured);
        bench_table_cell(&table, "%s %.3g", relation, bar->limit);
        if (bar->goal > 0.0)
            bench_table_cell(&table, "%.3g", bar->goal);
        else
            bench_table_cell(&table, " ");
        bench_table_cell(&table, "%s", verdict(run, bar));
    }
    printf("%sThe bars, %s OpenBLAS\n\n", run->markdown ? "### " : "== ", bench_blas_build());
    bench_table_print(&table, run->markdown);
}

void bench_print_caption(const bench_run *run, const char *text)
{
    printf(run->markdown ? "**%s**\n\n" : "%s\n", text);
}

const char *bench_blas_build(void)
{
    static const char *const builds[] = {"serial", "pthread", "OpenMP"};
    const int parallel = openblas_get_parallel();
    return builds[parallel >= 0 && parallel <= 2 ? parallel : 0];
}

void bench_print_machine(const bench_run *run)
{
    printf("gradus %s; OpenBLAS, %s build, kernels for %s, %d threads; OpenMP %d threads on %d processors;\n",
           gradus_version(), bench_blas_build(), openblas_get_corename(), openblas_get_num_threads(),
           omp_get_max_threads(), omp_get_num_procs());
    printf("times are medians, fastest to slowest, of %zu interleaved rounds, fewer where one took long;\n"
           "a run is made again when the host took more than 1 %% of its processors' time\n",
           run->rounds);
    for (size_t i = 0; bench_absent_peers[i]; i++)
        printf("left out: %s was not found when this program was configured\n", bench_absent_peers[i]);
    printf("\n");
    fflush(stdout);
}
