/* SPDX-License-Identifier: BSD-3-Clause */
/* libLBFGS on our one-pass gradient (its lbfgs.h: lbfgs_parameter_t). */
#include "peers.h"

#if BENCH_HAVE_LIBLBFGS
#include <lbfgs.h>
#include <stdio.h>
#include <string.h>

#include "evaluator.h"
#include "timing.h"

typedef struct run_context {
    bench_evaluator *evaluator;
    double asked, first;
    bool reached;
} run_context;

static lbfgsfloatval_t evaluate(void *given, const lbfgsfloatval_t *theta, lbfgsfloatval_t *gradient, int n,
                                lbfgsfloatval_t step)
{
    (void)n, (void)step;
    return bench_evaluate(((run_context *)given)->evaluator, theta, gradient);
}

/* Called after each iteration; anything but 0 stops it: where it has what is asked, or spent the budget. */
static int progress(void *given, const lbfgsfloatval_t *theta, const lbfgsfloatval_t *gradient,
                    lbfgsfloatval_t value, lbfgsfloatval_t theta_norm, lbfgsfloatval_t gradient_norm,
                    lbfgsfloatval_t step, int n, int k, int trials)
{
    (void)theta, (void)gradient, (void)value, (void)theta_norm, (void)gradient_norm, (void)step, (void)n,
        (void)k, (void)trials;
    run_context *context = (run_context *)given;
    context->reached = bench_evaluator_reached(context->evaluator, context->asked) != 0;
    return context->reached || bench_evaluator_count(context->evaluator) >= BENCH_MOST_EVALUATIONS;
}

/* Its vectors are aligned for SSE, so theta is copied out. */
static void minimise(run_context *context, int n, lbfgsfloatval_t *theta, bench_answer *answer)
{
    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.epsilon = 0.0; /* it is relative to max(1, ||theta||), not to the start: progress() decides */
    parameters.m = 10;        /* corrections, as ours; its default is 6 */
    memset(theta, 0, (size_t)n * sizeof *theta);
    lbfgsfloatval_t value;
    const double start = bench_now();
    const int status = lbfgs(n, theta, &value, evaluate, progress, context, &parameters);
    answer->seconds = bench_now() - start;
    memcpy(answer->theta, theta, (size_t)n * sizeof *answer->theta);
    if (!context->reached) snprintf(answer->note, sizeof answer->note, "ends: status %d", status);
}

static int run(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    const int n = (int)bench_answer_size(&data->problem);
    run_context context = {.evaluator = bench_evaluator_open(data->objective, 0), .asked = data->asked};
    lbfgsfloatval_t *theta = lbfgs_malloc(n);
    const bool ran = context.evaluator && theta;
    if (ran) {
        minimise(&context, n, theta, answer);
        answer->evaluations = answer->passes = bench_evaluator_count(context.evaluator);
    }
    lbfgs_free(theta);
    bench_evaluator_close(context.evaluator);
    return ran ? 0 : 1;
}

const bench_contestant bench_liblbfgs = {
    .name = "libLBFGS",
    .configuration = "its defaults (More-Thuente line search) with m = 10, stopped where it has what is "
                     "asked; our gradient",
    .run = run};

#endif
