/* SPDX-License-Identifier: BSD-3-Clause */
/* The test functions of More, Garbow and Hillstrom from 1, 10 and 100 times their starts: who solves how many, in how many evaluations. */
#include <math.h>
#include <string.h>

#include "figure.h"
#include "minimizer.h"
#include "table.h"

enum { STARTS = 3, RUNS = STARTS * MGH_COUNT, MOST = 8 };
static const double factors[STARTS] = {1.0, 10.0, 100.0};

/* What a contestant has done. */
typedef struct score {
    const bench_minimizer *who;
    size_t solved_at[RUNS]; /* evaluations; 0: not solved */
    bench_samples samples;  /* seconds of all runs, the functions included */
} score;

typedef struct scores {
    size_t count;
    score of[MOST]; /* ours first */
} scores;

/* ---- the runs ---- */

static size_t run_once(const bench_minimizer *who, size_t run)
{
    const mgh_problem *problem = &mgh_problems[run % MGH_COUNT];
    mgh_judge judge = mgh_judge_begin(problem);
    double x[MGH_MOST_VARIABLES];
    mgh_start(problem, factors[run / MGH_COUNT], x);
    who->run(who, &judge, x);
    return judge.solved_at <= MGH_BUDGET ? judge.solved_at : 0;
}

static void run_all(score *of)
{
    const double start = bench_now();
    for (size_t run = 0; run < RUNS; run++) of->solved_at[run] = run_once(of->who, run);
    bench_add(&of->samples, bench_now() - start);
}

static void line_up(const bench_run *run, scores *all)
{
    all->count = 0;
    for (size_t i = 0; bench_minimizers[i] && all->count < MOST; i++) {
        const bench_minimizer *who = bench_minimizers[i];
        if (run->only && !who->ours && !strstr(who->name, run->only)) continue;
        all->of[all->count++] = (score){.who = who};
    }
}

/* ---- the sums ---- */

static size_t solved_from(const score *of, size_t start)
{
    size_t count = 0;
    for (size_t i = 0; i < MGH_COUNT; i++) count += of->solved_at[start * MGH_COUNT + i] > 0;
    return count;
}

static size_t solved(const score *of)
{
    size_t count = 0;
    for (size_t start = 0; start < STARTS; start++) count += solved_from(of, start);
    return count;
}

/* The evaluations of `of` over the runs that both solve. */
static double evaluations_beside(const score *of, const score *other)
{
    double sum = 0.0;
    for (size_t run = 0; run < RUNS; run++)
        if (of->solved_at[run] > 0 && other->solved_at[run] > 0) sum += (double)of->solved_at[run];
    return sum;
}

/* Over all runs, what is not solved counted as the budget. */
static double evaluations_penalised(const score *of)
{
    double sum = 0.0;
    for (size_t run = 0; run < RUNS; run++)
        sum += of->solved_at[run] > 0 ? (double)of->solved_at[run] : (double)MGH_BUDGET;
    return sum;
}

static bool all_solve(const scores *all, size_t run)
{
    bool every = true;
    for (size_t i = 0; i < all->count; i++) every = every && all->of[i].solved_at[run] > 0;
    return every;
}

static double evaluations_common(const scores *all, const score *of)
{
    double sum = 0.0;
    for (size_t run = 0; run < RUNS; run++)
        if (all_solve(all, run)) sum += (double)of->solved_at[run];
    return sum;
}

/* ---- the table ---- */

static void add_row(bench_table *table, const scores *all, const score *of)
{
    const double theirs = evaluations_beside(of, &all->of[0]), ours = evaluations_beside(&all->of[0], of);
    bench_table_cell(table, "%s", of->who->name);
    bench_table_cell(table, "%zu", solved(of));
    bench_table_cell(table, "%zu, %zu, %zu", solved_from(of, 0), solved_from(of, 1), solved_from(of, 2));
    bench_table_cell(table, "%.0f", theirs);
    bench_table_cell(table, "%.0f", ours);
    bench_table_cell(table, "%.2f", ours / theirs);
    bench_table_cell(table, "%.0f", evaluations_common(all, of));
    bench_table_cell(table, "%.0f", evaluations_penalised(of));
    bench_table_cell(table, "%.1f", 1e3 * bench_quantile(&of->samples, 0.5));
}

static void print(const bench_run *run, const scores *all)
{
    static const char *const titles[] = {"<contestant",
                                         "solved of 126",
                                         "from 1, 10, 100 times the start",
                                         "evaluations where gradus solves too",
                                         "of gradus there",
                                         "ratio",
                                         "where all solve",
                                         "unsolved as 10000",
                                         "ms",
                                         NULL};
    static bench_table table;
    bench_print_caption(
        run, "42 functions of More, Garbow and Hillstrom from three starts, the same judge for all");
    bench_table_begin(&table, titles);
    for (size_t i = 0; i < all->count; i++) add_row(&table, all, &all->of[i]);
    bench_table_print(&table, run->markdown);
}

/* ---- the bars ---- */

/* The peer that solves most. */
static const score *best_peer(const scores *all)
{
    const score *best = NULL;
    for (size_t i = 1; i < all->count; i++)
        if (!best || solved(&all->of[i]) > solved(best)) best = &all->of[i];
    return best;
}

static void hold(bench_run *run, const char *name, const scores *all)
{
    const score *best = best_peer(all), *ours = &all->of[0];
    char words[96];
    if (!best) return;
    snprintf(words, sizeof words, "functions solved, over the %zu of %s", solved(best), best->who->name);
    bench_at_least(run, name, words, (double)solved(ours) / (double)solved(best), 1.0, 0.0);
    for (size_t i = 1; i < all->count; i++) {
        const score *peer = &all->of[i];
        snprintf(words, sizeof words, "evaluations over those of %s", peer->who->name);
        bench_at_most(run, name, words, evaluations_beside(ours, peer) / evaluations_beside(peer, ours), 1.0,
                      0.8);
    }
}

static void show(bench_run *run, const char *name)
{
    static scores all;
    line_up(run, &all);
    for (size_t round = 0; round < run->rounds; round++)
        for (size_t i = 0; i < all.count; i++) run_all(&all.of[i]);
    print(run, &all);
    hold(run, name, &all);
    run->wrong |= solved_from(&all.of[0], 0) < MGH_COUNT;
}

const bench_figure bench_figure_functions = {
    "functions", "the classical test functions: how many are solved, and in how many evaluations", show};
