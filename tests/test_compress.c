/* SPDX-License-Identifier: BSD-3-Clause */
/* Least squares in its compressed form: the steps are those on X to rounding, and cost no pass. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "support.h"

enum { ROWS = 900, COLS = 7, SIZE = COLS + 1 };

static gradus_objective *make(const test_data *data)
{
    gradus_model_options model = gradus_model_options_default();
    model.ridge = 0.01;
    model.intercept = 1;
    model.weights = data->weights;
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&data->X, data->y, &model, &f), 0);
    return f;
}

/* Every method, metric and step that may travel in it: a bit of rounding apart from the run on X, and in two passes. */
Test(compress, the_same_steps_without_a_pass)
{
    test_data data = test_data_make(1, ROWS, COLS, GRADUS_LAYOUT_COL_MAJOR, 1);
    gradus_objective *f = make(&data);
    for (int method = GRADUS_METHOD_GRADIENT; method <= GRADUS_METHOD_CONJUGATE_GRADIENT; method++) {
        gradus_options options = gradus_options_default();
        options.method = (gradus_method)method;
        options.step = gradus_step_fixed(0.2);
        options.stop.max_iterations = 25;
        options.stop.gradient_tolerance = GRADUS_OFF;
        test_run plain = test_solve(gradus_descend, f, data.theta, &options);
        options.compress = 1;
        test_run compressed = test_solve(gradus_descend, f, data.theta, &options);
        cr_assert(plain.status == 0 && compressed.status == 0 && plain.count == 26 && compressed.count == 26);
        for (size_t k = 0; k < 26; k++)
            cr_assert_geq(test_worst_digits(SIZE, compressed.iterates[k].theta, plain.iterates[k].theta), 9.0,
                          "method %d, step %zu", method, k);
        cr_assert_eq(compressed.report.passes, 2.0);
        cr_assert_eq(compressed.report.evaluations, 2);
        test_run_free(&plain);
        test_run_free(&compressed);
    }
    gradus_objective_free(f);
    test_data_free(&data);
}

/* What the report says of theta was read from X, not from the compressed form. */
Test(compress, the_end_is_evaluated_on_the_data)
{
    test_data data = test_data_make(2, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = make(&data);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(0.2);
    options.stop.max_iterations = 40;
    options.compress = 1;
    test_run run = test_solve(gradus_descend, f, data.theta, &options);
    double value, gradient[SIZE];
    cr_assert_eq(gradus_objective_evaluate(f, run.theta, &value, gradient), 0);
    cr_assert(test_same(run.report.value, value));
    test_run_free(&run);
    gradus_objective_free(f);
    test_data_free(&data);
}

/*
 * A response far from 0, so that the value falls by many digits on the way. Run to the end, the compressed form takes the steps
 * and reaches the digits of the run on X: rounding that it cannot see is removed by new anchors, at a pass each.
 */
Test(compress, new_anchors_keep_the_digits)
{
    static const gradus_step_rule rules[] = {GRADUS_STEP_BACKTRACKING, GRADUS_STEP_WOLFE, GRADUS_STEP_EXACT,
                                             GRADUS_STEP_BARZILAI_BORWEIN};
    test_data data = test_data_make(3, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t i = 0; i < ROWS; i++) data.y[i] += 1e4;
    gradus_objective *f = make(&data);
    double closed[SIZE];
    gradus_model_options model = gradus_model_options_default();
    model.ridge = 0.01;
    model.intercept = 1;
    model.weights = data.weights;
    cr_assert_eq(gradus_reference_least_squares(&data.X, data.y, &model, GRADUS_REFERENCE_QR, closed, NULL),
                 0);
    for (size_t k = 0; k < 4; k++) {
        gradus_options options = gradus_options_default();
        options.step.rule = rules[k];
        double on_data[SIZE] = {0.0}, theta[SIZE] = {0.0};
        gradus_report report;
        cr_assert_eq(gradus_descend(f, on_data, &options, &report), 0);
        const size_t iterations = report.iterations;
        options.compress = 1;
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_assert_eq(report.stop, GRADUS_STOP_GRADIENT, "%s", gradus_stop_sentence(report.stop));
        const double digits = test_worst_digits(SIZE, theta, closed);
        cr_assert_geq(digits, test_worst_digits(SIZE, on_data, closed) - 0.5, "rule %d", (int)rules[k]);
        cr_assert_geq(digits, 5.0);
        cr_assert_leq(report.passes, 4.0, "rule %d: %g passes", (int)rules[k], report.passes);
        cr_assert(report.iterations >= 10 && report.iterations <= iterations + 5);
    }
    gradus_objective_free(f);
    test_data_free(&data);
}

/* By default too, where there is little to gain. */
Test(compress, the_default_run_in_the_compressed_form)
{
    test_data data = test_data_make(4, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = make(&data), *g = NULL;
    cr_assert_eq(gradus_negate(f, &g), 0);
    gradus_options options = gradus_options_default();
    options.compress = 1;
    test_run down = test_solve(gradus_descend, f, data.theta, &options);
    test_run up = test_solve(gradus_ascend, g, data.theta, &options);
    cr_assert(gradus_stop_converged(down.report.stop) && down.report.passes <= 5.0);
    cr_assert(test_same_bits(SIZE, down.theta, up.theta) && up.report.value == -down.report.value);
    test_run_free(&down);
    test_run_free(&up);
    gradus_objective_free(f);
    gradus_objective_free(g);
    test_data_free(&data);
}

Test(compress, only_least_squares_minimised)
{
    test_data data = test_data_make(5, 50, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = make(&data), *g = NULL, *logistic = NULL;
    cr_assert_eq(gradus_negate(f, &g), 0);
    cr_assert_eq(gradus_logistic(&data.X, data.labels, NULL, &logistic), 0);
    gradus_options options = gradus_options_default();
    options.compress = 1;
    cr_assert_eq(gradus_descend(g, data.theta, &options, NULL), GRADUS_ERROR_UNSUPPORTED);
    cr_assert_eq(gradus_descend(logistic, data.theta, &options, NULL), GRADUS_ERROR_UNSUPPORTED);
    options.metric = GRADUS_METRIC_HESSIAN;
    cr_assert_eq(gradus_descend(f, data.theta, &options, NULL), GRADUS_ERROR_UNSUPPORTED);
    gradus_objective_free(f);
    gradus_objective_free(g);
    gradus_objective_free(logistic);
    test_data_free(&data);
}

/* Evaluations that read no row of X heed the cancel flag, too. */
Test(compress, a_cancel_is_seen)
{
    test_data data = test_data_make(6, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = make(&data);
    volatile int cancel = 0;
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(1e-3);
    options.compress = 1;
    options.cancel = &cancel;
    gradus_solver *solver = NULL;
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    cr_assert_eq(gradus_solver_create(f, GRADUS_DIRECTION_DESCENT, data.theta, &options, &solver), 0);
    for (int k = 0; k < 3; k++) cr_assert_eq(gradus_solver_step(solver, &reason), 0);
    cr_assert_eq(reason, GRADUS_STOP_RUNNING);
    cancel = 1;
    cr_assert_eq(gradus_solver_step(solver, &reason), 0);
    cr_assert_eq(reason, GRADUS_STOP_CANCELLED);
    gradus_report report;
    cr_assert_eq(gradus_solver_report(solver, NULL, &report), 0);
    cr_assert_eq(report.iterations, 3);
    gradus_solver_free(solver);
    gradus_objective_free(f);
    test_data_free(&data);
}
