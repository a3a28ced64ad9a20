/* SPDX-License-Identifier: BSD-3-Clause */
/* GSL's vector_bfgs2 (GSL manual, chapter "Multidimensional Minimization"). */
#include "minimizer.h"

#if BENCH_HAVE_GSL
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <string.h>

static const double first_step = 0.1, line_tolerance = 0.1;

static void both(const gsl_vector *x, void *given, double *value, gsl_vector *gradient)
{
    *value = mgh_judge_evaluate((mgh_judge *)given, x->data, gradient->data);
}

static void gradient_only(const gsl_vector *x, void *given, gsl_vector *gradient)
{
    (void)mgh_judge_evaluate((mgh_judge *)given, x->data, gradient->data);
}

static double value_only(const gsl_vector *x, void *given)
{
    return mgh_judge_evaluate((mgh_judge *)given, x->data, NULL);
}

/* An iteration may evaluate nothing new, so their number is bounded too. */
static void iterate(gsl_multimin_fdfminimizer *minimizer, const mgh_judge *judge)
{
    for (int k = 0; k < MGH_BUDGET && !mgh_judge_ended(judge); k++)
        if (gsl_multimin_fdfminimizer_iterate(minimizer) != GSL_SUCCESS) return;
}

static void run(const bench_minimizer *who, mgh_judge *judge, double *x)
{
    const size_t n = judge->problem->n;
    gsl_multimin_function_fdf f = {value_only, gradient_only, both, n, judge};
    (void)who;
    gsl_set_error_handler_off();
    gsl_multimin_fdfminimizer *minimizer = gsl_multimin_fdfminimizer_alloc(
        gsl_multimin_fdfminimizer_vector_bfgs2, n);
    gsl_vector *start = gsl_vector_alloc(n);
    memcpy(start->data, x, n * sizeof *x);
    if (gsl_multimin_fdfminimizer_set(minimizer, &f, start, first_step, line_tolerance) == GSL_SUCCESS)
        iterate(minimizer, judge);
    gsl_vector_free(start);
    gsl_multimin_fdfminimizer_free(minimizer);
}

const bench_minimizer bench_minimizer_gsl = {
    .name = "GSL bfgs2",
    .configuration =
        "vector_bfgs2; first step 0.1 and line search tolerance 0.1, the best of 0.01, 0.1, 1 with "
        "0.01, 0.1, 0.3, 0.9",
    .run = run};

#endif
