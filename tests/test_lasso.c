/* SPDX-License-Identifier: BSD-3-Clause */
/* Runs by coordinates: every loss, every shape, paths, and what the duality gap promises, against plain loops. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "solver/coordinate.h"
#include "support.h"

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

/* The losses in the order of test_loss. */
static const maker makers[] = {gradus_least_squares, gradus_logistic, gradus_poisson, gradus_huber,
                               gradus_squared_hinge};
enum { LOSSES = 5 };

static const double *response_of(const test_data *data, int loss)
{
    if (loss == TEST_POISSON) return data->counts;
    return loss == TEST_LOGISTIC || loss == TEST_SQUARED_HINGE ? data->labels : data->y;
}

/* Data, and a model of it with what the bits of `kind` say: weights, intercept, offset, ridge, bounds. */
typedef struct fit {
    test_data data;
    gradus_model_options options;
    double *bounds;
} fit;

enum { WEIGHTS = 1, INTERCEPT = 2, OFFSET = 4, RIDGE = 8, BOUNDS = 16, FIT_KINDS = 32 };

static fit fit_make(uint64_t seed, size_t m, size_t n, int kind, double lasso)
{
    fit f = {.data = test_data_make(seed, m, n, seed % 2 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR,
                                    seed % 3),
             .options = gradus_model_options_default(),
             .bounds = (double *)calloc(2 * n, sizeof(double))};
    for (size_t j = 0; j < n; j++) {
        f.bounds[j] = j % 3 ? -0.03 - 0.001 * (double)(j % 5) : 0.0;
        f.bounds[n + j] = j % 4 ? 0.05 : (double)INFINITY;
    }
    f.options.lasso = lasso;
    if (kind & WEIGHTS) f.options.weights = f.data.weights;
    if (kind & INTERCEPT) f.options.intercept = 1;
    if (kind & OFFSET) f.options.offset = f.data.offset;
    if (kind & RIDGE) f.options.ridge = 0.02;
    if (kind & BOUNDS) f.options.lower = f.bounds;
    if (kind & BOUNDS) f.options.upper = f.bounds + n;
    return f;
}

static void fit_free(fit *f)
{
    test_data_free(&f->data);
    free(f->bounds);
}

/* The largest distance of -gradient_j from the subgradients of lasso and bounds, by the oracle's gradient */
static double violation(const fit *f, int loss, const double *theta)
{
    const gradus_model_options *o = &f->options;
    const size_t n = f->data.X.cols;
    test_oracle oracle = test_oracle_make((test_loss)loss, &f->data.X, response_of(&f->data, loss), o, theta);
    long double worst = o->intercept ? fabsl(oracle.gradient[n]) : 0.0L;
    for (size_t j = 0; j < n; j++) {
        const long double pull = -oracle.gradient[j];
        const bool zero = !(theta[j] > 0.0 || theta[j] < 0.0);
        const long double subgradient = zero ? fmaxl(-o->lasso, fminl(o->lasso, pull))
                                             : copysignl(o->lasso, theta[j]);
        long double rest = pull - subgradient;
        cr_assert(!o->lower || (theta[j] >= o->lower[j] && theta[j] <= o->upper[j]));
        if (o->lower && theta[j] <= o->lower[j] && rest < 0.0L) rest = 0.0L;
        if (o->upper && theta[j] >= o->upper[j] && rest > 0.0L) rest = 0.0L;
        worst = fmaxl(worst, fabsl(rest));
    }
    test_oracle_free(&oracle);
    return (double)worst;
}

static gradus_objective *objective_of(const fit *f, int loss)
{
    gradus_objective *objective = NULL;
    cr_assert_eq(makers[loss](&f->data.X, response_of(&f->data, loss), &f->options, &objective), 0);
    return objective;
}

static gradus_options until_nothing_moves(void)
{
    gradus_options options = gradus_options_default();
    options.stop.gap_tolerance = GRADUS_OFF;
    return options;
}

/* ---- the quadratic alone ---- */

/* H = A'A of random A, some columns nearly alike; optimality by plain loops. */
Test(lasso, a_quadratic_to_its_minimum)
{
    enum { P = 9 };
    for (uint64_t seed = 0; seed < 200; seed++) {
        test_random random = test_random_from(seed);
        double A[P][P], H[P * P], g[P], x[P] = {0.0}, start[P], factor[P * P + P], lower[P], upper[P];
        size_t chosen[P];
        for (size_t i = 0; i < P; i++) {
            for (size_t j = 0; j < P; j++) A[i][j] = test_random_uniform(&random);
            if (seed % 2) A[i][3] = A[i][2] + 1e-4 * A[i][3];
            start[i] = g[i] = test_random_uniform(&random);
            lower[i] = seed % 3 ? -(double)INFINITY : -0.5;
            upper[i] = seed % 3 ? (double)INFINITY : 0.25;
        }
        for (size_t i = 0; i < P; i++) {
            for (size_t j = 0; j < P; j++) {
                H[i + j * P] = 0.0;
                for (size_t k = 0; k < P; k++) H[i + j * P] += A[k][i] * A[k][j];
            }
        }
        const gr_penalty h = {.lasso = seed % 5 ? 0.1 : 0.0, .lower = lower, .upper = upper};
        gr_quadratic q = {.n = P,
                          .cols = P - 1,
                          .H = H,
                          .penalty = &h,
                          .x = x,
                          .g = g,
                          .factor = factor,
                          .chosen = chosen,
                          .solved = 1e-12};
        gr_quadratic_solve(&q);
        for (size_t j = 0; j < P; j++) {
            long double pull = -start[j], rest;
            const double lasso = j < P - 1 ? h.lasso : 0.0;
            for (size_t i = 0; i < P; i++) pull -= (long double)H[j + i * P] * x[i];
            rest = x[j] > 0.0 || x[j] < 0.0 ? pull - copysignl(lasso, x[j])
                                            : pull - fmaxl(-lasso, fminl(lasso, pull));
            if (j < P - 1 && x[j] <= lower[j] && rest < 0.0L) rest = 0.0L;
            if (j < P - 1 && x[j] >= upper[j] && rest > 0.0L) rest = 0.0L;
            /* x is as large as the smallest eigenvalue lets it be, and rounding with it */
            double size = 1.0;
            for (size_t i = 0; i < P; i++) size += fabs(x[i]);
            cr_assert_leq((double)fabsl(rest), 1e-13 * size, "seed %d, %zu: %Lg", (int)seed, j, rest);
        }
    }
}

/* Two columns at an angle of a thousandth, which coordinates alone need a million rounds for, and one that is there twice */
Test(lasso, dependent_columns_do_not_stop_newton)
{
    enum { N = 4 };
    const double e = 0x1p-10,
                 H[N * N] = {1, 1, 1, 0, 1, 1 + e * e, 1 + e * e, 0, 1, 1 + e * e, 1 + e * e, 0, 0, 0, 0, 1};
    const double sought[N] = {1.0, -2.0, 0.5, 3.0};
    double x[N] = {0.0, 0.5, 0.25, 0.0}, g[N] = {0.0}, factor[N * N + N];
    size_t chosen[N];
    for (size_t j = 0; j < N; j++) {
        for (size_t i = 0; i < N; i++) g[j] += H[j + i * N] * (x[i] - sought[i]);
    }
    const gr_penalty none = {.lasso = 0.0};
    gr_quadratic q = {.n = N,
                      .cols = N,
                      .H = H,
                      .penalty = &none,
                      .x = x,
                      .g = g,
                      .factor = factor,
                      .chosen = chosen,
                      .solved = 1e-12};
    gr_quadratic_solve(&q);
    cr_assert_leq(q.rounds, 100, "%zu rounds", q.rounds);
    for (size_t j = 0; j < N; j++) {
        double pull = 0.0;
        for (size_t i = 0; i < N; i++) pull += H[j + i * N] * (sought[i] - x[i]);
        cr_assert_leq(fabs(pull), 1e-13, "%zu: %g", j, pull);
    }
    cr_assert_leq(fabs(x[1] + x[2] - (sought[1] + sought[2])), 1e-6);
}

/* ---- every loss ---- */

Test(lasso, every_loss_meets_the_optimality_conditions)
{
    for (int loss = 0; loss < LOSSES; loss++) {
        for (int kind = 0; kind < FIT_KINDS; kind++) {
            fit f = fit_make(300 + (uint64_t)kind, 60, 9, kind, loss == TEST_POISSON ? 0.4 : 0.03);
            gradus_objective *objective = objective_of(&f, loss);
            const gradus_options options = until_nothing_moves();
            double theta[10] = {0.0};
            gradus_report report;
            cr_assert_eq(gradus_descend(objective, theta, &options, &report), 0);
            cr_assert(gradus_stop_converged(report.stop), "loss %d, kind %d: %s, gap %g", loss, kind,
                      gradus_stop_sentence(report.stop), report.duality_gap);
            cr_assert_eq(report.method, GRADUS_METHOD_COORDINATE);
            cr_assert_leq(report.iterations, 40, "loss %d, kind %d: %zu", loss, kind, report.iterations);
            const double left = violation(&f, loss, theta);
            cr_assert_leq(left, loss == TEST_POISSON ? 1e-7 : 1e-9, "loss %d, kind %d: %g, %s", loss, kind,
                          left, gradus_stop_sentence(report.stop));
            gradus_objective_free(objective);
            fit_free(&f);
        }
    }
}

/* At every iterate of every method the gap is at least what the value lies above the minimum. */
Test(lasso, the_gap_bounds_the_distance_from_the_minimum)
{
    static const gradus_method methods[] = {GRADUS_METHOD_AUTOMATIC, GRADUS_METHOD_NESTEROV};
    size_t judged = 0;
    for (int loss = 0; loss < LOSSES; loss++) {
        for (int kind = 0; kind < FIT_KINDS; kind++) {
            fit f = fit_make(500 + (uint64_t)kind, 50, 7, kind, loss == TEST_POISSON ? 0.5 : 0.02);
            gradus_objective *objective = objective_of(&f, loss);
            const gradus_options exact = until_nothing_moves();
            double theta[8] = {0.0};
            gradus_report least;
            cr_assert_eq(gradus_descend(objective, theta, &exact, &least), 0);
            for (size_t k = 0; k < 2; k++) {
                gradus_options options = gradus_options_default();
                options.method = methods[k];
                options.stop.max_iterations = 60;
                test_run run = test_solve(gradus_descend, objective, f.data.theta, &options);
                for (size_t i = 0; i < run.count; i++) {
                    const gradus_progress *seen = &run.iterates[i].seen;
                    cr_assert(!isnan(seen->duality_gap));
                    cr_assert(seen->value - least.value <=
                                  seen->duality_gap + 1e-13 * (1.0 + fabs(seen->value)),
                              "loss %d, kind %d, iterate %zu: %g above, gap %g", loss, kind, i,
                              seen->value - least.value, seen->duality_gap);
                    judged++;
                }
                test_run_free(&run);
            }
            gradus_objective_free(objective);
            fit_free(&f);
        }
    }
    cr_assert_gt(judged, 2000);
}

/* The default ends by the gap, within few reads. */
Test(lasso, a_single_solve_takes_few_passes)
{
    static const double most[LOSSES] = {4.0, 20.0, 30.0, 30.0, 30.0};
    for (int loss = 0; loss < LOSSES; loss++) {
        fit f = fit_make(41, 400, 12, INTERCEPT, loss == TEST_POISSON ? 0.2 : 0.01);
        for (size_t i = 0; i < 400; i++) { /* columns of very different size */
            for (size_t j = 0; j < 12; j++)
                *test_element(f.data.x, &f.data.X, i, j) *= pow(10.0, (double)(j % 5) - 2.0);
        }
        gradus_objective *objective = objective_of(&f, loss);
        double theta[13] = {0.0};
        gradus_report report;
        cr_assert_eq(gradus_descend(objective, theta, NULL, &report), 0);
        cr_assert(gradus_stop_converged(report.stop), "loss %d: %s", loss, gradus_stop_sentence(report.stop));
        cr_assert_leq(report.duality_gap, 1e-9 * fabs(report.value), "loss %d: %g of %g, %s", loss,
                      report.duality_gap, report.value, gradus_stop_sentence(report.stop));
        cr_assert_leq(report.passes, most[loss], "loss %d: %g passes", loss, report.passes);
        cr_assert_leq(report.metric_passes, report.passes);
        gradus_objective_free(objective);
        fit_free(&f);
    }
}

/* Columns that differ in the seventh digit: the gap still becomes small. */
Test(lasso, columns_that_are_much_alike)
{
    for (int loss = 0; loss < 2; loss++) {
        fit f = fit_make(43, 200, 6, INTERCEPT, 1e-3);
        for (size_t i = 0; i < 200; i++) {
            const double like = *test_element(f.data.x, &f.data.X, i, 1);
            *test_element(f.data.x, &f.data.X, i, 4) = like + 1e-6 * *test_element(f.data.x, &f.data.X, i, 4);
            *test_element(f.data.x, &f.data.X, i, 2) += 1e3; /* far from its mean, beside an intercept */
        }
        gradus_objective *objective = objective_of(&f, loss);
        double theta[7] = {0.0};
        gradus_report report;
        cr_assert_eq(gradus_descend(objective, theta, NULL, &report), 0);
        cr_assert(report.duality_gap <= 1e-8 * report.value, "loss %d: %s, gap %g", loss,
                  gradus_stop_sentence(report.stop), report.duality_gap);
        gradus_objective_free(objective);
        fit_free(&f);
    }
}

/* ---- promises of all runs ---- */

/* The iterates are the same, bit for bit, values and gradients negated. */
static void compare_runs(const test_run *a, const test_run *b)
{
    cr_assert(a->status == 0 && b->status == 0 && a->count == b->count);
    for (size_t k = 0; k < a->count; k++) {
        const test_iterate *down = &a->iterates[k], *up = &b->iterates[k];
        cr_assert(test_same_bits(a->n, down->theta, up->theta));
        cr_assert(down->seen.value == -up->seen.value);
        cr_assert(test_same(down->seen.duality_gap, up->seen.duality_gap));
        for (size_t j = 0; j < a->n; j++) cr_assert(down->gradient[j] == -up->gradient[j]);
    }
    cr_assert(test_same_bits(a->n, a->theta, b->theta) && a->report.passes == b->report.passes);
}

/* Climbing the negative gives the same bits, and so does any number of threads. */
static void same_bits_up_and_down(size_t m, size_t n, int loss, int kind)
{
    fit f = fit_make(61 + (uint64_t)kind, m, n, kind, loss == TEST_POISSON ? 0.3 : 0.02);
    gradus_objective *down = objective_of(&f, loss), *up = NULL;
    cr_assert_eq(gradus_negate(down, &up), 0);
    double *start = (double *)calloc(n + 1, sizeof *start);
    gradus_options options = gradus_options_default();
    test_run a = test_solve(gradus_descend, down, start, &options);
    options.threads = 1;
    test_run b = test_solve(gradus_ascend, up, start, &options);
    compare_runs(&a, &b);
    test_run_free(&a);
    test_run_free(&b);
    gradus_objective_free(down);
    gradus_objective_free(up);
    free(start);
    fit_free(&f);
}

Test(lasso, the_way_up_is_the_way_down_for_any_threads)
{
    for (int loss = 0; loss < LOSSES; loss++) {
        same_bits_up_and_down(50, 8, loss, INTERCEPT | WEIGHTS);
        same_bits_up_and_down(9000, 15, loss, loss % 2 ? INTERCEPT : BOUNDS);
    }
    same_bits_up_and_down(60, 1200, TEST_SQUARES, INTERCEPT);
    same_bits_up_and_down(60, 1200, TEST_LOGISTIC, WEIGHTS);
}

/* ---- weights ---- */

enum { ROWS = 40, TIMES = 3, COLS = 6, STEPS = 3 };

/* The rows of a fit, each as often as its weight says; returns how many. */
static size_t repeat_rows(const fit *f, const double *response, double *weights, double *x, double *y)
{
    size_t rows = 0;
    for (size_t i = 0; i < ROWS; i++) {
        weights[i] = (double)(i % (TIMES + 1));
        for (size_t k = 0; k < i % (TIMES + 1); k++, rows++) {
            y[rows] = response[i];
            for (size_t j = 0; j < COLS; j++) x[rows * COLS + j] = *test_element(f->data.x, &f->data.X, i, j);
        }
    }
    return rows;
}

/* A path, and a single solve that ends where the path does */
static void solve_both_ways(const gradus_objective *objective, double *answers)
{
    static const double lambdas[STEPS] = {0.1, 0.05, 0.02};
    const size_t n = gradus_objective_size(objective);
    const gradus_options options = until_nothing_moves();
    gradus_report reports[STEPS];
    double theta[COLS + 1] = {0.0};
    cr_assert_eq(gradus_path(objective, lambdas, STEPS, &options, answers, reports), 0);
    cr_assert_eq(gradus_descend(objective, theta, &options, reports), 0);
    for (size_t j = 0; j < n; j++) cr_assert_leq(fabs(theta[j] - answers[(STEPS - 1) * n + j]), 1e-7);
}

/* Weight k is the row k times, weight 0 the row away: for every loss, single solves and paths. */
static void weights_count_rows(int loss, int kind)
{
    fit f = fit_make(71, ROWS, COLS, kind, 0.02);
    static double x[ROWS * TIMES * COLS];
    double weights[ROWS], y[ROWS * TIMES], answers[2][STEPS * (COLS + 1)] = {{0.0}};
    const double *response = response_of(&f.data, loss);
    const size_t rows = repeat_rows(&f, response, weights, x, y);
    for (int way = 0; way < 2; way++) {
        const gradus_matrix X = way ? gradus_row_major(rows, COLS, x, COLS) : f.data.X;
        gradus_model_options model = f.options;
        model.weights = way ? NULL : weights;
        gradus_objective *objective = NULL;
        cr_assert_eq(makers[loss](&X, way ? y : response, &model, &objective), 0);
        solve_both_ways(objective, answers[way]);
        gradus_objective_free(objective);
    }
    for (size_t j = 0; j < (size_t)STEPS * (COLS + 1); j++)
        cr_assert_leq(fabs(answers[0][j] - answers[1][j]), 1e-7, "loss %d, kind %d: %g and %g", loss, kind,
                      answers[0][j], answers[1][j]);
    fit_free(&f);
}

Test(lasso, a_weight_counts_rows)
{
    for (int loss = 0; loss < LOSSES; loss++) {
        for (int kind = 0; kind < FIT_KINDS; kind += 2) {
            if (!(kind & OFFSET)) weights_count_rows(loss, kind);
        }
    }
}

/* ---- more columns than rows ---- */

enum { FEW_ROWS = 40, MANY_COLS = 1000 };

Test(lasso, more_columns_than_rows)
{
    for (int loss = 0; loss < LOSSES; loss++) {
        for (int kind = 0; kind < FIT_KINDS; kind += loss == TEST_SQUARES ? 1 : 5) {
            fit f = fit_make(700 + (uint64_t)kind, FEW_ROWS, MANY_COLS, kind,
                             loss == TEST_POISSON ? 2.0 : 0.06);
            gradus_objective *objective = objective_of(&f, loss);
            double theta[MANY_COLS + 1] = {0.0};
            gradus_report report;
            size_t held = 0;
            cr_assert_eq(gradus_descend(objective, theta, NULL, &report), 0);
            cr_assert(gradus_stop_converged(report.stop), "loss %d, kind %d: %s, gap %g of %g", loss, kind,
                      gradus_stop_sentence(report.stop), report.duality_gap, report.value);
            for (size_t j = 0; j < MANY_COLS; j++) held += theta[j] > 0.0 || theta[j] < 0.0;
            cr_assert(held > 0 && held < MANY_COLS);
            cr_assert_eq(report.method, GRADUS_METHOD_COORDINATE);
            cr_assert_leq(report.duality_gap, 1e-9 * report.value);
            cr_assert_leq(report.passes, 20.0, "loss %d, kind %d: %g", loss, kind, report.passes);
            cr_assert_leq(violation(&f, loss, theta), 1e-6, "loss %d, kind %d: %g", loss, kind,
                          violation(&f, loss, theta));
            gradus_objective_free(objective);
            fit_free(&f);
        }
    }
}

/*
 * More columns that are not 0 than have an H: a start that holds all of them, and an answer that does. (A set of all columns was once
 * solved by a set of all columns, until the stack was full.)
 */
Test(lasso, very_many_columns_that_are_not_zero)
{
    const int step = getenv("GRADUS_LONG") ? 1 : 3; /* a second and more each */
    for (int loss = 0; loss < LOSSES; loss += step) {
        for (int full = 0; full < 2; full++) {
            const double lasso = loss == TEST_POISSON ? 2.0 : 0.06;
            fit f = fit_make(733, FEW_ROWS, MANY_COLS, INTERCEPT | RIDGE, full ? 1e-7 : lasso);
            gradus_objective *objective = objective_of(&f, loss);
            double theta[MANY_COLS + 1] = {0.0};
            gradus_report report;
            size_t held = 0;
            for (size_t j = 0; j < MANY_COLS && !full; j++) theta[j] = j % 2 ? 0.001 : -0.002;
            cr_assert_eq(gradus_descend(objective, theta, NULL, &report), 0);
            cr_assert(gradus_stop_converged(report.stop), "loss %d: %s", loss,
                      gradus_stop_sentence(report.stop));
            for (size_t j = 0; j < MANY_COLS; j++) held += theta[j] > 0.0 || theta[j] < 0.0;
            cr_assert(full ? held > 900 : held < 100, "loss %d: %zu", loss, held);
            cr_assert_eq(report.method, GRADUS_METHOD_COORDINATE);
            cr_assert_leq(violation(&f, loss, theta), 1e-6, "loss %d: %g", loss, violation(&f, loss, theta));
            gradus_objective_free(objective);
            fit_free(&f);
        }
    }
}

/* ---- paths ---- */

enum { LAMBDAS = 8 };

static void path_down(const gradus_objective *f, double *lambdas)
{
    cr_assert_eq(gradus_lambda_max(f, &lambdas[0]), 0);
    for (size_t k = 1; k < LAMBDAS; k++) lambdas[k] = 0.7 * lambdas[k - 1];
}

/* One solution of a path; but for the first a start along it costs no pass. */
static void check_solution(const fit *f, int loss, int kind, const double *theta, const gradus_report *report)
{
    cr_assert(gradus_stop_converged(report->stop), "loss %d, kind %d: %s, gap %g", loss, kind,
              gradus_stop_sentence(report->stop), report->duality_gap);
    cr_assert_eq(report->method, GRADUS_METHOD_COORDINATE);
    const double left = violation(f, loss, theta);
    cr_assert_leq(left, 1e-5, "loss %d, kind %d, lambda %g: %g", loss, kind, f->options.lasso, left);
}

/* Every solution of a path meets the conditions, whatever the shape. */
static void path_is_optimal(size_t m, size_t n, int loss, int kind)
{
    fit f = fit_make(800 + (uint64_t)kind, m, n, kind, 0.0);
    gradus_objective *objective = objective_of(&f, loss);
    const size_t size = gradus_objective_size(objective);
    double lambdas[LAMBDAS], *thetas = (double *)calloc(LAMBDAS * size, sizeof *thetas);
    gradus_report reports[LAMBDAS];
    path_down(objective, lambdas);
    cr_assert_eq(gradus_path(objective, lambdas, LAMBDAS, NULL, thetas, reports), 0);
    for (size_t k = 0; k < LAMBDAS; k++) {
        f.options.lasso = lambdas[k];
        check_solution(&f, loss, kind, thetas + k * size, &reports[k]);
        cr_assert(k == 0 || loss == TEST_SQUARES || reports[k].evaluations <= 2 * reports[k].iterations);
    }
    free(thetas);
    gradus_objective_free(objective);
    fit_free(&f);
}

Test(lasso, every_solution_of_a_path_is_optimal)
{
    for (int loss = 0; loss < LOSSES; loss++) {
        for (int kind = 0; kind < FIT_KINDS; kind++) path_is_optimal(70, 7, loss, kind);
        path_is_optimal(45, 900, loss, loss);
    }
}

typedef struct watcher {
    size_t calls, starts;
    gradus_verdict verdict;
    size_t at; /* the call that is answered by it */
} watcher;

static gradus_verdict watch(void *context, const gradus_progress *progress)
{
    watcher *w = (watcher *)context;
    w->starts += progress->iteration == 0;
    return ++w->calls >= w->at ? w->verdict : GRADUS_MONITOR_CONTINUE;
}

/* The monitor sees every solve of a path from its start; it may stop one, or abort all. Budgets count for each. */
Test(lasso, a_path_is_watched_and_cut_short)
{
    for (int loss = 0; loss < 2; loss++) {
        fit f = fit_make(81, 80, 7, INTERCEPT, 0.0);
        gradus_objective *objective = objective_of(&f, loss);
        double lambdas[LAMBDAS], thetas[LAMBDAS * 8];
        gradus_report reports[LAMBDAS];
        path_down(objective, lambdas);
        watcher w = {0, 0, GRADUS_MONITOR_CONTINUE, 0};
        gradus_options options = gradus_options_default();
        options.monitor = watch;
        options.monitor_context = &w;
        cr_assert_eq(gradus_path(objective, lambdas, LAMBDAS, &options, thetas, reports), 0);
        cr_assert_eq(w.starts, LAMBDAS);
        w = (watcher){0, 0, GRADUS_MONITOR_STOP, 1};
        cr_assert_eq(gradus_path(objective, lambdas, LAMBDAS, &options, thetas, reports), 0);
        cr_assert_eq(w.starts, LAMBDAS);
        cr_assert_eq(reports[LAMBDAS - 1].stop, GRADUS_STOP_MONITOR);
        w = (watcher){0, 0, GRADUS_MONITOR_ABORT, 3};
        cr_assert_eq(gradus_path(objective, lambdas, LAMBDAS, &options, thetas, reports),
                     GRADUS_ERROR_ABORTED);
        cr_assert_eq(w.calls, 3);
        options = gradus_options_default();
        options.stop.max_iterations = 1;
        options.stop.value_tolerance = 1e-14; /* so that least squares reads X, too */
        options.stop.gap_tolerance = GRADUS_OFF;
        options.stop.gradient_tolerance = GRADUS_OFF;
        cr_assert_eq(gradus_path(objective, lambdas, LAMBDAS, &options, thetas, reports), 0);
        cr_assert_eq(reports[LAMBDAS - 1].stop, GRADUS_STOP_MAX_ITERATIONS);
        cr_assert_eq(reports[LAMBDAS - 1].iterations, 1);
        const volatile int flag = 1;
        options.cancel = &flag;
        cr_assert_eq(gradus_path(objective, lambdas, LAMBDAS, &options, thetas, reports), 0);
        for (size_t k = 0; k < LAMBDAS; k++) cr_assert_eq(reports[k].stop, GRADUS_STOP_CANCELLED);
        gradus_objective_free(objective);
        fit_free(&f);
    }
}

/* Very many rows: H is that of a sample, and the answer all rows'; a column that is 0 in the sample is found. */
enum { LONG_ROWS = 6000, NARROW_COLS = 4 };

Test(lasso, the_hessian_of_a_sample)
{
    for (int rare = 0; rare < 2; rare++) {
        fit f = fit_make(95, LONG_ROWS, NARROW_COLS, INTERCEPT, 0.002);
        for (size_t i = 0; rare && i < LONG_ROWS; i++)
            *test_element(f.data.x, &f.data.X, i, 2) = i == 17 ? 30.0 : 0.0;
        gradus_objective *objective = objective_of(&f, TEST_LOGISTIC);
        double theta[NARROW_COLS + 1] = {0.0};
        gradus_report report;
        cr_assert_eq(gradus_descend(objective, theta, NULL, &report), 0);
        cr_assert(gradus_stop_converged(report.stop) && report.duality_gap <= 1e-11);
        cr_assert_leq(violation(&f, TEST_LOGISTIC, theta), 1e-9);
        cr_assert_eq(report.metric, rare ? GRADUS_METRIC_HESSIAN : GRADUS_METRIC_SAMPLED_HESSIAN);
        gradus_objective_free(objective);
        fit_free(&f);
    }
}

/* ---- where a path begins ---- */

/* Columns far from their means: the gradient that a solve adds up is not that of gradus_lambda_max to the last bit. */
static void move_columns(test_data *data, double distance)
{
    const size_t m = data->X.rows, n = data->X.cols, row = data->X.layout == GRADUS_LAYOUT_ROW_MAJOR;
    double *x = data->x;
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++)
            x[row ? i * data->X.ld + j : i + j * data->X.ld] += distance * (double)j;
    }
}

/* At gradus_lambda_max every coefficient but the intercept is exactly 0, along every way of following a path. */
Test(lasso, a_path_begins_with_nothing)
{
    for (int loss = 0; loss < LOSSES; loss++) {
        for (int kind = 0; kind < BOUNDS; kind++) {
            for (int wide = 0; wide < 2; wide++) {
                const size_t m = wide ? 45 : 70, n = wide ? 900 : 7;
                fit f = fit_make(900 + (uint64_t)kind, m, n, kind, 0.0);
                if (!wide) move_columns(&f.data, 0.5);
                gradus_objective *objective = objective_of(&f, loss);
                double lambda = 0.0, *theta = (double *)calloc(n + 1, sizeof *theta), sum = 0.0;
                gradus_report report;
                cr_assert_eq(gradus_lambda_max(objective, &lambda), 0);
                cr_assert_eq(gradus_path(objective, &lambda, 1, NULL, theta, &report), 0);
                cr_assert(gradus_stop_converged(report.stop));
                for (size_t j = 0; j < n; j++) sum += fabs(theta[j]);
                cr_assert(!(sum > 0.0), "loss %d, kind %d, %zu columns: %g", loss, kind, n, sum);
                free(theta);
                gradus_objective_free(objective);
                fit_free(&f);
            }
        }
    }
}

/* A ball, alone and beside lasso and bounds: few steps, and the answer of FISTA. */
Test(lasso, a_ball_takes_few_steps)
{
    for (int loss = 0; loss < LOSSES; loss++) {
        for (int kind = 0; kind < FIT_KINDS; kind += 3) {
            fit f = fit_make(900 + (uint64_t)kind, 60, 6, kind, kind % 2 ? 0.01 : 0.0);
            f.options.radius = 0.04;
            gradus_objective *objective = objective_of(&f, loss);
            double theta[2][7] = {{0.0}}, square = 0.0;
            gradus_report reports[2];
            for (int way = 0; way < 2; way++) {
                gradus_options options = until_nothing_moves();
                if (way) options.method = GRADUS_METHOD_NESTEROV;
                if (way) options.metric = GRADUS_METRIC_DIAGONAL;
                cr_assert_eq(gradus_descend(objective, theta[way], &options, &reports[way]), 0);
            }
            cr_assert_eq(reports[0].method, GRADUS_METHOD_COORDINATE);
            cr_assert(gradus_stop_converged(reports[0].stop) && reports[0].iterations <= 60,
                      "loss %d, kind %d: %zu, %s", loss, kind, reports[0].iterations,
                      gradus_stop_sentence(reports[0].stop));
            cr_assert_leq(reports[0].value, reports[1].value + 1e-12 * (1.0 + fabs(reports[1].value)));
            for (size_t j = 0; j < 6; j++) square += theta[0][j] * theta[0][j];
            cr_assert_leq(sqrt(square), 0.04 * (1.0 + 1e-15));
            gradus_objective_free(objective);
            fit_free(&f);
        }
    }
}

/* A run by a working set heeds budgets and the monitor as any other; one whose time is over ends. */
Test(lasso, a_working_set_is_cut_short)
{
    fit f = fit_make(97, 50, 1100, INTERCEPT, 0.002);
    gradus_objective *objective = objective_of(&f, TEST_LOGISTIC);
    double *theta = (double *)calloc(1101, sizeof *theta);
    gradus_options options = gradus_options_default();
    gradus_report report;
    options.stop.max_iterations = 1;
    cr_assert_eq(gradus_descend(objective, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_MAX_ITERATIONS && report.iterations == 1 &&
              report.duality_gap > 0.0);
    memset(theta, 0, 1101 * sizeof *theta);
    options.stop.max_iterations = 0;
    options.stop.seconds = 1e-9;
    cr_assert_eq(gradus_descend(objective, theta, &options, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_TIME);
    watcher w = {0, 0, GRADUS_MONITOR_STOP, 2};
    options.stop.seconds = 0.0;
    options.monitor = watch;
    options.monitor_context = &w;
    cr_assert_eq(gradus_descend(objective, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_MONITOR && w.calls == 2);
    free(theta);
    gradus_objective_free(objective);
    fit_free(&f);
}

/* Columns of zeros, twice the same column, one row, one column: nothing divides by what is not there. */
Test(lasso, degenerate_shapes)
{
    for (int loss = 0; loss < LOSSES; loss++) {
        fit f = fit_make(99, 30, 5, INTERCEPT, 0.05);
        for (size_t i = 0; i < 30; i++) {
            *test_element(f.data.x, &f.data.X, i, 1) = 0.0;
            *test_element(f.data.x, &f.data.X, i, 3) = *test_element(f.data.x, &f.data.X, i, 2);
        }
        gradus_objective *objective = objective_of(&f, loss);
        double theta[6] = {0.0};
        gradus_report report;
        cr_assert_eq(gradus_descend(objective, theta, NULL, &report), 0);
        cr_assert(gradus_stop_converged(report.stop), "loss %d: %s", loss, gradus_stop_sentence(report.stop));
        cr_assert_leq(violation(&f, loss, theta), 1e-6);
        cr_assert(!(theta[1] > 0.0) && !(theta[1] < 0.0));
        gradus_objective_free(objective);
        fit_free(&f);
        f = fit_make(100, 1, 1, 0, 0.001);
        objective = objective_of(&f, loss);
        theta[0] = 0.0;
        cr_assert_eq(gradus_descend(objective, theta, NULL, &report), 0);
        cr_assert_leq(violation(&f, loss, theta), 1e-6, "loss %d: %s", loss,
                      gradus_stop_sentence(report.stop));
        gradus_objective_free(objective);
        fit_free(&f);
    }
}

/* Counts, and columns of sizes from 3 to 3e6: a gradient 1e-12 of that at the start is no proof there. */
Test(lasso, a_small_gradient_is_not_believed_against_the_gap)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        fit f = fit_make(1000 + seed, 24, 50, RIDGE, 0.0);
        const size_t row = f.data.X.layout == GRADUS_LAYOUT_ROW_MAJOR;
        for (size_t i = 0; i < 24; i++) {
            for (size_t j = 0; j < 50; j++)
                f.data.x[row ? i * f.data.X.ld + j : i + j * f.data.X.ld] *= 3000.0 *
                                                                             pow(10.0, (double)(j % 7) - 3.0);
        }
        f.options.ridge = 1000.0;
        gradus_objective *objective = objective_of(&f, TEST_POISSON);
        cr_assert_eq(gradus_lambda_max(objective, &f.options.lasso), 0);
        f.options.lasso *= 0.016;
        gradus_objective_free(objective);
        objective = objective_of(&f, TEST_POISSON);
        double theta[50] = {0.0};
        gradus_report report;
        cr_assert_eq(gradus_descend(objective, theta, NULL, &report), 0);
        cr_assert(!gradus_stop_converged(report.stop) || report.duality_gap <= 1e-6 * report.value,
                  "seed %zu: %s, gap %g of %g", (size_t)seed, gradus_stop_sentence(report.stop),
                  report.duality_gap, report.value);
        gradus_objective_free(objective);
        fit_free(&f);
    }
}
