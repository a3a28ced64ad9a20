/* SPDX-License-Identifier: BSD-3-Clause */
/* NLopt's LD_LBFGS (NLopt reference, "Stopping criteria" and "Vector storage for limited-memory quasi-Newton algorithms"). */
#include "minimizer.h"

#if BENCH_HAVE_NLOPT
#include <nlopt.h>

typedef struct run_context {
    mgh_judge *judge;
    nlopt_opt optimizer;
} run_context;

static double evaluate(unsigned n, const double *x, double *gradient, void *given)
{
    run_context *context = (run_context *)given;
    (void)n;
    const double value = mgh_judge_evaluate(context->judge, x, gradient);
    if (mgh_judge_ended(context->judge)) nlopt_force_stop(context->optimizer);
    return value;
}

static void run(const bench_minimizer *who, mgh_judge *judge, double *x)
{
    run_context context = {judge, nlopt_create(NLOPT_LD_LBFGS, (unsigned)judge->problem->n)};
    double value;
    if (!context.optimizer) return;
    nlopt_set_min_objective(context.optimizer, evaluate, &context);
    nlopt_set_ftol_rel(context.optimizer, 0.0);
    nlopt_set_xtol_rel(context.optimizer, 0.0);
    nlopt_set_vector_storage(context.optimizer, (unsigned)who->corrections);
    (void)nlopt_optimize(context.optimizer, x, &value);
    nlopt_destroy(context.optimizer);
}

const bench_minimizer bench_minimizer_nlopt = {
    .name = "NLopt LD_LBFGS",
    .configuration = "all tolerances 0; vector storage 50, the best of 3, 5, 10, 20, 50 and its own choice",
    .run = run,
    .corrections = 50};

#endif
