/* SPDX-License-Identifier: BSD-3-Clause */
/* A random sample of the rows, optimised first: its rows, the metric that it makes, and what happens where it does not hold. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pass/matrix.h"
#include "pass/pass.h"
#include "shapes.h"
#include "support.h"

/* ---- the pass ---- */

static void sample_of_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m + n, m, n, layout, padding);
    const size_t rows = m / 3 + 1;
    double *copy = doubles(rows * n);
    cr_assert(gr_pass_sample(&data.X, rows, copy) == (double)rows * (double)n);
    for (size_t k = 0; k < rows; k++) {
        const size_t row = gr_sample_row(m, rows, k);
        cr_assert(row < m && (k == 0 || row > gr_sample_row(m, rows, k - 1)), "row %zu of %zux%zu", k, m, n);
        for (size_t j = 0; j < n; j++) cr_assert(copy[k * n + j] == gr_matrix_at(&data.X, row, j));
    }
    free(copy);
    test_data_free(&data);
}

Test(sample, rows_are_those_of_X_one_from_each_stratum)
{
    for_all_shapes(sample_of_shape);
}

/* ---- the metric ---- */

enum { N = 8, M = 1000 * N };

/* Labels drawn with probability 1/(1 + exp(-strength x'c)); columns of sizes 1 to 1/100. */
typedef struct setting {
    test_data data;
    gradus_objective *f;
} setting;

static setting setting_make(uint64_t seed, double strength, const gradus_model_options *options)
{
    setting s = {.data = test_data_make(seed, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0)};
    test_random random = test_random_from(seed);
    for (size_t i = 0; i < M; i++) {
        double z = 0.0;
        for (size_t j = 0; j < N; j++) {
            double *x = test_element(s.data.x, &s.data.X, i, j);
            z += *x * (j % 2 ? 1.0 : -1.0);
            *x *= pow(100.0, -(double)j / (N - 1));
        }
        const double uniform = 0.5 + 0.5 * test_random_uniform(&random);
        s.data.labels[i] = uniform < 1.0 / (1.0 + exp(-strength * z)) ? 1.0 : 0.0;
    }
    cr_assert_eq(gradus_logistic(&s.data.X, s.data.labels, options, &s.f), 0);
    return s;
}

static void setting_free(setting *s)
{
    gradus_objective_free(s->f);
    test_data_free(&s->data);
}

static gradus_report solve(const gradus_objective *f, gradus_metric metric, double *theta)
{
    gradus_options options = gradus_options_default();
    gradus_report report;
    options.metric = metric;
    options.stop.gradient_tolerance = 1e-8;
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    return report;
}

/* Few passes however far the probabilities are from one half, all that the sample took included; and the same answer. */
Test(sample, is_the_default_of_long_logistic_regressions)
{
    const double strengths[] = {0.3, 1.0, 3.0, 8.0};
    for (size_t k = 0; k < 4; k++) {
        setting s = setting_make(70 + k, strengths[k], NULL);
        double theta[N] = {0.0}, other[N] = {0.0};
        const gradus_report report = solve(s.f, GRADUS_METRIC_AUTOMATIC, theta);
        cr_assert_eq(report.metric, GRADUS_METRIC_SAMPLED_HESSIAN, "%s", report.metric_reason);
        cr_assert(report.stop == GRADUS_STOP_GRADIENT && report.passes <= 13.0, "strength %g: %g passes",
                  strengths[k], report.passes);
        cr_assert(report.metric_passes > 0.0 && report.passes > report.metric_passes + 1.0);
        const gradus_report gram = solve(s.f, GRADUS_METRIC_GRAM, other);
        cr_assert(test_worst_digits(N, theta, other) >= 6.0 && gram.metric == GRADUS_METRIC_GRAM);
        setting_free(&s);
    }
}

/* From the answer the sample's optimum is a step up: it is not taken. */
Test(sample, a_leap_that_leads_up_is_not_taken)
{
    setting s = setting_make(80, 1.0, NULL);
    double theta[N] = {0.0}, again[N];
    solve(s.f, GRADUS_METRIC_GRAM, theta);
    memcpy(again, theta, sizeof again);
    gradus_options options = gradus_options_default();
    gradus_report report;
    options.metric = GRADUS_METRIC_SAMPLED_HESSIAN;
    options.stop.gradient_tolerance = 0.5;
    cr_assert_eq(gradus_descend(s.f, again, &options, &report), 0);
    cr_assert(report.value <= report.best_value + 1e-12 && test_worst_digits(N, theta, again) >= 6.0,
              "%g above the best, %g digits", report.value - report.best_value,
              test_worst_digits(N, theta, again));
    setting_free(&s);
}

/* A leap that is not taken leaves no trace: Nesterov's first step is steepest descent's. */
Test(sample, accelerated_steps_begin_anew_after_a_leap_that_leads_up)
{
    setting s = setting_make(88, 1.0, NULL);
    double best[N] = {0.0}, one[N], other[N];
    solve(s.f, GRADUS_METRIC_GRAM, best);
    for (size_t j = 0; j < N; j++) best[j] *= 1.0 + 1e-3 * (double)j;
    memcpy(one, best, sizeof one);
    memcpy(other, best, sizeof other);
    gradus_options options = gradus_options_default();
    options.metric = GRADUS_METRIC_SAMPLED_HESSIAN;
    options.step = gradus_step_backtracking(0.5);
    options.stop.max_iterations = 1;
    options.method = GRADUS_METHOD_GRADIENT;
    cr_assert_eq(gradus_descend(s.f, one, &options, NULL), 0);
    options.method = GRADUS_METHOD_NESTEROV;
    gradus_report report;
    cr_assert_eq(gradus_descend(s.f, other, &options, &report), 0);
    cr_assert(report.step_size <= 0.5 && !test_same_bits(N, best, other), "it leapt");
    cr_assert(test_same_bits(N, one, other));
    setting_free(&s);
}

/* The sample is part of the run's budget: three reads of it, to copy, to start and to end with, when that is spent. */
Test(sample, time_is_over_for_the_sample_too)
{
    setting s = setting_make(89, 3.0, NULL);
    double theta[N] = {0.0};
    gradus_options options = gradus_options_default();
    gradus_report report;
    options.stop.seconds = 1e-9;
    cr_assert_eq(gradus_descend(s.f, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_TIME && report.iterations == 0, "%s",
              gradus_stop_sentence(report.stop));
    cr_assert(report.metric_passes <= 3.0 * (M / 8) / M + 1e-12, "%g passes", report.metric_passes);
    setting_free(&s);
}

/* A fixed step stays the step that was asked for. */
Test(sample, fixed_steps_do_not_leap)
{
    setting s = setting_make(81, 1.0, NULL);
    double theta[N] = {0.0};
    gradus_options options = gradus_options_default();
    gradus_report report;
    options.metric = GRADUS_METRIC_SAMPLED_HESSIAN;
    options.method = GRADUS_METHOD_GRADIENT;
    options.step = gradus_step_fixed(0.001);
    options.stop.max_iterations = 1;
    cr_assert_eq(gradus_descend(s.f, theta, &options, &report), 0);
    double best[N] = {0.0}, longest = 0.0;
    solve(s.f, GRADUS_METRIC_GRAM, best);
    for (size_t j = 0; j < N; j++) longest = fmax(longest, fabs(theta[j]) / fabs(best[j]));
    cr_assert(longest > 0.0 && longest < 0.01, "%g of the way", longest);
    setting_free(&s);
}

/* A category of three rows, which the sample does not hold: all rows say how it curves. */
Test(sample, rare_columns_are_left_to_the_gram_matrix)
{
    gradus_model_options options = gradus_model_options_default();
    options.ridge = 1e-3;
    setting s = setting_make(82, 1.0, &options);
    for (size_t i = 0; i < M; i++) *test_element(s.data.x, &s.data.X, i, 5) = i % (M / 3) == 17 ? 1.0 : 0.0;
    double theta[N] = {0.0}, other[N] = {0.0};
    const gradus_report report = solve(s.f, GRADUS_METRIC_AUTOMATIC, theta);
    cr_assert_eq(report.metric, GRADUS_METRIC_GRAM, "%s", report.metric_reason);
    cr_assert(strstr(report.metric_reason, "sample") != NULL && report.stop == GRADUS_STOP_GRADIENT);
    solve(s.f, GRADUS_METRIC_STANDARDIZED, other);
    cr_assert(test_worst_digits(N, theta, other) >= 5.0);
    setting_free(&s);
}

Test(sample, separable_classes_are_told_of)
{
    setting s = setting_make(83, 1e6, NULL);
    double theta[N] = {0.0};
    const gradus_report report = solve(s.f, GRADUS_METRIC_AUTOMATIC, theta);
    cr_assert_eq(report.stop, GRADUS_STOP_SEPARABLE, "%s", gradus_stop_sentence(report.stop));
    setting_free(&s);
}

/* ---- what holds for every metric ---- */

Test(sample, the_bits_depend_neither_on_threads_nor_on_the_direction)
{
    setting s = setting_make(84, 2.0, NULL);
    gradus_objective *likelihood = NULL;
    cr_assert_eq(gradus_log_likelihood(&s.data.X, s.data.labels, NULL, &likelihood), 0);
    double first[N] = {0.0};
    for (int k = 0; k < 4; k++) {
        double theta[N] = {0.0};
        gradus_options options = gradus_options_default();
        options.threads = k + 1;
        options.metric = GRADUS_METRIC_SAMPLED_HESSIAN;
        cr_assert_eq(k % 2 ? gradus_ascend(likelihood, theta, &options, NULL)
                           : gradus_descend(s.f, theta, &options, NULL),
                     0);
        if (k == 0) memcpy(first, theta, sizeof first);
        cr_assert(test_same_bits(N, first, theta));
    }
    gradus_objective_free(likelihood);
    setting_free(&s);
}

/* Weights of 0 and 1 are rows that are absent and present. */
Test(sample, weights_choose_rows)
{
    gradus_model_options options = gradus_model_options_default();
    double *weights = doubles(M);
    for (size_t i = 0; i < M; i++) weights[i] = i % 5 == 0 ? 0.0 : 1.0;
    options.weights = weights;
    setting s = setting_make(85, 1.0, &options);
    size_t kept = 0;
    for (size_t i = 0; i < M; i++) {
        if (i % 5 == 0) continue;
        memmove(s.data.x + kept * N, s.data.x + i * N, N * sizeof(double));
        s.data.labels[kept++] = s.data.labels[i];
    }
    const gradus_matrix X = gradus_row_major(kept, N, s.data.x, N);
    gradus_objective *f = NULL;
    double theta[N] = {0.0}, other[N] = {0.0};
    setting whole = setting_make(85, 1.0, &options);
    cr_assert_eq(gradus_logistic(&X, s.data.labels, NULL, &f), 0);
    solve(whole.f, GRADUS_METRIC_SAMPLED_HESSIAN, theta);
    solve(f, GRADUS_METRIC_GRAM, other);
    cr_assert(test_worst_digits(N, theta, other) >= 6.0);
    gradus_objective_free(f);
    setting_free(&whole);
    setting_free(&s);
    free(weights);
}

/* Cancels the run at one of its requests for memory. */
typedef struct canceller {
    size_t requests, at;
    int cancel;
    size_t shown;
} canceller;

static void *allocate_and_cancel(void *context, size_t bytes)
{
    canceller *c = (canceller *)context;
    if (++c->requests == c->at) c->cancel = 1;
    return malloc(bytes);
}

static void release(void *context, void *pointer)
{
    (void)context;
    free(pointer);
}

static gradus_verdict count_shown(void *context, const gradus_progress *progress)
{
    canceller *c = (canceller *)context;
    cr_assert(progress->iteration == c->shown++ && isfinite(progress->value));
    return GRADUS_MONITOR_CONTINUE;
}

/* Whenever the caller cancels, while the sample is drawn, optimised or factored, that is what is reported: not that the classes
 * are separable, which a pass that was cut short says of them. */
Test(sample, a_run_may_be_cancelled_at_any_time)
{
    setting s = setting_make(87, 1.0, NULL);
    canceller c = {.at = 0};
    bool seen[2] = {false, false};
    do {
        c = (canceller){.at = c.at + 1};
        const gradus_allocator allocator = {allocate_and_cancel, release, &c};
        gradus_options options = gradus_options_default();
        gradus_report report;
        options.allocator = &allocator;
        options.cancel = &c.cancel;
        options.monitor = count_shown;
        options.monitor_context = &c;
        double theta[N] = {0.0};
        cr_assert_eq(gradus_descend(s.f, theta, &options, &report), 0);
        if (!c.cancel) break;
        cr_assert_eq(report.stop, GRADUS_STOP_CANCELLED, "request %zu: %s", c.at,
                     gradus_stop_sentence(report.stop));
        const bool begun = !isnan(report.value); /* the start was evaluated */
        cr_assert(!begun || report.value <= log(2.0) + 1e-12);
        cr_assert(c.shown == (begun ? report.iterations + 1 : 0), "%zu shown", c.shown);
        seen[begun] = true;
    } while (c.at < 100);
    cr_assert(c.at > 8 && c.at < 100 && seen[0] && seen[1]);
    setting_free(&s);
}
