/* SPDX-License-Identifier: BSD-3-Clause */
/* Refusals and rare ways that no other test goes; see docs/coverage.md. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { M = 120, N = 6, COUNT = 5 };

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

static gradus_objective *make(maker of, const test_data *data, const double *y,
                              const gradus_model_options *model)
{
    gradus_objective *f = NULL;
    cr_assert_eq(of(&data->X, y, model, &f), 0);
    return f;
}

static gradus_model_options with_intercept(void)
{
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    return model;
}

/* ---- paths ---- */

Test(corners, a_path_is_refused_by_name)
{
    test_data data = test_data_make(41, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = make(gradus_least_squares, &data, data.y, NULL), *g = NULL;
    double thetas[COUNT * N], lambdas[COUNT] = {1.0, 0.5, 0.25, 0.125, 0.0};
    gradus_report reports[COUNT];
    gradus_error error;
    gradus_options options = gradus_options_default();
    options.error = &error;
    const double bad[] = {(double)NAN, (double)INFINITY, -1.0};
    for (size_t k = 0; k < 3; k++) {
        lambdas[3] = bad[k];
        cr_assert_eq(gradus_path(f, lambdas, COUNT, &options, thetas, reports), GRADUS_ERROR_OPTION);
        cr_assert(error.row == 3 && test_same(error.measured, bad[k]));
    }
    lambdas[3] = 0.125;
    cr_assert_eq(gradus_path(NULL, lambdas, COUNT, &options, thetas, reports), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_path(f, NULL, COUNT, &options, thetas, reports), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_path(f, lambdas, COUNT, &options, NULL, reports), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_path(f, lambdas, COUNT, &options, thetas, NULL), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_path(f, lambdas, 0, &options, thetas, reports), 0);
    double largest;
    cr_assert_eq(gradus_lambda_max(NULL, &largest), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_lambda_max(f, NULL), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_function(N, test_rosenbrock, NULL, &g), 0);
    cr_assert_eq(gradus_path(g, lambdas, COUNT, &options, thetas, reports), GRADUS_ERROR_UNSUPPORTED);
    cr_assert_eq(gradus_lambda_max(g, &largest), GRADUS_ERROR_UNSUPPORTED);
    gradus_objective_free(g);
    gradus_objective_free(f);
    test_data_free(&data);
}

static void lambdas_of(const gradus_objective *f, double *lambdas)
{
    cr_assert_eq(gradus_lambda_max(f, &lambdas[0]), 0);
    for (size_t k = 1; k < COUNT; k++) lambdas[k] = 0.4 * lambdas[k - 1];
}

/* By the Gram matrix, by one solver that is aimed, and by solves in turn */
Test(corners, a_path_of_the_negative_is_the_mirror)
{
    test_data data = test_data_make(42, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    const gradus_model_options model = with_intercept();
    for (int k = 0; k < 4; k++) {
        gradus_objective *f = make(k % 2 ? gradus_logistic : gradus_least_squares, &data,
                                   k % 2 ? data.labels : data.y, &model);
        gradus_objective *minus = NULL;
        cr_assert_eq(gradus_negate(f, &minus), 0);
        gradus_options options = gradus_options_default();
        if (k >= 2) options.method = GRADUS_METHOD_NESTEROV;
        double lambdas[COUNT], down[COUNT * (N + 1)], up[COUNT * (N + 1)];
        gradus_report of_down[COUNT], of_up[COUNT];
        lambdas_of(f, lambdas);
        cr_assert_eq(gradus_path(f, lambdas, COUNT, &options, down, of_down), 0);
        cr_assert_eq(gradus_path(minus, lambdas, COUNT, &options, up, of_up), 0);
        cr_assert(test_same_bits(COUNT * (N + 1), down, up), "%d", k);
        for (size_t i = 0; i < COUNT; i++) {
            cr_assert(test_same(of_down[i].value, -of_up[i].value) && of_down[i].stop == of_up[i].stop, "%d",
                      k);
            cr_assert(gradus_stop_converged(of_down[i].stop), "%d: %d", k, (int)of_down[i].stop);
        }
        gradus_objective_free(minus);
        gradus_objective_free(f);
    }
    test_data_free(&data);
}

/* What the Gram matrix has no room for is solved on X: the same answers */
Test(corners, a_path_with_other_options_has_the_same_solutions)
{
    test_data data = test_data_make(43, M, N, GRADUS_LAYOUT_COL_MAJOR, 0);
    const gradus_model_options model = with_intercept();
    gradus_objective *f = make(gradus_least_squares, &data, data.y, &model);
    double lambdas[COUNT], plain[COUNT * (N + 1)], other[COUNT * (N + 1)];
    gradus_report reports[COUNT];
    lambdas_of(f, lambdas);
    cr_assert_eq(gradus_path(f, lambdas, COUNT, NULL, plain, reports), 0);
    cr_assert(reports[0].passes >= 1.0 && reports[1].passes == 0.0, "one pass for all");
    for (int k = 0; k < 4; k++) {
        gradus_options options = gradus_options_default();
        if (k == 0) options.stop.seconds = 1e6;
        if (k == 1) options.stop.step_tolerance = 1e-15;
        if (k == 2) options.metric = GRADUS_METRIC_DIAGONAL;
        if (k == 3) options.method = GRADUS_METHOD_GRADIENT;
        cr_assert_eq(gradus_path(f, lambdas, COUNT, &options, other, reports), 0);
        for (size_t i = 0; i < COUNT * (N + 1); i++)
            cr_assert(fabs(plain[i] - other[i]) <= 1e-5 * (fabs(plain[i]) + 1e-2), "%d: %g, %g", k, plain[i],
                      other[i]);
    }
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- what a penalised model says of itself ---- */

/* value + lasso sum |theta_j|, and the gradient's subgradient: sign(theta_j) lasso, nothing where theta_j is 0 */
Test(corners, a_lasso_has_its_subgradient)
{
    test_data data = test_data_make(44, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options model = with_intercept();
    gradus_objective *plain = make(gradus_logistic, &data, data.labels, &model), *minus = NULL;
    model.lasso = 0.3;
    gradus_objective *f = make(gradus_logistic, &data, data.labels, &model);
    cr_assert_eq(gradus_negate(f, &minus), 0);
    const double theta[N + 1] = {0.5, -0.25, 0.0, 1.0, -2.0, 0.0, 3.0};
    double bare[N + 1], g[N + 1], up[N + 1], value, penalised, negated;
    cr_assert_eq(gradus_objective_evaluate(plain, theta, &value, bare), 0);
    cr_assert_eq(gradus_objective_evaluate(f, theta, &penalised, g), 0);
    cr_assert_eq(gradus_objective_evaluate(minus, theta, &negated, up), 0);
    cr_assert(fabs(penalised - (value + 0.3 * 3.75)) <= 1e-15 * penalised);
    cr_assert(test_same(negated, -penalised));
    for (size_t j = 0; j <= N; j++) {
        const double sign = j == N ? 0.0 : (double)((theta[j] > 0.0) - (theta[j] < 0.0));
        cr_assert(fabs(g[j] - (bare[j] + 0.3 * sign)) <= 1e-15, "%zu", j);
        cr_assert(up[j] == -g[j], "%zu", j);
    }
    gradus_objective_free(plain);
    gradus_objective_free(minus);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* Bounds at 0 alone make a cone: classes that a direction inside it splits have no optimum; others do. */
Test(corners, separable_in_a_cone)
{
    enum { ROWS = 40 };
    double x[2 * ROWS], labels[ROWS];
    const double lower[2] = {0.0, 0.0}, upper[2] = {(double)INFINITY, (double)INFINITY};
    for (int towards = 0; towards < 2; towards++) {
        test_random random = test_random_from(45);
        for (size_t i = 0; i < ROWS; i++) {
            x[2 * i] = test_random_uniform(&random);
            x[2 * i + 1] = test_random_uniform(&random);
            labels[i] = (x[2 * i] + x[2 * i + 1] > 0.0) == (towards == 1) ? 1.0 : 0.0;
        }
        const gradus_matrix X = gradus_row_major(ROWS, 2, x, 2);
        gradus_model_options model = gradus_model_options_default();
        model.lower = lower;
        model.upper = upper;
        gradus_objective *f = NULL;
        gradus_report report;
        double theta[2] = {0.0, 0.0};
        cr_assert_eq(gradus_logistic(&X, labels, &model, &f), 0);
        cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
        cr_assert_eq(report.stop == GRADUS_STOP_SEPARABLE, towards == 1, "%d: %d", towards, (int)report.stop);
        if (!towards) /* every coefficient would lead the wrong way */
            cr_assert(theta[0] == 0.0 && theta[1] == 0.0 && gradus_stop_converged(report.stop));
        gradus_objective_free(f);
    }
}

/* ---- inference ---- */

static void expect_no_inference(maker of, const test_data *data, const double *y,
                                const gradus_model_options *model, const double *theta, gradus_status wanted)
{
    gradus_objective *f = make(of, data, y, model);
    gradus_error error = {.sentence = ""};
    gradus_infer_options options = gradus_infer_options_default();
    options.error = &error;
    double errors[N + 1] = {-1.0};
    gradus_inference made;
    cr_assert_eq(gradus_infer(f, theta, &options, &made, errors, NULL), wanted);
    cr_assert(error.sentence[0] && errors[0] == -1.0, "a sentence, and nothing written");
    gradus_objective_free(f);
}

Test(corners, inference_is_refused_by_name)
{
    test_data data = test_data_make(46, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    const double zeros[N + 1] = {0.0}, lower[N] = {0.0};
    gradus_model_options model = with_intercept();
    model.lasso = 0.1;
    expect_no_inference(gradus_least_squares, &data, data.y, &model, zeros, GRADUS_ERROR_PENALISED);
    model.lasso = 0.0;
    model.lower = lower;
    expect_no_inference(gradus_logistic, &data, data.labels, &model, zeros, GRADUS_ERROR_PENALISED);
    model.lower = NULL;
    expect_no_inference(gradus_huber, &data, data.y, &model, zeros, GRADUS_ERROR_UNSUPPORTED);
    const double bad[N + 1] = {0.0, (double)NAN};
    expect_no_inference(gradus_least_squares, &data, data.y, &model, bad, GRADUS_ERROR_START_NOT_FINITE);
    data.x[3] = (double)INFINITY;
    expect_no_inference(gradus_least_squares, &data, data.y, &model, zeros, GRADUS_ERROR_DATA_NOT_FINITE);
    expect_no_inference(gradus_logistic, &data, data.labels, &model, zeros, GRADUS_ERROR_DATA_NOT_FINITE);
    test_data_free(&data);
    data = test_data_make(47, N, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    expect_no_inference(gradus_least_squares, &data, data.y, &model, zeros, GRADUS_ERROR_DEGREES_OF_FREEDOM);
    test_data_free(&data);
}

/* Of the normal distribution: Abramowitz and Stegun, table 26.5, to what it prints; and where nothing was inferred */
Test(corners, tails_of_the_normal_distribution)
{
    gradus_inference inference;
    memset(&inference, 0, sizeof inference);
    const double points[][2] = {{0.0, 1.0},
                                {1.959963984540054, 0.05},
                                {2.575829303548901, 0.01},
                                {3.2905267314918945, 0.001},
                                {-1.959963984540054, 0.05}};
    for (size_t k = 0; k < sizeof points / sizeof *points; k++)
        cr_assert(fabs(gradus_p_value(&inference, points[k][0]) - points[k][1]) <= 1e-14 * points[k][1], "%g",
                  points[k][0]);
    cr_assert(isnan(gradus_p_value(NULL, 1.0)));
}

/* ---- many coefficients: L-BFGS keeps fewer pairs ---- */

/* sum_j c_j (theta_j - sin j)^2 / 2, c_j from 1 to 100 */
static gradus_status long_bowl(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context;
    *value = 0.0;
    for (size_t j = 0; j < n; j++) {
        const double c = 1.0 + 99.0 * (double)j / (double)(n - 1), gap = theta[j] - sin((double)j);
        *value += 0.5 * c * gap * gap;
        if (gradient) gradient[j] = c * gap;
    }
    return 0;
}

Test(corners, l_bfgs_with_many_coefficients)
{
    enum { MANY = 1500 };
    gradus_objective *f = NULL;
    gradus_report report;
    double theta[MANY] = {0.0};
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_LBFGS;
    cr_assert_eq(gradus_function(MANY, long_bowl, NULL, &f), 0);
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    cr_assert(gradus_stop_converged(report.stop) && report.iterations < 300, "%d after %zu", (int)report.stop,
              report.iterations);
    for (size_t j = 0; j < MANY; j++) cr_assert(fabs(theta[j] - sin((double)j)) <= 1e-8, "%zu", j);
    gradus_objective_free(f);
}

/* ---- the compressed form, to its end ---- */

/*
 * However the steps went: what is called converged is so on X itself, by plain loops. Columns of sizes apart leave more rounding in
 * the compressed form than on X.
 */
Test(corners, the_compressed_form_ends_on_the_data)
{
    enum { ROWS = 300 };
    size_t runs = 0;
    for (int wide = 0; wide < 2; wide++) {
        test_data data = test_data_make(48, ROWS, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
        for (size_t i = 0; wide && i < ROWS; i++) {
            for (size_t j = 0; j < N; j++) *test_element(data.x, &data.X, i, j) += 30.0 * (double)(j + 1);
        }
        gradus_objective *f = make(gradus_least_squares, &data, data.y, NULL);
        test_oracle start = test_oracle_make(TEST_SQUARES, &data.X, data.y, NULL, data.theta);
        for (int k = 0; k < (GRADUS_METHOD_ADAM + 1) * 6; k++) {
            const double tolerances[] = {1e-3, 1e-8, GRADUS_OFF};
            gradus_options options = gradus_options_default();
            gradus_report report;
            double theta[N + 1];
            options.compress = 1;
            options.method = (gradus_method)(k / 6);
            options.metric = k % 2 ? GRADUS_METRIC_IDENTITY : GRADUS_METRIC_STANDARDIZED;
            if (options.method == GRADUS_METHOD_ADAM) options.step = gradus_step_decay(0.05, 0.7, 50);
            options.stop.gradient_tolerance = tolerances[k / 2 % 3];
            options.stop.max_iterations = 20000;
            memcpy(theta, data.theta, sizeof theta);
            const gradus_status status = gradus_descend(f, theta, &options, &report);
            if (status == GRADUS_ERROR_UNSUPPORTED) continue;
            cr_assert_eq(status, 0, "%d: %d", k, status);
            runs++;
            if (report.stop != GRADUS_STOP_GRADIENT) continue;
            test_oracle end = test_oracle_make(TEST_SQUARES, &data.X, data.y, NULL, theta);
            const double tolerance = options.stop.gradient_tolerance;
            cr_assert(test_oracle_norm(&end) <= 1.01 * tolerance * test_oracle_norm(&start), "%d: %g of %g",
                      k, test_oracle_norm(&end), test_oracle_norm(&start));
            test_oracle_free(&end);
        }
        test_oracle_free(&start);
        gradus_objective_free(f);
        test_data_free(&data);
    }
    cr_assert_geq(runs, 40);
}
