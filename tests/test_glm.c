/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Poisson regression, Huber's loss, the squared hinge and the offset, solved: against Newton's method by plain loops in
 * extended precision, on data that is hard on purpose, and by the properties that the definitions promise.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

/* ---- Newton's method in long double, damped, from what is to be judged: where that is wrong, it goes elsewhere ---- */

enum { MOST = 24 };

typedef long double real;

typedef struct slope_and_bend {
    real loss, first, second;
} slope_and_bend;

static slope_and_bend at_margin(test_loss loss, real z, real y, real delta)
{
    if (loss == TEST_POISSON) {
        const real mean = expl(z); /* the loss less its value where the mean is y: nothing large cancels */
        const real u = y > 0 ? z - logl(y) : 0;
        return (slope_and_bend){y > 0 ? y * (expm1l(u) - u) : mean, mean - y, mean};
    }
    if (loss == TEST_SQUARED_HINGE) {
        const real s = 2 * y - 1, h = fmaxl(0, 1 - s * z);
        return (slope_and_bend){h * h, -2 * s * h, h > 0 ? 2 : 0};
    }
    if (loss == TEST_LOGISTIC) {
        const real e = expl(-fabsl(z)), p = z > 0 ? 1 / (1 + e) : e / (1 + e);
        return (slope_and_bend){(z > 0 ? z : 0) + log1pl(e) - y * z, p - y, p * (1 - p)};
    }
    const real r = z - y;
    if (loss == TEST_HUBER && fabsl(r) > delta)
        return (slope_and_bend){delta * (fabsl(r) - delta / 2), r > 0 ? delta : -delta, 0};
    return (slope_and_bend){r * r / 2, r, 1};
}

/* A problem as the library gets it. */
typedef struct problem {
    test_loss loss;
    const gradus_matrix *X;
    const double *y;
    const gradus_model_options *options;
    size_t p;
} problem;

static real element(const problem *q, size_t i, size_t j)
{
    return j < q->X->cols ? *test_element((double *)q->X->data, q->X, i, j) : 1.0L;
}

/* The objective times W, and unless NULL its gradient and Hessian */
static real look(const problem *q, const real *theta, real *g, real (*H)[MOST])
{
    const gradus_model_options *o = q->options;
    real value = 0, W = 0;
    for (size_t j = 0; g && j < q->p; j++) {
        g[j] = 0;
        for (size_t k = 0; k < q->p; k++) H[j][k] = 0;
    }
    for (size_t i = 0; i < q->X->rows; i++) {
        const real w = o->weights ? o->weights[i] : 1.0;
        real z = o->offset ? o->offset[i] : 0.0;
        for (size_t j = 0; j < q->p; j++) z += element(q, i, j) * theta[j];
        const slope_and_bend s = at_margin(q->loss, z, q->y[i], o->huber > 0 ? o->huber : 1.345L);
        W += w;
        if (w > 0) value += w * s.loss;
        for (size_t j = 0; g && w > 0 && j < q->p; j++) {
            g[j] += w * s.first * element(q, i, j);
            for (size_t k = 0; k < q->p; k++) H[j][k] += w * s.second * element(q, i, j) * element(q, i, k);
        }
    }
    for (size_t j = 0; j < q->X->cols; j++) {
        value += W * o->ridge * theta[j] * theta[j] / 2;
        if (g) g[j] += W * o->ridge * theta[j];
        if (g) H[j][j] += W * o->ridge;
    }
    return value;
}

/* d = H^(-1) g by Gauss's elimination of a positive definite matrix */
static void eliminate(size_t p, real (*H)[MOST], const real *g, real *d)
{
    for (size_t j = 0; j < p; j++) d[j] = g[j];
    for (size_t k = 0; k < p; k++) {
        for (size_t i = k + 1; i < p; i++) {
            const real factor = H[i][k] / H[k][k];
            for (size_t j = k; j < p; j++) H[i][j] -= factor * H[k][j];
            d[i] -= factor * d[k];
        }
    }
    for (size_t k = p; k-- > 0;) {
        for (size_t j = k + 1; j < p; j++) d[k] -= H[k][j] * d[j];
        d[k] /= H[k][k];
    }
}

/* Levenberg's damping, a share of the diagonal, while a step does not go down; near the optimum every step is taken whole */
static void newton(const problem *q, const double *start, double *answer)
{
    real theta[MOST] = {0}, trial[MOST] = {0}, g[MOST], H[MOST][MOST], d[MOST], damping = 0;
    bool done = false;
    for (size_t j = 0; j < q->p; j++) theta[j] = start[j];
    for (int step = 0; step < 300 && !done; step++) {
        const real value = look(q, theta, g, H);
        real size = 0, correction = 0;
        for (size_t j = 0; j < q->p; j++) H[j][j] *= 1 + damping;
        eliminate(q->p, H, g, d);
        for (size_t j = 0; j < q->p; j++) {
            trial[j] = theta[j] - d[j];
            size = fmaxl(size, fabsl(trial[j]));
            correction = fmaxl(correction, fabsl(d[j]));
        }
        const bool near = damping == 0 && correction <= 1e-6L * size;
        const bool taken = near || look(q, trial, NULL, NULL) <= value;
        if (taken) memcpy(theta, trial, sizeof theta);
        damping = taken ? (damping > 1e-3L ? damping / 10 : 0) : fmaxl(1e-3L, 10 * damping);
        done = near && correction <= 1e-15L * size;
    }
    cr_assert(done, "Newton's method in extended precision has not converged");
    for (size_t j = 0; j < q->p; j++) answer[j] = (double)theta[j];
}

/* ---- fits from zeros by default options ---- */

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

static maker maker_of(test_loss loss)
{
    static const maker makers[] = {[TEST_SQUARES] = gradus_least_squares,
                                   [TEST_LOGISTIC] = gradus_logistic,
                                   [TEST_POISSON] = gradus_poisson,
                                   [TEST_HUBER] = gradus_huber,
                                   [TEST_SQUARED_HINGE] = gradus_squared_hinge};
    return makers[loss];
}

static gradus_report fit(const problem *q, const gradus_options *options, double *theta)
{
    gradus_objective *f = NULL;
    gradus_report report;
    cr_assert_eq(maker_of(q->loss)(q->X, q->y, q->options, &f), 0);
    memset(theta, 0, q->p * sizeof *theta);
    const gradus_status status = gradus_descend(f, theta, options, &report);
    cr_assert_eq(status, 0, "%s", gradus_strerror(status));
    gradus_objective_free(f);
    return report;
}

static problem problem_of(test_loss loss, const gradus_matrix *X, const double *y,
                          const gradus_model_options *options)
{
    return (problem){loss, X, y, options, X->cols + (options->intercept ? 1 : 0)};
}

/* The largest error in units of the largest coefficient: one that is zero by chance has no digits of its own */
static double digits_of_largest(size_t p, const double *theta, const double *exact)
{
    double error = 0.0, size = 0.0;
    for (size_t j = 0; j < p; j++) {
        error = fmax(error, fabs(theta[j] - exact[j]));
        size = fmax(size, fabs(exact[j]));
    }
    return isnan(error) ? 0.0 : test_digits(size + error, size);
}

static void against_newton(const problem *q, double least_digits, const char *what)
{
    double theta[MOST], exact[MOST];
    const gradus_report report = fit(q, NULL, theta);
    newton(q, theta, exact);
    const double digits = digits_of_largest(q->p, theta, exact);
    cr_log_info("%s: %.1f digits, %.1f passes, %zu steps, %s; %s", what, digits, report.passes,
                report.iterations, gradus_stop_sentence(report.stop), report.metric_reason);
    cr_assert(gradus_stop_converged(report.stop), "%s: %s", what, gradus_stop_sentence(report.stop));
    cr_assert_geq(digits, least_digits, "%s: %.1f digits, %s", what, digits,
                  gradus_stop_sentence(report.stop));
}

/* ---- Poisson ---- */

/* A Poisson deviate: for large means a normal one, rounded, whose moments are right */
static double count_of(test_random *random, double mean)
{
    if (mean > 30.0) {
        double normal = 0.0;
        for (int k = 0; k < 12; k++) normal += 0.5 * test_random_uniform(random);
        return floor(fmax(0.0, mean + sqrt(mean) * normal + 0.5));
    }
    const double least = exp(-mean);
    double product = fabs(test_random_uniform(random));
    double count = 0.0;
    while (product > least) {
        product *= fabs(test_random_uniform(random));
        count += 1.0;
    }
    return count;
}

/* Counts of mean exp(level + spread * x'theta + offset_i), offsets +-`exposure` */
static void draw_counts(test_data *data, double level, double spread, double exposure)
{
    test_random random = test_random_from(991);
    for (size_t i = 0; i < data->X.rows; i++) {
        double z = level;
        for (size_t j = 0; j < data->X.cols; j++)
            z += spread * *test_element(data->x, &data->X, i, j) * data->theta[j];
        data->offset[i] *= exposure;
        data->counts[i] = count_of(&random, exp(z + data->offset[i]));
    }
}

typedef struct hard_case {
    const char *what;
    size_t m, n;
    double level, spread, exposure,
        shift; /* `shift` is added to every offset, and the intercept makes up for it */
} hard_case;

static const hard_case hard_cases[] = {
    {"moderate counts", 400, 6, 1.0, 1.0, 0.5, 0.0},
    {"few counts", 900, 4, -3.0, 1.0, 0.0, 0.0},
    {"large counts", 300, 6, 14.0, 1.0, 0.0, 0.0},
    {"very large counts", 300, 6, 27.0, 1.0, 0.0, 0.0},
    {"means over six decades", 500, 6, 6.0, 5.0, 0.0, 0.0},
    {"exposures over eight decades", 400, 5, 0.0, 1.0, 9.0, 0.0},
    {"means far above the counts at the start", 300, 5, 1.0, 1.0, 1.0, 30.0},
    {"means very far above the counts at the start", 300, 5, 1.0, 1.0, 1.0, 100.0},
    {"means far below the counts at the start", 300, 5, 1.0, 1.0, 1.0, -300.0},
    {"more rows than a sample", 9000, 5, 2.0, 1.0, 1.0, 0.0},
    {"more rows than a sample, large counts", 9000, 5, 20.0, 3.0, 4.0, 12.0},
};

static void solve_hard(const hard_case *c, int combination)
{
    test_data data = test_data_make(500 + c->m, c->m, c->n, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options options = gradus_model_options_default();
    draw_counts(&data, c->level, c->spread, c->exposure);
    for (size_t i = 0; i < c->m; i++) data.offset[i] += c->shift;
    options.intercept = 1;
    options.offset = data.offset;
    if (combination & 1) options.weights = data.weights;
    if (combination & 2) options.ridge = 0.3;
    const problem q = problem_of(TEST_POISSON, &data.X, data.counts, &options);
    against_newton(&q, 10.0, c->what);
    test_data_free(&data);
}

Test(glm, poisson_from_zeros_on_hard_data)
{
    for (size_t k = 0; k < sizeof hard_cases / sizeof *hard_cases; k++) {
        for (int combination = 0; combination < 4; combination++) solve_hard(&hard_cases[k], combination);
    }
}

/* The answer as a start: the run ends, and where it began. */
Test(glm, poisson_from_the_answer)
{
    test_data data = test_data_make(61, 300, 5, GRADUS_LAYOUT_COL_MAJOR, 0);
    gradus_model_options options = gradus_model_options_default();
    draw_counts(&data, 3.0, 1.0, 0.0);
    const problem q = problem_of(TEST_POISSON, &data.X, data.counts, &options);
    double theta[MOST], again[MOST];
    const gradus_report first = fit(&q, NULL, theta);
    gradus_objective *f = NULL;
    gradus_report second;
    memcpy(again, theta, sizeof again);
    cr_assert_eq(gradus_poisson(&data.X, data.counts, &options, &f), 0);
    cr_assert_eq(gradus_descend(f, again, NULL, &second), 0);
    cr_assert(gradus_stop_converged(first.stop) && gradus_stop_converged(second.stop), "%s",
              gradus_stop_sentence(second.stop));
    cr_assert_geq(digits_of_largest(q.p, again, theta), 11.0);
    gradus_objective_free(f);
    test_data_free(&data);
}

/* The loss where its terms cancel: z within a few standard deviations of log y, y up to 10^15. */
Test(glm, poisson_is_accurate_for_large_counts)
{
    const double one = 1.0;
    const gradus_matrix X = gradus_row_major(1, 1, &one, 1);
    test_random random = test_random_from(77);
    for (int k = 0; k < 500; k++) {
        const double y = k % 2 ? floor(pow(10.0, 1.3 + 0.027 * k)) : pow(10.0, 1.3 + 0.027 * k);
        const double z = log(y) + 4.0 * test_random_uniform(&random) / sqrt(y);
        const real u = z - logl(y), series = 1 / (12 * (real)y) - 1 / (360 * (real)y * y * y) +
                                             1 / (1260 * powl(y, 5)) - 1 / (1680 * powl(y, 7));
        const real exact = y * (expm1l(u) - u) + 0.5L * logl(2 * 3.14159265358979323846L * y) + series;
        double value, slope;
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_poisson(&X, &y, NULL, &f), 0);
        cr_assert_eq(gradus_objective_evaluate(f, &z, &value, &slope), 0);
        const double rounding = z * DBL_EPSILON; /* of z and of log y */
        const real allowed = 4 * DBL_EPSILON * exact + rounding * (fabsl(y * expm1l(u)) + y * rounding);
        cr_assert(fabsl(value - exact) <= allowed, "y = %g: %.17g for %.17Lg", y, value, exact);
        cr_assert(fabsl(slope - y * expm1l(u)) <= 2 * rounding * y, "y = %g: slope %g", y, slope);
        gradus_objective_free(f);
    }
}

/* exp overflows where no step may go: Inf, and never NaN; a row without weight has no say even there. */
Test(glm, poisson_at_extreme_margins)
{
    const double x[2] = {1.0, 1000.0}, y[2] = {3.0, 1e6}, weights[2] = {2.0, 0.0};
    const gradus_matrix X = gradus_row_major(2, 1, x, 1);
    gradus_model_options options = gradus_model_options_default();
    gradus_objective *f = NULL;
    double value, slope, theta = 2.0;
    cr_assert_eq(gradus_poisson(&X, y, &options, &f), 0);
    cr_assert_eq(gradus_objective_evaluate(f, &theta, &value, &slope), 0);
    cr_assert(isinf(value) && value > 0.0 && isinf(slope));
    theta = -1e290;
    cr_assert_eq(gradus_objective_evaluate(f, &theta, &value, &slope), 0);
    cr_assert(isfinite(value) && isfinite(slope));
    gradus_objective_free(f);
    options.weights = weights;
    theta = 2.0;
    cr_assert_eq(gradus_poisson(&X, y, &options, &f), 0);
    cr_assert_eq(gradus_objective_evaluate(f, &theta, &value, &slope), 0);
    cr_assert(fabs(value - (exp(2.0) - 6.0 + log(6.0))) <= 1e-14 && fabs(slope - (exp(2.0) - 3.0)) <= 1e-14);
    gradus_objective_free(f);
}

/* ---- the other losses, and offsets in all ---- */

static gradus_model_options combination(const test_data *data, int k)
{
    gradus_model_options options = gradus_model_options_default();
    if (k & 1) options.weights = data->weights;
    if (k & 2) options.ridge = 0.05;
    if (k & 4) options.intercept = 1;
    if (k & 8) options.offset = data->offset;
    if (k & 8) options.huber = 0.7;
    return options;
}

static const double *response(test_loss loss, const test_data *data)
{
    if (loss == TEST_POISSON) return data->counts;
    return loss == TEST_SQUARES || loss == TEST_HUBER ? data->y : data->labels;
}

static const char *const names[] = {[TEST_SQUARES] = "least squares",
                                    [TEST_LOGISTIC] = "logistic",
                                    [TEST_POISSON] = "Poisson",
                                    [TEST_HUBER] = "Huber",
                                    [TEST_SQUARED_HINGE] = "squared hinge"};

Test(glm, every_loss_against_newton)
{
    for (int loss = TEST_SQUARES; loss <= TEST_SQUARED_HINGE; loss++) {
        for (int k = 0; k < 16; k++) {
            test_data data = test_data_make(80 + (uint64_t)k, 200, 6, GRADUS_LAYOUT_ROW_MAJOR, 1);
            const gradus_model_options options = combination(&data, k);
            const problem q = problem_of((test_loss)loss, &data.X, response((test_loss)loss, &data),
                                         &options);
            against_newton(&q, 10.0, names[loss]);
            test_data_free(&data);
        }
    }
}

/* Outliers a million times the noise move Huber's fit a little, and least squares a lot. */
Test(glm, huber_resists_outliers)
{
    enum { M = 300, N = 4 };
    test_data data = test_data_make(90, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options options = gradus_model_options_default();
    options.huber = 0.0134;
    for (size_t i = 0; i < M; i++) {
        data.y[i] = 0.01 * data.y[i];
        for (size_t j = 0; j < N; j++) data.y[i] += data.x[i * N + j] * data.theta[j];
        if (i % 17 == 0) data.y[i] += 1e4 * data.labels[i];
    }
    const problem robust = problem_of(TEST_HUBER, &data.X, data.y, &options);
    const problem plain = problem_of(TEST_SQUARES, &data.X, data.y, &options);
    double theta[MOST], least_squares[MOST];
    against_newton(&robust, 10.0, "Huber with outliers");
    (void)fit(&robust, NULL, theta);
    (void)fit(&plain, NULL, least_squares);
    double error = 0.0, worse = 0.0;
    for (size_t j = 0; j < N; j++) {
        error = fmax(error, fabs(theta[j] - data.theta[j]));
        worse = fmax(worse, fabs(least_squares[j] - data.theta[j]));
    }
    cr_assert(error < 0.01 && worse > 10.0, "%g, %g", error, worse);
    test_data_free(&data);
}

/* Classes that a plane separates have an optimum here, of value 0. */
Test(glm, squared_hinge_on_separable_classes)
{
    test_data data = test_data_make(91, 120, 5, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t i = 0; i < 120; i++) data.labels[i] = data.x[5 * i] + data.x[5 * i + 1] > 0.0 ? 1.0 : 0.0;
    const gradus_model_options options = gradus_model_options_default();
    const problem q = problem_of(TEST_SQUARED_HINGE, &data.X, data.labels, &options);
    double theta[MOST];
    const gradus_report report = fit(&q, NULL, theta);
    cr_assert(gradus_stop_converged(report.stop), "%s", gradus_stop_sentence(report.stop));
    cr_assert_leq(report.value, 1e-20);
    test_data_free(&data);
}

/* ---- a weight counts its row, in every loss and by every method ---- */

enum { ROWS = 60, COLS = 4 };

/* Rows of `data` repeated as often as their weights say, which are whole */
static test_data repeat(test_data *data)
{
    test_data copy = test_data_make(7, (size_t)3 * ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    size_t rows = 0;
    for (size_t i = 0; i < ROWS; i++) {
        for (int k = 0; k < (int)data->weights[i]; k++, rows++) {
            for (size_t j = 0; j < COLS; j++) copy.x[rows * COLS + j] = data->x[i * COLS + j];
            copy.y[rows] = data->y[i];
            copy.labels[rows] = data->labels[i];
            copy.counts[rows] = data->counts[i];
            copy.offset[rows] = data->offset[i];
        }
    }
    copy.X.rows = rows;
    return copy;
}

static gradus_options way(int method, int metric)
{
    gradus_options options = gradus_options_default();
    options.method = (gradus_method)method;
    options.metric = (gradus_metric)metric;
    options.step.rule = method == GRADUS_METHOD_AUTOMATIC ? GRADUS_STEP_AUTOMATIC : GRADUS_STEP_BACKTRACKING;
    options.stop.gradient_tolerance = 1e-11;
    return options;
}

static void weighted_as_repeated(test_loss loss, const test_data *data, const test_data *copy, int k)
{
    const gradus_model_options weighted = combination(data, k | 1), plain = combination(copy, k & ~1);
    const problem q = problem_of(loss, &data->X, response(loss, data), &weighted);
    const problem r = problem_of(loss, &copy->X, response(loss, copy), &plain);
    for (int method = GRADUS_METHOD_AUTOMATIC; method <= GRADUS_METHOD_CONJUGATE_GRADIENT; method++) {
        if (method == GRADUS_METHOD_HEAVY_BALL) continue; /* wants steps of its own: below */
        for (int metric = GRADUS_METRIC_AUTOMATIC; metric <= GRADUS_METRIC_SAMPLED_HESSIAN; metric++) {
            const gradus_options options = way(method, metric);
            double a[MOST], b[MOST];
            const gradus_report first = fit(&q, &options, a), second = fit(&r, &options, b);
            cr_assert(gradus_stop_converged(first.stop) && gradus_stop_converged(second.stop),
                      "%s, method %d, metric %d: %s; %s", names[loss], method, metric,
                      gradus_stop_sentence(first.stop), gradus_stop_sentence(second.stop));
            cr_assert_geq(digits_of_largest(q.p, a, b), 8.0, "%s, method %d, metric %d: %.1f", names[loss],
                          method, metric, digits_of_largest(q.p, a, b));
        }
    }
}

/* Methods whose steps have lengths of their own: the same iterates. SVRG draws other rows of the longer data: the same answer. */
static void weighted_as_repeated_in_steps(test_loss loss, const test_data *data, const test_data *copy,
                                          gradus_method method)
{
    const gradus_model_options weighted = combination(data, 15), plain = combination(copy, 14);
    const problem q = problem_of(loss, &data->X, response(loss, data), &weighted);
    const problem r = problem_of(loss, &copy->X, response(loss, copy), &plain);
    const bool drawn = method == GRADUS_METHOD_SVRG;
    gradus_options options = gradus_options_default();
    options.method = method;
    options.step = gradus_step_fixed(0.02);
    options.stop.max_iterations = drawn ? 1000000 : 50;
    if (drawn) options.batch.rows = 6, options.stop.max_epochs = 100000;
    if (drawn) options.stop.gradient_tolerance = 1e-9;
    double a[MOST], b[MOST];
    const gradus_report first = fit(&q, &options, a), second = fit(&r, &options, b);
    if (drawn)
        cr_assert(gradus_stop_converged(first.stop) && gradus_stop_converged(second.stop), "%s: %s; %s",
                  names[loss], gradus_stop_sentence(first.stop), gradus_stop_sentence(second.stop));
    cr_assert_geq(digits_of_largest(q.p, a, b), drawn ? 6.0 : 11.0, "%s, method %d: %.1f", names[loss],
                  (int)method, digits_of_largest(q.p, a, b));
}

Test(glm, a_weight_counts_its_row_by_every_method)
{
    test_data data = test_data_make(95, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t i = 0; i < ROWS; i++) data.weights[i] = (double)((i * i + 1) % 4);
    test_data copy = repeat(&data);
    for (int loss = TEST_SQUARES; loss <= TEST_SQUARED_HINGE; loss++) {
        for (int k = 2; k < 16; k += 4) weighted_as_repeated((test_loss)loss, &data, &copy, k);
        weighted_as_repeated_in_steps((test_loss)loss, &data, &copy, GRADUS_METHOD_HEAVY_BALL);
        weighted_as_repeated_in_steps((test_loss)loss, &data, &copy, GRADUS_METHOD_ADAM);
        weighted_as_repeated_in_steps((test_loss)loss, &data, &copy, GRADUS_METHOD_SVRG);
    }
    test_data_free(&data);
    test_data_free(&copy);
}

/* ---- what least squares does with an offset: exactly that of y less the offset ---- */

Test(glm, least_squares_with_an_offset_in_every_way)
{
    for (int k = 0; k < 8; k++) {
        test_data data = test_data_make(96, ROWS, COLS, GRADUS_LAYOUT_COL_MAJOR, 1);
        gradus_model_options with = combination(&data, k), without = with;
        double less[ROWS], a[MOST], b[MOST], closed[MOST];
        with.offset = data.offset;
        for (size_t i = 0; i < ROWS; i++) {
            data.offset[i] = floor(64.0 * data.offset[i]) / 64.0; /* so that nothing is rounded */
            data.y[i] = floor(1024.0 * data.y[i]) / 1024.0;
            less[i] = data.y[i] - data.offset[i];
        }
        gradus_options refined = gradus_options_default(), compressed = refined;
        refined.refine = compressed.compress = 1;
        const gradus_options *const options[] = {NULL, &refined, &compressed};
        const problem q = problem_of(TEST_SQUARES, &data.X, data.y, &with);
        const problem r = problem_of(TEST_SQUARES, &data.X, less, &without);
        for (size_t way = 0; way < 3; way++) {
            (void)fit(&q, options[way], a);
            (void)fit(&r, options[way], b);
            cr_assert_geq(test_worst_digits(q.p, a, b), way == 1 ? 15.0 : 12.0, "way %zu", way);
        }
        cr_assert_eq(
            gradus_reference_least_squares(&data.X, data.y, &with, GRADUS_REFERENCE_QR, closed, NULL), 0);
        cr_assert_geq(test_worst_digits(q.p, closed, b), 12.0);
        gradus_certificate certificate;
        cr_assert_eq(gradus_certify_least_squares(&data.X, data.y, &with, a, &certificate), 0);
        cr_assert_leq(certificate.backward_error, 1e-14);
        test_data_free(&data);
    }
}

/* ---- what is refused ---- */

static gradus_error refused(test_loss loss, const test_data *data, gradus_model_options options,
                            gradus_status expected)
{
    gradus_error error;
    gradus_objective *f = NULL;
    options.error = &error;
    cr_assert_eq(maker_of(loss)(&data->X, response(loss, data), &options, &f), expected, "%s", names[loss]);
    cr_assert_null(f);
    return error;
}

Test(glm, bad_input_is_refused_by_name)
{
    test_data data = test_data_make(97, 20, 2, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options options = gradus_model_options_default();
    data.counts[7] = -1e-300;
    data.labels[9] = -1.0;
    data.offset[11] = (double)NAN;
    gradus_error error = refused(TEST_POISSON, &data, options, GRADUS_ERROR_COUNT);
    cr_assert(error.row == 7 && error.measured == -1e-300, "%s", error.sentence);
    error = refused(TEST_SQUARED_HINGE, &data, options, GRADUS_ERROR_LABEL);
    cr_assert(error.row == 9 && error.measured == -1.0, "%s", error.sentence);
    options.offset = data.offset;
    error = refused(TEST_SQUARES, &data, options, GRADUS_ERROR_OPTION);
    cr_assert(error.row == 11 && isnan(error.measured), "%s", error.sentence);
    data.counts[3] = (double)NAN;
    error = refused(TEST_POISSON, &data, options, GRADUS_ERROR_RESPONSE_NOT_FINITE);
    cr_assert_eq(error.row, 3);
    static const double bad[] = {-1.0, (double)NAN, (double)INFINITY};
    options.offset = NULL;
    for (size_t k = 0; k < 3; k++) {
        options.huber = bad[k];
        (void)refused(TEST_HUBER, &data, options, GRADUS_ERROR_OPTION);
    }
    test_data_free(&data);
}

/* From a start whose value is 1e30 and more a line search may give up far from the optimum; that is not convergence. */
Test(glm, standing_still_after_a_huge_start_is_not_convergence)
{
    for (uint64_t seed = 0; seed < 24; seed++) {
        test_data data = test_data_make(700 + seed, 41, 5, GRADUS_LAYOUT_COL_MAJOR, 0);
        gradus_model_options model = gradus_model_options_default();
        model.intercept = 1;
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_poisson(&data.X, data.counts, &model, &f), 0);
        gradus_options options = gradus_options_default();
        options.method = GRADUS_METHOD_NESTEROV;
        options.metric = GRADUS_METRIC_DIAGONAL;
        options.stop.gradient_tolerance = GRADUS_OFF;
        options.stop.max_iterations = 3000;
        gradus_report far, near;
        double from_far[6], from_zero[6] = {0.0};
        for (size_t j = 0; j < 6; j++) from_far[j] = 60.0 * data.theta[j] + 4.0 * (double)seed;
        cr_assert_eq(gradus_descend(f, from_zero, NULL, &near), 0);
        const gradus_status status = gradus_descend(f, from_far, &options, &far);
        cr_assert(status == 0 || status == GRADUS_ERROR_START_VALUE);
        if (status == 0 && gradus_stop_converged(far.stop))
            cr_assert_leq(far.value - near.value, 1e-8 * fabs(near.value), "seed %zu: %s, %g above",
                          (size_t)seed, gradus_stop_sentence(far.stop), far.value - near.value);
        gradus_objective_free(f);
        test_data_free(&data);
    }
}

/* Followed to working precision, a run ends there: it does not search rounding for smaller gradients. */
Test(glm, working_precision_is_an_end)
{
    enum { M = 60, N = 10 };
    for (uint64_t seed = 0; seed < 20; seed++) {
        test_random random = test_random_from(seed);
        double x[M * N], y[M], theta[N] = {0.0};
        for (size_t i = 0; i < M * N; i++) x[i] = test_random_uniform(&random);
        for (size_t i = 0; i < M; i++) y[i] = floor(exp(2.5 + x[i * N] - x[i * N + 1]));
        const gradus_matrix X = gradus_row_major(M, N, x, N);
        gradus_options options = gradus_options_default();
        gradus_objective *f = NULL;
        gradus_report report;
        options.stop.gradient_tolerance = GRADUS_OFF;
        cr_assert_eq(gradus_poisson(&X, y, NULL, &f), 0);
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_expect(gradus_stop_converged(report.stop) && report.gradient_norm <= 1e-13, "%g",
                  report.gradient_norm);
        cr_expect(report.evaluations <= 120, "seed %d: %zu evaluations", (int)seed, report.evaluations);
        gradus_objective_free(f);
    }
}
