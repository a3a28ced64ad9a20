/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Every model's gradient, curvatures and curvature bound against complex steps through formulas of this file's own, in long double:
 * f'(z) = Im f(z + ih)/h, without cancellation for any h (Squire and Trapp, SIAM Review 40 (1998) 110). Proximal operators against their
 * optimality conditions. Then what solves promise whatever the model: they never rise, and what they call an optimum is one.
 */
#include <complex.h>
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/loss.h"
#include "model/penalty.h"
#include "support.h"

typedef long double complex complex_number;

enum { M = 90, N = 5, SIZE = N + 1 };

/* So small that its square is nothing beside 1. */
static const long double H = 1e-40L;

static const double delta = 0.6; /* Huber's */

/* ---- the losses once more, of a complex margin ---- */

static complex_number loss_squares(complex_number z, long double y)
{
    return (z - y) * (z - y) / 2;
}

/* log(1 + e^z) - y z, with the exponential of what is negative */
static complex_number loss_logistic(complex_number z, long double y)
{
    if (creall(z) > 0) return clogl(1 + cexpl(-z)) + (1 - y) * z;
    return clogl(1 + cexpl(z)) - y * z;
}

static complex_number loss_poisson(complex_number z, long double y)
{
    return cexpl(z) - y * z + lgammal(y + 1);
}

static complex_number loss_huber(complex_number z, long double y)
{
    const complex_number r = z - y;
    if (fabsl(creall(r)) <= delta) return r * r / 2;
    return creall(r) > 0 ? delta * r - delta * delta / 2.0L : -delta * r - delta * delta / 2.0L;
}

static complex_number loss_squared_hinge(complex_number z, long double y)
{
    const complex_number slack = 1 - (2 * y - 1) * z;
    return creall(slack) > 0 ? slack * slack : 0;
}

/* Their derivatives, by hand; a complex step through the losses checks them, and one through them gives the curvature. */
static complex_number slope_squares(complex_number z, long double y)
{
    return z - y;
}

static complex_number slope_logistic(complex_number z, long double y)
{
    if (creall(z) > 0) return 1 / (1 + cexpl(-z)) - y;
    return cexpl(z) / (1 + cexpl(z)) - y;
}

static complex_number slope_poisson(complex_number z, long double y)
{
    return cexpl(z) - y;
}

static complex_number slope_huber(complex_number z, long double y)
{
    const complex_number r = z - y;
    if (fabsl(creall(r)) <= delta) return r;
    return creall(r) > 0 ? delta : -delta;
}

static complex_number slope_squared_hinge(complex_number z, long double y)
{
    const complex_number slack = 1 - (2 * y - 1) * z;
    return creall(slack) > 0 ? -2 * (2 * y - 1) * slack : 0;
}

typedef enum domain { REAL, LABELS, COUNTS } domain;

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

typedef struct kind {
    const char *name;
    maker make;
    const gr_loss *loss;
    complex_number (*value)(complex_number z, long double y);
    complex_number (*slope)(complex_number z, long double y);
    domain response;
    double bound; /* of the curvature; Inf: none */
} kind;

static const kind kinds[] = {
    {"least squares", gradus_least_squares, &gr_loss_squares, loss_squares, slope_squares, REAL, 1.0},
    {"logistic", gradus_logistic, &gr_loss_logistic, loss_logistic, slope_logistic, LABELS, 0.25},
    {"Poisson", gradus_poisson, &gr_loss_poisson, loss_poisson, slope_poisson, COUNTS, INFINITY},
    {"Huber", gradus_huber, &gr_loss_huber, loss_huber, slope_huber, REAL, 1.0},
    {"squared hinge", gradus_squared_hinge, &gr_loss_squared_hinge, loss_squared_hinge, slope_squared_hinge,
     LABELS, 2.0},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static const double *response_of(const kind *k, const test_data *data)
{
    return k->response == LABELS ? data->labels : k->response == COUNTS ? data->counts : data->y;
}

/* ---- gradients ---- */

/* f at theta + i H e_j, without lasso */
static complex_number value_at(const kind *k, const test_data *data, const gradus_model_options *options,
                               const double *theta, size_t j)
{
    const double *y = response_of(k, data);
    complex_number sum = 0, penalty = 0;
    long double total = 0;
    for (size_t i = 0; i < M; i++) {
        const long double w = options->weights ? options->weights[i] : 1;
        complex_number z = options->offset ? options->offset[i] : 0;
        for (size_t c = 0; c < N; c++)
            z += *test_element(data->x, &data->X, i, c) * (theta[c] + (c == j ? H * I : 0));
        if (options->intercept) z += theta[N] + (j == N ? H * I : 0);
        sum += w * k->value(z, y[i]);
        total += w;
    }
    for (size_t c = 0; c < N; c++) {
        const complex_number t = theta[c] + (c == j ? H * I : 0);
        penalty += t * t;
    }
    return sum / total + options->ridge / 2 * penalty;
}

static void check_gradient(const kind *k, const test_data *data, const gradus_model_options *options,
                           const double *theta)
{
    static const test_loss oracles[KINDS] = {TEST_SQUARES, TEST_LOGISTIC, TEST_POISSON, TEST_HUBER,
                                             TEST_SQUARED_HINGE};
    const size_t size = N + (options->intercept ? 1 : 0);
    gradus_objective *f = NULL;
    double value, gradient[SIZE];
    cr_assert_eq(k->make(&data->X, response_of(k, data), options, &f), 0);
    cr_assert_eq(gradus_objective_evaluate(f, theta, &value, gradient), 0);
    test_oracle terms = test_oracle_make(oracles[k - kinds], &data->X, response_of(k, data), options, theta);
    const long double exact = creall(value_at(k, data, options, theta, SIZE));
    cr_assert(fabsl(value - exact) <= 32 * (long double)DBL_EPSILON * terms.value_terms,
              "%s: %.17g, not %.17Lg", k->name, value, exact);
    for (size_t j = 0; j < size; j++) {
        const long double slope = cimagl(value_at(k, data, options, theta, j)) / H;
        cr_assert(fabsl(gradient[j] - slope) <= 32 * (long double)DBL_EPSILON * terms.gradient_terms[j],
                  "%s, entry %zu: %.17g, not %.17Lg", k->name, j, gradient[j], slope);
    }
    test_oracle_free(&terms);
    gradus_objective_free(f);
}

Test(derivatives, gradients_of_every_model_by_complex_steps)
{
    for (uint64_t seed = 0; seed < 32 * KINDS; seed++) {
        const gradus_layout layout = seed & 1 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR;
        test_data data = test_data_make(seed, M, N, layout, seed % 3);
        test_random random = test_random_from(seed);
        gradus_model_options options = gradus_model_options_default();
        double theta[SIZE];
        options.huber = delta;
        options.weights = seed & 2 ? data.weights : NULL;
        options.offset = seed & 4 ? data.offset : NULL;
        options.intercept = seed & 8 ? 1 : 0;
        options.ridge = seed & 16 ? 0.3 : 0.0;
        for (size_t j = 0; j < SIZE; j++) theta[j] = 3.0 * test_random_uniform(&random);
        check_gradient(&kinds[seed % KINDS], &data, &options, theta);
        test_data_free(&data);
    }
}

/* ---- curvatures and their bounds ---- */

static double random_response(const kind *k, test_random *random)
{
    if (k->response == LABELS) return (double)test_random_below(random, 2);
    return k->response == COUNTS ? (double)test_random_below(random, 30) : 4.0 * test_random_uniform(random);
}

Test(derivatives, curvatures_by_complex_steps_and_below_their_bounds)
{
    test_random random = test_random_from(3);
    for (size_t i = 0; i < KINDS; i++) {
        const kind *k = &kinds[i];
        double largest = 0.0;
        cr_assert(test_same(k->loss->curvature_bound, k->bound), "%s", k->name);
        for (int round = 0; round < 20000; round++) {
            const double y = random_response(k, &random), w = 1.5 + test_random_uniform(&random);
            const double z = (k->response == REAL ? y : 0.0) +
                             (round % 4 ? 3.0 : 30.0) * test_random_uniform(&random);
            const gr_response response = {k->loss, &y, &w, NULL, delta};
            double curvature;
            k->loss->curvatures(&response, 0, 1, &z, &curvature);
            const long double slope = cimagl(k->value(z + H * I, y)) / H;
            cr_assert(fabsl(slope - creall(k->slope(z, y))) <=
                          1e-17L * (1 + fabsl(slope) + fabsl((long double)y)),
                      "%s: the oracle contradicts itself at %g, %g", k->name, z, y);
            const long double bend = cimagl(k->slope(z + H * I, y)) / H;
            cr_assert(fabsl(curvature - w * bend) <= 16 * (long double)DBL_EPSILON * w * bend,
                      "%s at %g, %g: %.17g, not %.17Lg", k->name, z, y, curvature, w * bend);
            cr_assert(curvature <= w * k->bound * (1.0 + 4.0 * DBL_EPSILON));
            largest = fmax(largest, curvature / w);
        }
        if (isfinite(k->bound))
            cr_assert(largest >= 0.999 * k->bound, "%s: the bound is not met: %g", k->name, largest);
    }
}

/* ||grad f(a) - grad f(b)|| <= (b lambda_max(X'DX)/W + lambda) ||a - b||, with lambda_max from 200 steps of the power method */
static double largest_eigenvalue(const test_data *data, const gradus_model_options *options)
{
    long double v[SIZE], total = 0, value = 0;
    const size_t size = N + (options->intercept ? 1 : 0);
    for (size_t i = 0; i < M; i++) total += options->weights ? options->weights[i] : 1;
    for (size_t j = 0; j < SIZE; j++) v[j] = 1 + 0.1L * (long double)j;
    for (int round = 0; round < 200; round++) {
        long double next[SIZE] = {0}, norm = 0;
        for (size_t i = 0; i < M; i++) {
            const long double w = options->weights ? options->weights[i] : 1;
            long double z = options->intercept ? v[N] : 0;
            for (size_t j = 0; j < N; j++) z += *test_element(data->x, &data->X, i, j) * v[j];
            for (size_t j = 0; j < N; j++) next[j] += w * z * *test_element(data->x, &data->X, i, j) / total;
            if (options->intercept) next[N] += w * z / total;
        }
        for (size_t j = 0; j < size; j++) norm += next[j] * next[j];
        value = sqrtl(norm);
        for (size_t j = 0; j < size; j++) v[j] = next[j] / value;
    }
    return (double)value;
}

Test(derivatives, gradients_are_as_steep_as_the_bound_says)
{
    for (uint64_t seed = 0; seed < 20 * KINDS; seed++) {
        const kind *k = &kinds[seed % KINDS];
        if (isinf(k->bound)) continue;
        test_data data = test_data_make(seed, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
        test_random random = test_random_from(seed);
        gradus_model_options options = gradus_model_options_default();
        options.huber = delta;
        options.weights = seed & 1 ? data.weights : NULL;
        options.intercept = seed & 2 ? 1 : 0;
        const size_t size = N + (options.intercept ? 1 : 0);
        const double limit = k->bound * largest_eigenvalue(&data, &options);
        gradus_objective *f = NULL;
        cr_assert_eq(k->make(&data.X, response_of(k, &data), &options, &f), 0);
        for (int round = 0; round < 50; round++) {
            double a[SIZE], b[SIZE], ga[SIZE], gb[SIZE], value, change = 0.0, way = 0.0;
            for (size_t j = 0; j < SIZE; j++) {
                a[j] = test_random_uniform(&random);
                b[j] = a[j] + 0.1 * test_random_uniform(&random);
            }
            cr_assert_eq(gradus_objective_evaluate(f, a, &value, ga), 0);
            cr_assert_eq(gradus_objective_evaluate(f, b, &value, gb), 0);
            for (size_t j = 0; j < size; j++) {
                change += (ga[j] - gb[j]) * (ga[j] - gb[j]);
                way += (a[j] - b[j]) * (a[j] - b[j]);
            }
            cr_assert(sqrt(change) <= limit * sqrt(way) * (1.0 + 1e-12), "%s: %g > %g", k->name,
                      sqrt(change / way), limit);
        }
        gradus_objective_free(f);
        test_data_free(&data);
    }
}

/* ---- proximal operators ---- */

static long double prox_energy(const gr_penalty *h, const double *P, double alpha, const double *v,
                               const double *x)
{
    long double sum = 0, square = 0;
    for (size_t j = 0; j < N; j++) {
        sum += (long double)h->lasso * fabsl((long double)x[j]) +
               (long double)P[j] * ((long double)x[j] - v[j]) * ((long double)x[j] - v[j]) /
                   (2 * (long double)alpha);
        square += (long double)x[j] * x[j];
        if (!(x[j] >= h->lower[j] && x[j] <= h->upper[j])) return INFINITY;
    }
    return h->radius > 0 && sqrtl(square) > h->radius * (1 + 1e-13L) ? INFINITY : sum;
}

/*
 * No point near the one found is better, in any direction; and of two the operator is firmly nonexpansive: sum P (p - q)^2 <=
 * sum P (p - q)(v - u). Bauschke and Combettes, Convex Analysis and Monotone Operator Theory, 2nd ed., Springer 2017, section 24.
 */
Test(derivatives, proximal_operators_minimise_and_are_firmly_nonexpansive)
{
    test_random random = test_random_from(11);
    for (int round = 0; round < 4000; round++) {
        double lower[N], upper[N], P[N], v[N], u[N], p[N], q[N], moved[N];
        for (size_t j = 0; j < N; j++) {
            lower[j] = round & 1 ? -0.2 - fabs(test_random_uniform(&random)) : -INFINITY;
            upper[j] = round & 2 ? 0.2 + fabs(test_random_uniform(&random)) : INFINITY;
            P[j] = 0.1 + fabs(test_random_uniform(&random));
            p[j] = v[j] = 2.0 * test_random_uniform(&random);
            q[j] = u[j] = 2.0 * test_random_uniform(&random);
        }
        const gr_penalty h = {
            .lasso = round & 4 ? 0.3 : 0.0, .lower = lower, .upper = upper, .radius = round & 8 ? 0.8 : 0.0};
        const double alpha = 0.05 + fabs(test_random_uniform(&random));
        gr_penalty_prox(&h, N, P, alpha, p);
        gr_penalty_prox(&h, N, P, alpha, q);
        const long double least = prox_energy(&h, P, alpha, v, p);
        cr_assert(least < (long double)INFINITY);
        for (int trial = 0; trial < 40; trial++) {
            const double step = pow(10.0, -1.0 - trial % 6);
            for (size_t j = 0; j < N; j++)
                moved[j] = p[j] + (trial & 1                ? step * test_random_uniform(&random)
                                   : j == (size_t)trial % N ? step
                                                            : 0.0);
            cr_assert(prox_energy(&h, P, alpha, v, moved) >= least - 1e-13L * (1 + fabsl(least)));
        }
        long double near = 0, along = 0;
        for (size_t j = 0; j < N; j++) {
            near += (long double)P[j] * (p[j] - q[j]) * (p[j] - q[j]);
            along += (long double)P[j] * (p[j] - q[j]) * (v[j] - u[j]);
        }
        cr_assert(near <= along + 1e-13L, "%Lg > %Lg", near, along);
    }
}

/* ---- every solve ---- */

/* Classes that overlap, so that every model has its optimum. */
static void mix_labels(test_data *data)
{
    for (size_t i = 0; i < M; i++) {
        const double z = 3.0 * *test_element(data->x, &data->X, i, 0) -
                         2.0 * *test_element(data->x, &data->X, i, 3);
        data->labels[i] = z + 1.5 * data->offset[i] > 0.0 ? 1.0 : 0.0;
    }
}

typedef struct travel {
    const char *name;
    gradus_method method;
    gradus_metric metric;
    gradus_step_rule rule;
} travel;

/* Those that promise that no step rises, and that go on to the optimum. */
static const travel travels[] = {
    {"automatic", GRADUS_METHOD_AUTOMATIC, GRADUS_METRIC_AUTOMATIC, GRADUS_STEP_AUTOMATIC},
    {"gradient, backtracking", GRADUS_METHOD_GRADIENT, GRADUS_METRIC_STANDARDIZED, GRADUS_STEP_BACKTRACKING},
    {"gradient, Wolfe", GRADUS_METHOD_GRADIENT, GRADUS_METRIC_IDENTITY, GRADUS_STEP_WOLFE},
    {"L-BFGS", GRADUS_METHOD_LBFGS, GRADUS_METRIC_IDENTITY, GRADUS_STEP_AUTOMATIC},
    {"conjugate gradient", GRADUS_METHOD_CONJUGATE_GRADIENT, GRADUS_METRIC_DIAGONAL, GRADUS_STEP_AUTOMATIC},
};

/* rounding: what the value's own sum may lose */
static void expect_no_rise(const char *name, const travel *by, const test_run *run)
{
    for (size_t step = 1; step < run->count; step++) {
        const double before = run->iterates[step - 1].seen.value, after = run->iterates[step].seen.value;
        cr_assert(after <= before + 1e-14 * (1.0 + fabs(before)), "%s, %s: step %zu rises by %g", name,
                  by->name, step, after - before);
    }
}

Test(derivatives, no_step_rises_and_every_optimum_is_one)
{
    static const test_loss oracles[KINDS] = {TEST_SQUARES, TEST_LOGISTIC, TEST_POISSON, TEST_HUBER,
                                             TEST_SQUARED_HINGE};
    for (size_t i = 0; i < KINDS * sizeof travels / sizeof *travels; i++) {
        const kind *k = &kinds[i % KINDS];
        const travel *by = &travels[i / KINDS];
        test_data data = test_data_make(70 + i, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
        double zeros[SIZE] = {0.0};
        gradus_model_options model = gradus_model_options_default();
        gradus_options options = gradus_options_default();
        mix_labels(&data);
        model.intercept = 1;
        model.huber = delta;
        model.ridge = i & 1 ? 0.01 : 0.0;
        options.method = by->method;
        options.metric = by->metric;
        options.step.rule = by->rule;
        gradus_objective *f = NULL;
        cr_assert_eq(k->make(&data.X, response_of(k, &data), &model, &f), 0);
        test_run run = test_solve(gradus_descend, f, zeros, &options);
        cr_assert(run.status == 0 && gradus_stop_converged(run.report.stop), "%s, %s: %s", k->name, by->name,
                  gradus_stop_sentence(run.report.stop));
        expect_no_rise(k->name, by, &run);
        test_oracle at = test_oracle_make(oracles[i % KINDS], &data.X, response_of(k, &data), &model,
                                          run.theta);
        for (size_t j = 0; j < SIZE; j++)
            cr_assert(fabsl(at.gradient[j]) <= 1e-9L * at.gradient_terms[j],
                      "%s, %s: entry %zu is %Lg of %Lg", k->name, by->name, j, at.gradient[j],
                      at.gradient_terms[j]);
        test_oracle_free(&at);
        test_run_free(&run);
        gradus_objective_free(f);
        test_data_free(&data);
    }
}

/*
 * With a lasso, bounds and a ball: 0 is in grad s + lambda_1 d|theta| + the constraints' normals. One multiplier mu >= 0 belongs to the ball,
 * mu theta_j to coefficient j.
 */
static void expect_conditions(const kind *k, const gradus_model_options *model, const double *theta,
                              const test_oracle *at)
{
    long double square = 0, mu = 0;
    for (size_t j = 0; j < N; j++) square += (long double)theta[j] * theta[j];
    const bool on_sphere = model->radius > 0 && sqrtl(square) >= model->radius * (1 - 1e-9L);
    cr_assert(model->radius == 0.0 || sqrtl(square) <= model->radius * (1 + 1e-12L), "%s", k->name);
    for (size_t j = 0; j < N && on_sphere; j++) { /* of the largest free entry */
        const bool inside = !model->lower || (theta[j] > model->lower[j] && theta[j] < model->upper[j]);
        const long double pull = -(at->gradient[j] + (theta[j] > 0 ? model->lasso : -model->lasso));
        if (inside && fabs(theta[j]) > 0.1 * model->radius) mu = pull / theta[j];
    }
    cr_assert(mu >= -1e-9L, "%s: the ball pulls the wrong way: %Lg", k->name, mu);
    for (size_t j = 0; j < N; j++) {
        const long double slope = at->gradient[j] + mu * theta[j],
                          tolerance = 1e-8L * (1 + at->gradient_terms[j]);
        long double low = slope - model->lasso, high = slope + model->lasso; /* of all subgradients */
        if (theta[j] > 0) low = high;
        if (theta[j] < 0) high = low;
        if (model->lower && theta[j] <= model->lower[j]) low = -INFINITY;
        if (model->upper && theta[j] >= model->upper[j]) high = INFINITY;
        cr_assert(low <= tolerance && high >= -tolerance, "%s: coefficient %zu, %g: 0 is not in [%Lg, %Lg]",
                  k->name, j, theta[j], low, high);
        cr_assert(!model->lower || (theta[j] >= model->lower[j] && theta[j] <= model->upper[j]));
    }
}

Test(derivatives, optima_with_a_lasso_and_constraints_fulfil_their_conditions)
{
    static const test_loss oracles[KINDS] = {TEST_SQUARES, TEST_LOGISTIC, TEST_POISSON, TEST_HUBER,
                                             TEST_SQUARED_HINGE};
    static const double lower[N] = {-0.1, 0.0, -INFINITY, -2.0, 0.0},
                        upper[N] = {0.2, 0.5, 0.1, 2.0, INFINITY};
    for (size_t i = 0; i < 8 * KINDS; i++) {
        const kind *k = &kinds[i % KINDS];
        const size_t variant = i / KINDS;
        test_data data = test_data_make(170 + i, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
        double zeros[SIZE] = {0.0};
        gradus_model_options model = gradus_model_options_default();
        mix_labels(&data);
        model.intercept = 1;
        model.huber = delta;
        model.lasso = variant & 1 ? 0.02 : 0.0;
        model.lower = variant & 2 ? lower : NULL;
        model.upper = variant & 2 ? upper : NULL;
        model.radius = variant & 4 ? 0.15 : 0.0;
        gradus_objective *f = NULL;
        cr_assert_eq(k->make(&data.X, response_of(k, &data), &model, &f), 0);
        test_run run = test_solve(gradus_descend, f, zeros, NULL);
        cr_assert(run.status == 0 && gradus_stop_converged(run.report.stop), "%s, variant %zu: %s", k->name,
                  variant, gradus_stop_sentence(run.report.stop));
        gradus_model_options smooth = model; /* the oracle knows loss and ridge */
        smooth.lasso = 0.0;
        test_oracle at = test_oracle_make(oracles[i % KINDS], &data.X, response_of(k, &data), &smooth,
                                          run.theta);
        expect_conditions(k, &model, run.theta, &at);
        cr_assert(fabsl(at.gradient[N]) <= 1e-8L * (1 + at.gradient_terms[N]), "%s: the intercept is free",
                  k->name);
        test_oracle_free(&at);
        test_run_free(&run);
        gradus_objective_free(f);
        test_data_free(&data);
    }
}

/* ---- several outputs ---- */

enum { K = 3, JOINT = K * SIZE };

/* log sum_c exp(z_c) - z_y, with the exponentials of what is not above 0 */
static complex_number loss_softmax(const complex_number *z, const double *y)
{
    long double most = creall(z[0]);
    complex_number sum = 0;
    for (size_t c = 1; c < K; c++) most = fmaxl(most, creall(z[c]));
    for (size_t c = 0; c < K; c++) sum += cexpl(z[c] - most);
    return clogl(sum) + most - z[(size_t)*y];
}

static void slopes_softmax(const complex_number *z, const double *y, complex_number *slope)
{
    long double most = creall(z[0]);
    complex_number sum = 0;
    for (size_t c = 1; c < K; c++) most = fmaxl(most, creall(z[c]));
    for (size_t c = 0; c < K; c++) sum += slope[c] = cexpl(z[c] - most);
    for (size_t c = 0; c < K; c++) slope[c] = slope[c] / sum - (c == (size_t)*y ? 1 : 0);
}

static complex_number loss_multiple(const complex_number *z, const double *y)
{
    complex_number sum = 0;
    for (size_t c = 0; c < K; c++) sum += loss_squares(z[c], y[c]);
    return sum;
}

static void slopes_multiple(const complex_number *z, const double *y, complex_number *slope)
{
    for (size_t c = 0; c < K; c++) slope[c] = z[c] - y[c];
}

static gradus_status softmax(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                             gradus_objective **objective)
{
    return gradus_softmax(X, y, K, options, objective);
}

static gradus_status multiple(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                              gradus_objective **objective)
{
    return gradus_least_squares_multiple(X, y, K, options, objective);
}

typedef struct joint_kind {
    const char *name;
    maker make;
    complex_number (*value)(const complex_number *z, const double *y);
    void (*slopes)(const complex_number *z, const double *y, complex_number *slope);
    size_t responses; /* columns of y */
    double bound;     /* of the curvature */
} joint_kind;

static const joint_kind joint_kinds[] = {
    {"softmax", softmax, loss_softmax, slopes_softmax, 1, 0.5},
    {"several responses", multiple, loss_multiple, slopes_multiple, K, 1.0},
};
enum { JOINT_KINDS = sizeof joint_kinds / sizeof *joint_kinds };

/* A problem of one of them: responses and offsets column after column */
typedef struct joint {
    const joint_kind *kind;
    test_data data;
    double y[M * K], offset[M * K];
    gradus_model_options options;
    gradus_objective *f;
} joint;

/* Classes that overlap, or responses: margins of the columns and as much noise */
static void fill_joint(joint *p, uint64_t seed)
{
    test_random random = test_random_from(seed + 5);
    for (size_t i = 0; i < M; i++) {
        double most = -(double)INFINITY;
        for (size_t c = 0; c < K; c++) {
            double z = 2.0 * test_random_uniform(&random);
            z += *test_element(p->data.x, &p->data.X, i, c) - *test_element(p->data.x, &p->data.X, i, N - 1);
            p->offset[c * M + i] = test_random_uniform(&random);
            if (p->kind->responses == K) p->y[c * M + i] = z;
            if (p->kind->responses == 1 && z > most) p->y[i] = (double)c;
            most = fmax(most, z);
        }
    }
}

static size_t joint_each(const joint *p)
{
    return N + (p->options.intercept ? 1 : 0);
}

/* The bits of `seed` say which options there are. */
static void joint_make(joint *p, uint64_t seed)
{
    p->kind = &joint_kinds[seed % JOINT_KINDS];
    p->data = test_data_make(seed, M, N, seed & 2 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR,
                             seed % 3);
    fill_joint(p, seed);
    p->options = gradus_model_options_default();
    p->options.weights = seed & 4 ? p->data.weights : NULL;
    p->options.offset = seed & 8 ? p->offset : NULL;
    p->options.intercept = seed & 16 ? 1 : 0;
    p->options.ridge = seed & 32 ? 0.3 : 0.0;
    p->f = NULL;
    cr_assert_eq(p->kind->make(&p->data.X, p->y, &p->options, &p->f), 0);
    cr_assert_eq(gradus_objective_size(p->f), K * joint_each(p));
}

static void joint_free(joint *p)
{
    gradus_objective_free(p->f);
    test_data_free(&p->data);
}

/* Margin c of row i at theta + i H e_entry; the sum of the absolute values of its terms */
static complex_number joint_margin(const joint *p, const double *theta, size_t entry, size_t i, size_t c,
                                   long double *terms)
{
    const size_t each = joint_each(p);
    complex_number z = p->options.offset ? p->options.offset[c * M + i] : 0;
    *terms = fabsl(creall(z));
    for (size_t j = 0; j < each; j++) {
        const long double x = j < N ? *test_element(p->data.x, &p->data.X, i, j) : 1;
        z += x * (theta[c * each + j] + (c * each + j == entry ? H * I : 0));
        *terms += fabsl(x * theta[c * each + j]);
    }
    return z;
}

/* Row i's margins, and its part of y; the largest sum of the absolute values of the terms, those of y too */
static long double joint_row(const joint *p, const double *theta, size_t entry, size_t i, complex_number *z,
                             double *y)
{
    long double most = 0, terms;
    for (size_t c = 0; c < K; c++) {
        y[c] = c < p->kind->responses ? p->y[c * M + i] : 0.0;
        z[c] = joint_margin(p, theta, entry, i, c, &terms);
        most = fmaxl(most, terms + (p->kind->responses == K ? fabsl((long double)y[c]) : 0));
    }
    return most;
}

static long double joint_weight(const joint *p, size_t i)
{
    return p->options.weights ? p->options.weights[i] : 1;
}

/* f at theta + i H e_entry, entry JOINT: at theta; beside it the terms in which its rounding is measured */
static complex_number joint_value_at(const joint *p, const double *theta, size_t entry, long double *terms)
{
    complex_number sum = 0, penalty = 0;
    long double total = 0;
    *terms = 0;
    for (size_t i = 0; i < M; i++) {
        complex_number z[K];
        double y[K];
        const long double of_row = joint_row(p, theta, entry, i, z, y), w = joint_weight(p, i);
        const complex_number loss = p->kind->value(z, y);
        sum += w * loss;
        *terms += w * (fabsl(creall(loss)) + (1 + of_row) * of_row);
        total += w;
    }
    for (size_t k = 0; k < K * joint_each(p); k++) {
        const complex_number t = theta[k] + (k == entry ? H * I : 0);
        if (k % joint_each(p) < N) penalty += p->options.ridge / 2 * t * t;
    }
    *terms = *terms / total + creall(penalty);
    return sum / total + penalty;
}

/* The gradient of loss and ridge by the slopes written down above, and the terms it is made of */
static void joint_gradient(const joint *p, const double *theta, long double *gradient, long double *terms)
{
    const size_t each = joint_each(p);
    long double total = 0;
    for (size_t k = 0; k < K * each; k++) gradient[k] = terms[k] = 0;
    for (size_t i = 0; i < M; i++) total += joint_weight(p, i);
    for (size_t i = 0; i < M; i++) {
        complex_number z[K], slope[K];
        double y[K];
        const long double of_row = joint_row(p, theta, JOINT, i, z, y), w = joint_weight(p, i) / total;
        p->kind->slopes(z, y, slope);
        for (size_t k = 0; k < K * each; k++) {
            const long double x = k % each < N ? *test_element(p->data.x, &p->data.X, i, k % each) : 1;
            gradient[k] += w * x * creall(slope[k / each]);
            terms[k] += w * fabsl(x) * (fabsl(creall(slope[k / each])) + of_row);
        }
    }
    for (size_t k = 0; k < K * each; k++) {
        const long double ridge = k % each < N ? p->options.ridge * (long double)theta[k] : 0;
        gradient[k] += ridge;
        terms[k] += fabsl(ridge);
    }
}

static void check_joint_gradient(const joint *p, const double *theta)
{
    double value, gradient[JOINT];
    long double value_terms, slope[JOINT], terms[JOINT], ignored;
    cr_assert_eq(gradus_objective_evaluate(p->f, theta, &value, gradient), 0);
    const long double exact = creall(joint_value_at(p, theta, JOINT, &value_terms));
    cr_assert(fabsl(value - exact) <= 32 * (long double)DBL_EPSILON * value_terms, "%s: %.17g, not %.17Lg",
              p->kind->name, value, exact);
    joint_gradient(p, theta, slope, terms);
    for (size_t k = 0; k < K * joint_each(p); k++) {
        const long double step = cimagl(joint_value_at(p, theta, k, &ignored)) / H;
        cr_assert(fabsl(step - slope[k]) <= 1e-17L * terms[k], "%s: the oracle contradicts itself",
                  p->kind->name);
        cr_assert(fabsl(gradient[k] - step) <= 32 * (long double)DBL_EPSILON * terms[k],
                  "%s, entry %zu: %.17g, not %.17Lg", p->kind->name, k, gradient[k], step);
    }
}

Test(derivatives, gradients_of_several_outputs_by_complex_steps)
{
    for (uint64_t seed = 0; seed < 128; seed++) {
        static joint p;
        test_random random = test_random_from(seed);
        double theta[JOINT];
        joint_make(&p, seed);
        for (size_t k = 0; k < JOINT; k++) theta[k] = 3.0 * test_random_uniform(&random);
        check_joint_gradient(&p, theta);
        joint_free(&p);
    }
}

/* The second derivatives between two outputs, which the Hessian is made of, by complex steps through the slopes. Where two classes share a
 * row alone, the Hessian along their difference is the bound, twice the weight of the pair. */
Test(derivatives, curvatures_between_classes_by_complex_steps)
{
    test_random random = test_random_from(5);
    double most = 0.0;
    for (int round = 0; round < 5000; round++) {
        const double label = (double)test_random_below(&random, K), w = 1.5 + test_random_uniform(&random);
        double margins[K];
        complex_number at[K], slope[K];
        for (size_t c = 0; c < K; c++) margins[c] = (round % 4 ? 3.0 : 30.0) * test_random_uniform(&random);
        if (round % 5 == 0) {
            margins[1] = margins[0];
            margins[2] -= 60.0;
        }
        const double z[K] = {margins[0], margins[1], margins[2]};
        const gr_outputs_response response = {.y = &label, .weights = &w, .rows = 1, .outputs = K};
        const gr_outputs_curvatures *curvatures = gr_loss_softmax.curvatures;
        const double largest = curvatures->prepare(&response, 0, 1, margins);
        for (size_t c = 0; c < K; c++) {
            for (size_t k = 0; k < K; k++) at[k] = z[k] + (k == c ? H * I : 0);
            const long double step = cimagl(loss_softmax(at, &label)) / H;
            slopes_softmax(at, &label, slope);
            cr_assert(fabsl(step - creall(slope[c])) <= 1e-17L, "the oracle contradicts itself");
            for (size_t d = 0; d < K; d++) {
                double weight;
                if (d == c) continue;
                curvatures->pair(&response, 0, 1, margins, c, d, &weight);
                const long double bend = -w * cimagl(slope[d]) / H;
                cr_assert(fabsl(weight - bend) <= 128 * (long double)DBL_EPSILON * bend,
                          "%zu and %zu: %.17g, not %.17Lg", c, d, weight, bend);
                cr_assert(weight <= largest * (1.0 + 4.0 * DBL_EPSILON));
                most = fmax(most, 2.0 * weight / w);
            }
        }
    }
    cr_assert(most <= gr_loss_softmax.curvature_bound * (1.0 + 4.0 * DBL_EPSILON) &&
                  most >= 0.999 * gr_loss_softmax.curvature_bound,
              "the bound is not met: %g", most);
}

/* ||grad f(a) - grad f(b)|| <= (b lambda_max(X'DX)/W + lambda) ||a - b|| */
Test(derivatives, gradients_of_several_outputs_are_as_steep_as_the_bound_says)
{
    for (uint64_t seed = 0; seed < 64; seed++) {
        static joint p;
        joint_make(&p, seed);
        const size_t size = K * joint_each(&p);
        const double limit = p.kind->bound * largest_eigenvalue(&p.data, &p.options) + p.options.ridge;
        test_random random = test_random_from(seed);
        for (int round = 0; round < 50; round++) {
            double a[JOINT], b[JOINT], ga[JOINT], gb[JOINT], value, change = 0.0, way = 0.0;
            for (size_t k = 0; k < size; k++) {
                a[k] = test_random_uniform(&random);
                b[k] = a[k] + 0.1 * test_random_uniform(&random);
            }
            cr_assert_eq(gradus_objective_evaluate(p.f, a, &value, ga), 0);
            cr_assert_eq(gradus_objective_evaluate(p.f, b, &value, gb), 0);
            for (size_t k = 0; k < size; k++) {
                change += (ga[k] - gb[k]) * (ga[k] - gb[k]);
                way += (a[k] - b[k]) * (a[k] - b[k]);
            }
            cr_assert(sqrt(change) <= limit * sqrt(way) * (1.0 + 1e-12), "%s: %g > %g", p.kind->name,
                      sqrt(change / way), limit);
        }
        joint_free(&p);
    }
}

static void travel_jointly(joint *p, const travel *by)
{
    const double zeros[JOINT] = {0.0};
    long double gradient[JOINT], terms[JOINT];
    gradus_options options = gradus_options_default();
    options.method = by->method;
    options.metric = by->metric;
    options.step.rule = by->rule;
    test_run run = test_solve(gradus_descend, p->f, zeros, &options);
    cr_assert(run.status == 0 && gradus_stop_converged(run.report.stop), "%s, %s: %s", p->kind->name,
              by->name, gradus_stop_sentence(run.report.stop));
    expect_no_rise(p->kind->name, by, &run);
    joint_gradient(p, run.theta, gradient, terms);
    for (size_t k = 0; k < K * joint_each(p); k++)
        cr_assert(fabsl(gradient[k]) <= 1e-9L * terms[k], "%s, %s: entry %zu is %Lg of %Lg", p->kind->name,
                  by->name, k, gradient[k], terms[k]);
    test_run_free(&run);
}

Test(derivatives, no_step_of_several_outputs_rises_and_every_optimum_is_one)
{
    for (uint64_t seed = 0; seed < 64; seed++) {
        static joint p;
        joint_make(&p, seed);
        for (size_t k = 0; k < sizeof travels / sizeof *travels; k++) travel_jointly(&p, &travels[k]);
        joint_free(&p);
    }
}
