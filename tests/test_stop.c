/* SPDX-License-Identifier: BSD-3-Clause */
/* Every way in which an iteration ends: that it is reached, that the reason is true, and what theta and report then hold. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "support.h"

/* ---- functions ---- */

static gradus_objective *function_of(size_t n, gradus_callback callback, void *context)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(n, callback, context, &f), 0);
    return f;
}

/* (theta_0^2 + 10 theta_1^2 + 20 theta_2^2 + ...)/2 */
static gradus_status bowl(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context;
    *value = 0.0;
    for (size_t j = 0; j < n; j++) {
        const double a = j ? 10.0 * (double)j : 1.0;
        *value += 0.5 * a * theta[j] * theta[j];
        if (gradient) gradient[j] = a * theta[j];
    }
    return 0;
}

/* bowl, but something happens at one of the calls */
typedef struct event {
    size_t calls, at;
    gradus_status status; /* returned at that call */
    int *cancel;          /* set at that call */
} event;

static gradus_status eventful(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    event *e = (event *)context;
    const bool now = ++e->calls == e->at;
    if (now && e->cancel) *e->cancel = 1;
    if (now && e->status) return e->status;
    return bowl(NULL, n, theta, value, gradient);
}

static const double start3[3] = {1.0, -0.75, 0.3};

/* Fixed steps below 2/20, then backtracking: every ending that both rules share is tried with both. */
static gradus_options rule(int k)
{
    gradus_options options = gradus_options_default();
    options.step = k ? gradus_step_backtracking(0.0) : gradus_step_fixed(0.05);
    return options;
}

static double norm_of_difference(size_t n, const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t j = 0; j < n; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sqrt(sum);
}

static double norm(size_t n, const double *a)
{
    double sum = 0.0;
    for (size_t j = 0; j < n; j++) sum += a[j] * a[j];
    return sqrt(sum);
}

/* What holds on every exit on which something was evaluated: report and theta speak of one point that was seen. */
static void consistent(const test_run *run)
{
    const gradus_report *report = &run->report;
    cr_assert(run->count > 0);
    const test_iterate *last = &run->iterates[run->count - 1];
    cr_assert_eq(report->iterations, last->seen.iteration);
    bool seen = false;
    double best = last->seen.value;
    for (size_t k = 0; k < run->count; k++) {
        const test_iterate *p = &run->iterates[k];
        best = fmin(best, p->seen.value);
        seen = seen || (test_same_bits(run->n, p->theta, run->theta) && p->seen.value == report->value &&
                        p->seen.gradient_norm == report->gradient_norm);
    }
    cr_assert(seen, "theta is none of the iterates that were seen");
    cr_assert(report->best_value == best, "best value %g instead of %g", report->best_value, best);
    cr_assert(run->iterates[report->best_iteration].seen.value == best);
    cr_assert(report->evaluations >= last->seen.evaluations && report->seconds >= 0.0);
    for (size_t k = 0; k < 5; k++) cr_assert(report->reserved[k] == 0.0);
    cr_assert(report->epochs == 0.0 && report->exact == 1); /* without batches */
}

static void expect(const test_run *run, gradus_status status, gradus_stop_reason stop)
{
    cr_assert_eq(run->status, status, "status %d, %s", run->status, gradus_strerror(run->status));
    cr_assert_eq(run->report.stop, stop, "%s", gradus_stop_sentence(run->report.stop));
    if (run->count > 0) consistent(run);
    gradus_error untouched;
    memset(&untouched, 0x5A, sizeof untouched);
    cr_assert_eq(memcmp(&run->error, &untouched, sizeof untouched) == 0, status == 0,
                 "the error is written when, and only when, the status is not 0");
}

/* Is theta the iterate that was seen last? */
static void expect_last(const test_run *run)
{
    cr_assert(test_same_bits(run->n, run->theta, run->iterates[run->count - 1].theta));
}

/* ---- converged ---- */

Test(stop, gradient)
{
    static const double tolerances[] = {0.0, 1.0, 0.5, 1e-3, 1e-8}; /* 0: the default, 1e-12 */
    gradus_objective *f = function_of(3, bowl, NULL);
    for (int k = 0; k < 10; k++) {
        gradus_options options = rule(k % 2);
        options.stop.gradient_tolerance = tolerances[k / 2];
        test_run run = test_solve(gradus_descend, f, start3, &options);
        expect(&run, 0, GRADUS_STOP_GRADIENT);
        expect_last(&run);
        const double tolerance = tolerances[k / 2] > 0.0 ? tolerances[k / 2] : 1e-12;
        const double bound = tolerance * run.iterates[0].seen.gradient_norm;
        for (size_t i = 0; i < run.count; i++)
            cr_assert_eq(run.iterates[i].seen.gradient_norm <= bound, i + 1 == run.count);
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

Test(stop, gradient_at_once_at_an_exact_optimum)
{
    const double zeros[3] = {0.0};
    gradus_objective *f = function_of(3, bowl, NULL);
    for (int k = 0; k < 2; k++) {
        const gradus_options options = rule(k);
        test_run run = test_solve(gradus_descend, f, zeros, &options);
        expect(&run, 0, GRADUS_STOP_GRADIENT);
        cr_assert(run.report.iterations == 0 && run.report.evaluations == 1 && run.report.step_size == 0.0);
        cr_assert(isnan(run.report.curvature));
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

Test(stop, step)
{
    gradus_objective *f = function_of(3, bowl, NULL);
    for (int k = 0; k < 2; k++) {
        gradus_options options = rule(k);
        options.stop.step_tolerance = 0.2;
        options.stop.gradient_tolerance = GRADUS_OFF;
        test_run run = test_solve(gradus_descend, f, start3, &options);
        expect(&run, 0, GRADUS_STOP_STEP);
        expect_last(&run);
        for (size_t i = 1; i < run.count; i++) {
            const double *here = run.iterates[i].theta, *before = run.iterates[i - 1].theta;
            cr_assert_eq(norm_of_difference(3, here, before) <= 0.2 * norm(3, here), i + 1 == run.count);
        }
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

Test(stop, value)
{
    gradus_objective *f = function_of(3, bowl, NULL);
    for (int k = 0; k < 2; k++) {
        gradus_options options = rule(k);
        options.stop.value_tolerance = 0.15;
        options.stop.gradient_tolerance = GRADUS_OFF;
        test_run run = test_solve(gradus_descend, f, start3, &options);
        expect(&run, 0, GRADUS_STOP_VALUE);
        expect_last(&run);
        for (size_t i = 1; i < run.count; i++) {
            const double here = run.iterates[i].seen.value, before = run.iterates[i - 1].seen.value;
            cr_assert_eq(fabs(here - before) <= 0.15 * fmax(fabs(here), fabs(before)), i + 1 == run.count);
        }
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

/* Without tolerances a line search goes on until no step moves theta or nothing improves. */
Test(stop, no_progress_at_working_precision)
{
    test_data data = test_data_make(1, 40, 3, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    for (int k = 0; k < 2; k++) {
        gradus_options options = rule(k);
        options.stop.gradient_tolerance = GRADUS_OFF;
        test_run run = test_solve(gradus_descend, f, start3, &options);
        expect(&run, 0, GRADUS_STOP_NO_PROGRESS);
        cr_assert(run.report.gradient_norm <= 1e-14 * run.iterates[0].seen.gradient_norm);
        cr_assert(gradus_stop_converged(run.report.stop));
        test_run_free(&run);
    }
    gradus_objective_free(f);
    test_data_free(&data);
}

/* Least squares by default: refined until the answer is exact for data that differ from these by less than rounding. */
Test(stop, backward_error)
{
    static const double x[] = {1, 1, 1, 2, 1, 3, 1, 4}, y[] = {2, 4, 5, 4}, zeros[2] = {0, 0};
    const gradus_matrix X = gradus_row_major(4, 2, x, 2);
    gradus_objective *f = NULL;
    gradus_certificate certificate;
    cr_assert_eq(gradus_least_squares(&X, y, NULL, &f), 0);
    test_run run = test_solve(gradus_descend, f, zeros, NULL);
    expect(&run, 0, GRADUS_STOP_BACKWARD_ERROR);
    expect_last(&run);
    cr_assert(gradus_stop_converged(run.report.stop) && run.report.iterations <= 3);
    cr_assert_eq(gradus_certify_least_squares(&X, y, NULL, run.theta, &certificate), 0);
    cr_assert_leq(certificate.backward_error, DBL_EPSILON);
    test_run_free(&run);
    gradus_objective_free(f);
}

/*
 * Answers that are small beside the response, or beside the start, are answers all the same: a column of 1e-150 and a ridge of 1
 * leave theta = x'y/m, for the column's square is 1e-300; and a response of 1e-170, whose square is no double, another of its size.
 */
Test(stop, small_answers_are_answers)
{
    enum { ROWS = 12, COLS = 2 };
    static const struct small {
        double column, response, ridge;
    } sizes[] = {{1e-150, 1.0, 1.0}, {1e-30, 1e-20, 1e3}, {1e-160, 1e-10, 1e12}, {1.0, 1e-170, 1e14}};
    static const double starts[] = {0.0, 1.0, -1e20, 1e-20};
    test_random random = test_random_from(64);
    for (size_t k = 0; k < 16; k++) {
        const struct small *size = &sizes[k / 4];
        double x[ROWS * COLS], y[ROWS], theta[COLS];
        long double exact[COLS] = {0.0L};
        for (size_t i = 0; i < ROWS; i++) {
            y[i] = size->response * test_random_uniform(&random);
            for (size_t j = 0; j < COLS; j++) {
                x[i * COLS + j] = size->column * test_random_uniform(&random);
                exact[j] += (long double)x[i * COLS + j] * y[i] / ROWS / (long double)size->ridge;
            }
        }
        for (size_t j = 0; j < COLS; j++) theta[j] = starts[k % 4];
        const gradus_matrix X = gradus_row_major(ROWS, COLS, x, COLS);
        gradus_model_options model = gradus_model_options_default();
        model.ridge = size->ridge;
        gradus_objective *f = NULL;
        gradus_report report;
        cr_assert_eq(gradus_least_squares(&X, y, &model, &f), 0);
        cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
        cr_assert(gradus_stop_converged(report.stop), "%zu: %s", k, gradus_stop_sentence(report.stop));
        cr_assert_leq(report.passes, 12.0, "%zu: %g passes", k, report.passes);
        for (size_t j = 0; j < COLS; j++) {
            const double digits = -log10(fabs((double)((theta[j] - exact[j]) / exact[j])) + 1e-16);
            cr_assert_geq(digits, 13.0, "%zu: %g for %Lg, %.1f digits", k, theta[j], exact[j], digits);
        }
        gradus_objective_free(f);
    }
}

Test(stop, no_progress_where_the_step_does_not_move_theta)
{
    gradus_objective *f = function_of(3, bowl, NULL);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(1e-30);
    test_run run = test_solve(gradus_descend, f, start3, &options);
    expect(&run, 0, GRADUS_STOP_NO_PROGRESS);
    cr_assert(run.report.iterations == 0 && test_same_bits(3, run.theta, start3));
    test_run_free(&run);
    gradus_objective_free(f);
}

/* x^2/2 with the step 2: theta changes its sign for ever, and nothing ever falls. */
/* A slope of rounding's size that turns with every step: steps of 1e-14 about 1, the value always the same. */
static gradus_status flutter(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context, (void)n;
    *value = 1.0;
    if (gradient) gradient[0] = theta[0] >= 1.0 ? 1e-14 : -1e-14;
    return 0;
}

Test(stop, no_progress_after_patience)
{
    static const int64_t patiences[] = {1, 2, 17, 0}; /* 0: the default, 1000 */
    const double one = 1.0;
    gradus_objective *f = function_of(1, flutter, NULL);
    for (int k = 0; k < 4; k++) {
        gradus_options options = gradus_options_default();
        options.step = gradus_step_fixed(1.0);
        options.stop.patience = patiences[k];
        test_run run = test_solve(gradus_descend, f, &one, &options);
        expect(&run, 0, GRADUS_STOP_NO_PROGRESS);
        cr_assert_eq((int64_t)run.report.iterations, patiences[k] ? patiences[k] : 1000);
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

/* Fixed steps that jump to and fro across the minimum have not arrived, however long it takes. */
Test(stop, oscillation_is_not_convergence)
{
    const double one = 1.0;
    gradus_objective *f = function_of(1, bowl, NULL);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(2.0);
    options.stop.max_iterations = 3000;
    test_run run = test_solve(gradus_descend, f, &one, &options);
    expect(&run, 0, GRADUS_STOP_MAX_ITERATIONS);
    test_run_free(&run);
    gradus_objective_free(f);
}

/* x^2 with the gradient's sign turned, and |x|, which has no gradient where it ends: no step keeps what the slope promises. */
static gradus_status wrong_sign(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context, (void)n;
    *value = theta[0] * theta[0];
    if (gradient) gradient[0] = -2.0 * theta[0];
    return 0;
}

static gradus_status magnitude(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context, (void)n;
    *value = fabs(theta[0]);
    if (gradient) gradient[0] = theta[0] > 0.0 ? 1.0 : -1.0;
    return 0;
}

Test(stop, stalled_is_not_converged)
{
    static const gradus_callback callbacks[] = {wrong_sign, magnitude};
    const double start = 3.1;
    for (int k = 0; k < 4; k++) {
        gradus_objective *f = function_of(1, callbacks[k / 2], NULL);
        gradus_options options = gradus_options_default();
        if (k % 2) options.step = gradus_step_backtracking(0.0);
        test_run run = test_solve(gradus_descend, f, &start, &options);
        cr_assert_eq(run.status, 0);
        cr_assert(k >= 2 || run.report.stop == GRADUS_STOP_STALLED, "%s",
                  gradus_stop_sentence(run.report.stop));
        cr_assert(run.report.evaluations < 20000, "%zu evaluations", run.report.evaluations);
        cr_assert(run.report.value <= fabs(start) * fabs(start) * (1.0 + 1e-9));
        test_run_free(&run);
        gradus_objective_free(f);
    }
}

static gradus_status slope(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context, (void)n;
    *value = theta[0];
    if (gradient) gradient[0] = 1.0;
    return 0;
}

Test(stop, a_line_that_falls_forever_is_unbounded)
{
    const double start = 3.0;
    gradus_objective *f = function_of(1, slope, NULL);
    test_run run = test_solve(gradus_descend, f, &start, NULL);
    expect(&run, 0, GRADUS_STOP_UNBOUNDED);
    test_run_free(&run);
    gradus_objective_free(f);
}

/* ---- budgets ---- */

Test(stop, max_iterations)
{
    gradus_objective *f = function_of(3, bowl, NULL);
    for (int k = 0; k < 8; k++) {
        gradus_options options = rule(k % 2);
        options.stop.max_iterations = 1 + k / 2;
        test_run run = test_solve(gradus_descend, f, start3, &options);
        expect(&run, 0, GRADUS_STOP_MAX_ITERATIONS);
        expect_last(&run);
        cr_assert_eq((int64_t)run.report.iterations, options.stop.max_iterations);
        cr_assert_eq(run.count, run.report.iterations + 1);
        cr_assert_not(gradus_stop_converged(run.report.stop));
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

Test(stop, max_iterations_by_default_a_million)
{
    const double start[2] = {1.0, 1.0};
    gradus_objective *f = function_of(2, bowl, NULL);
    gradus_options options = gradus_options_default();
    gradus_report report;
    double theta[2] = {start[0], start[1]};
    options.step = gradus_step_fixed(1e-7);
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_MAX_ITERATIONS);
    cr_assert_eq(report.iterations, 1000000);
    gradus_objective_free(f);
}

Test(stop, time)
{
    gradus_objective *f = function_of(3, bowl, NULL);
    for (int k = 0; k < 2; k++) {
        gradus_options options = rule(k);
        options.stop.gradient_tolerance = GRADUS_OFF;
        options.stop.patience = GRADUS_OFF;
        options.stop.seconds = 1e-9;
        if (k == 0) options.step = gradus_step_fixed(1e-9); /* never done by itself */
        test_run run = test_solve(gradus_descend, f, start3, &options);
        expect(&run, 0, GRADUS_STOP_TIME);
        expect_last(&run);
        cr_assert(run.report.seconds >= 1e-9);
        options.stop.seconds = 1e9;
        options.stop.max_iterations = 3;
        test_run_free(&run);
        run = test_solve(gradus_descend, f, start3, &options);
        expect(&run, 0, GRADUS_STOP_MAX_ITERATIONS);
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

/* ---- the caller ends it: monitor and cancel ---- */

/* Answers with a verdict, or cancels, at one iterate; keeps theta there. */
typedef struct interruption {
    size_t at, calls;
    gradus_verdict verdict;
    int cancel;
    double theta[3], value;
} interruption;

static gradus_verdict interrupt(void *context, const gradus_progress *progress)
{
    interruption *i = (interruption *)context;
    i->calls++;
    if (progress->iteration != i->at) return GRADUS_MONITOR_CONTINUE;
    memcpy(i->theta, progress->theta, progress->n * sizeof *i->theta);
    i->value = progress->value;
    i->cancel = i->verdict == GRADUS_MONITOR_CONTINUE;
    return i->verdict;
}

static gradus_status interrupted(const gradus_objective *f, gradus_options options, interruption *i,
                                 double *theta, gradus_report *report)
{
    gradus_error error;
    options.monitor = interrupt;
    options.monitor_context = i;
    options.cancel = &i->cancel;
    options.error = &error;
    memcpy(theta, start3, sizeof start3);
    return gradus_descend(f, theta, &options, report);
}

Test(stop, monitor)
{
    gradus_objective *f = function_of(3, bowl, NULL);
    for (size_t k = 0; k < 12; k++) {
        interruption i = {.at = k / 2, .verdict = GRADUS_MONITOR_STOP};
        double theta[3];
        gradus_report report;
        cr_assert_eq(interrupted(f, rule((int)k % 2), &i, theta, &report), 0);
        cr_assert_eq(report.stop, GRADUS_STOP_MONITOR);
        cr_assert(report.iterations == i.at && i.calls == i.at + 1);
        cr_assert(test_same_bits(3, theta, i.theta) && report.value == i.value);
    }
    gradus_objective_free(f);
}

Test(stop, a_monitor_that_stops_at_the_last_iterate_does_not_hide_why_it_was_the_last)
{
    gradus_objective *f = function_of(3, bowl, NULL);
    gradus_options options = rule(1);
    options.stop.max_iterations = 4;
    interruption i = {.at = 4, .verdict = GRADUS_MONITOR_STOP};
    double theta[3];
    gradus_report report;
    cr_assert_eq(interrupted(f, options, &i, theta, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_MAX_ITERATIONS);
    gradus_objective_free(f);
}

Test(stop, abort_by_the_monitor)
{
    gradus_objective *f = function_of(3, bowl, NULL);
    for (size_t k = 0; k < 12; k++) {
        interruption i = {.at = k / 2, .verdict = GRADUS_MONITOR_ABORT};
        double theta[3];
        gradus_report report;
        cr_assert_eq(interrupted(f, rule((int)k % 2), &i, theta, &report), GRADUS_ERROR_ABORTED);
        cr_assert_eq(report.stop, GRADUS_STOP_FAILED);
        cr_assert_eq(i.calls, i.at + 1);
        cr_assert(test_same_bits(3, theta, i.theta));
        cr_assert(report.value == i.value && report.iterations == i.at);
    }
    gradus_objective_free(f);
}

/* Fixed steps of 2.2 on x^2/2 lead away from the optimum: the best iterate is the start. */
Test(stop, abort_and_failure_hand_back_the_best_of_fixed_steps)
{
    event e = {.at = 8, .status = 42};
    gradus_objective *f = function_of(1, eventful, &e);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(2.2);
    const double start = 1.0;
    test_run run = test_solve(gradus_descend, f, &start, &options);
    expect(&run, 42, GRADUS_STOP_FAILED);
    cr_assert(run.theta[0] == 1.0 && run.report.value == 0.5 && run.report.best_iteration == 0);
    test_run_free(&run);
    e = (event){0};
    interruption i = {.at = 5, .verdict = GRADUS_MONITOR_ABORT};
    double theta[3];
    gradus_report report;
    cr_assert_eq(interrupted(f, options, &i, theta, &report), GRADUS_ERROR_ABORTED);
    cr_assert(theta[0] == 1.0 && report.value == 0.5 && report.iterations == 5);
    gradus_objective_free(f);
}

Test(stop, cancelled_by_the_monitor)
{
    gradus_objective *f = function_of(3, bowl, NULL);
    for (size_t k = 0; k < 12; k++) {
        interruption i = {.at = k / 2, .verdict = GRADUS_MONITOR_CONTINUE};
        double theta[3];
        gradus_report report;
        cr_assert_eq(interrupted(f, rule((int)k % 2), &i, theta, &report), 0);
        cr_assert_eq(report.stop, GRADUS_STOP_CANCELLED);
        cr_assert(report.iterations == i.at && test_same_bits(3, theta, i.theta) && report.value == i.value);
    }
    gradus_objective_free(f);
}

/* The flag is set during one evaluation; that one counts, the next is not begun. */
Test(stop, cancelled_during_an_evaluation)
{
    for (size_t k = 2; k < 16; k++) {
        int cancel = 0;
        event e = {.at = k / 2, .cancel = &cancel};
        gradus_objective *f = function_of(3, eventful, &e);
        gradus_options options = rule((int)k % 2);
        options.cancel = &cancel;
        test_run run = test_solve(gradus_descend, f, start3, &options);
        expect(&run, 0, GRADUS_STOP_CANCELLED);
        expect_last(&run);
        cr_assert_eq(e.calls, e.at);
        cr_assert_eq(run.report.evaluations, e.at);
        test_run_free(&run);
        gradus_objective_free(f);
    }
}

static void cancelled_before(const gradus_objective *f, const double *start)
{
    const int cancel = 1;
    for (int k = 0; k < 4; k++) {
        gradus_options options = rule(k % 2);
        options.cancel = &cancel;
        test_run run = test_solve(k / 2 ? gradus_ascend : gradus_descend, f, start, &options);
        expect(&run, 0, GRADUS_STOP_CANCELLED);
        cr_assert_eq(run.count, 0);
        cr_assert(test_same_bits(run.n, run.theta, start));
        cr_assert(isnan(run.report.value) && isnan(run.report.best_value) && isnan(run.report.gradient_norm));
        cr_assert(run.report.evaluations == 0 && run.report.passes == 0.0);
        test_run_free(&run);
    }
}

Test(stop, cancelled_before_the_start)
{
    event e = {0};
    gradus_objective *f = function_of(3, eventful, &e);
    cancelled_before(f, start3);
    cr_assert_eq(e.calls, 0);
    gradus_objective_free(f);
    test_data data = test_data_make(2, 2000, 3, GRADUS_LAYOUT_ROW_MAJOR, 0);
    cr_assert_eq(gradus_logistic(&data.X, data.labels, NULL, &f), 0);
    cancelled_before(f, start3);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(stop, cancelled_within_a_model)
{
    test_data data = test_data_make(3, 2000, 3, GRADUS_LAYOUT_COL_MAJOR, 0);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    for (int metric = 1; metric <= 2; metric++) {
        interruption i = {.at = 1, .verdict = GRADUS_MONITOR_CONTINUE};
        gradus_options options = rule(1);
        options.metric = (gradus_metric)metric;
        double theta[3];
        gradus_report report;
        cr_assert_eq(interrupted(f, options, &i, theta, &report), 0);
        cr_assert_eq(report.stop, GRADUS_STOP_CANCELLED);
        cr_assert(report.iterations == 1 && test_same_bits(3, theta, i.theta) && report.value == i.value);
        cr_assert(report.passes == (double)report.evaluations + (metric == 2 ? 2.0 : 0.0));
    }
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- it cannot go on ---- */

/* 2 (x - 3)^2 + y^4: with the step 0.05, y leaves its slope as soon as |y| > 1/sqrt(0.1), slowly at first */
static gradus_status steep(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context, (void)n;
    const double x = theta[0] - 3.0, y = theta[1];
    *value = 2.0 * x * x + y * y * y * y;
    if (!gradient) return 0;
    gradient[0] = 4.0 * x;
    gradient[1] = 4.0 * y * y * y;
    return 0;
}

Test(stop, diverged)
{
    const double start[2] = {0.0, 3.17};
    gradus_objective *f = function_of(2, steep, NULL);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(0.05);
    test_run run = test_solve(gradus_descend, f, start, &options);
    expect(&run, 0, GRADUS_STOP_DIVERGED);
    const gradus_report *report = &run.report;
    cr_assert(report->best_iteration > 0 && report->best_iteration + 1 < run.count);
    cr_assert(test_same_bits(2, run.theta, run.iterates[report->best_iteration].theta), "not the best");
    cr_assert(report->value == report->best_value);
    const test_iterate *last = &run.iterates[run.count - 1], *before = last - 1;
    const double measured = hypot(last->gradient[0] - before->gradient[0],
                                  last->gradient[1] - before->gradient[1]) /
                            hypot(last->theta[0] - before->theta[0], last->theta[1] - before->theta[1]);
    cr_assert(test_digits(report->curvature, measured) > 14 && measured * 0.05 > 2.0, "%g", measured);
    test_run_free(&run);
    gradus_objective_free(f);
}

/* A function that rejects or breaks at its second call leaves a fixed-step run nowhere to go. */
Test(stop, diverged_where_the_function_ends)
{
    event e = {.at = 2, .status = GRADUS_REJECT};
    gradus_objective *f = function_of(3, eventful, &e);
    gradus_options options = rule(0);
    test_run run = test_solve(gradus_descend, f, start3, &options);
    expect(&run, 0, GRADUS_STOP_DIVERGED);
    cr_assert(test_same_bits(3, run.theta, start3) && isnan(run.report.curvature));
    test_run_free(&run);
    gradus_objective_free(f);
}

/* 1e200 x: value and gradient are finite, their product with a direction is not. */
static gradus_status precipice(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context, (void)n;
    *value = 1e200 * theta[0];
    if (gradient) gradient[0] = 1e200;
    return 0;
}

Test(stop, diverged_where_the_slope_overflows)
{
    const double one = 1.0;
    gradus_objective *f = function_of(1, precipice, NULL);
    for (int k = 0; k < 3; k++) {
        const gradus_options options = k < 2 ? rule(k) : gradus_options_default();
        test_run run = test_solve(gradus_descend, f, &one, &options);
        expect(&run, 0, GRADUS_STOP_DIVERGED);
        cr_assert(run.report.iterations == 0 && run.theta[0] == one &&
                  !gradus_stop_converged(run.report.stop));
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

/* sign * exp(x): no lower bound where sign is -1 */
static gradus_status exponential(void *context, size_t n, const double *theta, double *value,
                                 double *gradient)
{
    (void)n;
    const double sign = *(const double *)context;
    *value = sign * exp(theta[0]);
    if (gradient) gradient[0] = sign * exp(theta[0]);
    return 0;
}

static void unbounded(test_solver solve, double sign, const double *start)
{
    gradus_objective *f = function_of(1, exponential, &sign);
    for (int k = 0; k < 2; k++) {
        const gradus_options options = rule(k);
        test_run run = test_solve(solve, f, start, &options);
        cr_assert_eq(run.status, 0);
        cr_assert_eq(run.report.stop, GRADUS_STOP_UNBOUNDED);
        cr_assert(isfinite(run.theta[0]) && run.theta[0] >= start[0]);
        if (start[0] < 700.0) {
            expect_last(&run);
            cr_assert(isfinite(run.report.value) && run.report.iterations > 0);
        } else {
            cr_assert(run.theta[0] == start[0] && run.report.value == sign * (double)INFINITY);
            cr_assert(run.report.best_value == sign * (double)INFINITY && run.report.iterations == 0);
        }
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

Test(stop, unbounded)
{
    const double near = 0.0, far = 800.0; /* exp(800) is Inf: unbounded at the start */
    unbounded(gradus_descend, -1.0, &near);
    unbounded(gradus_ascend, 1.0, &near);
    unbounded(gradus_descend, -1.0, &far);
    unbounded(gradus_ascend, 1.0, &far);
}

Test(stop, unbounded_in_the_wrong_direction_of_travel)
{
    test_data data = test_data_make(4, 40, 3, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    test_run run = test_solve(gradus_ascend, f, start3, NULL);
    cr_assert_eq(run.status, 0);
    cr_assert_eq(run.report.stop, GRADUS_STOP_UNBOUNDED);
    test_run_free(&run);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- separable classes ---- */

enum { M = 30 };

/* Labels by the sign of a planted margin; where `turned`, two of them are wrong, so that nothing separates. */
static test_data classes(bool turned)
{
    test_data data = test_data_make(5, M, 3, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t i = 0; i < M; i++) {
        double z = 0.0;
        for (size_t j = 0; j < 3; j++) z += data.x[3 * i + j] * (1.0 + (double)j);
        data.labels[i] = z > 0.0 ? 1.0 : 0.0;
    }
    if (turned) {
        for (size_t j = 0; j < 3; j++) data.x[j] = -(data.x[3 + j] = 0.5);
        data.labels[0] = 1.0; /* opposite rows, each on the wrong side */
        data.labels[1] = 0.0;
    }
    return data;
}

static void separable(const test_data *data, const gradus_objective *f, test_solver solve)
{
    const double zeros[3] = {0.0};
    for (int k = 0; k < 4; k++) {
        gradus_options options = rule(k % 2);
        options.metric = (gradus_metric)(1 + k / 2);
        test_run run = test_solve(solve, f, zeros, &options);
        cr_assert_eq(run.status, 0);
        cr_assert_eq(run.report.stop, GRADUS_STOP_SEPARABLE, "%s", gradus_stop_sentence(run.report.stop));
        expect_last(&run);
        for (size_t i = 0; i < M; i++) {
            double z = 0.0;
            for (size_t j = 0; j < 3; j++) z += data->x[3 * i + j] * run.theta[j];
            cr_assert((z > 0.0) == (data->labels[i] > 0.5) && z != 0.0, "theta does not separate row %zu", i);
        }
        double again[3];
        memcpy(again, run.theta, sizeof again); /* begun where it ended, it ends at once */
        test_run_free(&run);
        run = test_solve(solve, f, again, &options);
        cr_assert_eq(run.report.stop, GRADUS_STOP_SEPARABLE);
        cr_assert_eq(run.report.iterations, 0);
        test_run_free(&run);
    }
}

Test(stop, separable)
{
    test_data data = classes(false);
    gradus_objective *cost = NULL, *likelihood = NULL;
    cr_assert_eq(gradus_logistic(&data.X, data.labels, NULL, &cost), 0);
    cr_assert_eq(gradus_log_likelihood(&data.X, data.labels, NULL, &likelihood), 0);
    separable(&data, cost, gradus_descend);
    separable(&data, likelihood, gradus_ascend);
    gradus_objective_free(cost);
    gradus_objective_free(likelihood);
    test_data_free(&data);
}

static gradus_stop_reason logistic_stop(const test_data *data, double ridge, double tolerance, int64_t budget)
{
    gradus_model_options model = gradus_model_options_default();
    gradus_options options = gradus_options_default();
    gradus_objective *f = NULL;
    gradus_report report;
    double theta[3] = {0.0};
    model.ridge = ridge;
    options.stop.gradient_tolerance = tolerance;
    options.stop.max_iterations = budget;
    cr_assert_eq(gradus_logistic(&data->X, data->labels, &model, &f), 0);
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    gradus_objective_free(f);
    return report.stop;
}

Test(stop, not_separable_with_a_ridge_or_without_a_tolerance_or_with_mixed_classes)
{
    test_data data = classes(false), mixed = classes(true);
    cr_assert_eq(logistic_stop(&data, 0.0, 0.0, 2000), GRADUS_STOP_SEPARABLE);
    cr_assert_eq(logistic_stop(&data, 0.01, 0.0, 2000), GRADUS_STOP_GRADIENT);
    cr_assert_eq(logistic_stop(&data, 0.0, GRADUS_OFF, 5), GRADUS_STOP_MAX_ITERATIONS);
    cr_assert_eq(logistic_stop(&data, 0.0, GRADUS_OFF, 100000),
                 GRADUS_STOP_SEPARABLE); /* never "converged" */
    cr_assert_eq(logistic_stop(&mixed, 0.0, 0.0, 2000), GRADUS_STOP_GRADIENT);
    test_data_free(&data);
    test_data_free(&mixed);
}

/* A search that follows such classes as far as it can finds no bottom, and says why there is none. */
Test(stop, separable_whatever_the_way)
{
    static const gradus_method ways[] = {GRADUS_METHOD_GRADIENT, GRADUS_METHOD_LBFGS,
                                         GRADUS_METHOD_HEAVY_BALL, GRADUS_METHOD_NESTEROV,
                                         GRADUS_METHOD_CONJUGATE_GRADIENT};
    test_data data = classes(false);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_logistic(&data.X, data.labels, NULL, &f), 0);
    for (size_t k = 0; k < 10; k++) {
        gradus_options options = gradus_options_default();
        gradus_report report;
        double theta[3] = {0.0};
        options.method = ways[k / 2];
        options.step = k % 2 ? gradus_step_wolfe(0.0) : gradus_step_backtracking(0.0);
        options.stop.gradient_tolerance = GRADUS_OFF;
        options.stop.max_iterations = 200000;
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_assert(report.stop == GRADUS_STOP_SEPARABLE || report.stop == GRADUS_STOP_MAX_ITERATIONS,
                  "way %zu: %s", k, gradus_stop_sentence(report.stop));
    }
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- a callback gives up ---- */

Test(stop, failed)
{
    for (size_t k = 4; k < 30; k++) {
        event e = {.at = k / 2, .status = k % 3 ? 42 : 1};
        gradus_objective *f = function_of(3, eventful, &e);
        const gradus_options options = rule((int)k % 2);
        test_run run = test_solve(gradus_descend, f, start3, &options);
        expect(&run, e.status, GRADUS_STOP_FAILED);
        expect_last(&run);
        cr_assert(run.error.measured == (double)e.status);
        cr_assert_eq(e.calls, e.at, "called again after it gave up");
        test_run_free(&run);
        gradus_objective_free(f);
    }
}

Test(stop, failed_at_the_start)
{
    for (int k = 0; k < 2; k++) {
        event e = {.at = 1, .status = 42};
        gradus_objective *f = function_of(3, eventful, &e);
        const gradus_options options = rule(k);
        test_run run = test_solve(gradus_descend, f, start3, &options);
        expect(&run, 42, GRADUS_STOP_FAILED);
        cr_assert(run.count == 0 && test_same_bits(3, run.theta, start3) && isnan(run.report.value));
        test_run_free(&run);
        gradus_objective_free(f);
    }
}

/* ---- while it runs ---- */

Test(stop, running_until_it_ends)
{
    gradus_objective *f = function_of(3, bowl, NULL);
    gradus_options options = rule(1);
    options.stop.max_iterations = 3;
    gradus_solver *solver = NULL;
    cr_assert_eq(gradus_solver_create(f, GRADUS_DIRECTION_DESCENT, start3, &options, &solver), 0);
    for (size_t k = 1; k <= 5; k++) {
        gradus_stop_reason reason;
        gradus_report report;
        cr_assert_eq(gradus_solver_step(solver, &reason), 0);
        cr_assert_eq(reason, k < 3 ? GRADUS_STOP_RUNNING : GRADUS_STOP_MAX_ITERATIONS);
        cr_assert_eq(gradus_solver_report(solver, NULL, &report), 0);
        cr_assert(report.stop == reason && report.iterations == (k < 3 ? k : 3));
    }
    gradus_solver_free(solver);
    gradus_objective_free(f);
}
