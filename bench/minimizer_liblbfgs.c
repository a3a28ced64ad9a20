/* SPDX-License-Identifier: BSD-3-Clause */
/* libLBFGS (its lbfgs.h: lbfgs_parameter_t). */
#include "minimizer.h"

#if BENCH_HAVE_LIBLBFGS
#include <lbfgs.h>
#include <string.h>

static lbfgsfloatval_t evaluate(void *given, const lbfgsfloatval_t *x, lbfgsfloatval_t *gradient, int n,
                                lbfgsfloatval_t step)
{
    (void)n, (void)step;
    return mgh_judge_evaluate((mgh_judge *)given, x, gradient);
}

/* Called after each iteration; anything but 0 stops it. */
static int progress(void *given, const lbfgsfloatval_t *x, const lbfgsfloatval_t *gradient,
                    lbfgsfloatval_t value, lbfgsfloatval_t x_norm, lbfgsfloatval_t gradient_norm,
                    lbfgsfloatval_t step, int n, int k, int trials)
{
    (void)x, (void)gradient, (void)value, (void)x_norm, (void)gradient_norm, (void)step, (void)n, (void)k,
        (void)trials;
    return mgh_judge_ended((const mgh_judge *)given);
}

/* Its vectors are aligned for SSE, so x is copied. */
static void run(const bench_minimizer *who, mgh_judge *judge, double *x)
{
    const int n = (int)judge->problem->n;
    lbfgsfloatval_t *aligned = lbfgs_malloc(n), value;
    lbfgs_parameter_t parameters;
    if (!aligned) return;
    memcpy(aligned, x, (size_t)n * sizeof *x);
    lbfgs_parameter_init(&parameters);
    parameters.epsilon = 0.0;
    parameters.m = who->corrections;
    parameters.linesearch = who->line_search;
    (void)lbfgs(n, aligned, &value, evaluate, progress, judge, &parameters);
    lbfgs_free(aligned);
}

const bench_minimizer bench_minimizer_liblbfgs = {
    .name = "libLBFGS",
    .configuration = "its defaults (m = 6, line search of More and Thuente), epsilon 0",
    .run = run,
    .corrections = 6,
    .line_search = LBFGS_LINESEARCH_MORETHUENTE};

const bench_minimizer bench_minimizer_liblbfgs_best = {
    .name = "libLBFGS, tuned",
    .configuration = "m = 15 and LBFGS_LINESEARCH_BACKTRACKING_WOLFE, the best of its four line searches "
                     "with m = 5 to 40 on these functions",
    .run = run,
    .corrections = 15,
    .line_search = LBFGS_LINESEARCH_BACKTRACKING_WOLFE};

#endif
