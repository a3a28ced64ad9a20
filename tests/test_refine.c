/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Refinement: the answer of least squares to the last digit of the data as stored. The oracle solves the normal equations in
 * quadruple precision, whose 34 digits bear the square of the condition.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

__extension__ typedef __float128 quad;

enum { COLS = 12, SIZE = COLS + 1 };

typedef struct normal_equations {
    size_t n;
    quad matrix[SIZE][SIZE], right[SIZE];
} normal_equations;

static quad entry(const test_data *data, size_t i, size_t j)
{
    return j < data->X.cols ? (quad)*test_element(data->x, &data->X, i, j) : (quad)1;
}

static normal_equations assemble(const test_data *data, const gradus_model_options *model)
{
    normal_equations e = {.n = data->X.cols + (model->intercept ? 1 : 0)};
    quad total = 0;
    for (size_t r = 0; r < data->X.rows; r++) {
        const quad w = model->weights ? (quad)model->weights[r] : (quad)1;
        total += w;
        for (size_t i = 0; i < e.n; i++) {
            for (size_t j = 0; j < e.n; j++) e.matrix[i][j] += w * entry(data, r, i) * entry(data, r, j);
            e.right[i] += w * entry(data, r, i) * (quad)data->y[r];
        }
    }
    for (size_t j = 0; j < data->X.cols; j++) e.matrix[j][j] += total * (quad)model->ridge;
    return e;
}

/* Gauss's elimination; the matrix is positive definite, so no pivots are sought. */
static void solve_in_quad(normal_equations *e, double *theta)
{
    for (size_t k = 0; k < e->n; k++) {
        for (size_t i = k + 1; i < e->n; i++) {
            const quad factor = e->matrix[i][k] / e->matrix[k][k];
            for (size_t j = k; j < e->n; j++) e->matrix[i][j] -= factor * e->matrix[k][j];
            e->right[i] -= factor * e->right[k];
        }
    }
    for (size_t k = e->n; k-- > 0;) {
        for (size_t j = k + 1; j < e->n; j++) e->right[k] -= e->matrix[k][j] * e->right[j];
        e->right[k] /= e->matrix[k][k];
        theta[k] = (double)e->right[k];
    }
}

/* Column j times kappa^(-j/(n-1)), after which the first column is added to all others: badly conditioned whatever the scale. */
static void spoil(test_data *data, double kappa)
{
    const size_t n = data->X.cols;
    for (size_t i = 0; i < data->X.rows; i++) {
        for (size_t j = 1; j < n; j++) {
            double *x = test_element(data->x, &data->X, i, j);
            *x = *x * pow(kappa, -(double)j / (double)(n - 1)) + *test_element(data->x, &data->X, i, 0);
        }
    }
}

/* How many units in the last place the worst coefficient is off. */
static double worst_error(size_t n, const double *theta, const double *exact)
{
    double worst = 0.0;
    for (size_t j = 0; j < n; j++) {
        const double unit = nextafter(fabs(exact[j]), INFINITY) - fabs(exact[j]);
        worst = fmax(worst, fabs(theta[j] - exact[j]) / unit);
    }
    return worst;
}

typedef struct problem {
    size_t rows;
    gradus_layout layout;
    gradus_metric metric, ran;
    double condition, ridge;
    int intercept, weighted;
} problem;

static void check(const problem *p)
{
    test_data data = test_data_make(5, p->rows, COLS, p->layout, 2);
    spoil(&data, p->condition);
    gradus_model_options model = gradus_model_options_default();
    model.ridge = p->ridge;
    model.intercept = p->intercept;
    if (p->weighted) model.weights = data.weights;
    normal_equations equations = assemble(&data, &model);
    double exact[SIZE], plain[SIZE] = {0.0}, refined[SIZE] = {0.0};
    solve_in_quad(&equations, exact);
    gradus_options options = gradus_options_default();
    options.metric = p->metric;
    gradus_objective *f = NULL;
    gradus_report report;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, &model, &f), 0);
    cr_assert_eq(gradus_descend(f, plain, &options, &report), 0);
    cr_assert_eq(report.refinements, 0);
    options.refine = 1;
    cr_assert_eq(gradus_descend(f, refined, &options, &report), 0);
    cr_assert_eq(report.metric, p->ran, "%s", report.metric_reason);
    cr_assert(gradus_stop_converged(report.stop) && report.refinements >= 1);
    const double before = worst_error(equations.n, plain, exact);
    const double after = worst_error(equations.n, refined, exact);
    cr_assert_leq(after, 1.0, "condition %g: %g units in the last place", p->condition, after);
    if (p->condition >= 1e4) cr_assert_geq(before, 4.0, "nothing was left to refine: %g", before);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(refine, the_last_digit_of_the_data_as_stored)
{
    static const problem problems[] = {
        {60, GRADUS_LAYOUT_ROW_MAJOR, GRADUS_METRIC_AUTOMATIC, GRADUS_METRIC_GRAM, 1e1, 0.0, 0, 0},
        {500, GRADUS_LAYOUT_COL_MAJOR, GRADUS_METRIC_AUTOMATIC, GRADUS_METRIC_GRAM, 1e4, 0.0, 1, 1},
        {500, GRADUS_LAYOUT_ROW_MAJOR, GRADUS_METRIC_AUTOMATIC, GRADUS_METRIC_GRAM, 1e5, 1e-9, 1, 0},
        {100, GRADUS_LAYOUT_ROW_MAJOR, GRADUS_METRIC_AUTOMATIC, GRADUS_METRIC_QR, 1e8, 0.0, 1, 0},
        {100, GRADUS_LAYOUT_ROW_MAJOR, GRADUS_METRIC_QR, GRADUS_METRIC_QR, 1e4, 0.0, 0, 1},
        {3000, GRADUS_LAYOUT_ROW_MAJOR, GRADUS_METRIC_SKETCH, GRADUS_METRIC_SKETCH, 1e8, 0.0, 0, 0},
        {3000, GRADUS_LAYOUT_COL_MAJOR, GRADUS_METRIC_SKETCH, GRADUS_METRIC_SKETCH, 1e4, 1e-6, 1, 1},
    };
    for (size_t k = 0; k < sizeof problems / sizeof *problems; k++) check(&problems[k]);
}

/* Decimals, and what their doubles leave out: the answer for the decimals, not for the doubles. */
Test(refine, what_doubles_leave_out)
{
    enum { M = 40, P = 3 };
    test_random random = test_random_from(77);
    double x[M * P], low[M * P], y[M], plain[P + 1] = {0.0}, whole[P + 1] = {0.0}, exact[P + 1];
    normal_equations e = {.n = P + 1};
    for (size_t i = 0; i < M; i++) {
        quad row[P + 1] = {0, 0, 0, 1};
        for (size_t j = 0; j < P; j++) {
            const size_t tenths = 1 + test_random_below(&random, 1000);
            row[j] = (quad)tenths / 10;
            x[i * P + j] = (double)tenths / 10.0;
            low[i * P + j] = (double)(row[j] - (quad)x[i * P + j]);
        }
        y[i] = ldexp(rint(ldexp(test_random_uniform(&random), 20)), -20);
        for (size_t a = 0; a < P + 1; a++) {
            for (size_t b = 0; b < P + 1; b++) e.matrix[a][b] += row[a] * row[b];
            e.right[a] += row[a] * (quad)y[i];
        }
    }
    solve_in_quad(&e, exact);
    const gradus_matrix X = gradus_row_major(M, P, x, P), L = gradus_row_major(M, P, low, P);
    gradus_model_options model = gradus_model_options_default();
    gradus_options options = gradus_options_default();
    gradus_objective *f = NULL, *g = NULL;
    model.intercept = 1;
    options.refine = 1;
    cr_assert_eq(gradus_least_squares(&X, y, &model, &f), 0);
    model.low = &L;
    cr_assert_eq(gradus_least_squares(&X, y, &model, &g), 0);
    cr_assert_eq(gradus_descend(f, plain, &options, NULL), 0);
    cr_assert_eq(gradus_descend(g, whole, &options, NULL), 0);
    cr_assert_leq(worst_error(P + 1, whole, exact), 1.0);
    cr_assert_geq(worst_error(P + 1, plain, exact), 2.0, "the doubles are as good as the decimals");
    gradus_objective_free(f);
    gradus_objective_free(g);
}

Test(refine, what_doubles_leave_out_has_their_shape_and_is_finite)
{
    double x[6] = {1, 2, 3, 4, 5, 7}, low[6] = {0.0}, y[3] = {1, 2, 4};
    float single[6] = {0.0F};
    const gradus_matrix X = gradus_row_major(3, 2, x, 2);
    gradus_matrix L = gradus_row_major(3, 1, low, 2);
    gradus_model_options model = gradus_model_options_default();
    gradus_error error;
    gradus_objective *f = NULL;
    model.error = &error;
    model.low = &L;
    cr_assert_eq(gradus_least_squares(&X, y, &model, &f), GRADUS_ERROR_OPTION);
    cr_assert(strstr(error.sentence, "low is 3 x 1; it needs X's shape, 3 x 2"), "%s", error.sentence);
    L = gradus_row_major_float(3, 2, single, 2);
    cr_assert_eq(gradus_least_squares(&X, y, &model, &f), GRADUS_ERROR_OPTION);
    L = gradus_row_major(3, 2, low, 1);
    cr_assert_eq(gradus_least_squares(&X, y, &model, &f), GRADUS_ERROR_LEADING_DIMENSION);
    L = gradus_col_major(3, 2, low, 3);
    low[4] = NAN;
    cr_assert_eq(gradus_least_squares(&X, y, &model, &f), GRADUS_ERROR_DATA_NOT_FINITE);
    cr_assert(error.row == 1 && error.column == 1);
    cr_assert(f == NULL);
}

/* What is no rounding: as long as X's factorisation holds for X + L the answer is that of X + L, to double; beyond that no run converges. */
Test(refine, low_that_is_no_rounding)
{
    enum { M = 50, P = 4 };
    const double shares[] = {0x1p-30, 1e-3, 0.1, 3.0, -5.0, 1e8};
    test_random random = test_random_from(78);
    double x[M * P], sum[M * P], low[M * P], y[M];
    for (size_t i = 0; i < M * P; i++) x[i] = ldexp(rint(ldexp(test_random_uniform(&random), 20)), -20);
    for (size_t i = 0; i < M; i++) y[i] = test_random_uniform(&random);
    const gradus_matrix X = gradus_row_major(M, P, x, P), L = gradus_row_major(M, P, low, P);
    for (size_t k = 0; k < sizeof shares / sizeof *shares; k++) {
        test_data whole = {.X = gradus_row_major(M, P, sum, P), .x = sum, .y = y};
        for (size_t i = 0; i < M * P; i++) {
            low[i] = ldexp(rint(ldexp(shares[k] * x[i], 50)), -50);
            sum[i] =
                x[i] +
                low[i]; /* exact but for the smallest and the largest share, where the last bits do not matter */
        }
        gradus_model_options model = gradus_model_options_default();
        normal_equations e = assemble(&whole, &model);
        double exact[SIZE], theta[P] = {0.0};
        solve_in_quad(&e, exact);
        gradus_options options = gradus_options_default();
        gradus_report report;
        gradus_certificate certificate;
        gradus_objective *f = NULL;
        options.refine = 1;
        model.low = &L;
        cr_assert_eq(gradus_least_squares(&X, y, &model, &f), 0);
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        const char *said = gradus_stop_sentence(report.stop);
        const bool holds = fabs(shares[k]) <= 0.1;
        cr_expect_eq(gradus_stop_converged(report.stop), holds, "share %g: %s", shares[k], said);
        cr_expect(holds || report.stop == GRADUS_STOP_STALLED, "share %g: %s", shares[k], said);
        for (size_t j = 0; holds && j < P; j++)
            cr_expect(fabs(theta[j] - exact[j]) <= 1e-13 * fabs(exact[j]), "share %g: theta[%zu]", shares[k],
                      j);
        cr_assert_eq(gradus_certify_least_squares(&X, y, &model, theta, &certificate), 0);
        cr_expect_eq(isinf(certificate.error_bound), !holds, "share %g: %g", shares[k],
                     certificate.error_bound);
        gradus_objective_free(f);
    }
}

/* Climbing minus the cost takes the very same steps; so do any number of threads. */
Test(refine, mirrored_and_on_any_number_of_threads)
{
    test_data data = test_data_make(6, 6000, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    spoil(&data, 1e8);
    gradus_objective *f = NULL, *g = NULL;
    gradus_options options = gradus_options_default();
    options.refine = 1;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    cr_assert_eq(gradus_negate(f, &g), 0);
    options.threads = 1;
    test_run first = test_solve(gradus_descend, f, data.theta, &options);
    for (int k = 0; k < 4; k++) {
        options.threads = k;
        test_run run = test_solve(k & 1 ? gradus_ascend : gradus_descend, k & 1 ? g : f, data.theta,
                                  &options);
        cr_assert(run.count == first.count && run.report.refinements == first.report.refinements);
        for (size_t i = 0; i < run.count; i++)
            cr_assert(test_same_bits(COLS, run.iterates[i].theta, first.iterates[i].theta));
        cr_assert(test_same_bits(COLS, run.theta, first.theta));
        test_run_free(&run);
    }
    cr_assert_geq(first.report.refinements, 2);
    test_run_free(&first);
    gradus_objective_free(f);
    gradus_objective_free(g);
    test_data_free(&data);
}

/* value and gradient norm are those of the rounded theta, by an evaluation of its own */
Test(refine, the_report_speaks_of_the_theta_returned)
{
    test_data data = test_data_make(7, 200, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = NULL;
    gradus_options options = gradus_options_default();
    options.refine = 1;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    test_run run = test_solve(gradus_descend, f, data.theta, &options);
    double value, gradient[COLS], square = 0.0;
    cr_assert_eq(gradus_objective_evaluate(f, run.theta, &value, gradient), 0);
    for (size_t j = 0; j < COLS; j++) square += gradient[j] * gradient[j];
    cr_assert(test_same(run.report.value, value));
    cr_assert(fabs(run.report.gradient_norm - sqrt(square)) <= 1e-15 * sqrt(square));
    test_run_free(&run);
    gradus_objective_free(f);
    test_data_free(&data);
}

static gradus_status refused(const gradus_objective *f, const gradus_options *options)
{
    double theta[COLS + 1] = {0.0};
    return gradus_descend(f, theta, options, NULL);
}

Test(refine, what_cannot_be_refined_is_refused)
{
    test_data data = test_data_make(8, 200, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *squares = NULL, *logistic = NULL, *concave = NULL;
    gradus_options options = gradus_options_default();
    options.refine = 1;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &squares), 0);
    cr_assert_eq(gradus_logistic(&data.X, data.labels, NULL, &logistic), 0);
    cr_assert_eq(gradus_negate(squares, &concave), 0);
    cr_assert_eq(refused(logistic, &options), GRADUS_ERROR_UNSUPPORTED);
    cr_assert_eq(refused(concave, &options), GRADUS_ERROR_UNSUPPORTED);
    options.method = GRADUS_METHOD_LBFGS;
    cr_assert_eq(refused(squares, &options), GRADUS_ERROR_UNSUPPORTED);
    options.method = GRADUS_METHOD_AUTOMATIC;
    options.metric = GRADUS_METRIC_IDENTITY;
    cr_assert_eq(refused(squares, &options), GRADUS_ERROR_UNSUPPORTED);
    options.metric = GRADUS_METRIC_AUTOMATIC;
    cr_assert_eq(refused(squares, &options), 0);
    gradus_objective_free(squares);
    gradus_objective_free(logistic);
    gradus_objective_free(concave);
    test_data_free(&data);
}

/* A cancel that comes when the run has just arrived: theta stays what the report says of it. */
typedef struct late_cancel {
    volatile int flag;
    size_t at;
} late_cancel;

static gradus_verdict cancel_late(void *context, const gradus_progress *progress)
{
    late_cancel *cancel = (late_cancel *)context;
    if (progress->iteration == cancel->at) cancel->flag = 1;
    return GRADUS_MONITOR_CONTINUE;
}

Test(refine, a_cancel_leaves_theta_as_reported)
{
    test_data data = test_data_make(9, 3000, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options model = gradus_model_options_default();
    model.ridge = 0.1;
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, &model, &f), 0);
    for (size_t at = 1; at < 5; at++) {
        late_cancel cancel = {0, at};
        gradus_options options = gradus_options_default();
        options.refine = 1;
        options.monitor = cancel_late;
        options.monitor_context = &cancel;
        options.cancel = &cancel.flag;
        double theta[COLS] = {0.0}, value, gradient[COLS];
        gradus_report report;
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_assert_eq(gradus_objective_evaluate(f, theta, &value, gradient), 0);
        cr_assert_leq(fabs(value - report.value), 1e-14 * value, "%.17g, reported %.17g", value,
                      report.value);
        cr_assert(report.stop == GRADUS_STOP_CANCELLED || gradus_stop_converged(report.stop));
    }
    gradus_objective_free(f);
    test_data_free(&data);
}
