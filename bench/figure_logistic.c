/* SPDX-License-Identifier: BSD-3-Clause */
/* Logistic regression to a relative gradient of 10^-8. */
#include "figure.h"
#include "ours.h"
#include "peers.h"
#include "script.h"

static void hold_time(bench_run *run, const char *name, const bench_results *results,
                      const bench_contestant *peer, double least)
{
    char words[96];
    snprintf(words, sizeof words, "times faster than %s", peer->name);
    bench_at_least(run, name, words, bench_ratio(results, peer, &bench_ours_solve), least, 0.0);
}

/* The peer's evaluations over our passes: the metric's pass counts against us. */
#if BENCH_HAVE_NLOPT || BENCH_HAVE_LIBLBFGS
static void hold_evaluations(bench_run *run, const char *name, const bench_results *results,
                             const bench_contestant *peer)
{
    char words[96];
    snprintf(words, sizeof words, "evaluations of %s over our passes", peer->name);
    bench_at_least(run, name, words,
                   bench_result_of(results, peer)->evaluations /
                       bench_result_of(results, &bench_ours_solve)->passes,
                   8.0, 0.0);
}
#endif

static void show(bench_run *run, const char *name)
{
    bench_results results;
    const bench_problem problem = {.kind = &bench_kind_logistic,
                                   .rows = 200000,
                                   .cols = 200,
                                   .condition = 1e2,
                                   .ridge_rows = 1.0,
                                   .layout = GRADUS_LAYOUT_ROW_MAJOR,
                                   .asked = 1e-8};
    if (!bench_show_race(run, name, problem, bench_logistic_contestants, false, &results)) return;
    bench_at_most(run, name, "passes, all included", bench_result_of(&results, &bench_ours_solve)->passes,
                  13.0, 10.0);
    hold_time(run, name, &results, &bench_sklearn_newton, 8.0);
    hold_time(run, name, &results, &bench_sklearn_lbfgs, 25.0);
#if BENCH_HAVE_LIBLBFGS
    hold_evaluations(run, name, &results, &bench_liblbfgs);
#endif
#if BENCH_HAVE_NLOPT
    hold_evaluations(run, name, &results, &bench_nlopt_lbfgs);
#endif
}

const bench_figure bench_figure_logistic = {
    "logistic", "logistic regression to a relative gradient of 1e-8, against whoever offers it", show};
