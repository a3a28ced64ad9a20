/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The ways of the matrix, and what is proved about each. The bar of a data set is the digits of the worst coefficient; of a
 * surface the distance from a minimum; of a run with batches the share of J(start) - J* that may be left.
 */
#include <float.h>
#include <math.h>

#include "cli/bar.h"
#include "convergence.h"

static const double DISTANCE = 1e-5; /* from a minimum of a surface */

static bool is_quadratic(const problem *p)
{
    return p->surface ? !p->surface->callback : !p->known.logistic;
}

/* ---- steps ---- */

static gradus_step fixed(const problem *p)
{
    return gradus_step_fixed(1 / p->largest);
}

static gradus_step backtracking(const problem *p)
{
    (void)p;
    return gradus_step_backtracking(0);
}

static gradus_step wolfe(const problem *p)
{
    (void)p;
    return gradus_step_wolfe(0);
}

static gradus_step exact(const problem *p)
{
    (void)p;
    return gradus_step_exact();
}

static gradus_step barzilai_borwein(const problem *p)
{
    (void)p;
    return gradus_step_barzilai_borwein(0);
}

/* Polyak's best two constants where the eigenvalues are known; elsewhere alpha below 2(1 - beta)/L (Zavriev and Kostyuk 1993). */
static double ball_momentum(const problem *p)
{
    if (p->surface || p->separable || !(p->promise.condition < 1e6)) return 0.9;
    const double rate = (p->promise.condition - 1) / (p->promise.condition + 1);
    return fmin(fmax(rate * rate, 1e-6), 0.999999);
}

static gradus_step ball(const problem *p)
{
    if (p->surface || p->separable || !(p->promise.condition < 1e6))
        return gradus_step_fixed((1 - ball_momentum(p)) / p->largest);
    const double root = 1 + 1 / p->promise.condition;
    return gradus_step_fixed(4 / (root * root * p->largest));
}

static void ball_adjust(const problem *p, gradus_options *options)
{
    options->momentum = ball_momentum(p);
}

static gradus_step adam(const problem *p)
{
    (void)p;
    return gradus_step_cosine(0.05, 1e-6, 20000);
}

static void adam_adjust(const problem *p, gradus_options *options)
{
    (void)p;
    options->stop.max_iterations = 25000;
}

/* 1/k: alpha_k = alpha/(1 + decay k), alpha = 1/(2 L_max), and decay alpha times smallest curvature / 2: Bottou, Curtis and Nocedal,
 * SIAM Review 60 (2018) 223, theorem 4.7. */
static gradus_step stochastic(const problem *p)
{
    const double alpha = 1 / (2 * p->row);
    const double smallest = p->separable ? 0.1 : p->largest / (p->promise.condition * p->promise.condition);
    return gradus_step_inverse_time(alpha, alpha * smallest / 2);
}

static void stochastic_adjust(const problem *p, gradus_options *options)
{
    (void)p;
    options->batch.rows = 4;
    options->batch.seed = 1;
    options->stop.max_epochs = EPOCHS;
    options->stop.max_iterations = GRADUS_OFF;
}

static gradus_step reduced(const problem *p)
{
    return gradus_step_fixed(1 / (4 * p->row));
}

/* ---- what is proved ---- */

static verdict promised(double digits, double *bar)
{
    *bar = digits;
    return digits > 0 ? ARRIVES : NOT_IN_TIME;
}

/* The smaller one of what rounding leaves and what the budget gains at this rate. */
static verdict at_rate(const problem *p, double condition, double share, double *bar)
{
    if (p->separable) return NO_OPTIMUM;
    if (p->surface) {
        *bar = DISTANCE;
        return ARRIVES;
    }
    gr_promise promise = p->promise;
    promise.condition = condition;
    return promised(gr_bar_gradient(&promise, share, DATA_BUDGET), bar);
}

/* 1 - 0.7/kappa^2 a step: docs/accuracy.md. Line searches and 1/L are no slower. */
static verdict steepest(const problem *p, double *bar)
{
    return at_rate(p, p->promise.condition, 0.7, bar);
}

static verdict exact_line(const problem *p, double *bar)
{
    return is_quadratic(p) || p->separable ? steepest(p, bar) : REFUSED;
}

/* 1 - 0.3/kappa a step, for methods that accelerate. */
static verdict accelerated(const problem *p, double *bar)
{
    return at_rate(p, p->promise.condition, 0.3 * p->promise.condition, bar);
}

static verdict nothing_proved(const problem *p, double *bar)
{
    *bar = 0;
    return p->separable ? NO_OPTIMUM : NO_THEOREM;
}

/* As accurate as a backward stable method, whatever the condition. */
static verdict stable(const problem *p, double *bar)
{
    if (p->separable) return NO_OPTIMUM;
    if (p->surface) return steepest(p, bar);
    return promised(gr_bar_stable(&p->promise), bar);
}

static verdict plain_columns(const problem *p, double *bar)
{
    return at_rate(p, p->plain, 0.3 * p->plain, bar);
}

static verdict scaled_columns(const problem *p, double *bar)
{
    return at_rate(p, p->scaled, 0.3 * p->scaled, bar);
}

/* The error of the 1/k schedule is at most about nu/(gamma + k), which needs some hundred kappa_max steps to fall to a hundredth. */
static verdict one_over_k(const problem *p, double *bar)
{
    if (p->separable) return NO_OPTIMUM;
    const double smallest = p->largest / (p->promise.condition * p->promise.condition);
    const double steps = EPOCHS * ceil((double)p->known.problem.X.rows / 4);
    *bar = 0.01;
    return steps * smallest >= 100 * p->row ? ARRIVES : NOT_IN_TIME;
}

/* Johnson and Zhang 2013, theorem 1: linear where an epoch's steps times alpha times the smallest curvature are large; many epochs
 * make up for small ones. */
static verdict variance_reduced(const problem *p, double *bar)
{
    if (p->separable) return NO_OPTIMUM;
    const double smallest = p->largest / (p->promise.condition * p->promise.condition);
    const double steps = EPOCHS * ceil((double)p->known.problem.X.rows / 4);
    *bar = 1e-6;
    return steps * smallest >= 100 * p->row ? ARRIVES : NOT_IN_TIME;
}

/* ---- the ways ---- */

#define OWN      GRADUS_METHOD_AUTOMATIC
#define COLUMNS  GRADUS_METRIC_STANDARDIZED
#define AS_IT_IS GRADUS_METRIC_IDENTITY

const way surface_ways[] = {
    {"automatic", OWN, AS_IT_IS, NULL, NULL, steepest},
    {"gradient, fixed", GRADUS_METHOD_GRADIENT, AS_IT_IS, fixed, NULL, steepest},
    {"gradient, backtracking", GRADUS_METHOD_GRADIENT, AS_IT_IS, backtracking, NULL, steepest},
    {"gradient, Wolfe", GRADUS_METHOD_GRADIENT, AS_IT_IS, wolfe, NULL, steepest},
    {"gradient, exact", GRADUS_METHOD_GRADIENT, AS_IT_IS, exact, NULL, exact_line},
    {"gradient, Barzilai–Borwein", GRADUS_METHOD_GRADIENT, AS_IT_IS, barzilai_borwein, NULL, steepest},
    {"heavy ball", GRADUS_METHOD_HEAVY_BALL, AS_IT_IS, ball, ball_adjust, steepest},
    {"Nesterov", GRADUS_METHOD_NESTEROV, AS_IT_IS, NULL, NULL, nothing_proved},
    {"conjugate gradient", GRADUS_METHOD_CONJUGATE_GRADIENT, AS_IT_IS, NULL, NULL, steepest},
    {"L-BFGS", GRADUS_METHOD_LBFGS, AS_IT_IS, NULL, NULL, nothing_proved},
    {"Adam, cosine", GRADUS_METHOD_ADAM, AS_IT_IS, adam, adam_adjust, nothing_proved},
};
const size_t surface_ways_count = sizeof surface_ways / sizeof *surface_ways;

const way data_ways[] = {
    {"automatic", OWN, GRADUS_METRIC_AUTOMATIC, NULL, NULL, stable},
    {"gradient, fixed", GRADUS_METHOD_GRADIENT, COLUMNS, fixed, NULL, steepest},
    {"gradient, backtracking", GRADUS_METHOD_GRADIENT, COLUMNS, backtracking, NULL, steepest},
    {"gradient, Wolfe", GRADUS_METHOD_GRADIENT, COLUMNS, wolfe, NULL, steepest},
    {"gradient, exact", GRADUS_METHOD_GRADIENT, COLUMNS, exact, NULL, exact_line},
    {"gradient, Barzilai–Borwein", GRADUS_METHOD_GRADIENT, COLUMNS, barzilai_borwein, NULL, steepest},
    {"heavy ball", GRADUS_METHOD_HEAVY_BALL, COLUMNS, ball, ball_adjust, accelerated},
    {"Nesterov", GRADUS_METHOD_NESTEROV, COLUMNS, NULL, NULL, accelerated},
    {"conjugate gradient", GRADUS_METHOD_CONJUGATE_GRADIENT, COLUMNS, NULL, NULL, accelerated},
    {"L-BFGS", GRADUS_METHOD_LBFGS, COLUMNS, NULL, NULL, accelerated},
    {"stochastic, 1/k", GRADUS_METHOD_GRADIENT, COLUMNS, stochastic, stochastic_adjust, one_over_k},
    {"SVRG", GRADUS_METHOD_SVRG, COLUMNS, reduced, stochastic_adjust, variance_reduced},
    {"Adam, cosine", GRADUS_METHOD_ADAM, AS_IT_IS, adam, adam_adjust, nothing_proved},
};
const size_t data_ways_count = sizeof data_ways / sizeof *data_ways;

const way metric_ways[] = {
    {"identity", OWN, GRADUS_METRIC_IDENTITY, NULL, NULL, plain_columns},
    {"standardized", OWN, GRADUS_METRIC_STANDARDIZED, NULL, NULL, accelerated},
    {"diagonal", OWN, GRADUS_METRIC_DIAGONAL, NULL, NULL, scaled_columns},
    {"sampled Gram", OWN, GRADUS_METRIC_SAMPLED_GRAM, NULL, NULL, stable},
    {"Gram", OWN, GRADUS_METRIC_GRAM, NULL, NULL, stable},
    {"Hessian", OWN, GRADUS_METRIC_HESSIAN, NULL, NULL, stable},
    {"sketch", OWN, GRADUS_METRIC_SKETCH, NULL, NULL, stable},
    {"QR", OWN, GRADUS_METRIC_QR, NULL, NULL, stable},
};
const size_t metric_ways_count = sizeof metric_ways / sizeof *metric_ways;

gradus_options options_of(const way *w, const problem *p, gradus_error *error)
{
    gradus_options options = gradus_options_default();
    options.method = w->method;
    options.metric = w->metric;
    if (w->step) options.step = w->step(p);
    /* As far as it goes; with a tolerance, however small, classes that are separable are found out at once. */
    options.stop.gradient_tolerance = p->separable ? DBL_MIN : GRADUS_OFF;
    options.stop.max_iterations = p->surface ? SURFACE_BUDGET : DATA_BUDGET;
    if (w->adjust) w->adjust(p, &options);
    options.error = error;
    return options;
}
