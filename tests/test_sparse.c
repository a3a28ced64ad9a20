/* SPDX-License-Identifier: BSD-3-Clause */
/* Lasso, elastic net, bounds and balls: proximal operators, proximal gradient, FISTA, and the duality gap. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/penalty.h"
#include "solver/state.h"
#include "support.h"

enum { M = 60, N = 8 };

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

/* ---- proximal operators ---- */

static double pick(test_random *random, const double *choices, size_t count)
{
    return choices[test_random_below(random, count)];
}

/* h(x) + P (x - v)^2 / (2 alpha) of one coordinate */
static long double energy(const gr_penalty *h, double p, double alpha, double v, long double x)
{
    return (long double)h->lasso * fabsl(x) + (long double)p * (x - v) * (x - v) / (2.0L * alpha);
}

/* The minimum is at a bound, at 0, or where a side of the parabola has slope 0: the best of these that is allowed. */
static long double best_of_candidates(const gr_penalty *h, size_t j, double p, double alpha, double v)
{
    const long double t = (long double)alpha * h->lasso / p;
    const long double candidates[] = {h->lower[j], h->upper[j], 0.0L, v - t, v + t};
    long double best = 0.0L, least = INFINITY;
    for (size_t k = 0; k < 5; k++) {
        const long double x = candidates[k];
        if (!(x >= h->lower[j] && x <= h->upper[j]) || isinf(x)) continue;
        if (!(energy(h, p, alpha, v, x) < least)) continue;
        least = energy(h, p, alpha, v, x);
        best = x;
    }
    return best;
}

Test(sparse, the_proximal_operator_of_lasso_and_bounds_is_the_minimum)
{
    static const double lows[] = {-INFINITY, -0.5, 0.0, 0.25}, highs[] = {0.25, 1.0, INFINITY},
                        lassos[] = {0.0, 0.3};
    test_random random = test_random_from(1);
    for (int round = 0; round < 2000; round++) {
        double lower[N], upper[N], v[N], x[N], P[N];
        for (size_t j = 0; j < N; j++) {
            lower[j] = pick(&random, lows, 4);
            upper[j] = pick(&random, highs, 3);
            x[j] = v[j] = 2.0 * test_random_uniform(&random);
            P[j] = 0.1 + fabs(test_random_uniform(&random));
        }
        const gr_penalty h = {.lasso = pick(&random, lassos, 2), .lower = lower, .upper = upper};
        const double alpha = 0.05 + fabs(test_random_uniform(&random));
        gr_penalty_prox(&h, N, round % 2 ? P : NULL, alpha, x);
        for (size_t j = 0; j < N; j++) {
            const double exact = (double)best_of_candidates(&h, j, round % 2 ? P[j] : 1.0, alpha, v[j]);
            cr_assert(fabs(x[j] - exact) <= 4.0 * DBL_EPSILON * (fabs(v[j]) + alpha), "%g, not %g", x[j],
                      exact);
        }
    }
}

/* P_j (v_j - x_j) / alpha - mu x_j is a subgradient of lasso |x_j| and the bounds, with one mu >= 0, 0 inside the ball */
static void check_ball(const gr_penalty *h, const double *P, double alpha, const double *v, const double *x)
{
    long double square = 0.0L, mu = 0.0L;
    for (size_t j = 0; j < N; j++) square += (long double)x[j] * x[j];
    cr_assert_leq((double)sqrtl(square), h->radius * (1.0 + 1e-14));
    const bool on_sphere = sqrtl(square) >= h->radius * (1.0 - 1e-13);
    for (int round = 0; round < 2; round++) {
        for (size_t j = 0; j < N; j++) {
            const long double pull = (long double)P[j] * (v[j] - x[j]) / alpha;
            const bool inside = !h->lower || (x[j] > h->lower[j] && x[j] < h->upper[j]);
            const long double rest = pull - copysignl(h->lasso, x[j]);
            if (round == 0 && inside && x[j] != 0.0) mu = rest / x[j];
            if (round == 0) continue;
            if (!inside) {
                const bool low = x[j] <= h->lower[j];
                const long double force = rest - mu * x[j];
                cr_assert(low ? force <= 1e-11L + 2.0L * h->lasso : force >= -1e-11L - 2.0L * h->lasso);
            } else if (x[j] == 0.0)
                cr_assert_leq((double)fabsl(pull), h->lasso * (1.0 + 1e-12) + 1e-14);
            else
                cr_assert_leq((double)fabsl(rest - mu * x[j]), 1e-10, "mu %Lg", mu);
        }
    }
    cr_assert(mu >= -1e-11L && (on_sphere || fabsl(mu) <= 1e-10L), "mu is %Lg", mu);
}

Test(sparse, the_proximal_operator_of_a_ball_has_one_multiplier)
{
    test_random random = test_random_from(2);
    size_t bound = 0;
    for (int round = 0; round < 800; round++) {
        double lower[N], upper[N], v[N], x[N], P[N];
        for (size_t j = 0; j < N; j++) {
            lower[j] = -0.4 + 0.1 * test_random_uniform(&random);
            upper[j] = 0.4 + 0.1 * test_random_uniform(&random);
            x[j] = v[j] = 2.0 * test_random_uniform(&random);
            P[j] = round % 2 ? 0.1 + fabs(test_random_uniform(&random)) : 1.0;
        }
        const bool bounds = round % 4 > 1;
        const gr_penalty h = {.lasso = round % 3 ? 0.2 : 0.0,
                              .lower = bounds ? lower : NULL,
                              .upper = bounds ? upper : NULL,
                              .radius = 0.8};
        gr_penalty_prox(&h, N, round % 2 ? P : NULL, 0.7, x);
        check_ball(&h, P, 0.7, v, x);
        bound += !test_same_bits(N, v, x);
    }
    cr_assert_gt(bound, 700);
}

/* ---- optimality by plain loops ---- */

typedef struct penalised {
    test_data data;
    gradus_model_options options;
    double lower[N], upper[N];
} penalised;

static void penalised_make(penalised *p, uint64_t seed, int kind)
{
    p->data = test_data_make(seed, M, N, seed % 2 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR,
                             seed % 3);
    p->options = gradus_model_options_default();
    test_random random = test_random_from(seed);
    for (size_t j = 0; j < N; j++) {
        p->lower[j] = j % 3 ? 0.02 * test_random_uniform(&random) : 0.0;
        p->upper[j] = p->lower[j] + (j % 4 ? 0.1 : (double)INFINITY);
    }
    if (kind & 1) p->options.weights = p->data.weights;
    if (kind & 2) p->options.intercept = 1;
    if (kind & 4) p->options.ridge = 0.03;
    if (kind & 8) p->options.lasso = 0.02;
    if (kind & 16) p->options.lower = p->lower;
    if (kind & 16) p->options.upper = p->upper;
    if (kind & 32) p->options.radius = 0.15;
}

enum { KINDS = 64 };

/* What is left of the optimality conditions: the distance of -grad from the subgradients of lasso and bounds, times 1 + mu */
static double violation(const penalised *p, test_loss loss, const double *theta)
{
    const gradus_model_options *o = &p->options;
    test_oracle oracle = test_oracle_make(loss, &p->data.X, loss == TEST_SQUARES ? p->data.y : p->data.labels,
                                          o, theta);
    long double worst = o->intercept ? fabsl(oracle.gradient[N]) : 0.0L, square = 0.0L, mu = 0.0L;
    for (size_t j = 0; j < N; j++) square += (long double)theta[j] * theta[j];
    const bool on_sphere = o->radius > 0.0 && sqrtl(square) >= o->radius * (1.0L - 1e-9L);
    for (size_t j = 0; on_sphere && j < N; j++) {
        const bool inside = !o->lower || (theta[j] > o->lower[j] && theta[j] < o->upper[j]);
        if (!inside || fabs(theta[j]) < 0.02) continue;
        mu = (-oracle.gradient[j] - copysignl(o->lasso, theta[j])) / theta[j];
    }
    for (size_t j = 0; j < N; j++) {
        long double pull = -oracle.gradient[j] - mu * theta[j], rest;
        if (theta[j] > 0.0 || theta[j] < 0.0)
            rest = pull - copysignl(o->lasso, theta[j]);
        else
            rest = fabsl(pull) > o->lasso ? pull - copysignl(o->lasso, pull) : 0.0L;
        if (o->lower && theta[j] <= o->lower[j] && rest < 0.0L) rest = 0.0L;
        if (o->upper && theta[j] >= o->upper[j] && rest > 0.0L) rest = 0.0L;
        worst = fmaxl(worst, fabsl(rest));
    }
    test_oracle_free(&oracle);
    cr_assert(sqrtl(square) <= o->radius * (1.0L + 1e-14L) || !(o->radius > 0.0));
    return mu >= -1e-9L ? (double)worst : (double)INFINITY;
}

static const maker makers[] = {gradus_least_squares, gradus_logistic, gradus_log_likelihood};

/* The optimality conditions hold, and every iterate is feasible with a gap that bounds f - min f. */
static void optimal(uint64_t seed, int kind, int model, gradus_method method, gradus_metric metric)
{
    penalised p;
    penalised_make(&p, seed, kind);
    gradus_objective *f = NULL;
    cr_assert_eq(makers[model](&p.data.X, model ? p.data.labels : p.data.y, &p.options, &f), 0);
    gradus_options options = gradus_options_default();
    options.method = method;
    options.metric = metric;
    options.stop.gap_tolerance = GRADUS_OFF;
    test_run run = test_solve(model == 2 ? gradus_ascend : gradus_descend, f, p.data.theta, &options);
    cr_assert(run.status == 0 && gradus_stop_converged(run.report.stop), "kind %d: %s", kind,
              gradus_stop_sentence(run.report.stop));
    const double left = violation(&p, model ? TEST_LOGISTIC : TEST_SQUARES, run.theta);
    cr_assert_leq(left, 1e-9, "kind %d, model %d, method %d: %g", kind, model, (int)method, left);
    const double sign = model == 2 ? -1.0 : 1.0;
    for (size_t k = 0; k < run.count; k++) {
        const gradus_progress *seen = &run.iterates[k].seen;
        for (size_t j = 0; (kind & 16) && j < N; j++)
            cr_assert(run.iterates[k].theta[j] >= p.lower[j] && run.iterates[k].theta[j] <= p.upper[j]);
        const double above = sign * (seen->value - run.report.best_value);
        cr_assert(isnan(seen->duality_gap) || above <= seen->duality_gap + 1e-14,
                  "kind %d at %zu: %g, gap %g", kind, k, above, seen->duality_gap);
    }
    if (!isnan(run.report.duality_gap)) cr_assert_leq(run.report.duality_gap, 1e-9, "kind %d", kind);
    test_run_free(&run);
    gradus_objective_free(f);
    test_data_free(&p.data);
}

Test(sparse, optimality_conditions_by_plain_loops)
{
    for (int kind = 8; kind < KINDS; kind++) {
        for (int model = 0; model < 3; model++)
            optimal(40 + (uint64_t)kind, kind, model, GRADUS_METHOD_AUTOMATIC, GRADUS_METRIC_AUTOMATIC);
    }
}

Test(sparse, every_method_and_metric_meets_them)
{
    for (int kind = 8; kind < KINDS; kind += 5) {
        for (int way = 0; way < 4; way++) {
            const gradus_metric metric = way % 2 ? GRADUS_METRIC_DIAGONAL : GRADUS_METRIC_IDENTITY;
            optimal(7, kind, kind % 2, way / 2 ? GRADUS_METHOD_GRADIENT : GRADUS_METHOD_NESTEROV, metric);
        }
    }
}

/* ---- closed forms ---- */

/* Columns of +-1 from the bits of i and j: X'X = m I, and theta_j = soft(x_j'y / m, lasso) / (1 + ridge). */
Test(sparse, orthonormal_columns_are_soft_thresholds)
{
    enum { ROWS = 32, COLS = 7 };
    double x[ROWS * COLS], y[ROWS], theta[COLS] = {0.0};
    test_random random = test_random_from(3);
    for (size_t i = 0; i < ROWS; i++) {
        y[i] = 3.0 * test_random_uniform(&random);
        for (size_t j = 0; j < COLS; j++) x[i * COLS + j] = __builtin_parityll(i & (3 * j + 1)) ? -1.0 : 1.0;
    }
    const gradus_matrix X = gradus_row_major(ROWS, COLS, x, COLS);
    gradus_model_options model = gradus_model_options_default();
    model.lasso = 0.25;
    model.ridge = 0.5;
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&X, y, &model, &f), 0);
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
    cr_assert(gradus_stop_converged(report.stop) && report.duality_gap <= 1e-12 * report.value);
    size_t zeros = 0;
    for (size_t j = 0; j < COLS; j++) {
        long double correlation = 0.0L;
        for (size_t i = 0; i < ROWS; i++) correlation += (long double)x[i * COLS + j] * y[i] / ROWS;
        const long double size = fmaxl(fabsl(correlation) - 0.25L, 0.0L) / 1.5L;
        cr_assert_leq(fabs(theta[j] - (double)copysignl(size, correlation)), 1e-12);
        cr_assert_eq(theta[j] == 0.0, size == 0.0L);
        zeros += theta[j] == 0.0;
    }
    cr_assert(zeros > 0 && zeros < COLS);
    gradus_objective_free(f);
}

/* The entries of b solved for those columns whose bit is set, by elimination in long double; false where it is not positive. */
static bool solve_subset(long double A[6][6], const long double *b, unsigned set, long double *theta)
{
    long double a[6][7];
    size_t index[6], n = 0;
    for (size_t j = 0; j < 6; j++) {
        theta[j] = 0.0L;
        if (set >> j & 1) index[n++] = j;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) a[i][j] = A[index[i]][index[j]];
        a[i][n] = b[index[i]];
    }
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < n; i++) {
            const long double factor = a[i][k] / a[k][k];
            for (size_t j = k; i != k && j <= n; j++) a[i][j] -= factor * a[k][j];
        }
    }
    for (size_t i = 0; i < n; i++) theta[index[i]] = a[i][n] / a[i][i];
    for (size_t i = 0; i < n; i++) {
        if (!(theta[index[i]] > 0.0L)) return false;
    }
    return true;
}

/* Non-negative least squares by trying every set of positive coefficients: that whose other gradients are >= 0. */
static void enumerate(const test_data *data, double *answer)
{
    long double A[6][6] = {{0}}, b[6] = {0}, theta[6];
    for (size_t i = 0; i < data->X.rows; i++) {
        for (size_t j = 0; j < 6; j++) {
            const long double x = *test_element(data->x, &data->X, i, j);
            b[j] += x * data->y[i];
            for (size_t k = 0; k < 6; k++) A[j][k] += x * *test_element(data->x, &data->X, i, k);
        }
    }
    for (unsigned set = 0; set < 64; set++) {
        bool optimal_set = solve_subset(A, b, set, theta);
        for (size_t j = 0; j < 6 && optimal_set; j++) {
            long double gradient = -b[j];
            for (size_t k = 0; k < 6; k++) gradient += A[j][k] * theta[k];
            if (!(set >> j & 1)) optimal_set = gradient >= 0.0L;
        }
        if (!optimal_set) continue;
        for (size_t j = 0; j < 6; j++) answer[j] = (double)theta[j];
        return;
    }
    cr_assert_fail("no set is optimal");
}

Test(sparse, non_negative_least_squares_by_enumeration)
{
    static const double zeros[6] = {0.0};
    for (uint64_t seed = 0; seed < 20; seed++) {
        test_data data = test_data_make(900 + seed, 15, 6, GRADUS_LAYOUT_ROW_MAJOR, 0);
        gradus_model_options model = gradus_model_options_default();
        model.lower = zeros;
        gradus_objective *f = NULL;
        double theta[6] = {-1.0, 1.0, 1.0, 1.0, 1.0, 1.0}, exact[6];
        cr_assert_eq(gradus_least_squares(&data.X, data.y, &model, &f), 0);
        gradus_report report;
        cr_assert_eq(gradus_descend(f, theta, NULL, &report), 0);
        cr_assert(gradus_stop_converged(report.stop) && isnan(report.duality_gap));
        enumerate(&data, exact);
        for (size_t j = 0; j < 6; j++) {
            cr_assert_leq(fabs(theta[j] - exact[j]), 1e-10, "seed %d: %g, not %g", (int)seed, theta[j],
                          exact[j]);
            cr_assert(theta[j] >= 0.0 && (exact[j] > 0.0 || theta[j] == 0.0));
        }
        gradus_objective_free(f);
        test_data_free(&data);
    }
}

/* ---- weights ---- */

/* Weight k is the row k times, weight 0 the row away. */
static void weights_count_rows(int kind, int model, gradus_method method)
{
    enum { ROWS = 30, TIMES = 3 };
    penalised p;
    penalised_make(&p, 11, kind);
    double weights[ROWS], *x = (double *)calloc((size_t)ROWS * TIMES * N, sizeof *x), y[ROWS * TIMES];
    size_t rows = 0;
    for (size_t i = 0; i < ROWS; i++) {
        weights[i] = (double)(i % (TIMES + 1));
        for (size_t k = 0; k < i % (TIMES + 1); k++, rows++) {
            y[rows] = model ? p.data.labels[i] : p.data.y[i];
            for (size_t j = 0; j < N; j++) x[rows * N + j] = *test_element(p.data.x, &p.data.X, i, j);
        }
    }
    double answers[2][N + 1] = {{0.0}};
    for (int way = 0; way < 2; way++) {
        gradus_matrix X = p.data.X;
        X.rows = ROWS;
        if (way) X = gradus_row_major(rows, N, x, N);
        gradus_model_options model_options = p.options;
        model_options.weights = way ? NULL : weights;
        gradus_objective *f = NULL;
        cr_assert_eq(makers[model](&X, way ? y : (model ? p.data.labels : p.data.y), &model_options, &f), 0);
        gradus_options options = gradus_options_default();
        options.method = method;
        options.stop.gap_tolerance = GRADUS_OFF;
        gradus_report report;
        cr_assert_eq(gradus_descend(f, answers[way], &options, &report), 0);
        cr_assert(gradus_stop_converged(report.stop));
        gradus_objective_free(f);
    }
    for (size_t j = 0; j <= N; j++)
        cr_assert_leq(fabs(answers[0][j] - answers[1][j]), 1e-8, "kind %d: %g and %g", kind, answers[0][j],
                      answers[1][j]);
    free(x);
    test_data_free(&p.data);
}

Test(sparse, a_weight_counts_rows)
{
    for (int kind = 8; kind < KINDS; kind += 2) {
        weights_count_rows(kind, 0, GRADUS_METHOD_AUTOMATIC);
        weights_count_rows(kind, 1, GRADUS_METHOD_AUTOMATIC);
        if (kind % 4 == 0) weights_count_rows(kind, 1, GRADUS_METHOD_GRADIENT);
    }
}

/* ---- what else is promised ---- */

Test(sparse, constraints_that_hold_nothing_change_no_bit)
{
    penalised p;
    penalised_make(&p, 21, 3);
    gradus_objective *plain = NULL, *free_ = NULL;
    cr_assert_eq(gradus_logistic(&p.data.X, p.data.labels, &p.options, &plain), 0);
    for (size_t j = 0; j < N; j++) p.lower[j] = -(p.upper[j] = (double)INFINITY);
    p.options.lower = p.lower;
    p.options.upper = p.upper;
    cr_assert_eq(gradus_logistic(&p.data.X, p.data.labels, &p.options, &free_), 0);
    test_run a = test_solve(gradus_descend, plain, p.data.theta, NULL);
    test_run b = test_solve(gradus_descend, free_, p.data.theta, NULL);
    cr_assert(a.count == b.count && test_same_bits(N + 1, a.theta, b.theta));
    cr_assert(isnan(a.report.duality_gap) && isnan(b.report.duality_gap));
    test_run_free(&a);
    test_run_free(&b);
    gradus_objective_free(plain);
    gradus_objective_free(free_);
    test_data_free(&p.data);
}

/* f(theta) with the lasso, and a subgradient; -f of both for the likelihood */
Test(sparse, an_evaluation_adds_the_lasso)
{
    penalised p;
    penalised_make(&p, 22, 15);
    p.data.theta[2] = 0.0;
    gradus_objective *cost = NULL, *likelihood = NULL;
    cr_assert_eq(gradus_logistic(&p.data.X, p.data.labels, &p.options, &cost), 0);
    cr_assert_eq(gradus_log_likelihood(&p.data.X, p.data.labels, &p.options, &likelihood), 0);
    test_oracle oracle = test_oracle_make(TEST_LOGISTIC, &p.data.X, p.data.labels, &p.options, p.data.theta);
    for (size_t j = 0; j < N; j++) {
        const double t = p.data.theta[j];
        oracle.value += p.options.lasso * fabsl(t);
        oracle.value_terms += p.options.lasso * fabsl(t);
        if (t > 0.0 || t < 0.0) oracle.gradient[j] += copysignl(p.options.lasso, t);
        oracle.gradient_terms[j] += p.options.lasso;
    }
    double value, gradient[N + 1], other, negative[N + 1];
    cr_assert_eq(gradus_objective_evaluate(cost, p.data.theta, &value, gradient), 0);
    cr_assert_eq(gradus_objective_evaluate(likelihood, p.data.theta, &other, negative), 0);
    cr_assert_leq(test_oracle_error(&oracle, value, gradient), 60.0);
    cr_assert_eq(value, -other);
    for (size_t j = 0; j <= N; j++) cr_assert_eq(gradient[j], -negative[j]);
    test_oracle_free(&oracle);
    gradus_objective_free(cost);
    gradus_objective_free(likelihood);
    test_data_free(&p.data);
}

/* By default the gap ends the run; its tolerance and the gradient mapping's can each be asked for. */
Test(sparse, the_gap_ends_the_run)
{
    penalised p;
    penalised_make(&p, 23, 10);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.options, &f), 0);
    double least = INFINITY;
    for (int k = 0; k < 3; k++) {
        double theta[N + 1] = {0.0};
        gradus_options options = gradus_options_default();
        options.stop.gap_tolerance = k == 0 ? GRADUS_OFF : (k == 1 ? 0.0 : 1e-3);
        options.stop.gradient_tolerance = k ? GRADUS_OFF : 0.0;
        gradus_report report;
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_assert_eq(report.stop, k ? GRADUS_STOP_DUALITY_GAP : GRADUS_STOP_GRADIENT);
        if (k) cr_assert_leq(report.duality_gap, (k == 1 ? 1e-12 : 1e-3) * report.value);
        least = fmin(least, report.value);
        cr_assert_leq(report.value - least, report.duality_gap + 1e-15);
        cr_assert(report.method == GRADUS_METHOD_COORDINATE && report.metric == GRADUS_METRIC_GRAM);
        cr_assert_eq(report.step_rule, GRADUS_STEP_EXACT);
    }
    gradus_objective_free(f);
    test_data_free(&p.data);
}

/* Least squares: one pass an evaluation and one evaluation a step, but for steps that were too long. */
Test(sparse, fista_of_least_squares_takes_one_pass_a_step)
{
    penalised p;
    penalised_make(&p, 24, 8);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.options, &f), 0);
    double theta[N] = {0.0};
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_NESTEROV;
    options.step = gradus_step_fixed(0.5);
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_DUALITY_GAP);
    cr_assert(report.passes == (double)report.evaluations && report.evaluations == report.iterations + 1);
    gradus_objective_free(f);
    test_data_free(&p.data);
}

/* A fixed step is the textbook's: theta <- soft(theta - alpha grad, alpha lasso), and too long a one is called diverged. */
Test(sparse, fixed_steps_are_the_textbooks)
{
    penalised p;
    penalised_make(&p, 25, 8);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.options, &f), 0);
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_GRADIENT;
    options.step = gradus_step_fixed(0.3);
    options.stop.max_iterations = 10;
    test_run run = test_solve(gradus_descend, f, p.data.theta, &options);
    cr_assert_eq(run.count, 11);
    for (size_t k = 1; k < run.count; k++) {
        const double *before = run.iterates[k - 1].theta;
        test_oracle oracle = test_oracle_make(TEST_SQUARES, &p.data.X, p.data.y, &p.options, before);
        for (size_t j = 0; j < N; j++) {
            const long double v = before[j] - 0.3L * oracle.gradient[j];
            const double next = (double)copysignl(fmaxl(fabsl(v) - 0.3L * p.options.lasso, 0.0L), v);
            cr_assert_leq(fabs(run.iterates[k].theta[j] - next), 1e-13);
        }
        test_oracle_free(&oracle);
    }
    test_run_free(&run);
    options.step = gradus_step_fixed(50.0);
    options.stop.max_iterations = 0;
    double theta[N] = {0.0};
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_DIVERGED && isfinite(report.value));
    gradus_objective_free(f);
    test_data_free(&p.data);
}

/* A cone does not end the flight of separable classes; a lasso or a ball does. */
Test(sparse, separable_classes_under_constraints)
{
    double x[] = {-2.0, -1.5, -1.0, 1.0, 1.2, 2.5}, zero = 0.0;
    const double labels[] = {0.0, 0.0, 0.0, 1.0, 1.0, 1.0};
    const gradus_matrix X = gradus_row_major(6, 1, x, 1);
    for (int k = 0; k < 3; k++) {
        gradus_model_options model = gradus_model_options_default();
        if (k == 0) model.lower = &zero;
        if (k == 1) model.lasso = 0.01;
        if (k == 2) model.radius = 3.0;
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_logistic(&X, labels, &model, &f), 0);
        double theta = 0.0;
        gradus_report report;
        cr_assert_eq(gradus_descend(f, &theta, NULL, &report), 0);
        cr_assert_eq(report.stop == GRADUS_STOP_SEPARABLE, k == 0);
        if (k) cr_assert(gradus_stop_converged(report.stop));
        if (k == 2) cr_assert(theta <= 3.0 && theta >= 3.0 * (1.0 - 1e-13));
        gradus_objective_free(f);
    }
}

/* Cancelled and out of budget: the best iterate seen, with its own value and gap. */
Test(sparse, a_run_cut_short_hands_back_its_best)
{
    penalised p;
    penalised_make(&p, 27, 8);
    for (size_t i = 0; i < M; i++) *test_element(p.data.x, &p.data.X, i, 3) *= 40.0;
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.options, &f), 0);
    size_t earlier = 0;
    for (int64_t budget = 1; budget < 60; budget++) {
        gradus_options options = gradus_options_default();
        options.metric = GRADUS_METRIC_IDENTITY;
        options.stop.max_iterations = budget;
        test_run run = test_solve(gradus_descend, f, p.data.theta, &options);
        if (run.report.stop == GRADUS_STOP_MAX_ITERATIONS) {
            size_t best = 0;
            for (size_t k = 1; k < run.count; k++) {
                if (run.iterates[k].seen.value < run.iterates[best].seen.value) best = k;
            }
            cr_assert(test_same_bits(N, run.theta, run.iterates[best].theta));
            cr_assert(run.report.value == run.iterates[best].seen.value);
            cr_assert(run.report.duality_gap == run.iterates[best].seen.duality_gap);
            earlier += best + 1 < run.count;
        }
        test_run_free(&run);
    }
    cr_assert_gt(earlier, 0);
    const volatile int flag = 1;
    gradus_options options = gradus_options_default();
    options.cancel = &flag;
    gradus_report report;
    cr_assert_eq(gradus_descend(f, p.data.theta, &options, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_CANCELLED);
    gradus_objective_free(f);
    test_data_free(&p.data);
}

/* The first trial far too long, far too short, columns of unlike size: backtracking finds its way. */
Test(sparse, any_first_step_will_do)
{
    penalised p;
    penalised_make(&p, 28, 14);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_logistic(&p.data.X, p.data.labels, &p.options, &f), 0);
    for (int k = 0; k < 4; k++) {
        double theta[N + 1] = {0.0};
        gradus_options options = gradus_options_default();
        options.step = gradus_step_backtracking(k / 2 ? 1e8 : 1e-8);
        options.method = k % 2 ? GRADUS_METHOD_GRADIENT : GRADUS_METHOD_NESTEROV;
        gradus_report report;
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_assert(gradus_stop_converged(report.stop), "%d: %s", k, gradus_stop_sentence(report.stop));
        cr_assert_leq(violation(&p, TEST_LOGISTIC, theta), 1e-6);
    }
    gradus_objective_free(f);
    test_data_free(&p.data);
}

/* A column far from mean 0 beside the intercept is too much for a diagonal: what stands still far from the optimum has not converged. */
Test(sparse, standing_still_is_not_convergence)
{
    penalised p;
    penalised_make(&p, 29, 10);
    for (size_t i = 0; i < M; i++) *test_element(p.data.x, &p.data.X, i, 1) += 1e6;
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.options, &f), 0);
    double theta[N + 1] = {0.0};
    gradus_options options = gradus_options_default();
    options.stop.gradient_tolerance = GRADUS_OFF;
    gradus_report report;
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    cr_assert(!gradus_stop_converged(report.stop) || report.duality_gap <= 1e-6 * report.value, "%s, gap %g",
              gradus_stop_sentence(report.stop), report.duality_gap);
    gradus_objective_free(f);
    test_data_free(&p.data);
}

/* ---- paths ---- */

/* At lambda_max every coefficient is 0, a little below one is not; max |g_j| at the best intercept by plain loops. */
Test(sparse, the_largest_lambda)
{
    for (int kind = 0; kind < 4; kind++) {
        for (int model = 0; model < 3; model++) {
            penalised p;
            penalised_make(&p, 60 + (uint64_t)kind, kind);
            gradus_objective *f = NULL;
            const double *y = model ? p.data.labels : p.data.y;
            cr_assert_eq(makers[model](&p.data.X, y, &p.options, &f), 0);
            double lambda = 0.0, mean = 0.0, total = 0.0, zeros[N + 1] = {0.0};
            cr_assert_eq(gradus_lambda_max(f, &lambda), 0);
            for (size_t i = 0; i < M; i++) {
                mean += (kind & 1 ? p.data.weights[i] : 1.0) * y[i];
                total += kind & 1 ? p.data.weights[i] : 1.0;
            }
            mean /= total;
            if (kind & 2) zeros[N] = model ? log(mean / (1.0 - mean)) : mean;
            test_oracle oracle = test_oracle_make(model ? TEST_LOGISTIC : TEST_SQUARES, &p.data.X, y,
                                                  &p.options, zeros);
            long double largest = 0.0L;
            for (size_t j = 0; j < N; j++) largest = fmaxl(largest, fabsl(oracle.gradient[j]));
            test_oracle_free(&oracle);
            cr_assert_leq(fabs(lambda - (double)largest), 1e-13);
            gradus_objective_free(f);
            for (int below = 0; below < 2; below++) {
                p.options.lasso = lambda * (below ? 0.99 : 1.0 + 1e-9);
                cr_assert_eq(makers[model](&p.data.X, y, &p.options, &f), 0);
                double theta[N + 1] = {0.0}, sum = 0.0;
                cr_assert_eq((model == 2 ? gradus_ascend : gradus_descend)(f, theta, NULL, NULL), 0);
                for (size_t j = 0; j < N; j++) sum += fabs(theta[j]);
                cr_assert_eq(sum > 0.0, below == 1, "kind %d, model %d", kind, model);
                gradus_objective_free(f);
            }
            test_data_free(&p.data);
        }
    }
}

enum { LAMBDAS = 12 };

static void lambdas_down(const gradus_objective *f, double *lambdas)
{
    cr_assert_eq(gradus_lambda_max(f, &lambdas[0]), 0);
    for (size_t k = 1; k < LAMBDAS; k++) lambdas[k] = lambdas[k - 1] * 0.6;
}

/* Every solution of a path meets the optimality conditions; least squares has read X once, and its gap is the one of X. */
static void path_is_optimal(int kind, int model)
{
    penalised p;
    penalised_make(&p, 80 + (uint64_t)kind, kind);
    gradus_objective *f = NULL;
    const double *y = model ? p.data.labels : p.data.y;
    cr_assert_eq(makers[model](&p.data.X, y, &p.options, &f), 0);
    double lambdas[LAMBDAS], thetas[LAMBDAS * (N + 1)];
    gradus_report reports[LAMBDAS];
    gradus_options options = gradus_options_default();
    options.stop.gap_tolerance = GRADUS_OFF;
    lambdas_down(f, lambdas);
    cr_assert_eq(gradus_path(f, lambdas, LAMBDAS, &options, thetas, reports), 0);
    const size_t n = gradus_objective_size(f);
    gradus_objective_free(f);
    double passes = 0.0;
    for (size_t k = 0; k < LAMBDAS; k++) {
        p.options.lasso = lambdas[k];
        passes += reports[k].passes;
        cr_assert(gradus_stop_converged(reports[k].stop), "%s", gradus_stop_sentence(reports[k].stop));
        cr_assert_leq(violation(&p, model ? TEST_LOGISTIC : TEST_SQUARES, thetas + k * n), 1e-9,
                      "kind %d, lambda %zu", kind, k);
        cr_assert_eq(makers[model](&p.data.X, y, &p.options, &f), 0);
        double value;
        cr_assert_eq(gradus_objective_evaluate(f, thetas + k * n, &value, NULL), 0);
        cr_assert_leq(fabs(value - reports[k].value), 1e-13);
        gradus_objective_free(f);
    }
    const bool by_gram = model == 0 && !(p.options.radius > 0.0);
    cr_assert_eq(passes == 1.0, by_gram);
    cr_assert_eq(reports[3].method, GRADUS_METHOD_COORDINATE);
    test_data_free(&p.data);
}

Test(sparse, every_solution_of_a_path_is_optimal)
{
    for (int kind = 0; kind < KINDS; kind += 1) {
        if (kind & 8) continue;
        path_is_optimal(kind, 0);
        if (kind % 3 == 0) path_is_optimal(kind, 1 + kind % 2);
    }
}

/* By default the gap ends each solve, and it bounds the distance from the minimum that a solve on X finds. */
Test(sparse, the_gap_of_a_path_is_the_gap_on_x)
{
    penalised p;
    penalised_make(&p, 90, 3);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.options, &f), 0);
    double lambdas[LAMBDAS], thetas[LAMBDAS * (N + 1)];
    gradus_report reports[LAMBDAS];
    lambdas_down(f, lambdas);
    for (int way = 0; way < 2; way++) {
        gradus_options options = gradus_options_default();
        options.stop.gap_tolerance = way ? 1e-4 : 0.0;
        options.stop.gradient_tolerance = GRADUS_OFF;
        cr_assert_eq(gradus_path(f, lambdas, LAMBDAS, &options, thetas, reports), 0);
        for (size_t k = 0; k < LAMBDAS; k++) {
            const gradus_report *r = &reports[k];
            cr_assert_eq(r->stop, GRADUS_STOP_DUALITY_GAP);
            cr_assert_leq(r->duality_gap, (way ? 1e-4 : 1e-12) * r->value);
            p.options.lasso = lambdas[k];
            gradus_objective *one = NULL;
            cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.options, &one), 0);
            gradus_report on_x;
            cr_assert_eq(gradus_descend(one, thetas + k * (N + 1), NULL, &on_x), 0);
            cr_assert_leq(r->value - on_x.value, r->duality_gap + 1e-14);
            gradus_objective_free(one);
        }
    }
    gradus_objective_free(f);
    test_data_free(&p.data);
}

/* A negated cost has the same path, with values negated; whatever the threads. */
Test(sparse, a_path_up_is_the_path_down)
{
    penalised p;
    penalised_make(&p, 91, 22);
    gradus_objective *f = NULL, *g = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.options, &f), 0);
    cr_assert_eq(gradus_negate(f, &g), 0);
    double lambdas[LAMBDAS], a[LAMBDAS * (N + 1)], b[LAMBDAS * (N + 1)];
    gradus_report down[LAMBDAS], up[LAMBDAS];
    lambdas_down(f, lambdas);
    gradus_options options = gradus_options_default();
    options.threads = 1;
    cr_assert_eq(gradus_path(f, lambdas, LAMBDAS, NULL, a, down), 0);
    cr_assert_eq(gradus_path(g, lambdas, LAMBDAS, &options, b, up), 0);
    cr_assert(test_same_bits(LAMBDAS * (N + 1), a, b));
    for (size_t k = 0; k < LAMBDAS; k++)
        cr_assert(down[k].value == -up[k].value && down[k].duality_gap == up[k].duality_gap);
    gradus_objective_free(f);
    gradus_objective_free(g);
    test_data_free(&p.data);
}

/* What is wrong is named, and memory that runs out given back. */
Test(sparse, paths_that_cannot_be_followed)
{
    penalised p;
    penalised_make(&p, 92, 0);
    gradus_objective *f = NULL, *function = NULL;
    cr_assert_eq(gradus_least_squares(&p.data.X, p.data.y, &p.options, &f), 0);
    cr_assert_eq(gradus_function(2, test_rosenbrock, NULL, &function), 0);
    double lambdas[2] = {0.1, -1.0}, thetas[2 * N], lambda = 7.0;
    gradus_report reports[2];
    cr_assert_eq(gradus_path(f, lambdas, 2, NULL, thetas, reports), GRADUS_ERROR_OPTION);
    lambdas[1] = 0.05;
    cr_assert_eq(gradus_path(function, lambdas, 2, NULL, thetas, reports), GRADUS_ERROR_UNSUPPORTED);
    cr_assert_eq(gradus_lambda_max(function, &lambda), GRADUS_ERROR_UNSUPPORTED);
    cr_assert_eq(gradus_lambda_max(NULL, &lambda), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_path(NULL, lambdas, 2, NULL, thetas, reports), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_path(f, NULL, 2, NULL, thetas, reports), GRADUS_ERROR_NULL);
    cr_assert_eq(lambda, 7.0);
    *test_element(p.data.x, &p.data.X, 4, 2) = (double)NAN;
    gradus_error error;
    gradus_options options = gradus_options_default();
    options.error = &error;
    cr_assert_eq(gradus_path(f, lambdas, 2, &options, thetas, reports), GRADUS_ERROR_DATA_NOT_FINITE);
    cr_assert(error.row == 4 && error.column == 2);
    gradus_objective_free(f);
    gradus_objective_free(function);
    test_data_free(&p.data);
}

/* ---- columns at the ends of a double's range ---- */

/* Huber's loss of columns times `scale`, with a lasso that goes with it, in the metric DIAGONAL. What was hung by weights of Inf and 0. */
static gradus_report solve_scaled(const test_data *data, double scale, double *theta)
{
    gradus_model_options model = gradus_model_options_default();
    gradus_options options = gradus_options_default();
    gradus_objective *f = NULL;
    gradus_report report;
    double *x = (double *)malloc(M * N * sizeof *x);
    const gradus_matrix X = gradus_row_major(M, N, x, N);
    for (size_t i = 0; i < M * N; i++) x[i] = scale * *test_element(data->x, &data->X, i / N, i % N);
    model.lasso = 0.05 * scale;
    options.method = GRADUS_METHOD_NESTEROV;
    options.metric = GRADUS_METRIC_DIAGONAL;
    options.stop.max_iterations = 2000;
    memset(theta, 0, N * sizeof *theta);
    cr_assert_eq(gradus_huber(&X, data->y, &model, &f), 0);
    cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
    gradus_objective_free(f);
    free(x);
    return report;
}

/* Where P is no double, the last two, a run may give up, but not without saying so. */
Test(sparse, weights_that_no_double_holds)
{
    test_data data = test_data_make(29, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    const double scales[] = {0x1p500, 0x1p-500, 0x1p600, 0x1p-600};
    double theta[N], scaled[N];
    const gradus_report plain = solve_scaled(&data, 1.0, theta);
    cr_assert(gradus_stop_converged(plain.stop));
    for (size_t k = 0; k < 4; k++) {
        const gradus_report report = solve_scaled(&data, scales[k], scaled);
        const bool found = report.value <= plain.value * (1.0 + 1e-9);
        cr_assert(found || (k >= 2 && !gradus_stop_converged(report.stop)),
                  "%g: %.17g, not %.17g, after %zu steps: %s", scales[k], report.value, plain.value,
                  report.iterations, gradus_stop_sentence(report.stop));
    }
    test_data_free(&data);
}

/* Means near a double's largest, in a column near its smallest: gradient / P is infinite, and so is any step along it. */
Test(sparse, a_step_that_is_infinite_however_short)
{
    const double x[] = {1e-150, 2e-150}, y[] = {1.0, 2.0};
    const gradus_matrix X = gradus_row_major(2, 1, x, 1);
    gradus_model_options model = gradus_model_options_default();
    gradus_options options = gradus_options_default();
    gradus_objective *f = NULL;
    gradus_report report;
    double theta = 3.54e152;
    model.lasso = 1e-200;
    options.method = GRADUS_METHOD_NESTEROV;
    options.metric = GRADUS_METRIC_DIAGONAL;
    cr_assert_eq(gradus_poisson(&X, y, &model, &f), 0);
    cr_assert_eq(gradus_descend(f, &theta, &options, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_DIVERGED, "%s", gradus_stop_sentence(report.stop));
    cr_assert_eq(theta, 3.54e152);
    gradus_objective_free(f);
}

/* Columns of very different size: a gradient mapping that is small beside that at the start is no end while the gap says otherwise. */
Test(sparse, a_path_believes_the_gap)
{
    enum { ROWS = 80, COLS = 6, COUNT = 12 };
    for (uint64_t seed = 0; seed < 20; seed++) {
        test_random random = test_random_from(900 + seed);
        double x[ROWS * COLS], y[ROWS], lambdas[COUNT], thetas[COUNT * COLS], largest;
        gradus_report reports[COUNT];
        for (size_t i = 0; i < ROWS; i++) {
            y[i] = test_random_uniform(&random);
            for (size_t j = 0; j < COLS; j++) {
                const double near = j % 2 ? x[i * COLS + j - 1] * 1e-7 : 0.0;
                x[i * COLS + j] = near + pow(10.0, j % 2 ? -8.0 : 0.0) * test_random_uniform(&random);
                y[i] += x[i * COLS + j] * (j % 2 ? 1e7 : 1e6);
            }
        }
        const gradus_matrix X = gradus_row_major(ROWS, COLS, x, COLS);
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_least_squares(&X, y, NULL, &f), 0);
        cr_assert_eq(gradus_lambda_max(f, &largest), 0);
        for (size_t k = 0; k < COUNT; k++) lambdas[k] = largest * pow(0.05, (double)k);
        cr_assert_eq(gradus_path(f, lambdas, COUNT, NULL, thetas, reports), 0);
        for (size_t k = 0; k < COUNT; k++) {
            const bool near = reports[k].duality_gap <= 1e-6 * fabs(reports[k].value);
            cr_expect(near || !gradus_stop_converged(reports[k].stop), "%zu: gap %g of %g: %s", k,
                      reports[k].duality_gap, reports[k].value, gradus_stop_sentence(reports[k].stop));
        }
        gradus_objective_free(f);
    }
}

/* A run in whose state, after two steps, one number is another one, as a forged checkpoint may have it: the next steps end. */
static void goes_on_with(const gradus_objective *f, int which, double number)
{
    gradus_options options = gradus_options_default();
    gradus_solver *solver = NULL;
    gradus_stop_reason reason;
    const double start[N] = {0.0};
    options.method = GRADUS_METHOD_NESTEROV;
    cr_assert_eq(gradus_solver_create(f, GRADUS_DIRECTION_DESCENT, start, &options, &solver), 0);
    for (int k = 0; k < 2; k++) cr_assert_eq(gradus_solver_step(solver, &reason), 0);
    double *const places[] = {solver->current.theta + 1, solver->current.gradient + 1,
                              solver->trial.theta + 1,   solver->trial.gradient + 1,
                              &solver->inertia,          &solver->first_trial};
    *places[which] = number;
    for (int k = 0; k < 5; k++) cr_assert_eq(gradus_solver_step(solver, &reason), 0);
    gradus_solver_free(solver);
}

Test(sparse, a_step_that_nothing_shortens_enough)
{
    test_data data = test_data_make(31, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    const double numbers[] = {1e300, -1e300, 1e160, -1e160, 1e100, 1e20, -1e20, 1.0, -1.0, 1e-300, 1e-100};
    gradus_model_options model = gradus_model_options_default();
    gradus_objective *f = NULL;
    model.lasso = 0.05;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, &model, &f), 0);
    for (int which = 0; which < 6; which++) {
        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) goes_on_with(f, which, numbers[k]);
    }
    gradus_objective_free(f);
    test_data_free(&data);
}
