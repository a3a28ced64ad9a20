/* SPDX-License-Identifier: BSD-3-Clause */
/* Step rules, metrics, options, the handle and the one-shot calls; known figures and known rates of convergence. */
#include <criterion/criterion.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static gradus_objective *squares(const gradus_matrix *X, const double *y, const gradus_model_options *options)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(X, y, options, &f), 0);
    return f;
}

static gradus_objective *logistic(const gradus_matrix *X, const double *y,
                                  const gradus_model_options *options)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_logistic(X, y, options, &f), 0);
    return f;
}

static gradus_objective *function_of(size_t n, gradus_callback callback, void *context)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(n, callback, context, &f), 0);
    return f;
}

/* Two runs of the same function, bit for bit. */
static void identical(const test_run *a, const test_run *b)
{
    cr_assert_eq(a->status, b->status);
    cr_assert_eq(a->count, b->count);
    for (size_t k = 0; k < a->count; k++)
        cr_assert(test_same_bits(a->n, a->iterates[k].theta, b->iterates[k].theta), "iterate %zu differs", k);
    cr_assert(test_same_bits(a->n, a->theta, b->theta));
    cr_assert(test_same(a->report.value, b->report.value) && a->report.stop == b->report.stop);
    cr_assert(a->report.evaluations == b->report.evaluations && a->report.passes == b->report.passes);
}

/* ---- the textbook example ---- */

static const double textbook_x[] = {1, 1, 1, 2, 1, 3, 1, 4};
static const double descent_y[] = {2, 4, 5, 4}, ascent_y[] = {5, 8, 10, 12};

static void textbook(test_solver solve, const double *y, const double *after_1000, const double *optimum)
{
    const gradus_matrix X = gradus_row_major(4, 2, textbook_x, 2);
    gradus_objective *J = squares(&X, y, NULL), *f = NULL;
    cr_assert_eq(gradus_negate(J, &f), 0);
    const gradus_objective *traveled = solve == gradus_descend ? J : f;
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(0.01);
    options.stop.max_iterations = 1000;
    options.stop.gradient_tolerance = GRADUS_OFF;
    double theta[2] = {0.0, 0.0};
    gradus_report report;
    cr_assert_eq(solve(traveled, theta, &options, &report), 0);
    cr_assert(test_worst_digits(2, theta, after_1000) >= 14, "%.17g %.17g", theta[0], theta[1]);
    cr_assert(report.iterations == 1000 && report.metric == GRADUS_METRIC_IDENTITY);
    for (int k = 0; k < 2; k++) {
        options = gradus_options_default();
        if (k) options.step = gradus_step_backtracking(0.0);
        theta[0] = theta[1] = 0.0;
        cr_assert_eq(solve(traveled, theta, &options, &report), 0);
        cr_assert(test_worst_digits(2, theta, optimum) >= 9, "%.17g %.17g", theta[0], theta[1]);
        cr_assert(gradus_stop_converged(report.stop), "%s", gradus_stop_sentence(report.stop));
    }
    gradus_objective_free(J);
    gradus_objective_free(f);
}

Test(solver, textbook_descent)
{
    static const double after_1000[] = {1.6469475051413238, 0.8200809018335663}, optimum[] = {2.0, 0.7};
    textbook(gradus_descend, descent_y, after_1000, optimum);
}

Test(solver, textbook_ascent)
{
    static const double after_1000[] = {2.5556133119197173, 2.451145665431065}, optimum[] = {3.0, 2.3};
    textbook(gradus_ascend, ascent_y, after_1000, optimum);
}

/* ---- fixed steps ---- */

/* theta <- theta - alpha g, written out, with gradients of the public evaluation */
static void plain_loop(const gradus_objective *f, const double *start, double alpha, size_t steps)
{
    enum { MOST = 9 };
    const size_t n = gradus_objective_size(f);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(alpha);
    options.stop.max_iterations = (int64_t)steps;
    options.stop.gradient_tolerance = GRADUS_OFF;
    test_run run = test_solve(gradus_descend, f, start, &options);
    cr_assert_eq(run.count, steps + 1, "%s", gradus_stop_sentence(run.report.stop));
    double theta[MOST], gradient[MOST], value;
    memcpy(theta, start, n * sizeof *theta);
    for (size_t k = 0; k <= steps; k++) {
        cr_assert_eq(gradus_objective_evaluate(f, theta, &value, gradient), 0);
        const test_iterate *seen = &run.iterates[k];
        cr_assert(test_same_bits(n, seen->theta, theta) && test_same_bits(n, seen->gradient, gradient));
        cr_assert(test_same(seen->seen.value, value));
        cr_assert(seen->seen.step_size == (k ? alpha : 0.0) && seen->seen.evaluations == k + 1);
        for (size_t j = 0; j < n; j++) theta[j] -= alpha * gradient[j];
    }
    cr_assert(test_same_bits(n, run.theta, run.iterates[steps].theta) && test_same(run.report.value, value));
    test_run_free(&run);
}

Test(solver, fixed_steps_are_the_plain_loop_bit_for_bit)
{
    test_data data = test_data_make(1, 700, 8, GRADUS_LAYOUT_COL_MAJOR, 3);
    for (int c = 0; c < 8; c++) {
        gradus_model_options options = gradus_model_options_default();
        if (c & 1) options.weights = data.weights;
        if (c & 2) options.ridge = 0.1;
        if (c & 4) options.intercept = 1;
        gradus_objective *f = squares(&data.X, data.y, &options),
                         *g = logistic(&data.X, data.labels, &options);
        plain_loop(f, data.theta, 0.1, 100);
        plain_loop(g, data.theta, 0.5, 100);
        gradus_objective_free(f);
        gradus_objective_free(g);
    }
    const double start[] = {-1.2, 1.0, 0.5, 0.5};
    gradus_objective *f = function_of(4, test_rosenbrock, NULL);
    plain_loop(f, start, 1e-3, 500);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- backtracking ---- */

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t j = 0; j < n; j++) sum += a[j] * b[j];
    return sum;
}

/*
 * Is the step from p to a point of that value and gradient acceptable: Armijo, or its gradient form at rounding level? The minimum of a
 * parabola meets the test for c = 1/2 exactly, so that rounding decides: `leeway` 1 gives way to it, -1 asks for as much more.
 */
static bool acceptable(const test_iterate *p, double alpha, double value, const double *gradient, double c,
                       size_t n, double leeway)
{
    const double square = dot(n, p->gradient, p->gradient), change = value - p->seen.value;
    if (!isfinite(value)) return false;
    if (fabs(change) > 1e-10 * fabs(p->seen.value)) {
        const double rounding = 1e-12 * alpha * square + 8.0 * DBL_EPSILON * fabs(p->seen.value);
        return change <= -c * alpha * square + leeway * rounding;
    }
    return -dot(n, gradient, p->gradient) <= (1.0 - 2.0 * c + leeway * 1e-12) * square;
}

/* The minimum of the parabola through value, slope and the refused trial's value, in [0.1, shrink] of the trial; shrink where
 * there is no value, or nothing but its rounding. */
static double shorter(const test_iterate *p, double alpha, double value, double shrink)
{
    const double square = dot(p->seen.n, p->gradient, p->gradient), change = value - p->seen.value;
    if (!isfinite(value) || fabs(change) <= 1e-10 * fabs(p->seen.value)) return shrink * alpha;
    const double lowest = 0.5 * alpha * alpha * square / (change + alpha * square);
    return fmin(fmax(lowest, fmin(0.1, shrink) * alpha), shrink * alpha);
}

/* Every trial before the accepted one must have been refused for a reason. */
static void earlier_trials(const gradus_objective *f, const test_iterate *p, double first, double alpha,
                           const gradus_step *step)
{
    const size_t n = p->seen.n;
    double trial[64], gradient[64], value;
    double a = first;
    while (a > alpha * (1.0 + 1e-5)) {
        for (size_t j = 0; j < n; j++) trial[j] = p->theta[j] - a * p->gradient[j];
        if (gradus_objective_evaluate(f, trial, &value, gradient)) value = (double)NAN; /* rejected */
        cr_assert_not(acceptable(p, a, value, gradient, step->sufficient_decrease, n, -1.0),
                      "%g was refused for %g", a, alpha);
        a = shorter(p, a, value, step->shrink);
    }
    cr_assert(fabs(alpha - a) <= 1e-5 * a, "%g is not the trial %g", alpha, a);
}

static void backtracking_of(const gradus_objective *f, const double *start, gradus_step step, int64_t steps)
{
    gradus_options options = gradus_options_default();
    options.step = step;
    options.metric = GRADUS_METRIC_IDENTITY;
    options.stop.max_iterations = steps;
    test_run run = test_solve(gradus_descend, f, start, &options);
    cr_assert(run.status == 0 && run.count > 5);
    double first = step.size > 0.0 ? step.size : 1.0;
    if (step.shrink == 0.0) step.shrink = 0.5;
    if (step.growth == 0.0) step.growth = 1.2;
    if (step.sufficient_decrease == 0.0) step.sufficient_decrease = 0.3;
    for (size_t k = 1; k < run.count; k++) {
        const test_iterate *p = &run.iterates[k - 1], *q = &run.iterates[k];
        const double alpha = q->seen.step_size;
        cr_assert(q->seen.value <= p->seen.value + 1e-10 * fabs(p->seen.value), "the value rose at %zu", k);
        for (size_t j = 0; j < run.n; j++) cr_assert(q->theta[j] == p->theta[j] - alpha * p->gradient[j]);
        cr_assert(acceptable(p, alpha, q->seen.value, q->gradient, step.sufficient_decrease, run.n, 1.0),
                  "step %zu, %g, is not acceptable", k, alpha);
        earlier_trials(f, p, first, alpha, &step);
        first = alpha * step.growth;
    }
    test_run_free(&run);
}

/* x^2 - log(3/2 - x) + 3 y^2 and its like in more variables, rejected outside */
static gradus_status fenced(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context;
    if (!(theta[0] < 1.5)) return GRADUS_REJECT;
    *value = -log(1.5 - theta[0]);
    for (size_t j = 0; j < n; j++) {
        *value += (double)(2 * j + 1) * theta[j] * theta[j];
        if (gradient) gradient[j] = (double)(4 * j + 2) * theta[j];
    }
    if (gradient) gradient[0] += 1.0 / (1.5 - theta[0]);
    return 0;
}

static gradus_step tuned(double initial, double shrink, double growth, double c)
{
    gradus_step step = gradus_step_backtracking(initial);
    step.shrink = shrink;
    step.growth = growth;
    step.sufficient_decrease = c;
    return step;
}

Test(solver, backtracking_takes_the_first_acceptable_trial)
{
    const gradus_step steps[] = {gradus_step_backtracking(0.0), tuned(100.0, 0.9, 1.0, 0.5),
                                 tuned(1e-6, 0.1, 100.0, 1e-10), tuned(2.0, 0.3, 3.0, 0.1)};
    const double start[4] = {1.2, 1.0, -0.5, 0.5};
    test_data data = test_data_make(2, 90, 3, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options ridge = gradus_model_options_default();
    ridge.ridge = 0.01;
    ridge.intercept = 1;
    gradus_objective *functions[] = {squares(&data.X, data.y, &ridge), logistic(&data.X, data.labels, &ridge),
                                     function_of(4, test_rosenbrock, NULL), function_of(4, fenced, NULL)};
    for (size_t f = 0; f < 4; f++) {
        for (size_t k = 0; k < 4; k++) backtracking_of(functions[f], start, steps[k], 400);
        gradus_objective_free(functions[f]);
    }
    test_data_free(&data);
}

/* Plain Armijo stalls at half the digits here; with the gradient form all but the last few are reached. */
Test(solver, backtracking_reaches_working_precision)
{
    test_data data = test_data_make(3, 200, 5, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t i = 0; i < 200; i++) data.y[i] += 1000.0; /* a value that is large beside its changes */
    gradus_objective *f = squares(&data.X, data.y, NULL);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_backtracking(0.0);
    double theta[5] = {0.0};
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_GRADIENT, "%s", gradus_stop_sentence(report.stop));
    gradus_objective_free(f);
    test_data_free(&data);
}

/* A trial that is NaN, Inf or rejected is a trial too long. */
typedef struct broken {
    size_t calls, first, last; /* these calls are broken */
    int how;                   /* 0: REJECT, 1: NaN value, 2: Inf value, 3: NaN in the gradient */
} broken;

static gradus_status breaking(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    broken *b = (broken *)context;
    const bool now = ++b->calls >= b->first && b->calls <= b->last;
    if (now && b->how == 0) return GRADUS_REJECT;
    *value = 0.5 * dot(n, theta, theta);
    for (size_t j = 0; gradient && j < n; j++) gradient[j] = theta[j];
    if (now && b->how == 1) *value = (double)NAN;
    if (now && b->how == 2) *value = (double)INFINITY;
    if (now && b->how == 3 && gradient) gradient[n - 1] = (double)NAN;
    return 0;
}

Test(solver, a_broken_trial_only_shortens_the_step)
{
    const double start[2] = {1.0, 2.0};
    for (int how = 0; how < 4; how++) {
        broken b = {.first = 2, .last = 4, .how = how};
        gradus_objective *f = function_of(2, breaking, &b);
        gradus_options options = gradus_options_default();
        options.step = gradus_step_backtracking(1.0);
        options.stop.max_iterations = 1;
        test_run run = test_solve(gradus_descend, f, start, &options);
        cr_assert_eq(run.status, 0);
        cr_assert_eq(run.report.step_size, 0.125, "kind %d: %g", how, run.report.step_size);
        cr_assert_eq(run.report.evaluations, 5);
        cr_assert(run.theta[0] == 0.875 && run.theta[1] == 1.75);
        test_run_free(&run);
        gradus_objective_free(f);
    }
}

Test(solver, a_function_broken_everywhere_but_at_the_start_ends)
{
    const double start[2] = {1.0, 2.0};
    for (int how = 0; how < 4; how++) {
        broken b = {.first = 2, .last = SIZE_MAX, .how = how};
        gradus_objective *f = function_of(2, breaking, &b);
        test_run run = test_solve(gradus_descend, f, start, NULL);
        cr_assert(run.status == 0 && run.report.stop == GRADUS_STOP_STALLED);
        cr_assert(test_same_bits(2, run.theta, start) && b.calls < 100, "%zu calls", b.calls);
        test_run_free(&run);
        gradus_objective_free(f);
    }
}

/* ---- a quadratic of known spectrum ---- */

enum { Q = 10 };

/*
 * X = (Q Lambda)^(1/2) H with H = I - 2vv'/v'v, so that the Hessian X'X/Q = H Lambda H has the eigenvalues
 * mu = 0.02 .. L = 2, and y = X t for a random t.
 */
typedef struct spectrum {
    double x[Q * Q], y[Q], optimum[Q], leading[Q]; /* leading: the eigenvector of L */
    gradus_matrix X;
} spectrum;

static const double smallest = 0.02, largest = 2.0;

static void spectrum_make(spectrum *s, uint64_t seed)
{
    test_random random = test_random_from(seed);
    double v[Q], square = 0.0;
    for (size_t j = 0; j < Q; j++) {
        v[j] = test_random_uniform(&random);
        square += v[j] * v[j];
        s->optimum[j] = test_random_uniform(&random);
    }
    for (size_t i = 0; i < Q; i++) {
        const double lambda = smallest * pow(largest / smallest, (double)i / (Q - 1));
        s->y[i] = 0.0;
        for (size_t j = 0; j < Q; j++) {
            const double h = (i == j ? 1.0 : 0.0) - 2.0 * v[i] * v[j] / square;
            s->x[i * Q + j] = sqrt(Q * lambda) * h;
            s->y[i] += s->x[i * Q + j] * s->optimum[j];
            if (i + 1 == Q) s->leading[j] = h;
        }
    }
    s->X = gradus_row_major(Q, Q, s->x, Q);
}

static size_t iterations_to(const gradus_objective *f, double alpha, double tolerance)
{
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(alpha);
    options.stop.gradient_tolerance = tolerance;
    double theta[Q] = {0.0};
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_GRADIENT);
    return report.iterations;
}

/* Nesterov, Introductory Lectures on Convex Optimization, theorem 2.1.15: with alpha = 2/(L + mu) the error shrinks by
 * (kappa - 1)/(kappa + 1) a step, and on a quadratic no faster in the long run. */
Test(solver, gradient_descent_converges_at_its_theoretical_rate)
{
    spectrum s;
    spectrum_make(&s, 4);
    gradus_objective *f = squares(&s.X, s.y, NULL);
    const double alpha = 2.0 / (largest + smallest), kappa = largest / smallest;
    const double expected = log(1e-6) / log((kappa - 1.0) / (kappa + 1.0));
    const size_t from = iterations_to(f, alpha, 1e-3), to = iterations_to(f, alpha, 1e-9);
    cr_assert(fabs((double)(to - from) - expected) <= 0.01 * expected, "%zu iterations instead of %g",
              to - from, expected);
    gradus_objective_free(f);
}

Test(solver, no_step_of_it_is_slower_than_the_rate)
{
    spectrum s;
    spectrum_make(&s, 5);
    gradus_objective *f = squares(&s.X, s.y, NULL);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(2.0 / (largest + smallest));
    options.stop.gradient_tolerance = 1e-9;
    const double zeros[Q] = {0.0}, rate = (largest - smallest) / (largest + smallest);
    test_run run = test_solve(gradus_descend, f, zeros, &options);
    for (size_t k = 1; k < run.count; k++)
        cr_assert(run.iterates[k].seen.gradient_norm <=
                  run.iterates[k - 1].seen.gradient_norm * rate * (1 + 1e-6));
    cr_assert(test_worst_digits(Q, run.theta, s.optimum) >= 6);
    test_run_free(&run);
    gradus_objective_free(f);
}

/* ---- steps that are provably too large ---- */

static gradus_options fixed(double alpha, gradus_metric metric)
{
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(alpha);
    options.metric = metric;
    options.stop.max_iterations = 20000;
    return options;
}

static void refused(const gradus_objective *f, test_solver solve, double alpha, const double *start)
{
    const gradus_options options = fixed(alpha, GRADUS_METRIC_IDENTITY);
    test_run run = test_solve(solve, f, start, &options);
    cr_assert_eq(run.status, GRADUS_ERROR_STEP_TOO_LARGE, "alpha %g: %s", alpha,
                 gradus_stop_sentence(run.report.stop));
    cr_assert(test_same_bits(run.n, run.theta, start), "theta was touched");
    cr_assert(run.error.measured >= 2.0 && run.error.limit == 2.0);
    cr_assert(run.error.measured <= alpha * largest * (1 + 1e-9), "more than the largest curvature");
    cr_assert_eq(run.report.stop, GRADUS_STOP_FAILED);
    test_run_free(&run);
}

Test(solver, a_step_too_large_for_a_quadratic_is_refused)
{
    static const double factors[] = {1.01, 1.5, 10.0, 1e6, 1e100};
    const double zeros[Q] = {0.0};
    spectrum s;
    spectrum_make(&s, 6);
    gradus_objective *f = squares(&s.X, s.y, NULL), *minus = NULL;
    cr_assert_eq(gradus_negate(f, &minus), 0);
    for (size_t k = 0; k < 5; k++) {
        refused(f, gradus_descend, factors[k] * 2.0 / largest, zeros);
        refused(minus, gradus_ascend, factors[k] * 2.0 / largest, zeros);
    }
    gradus_objective_free(f);
    gradus_objective_free(minus);
}

Test(solver, a_step_just_below_the_limit_is_not_refused)
{
    static const double factors[] = {0.5, 0.99, 0.999999, 1.0 - 1e-12};
    spectrum s;
    spectrum_make(&s, 7);
    gradus_objective *f = squares(&s.X, s.y, NULL);
    for (size_t k = 0; k < 4; k++) {
        double start[Q]; /* in the direction of the largest curvature, where it is hardest */
        for (size_t j = 0; j < Q; j++) start[j] = s.optimum[j] + s.leading[j];
        const gradus_options options = fixed(factors[k] * 2.0 / largest, GRADUS_METRIC_IDENTITY);
        test_run run = test_solve(gradus_descend, f, start, &options);
        cr_assert_eq(run.status, 0, "factor %.17g: %s", factors[k], run.error.sentence);
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

Test(solver, a_large_step_at_an_exact_optimum_is_not_refused)
{
    const double x[] = {1, 0, 0, 1}, y[] = {2.0, -3.0}, optimum[] = {2.0, -3.0};
    const gradus_matrix X = gradus_row_major(2, 2, x, 2);
    gradus_objective *f = squares(&X, y, NULL);
    for (int k = 0; k < 2; k++) {
        gradus_options options = fixed(100.0, GRADUS_METRIC_IDENTITY);
        if (k) options.stop.gradient_tolerance = GRADUS_OFF;
        test_run run = test_solve(gradus_descend, f, optimum, &options);
        cr_assert_eq(run.status, 0, "%s", run.error.sentence);
        cr_assert_eq(run.report.stop, k ? GRADUS_STOP_NO_PROGRESS : GRADUS_STOP_GRADIENT);
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

/* In standardised columns the largest curvature of two nearly orthogonal columns is near 1: 3 is too much, 0.9 is not. */
Test(solver, the_limit_is_that_of_the_metric)
{
    test_data data = test_data_make(8, 2000, 2, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t i = 0; i < 2000; i++) data.x[2 * i] *= 1e6; /* the identity's limit is below 1e-11 */
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    gradus_objective *f = squares(&data.X, data.y, &model);
    const double zeros[3] = {0.0};
    gradus_options options = fixed(3.0, GRADUS_METRIC_STANDARDIZED);
    test_run run = test_solve(gradus_descend, f, zeros, &options);
    cr_assert_eq(run.status, GRADUS_ERROR_STEP_TOO_LARGE);
    cr_assert(run.error.measured < 4.0, "%g", run.error.measured);
    test_run_free(&run);
    options = fixed(0.9, GRADUS_METRIC_STANDARDIZED);
    run = test_solve(gradus_descend, f, zeros, &options);
    cr_assert_eq(run.report.stop, GRADUS_STOP_GRADIENT);
    test_run_free(&run);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* A ridge is curvature too: 0.5 + 2 leaves less room for the step. */
Test(solver, the_ridge_counts_as_curvature)
{
    const double zeros[Q] = {0.0};
    spectrum s;
    spectrum_make(&s, 9);
    gradus_model_options model = gradus_model_options_default();
    model.ridge = 2.0;
    gradus_objective *f = squares(&s.X, s.y, &model);
    gradus_options options = fixed(1.02 * 2.0 / (largest + 2.0), GRADUS_METRIC_IDENTITY);
    test_run run = test_solve(gradus_descend, f, zeros, &options);
    cr_assert_eq(run.status, GRADUS_ERROR_STEP_TOO_LARGE);
    test_run_free(&run);
    options = fixed(0.98 * 2.0 / (largest + 2.0), GRADUS_METRIC_IDENTITY);
    run = test_solve(gradus_descend, f, zeros, &options);
    cr_assert_eq(run.report.stop, GRADUS_STOP_GRADIENT);
    test_run_free(&run);
    gradus_objective_free(f);
}

/* ---- answers judged in extended precision ---- */

static void stationary(test_loss loss, uint64_t seed, int combination)
{
    test_data data = test_data_make(seed, 300, 6, GRADUS_LAYOUT_COL_MAJOR, 1);
    /* columns of very different size, far from zero; a ridge is in the caller's scale, so beside one none is tiny */
    const double tiny = combination & 2 ? 0.5 : 1e-4;
    for (size_t i = 0; i < 300; i++) {
        *test_element(data.x, &data.X, i, 1) *= 1e3;
        *test_element(data.x, &data.X, i, 2) += 20.0;
        *test_element(data.x, &data.X, i, 3) *= tiny;
    }
    gradus_model_options model = gradus_model_options_default();
    if (combination & 1) model.weights = data.weights;
    if (combination & 2) model.ridge = 1e-3;
    if (combination & 4) model.intercept = 1;
    const double *y = loss == TEST_SQUARES ? data.y : data.labels;
    gradus_objective *f = loss == TEST_SQUARES ? squares(&data.X, y, &model) : logistic(&data.X, y, &model);
    const double zeros[7] = {0.0};
    test_run run = test_solve(gradus_descend, f, zeros, NULL);
    cr_assert(gradus_stop_converged(run.report.stop), "%s", gradus_stop_sentence(run.report.stop));
    test_oracle before = test_oracle_make(loss, &data.X, y, &model, zeros);
    test_oracle after = test_oracle_make(loss, &data.X, y, &model, run.theta);
    cr_assert(test_oracle_norm(&after) <= 2e-12 * test_oracle_norm(&before), "combination %d: %g of %g",
              combination, test_oracle_norm(&after), test_oracle_norm(&before));
    test_oracle_free(&before);
    test_oracle_free(&after);
    test_run_free(&run);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(solver, least_squares_satisfies_the_normal_equations)
{
    for (int c = 0; c < 8; c++) stationary(TEST_SQUARES, 10 + (uint64_t)c, c);
}

Test(solver, logistic_regression_ends_where_the_gradient_vanishes)
{
    for (int c = 0; c < 8; c++) stationary(TEST_LOGISTIC, 20 + (uint64_t)c, c);
}

/* ---- the metric of standardised columns ---- */

enum { M = 120, N = 4 };

/* Columns with means and scales of their own, and the same standardised by hand. */
typedef struct pair {
    test_data raw, standard;
    double center[N], scale[N];
} pair;

static pair pair_make(uint64_t seed, bool centred)
{
    pair p = {test_data_make(seed, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0),
              test_data_make(seed, M, N, GRADUS_LAYOUT_COL_MAJOR, 0),
              {0.0},
              {0.0}};
    for (size_t j = 0; j < N; j++) {
        long double mean = 0, square = 0;
        for (size_t i = 0; i < M; i++) {
            double *x = test_element(p.raw.x, &p.raw.X, i, j);
            *x = *x * pow(30.0, (double)j) + 5.0 * (double)j;
            mean += (long double)*x / M;
        }
        if (!centred) mean = 0;
        for (size_t i = 0; i < M; i++) {
            const long double x = *test_element(p.raw.x, &p.raw.X, i, j) - mean;
            square += x * x / M;
        }
        p.center[j] = (double)mean;
        p.scale[j] = (double)sqrtl(square);
        for (size_t i = 0; i < M; i++)
            *test_element(p.standard.x, &p.standard.X, i,
                          j) = (double)((*test_element(p.raw.x, &p.raw.X, i, j) - mean) / sqrtl(square));
    }
    return p;
}

static void pair_free(pair *p)
{
    test_data_free(&p->raw);
    test_data_free(&p->standard);
}

/* theta_j = phi_j / s_j, theta_0 = phi_0 - sum c_j theta_j */
static void back_to_raw(const pair *p, bool intercept, const double *phi, double *theta)
{
    for (size_t j = 0; j < N; j++) theta[j] = phi[j] / p->scale[j];
    if (!intercept) return;
    theta[N] = phi[N];
    for (size_t j = 0; j < N; j++) theta[N] -= p->center[j] * theta[j];
}

static void standardised_by_hand(test_loss loss, bool intercept, gradus_step step)
{
    pair p = pair_make(31, intercept);
    gradus_model_options model = gradus_model_options_default();
    model.intercept = intercept;
    const double *y = loss == TEST_SQUARES ? p.raw.y : p.raw.labels, zeros[N + 1] = {0.0};
    gradus_objective *raw = loss == TEST_SQUARES ? squares(&p.raw.X, y, &model)
                                                 : logistic(&p.raw.X, y, &model);
    gradus_objective *standard = loss == TEST_SQUARES ? squares(&p.standard.X, y, &model)
                                                      : logistic(&p.standard.X, y, &model);
    gradus_options options = gradus_options_default();
    options.step = step;
    options.stop.max_iterations = 15;
    options.stop.gradient_tolerance = GRADUS_OFF;
    options.metric = GRADUS_METRIC_STANDARDIZED;
    test_run a = test_solve(gradus_descend, raw, zeros, &options);
    options.metric = GRADUS_METRIC_IDENTITY;
    test_run b = test_solve(gradus_descend, standard, zeros, &options);
    cr_assert_eq(a.count, 16);
    cr_assert_eq(b.count, 16);
    for (size_t k = 1; k < 16; k++) {
        double theta[N + 1];
        back_to_raw(&p, intercept, b.iterates[k].theta, theta);
        cr_assert(test_worst_digits(a.n, a.iterates[k].theta, theta) >= 9, "step %zu: %g digits", k,
                  test_worst_digits(a.n, a.iterates[k].theta, theta));
        cr_assert(test_digits(a.iterates[k].seen.value, b.iterates[k].seen.value) >= 10);
    }
    test_run_free(&a);
    test_run_free(&b);
    gradus_objective_free(raw);
    gradus_objective_free(standard);
    pair_free(&p);
}

Test(solver, the_standardised_metric_is_descent_on_standardised_data)
{
    for (int k = 0; k < 8; k++)
        standardised_by_hand(k & 1 ? TEST_SQUARES : TEST_LOGISTIC, k & 2,
                             k & 4 ? gradus_step_fixed(0.4) : gradus_step_backtracking(0.0));
}

/* The predictions X theta + theta_0 of every iterate. */
static void same_predictions(const test_data *a, const test_run *p, const test_data *b, const test_run *q)
{
    cr_assert(p->count == 13 && q->count == 13);
    for (size_t k = 0; k < p->count; k++) {
        for (size_t i = 0; i < M; i++) {
            double u = p->iterates[k].theta[N], v = q->iterates[k].theta[N];
            for (size_t j = 0; j < N; j++) {
                u += *test_element(a->x, &a->X, i, j) * p->iterates[k].theta[j];
                v += *test_element(b->x, &b->X, i, j) * q->iterates[k].theta[j];
            }
            cr_assert(fabs(u - v) <= 1e-10, "step %zu, row %zu: %.17g against %.17g", k, i, u, v);
        }
    }
}

static test_run twelve_steps(const test_data *data)
{
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    gradus_objective *f = logistic(&data->X, data->labels, &model);
    const double zeros[N + 1] = {0.0};
    gradus_options options = gradus_options_default();
    options.metric = GRADUS_METRIC_STANDARDIZED;
    options.stop.max_iterations = 12;
    options.stop.gradient_tolerance = GRADUS_OFF;
    test_run run = test_solve(gradus_descend, f, zeros, &options);
    gradus_objective_free(f);
    return run;
}

Test(solver, scaling_and_shifting_columns_does_not_change_the_predictions)
{
    test_data data = test_data_make(32, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    test_data moved = test_data_make(32, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    test_run before = twelve_steps(&data), after;
    for (size_t j = 0; j < N; j++) {
        for (size_t i = 0; i < M; i++) {
            double *x = test_element(moved.x, &moved.X, i, j);
            *x = ldexp(*x, 13 * (int)j - 20);
        }
    }
    after = twelve_steps(&moved);
    same_predictions(&data, &before, &moved, &after);
    test_run_free(&after);
    for (size_t j = 0; j < N; j++) {
        for (size_t i = 0; i < M; i++) {
            *test_element(moved.x, &moved.X, i, j) = *test_element(data.x, &data.X, i, j) + 3.0 * (double)j;
        }
    }
    after = twelve_steps(&moved);
    same_predictions(&data, &before, &moved, &after);
    test_run_free(&before);
    test_run_free(&after);
    test_data_free(&data);
    test_data_free(&moved);
}

/* Beside an intercept a constant column adds nothing: the minimum is that of the data without it. */
Test(solver, a_constant_column_beside_an_intercept_does_no_harm)
{
    static const double constants[] = {0.1, 1.0 / 3.0, 1e6, 0.0, -7e-9};
    test_data data = test_data_make(33, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    gradus_matrix without = data.X;
    without.cols = N - 1;
    double minimum = (double)NAN;
    for (size_t k = 0; k < 6; k++) {
        for (size_t i = 0; k < 5 && i < M; i++) *test_element(data.x, &data.X, i, N - 1) = constants[k];
        gradus_objective *f = squares(k < 5 ? &data.X : &without, data.y, &model);
        double theta[N + 1] = {0.0};
        gradus_report report;
        cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
        cr_assert(gradus_stop_converged(report.stop), "constant %zu: %s, gradient %g", k,
                  gradus_stop_sentence(report.stop), report.gradient_norm);
        if (k > 0) cr_assert(test_digits(report.value, minimum) >= 13, "%.17g %.17g", report.value, minimum);
        minimum = report.value;
        gradus_objective_free(f);
    }
    test_data_free(&data);
}

/* ---- passes and evaluations ---- */

Test(solver, every_evaluation_is_a_pass_and_standardising_two)
{
    test_data data = test_data_make(34, 1500, 3, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *functions[] = {squares(&data.X, data.y, NULL), logistic(&data.X, data.labels, NULL)};
    for (int k = 0; k < 8; k++) {
        gradus_options options = gradus_options_default();
        options.metric = k & 1 ? GRADUS_METRIC_STANDARDIZED : GRADUS_METRIC_IDENTITY;
        options.step = k & 2 ? gradus_step_fixed(0.5) : gradus_step_backtracking(0.0);
        options.stop.max_iterations = 8;
        test_run run = test_solve(gradus_descend, functions[k / 4], data.theta, &options);
        const double once = k & 1 ? 2.0 : 0.0;
        cr_assert_eq(run.count, 9);
        for (size_t i = 0; i < run.count; i++) {
            /* the first search that goes on along the line also reads X for the margins at the start */
            const double rest = run.iterates[i].seen.passes - once - (double)run.iterates[i].seen.evaluations;
            cr_assert(rest == 0.0 || (rest == 1.0 && i > 0 && !(k & 2)));
        }
        cr_assert_eq(run.report.passes, run.iterates[run.count - 1].seen.passes);
        if (k & 2) cr_assert_eq(run.report.evaluations, 9);
        test_run_free(&run);
    }
    gradus_objective_free(functions[0]);
    gradus_objective_free(functions[1]);
    test_data_free(&data);
}

Test(solver, a_function_of_the_caller_has_no_passes)
{
    const double start[2] = {-1.2, 1.0};
    gradus_objective *f = function_of(2, test_rosenbrock, NULL);
    test_run run = test_solve(gradus_descend, f, start, NULL);
    cr_assert(run.report.passes == 0.0 && run.report.metric == GRADUS_METRIC_IDENTITY);
    cr_assert(run.report.evaluations >= run.report.iterations + 1);
    cr_assert(gradus_stop_converged(run.report.stop));
    cr_assert(fabs(run.theta[0] - 1.0) < 1e-9 && fabs(run.theta[1] - 1.0) < 1e-9);
    test_run_free(&run);
    gradus_objective_free(f);
}

Test(solver, what_the_report_says_is_what_an_evaluation_gives)
{
    test_data data = test_data_make(35, 200, 5, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = logistic(&data.X, data.labels, NULL);
    test_run run = test_solve(gradus_descend, f, data.theta, NULL);
    double value, gradient[5];
    cr_assert_eq(gradus_objective_evaluate(f, run.theta, &value, gradient), 0);
    cr_assert(test_same(run.report.value, value));
    cr_assert(fabs(sqrt(dot(5, gradient, gradient)) - run.report.gradient_norm) <=
              1e-14 * run.report.gradient_norm);
    cr_assert(run.report.method == GRADUS_METHOD_LBFGS && run.report.step_rule == GRADUS_STEP_WOLFE);
    test_run_free(&run);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- defaults and automatic choices ---- */

/* The same, criterion by criterion. */
static gradus_stop_criteria all_defaults(void)
{
    return (gradus_stop_criteria){.gradient_tolerance = 1e-12,
                                  .step_tolerance = GRADUS_OFF,
                                  .value_tolerance = GRADUS_OFF,
                                  .seconds = GRADUS_OFF,
                                  .max_iterations = 1000000,
                                  .patience = 100};
}

Test(solver, null_options_are_the_defaults_and_so_are_they_written_out)
{
    test_data data = test_data_make(36, 200, 5, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = logistic(&data.X, data.labels, NULL);
    test_run by_null = test_solve(gradus_descend, f, data.theta, NULL);
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_LBFGS;
    options.metric = GRADUS_METRIC_GRAM;
    options.step = gradus_step_wolfe(1.0);
    options.stop = all_defaults();
    test_run written_out = test_solve(gradus_descend, f, data.theta, &options);
    identical(&by_null, &written_out);
    double theta[5];
    memcpy(theta, data.theta, sizeof theta);
    cr_assert_eq(gradus_descend(f, theta, NULL, NULL), 0); /* truly NULL, and no report */
    cr_assert(test_same_bits(5, theta, by_null.theta));
    test_run_free(&by_null);
    test_run_free(&written_out);
    gradus_objective_free(f);
    test_data_free(&data);
}

static gradus_metric metric_that_ran(const gradus_objective *f, const gradus_options *options)
{
    double theta[2] = {0.5, 0.25};
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, options, &report), 0);
    return report.metric;
}

Test(solver, the_automatic_metric_is_the_identity_where_something_was_chosen_by_name)
{
    test_data data = test_data_make(37, 50, 2, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = squares(&data.X, data.y, NULL), *g = function_of(2, test_rosenbrock, NULL);
    gradus_options options = gradus_options_default();
    cr_assert_eq(metric_that_ran(f, &options), GRADUS_METRIC_GRAM);
    cr_assert_eq(metric_that_ran(g, &options), GRADUS_METRIC_IDENTITY);
    options.stop.max_iterations = 5;
    cr_assert_eq(metric_that_ran(f, &options), GRADUS_METRIC_GRAM);
    options.method = GRADUS_METHOD_GRADIENT;
    cr_assert_eq(metric_that_ran(f, &options), GRADUS_METRIC_IDENTITY);
    options.method = GRADUS_METHOD_AUTOMATIC;
    options.step = gradus_step_backtracking(0.0);
    cr_assert_eq(metric_that_ran(f, &options), GRADUS_METRIC_IDENTITY);
    options.step = gradus_step_fixed(0.01);
    cr_assert_eq(metric_that_ran(f, &options), GRADUS_METRIC_IDENTITY);
    options.metric = GRADUS_METRIC_STANDARDIZED;
    cr_assert_eq(metric_that_ran(f, &options), GRADUS_METRIC_STANDARDIZED);
    gradus_objective_free(f);
    gradus_objective_free(g);
    test_data_free(&data);
}

Test(solver, the_number_of_threads_does_not_change_a_bit)
{
    static const int threads[] = {0, 1, 2, 8, INT_MAX};
    test_data data = test_data_make(38, 1500, 7, GRADUS_LAYOUT_COL_MAJOR, 0);
    gradus_objective *f = logistic(&data.X, data.labels, NULL);
    gradus_options options = gradus_options_default();
    options.threads = 1;
    test_run alone = test_solve(gradus_descend, f, data.theta, &options);
    for (size_t k = 0; k < 5; k++) {
        options.threads = threads[k];
        test_run run = test_solve(gradus_descend, f, data.theta, &options);
        identical(&alone, &run);
        test_run_free(&run);
    }
    test_run_free(&alone);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- the handle ---- */

static void by_hand(const gradus_objective *f, gradus_direction direction, const double *start,
                    const gradus_options *options)
{
    test_run run = test_solve(direction == GRADUS_DIRECTION_DESCENT ? gradus_descend : gradus_ascend, f,
                              start, options);
    gradus_solver *solver = NULL;
    cr_assert_eq(gradus_solver_create(f, direction, start, options, &solver), 0);
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    double theta[8];
    gradus_report report;
    for (size_t k = 0; reason == GRADUS_STOP_RUNNING; k++) {
        cr_assert_eq(gradus_solver_report(solver, theta, &report), 0);
        cr_assert(test_same_bits(run.n, theta, run.iterates[k].theta), "iterate %zu", k);
        cr_assert(test_same(report.value, run.iterates[k].seen.value) && report.iterations == k);
        cr_assert_eq(gradus_solver_step(solver, &reason), 0);
    }
    cr_assert_eq(gradus_solver_step(solver, NULL), 0); /* nothing happens any more */
    cr_assert_eq(gradus_solver_report(solver, theta, NULL), 0);
    cr_assert_eq(gradus_solver_report(solver, NULL, &report), 0);
    cr_assert(test_same_bits(run.n, theta, run.theta));
    cr_assert(test_same(report.value, run.report.value) && report.stop == run.report.stop &&
              report.stop == reason);
    cr_assert(report.evaluations == run.report.evaluations && report.iterations == run.report.iterations);
    gradus_solver_free(solver);
    test_run_free(&run);
}

Test(solver, the_handle_takes_the_steps_of_the_one_shot_call)
{
    test_data data = test_data_make(39, 200, 5, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = squares(&data.X, data.y, NULL), *g = NULL;
    cr_assert_eq(gradus_log_likelihood(&data.X, data.labels, NULL, &g), 0);
    for (int k = 0; k < 4; k++) {
        gradus_options options = gradus_options_default();
        options.stop.max_iterations = 40;
        options.metric = k & 1 ? GRADUS_METRIC_STANDARDIZED : GRADUS_METRIC_IDENTITY;
        options.step = k & 2 ? gradus_step_fixed(0.5) : gradus_step_backtracking(0.0);
        by_hand(f, GRADUS_DIRECTION_DESCENT, data.theta, &options);
        by_hand(g, GRADUS_DIRECTION_ASCENT, data.theta, &options);
    }
    by_hand(f, GRADUS_DIRECTION_DESCENT, data.theta, NULL);
    gradus_objective_free(f);
    gradus_objective_free(g);
    test_data_free(&data);
    gradus_solver_free(NULL);
}

Test(solver, the_handle_copies_the_start_and_the_options)
{
    test_data data = test_data_make(40, 200, 5, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = squares(&data.X, data.y, NULL);
    double theta[5], answer[5];
    memcpy(theta, data.theta, sizeof theta);
    gradus_options options = gradus_options_default();
    gradus_solver *solver = NULL;
    cr_assert_eq(gradus_solver_create(f, GRADUS_DIRECTION_DESCENT, theta, &options, &solver), 0);
    memset(theta, 0x7F, sizeof theta);
    memset(&options, 0x7F, sizeof options);
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    while (reason == GRADUS_STOP_RUNNING) cr_assert_eq(gradus_solver_step(solver, &reason), 0);
    cr_assert_eq(gradus_solver_report(solver, answer, NULL), 0);
    test_run run = test_solve(gradus_descend, f, data.theta, NULL);
    cr_assert(test_same_bits(5, answer, run.theta));
    test_run_free(&run);
    gradus_solver_free(solver);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- memory ---- */

Test(solver, the_loop_allocates_nothing)
{
    test_data data = test_data_make(41, 200, 5, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = squares(&data.X, data.y, NULL);
    test_allocator allocator;
    test_allocator_begin(&allocator, 0);
    gradus_options options = gradus_options_default();
    options.allocator = &allocator.face;
    gradus_solver *solver = NULL;
    cr_assert_eq(gradus_solver_create(f, GRADUS_DIRECTION_DESCENT, data.theta, &options, &solver), 0);
    const size_t requests = allocator.requests;
    cr_assert(requests > 0 && allocator.alive > 0);
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    while (reason == GRADUS_STOP_RUNNING) cr_assert_eq(gradus_solver_step(solver, &reason), 0);
    cr_assert_eq(allocator.requests, requests);
    gradus_solver_free(solver);
    cr_assert_eq(allocator.alive, 0);
    gradus_objective_free(f);
    test_data_free(&data);
}
