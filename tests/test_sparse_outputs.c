/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Lasso and constraints of models with several outputs: optimality conditions by plain loops, fits of single outputs, the duality gap
 * against the distance that it bounds, paths.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { MODELS = 2 };
typedef enum model_kind { SOFTMAX, RESPONSES } model_kind;

enum { WEIGHTS = 1, INTERCEPT = 2, OFFSET = 4, RIDGE = 8, BOUNDS = 16, BALL = 32, KINDS = 64 };

/* A model with k outputs, with what the bits of `kind` say. */
typedef struct fit {
    test_data data;
    model_kind model;
    size_t k, p, size;
    double *y; /* m labels, or m x k responses */
    double *offset, *bounds;
    gradus_model_options options;
    gradus_objective *f;
} fit;

static double *doubles(size_t count)
{
    double *memory = (double *)calloc(count, sizeof(double));
    cr_assert_not_null(memory);
    return memory;
}

static gradus_objective *objective_of(const fit *t)
{
    gradus_objective *f = NULL;
    const gradus_status status = t->model == SOFTMAX
                                     ? gradus_softmax(&t->data.X, t->y, t->k, &t->options, &f)
                                     : gradus_least_squares_multiple(&t->data.X, t->y, t->k, &t->options, &f);
    cr_assert_eq(status, 0, "%s", gradus_strerror(status));
    return f;
}

static void fill(fit *t, uint64_t seed)
{
    test_random random = test_random_from(seed + 7);
    const size_t m = t->data.X.rows, n = t->data.X.cols, k = t->k;
    for (size_t i = 0; i < m; i++) {
        const double signal = *test_element(t->data.x, &t->data.X, i, 0);
        const size_t drawn = signal > 0.3 ? 0 : test_random_below(&random, k);
        for (size_t c = 0; c < k; c++) {
            const double response = (double)c * signal + 0.5 * test_random_uniform(&random);
            if (t->model == RESPONSES) t->y[c * m + i] = response;
        }
        if (t->model == SOFTMAX) t->y[i] = (double)(i < k ? i : drawn);
    }
    for (size_t i = 0; i < m * k; i++) t->offset[i] = 0.4 * test_random_uniform(&random);
    for (size_t j = 0; j < n * k; j++) {
        t->bounds[j] = j % 3 ? -0.05 - 0.01 * (double)(j % 5) : 0.0;
        t->bounds[n * k + j] = j % 4 ? 0.08 : (double)INFINITY;
    }
}

static fit fit_make(model_kind model, const size_t shape[3], int kind, double lasso)
{
    const size_t m = shape[0], n = shape[1], k = shape[2];
    const uint64_t seed = m * 100 + n * 10 + k;
    fit t = {.data = test_data_make(seed, m, n, kind % 3 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR,
                                    (size_t)kind % 2),
             .model = model,
             .k = k,
             .p = n + (kind & INTERCEPT ? 1 : 0),
             .y = doubles(m * k),
             .offset = doubles(m * k),
             .bounds = doubles(2 * n * k),
             .options = gradus_model_options_default()};
    t.size = t.p * k;
    fill(&t, seed);
    t.options.lasso = lasso;
    if (kind & WEIGHTS) t.options.weights = t.data.weights;
    if (kind & INTERCEPT) t.options.intercept = 1;
    if (kind & OFFSET) t.options.offset = t.offset;
    if (kind & RIDGE) t.options.ridge = 0.03;
    if (kind & BOUNDS) t.options.lower = t.bounds;
    if (kind & BOUNDS) t.options.upper = t.bounds + n * k;
    if (kind & BALL) t.options.radius = 0.15;
    t.f = objective_of(&t);
    cr_assert_eq(gradus_objective_size(t.f), t.size);
    return t;
}

static void fit_free(fit *t)
{
    gradus_objective_free(t->f);
    test_data_free(&t->data);
    free(t->y);
    free(t->offset);
    free(t->bounds);
}

/* ---- plain loops ---- */

/* Residuals of row i, and what it loses */
static long double row_of(const fit *t, const double *theta, size_t i, long double *r)
{
    const size_t m = t->data.X.rows, n = t->data.X.cols;
    long double most = -INFINITY, sum = 0.0L, loss = 0.0L;
    for (size_t c = 0; c < t->k; c++) {
        r[c] = t->options.offset ? t->offset[c * m + i] : 0.0L;
        for (size_t j = 0; j < t->p; j++)
            r[c] += (long double)theta[c * t->p + j] *
                    (j < n ? *test_element(t->data.x, &t->data.X, i, j) : 1.0);
        most = fmaxl(most, r[c]);
    }
    if (t->model == RESPONSES) {
        for (size_t c = 0; c < t->k; c++) r[c] -= t->y[c * m + i];
        for (size_t c = 0; c < t->k; c++) loss += r[c] * r[c] / 2;
        return loss;
    }
    for (size_t c = 0; c < t->k; c++) sum += expl(r[c] - most);
    const size_t label = (size_t)t->y[i];
    loss = most + logl(sum) - r[label];
    for (size_t c = 0; c < t->k; c++) r[c] = expl(r[c] - most) / sum - (c == label ? 1.0L : 0.0L);
    return loss;
}

/* Loss and ridge with their gradient; the lasso is added to the value */
static long double plain(const fit *t, const double *theta, long double *gradient)
{
    const size_t m = t->data.X.rows, n = t->data.X.cols;
    long double total = 0.0L, value = 0.0L, r[16];
    for (size_t j = 0; j < t->size; j++) gradient[j] = 0.0L;
    for (size_t i = 0; i < m; i++) {
        const long double w = t->options.weights ? t->options.weights[i] : 1.0L;
        total += w;
        value += w * row_of(t, theta, i, r);
        for (size_t j = 0; j < t->size; j++) {
            const size_t at = j % t->p;
            gradient[j] += w * r[j / t->p] * (at < n ? *test_element(t->data.x, &t->data.X, i, at) : 1.0);
        }
    }
    value /= total;
    for (size_t j = 0; j < t->size; j++) {
        gradient[j] /= total;
        if (j % t->p >= n) continue;
        gradient[j] += (long double)t->options.ridge * theta[j];
        value += (long double)t->options.ridge / 2 * theta[j] * theta[j] +
                 (long double)t->options.lasso * fabs(theta[j]);
    }
    return value;
}

/* The number of theta's entry among the bounds */
static size_t number_of(const fit *t, size_t entry)
{
    return entry / t->p * t->data.X.cols + entry % t->p;
}

/* -gradient_j - mu theta_j less the subgradient of the lasso that is nearest */
static long double rest_of(const fit *t, const double *theta, size_t j, long double pull)
{
    const double lasso = t->options.lasso;
    const bool zero = !(theta[j] > 0.0 || theta[j] < 0.0);
    const long double subgradient = zero ? fmaxl(-lasso, fminl(lasso, pull)) : copysignl(lasso, theta[j]);
    return pull - subgradient;
}

/* What the sphere pulls with, from the entry that is largest within the bounds */
static long double multiplier(const fit *t, const double *theta, const long double *gradient)
{
    const size_t n = t->data.X.cols;
    long double square = 0.0L;
    size_t largest = t->size;
    for (size_t j = 0; j < t->size; j++) {
        if (j % t->p >= n) continue;
        const size_t b = number_of(t, j);
        square += (long double)theta[j] * theta[j];
        const bool inside = !t->options.lower ||
                            (theta[j] > t->options.lower[b] && theta[j] < t->options.upper[b]);
        if (inside && (largest == t->size || fabs(theta[j]) > fabs(theta[largest]))) largest = j;
    }
    if (!(t->options.radius > 0.0)) return 0.0L;
    cr_assert_leq((double)sqrtl(square), t->options.radius * (1.0 + 1e-14));
    if (largest == t->size || sqrtl(square) < t->options.radius * (1.0L - 1e-9L)) return 0.0L;
    return rest_of(t, theta, largest, -gradient[largest]) / theta[largest];
}

/* The largest distance from the optimality conditions */
static double violation(const fit *t, const double *theta)
{
    const gradus_model_options *o = &t->options;
    long double *gradient = (long double *)calloc(t->size, sizeof *gradient), worst = 0.0L;
    (void)plain(t, theta, gradient);
    const long double mu = multiplier(t, theta, gradient);
    cr_assert_geq((double)mu, -1e-9);
    for (size_t j = 0; j < t->size; j++) {
        const size_t b = number_of(t, j);
        long double rest = gradient[j];
        if (j % t->p < t->data.X.cols) {
            rest = rest_of(t, theta, j, -gradient[j] - mu * theta[j]);
            cr_assert(!o->lower || (theta[j] >= o->lower[b] && theta[j] <= o->upper[b]));
            if (o->lower && theta[j] <= o->lower[b] && rest < 0.0L) rest = 0.0L;
            if (o->upper && theta[j] >= o->upper[b] && rest > 0.0L) rest = 0.0L;
        }
        worst = fmaxl(worst, fabsl(rest));
    }
    free(gradient);
    return (double)worst;
}

static gradus_options until_nothing_moves(void)
{
    gradus_options options = gradus_options_default();
    options.stop.gap_tolerance = GRADUS_OFF;
    options.stop.gradient_tolerance = 1e-13;
    return options;
}

static double *solve(const fit *t, const gradus_options *options, gradus_report *report)
{
    double *theta = doubles(t->size);
    const gradus_status status = gradus_descend(t->f, theta, options, report);
    cr_assert_eq(status, 0, "%s", gradus_strerror(status));
    return theta;
}

/* ---- tests ---- */

Test(sparse_outputs, value_and_subgradient_by_plain_loops)
{
    for (int kind = 0; kind < KINDS; kind++) {
        fit t = fit_make((model_kind)(kind % MODELS), (const size_t[]){31, 4, 3}, kind, 0.07);
        long double exact[15];
        double value, gradient[15], theta[15];
        test_random random = test_random_from((uint64_t)kind);
        for (size_t j = 0; j < t.size; j++) theta[j] = j % 4 ? test_random_uniform(&random) : 0.0;
        cr_assert_eq(gradus_objective_evaluate(t.f, theta, &value, gradient), 0);
        cr_assert(fabsl(value - plain(&t, theta, exact)) <= 1e-14, "%d", kind);
        for (size_t j = 0; j < t.size; j++) {
            const double sign = theta[j] > 0.0 ? 1.0 : (theta[j] < 0.0 ? -1.0 : 0.0);
            const double share = j % t.p < 4 ? t.options.lasso * sign : 0.0;
            cr_assert(fabsl(gradient[j] - exact[j] - share) <= 1e-14, "%d: %zu", kind, j);
        }
        cr_assert_eq(gradus_check_gradient(t.f, theta, NULL, NULL), 0);
        fit_free(&t);
    }
}

static void meets_the_conditions(model_kind model, const size_t shape[3], int kind, double lasso,
                                 const gradus_options *options)
{
    fit t = fit_make(model, shape, kind, lasso);
    if (!(lasso > 0.0) && !(kind & (BOUNDS | BALL))) t.options.ridge = 0.03;
    gradus_report report;
    double *theta = solve(&t, options, &report);
    const double off = violation(&t, theta);
    cr_assert(off <= 1e-8, "model %d, %zux%zu, %zu outputs, kind %d, lasso %g: off by %g after %zu steps: %s",
              (int)model, shape[0], shape[1], shape[2], kind, lasso, off, report.iterations,
              gradus_stop_sentence(report.stop));
    cr_assert(gradus_stop_converged(report.stop), "%s", gradus_stop_sentence(report.stop));
    free(theta);
    fit_free(&t);
}

Test(sparse_outputs, optimality_conditions_by_plain_loops)
{
    static const size_t shapes[][3] = {{90, 6, 3}, {40, 3, 2}, {70, 9, 5}};
    const gradus_options options = until_nothing_moves();
    for (size_t s = 0; s < 3; s++) {
        for (int kind = 0; kind < KINDS; kind++) {
            for (int model = 0; model < MODELS; model++) {
                meets_the_conditions((model_kind)model, shapes[s], kind, 0.02, &options);
                if (kind & (BOUNDS | BALL))
                    meets_the_conditions((model_kind)model, shapes[s], kind, 0.0, &options);
            }
        }
    }
}

/* By name too; and where there are too many coefficients to go coordinate by coordinate. */
Test(sparse_outputs, every_method_and_metric_meets_them)
{
    for (int way = 0; way < 8; way++) {
        gradus_options options = until_nothing_moves();
        options.method = way & 1 ? GRADUS_METHOD_NESTEROV : GRADUS_METHOD_GRADIENT;
        options.metric = way & 2 ? GRADUS_METRIC_DIAGONAL : GRADUS_METRIC_IDENTITY;
        options.step = way & 4 ? gradus_step_fixed(0.05) : gradus_step_backtracking(1.0);
        for (int model = 0; model < MODELS; model++)
            meets_the_conditions((model_kind)model, (const size_t[]){90, 4, 3}, RIDGE | INTERCEPT | OFFSET,
                                 0.02, &options);
    }
    for (int model = 0; model < MODELS; model++)
        meets_the_conditions((model_kind)model, (const size_t[]){60, 350, 3}, INTERCEPT | RIDGE, 0.03, NULL);
}

/* theta_1 - theta_0 is logistic regression's theta, its lasso the same and its ridge half: of two entries with a given difference the
 * sum of the absolute values is least where they do not exceed it, the sum of the squares where they are opposite. */
Test(sparse_outputs, two_classes_are_logistic_regression)
{
    enum { M = 120, N = 5 };
    for (int kind = 0; kind < 16; kind++) {
        fit t = fit_make(SOFTMAX, (const size_t[]){M, N, 2}, kind, 0.02);
        const gradus_options options = until_nothing_moves();
        double *theta = solve(&t, &options, NULL), single[N + 1] = {0.0}, offset[M];
        gradus_model_options logistic = t.options;
        gradus_objective *f = NULL;
        for (size_t i = 0; i < M; i++) offset[i] = t.offset[M + i] - t.offset[i];
        if (kind & OFFSET) logistic.offset = offset;
        logistic.ridge /= 2.0;
        cr_assert_eq(gradus_logistic(&t.data.X, t.y, &logistic, &f), 0);
        cr_assert_eq(gradus_descend(f, single, &options, NULL), 0);
        for (size_t j = 0; j < t.p; j++)
            cr_assert(fabs(theta[t.p + j] - theta[j] - single[j]) <= 1e-8, "%d: %.12g, %.12g", kind,
                      theta[t.p + j] - theta[j], single[j]);
        gradus_objective_free(f);
        free(theta);
        fit_free(&t);
    }
}

/* A class that bounds hold at 0 is a reference: the other is logistic regression's, lasso and ridge the same. */
Test(sparse_outputs, a_class_held_at_zero_is_a_reference)
{
    enum { M = 120, N = 5 };
    double lower[2 * N], upper[2 * N];
    for (size_t j = 0; j < N; j++) {
        lower[j] = upper[j] = 0.0;
        lower[N + j] = -0.2;
        upper[N + j] = (double)INFINITY;
    }
    for (int kind = 0; kind < 4; kind++) {
        fit t = fit_make(SOFTMAX, (const size_t[]){M, N, 2},
                         WEIGHTS | (kind & INTERCEPT) | (kind & 1 ? RIDGE : 0), 0.01);
        const gradus_options options = until_nothing_moves();
        gradus_model_options logistic = t.options;
        gradus_objective *f = NULL;
        double single[N + 1] = {0.0};
        t.options.lower = lower;
        t.options.upper = upper;
        gradus_objective_free(t.f);
        t.f = objective_of(&t);
        double *theta = solve(&t, &options, NULL);
        logistic.lower = lower + N;
        logistic.upper = upper + N;
        cr_assert_eq(gradus_logistic(&t.data.X, t.y, &logistic, &f), 0);
        cr_assert_eq(gradus_descend(f, single, &options, NULL), 0);
        for (size_t j = 0; j < N; j++)
            cr_assert(test_same(theta[j], 0.0) && fabs(theta[t.p + j] - single[j]) <= 1e-8, "%.12g, %.12g",
                      theta[t.p + j], single[j]);
        gradus_objective_free(f);
        free(theta);
        fit_free(&t);
    }
}

/* k lassos in one solve are k lassos. */
Test(sparse_outputs, responses_are_single_fits)
{
    enum { M = 110, N = 6, K = 3 };
    for (int kind = 0; kind < BALL; kind++) {
        fit t = fit_make(RESPONSES, (const size_t[]){M, N, K}, kind, 0.03);
        const gradus_options options = until_nothing_moves();
        double *theta = solve(&t, &options, NULL);
        for (size_t c = 0; c < K; c++) {
            gradus_model_options single = t.options;
            gradus_objective *f = NULL;
            double alone[N + 1] = {0.0};
            if (kind & OFFSET) single.offset = t.offset + c * M;
            if (kind & BOUNDS) single.lower = t.bounds + c * N;
            if (kind & BOUNDS) single.upper = t.bounds + N * K + c * N;
            cr_assert_eq(gradus_least_squares(&t.data.X, t.y + c * M, &single, &f), 0);
            cr_assert_eq(gradus_descend(f, alone, &options, NULL), 0);
            for (size_t j = 0; j < t.p; j++)
                cr_assert(fabs(theta[c * t.p + j] - alone[j]) <= 1e-10, "%d: %.12g, %.12g", kind,
                          theta[c * t.p + j], alone[j]);
            gradus_objective_free(f);
        }
        free(theta);
        fit_free(&t);
    }
}

/* Weight 2 is the row twice, weight 0 the row left out, with everything there is beside it. */
Test(sparse_outputs, a_weight_counts_rows)
{
    enum { M = 60, N = 4, K = 3 };
    for (int kind = 0; kind < KINDS; kind += 2) {
        for (int model = 0; model < MODELS; model++) {
            fit t = fit_make((model_kind)model, (const size_t[]){M, N, K}, kind, 0.02);
            double weights[M], x[2 * M * N], y[2 * M * K], offset[2 * M * K];
            size_t rows = 0, all = 0;
            for (size_t i = 0; i < M; i++) all += (size_t)(weights[i] = (double)(i % 3));
            for (size_t i = 0; i < M; i++) {
                for (size_t copy = 0; copy < i % 3; copy++, rows++) {
                    for (size_t j = 0; j < N; j++) x[rows * N + j] = *test_element(t.data.x, &t.data.X, i, j);
                    for (size_t c = 0; c < K; c++) offset[c * all + rows] = t.offset[c * M + i];
                    for (size_t c = 0; c < (model == SOFTMAX ? 1 : K); c++)
                        y[c * all + rows] = t.y[c * M + i];
                }
            }
            fit repeated = t;
            repeated.data.X = gradus_row_major(rows, N, x, N);
            repeated.data.x = x;
            repeated.y = y;
            if (kind & OFFSET) repeated.options.offset = offset;
            repeated.f = objective_of(&repeated);
            t.options.weights = weights;
            gradus_objective_free(t.f);
            t.f = objective_of(&t);
            const gradus_options options = until_nothing_moves();
            double *a = solve(&t, &options, NULL), *b = solve(&repeated, &options, NULL);
            for (size_t j = 0; j < t.size; j++)
                cr_assert(fabs(a[j] - b[j]) <= 1e-7, "%d %d: %.12g, %.12g", model, kind, a[j], b[j]);
            gradus_objective_free(repeated.f);
            free(a);
            free(b);
            fit_free(&t);
        }
    }
}

/* The gap is never less than the distance from the minimum, and ends near 0 with it. */
Test(sparse_outputs, the_gap_bounds_the_distance_from_the_minimum)
{
    for (int kind = 0; kind < KINDS; kind++) {
        for (int model = 0; model < MODELS; model++) {
            fit t = fit_make((model_kind)model, (const size_t[]){80, 5, 3}, kind, 0.02);
            const gradus_options best = until_nothing_moves();
            gradus_report report;
            double *theta = solve(&t, &best, &report);
            long double gradient[18];
            const double minimum = (double)plain(&t, theta, gradient);
            free(theta);
            for (int64_t steps = 1; steps < 40; steps += 1 + steps / 3) {
                gradus_options options = gradus_options_default();
                options.method = steps % 2 ? GRADUS_METHOD_GRADIENT : GRADUS_METHOD_NESTEROV;
                options.stop.max_iterations = steps;
                theta = solve(&t, &options, &report);
                const double distance = (double)plain(&t, theta, gradient) - minimum;
                const bool known = !((kind & BALL) && (kind & BOUNDS));
                cr_assert(known != isnan(report.duality_gap), "%d %d: %g", model, kind, report.duality_gap);
                cr_assert(!known || report.duality_gap >= distance - 1e-14, "%d %d: gap %g, distance %g",
                          model, kind, report.duality_gap, distance);
                free(theta);
            }
            fit_free(&t);
        }
    }
}

/* By default the gap ends the run, unless the last step has taken the gradient mapping to rounding at once. */
Test(sparse_outputs, the_gap_ends_the_run)
{
    size_t by_gap = 0;
    for (int kind = 0; kind < BOUNDS; kind++) {
        for (int model = 0; model < MODELS; model++) {
            fit t = fit_make((model_kind)model, (const size_t[]){200, 8, 4}, kind, 0.02);
            gradus_report report;
            double *theta = solve(&t, NULL, &report);
            const bool ended = report.stop == GRADUS_STOP_DUALITY_GAP || report.stop == GRADUS_STOP_GRADIENT;
            const double share = report.stop == GRADUS_STOP_DUALITY_GAP ? 1e-12 : 1e-9;
            cr_assert(ended, "%d %d: %s", model, kind, gradus_stop_sentence(report.stop));
            cr_assert(report.duality_gap >= 0.0 && report.duality_gap <= share * report.value, "%g",
                      report.duality_gap);
            by_gap += report.stop == GRADUS_STOP_DUALITY_GAP ? 1 : 0;
            cr_assert_leq(report.passes, 40.0, "%d %d: %g passes", model, kind, report.passes);
            cr_assert_leq(violation(&t, theta), 1e-5);
            free(theta);
            fit_free(&t);
        }
    }
    cr_assert_geq(by_gap, 10, "%zu", by_gap);
}

/* At the largest lasso nothing moves, a little below it something does. */
Test(sparse_outputs, the_largest_lambda)
{
    for (int kind = 0; kind < RIDGE; kind++) {
        for (int model = 0; model < MODELS; model++) {
            fit t = fit_make((model_kind)model, (const size_t[]){90, 6, 3}, kind, 0.0);
            double largest;
            cr_assert_eq(gradus_lambda_max(t.f, &largest), 0);
            for (int below = 0; below < 2; below++) {
                t.options.lasso = below ? 0.99 * largest : largest * (1.0 + 1e-9);
                gradus_objective_free(t.f);
                t.f = objective_of(&t);
                const gradus_options options = until_nothing_moves();
                double *theta = solve(&t, &options, NULL);
                size_t moved = 0;
                for (size_t j = 0; j < t.size; j++)
                    moved += j % t.p < 6 && (theta[j] > 0.0 || theta[j] < 0.0) ? 1 : 0;
                cr_assert_eq(moved > 0, below, "%d %d: %zu moved", model, kind, moved);
                free(theta);
            }
            fit_free(&t);
        }
    }
}

Test(sparse_outputs, every_solution_of_a_path_is_optimal)
{
    enum { COUNT = 12 };
    static const size_t shapes[][3] = {{100, 5, 3}, {50, 350, 3}};
    for (size_t s = 0; s < 2; s++) {
        for (int model = 0; model < MODELS; model++) {
            fit t = fit_make((model_kind)model, shapes[s], INTERCEPT | OFFSET | WEIGHTS | RIDGE,
                             s ? 0.5 : 0.0);
            double lambdas[COUNT], *thetas = doubles(COUNT * t.size), largest, passes = 0.0;
            gradus_report reports[COUNT];
            cr_assert_eq(gradus_lambda_max(t.f, &largest), 0);
            for (size_t l = 0; l < COUNT; l++) lambdas[l] = largest * pow(0.7, (double)l);
            cr_assert_eq(gradus_path(t.f, lambdas, COUNT, NULL, thetas, reports), 0);
            for (size_t l = 0; l < COUNT; l++) {
                t.options.lasso = lambdas[l];
                passes += reports[l].passes;
                cr_assert(gradus_stop_converged(reports[l].stop), "%zu: %s", l,
                          gradus_stop_sentence(reports[l].stop));
                cr_assert_leq(violation(&t, thetas + l * t.size), 2e-6, "%zu of %zu, model %d", l, s, model);
            }
            for (size_t j = 0; j < t.size; j++)
                cr_assert(j % t.p == shapes[s][1] || fabs(thetas[j]) <= 1e-12, "%g", thetas[j]);
            cr_assert(s > 0 || passes <= 120.0, "%g passes", passes);
            free(thetas);
            fit_free(&t);
        }
    }
}

/* Ascending -f and descending f: the same bits, on any number of threads. */
Test(sparse_outputs, the_way_up_is_the_way_down_for_any_threads)
{
    for (int model = 0; model < MODELS; model++) {
        fit t = fit_make((model_kind)model, (const size_t[]){3000, 7, 4}, INTERCEPT | OFFSET | BOUNDS, 0.01);
        gradus_objective *g = NULL;
        cr_assert_eq(gradus_negate(t.f, &g), 0);
        gradus_options options = gradus_options_default();
        options.threads = 1;
        gradus_report down, up;
        double *theta = solve(&t, &options, &down);
        for (int threads = 1; threads <= 4; threads++) {
            double other[32] = {0.0};
            options.threads = threads;
            cr_assert_eq(gradus_ascend(g, other, &options, &up), 0);
            cr_assert(test_same_bits(t.size, theta, other) && test_same(up.value, -down.value));
            cr_assert(test_same(up.duality_gap, down.duality_gap) && up.iterations == down.iterations);
        }
        cr_assert_eq(gradus_ascend(t.f, theta, NULL, NULL), GRADUS_ERROR_UNSUPPORTED);
        free(theta);
        gradus_objective_free(g);
        fit_free(&t);
    }
}

/* Bounds that are the same for every class leave a proof of separability what it is, others may not. */
Test(sparse_outputs, separable_classes_under_constraints)
{
    enum { M = 60, N = 2, K = 3 };
    double x[M * N], labels[M], lower[N * K], mixed[N * K];
    for (size_t i = 0; i < M; i++) {
        const double angle = 2.0943951023931953 * (double)(i % K) + 0.3 * sin((double)i);
        x[i * N] = cos(angle);
        x[i * N + 1] = sin(angle);
        labels[i] = (double)(i % K);
    }
    for (size_t j = 0; j < N * K; j++) {
        lower[j] = -(double)INFINITY;
        mixed[j] = j < N ? -1.0 : -(double)INFINITY;
    }
    const gradus_matrix X = gradus_row_major(M, N, x, N);
    for (int k = 0; k < 2; k++) {
        gradus_model_options options = gradus_model_options_default();
        double theta[N * K] = {0.0};
        gradus_objective *f = NULL;
        gradus_report report;
        gradus_options o = gradus_options_default();
        o.stop.max_iterations = 300;
        options.lower = k ? mixed : lower;
        options.lasso = k ? 0.01 : 0.0;
        cr_assert_eq(gradus_softmax(&X, labels, K, &options, &f), 0);
        cr_assert_eq(gradus_descend(f, theta, &o, &report), 0);
        cr_assert_eq(report.stop == GRADUS_STOP_SEPARABLE, k == 0, "%s", gradus_stop_sentence(report.stop));
        gradus_objective_free(f);
    }
}

Test(sparse_outputs, bad_bounds_are_named)
{
    fit t = fit_make(SOFTMAX, (const size_t[]){30, 4, 3}, BOUNDS, 0.0);
    gradus_error error = {.row = 0};
    gradus_objective *f = NULL;
    t.options.error = &error;
    t.bounds[2 * 4 + 1] = 3.0;
    t.bounds[12 + 2 * 4 + 1] = 1.0;
    cr_assert_eq(gradus_softmax(&t.data.X, t.y, 3, &t.options, &f), GRADUS_ERROR_OPTION);
    cr_assert(!f && error.column == 1 && strstr(error.sentence, "output 2"), "%s", error.sentence);
    t.bounds[2 * 4 + 1] = 0.5;
    t.options.radius = 0.4;
    cr_assert_eq(gradus_softmax(&t.data.X, t.y, 3, &t.options, &f), GRADUS_ERROR_OPTION);
    cr_assert(!f && strstr(error.sentence, "radius"), "%s", error.sentence);
    fit_free(&t);
}

/* Every allocation of a solve and of a path may fail; nothing leaks, and the status is that of memory. */
Test(sparse_outputs, memory_that_runs_out)
{
    for (int model = 0; model < MODELS; model++) {
        fit t = fit_make((model_kind)model, (const size_t[]){50, 4, 3}, INTERCEPT, 0.05);
        gradus_objective_free(t.f);
        for (size_t refuse = 1;; refuse++) {
            test_allocator allocator;
            test_allocator_begin(&allocator, refuse);
            gradus_options options = gradus_options_default();
            t.options.allocator = options.allocator = &allocator.face;
            const double lambdas[2] = {0.1, 0.05};
            double thetas[30] = {0.0}, largest;
            gradus_report reports[2];
            t.f = NULL;
            gradus_status status = model == SOFTMAX
                                       ? gradus_softmax(&t.data.X, t.y, 3, &t.options, &t.f)
                                       : gradus_least_squares_multiple(&t.data.X, t.y, 3, &t.options, &t.f);
            if (!status) status = gradus_lambda_max(t.f, &largest);
            if (!status) status = gradus_path(t.f, lambdas, 2, &options, thetas, reports);
            gradus_objective_free(t.f);
            cr_assert_eq(allocator.alive, 0);
            if (!status) break;
            cr_assert_eq(status, GRADUS_ERROR_MEMORY);
            cr_assert_lt(refuse, 50);
        }
        t.f = NULL;
        fit_free(&t);
    }
}

/* An offset that all but forbids a class in every row has a lambda nevertheless, or none with a name; never one that is no number. */
Test(sparse_outputs, an_offset_that_forbids_a_class)
{
    enum { ROWS = 12, COLS = 2, CLASSES = 3 };
    double x[ROWS * COLS], y[ROWS], offset[ROWS * CLASSES] = {0.0}, largest = 0.0;
    test_random random = test_random_from(4711);
    for (size_t i = 0; i < ROWS; i++) {
        y[i] = (double)(i % CLASSES);
        offset[2 * ROWS + i] = -1000.0;
        for (size_t j = 0; j < COLS; j++) x[i * COLS + j] = test_random_uniform(&random);
    }
    const gradus_matrix X = gradus_row_major(ROWS, COLS, x, COLS);
    gradus_model_options options = gradus_model_options_default();
    options.intercept = 1;
    options.offset = offset;
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_softmax(&X, y, CLASSES, &options, &f), 0);
    const gradus_status status = gradus_lambda_max(f, &largest);
    cr_assert(status != 0 || (largest >= 0.0 && isfinite(largest)), "status %d, lambda %g", status, largest);
    gradus_objective_free(f);
}
