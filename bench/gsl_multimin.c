/* SPDX-License-Identifier: BSD-3-Clause */
/* GSL's minimisers on our one-pass gradient (GSL manual, chapter "Multidimensional Minimization"). */
#include "peers.h"

#if BENCH_HAVE_GSL
#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "evaluator.h"
#include "timing.h"

/* What the manual's examples pass: first step, and the tolerance of the line search (0.1 recommended for bfgs2). */
static const double first_step = 0.01, line_tolerance = 0.1;

static double value_and_gradient(const gsl_vector *theta, bench_evaluator *evaluator, double *gradient)
{
    return bench_evaluate(evaluator, theta->data, gradient);
}

static void both(const gsl_vector *theta, void *given, double *value, gsl_vector *gradient)
{
    *value = value_and_gradient(theta, (bench_evaluator *)given, gradient->data);
}

static void gradient_only(const gsl_vector *theta, void *given, gsl_vector *gradient)
{
    value_and_gradient(theta, (bench_evaluator *)given, gradient->data);
}

/* The gradient comes with the value; this scratch takes what is not asked for. */
static double value_only(const gsl_vector *theta, void *given)
{
    double scratch[4096];
    return theta->size <= sizeof scratch / sizeof *scratch
               ? value_and_gradient(theta, (bench_evaluator *)given, scratch)
               : (double)NAN;
}

static const gsl_multimin_fdfminimizer_type *type_of(const char *name)
{
    if (strcmp(name, "bfgs2") == 0) return gsl_multimin_fdfminimizer_vector_bfgs2;
    if (strcmp(name, "conjugate_pr") == 0) return gsl_multimin_fdfminimizer_conjugate_pr;
    return gsl_multimin_fdfminimizer_steepest_descent;
}

/* Iterates until the gradient is as small as asked, the budget is spent, or the minimiser finds no way. */
static int iterate(gsl_multimin_fdfminimizer *minimizer, bench_evaluator *evaluator, double asked)
{
    const double tolerance = asked * gsl_blas_dnrm2(minimizer->gradient);
    int status = GSL_SUCCESS;
    while (status == GSL_SUCCESS && !(gsl_blas_dnrm2(minimizer->gradient) <= tolerance) &&
           bench_evaluator_count(evaluator) < BENCH_MOST_EVALUATIONS)
        status = gsl_multimin_fdfminimizer_iterate(minimizer);
    return status;
}

static int minimise(const bench_contestant *who, bench_data *data, bench_evaluator *evaluator,
                    bench_answer *answer)
{
    const size_t n = data->problem.cols;
    gsl_multimin_function_fdf f = {value_only, gradient_only, both, n, evaluator};
    gsl_multimin_fdfminimizer *minimizer = gsl_multimin_fdfminimizer_alloc(type_of(who->method), n);
    gsl_vector *start = gsl_vector_calloc(n);
    const double began = bench_now();
    gsl_multimin_fdfminimizer_set(minimizer, &f, start, first_step, line_tolerance);
    const int status = iterate(minimizer, evaluator, data->asked);
    answer->seconds = bench_now() - began;
    memcpy(answer->theta, minimizer->x->data, n * sizeof *answer->theta);
    if (status) snprintf(answer->note, sizeof answer->note, "ends: %s", gsl_strerror(status));
    gsl_vector_free(start);
    gsl_multimin_fdfminimizer_free(minimizer);
    return 0;
}

static int run(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    gsl_set_error_handler_off();
    bench_evaluator *evaluator = bench_evaluator_open(data->objective, 0);
    if (!evaluator) return 1;
    const int failed = minimise(who, data, evaluator, answer);
    answer->evaluations = answer->passes = bench_evaluator_count(evaluator);
    bench_evaluator_close(evaluator);
    return failed;
}

const bench_contestant bench_gsl_bfgs = {
    .name = "GSL bfgs2",
    .configuration = "vector_bfgs2, first step 0.01, line search tolerance 0.1 (the manual's), our gradient",
    .run = run,
    .method = "bfgs2",
    .slow = true};

const bench_contestant bench_gsl_conjugate = {.name = "GSL conjugate_pr",
                                              .configuration = "likewise, conjugate_pr",
                                              .run = run,
                                              .method = "conjugate_pr",
                                              .slow = true};

const bench_contestant bench_gsl_steepest = {.name = "GSL steepest_descent",
                                             .configuration = "likewise, steepest_descent",
                                             .run = run,
                                             .method = "steepest_descent",
                                             .slow = true};

#endif
