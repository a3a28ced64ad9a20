/* SPDX-License-Identifier: BSD-3-Clause */
/* NLopt's LD_LBFGS on our one-pass gradient (NLopt reference, "Stopping criteria"; it has none on the gradient). */
#include "peers.h"

#if BENCH_HAVE_NLOPT
#include <math.h>
#include <nlopt.h>
#include <stdio.h>
#include <string.h>

#include "evaluator.h"
#include "timing.h"

typedef struct run_context {
    bench_evaluator *evaluator;
    nlopt_opt optimizer;
    double asked;
    double *theta; /* where the gradient was as small as asked */
} run_context;

/* NLopt is stopped at the very evaluation that reaches what is asked. */
static double evaluate(unsigned n, const double *theta, double *gradient, void *given)
{
    run_context *context = (run_context *)given;
    if (!gradient) return (double)NAN; /* LD_LBFGS always asks for it */
    const double value = bench_evaluate(context->evaluator, theta, gradient);
    if (bench_evaluator_reached(context->evaluator, context->asked)) {
        memcpy(context->theta, theta, n * sizeof *theta);
        nlopt_force_stop(context->optimizer);
    }
    return value;
}

static void minimise(run_context *context, unsigned n, double *theta, bench_answer *answer)
{
    double value;
    memset(theta, 0, n * sizeof *theta);
    nlopt_set_min_objective(context->optimizer, evaluate, context);
    nlopt_set_maxeval(context->optimizer, BENCH_MOST_EVALUATIONS);
    nlopt_set_ftol_rel(context->optimizer, 0.0);
    nlopt_set_xtol_rel(context->optimizer, 0.0);
    const double start = bench_now();
    const nlopt_result result = nlopt_optimize(context->optimizer, theta, &value);
    answer->seconds = bench_now() - start;
    if (result == NLOPT_FORCED_STOP)
        memcpy(theta, context->theta, n * sizeof *theta);
    else
        snprintf(answer->note, sizeof answer->note, "ends: %s", nlopt_result_to_string(result));
}

static int run(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    const unsigned n = (unsigned)bench_answer_size(&data->problem);
    double reached[4096];
    if (n > sizeof reached / sizeof *reached) return 1;
    run_context context = {bench_evaluator_open(data->objective, 0), nlopt_create(NLOPT_LD_LBFGS, n),
                           data->asked, reached};
    if (context.evaluator && context.optimizer) minimise(&context, n, answer->theta, answer);
    const bool ran = context.evaluator && context.optimizer;
    if (ran) answer->evaluations = answer->passes = bench_evaluator_count(context.evaluator);
    nlopt_destroy(context.optimizer);
    bench_evaluator_close(context.evaluator);
    return ran ? 0 : 1;
}

const bench_contestant bench_nlopt_lbfgs = {
    .name = "NLopt LD_LBFGS",
    .configuration = "all tolerances 0, stopped at the evaluation that reaches what is asked; our gradient",
    .run = run};

#endif
