/* SPDX-License-Identifier: BSD-3-Clause */
/* Least squares, logistic regression and callers' functions as objectives: values and gradients against plain loops
 * in extended precision, and the properties that the definitions promise. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/objective.h"
#include "support.h"

static const size_t grid[] = {1, 2, 3, 5, 8, 13, 20, 33, 47, 70};
static const size_t large[][2] = {{5000, 3}, {1031, 1}, {300, 100}, {40, 9000}, {7, 20001}};
enum { GRID = sizeof grid / sizeof *grid, LARGE = sizeof large / sizeof *large, MOST = 20002 };

/* An evaluation may be off by this many units of rounding of the sum of the absolute terms. */
static const double roundings = 8.0;

/* ---- making ---- */

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

typedef struct kind {
    const char *name;
    maker make;
    test_loss loss;
    double sign; /* of the loss's oracle */
} kind;

static const kind kinds[] = {{"least squares", gradus_least_squares, TEST_SQUARES, 1.0},
                             {"logistic", gradus_logistic, TEST_LOGISTIC, 1.0},
                             {"log-likelihood", gradus_log_likelihood, TEST_LOGISTIC, -1.0},
                             {"Poisson", gradus_poisson, TEST_POISSON, 1.0},
                             {"Huber", gradus_huber, TEST_HUBER, 1.0},
                             {"squared hinge", gradus_squared_hinge, TEST_SQUARED_HINGE, 1.0}};
enum { KINDS = sizeof kinds / sizeof *kinds, COMBINATIONS = 16 };

static gradus_objective *make(const kind *k, const gradus_matrix *X, const double *y,
                              const gradus_model_options *options)
{
    gradus_objective *f = NULL;
    const gradus_status status = k->make(X, y, options, &f);
    cr_assert_eq(status, 0, "%s: %s", k->name, gradus_strerror(status));
    return f;
}

static const double *response(const kind *k, const test_data *data)
{
    if (k->loss == TEST_POISSON) return data->counts;
    return k->loss == TEST_SQUARES || k->loss == TEST_HUBER ? data->y : data->labels;
}

static double evaluate(const gradus_objective *f, const double *theta, double *gradient)
{
    double value = (double)NAN;
    cr_assert_eq(gradus_objective_evaluate(f, theta, &value, gradient), 0);
    return value;
}

static double *doubles(size_t count)
{
    double *memory = (double *)calloc(count, sizeof(double));
    cr_assert_not_null(memory);
    return memory;
}

/* The k-th of COMBINATIONS of weights, ridge, intercept and offset. */
static gradus_model_options combination(int k, const test_data *data)
{
    gradus_model_options options = gradus_model_options_default();
    if (k & 1) options.weights = data->weights;
    if (k & 2) options.ridge = 0.37;
    if (k & 4) options.intercept = 1;
    if (k & 8) options.offset = data->offset;
    if (k & 8) options.huber = 0.8;
    return options;
}

/* ---- against plain loops ---- */

static void against_oracle(const kind *k, test_data *data, const gradus_model_options *options)
{
    static double gradient[MOST];
    const double *y = response(k, data);
    gradus_objective *f = make(k, &data->X, y, options);
    test_oracle oracle = test_oracle_make(k->loss, &data->X, y, options, data->theta);
    cr_assert_eq(gradus_objective_size(f), oracle.size);
    for (size_t j = 0; j < oracle.size; j++) gradient[j] = (double)NAN;
    const double value = evaluate(f, data->theta, gradient);
    cr_assert(test_same_bits(1, &value, &(double){evaluate(f, data->theta, NULL)}), "value without gradient");
    for (size_t j = 0; j < oracle.size; j++) gradient[j] *= k->sign;
    const double error = test_oracle_error(&oracle, k->sign * value, gradient);
    cr_assert(error <= roundings, "%s %zux%zu: off by %g roundings", k->name, data->X.rows, data->X.cols,
              error);
    test_oracle_free(&oracle);
    gradus_objective_free(f);
}

static void all_combinations(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 100 + n, m, n, layout, padding);
    for (int c = 0; c < COMBINATIONS; c++) {
        const gradus_model_options options = combination(c, &data);
        for (size_t k = 0; k < KINDS; k++) against_oracle(&kinds[k], &data, &options);
    }
    against_oracle(&kinds[0], &data, NULL);
    test_data_free(&data);
}

static void over_the_grid(gradus_layout layout, size_t padding)
{
    for (size_t a = 0; a < GRID; a++) {
        for (size_t b = 0; b < GRID; b++) all_combinations(grid[a], grid[b], layout, padding);
    }
}

Test(model, row_major_over_the_grid)
{
    over_the_grid(GRADUS_LAYOUT_ROW_MAJOR, 0);
}

Test(model, row_major_padded_over_the_grid)
{
    over_the_grid(GRADUS_LAYOUT_ROW_MAJOR, 5);
}

Test(model, column_major_over_the_grid)
{
    over_the_grid(GRADUS_LAYOUT_COL_MAJOR, 0);
}

Test(model, column_major_padded_over_the_grid)
{
    over_the_grid(GRADUS_LAYOUT_COL_MAJOR, 5);
}

Test(model, many_blocks_and_wide_rows)
{
    for (size_t a = 0; a < LARGE; a++) {
        for (int k = 0; k < 4; k++) {
            test_data data = test_data_make(a, large[a][0], large[a][1],
                                            k % 2 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR,
                                            k / 2 ? 1 : 0);
            const gradus_model_options options = combination(2 * k + 1, &data);
            for (size_t j = 0; j < KINDS; j++) against_oracle(&kinds[j], &data, &options);
            test_data_free(&data);
        }
    }
}

/* ---- logistic regression at every margin ---- */

static double relative(double computed, long double exact)
{
    const long double error = fabsl(computed - exact);
    if (error <= (long double)DBL_TRUE_MIN) return 0.0;
    return isfinite(computed) ? (double)(error / fabsl(exact) / DBL_EPSILON) : (double)INFINITY;
}

/* One row, X = [1], so that theta is the margin z: loss log(1 + exp(t)) and slope +-1/(1 + exp(-t)), t = +-z. */
static void margin(double z, double label)
{
    const double one = 1.0;
    const gradus_matrix X = gradus_row_major(1, 1, &one, 1);
    gradus_objective *f = make(&kinds[1], &X, &label, NULL);
    double slope;
    const double value = evaluate(f, &z, &slope);
    const long double t = label > 0.5 ? -z : z, e = expl(-fabsl(t));
    const long double loss = (t > 0 ? t : 0) + log1pl(e), p = (t > 0 ? 1 : e) / (1 + e);
    cr_assert(relative(value, loss) <= 4, "z = %g, y = %g: loss %g instead of %Lg", z, label, value, loss);
    cr_assert(relative(slope, label > 0.5 ? -p : p) <= 4, "z = %g, y = %g: slope %g", z, label, slope);
    gradus_objective_free(f);
}

Test(model, logistic_is_accurate_at_every_margin)
{
    static const double margins[] = {0.0,  DBL_TRUE_MIN, 1e-300, 1e-17, 1e-8, 0.1,   0.5,     1.0,   2.0,
                                     10.0, 36.0,         37.0,   40.0,  100., 700.0, 709.78,  745.0, 745.2,
                                     746., 800.0,        1e5,    1e16,  1e38, 1e300, 1.7e308, 1e308, DBL_MAX};
    for (size_t k = 0; k < sizeof margins / sizeof *margins; k++) {
        for (int q = 0; q < 4; q++) margin(q & 1 ? margins[k] : -margins[k], q & 2 ? 1.0 : 0.0);
    }
    test_random random = test_random_from(21);
    for (int k = 0; k < 1000; k++) margin(50.0 * test_random_uniform(&random), (double)(k % 2));
}

/* f(theta; y, o) = f(-theta; 1 - y, -o), bit for bit: each step of the computation is odd or even. */
Test(model, logistic_is_symmetric_in_its_classes)
{
    for (int c = 0; c < COMBINATIONS; c++) {
        test_data data = test_data_make(22, 47, 13, GRADUS_LAYOUT_ROW_MAJOR, 1);
        const gradus_model_options options = combination(c, &data);
        double mirrored[14], gradient[14], opposite[14];
        gradus_objective *f = make(&kinds[1], &data.X, data.labels, &options);
        const size_t size = gradus_objective_size(f);
        const double value = evaluate(f, data.theta, gradient);
        for (size_t i = 0; i < 47; i++) {
            data.labels[i] = 1.0 - data.labels[i];
            data.offset[i] = -data.offset[i];
        }
        for (size_t j = 0; j < 14; j++) mirrored[j] = -data.theta[j];
        const double mirrored_value = evaluate(f, mirrored, opposite);
        for (size_t j = 0; j < size; j++) opposite[j] = -opposite[j];
        cr_assert(test_same_bits(1, &value, &mirrored_value));
        cr_assert(test_same_bits(size, gradient, opposite));
        gradus_objective_free(f);
        test_data_free(&data);
    }
}

/* ---- negation ---- */

static void negation_of(const gradus_objective *f, const double *theta)
{
    double gradient[71], negative[71], twice[71];
    const size_t size = gradus_objective_size(f);
    gradus_objective *g = NULL, *h = NULL;
    cr_assert_eq(gradus_negate(f, &g), 0);
    cr_assert_eq(gradus_negate(g, &h), 0);
    cr_assert_eq(gradus_objective_size(g), size);
    const double value = evaluate(f, theta, gradient), opposite = -evaluate(g, theta, negative);
    gradus_objective_free(g); /* h does not depend on g's life */
    const double again = evaluate(h, theta, twice);
    for (size_t j = 0; j < size; j++) negative[j] = -negative[j];
    cr_assert(test_same_bits(1, &value, &opposite) && test_same_bits(1, &value, &again));
    cr_assert(test_same_bits(size, gradient, negative) && test_same_bits(size, gradient, twice));
    gradus_objective_free(h);
}

Test(model, negation_is_exact_for_every_kind)
{
    test_data data = test_data_make(23, 70, 70, GRADUS_LAYOUT_COL_MAJOR, 2);
    for (int c = 0; c < COMBINATIONS; c++) {
        const gradus_model_options options = combination(c, &data);
        for (size_t k = 0; k < KINDS; k++) {
            gradus_objective *f = make(&kinds[k], &data.X, response(&kinds[k], &data), &options);
            negation_of(f, data.theta);
            gradus_objective_free(f);
        }
    }
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(70, test_rosenbrock, NULL, &f), 0);
    negation_of(f, data.theta);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(model, log_likelihood_is_minus_logistic_bit_for_bit)
{
    test_data data = test_data_make(24, 300, 33, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (int c = 0; c < COMBINATIONS; c++) {
        const gradus_model_options options = combination(c, &data);
        gradus_objective *cost = make(&kinds[1], &data.X, data.labels, &options);
        gradus_objective *likelihood = make(&kinds[2], &data.X, data.labels, &options);
        double up[34], down[34];
        const double a = evaluate(likelihood, data.theta, up), b = -evaluate(cost, data.theta, down);
        for (size_t j = 0; j < gradus_objective_size(cost); j++) down[j] = -down[j];
        cr_assert(test_same_bits(1, &a, &b) && test_same_bits(gradus_objective_size(cost), up, down));
        gradus_objective_free(cost);
        gradus_objective_free(likelihood);
    }
    test_data_free(&data);
}

/* ---- weights, rows and columns ---- */

enum { M = 47, N = 8 };

/* Do two objectives agree at theta within rounding of numbers near 1, or near the value where that is larger? */
static void agree(const gradus_objective *f, const gradus_objective *g, const double *theta, const char *what)
{
    double a[N + 2], b[N + 2];
    const size_t size = gradus_objective_size(f);
    cr_assert_eq(gradus_objective_size(g), size);
    const double v = evaluate(f, theta, a), w = evaluate(g, theta, b);
    cr_assert(fabs(v - w) <= 1e-14 * fabs(v), "%s: %.17g against %.17g", what, v, w);
    for (size_t j = 0; j < size; j++)
        cr_assert(fabs(a[j] - b[j]) <= 1e-14 * fmax(1.0, fabs(v)), "%s: gradient[%zu] %.17g against %.17g",
                  what, j, a[j], b[j]);
}

/* Copies row `from` of `data` to row `to` of `copy`, response and label too. */
static void copy_row(test_data *data, size_t from, test_data *copy, size_t to)
{
    for (size_t j = 0; j < data->X.cols; j++)
        *test_element(copy->x, &copy->X, to, j) = *test_element(data->x, &data->X, from, j);
    copy->y[to] = data->y[from];
    copy->labels[to] = data->labels[from];
    copy->weights[to] = data->weights[from];
    copy->counts[to] = data->counts[from];
    copy->offset[to] = data->offset[from];
}

/* Weights 0 .. 3 against as many copies of each row. */
Test(model, a_weight_counts_its_row)
{
    test_data data = test_data_make(31, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    test_data repeated = test_data_make(32, 3 * M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    size_t rows = 0;
    for (size_t i = 0; i < M; i++) {
        data.weights[i] = (double)((i * i + 1) % 4);
        for (int k = 0; k < (int)data.weights[i]; k++) copy_row(&data, i, &repeated, rows++);
    }
    repeated.X.rows = rows;
    for (int c = 0; c < COMBINATIONS; c += 2) {
        const gradus_model_options weighted = combination(c + 1, &data), plain = combination(c, &repeated);
        for (size_t k = 0; k < KINDS; k++) {
            gradus_objective *f = make(&kinds[k], &data.X, response(&kinds[k], &data), &weighted);
            gradus_objective *g = make(&kinds[k], &repeated.X, response(&kinds[k], &repeated), &plain);
            agree(f, g, data.theta, kinds[k].name);
            gradus_objective_free(f);
            gradus_objective_free(g);
        }
    }
    test_data_free(&data);
    test_data_free(&repeated);
}

Test(model, scaling_all_weights_changes_nothing)
{
    static const double scales[] = {1e-200, 1.0 / 3.0, 7.0, 1e200};
    test_data data = test_data_make(33, M, N, GRADUS_LAYOUT_COL_MAJOR, 1);
    double scaled[M];
    for (size_t s = 0; s < 4; s++) {
        for (size_t i = 0; i < M; i++) scaled[i] = scales[s] * data.weights[i];
        gradus_model_options one = combination(7, &data), other = one;
        other.weights = scaled;
        for (size_t k = 0; k < KINDS; k++) {
            gradus_objective *f = make(&kinds[k], &data.X, response(&kinds[k], &data), &one);
            gradus_objective *g = make(&kinds[k], &data.X, response(&kinds[k], &data), &other);
            agree(f, g, data.theta, kinds[k].name);
            gradus_objective_free(f);
            gradus_objective_free(g);
        }
    }
    test_data_free(&data);
}

Test(model, the_order_of_rows_does_not_matter)
{
    test_data data = test_data_make(34, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    test_data permuted = test_data_make(35, M, N, GRADUS_LAYOUT_COL_MAJOR, 0);
    for (size_t i = 0; i < M; i++)
        copy_row(&data, i, &permuted, i * 5 % M); /* 5 and 47 have no common divisor */
    for (int c = 0; c < COMBINATIONS; c++) {
        const gradus_model_options one = combination(c, &data), other = combination(c, &permuted);
        for (size_t k = 0; k < KINDS; k++) {
            gradus_objective *f = make(&kinds[k], &data.X, response(&kinds[k], &data), &one);
            gradus_objective *g = make(&kinds[k], &permuted.X, response(&kinds[k], &permuted), &other);
            agree(f, g, data.theta, kinds[k].name);
            gradus_objective_free(f);
            gradus_objective_free(g);
        }
    }
    test_data_free(&data);
    test_data_free(&permuted);
}

Test(model, permuting_columns_permutes_the_gradient)
{
    test_data data = test_data_make(36, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    test_data permuted = test_data_make(36, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t j = 0; j < N; j++) {
        permuted.theta[j * 3 % N] = data.theta[j];
        for (size_t i = 0; i < M; i++)
            *test_element(permuted.x, &permuted.X, i, j * 3 % N) = *test_element(data.x, &data.X, i, j);
    }
    for (size_t k = 0; k < KINDS; k++) {
        const gradus_model_options options = combination(7, &data);
        gradus_objective *f = make(&kinds[k], &data.X, response(&kinds[k], &data), &options);
        gradus_objective *g = make(&kinds[k], &permuted.X, response(&kinds[k], &data), &options);
        double a[N + 1], b[N + 1];
        const double v = evaluate(f, data.theta, a), w = evaluate(g, permuted.theta, b);
        cr_assert(fabs(v - w) <= 1e-14 * fabs(v));
        for (size_t j = 0; j < N; j++) cr_assert(fabs(a[j] - b[j * 3 % N]) <= 1e-14);
        cr_assert(fabs(a[N] - b[N]) <= 1e-14);
        gradus_objective_free(f);
        gradus_objective_free(g);
    }
    test_data_free(&data);
    test_data_free(&permuted);
}

/* Column j times 2^k and theta_j times 2^-k: every product is the same number, so every bit is. */
Test(model, powers_of_two_scale_exactly)
{
    for (int c = 0; c < COMBINATIONS; c += 4) {
        test_data data = test_data_make(37, M, N, GRADUS_LAYOUT_COL_MAJOR, 0);
        const gradus_model_options options = combination(c + 1, &data);
        for (size_t k = 0; k < KINDS; k++) {
            gradus_objective *f = make(&kinds[k], &data.X, response(&kinds[k], &data), &options);
            double before[N + 1], after[N + 1];
            const double v = evaluate(f, data.theta, before);
            for (size_t j = 0; j < N; j++) {
                const int power = (int)j * 37 - 130;
                for (size_t i = 0; i < M; i++)
                    *test_element(data.x, &data.X, i, j) = ldexp(*test_element(data.x, &data.X, i, j), power);
                data.theta[j] = ldexp(data.theta[j], -power);
                before[j] = ldexp(before[j], power);
            }
            const double w = evaluate(f, data.theta, after);
            cr_assert(test_same_bits(1, &v, &w));
            cr_assert(test_same_bits(gradus_objective_size(f), before, after));
            gradus_objective_free(f);
        }
        test_data_free(&data);
    }
}

/* ---- ridge and intercept ---- */

Test(model, the_ridge_is_half_lambda_times_the_squared_norm_without_intercept)
{
    static const double lambdas[] = {1e-8, 0.5, 1e6};
    test_data data = test_data_make(41, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t l = 0; l < 3; l++) {
        for (size_t k = 0; k < KINDS; k++) {
            gradus_model_options plain = combination(5, &data), ridge = plain;
            ridge.ridge = lambdas[l];
            gradus_objective *f = make(&kinds[k], &data.X, response(&kinds[k], &data), &plain);
            gradus_objective *g = make(&kinds[k], &data.X, response(&kinds[k], &data), &ridge);
            double a[N + 1], b[N + 1], norm = 0.0;
            for (size_t j = 0; j < N; j++) norm += data.theta[j] * data.theta[j];
            const double v = evaluate(f, data.theta, a), w = evaluate(g, data.theta, b);
            const double penalty = kinds[k].sign * lambdas[l] * norm / 2;
            cr_assert(fabs(w - v - penalty) <= 1e-14 * (fabs(v) + fabs(penalty)));
            for (size_t j = 0; j < N; j++)
                cr_assert(fabs(b[j] - a[j] - kinds[k].sign * lambdas[l] * data.theta[j]) <=
                          1e-15 * (1 + lambdas[l]));
            cr_assert(test_same_bits(1, a + N, b + N), "the intercept is penalised");
            gradus_objective_free(f);
            gradus_objective_free(g);
        }
    }
    test_data_free(&data);
}

Test(model, an_intercept_is_a_column_of_ones)
{
    test_data data = test_data_make(42, M, N + 1, GRADUS_LAYOUT_COL_MAJOR, 0);
    for (size_t i = 0; i < M; i++) *test_element(data.x, &data.X, i, N) = 1.0;
    gradus_matrix without = data.X;
    without.cols = N;
    for (size_t k = 0; k < KINDS; k++) {
        gradus_model_options plain = combination(1, &data), intercept = combination(5, &data);
        gradus_objective *f = make(&kinds[k], &data.X, response(&kinds[k], &data), &plain);
        gradus_objective *g = make(&kinds[k], &without, response(&kinds[k], &data), &intercept);
        agree(f, g, data.theta, kinds[k].name);
        gradus_objective_free(g);
        intercept.intercept = -3; /* any number but zero */
        g = make(&kinds[k], &without, response(&kinds[k], &data), &intercept);
        agree(f, g, data.theta, kinds[k].name);
        gradus_objective_free(f);
        gradus_objective_free(g);
    }
    test_data_free(&data);
}

/* ---- the inner face: curvature, passes, separation ---- */

/* v'Hv = v'(grad(v) - grad(0)) on a quadratic. */
Test(model, curvature_of_least_squares)
{
    test_data data = test_data_make(43, 300, N, GRADUS_LAYOUT_ROW_MAJOR, 2);
    double *margins = doubles(1000);
    for (int c = 0; c < COMBINATIONS; c++) {
        const gradus_model_options options = combination(c, &data);
        gradus_objective *f = make(&kinds[0], &data.X, data.y, &options);
        const double zero[N + 1] = {0.0};
        double there[N + 1], here[N + 1], expected = 0.0;
        evaluate(f, data.theta, there);
        evaluate(f, zero, here);
        for (size_t j = 0; j < gradus_objective_size(f); j++)
            expected += data.theta[j] * (there[j] - here[j]);
        gr_workspace work = gr_workspace_open(f, 1, margins, NULL);
        cr_assert(test_digits(f->kind->curvature(f, &work, data.theta), expected) >= 13);
        cr_assert(gr_workspace_passes(f, &work) == 1.0);
        gradus_objective_free(f);
    }
    free(margins);
    test_data_free(&data);
}

Test(model, an_evaluation_is_one_pass_and_a_function_none)
{
    test_data data = test_data_make(44, 1000, 20, GRADUS_LAYOUT_ROW_MAJOR, 0);
    double *margins = doubles(1000), gradient[21], value;
    for (size_t k = 0; k < KINDS; k++) {
        gradus_objective *f = make(&kinds[k], &data.X, response(&kinds[k], &data), NULL);
        size_t needed;
        cr_assert(gr_workspace_doubles(f, 1, &needed) && needed <= 1000);
        gr_workspace work = gr_workspace_open(f, 1, margins, NULL);
        cr_assert_eq(gr_objective_evaluate(f, &work, data.theta, &value, gradient), 0);
        cr_assert_eq(gr_objective_evaluate(f, &work, data.theta, &value, NULL), 0);
        cr_assert(gr_workspace_passes(f, &work) == 2.0);
        cr_assert_eq(f->kind->find_bad_data(&work, NULL), 0);
        cr_assert(gr_workspace_passes(f, &work) == 3.0);
        gradus_objective_free(f);
    }
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(20, test_rosenbrock, NULL, &f), 0);
    gr_workspace work = gr_workspace_open(f, 1, margins, NULL);
    cr_assert_eq(gr_objective_evaluate(f, &work, data.theta, &value, gradient), 0);
    cr_assert(gr_workspace_passes(f, &work) == 0.0);
    gradus_objective_free(f);
    free(margins);
    test_data_free(&data);
}

/* Labels are the sign of a planted margin, so that the planted theta separates them; one label turned, it does not. */
Test(model, separation_is_seen_where_it_is)
{
    test_data data = test_data_make(45, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    double margins[1000], value;
    for (size_t i = 0; i < M; i++) {
        double z = 0.0;
        for (size_t j = 0; j < N; j++) z += *test_element(data.x, &data.X, i, j) * data.theta[j];
        data.labels[i] = z > 0.0 ? 1.0 : 0.0;
    }
    for (int turned = 0; turned < 2; turned++) {
        if (turned) data.labels[3] = 1.0 - data.labels[3]; /* its weight is 0 */
        for (int c = 0; c < 4; c++) {
            const gradus_model_options options = combination(c, &data);
            gradus_objective *f = make(&kinds[1], &data.X, data.labels, &options);
            gr_workspace work = gr_workspace_open(f, 1, margins, NULL);
            cr_assert_eq(gr_objective_evaluate(f, &work, data.theta, &value, NULL), 0);
            const bool separated = options.ridge <= 0.0 && (!turned || options.weights);
            cr_assert_eq(gr_objective_separated(f, &work), separated, "turned %d, options %d", turned, c);
            gradus_objective_free(f);
        }
    }
    test_data_free(&data);
}

/* ---- callers' functions ---- */

/* Answers with what the context says, and notes how it was called. */
typedef struct answer {
    gradus_status status;
    double value;
    size_t n;
    const double *theta;
    bool gradient_wanted;
} answer;

static gradus_status give_answer(void *context, size_t n, const double *theta, double *value,
                                 double *gradient)
{
    answer *a = (answer *)context;
    a->n = n;
    a->theta = theta;
    a->gradient_wanted = gradient != NULL;
    *value = a->value;
    for (size_t j = 0; gradient && j < n; j++) gradient[j] = (double)j;
    return a->status;
}

Test(model, a_function_gets_what_the_caller_gave)
{
    answer a = {.value = 2.5};
    gradus_objective *f = NULL;
    const double theta[3] = {1.0, 2.0, 3.0};
    double value, gradient[3];
    cr_assert_eq(gradus_function(3, give_answer, &a, &f), 0);
    cr_assert_eq(gradus_objective_size(f), 3);
    cr_assert_eq(gradus_objective_evaluate(f, theta, &value, gradient), 0);
    cr_assert(value == 2.5 && gradient[2] == 2.0 && a.n == 3 && a.theta == theta && a.gradient_wanted);
    cr_assert_eq(gradus_objective_evaluate(f, theta, &value, NULL), 0);
    cr_assert_not(a.gradient_wanted);
    static const int statuses[] = {GRADUS_REJECT, 42, 1};
    for (size_t k = 0; k < 3; k++) {
        a.status = statuses[k];
        cr_assert_eq(gradus_objective_evaluate(f, theta, &value, gradient), statuses[k]);
    }
    gradus_objective_free(f);
}

Test(model, an_evaluation_hands_infinite_values_over)
{
    answer a = {.value = (double)INFINITY};
    gradus_objective *f = NULL;
    const double theta = 0.0;
    cr_assert_eq(gradus_function(1, give_answer, &a, &f), 0);
    cr_assert(evaluate(f, &theta, NULL) == (double)INFINITY);
    gradus_objective_free(f);
    const double x[2] = {1e200, (double)NAN};
    for (size_t k = 0; k < 2; k++) {
        const gradus_matrix X = gradus_row_major(1, 1, x + k, 1);
        f = make(&kinds[0], &X, &theta, NULL);
        cr_assert_not(isfinite(evaluate(f, &(double){1e200}, NULL)));
        gradus_objective_free(f);
    }
}

/* ---- objectives own their structs and nothing else ---- */

Test(model, an_objective_copies_its_structs)
{
    test_data data = test_data_make(51, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options options = combination(7, &data);
    gradus_matrix X = data.X;
    gradus_objective *f = make(&kinds[0], &X, data.y, &options), *g;
    memset(&X, 0, sizeof X);
    memset(&options, 0, sizeof options);
    options = combination(7, &data);
    g = make(&kinds[0], &data.X, data.y, &options);
    agree(f, g, data.theta, "copy");
    gradus_objective_free(f);
    gradus_objective_free(g);
    gradus_objective_free(NULL);
    cr_assert_eq(gradus_objective_size(NULL), 0);
    test_data_free(&data);
}

Test(model, success_writes_no_error_and_failure_no_objective)
{
    test_data data = test_data_make(52, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_error error, before;
    memset(&error, 0x5A, sizeof error);
    before = error;
    gradus_model_options options = gradus_model_options_default();
    options.error = &error;
    gradus_objective *f = make(&kinds[1], &data.X, data.labels, &options), *marker = f;
    cr_assert_eq(memcmp(&error, &before, sizeof error), 0, "success wrote the error");
    options.ridge = -1.0;
    cr_assert_eq(gradus_logistic(&data.X, data.labels, &options, &f), GRADUS_ERROR_OPTION);
    cr_assert_eq(f, marker, "failure wrote the objective");
    cr_assert(strstr(error.sentence, "ridge") && error.measured == -1.0);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- the gradient check ---- */

/*
 * f(theta) = sum_j a_j (sin(theta_j) + 2 theta_j), a_j in 1 .. 3, so that no partial derivative is small. Its gradient
 * is spoilt in one coordinate, or in two.
 */
typedef struct spoilt {
    size_t coordinate, second; /* GRADUS_NOWHERE: none */
    double factor, second_factor;
    size_t calls;
} spoilt;

static gradus_status spoilt_waves(void *context, size_t n, const double *theta, double *value,
                                  double *gradient)
{
    spoilt *s = (spoilt *)context;
    s->calls++;
    *value = 0.0;
    for (size_t j = 0; j < n; j++) {
        const double a = 1.0 + (double)(j * 7919 % 1000) / 500.0;
        *value += a * (sin(theta[j]) + 2.0 * theta[j]);
        if (gradient) gradient[j] = a * (cos(theta[j]) + 2.0);
    }
    if (gradient && s->coordinate < n) gradient[s->coordinate] *= s->factor;
    if (gradient && s->second < n) gradient[s->second] *= s->second_factor;
    return 0;
}

static size_t rounds(size_t n)
{
    size_t k = 0;
    while (((size_t)1 << k) < n) k++;
    return k;
}

static void passes_check(const gradus_objective *f, const double *theta, const char *what)
{
    gradus_gradient_check check;
    memset(&check, 0xFB, sizeof check);
    gradus_error error, before;
    memset(&error, 0x5A, sizeof error);
    before = error;
    const gradus_status status = gradus_check_gradient(f, theta, &check, &error);
    cr_assert_eq(status, 0, "%s: %s", what, error.sentence);
    cr_assert_eq(memcmp(&error, &before, sizeof error), 0, "%s: success wrote the error", what);
    cr_assert(check.error <= check.limit && check.limit == 1e-6, "%s: error %g", what, check.error);
    cr_assert_eq(check.coordinate, GRADUS_NOWHERE);
    cr_assert(check.evaluations >= 3 && check.evaluations <= 37, "%zu evaluations", check.evaluations);
    for (size_t k = 0; k < 4; k++) cr_assert(check.reserved[k] == 0.0);
    cr_assert_eq(gradus_check_gradient(f, theta, NULL, NULL), 0);
}

Test(check_gradient, right_gradients_pass)
{
    for (int c = 0; c < COMBINATIONS; c++) {
        test_data data = test_data_make(60 + (uint64_t)c, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
        const gradus_model_options options = combination(c, &data);
        for (size_t k = 0; k < KINDS; k++) {
            gradus_objective *f = make(&kinds[k], &data.X, response(&kinds[k], &data), &options);
            passes_check(f, data.theta, kinds[k].name);
            gradus_objective_free(f);
        }
        test_data_free(&data);
    }
}

Test(check_gradient, right_gradients_of_functions_pass)
{
    static const size_t sizes[] = {1, 2, 3, 64, 1000};
    static double theta[1000];
    test_random random = test_random_from(61);
    for (int trial = 0; trial < 20; trial++) {
        for (size_t s = 0; s < 5; s++) {
            for (size_t j = 0; j < sizes[s]; j++) theta[j] = 4.0 * test_random_uniform(&random);
            spoilt right = {GRADUS_NOWHERE, GRADUS_NOWHERE, 1.0, 1.0, 0};
            gradus_objective *f = NULL;
            cr_assert_eq(gradus_function(sizes[s], spoilt_waves, &right, &f), 0);
            passes_check(f, theta, "waves");
            gradus_objective_free(f);
            if (sizes[s] % 2) continue;
            cr_assert_eq(gradus_function(sizes[s], test_rosenbrock, NULL, &f), 0);
            passes_check(f, theta, "Rosenbrock");
            gradus_objective_free(f);
        }
    }
}

static void finds(spoilt *wrong, size_t n, const double *theta)
{
    gradus_objective *f = NULL;
    gradus_gradient_check check;
    gradus_error error;
    wrong->calls = 0;
    cr_assert_eq(gradus_function(n, spoilt_waves, wrong, &f), 0);
    cr_assert_eq(gradus_check_gradient(f, theta, &check, &error), GRADUS_ERROR_GRADIENT, "factor %g, n = %zu",
                 wrong->factor, n);
    cr_assert_eq(check.coordinate, wrong->coordinate, "n = %zu: found %zu instead of %zu", n,
                 check.coordinate, wrong->coordinate);
    cr_assert(error.row == check.coordinate && error.measured == check.error && error.limit == check.limit);
    cr_assert(check.error > check.limit);
    cr_assert_eq(check.evaluations, wrong->calls);
    cr_assert(check.evaluations <= 37 + 24 * rounds(n), "n = %zu: %zu evaluations", n, check.evaluations);
    gradus_objective_free(f);
}

Test(check_gradient, a_wrong_coordinate_is_found)
{
    static const size_t sizes[] = {1, 2, 3, 1000};
    static const double factors[] = {-1.0, 0.0, 1.001, 0.999, 2.0};
    static double theta[1000];
    test_random random = test_random_from(62);
    for (size_t s = 0; s < 4; s++) {
        for (size_t k = 0; k < 5; k++) {
            if (sizes[s] == 1 && factors[k] == 0.0) continue; /* a gradient of 0 has no scale */
            for (int trial = 0; trial < 10; trial++) {
                for (size_t j = 0; j < sizes[s]; j++) theta[j] = 4.0 * test_random_uniform(&random);
                spoilt wrong = {test_random_below(&random, sizes[s]), GRADUS_NOWHERE, factors[k], 1.0, 0};
                finds(&wrong, sizes[s], theta);
            }
        }
    }
}

Test(check_gradient, the_first_and_the_last_and_the_worse_of_two_are_found)
{
    static double theta[1000];
    test_random random = test_random_from(63);
    for (size_t j = 0; j < 1000; j++) theta[j] = test_random_uniform(&random);
    spoilt first = {0, GRADUS_NOWHERE, -1.0, 1.0, 0}, last = {999, GRADUS_NOWHERE, -1.0, 1.0, 0};
    finds(&first, 1000, theta);
    finds(&last, 1000, theta);
    for (int trial = 0; trial < 20; trial++) {
        spoilt two = {test_random_below(&random, 1000), test_random_below(&random, 1000), -1.0, 1.01, 0};
        if (two.coordinate != two.second) finds(&two, 1000, theta);
    }
}

static gradus_status lifted(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)n;
    *value = *(const double *)context + theta[0];
    if (gradient) gradient[0] = 1.0;
    return 0;
}

Test(check_gradient, rounding_that_drowns_the_differences_is_said)
{
    gradus_objective *f = NULL;
    gradus_gradient_check check;
    gradus_error error;
    double height = 1e20;
    const double theta = 0.5;
    cr_assert_eq(gradus_function(1, lifted, &height, &f), 0);
    cr_assert_eq(gradus_check_gradient(f, &theta, &check, &error), GRADUS_ERROR_GRADIENT_UNKNOWN);
    cr_assert(check.evaluations <= 37 && error.measured == 1.0);
    height = 1e3; /* here two of the step lengths still tell */
    cr_assert_eq(gradus_check_gradient(f, &theta, &check, &error), 0);
    gradus_objective_free(f);
}

/* log x, defined on one side of the longest steps only */
static gradus_status logarithm(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)n;
    if (!(theta[0] > 0.0)) return GRADUS_REJECT;
    *value = log(theta[0]);
    if (gradient) gradient[0] = *(const double *)context / theta[0];
    return 0;
}

Test(check_gradient, steps_out_of_the_domain_are_left_out)
{
    gradus_objective *f = NULL;
    gradus_gradient_check check;
    double factor = 1.0;
    const double theta = 0.005;
    cr_assert_eq(gradus_function(1, logarithm, &factor, &f), 0);
    cr_assert_eq(gradus_check_gradient(f, &theta, &check, NULL), 0);
    factor = -1.0;
    cr_assert_eq(gradus_check_gradient(f, &theta, &check, NULL), GRADUS_ERROR_GRADIENT);
    gradus_objective_free(f);
}

/* x, but NaN above 0: at 0 every central difference lacks a side, so nothing may be concluded. */
static gradus_status half_line(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)n;
    *value = theta[0] > 0.0 ? (double)NAN : theta[0];
    if (gradient) gradient[0] = *(const double *)context;
    return 0;
}

Test(check_gradient, a_function_defined_on_one_side_is_not_judged)
{
    gradus_objective *f = NULL;
    double slope = -5.0;
    const double theta = 0.0;
    cr_assert_eq(gradus_function(1, half_line, &slope, &f), 0);
    cr_assert_eq(gradus_check_gradient(f, &theta, NULL, NULL), GRADUS_ERROR_GRADIENT_UNKNOWN);
    gradus_objective_free(f);
}

Test(check_gradient, a_start_without_value_or_gradient_is_refused)
{
    static const double bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    answer a = {.value = 0.0};
    gradus_objective *f = NULL;
    gradus_error error;
    double theta[2] = {0.0, 0.0};
    cr_assert_eq(gradus_function(2, give_answer, &a, &f), 0);
    for (size_t k = 0; k < 3; k++) {
        a.value = bad[k];
        cr_assert_eq(gradus_check_gradient(f, theta, NULL, &error), GRADUS_ERROR_START_VALUE);
        theta[1] = bad[k];
        cr_assert_eq(gradus_check_gradient(f, theta, NULL, &error), GRADUS_ERROR_START_NOT_FINITE);
        cr_assert_eq(error.row, 1);
        theta[1] = 0.0;
    }
    a = (answer){.status = GRADUS_REJECT};
    cr_assert_eq(gradus_check_gradient(f, theta, NULL, &error), GRADUS_ERROR_START_VALUE);
    gradus_objective_free(f);
    double slope = (double)NAN;
    cr_assert_eq(gradus_function(1, half_line, &slope, &f), 0);
    cr_assert_eq(gradus_check_gradient(f, theta, NULL, &error), GRADUS_ERROR_START_VALUE);
    gradus_objective_free(f);
}

/* Ends the check at the call that `context` counts down to. */
static gradus_status give_up(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    size_t *left = (size_t *)context;
    if (--*left == 0) return 42;
    spoilt wrong = {1, GRADUS_NOWHERE, -1.0, 1.0, 0};
    return spoilt_waves(&wrong, n, theta, value, gradient);
}

Test(check_gradient, a_callback_that_gives_up_is_handed_back)
{
    const double theta[5] = {0.0};
    for (size_t call = 1; call <= 50; call++) {
        gradus_objective *f = NULL;
        gradus_error error;
        size_t left = call;
        cr_assert_eq(gradus_function(5, give_up, &left, &f), 0);
        cr_assert_eq(gradus_check_gradient(f, theta, NULL, &error), 42, "at call %zu", call);
        cr_assert(error.measured == 42.0);
        cr_assert_eq(left, 0, "the function was called again after it gave up");
        gradus_objective_free(f);
    }
}

/* Close to a minimum the gradient is nearly zero and the differences' truncation is not: nothing is called wrong there. */
Test(check_gradient, near_a_minimum_a_right_gradient_is_not_called_wrong)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(2, test_rosenbrock, NULL, &f), 0);
    for (int k = 0; k < 12; k++) {
        const double theta[2] = {1.0 + pow(10.0, -k), 1.0 + 2.0 * pow(10.0, -k) + pow(10.0, -2 * k)};
        const gradus_status status = gradus_check_gradient(f, theta, NULL, NULL);
        cr_assert(status == 0 || status == GRADUS_ERROR_GRADIENT_UNKNOWN, "1e-%d from it: %d", k, status);
        if (k < 3) cr_assert_eq(status, 0);
    }
    gradus_objective_free(f);
}
