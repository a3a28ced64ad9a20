/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The metrics that factor a matrix, the ladder of least squares (Gram, sketch, standardised columns) and the methods that
 * travel in them: which rung was taken, what it cost in passes, and how good the answer is.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/datasets.h"
#include "pass/pass.h"
#include "support.h"

static double *doubles(size_t count)
{
    double *memory = (double *)calloc(count, sizeof(double));
    cr_assert_not_null(memory);
    return memory;
}

static gr_reader open_reader(const gradus_matrix *X)
{
    size_t count;
    cr_assert(gr_reader_doubles(X, 1, &count));
    return gr_reader_open(X, 1, doubles(count), NULL);
}

/* ---- the Gram pass against plain loops ---- */

static long double element(const test_data *data, size_t i, size_t j)
{
    return j < data->X.cols ? *test_element(data->x, &data->X, i, j) : 1.0;
}

static void check_gram(const test_data *data, const double *weights, bool intercept)
{
    const size_t p = data->X.cols + (intercept ? 1 : 0);
    gr_reader reader = open_reader(&data->X);
    size_t count;
    gr_gram request = {.weights = weights, .intercept = intercept};
    cr_assert(gr_gram_doubles(&reader, &request, &count));
    double *memory = doubles(count), *gram = doubles(p * p);
    gr_pass_gram(&reader, &request, gram, memory);
    for (size_t j = 0; j < p; j++) {
        for (size_t i = 0; i <= j; i++) {
            long double sum = 0, terms = 0;
            for (size_t r = 0; r < data->X.rows; r++) {
                const long double term = (weights ? weights[r] : 1.0) * element(data, r, i) *
                                         element(data, r, j);
                sum += term;
                terms += fabsl(term);
            }
            cr_assert(fabsl(gram[i + j * p] - sum) <= 40 * DBL_EPSILON * terms, "gram[%zu][%zu] of %zux%zu",
                      i, j, data->X.rows, data->X.cols);
        }
    }
    cr_assert(gr_reader_passes(&reader) == 1.0);
    free(memory);
    free(gram);
    free(reader.memory);
}

Test(ladder, the_gram_pass_against_plain_loops)
{
    static const size_t shapes[][2] = {{1, 1}, {5, 3}, {64, 64}, {65, 66}, {300, 7}, {1000, 70}, {3, 130}};
    for (size_t k = 0; k < 2 * sizeof shapes / sizeof *shapes; k++) {
        test_data data = test_data_make(k, shapes[k / 2][0], shapes[k / 2][1],
                                        k % 2 ? GRADUS_LAYOUT_COL_MAJOR : GRADUS_LAYOUT_ROW_MAJOR, k % 3);
        check_gram(&data, NULL, false);
        check_gram(&data, data.weights, true);
        test_data_free(&data);
    }
}

/* ---- the sketch ---- */

Test(ladder, few_rows_are_their_own_sketch)
{
    test_data data = test_data_make(9, 90, 6, GRADUS_LAYOUT_COL_MAJOR, 2);
    gr_reader reader = open_reader(&data.X);
    size_t count;
    cr_assert(gr_sketch_doubles(&reader, true, &count));
    double *memory = doubles(count);
    cr_assert_eq(gr_sketch_rows(&reader, true), 90);
    const double *sketch = gr_pass_sketch(&reader, data.weights, true, memory);
    for (size_t i = 0; i < 90; i++) {
        for (size_t j = 0; j < 7; j++)
            cr_assert(sketch[i * 7 + j] == sqrt(data.weights[i]) * (double)element(&data, i, j));
    }
    free(memory);
    free(reader.memory);
    test_data_free(&data);
}

static double norm_of_product(const double *rows, size_t m, size_t p, const double *v)
{
    double sum = 0.0;
    for (size_t i = 0; i < m; i++) {
        double z = 0.0;
        for (size_t j = 0; j < p; j++) z += rows[i * p + j] * v[j];
        sum += z * z;
    }
    return sqrt(sum);
}

/* ||S X v|| stays within 1 +- 1/2 of ||X v||, whatever v. */
Test(ladder, the_sketch_keeps_norms)
{
    enum { ROWS = 4000, COLS = 20 };
    test_data data = test_data_make(10, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gr_reader reader = open_reader(&data.X);
    size_t count;
    cr_assert(gr_sketch_doubles(&reader, false, &count));
    double *memory = doubles(count);
    const size_t rows = gr_sketch_rows(&reader, false);
    cr_assert_eq(rows, 8 * COLS);
    const double *sketch = gr_pass_sketch(&reader, NULL, false, memory);
    test_random random = test_random_from(11);
    for (int trial = 0; trial < 200; trial++) {
        double v[COLS];
        for (size_t j = 0; j < COLS; j++) v[j] = test_random_uniform(&random);
        const double ratio = norm_of_product(sketch, rows, COLS, v) / norm_of_product(data.x, ROWS, COLS, v);
        cr_assert(ratio >= 0.5 && ratio <= 1.5, "%g", ratio);
    }
    free(memory);
    free(reader.memory);
    test_data_free(&data);
}

/* ---- least squares by default ---- */

/* X = G diag(kappa^(-j/(n-1))) H with a Householder reflection H: condition about kappa, columns of like size. */
static void spoil(test_data *data, double kappa)
{
    const size_t n = data->X.cols;
    double *h = doubles(n), square = 0.0;
    test_random random = test_random_from(77);
    for (size_t j = 0; j < n; j++) {
        h[j] = test_random_uniform(&random);
        square += h[j] * h[j];
    }
    for (size_t i = 0; i < data->X.rows; i++) {
        double *row = data->x + i * n, dot = 0.0;
        for (size_t j = 0; j < n; j++) {
            row[j] *= pow(kappa, -(double)j / (double)(n - 1));
            dot += row[j] * h[j];
        }
        for (size_t j = 0; j < n; j++) row[j] -= 2.0 * dot / square * h[j];
    }
    free(h);
}

static void solve_spoiled(double kappa, size_t rows, gradus_metric rung, double most_passes)
{
    enum { COLS = 40 };
    test_data data = test_data_make(12, rows, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    spoil(&data, kappa);
    gradus_objective *f = NULL;
    double theta[COLS] = {0.0};
    gradus_report report;
    gradus_certificate certificate;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
    cr_assert_eq(gradus_certify_least_squares(&data.X, data.y, NULL, theta, &certificate), 0);
    cr_assert(gradus_stop_converged(report.stop), "%g: %s", kappa, gradus_stop_sentence(report.stop));
    cr_assert_eq(report.metric, rung, "condition %g on metric %d", kappa, (int)report.metric);
    cr_assert_leq(report.passes, most_passes, "condition %g: %g passes", kappa, report.passes);
    /* where there are rows enough, a sample of them says beforehand whether the Gram matrix will hold */
    const double probe = rows >= 64 * COLS            ? 2.0 * COLS / (double)rows
                         : rung == GRADUS_METRIC_GRAM ? 0.0
                                                      : 1.0;
    cr_assert_float_eq(report.metric_passes, 1.0 + probe, 1e-12, "%g", report.metric_passes);
    cr_assert(report.condition >= 0.1 * kappa && report.condition <= 100.0 * kappa,
              "condition %g, estimate %g", kappa, report.condition);
    cr_assert(strstr(report.metric_reason, "holds"), "%s", report.metric_reason);
    cr_assert_leq(certificate.backward_error, 4 * DBL_EPSILON, "condition %g: %g", kappa,
                  certificate.backward_error);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(ladder, each_condition_on_its_rung)
{
    solve_spoiled(1e2, 2000, GRADUS_METRIC_GRAM, 3);
    solve_spoiled(1e2, 8000, GRADUS_METRIC_GRAM,
                  3.02); /* the start in the Gram matrix's read, and two steps */
    solve_spoiled(1e6, 8000, GRADUS_METRIC_GRAM, 8);
    solve_spoiled(1e10, 8000, GRADUS_METRIC_SKETCH, 45);
    solve_spoiled(1e10, 2000, GRADUS_METRIC_SKETCH, 45); /* the Gram matrix is tried first */
    solve_spoiled(1e13, 8000, GRADUS_METRIC_SKETCH, 45);
    solve_spoiled(1e10, 200, GRADUS_METRIC_QR, 8); /* too few rows for a sketch: the steps are exact */
}

/* What the sketch makes of the i-th unit vector of m. */
static void sketch_of_unit(size_t m, size_t i, double sketch[GR_SKETCH_FACTOR])
{
    double *x = doubles(m);
    x[i] = 1.0;
    const gradus_matrix X = gradus_row_major(m, 1, x, 1);
    gr_reader reader = open_reader(&X);
    size_t count;
    cr_assert(gr_sketch_doubles(&reader, false, &count));
    double *memory = doubles(count);
    memcpy(sketch, gr_pass_sketch(&reader, NULL, false, memory), GR_SKETCH_FACTOR * sizeof *sketch);
    free(memory);
    free(reader.memory);
    free(x);
}

/* Two rows that the sketch adds up to nothing: the columns of X that live on them it cannot see. */
static void find_blind_spot(size_t m, size_t *a, size_t *b)
{
    double *seen = doubles(m * GR_SKETCH_FACTOR);
    for (*b = 0; *b < m; (*b)++) {
        double *const mine = seen + *b * GR_SKETCH_FACTOR;
        sketch_of_unit(m, *b, mine);
        for (*a = 0; *a < *b; (*a)++) {
            bool blind = true;
            for (size_t k = 0; k < GR_SKETCH_FACTOR; k++)
                blind = blind && seen[*a * GR_SKETCH_FACTOR + k] == -mine[k];
            if (!blind) continue;
            free(seen);
            return;
        }
    }
    cr_assert(false, "no two rows cancel");
}

/* A sketch that does not hold is found out by the backward error, and X itself is factored. */
Test(ladder, a_blind_sketch_gives_way_to_qr)
{
    enum { ROWS = 1000 };
    size_t a, b;
    find_blind_spot(ROWS, &a, &b);
    test_data data = test_data_make(21, ROWS, 1, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t i = 0; i < ROWS; i++) data.x[i] = i == a || i == b ? 1.0 : 1e-4 * data.x[i];
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    gradus_options options = gradus_options_default();
    options.metric = GRADUS_METRIC_SKETCH;
    double theta = 0.5, closed;
    gradus_report report;
    cr_assert_eq(gradus_descend(f, &theta, &options, &report), 0);
    cr_assert_eq(gradus_reference_least_squares(&data.X, data.y, NULL, GRADUS_REFERENCE_QR, &closed, NULL),
                 0);
    cr_assert_eq(report.metric, GRADUS_METRIC_QR, "%s", report.metric_reason);
    cr_assert(gradus_stop_converged(report.stop) && report.metric_passes == 2.0);
    cr_assert_geq(test_digits(theta, closed), 14.0, "%.17g %.17g", theta, closed);
    cr_assert(strstr(report.metric_reason, "does not fall") &&
                  strstr(report.metric_reason, "QR factorisation"),
              "%s", report.metric_reason);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* Digits of the worst coefficient on a built-in set, solved without being told anything. */
static double digits_by_default(const char *name, gradus_metric *metric)
{
    const gr_dataset *set = gr_dataset_find(name);
    cr_assert_not_null(set);
    const size_t n = gr_dataset_regressors(set), p = gr_dataset_coefficients(set);
    double *design = doubles(set->rows * n), *theta = doubles(p);
    for (size_t i = 0; i < set->rows; i++) {
        for (size_t j = 0; j < n; j++)
            design[i * n + j] = set->degree ? (j ? design[i * n + j - 1] : 1.0) * set->x[i]
                                            : set->x[i * n + j];
    }
    const gradus_matrix X = gradus_row_major(set->rows, n, design, n);
    gradus_model_options model = gradus_model_options_default();
    model.intercept = set->intercept;
    gradus_objective *f = NULL;
    gradus_report report;
    cr_assert_eq(gradus_least_squares(&X, set->y, &model, &f), 0);
    cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
    cr_assert_leq(report.passes, 9.0, "%s: %g passes", name, report.passes);
    *metric = report.metric;
    const double digits = test_worst_digits(p, theta, set->certified);
    gradus_objective_free(f);
    free(design);
    free(theta);
    return digits;
}

/* LAPACK's QR less a digit. */
Test(ladder, certified_answers_by_default)
{
    static const struct {
        const char *name;
        double digits;
        gradus_metric rung;
    } floors[] = {{"Longley", 10, GRADUS_METRIC_GRAM},   {"Pontius", 11.5, GRADUS_METRIC_GRAM},
                  {"NoInt1", 14.5, GRADUS_METRIC_GRAM},  {"NoInt2", 14.5, GRADUS_METRIC_GRAM},
                  {"Wampler1", 8.5, GRADUS_METRIC_GRAM}, {"Wampler2", 11.5, GRADUS_METRIC_GRAM},
                  {"Wampler3", 8.5, GRADUS_METRIC_GRAM}, {"Wampler4", 6.5, GRADUS_METRIC_GRAM},
                  {"Wampler5", 4.5, GRADUS_METRIC_GRAM}, {"Filip", 6.5, GRADUS_METRIC_QR}};
    for (size_t k = 0; k < sizeof floors / sizeof *floors; k++) {
        gradus_metric rung;
        const double digits = digits_by_default(floors[k].name, &rung);
        cr_assert_geq(digits, floors[k].digits, "%s: %.1f digits", floors[k].name, digits);
        cr_assert_eq(rung, floors[k].rung, "%s on metric %d", floors[k].name, (int)rung);
    }
}

/* Dependent columns: no factorisation holds, standardised columns take over, and the residual is still the least. */
Test(ladder, dependent_columns_end_on_standardised_ones)
{
    enum { ROWS = 300, COLS = 5 };
    test_data data = test_data_make(13, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t i = 0; i < ROWS; i++) data.x[i * COLS + 4] = data.x[i * COLS] - 2.0 * data.x[i * COLS + 1];
    gradus_objective *f = NULL;
    double theta[COLS] = {0.0}, closed[COLS];
    gradus_report report;
    gradus_facts facts;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
    cr_assert_eq(gradus_reference_least_squares(&data.X, data.y, NULL, GRADUS_REFERENCE_SVD, closed, &facts),
                 0);
    cr_assert_eq(facts.rank, 4);
    cr_assert_eq(report.metric, GRADUS_METRIC_STANDARDIZED);
    cr_assert(gradus_stop_converged(report.stop), "%s", gradus_stop_sentence(report.stop));
    cr_assert(test_digits(report.value, facts.value) >= 12);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* The ridge and the intercept are in the metric too: still a handful of passes, and the closed form's answer. */
Test(ladder, ridge_weights_and_intercept)
{
    enum { ROWS = 500, COLS = 8 };
    test_data data = test_data_make(14, ROWS, COLS, GRADUS_LAYOUT_COL_MAJOR, 3);
    for (int metric = GRADUS_METRIC_GRAM; metric <= GRADUS_METRIC_SKETCH; metric++) {
        gradus_model_options model = gradus_model_options_default();
        model.ridge = 0.7;
        model.intercept = 1;
        model.weights = data.weights;
        gradus_options options = gradus_options_default();
        options.metric = (gradus_metric)metric;
        gradus_objective *f = NULL;
        double theta[COLS + 1] = {0.0}, closed[COLS + 1];
        gradus_report report;
        cr_assert_eq(gradus_least_squares(&data.X, data.y, &model, &f), 0);
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_assert_eq(
            gradus_reference_least_squares(&data.X, data.y, &model, GRADUS_REFERENCE_QR, closed, NULL), 0);
        cr_assert_geq(test_worst_digits(COLS + 1, theta, closed), 12.0, "metric %d", metric);
        cr_assert_leq(report.passes, metric == GRADUS_METRIC_GRAM ? 6.0 : 45.0, "%g passes", report.passes);
        gradus_objective_free(f);
    }
    test_data_free(&data);
}

/* ---- logistic regression by default ---- */

Test(ladder, logistic_regression_in_a_dozen_passes)
{
    enum { ROWS = 8000, COLS = 40 };
    test_data data = test_data_make(15, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    spoil(&data, 1e2);
    gradus_model_options model = gradus_model_options_default();
    model.ridge = 1.0 / ROWS;
    gradus_options options = gradus_options_default();
    options.stop.gradient_tolerance = 1e-8;
    gradus_objective *f = NULL;
    double theta[COLS] = {0.0};
    gradus_report report;
    cr_assert_eq(gradus_logistic(&data.X, data.labels, &model, &f), 0);
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_GRADIENT);
    cr_assert_leq(report.passes, 13.0, "%g passes", report.passes);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- the methods ---- */

/* With a constant step the heavy ball is theta + alpha d + beta (theta - theta_old). */
Test(ladder, the_heavy_ball_is_polyaks)
{
    enum { ROWS = 60, COLS = 4, STEPS = 50 };
    test_data data = test_data_make(16, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_HEAVY_BALL;
    options.step = gradus_step_fixed(0.2);
    options.momentum = 0.6;
    options.stop.max_iterations = STEPS;
    double theta[COLS] = {0.0}, now[COLS] = {0.0}, before[COLS] = {0.0}, gradient[COLS], value;
    cr_assert_eq(gradus_descend(f, theta, &options, NULL), 0);
    for (int k = 0; k < STEPS; k++) {
        cr_assert_eq(gradus_objective_evaluate(f, now, &value, gradient), 0);
        for (size_t j = 0; j < COLS; j++) {
            const double next = now[j] - 0.2 * gradient[j] + 0.6 * (now[j] - before[j]);
            before[j] = now[j];
            now[j] = next;
        }
    }
    cr_assert_geq(test_worst_digits(COLS, theta, now), 12.0);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* Both Wolfe conditions at every step, seen from outside; and the minimum of Rosenbrock's valley in well under 100 evaluations. */
typedef struct wolfe {
    double value, theta[2], gradient[2];
    size_t steps;
} wolfe;

static gradus_verdict check_wolfe(void *context, const gradus_progress *progress)
{
    wolfe *before = (wolfe *)context;
    if (progress->iteration > 0) {
        double slope = 0.0, slope_there = 0.0;
        for (size_t j = 0; j < 2; j++) {
            slope += before->gradient[j] * (progress->theta[j] - before->theta[j]);
            slope_there += progress->gradient[j] * (progress->theta[j] - before->theta[j]);
        }
        const bool decreased = progress->value <= before->value + 1e-4 * slope + 1e-10 * fabs(before->value);
        cr_assert(decreased && fabs(slope_there) <= 0.9 * fabs(slope) * (1.0 + 1e-9),
                  "step %zu: value %g after %g, slope %g after %g", progress->iteration, progress->value,
                  before->value, slope_there, slope);
        before->steps++;
    }
    before->value = progress->value;
    memcpy(before->theta, progress->theta, sizeof before->theta);
    memcpy(before->gradient, progress->gradient, sizeof before->gradient);
    return GRADUS_MONITOR_CONTINUE;
}

Test(ladder, steps_satisfy_both_wolfe_conditions)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(2, test_rosenbrock, NULL, &f), 0);
    wolfe before = {0};
    gradus_options options = gradus_options_default();
    options.monitor = check_wolfe;
    options.monitor_context = &before;
    double theta[2] = {-1.2, 1.0};
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    cr_assert_eq(report.method, GRADUS_METHOD_LBFGS);
    cr_assert(before.steps > 10 && report.evaluations < 100);
    cr_assert(fabs(theta[0] - 1.0) <= 1e-9 && fabs(theta[1] - 1.0) <= 1e-9);
    gradus_objective_free(f);
}

/* An answer of 0 has no relative error; it is found all the same, on every rung, and X is not factored for it. */
Test(ladder, a_response_of_zeros)
{
    enum { ROWS = 700, COLS = 6 };
    static const gradus_metric rungs[] = {GRADUS_METRIC_GRAM, GRADUS_METRIC_SKETCH, GRADUS_METRIC_QR};
    test_data data = test_data_make(22, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    memset(data.y, 0, ROWS * sizeof *data.y);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    for (size_t k = 0; k < 6; k++) {
        gradus_options options = gradus_options_default();
        options.metric = rungs[k / 2];
        double theta[COLS] = {0.0};
        for (size_t j = 0; k % 2 && j < COLS; j++) theta[j] = data.theta[j];
        gradus_report report;
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_assert(gradus_stop_converged(report.stop) && report.metric == rungs[k / 2]);
        cr_assert_leq(report.passes, 90.0, "%g passes", report.passes);
        for (size_t j = 0; j < COLS; j++) cr_assert_leq(fabs(theta[j]), 1e-28);
    }
    gradus_objective_free(f);
    test_data_free(&data);
}
