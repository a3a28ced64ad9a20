/* SPDX-License-Identifier: BSD-3-Clause */
/* Step rules: exact, Barzilai and Borwein's, and line searches whose later trials read no row of X. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { ROWS = 400, COLS = 6 };

static gradus_objective *squares_of(const test_data *data)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&data->X, data->y, NULL, &f), 0);
    return f;
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t j = 0; j < n; j++) sum += a[j] * b[j];
    return sum;
}

/* Columns of unlike size, so that a step rule has something to do. */
static void stretch(test_data *data)
{
    for (size_t i = 0; i < data->X.rows; i++) {
        for (size_t j = 0; j < data->X.cols; j++)
            *test_element(data->x, &data->X, i, j) *= pow(2.0, (double)j);
    }
}

/* At the end of an exact step the gradient is orthogonal to the direction: steepest descent turns by a right angle. */
Test(steps, exact_steps_end_where_the_slope_is_zero)
{
    test_data data = test_data_make(1, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    stretch(&data);
    gradus_objective *f = squares_of(&data);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_exact();
    options.stop.max_iterations = 20;
    test_run run = test_solve(gradus_descend, f, data.theta, &options);
    cr_assert_eq(run.count, 21);
    for (size_t k = 1; k < run.count; k++) {
        const double *before = run.iterates[k - 1].gradient, *now = run.iterates[k].gradient;
        const double cosine = dot(COLS, before, now) / sqrt(dot(COLS, before, before) * dot(COLS, now, now));
        cr_assert_leq(fabs(cosine), 1e-11, "step %zu: %g", k, cosine);
    }
    cr_assert_eq(run.report.passes, 41.0); /* the start, and two a step */
    cr_assert_eq(run.report.step_rule, GRADUS_STEP_EXACT);
    test_run_free(&run);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(steps, exact_steps_need_a_quadratic)
{
    test_data data = test_data_make(2, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = squares_of(&data), *g = NULL, *logistic = NULL, *function = NULL;
    cr_assert_eq(gradus_negate(f, &g), 0);
    cr_assert_eq(gradus_logistic(&data.X, data.labels, NULL, &logistic), 0);
    cr_assert_eq(gradus_function(COLS, test_rosenbrock, NULL, &function), 0);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_exact();
    const gradus_objective *refused[] = {g, logistic, function};
    for (size_t k = 0; k < 3; k++)
        cr_assert_eq(gradus_descend(refused[k], data.theta, &options, NULL), GRADUS_ERROR_UNSUPPORTED);
    cr_assert_eq(gradus_ascend(g, data.theta, &options, NULL), 0);
    gradus_objective_free(f);
    gradus_objective_free(g);
    gradus_objective_free(logistic);
    gradus_objective_free(function);
    test_data_free(&data);
}

/* alpha_k = s's / s'y of the step before, wherever the safeguard did not shorten it; phi stays below its last ten values. */
Test(steps, barzilai_and_borweins_formula)
{
    test_data data = test_data_make(3, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    stretch(&data);
    gradus_objective *f = squares_of(&data);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_barzilai_borwein(1e-3);
    test_run run = test_solve(gradus_descend, f, data.theta, &options);
    cr_assert(run.status == 0 && run.report.stop == GRADUS_STOP_GRADIENT);
    size_t rises = 0, exact = 0;
    size_t last = 2; /* from here on s and y are mostly rounding */
    while (run.iterates[last].seen.gradient_norm > 1e-6 * run.iterates[0].seen.gradient_norm) last++;
    for (size_t k = 2; k < last; k++) {
        const test_iterate *a = &run.iterates[k - 2], *b = &run.iterates[k - 1], *c = &run.iterates[k];
        double ss = 0.0, sy = 0.0, highest = b->seen.value;
        for (size_t j = 0; j < COLS; j++) {
            const double s = b->theta[j] - a->theta[j];
            ss += s * s;
            sy += s * (b->gradient[j] - a->gradient[j]);
        }
        for (size_t i = k > 10 ? k - 10 : 0; i < k; i++) highest = fmax(highest, run.iterates[i].seen.value);
        cr_assert_leq(c->seen.step_size, ss / sy * (1.0 + 1e-6), "step %zu", k);
        cr_assert_leq(c->seen.value, highest * (1.0 + 1e-10));
        exact += fabs(c->seen.step_size - ss / sy) <= 1e-6 * ss / sy;
        rises += c->seen.value > b->seen.value;
    }
    cr_assert(exact >= 3 * last / 4 && rises > last / 10, "%zu of %zu, %zu rises", exact, last, rises);
    cr_assert_leq(run.count, 400); /* plain backtracking takes thousands */
    test_run_free(&run);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* A run that may rise hands back its best iterate when it is cut short. */
Test(steps, barzilai_and_borwein_hand_back_the_best)
{
    test_data data = test_data_make(4, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    stretch(&data);
    gradus_objective *f = squares_of(&data);
    size_t earlier = 0;
    for (int64_t budget = 3; budget < 40; budget++) {
        gradus_options options = gradus_options_default();
        options.step = gradus_step_barzilai_borwein(1e-3);
        options.stop.max_iterations = budget;
        test_run run = test_solve(gradus_descend, f, data.theta, &options);
        size_t best = 0;
        for (size_t k = 1; k < run.count; k++) {
            if (run.iterates[k].seen.value < run.iterates[best].seen.value) best = k;
        }
        if (run.report.stop == GRADUS_STOP_MAX_ITERATIONS) {
            cr_assert(test_same_bits(COLS, run.theta, run.iterates[best].theta));
            cr_assert(run.report.value == run.iterates[best].seen.value && run.report.best_iteration == best);
            earlier += best + 1 < run.count;
        }
        test_run_free(&run);
    }
    cr_assert_gt(earlier, 0);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(steps, barzilai_and_borwein_go_with_the_gradient)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(2, test_rosenbrock, NULL, &f), 0);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_barzilai_borwein(0.0);
    double theta[2] = {-1.2, 1.0};
    options.method = GRADUS_METHOD_LBFGS;
    cr_assert_eq(gradus_descend(f, theta, &options, NULL), GRADUS_ERROR_UNSUPPORTED);
    options.method = GRADUS_METHOD_AUTOMATIC;
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    cr_assert(report.method == GRADUS_METHOD_GRADIENT && gradus_stop_converged(report.stop));
    cr_assert(fabs(theta[0] - 1.0) <= 1e-8 && fabs(theta[1] - 1.0) <= 1e-8);
    gradus_objective_free(f);
}

/*
 * A first trial far too long is shortened many times. For a model that costs no pass beyond the refused trial itself and one
 * more for the margins at the start; the same loss as a caller's function is evaluated at every trial.
 */
Test(steps, refused_trials_of_a_model_cost_no_pass)
{
    test_data data = test_data_make(5, ROWS, COLS, GRADUS_LAYOUT_COL_MAJOR, 0);
    gradus_model_options model = gradus_model_options_default();
    model.ridge = 0.1;
    model.intercept = 1;
    model.weights = data.weights;
    gradus_objective *functions[2] = {NULL, NULL};
    cr_assert_eq(gradus_least_squares(&data.X, data.y, &model, &functions[0]), 0);
    cr_assert_eq(gradus_logistic(&data.X, data.labels, &model, &functions[1]), 0);
    for (int k = 0; k < 8; k++) {
        gradus_options options = gradus_options_default();
        options.step = k & 2 ? gradus_step_wolfe(1e6) : gradus_step_backtracking(1e6);
        options.method = k & 4 ? GRADUS_METHOD_LBFGS : GRADUS_METHOD_GRADIENT;
        options.stop.max_iterations = 1;
        double theta[COLS + 1] = {0.0};
        gradus_report report;
        cr_assert_eq(gradus_descend(functions[k & 1], theta, &options, &report), 0);
        cr_assert_eq(report.evaluations, 3, "%d: %zu", k, report.evaluations);
        cr_assert_eq(report.passes, 4.0, "%d: %g passes", k, report.passes);
        cr_assert(report.step_size < 100.0);
    }
    gradus_objective_free(functions[0]);
    gradus_objective_free(functions[1]);
    test_data_free(&data);
}

/* Searches along the line find the steps that searches by full evaluations find. */
typedef struct model_as_function {
    const gradus_objective *f;
} model_as_function;

static gradus_status evaluate_model(void *context, size_t n, const double *theta, double *value,
                                    double *gradient)
{
    (void)n;
    return gradus_objective_evaluate(((const model_as_function *)context)->f, theta, value, gradient);
}

Test(steps, along_the_line_as_by_full_evaluations)
{
    test_data data = test_data_make(6, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options model = gradus_model_options_default();
    model.ridge = 0.05;
    gradus_objective *logistic = NULL, *function = NULL;
    cr_assert_eq(gradus_log_likelihood(&data.X, data.labels, &model, &logistic), 0);
    model_as_function wrapped = {logistic};
    cr_assert_eq(gradus_function(COLS, evaluate_model, &wrapped, &function), 0);
    for (int k = 0; k < 4; k++) {
        gradus_options options = gradus_options_default();
        options.step = k & 1 ? gradus_step_wolfe(300.0) : gradus_step_backtracking(300.0);
        options.method = k & 2 ? GRADUS_METHOD_CONJUGATE_GRADIENT : GRADUS_METHOD_GRADIENT;
        options.stop.max_iterations = 6;
        test_run line = test_solve(gradus_ascend, logistic, data.theta, &options);
        test_run full = test_solve(gradus_ascend, function, data.theta, &options);
        cr_assert(line.count == full.count && line.report.evaluations < full.report.evaluations);
        for (size_t i = 0; i < line.count; i++)
            cr_assert_geq(test_worst_digits(COLS, line.iterates[i].theta, full.iterates[i].theta), 8.0);
        test_run_free(&line);
        test_run_free(&full);
    }
    gradus_objective_free(logistic);
    gradus_objective_free(function);
    test_data_free(&data);
}

/* Rosenbrock's function, remembering the first two points at which it was asked for. */
typedef struct first_trials {
    size_t calls;
    double at[2][2];
} first_trials;

static gradus_status remember(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    first_trials *seen = (first_trials *)context;
    if (seen->calls < 2) memcpy(seen->at[seen->calls], theta, sizeof seen->at[0]);
    seen->calls++;
    return test_rosenbrock(NULL, n, theta, value, gradient);
}

/* How far the first trial of a run from `start` goes. */
static double first_step(const double *start, gradus_step step)
{
    first_trials seen = {0};
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(2, remember, &seen, &f), 0);
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_LBFGS;
    options.step = step;
    options.stop.max_iterations = 1;
    double theta[2] = {start[0], start[1]};
    cr_assert_eq(gradus_descend(f, theta, &options, NULL), 0);
    gradus_objective_free(f);
    cr_assert_geq(seen.calls, 2);
    return hypot(seen.at[1][0] - seen.at[0][0], seen.at[1][1] - seen.at[0][1]);
}

/* No longer than theta, or than 1, and no longer than the gradient; but where the caller has set it, what he has set. */
Test(steps, the_first_step_of_a_function_has_the_length_of_theta)
{
    static const double far[2] = {-120.0, 50.0}, near[2] = {0.1, 0.3}, there[2] = {1.0, 1.0 + 1e-5};
    double value, gradient[2];
    cr_assert_eq(test_rosenbrock(NULL, 2, far, &value, gradient), 0);
    const double steepest = hypot(gradient[0], gradient[1]);
    const gradus_step automatic = gradus_step_wolfe(0.0);
    cr_assert(fabs(first_step(far, automatic) / 130.0 - 1.0) <= 1e-12, "%g", first_step(far, automatic));
    cr_assert(fabs(first_step(near, automatic) - 1.0) <= 1e-12, "%g", first_step(near, automatic));
    cr_assert(fabs(first_step(far, gradus_step_wolfe(1e-3)) / (1e-3 * steepest) - 1.0) <= 1e-12);
    cr_assert_eq(test_rosenbrock(NULL, 2, there, &value, gradient), 0);
    const double short_step = hypot(gradient[0], gradient[1]);
    cr_assert(short_step < 0.01 && fabs(first_step(there, automatic) / short_step - 1.0) <= 1e-9);
}
