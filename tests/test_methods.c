/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Nesterov's method and the conjugate gradient against their textbooks, iterate by iterate, in every metric; the metrics
 * against matrices made by plain loops; rates of convergence against theorems.
 *
 * The textbooks know no metric. In the variables phi of theta = theta_0 + C phi, where CC' = P^(-1), steepest descent in the
 * metric P is the plain one, so they are run there.
 */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "least_squares.h"
#include "support.h"

/* ---- models; the metric that a sample of the rows makes is in test_sample.c ---- */

enum { M = 40, N = 5, P = N + 1, CASES = 16, LAST_METRIC = GRADUS_METRIC_QR };

/* A model in one of CASES variants, and a start. */
typedef struct setting {
    test_data data;
    gradus_model_options model;
    test_loss loss;
    gradus_objective *f;
    size_t n;
} setting;

/* Columns of sizes 1 to 1/9, each with a mean; bit 0: weights, 1: ridge, 2: intercept, 3: logistic. */
static setting setting_make(uint64_t seed, int variant)
{
    setting s = {.data = test_data_make(seed, M, N,
                                        variant % 3 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR, 2),
                 .model = gradus_model_options_default(),
                 .loss = variant & 8 ? TEST_LOGISTIC : TEST_SQUARES};
    for (size_t i = 0; i < M; i++) {
        for (size_t j = 0; j < N; j++) {
            double *x = test_element(s.data.x, &s.data.X, i, j);
            *x = (*x + 0.3) / (1.0 + 2.0 * (double)j);
        }
    }
    if (variant & 1) s.model.weights = s.data.weights;
    if (variant & 2) s.model.ridge = 0.05;
    if (variant & 4) s.model.intercept = 1;
    const gradus_status status = s.loss == TEST_LOGISTIC
                                     ? gradus_logistic(&s.data.X, s.data.labels, &s.model, &s.f)
                                     : gradus_least_squares(&s.data.X, s.data.y, &s.model, &s.f);
    cr_assert_eq(status, 0);
    s.n = gradus_objective_size(s.f);
    return s;
}

static void setting_free(setting *s)
{
    gradus_objective_free(s->f);
    test_data_free(&s->data);
}

static void oracle_gradient(const setting *s, const double *theta, double *gradient)
{
    test_oracle oracle = test_oracle_make(
        s->loss, &s->data.X, s->loss == TEST_LOGISTIC ? s->data.labels : s->data.y, &s->model, theta);
    for (size_t j = 0; j < s->n; j++) gradient[j] = (double)oracle.gradient[j];
    test_oracle_free(&oracle);
}

static double entry_of(const setting *s, size_t i, size_t j)
{
    return j < N ? *test_element(s->data.x, &s->data.X, i, j) : 1.0;
}

static double weight_of(const setting *s, size_t i)
{
    return s->model.weights ? s->model.weights[i] : 1.0;
}

static double weight_of_all(const setting *s)
{
    double total = 0.0;
    for (size_t i = 0; i < M; i++) total += weight_of(s, i);
    return total;
}

/* d^2 loss / dz^2 of row i at theta; its bound where theta is NULL */
static double curvature_of(const setting *s, size_t i, const double *theta)
{
    if (s->loss == TEST_SQUARES) return 1.0;
    if (!theta) return 0.25;
    double z = 0.0;
    for (size_t j = 0; j < s->n; j++) z += entry_of(s, i, j) * theta[j];
    const double p = 1.0 / (1.0 + exp(-z));
    return p * (1.0 - p);
}

/* [X 1]'D B [X 1]/W + lambda I, the intercept without lambda; B the curvatures at theta */
static void gram_by_hand(const setting *s, const double *theta, double *gram)
{
    const size_t n = s->n;
    for (size_t j = 0; j < n; j++) {
        for (size_t k = 0; k < n; k++) {
            long double sum = 0;
            for (size_t i = 0; i < M; i++)
                sum += (long double)weight_of(s, i) * curvature_of(s, i, theta) * entry_of(s, i, j) *
                       entry_of(s, i, k);
            gram[j * n + k] = (double)(sum / weight_of_all(s)) + (j == k && j < N ? s->model.ridge : 0.0);
        }
    }
}

/* ---- the metrics, by plain loops ---- */

static void invert(size_t n, const double *matrix, double *inverse)
{
    long double copy[P * P], column[P];
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < n * n; i++) copy[i] = matrix[i];
        for (size_t i = 0; i < n; i++) column[i] = i == k;
        eliminate(n, copy, column);
        for (size_t i = 0; i < n; i++) inverse[i * n + k] = (double)column[i];
    }
}

/* center and scale of column j: mean (0 without intercept), and the root of variance + lambda/b */
static void column_by_hand(const setting *s, size_t j, double *center, double *scale)
{
    const double bound = curvature_of(s, 0, NULL), total = weight_of_all(s);
    long double mean = 0, square = 0;
    for (size_t i = 0; i < M && s->model.intercept; i++) mean += weight_of(s, i) * entry_of(s, i, j) / total;
    for (size_t i = 0; i < M; i++)
        square += weight_of(s, i) * (entry_of(s, i, j) - mean) * (entry_of(s, i, j) - mean) / total;
    *center = (double)mean;
    *scale = (double)sqrtl(square + s->model.ridge / bound);
}

/* TT' of theta = T phi: theta_j = phi_j/s_j, theta_0 = phi_0 - sum c_j phi_j/s_j */
static void standardised_by_hand(const setting *s, double *inverse)
{
    const size_t n = s->n;
    double t[P * P] = {0.0};
    for (size_t j = 0; j < N; j++) {
        double center, scale;
        column_by_hand(s, j, &center, &scale);
        t[j * n + j] = 1.0 / scale;
        if (n > N) t[N * n + j] = -center / scale;
    }
    if (n > N) t[N * n + N] = 1.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            inverse[i * n + j] = 0.0;
            for (size_t k = 0; k < n; k++) inverse[i * n + j] += t[i * n + k] * t[j * n + k];
        }
    }
}

/* P^(-1), n x n. X has so few rows that the sketch and the sample are X itself. */
static void inverse_metric(const setting *s, gradus_metric metric, const double *start, double *inverse)
{
    const size_t n = s->n;
    double gram[P * P];
    gram_by_hand(s, metric == GRADUS_METRIC_HESSIAN ? start : NULL, gram);
    if (metric == GRADUS_METRIC_STANDARDIZED) {
        standardised_by_hand(s, inverse);
        return;
    }
    const bool diagonal = metric == GRADUS_METRIC_IDENTITY || metric == GRADUS_METRIC_DIAGONAL;
    for (size_t i = 0; i < n * n && diagonal; i++) {
        if (i % (n + 1) != 0)
            gram[i] = 0.0;
        else if (metric == GRADUS_METRIC_IDENTITY)
            gram[i] = 1.0;
    }
    invert(n, gram, inverse);
}

/* The metric that runs: X has too few rows for a sketch. */
static gradus_metric that_runs(gradus_metric metric)
{
    return metric == GRADUS_METRIC_SKETCH ? GRADUS_METRIC_QR : metric;
}

/* A step that every metric allows: 1 / trace(P^(-1) H), with H the bound of the Hessian */
static double allowed_step(const setting *s, const double *inverse)
{
    double gram[P * P], trace = 0.0;
    gram_by_hand(s, NULL, gram);
    for (size_t i = 0; i < s->n; i++) {
        for (size_t k = 0; k < s->n; k++) trace += inverse[i * s->n + k] * gram[k * s->n + i];
    }
    return 1.0 / trace;
}

static gradus_options travel_by(gradus_method method, gradus_metric metric, gradus_step step, int64_t steps)
{
    gradus_options options = gradus_options_default();
    options.method = method;
    options.metric = metric;
    options.step = step;
    options.stop.max_iterations = steps;
    options.stop.gradient_tolerance = GRADUS_OFF;
    return options;
}

static void first_step_is_the_metrics(const setting *s, gradus_metric metric)
{
    double inverse[P * P], gradient[P];
    inverse_metric(s, metric, s->data.theta, inverse);
    const double alpha = allowed_step(s, inverse);
    const gradus_options options = travel_by(GRADUS_METHOD_GRADIENT, metric, gradus_step_fixed(alpha), 1);
    test_run run = test_solve(gradus_descend, s->f, s->data.theta, &options);
    cr_assert(run.status == 0 && run.count == 2, "metric %d: %d", (int)metric, run.status);
    oracle_gradient(s, s->data.theta, gradient);
    double expected[P];
    for (size_t i = 0; i < s->n; i++) {
        long double step = 0;
        for (size_t k = 0; k < s->n; k++) step += (long double)inverse[i * s->n + k] * gradient[k];
        expected[i] = (double)(s->data.theta[i] - alpha * step);
    }
    cr_assert(test_worst_digits(s->n, run.theta, expected) >= 11, "metric %d: %g digits", (int)metric,
              test_worst_digits(s->n, run.theta, expected));
    test_run_free(&run);
}

/* Beside a ridge even columns of zeros and constant columns have a metric. */
static void flatten(setting *s)
{
    for (size_t i = 0; i < M; i++) {
        *test_element(s->data.x, &s->data.X, i, 1) = 0.0;
        *test_element(s->data.x, &s->data.X, i, 3) = 0.25;
    }
}

Test(methods, every_metric_is_its_formula)
{
    for (int k = 0; k < 2 * CASES; k++) {
        const int variant = k % CASES;
        setting s = setting_make(300 + (uint64_t)k, variant);
        if (k >= CASES && s.model.ridge > 0.0) flatten(&s);
        for (int metric = GRADUS_METRIC_IDENTITY; metric <= LAST_METRIC; metric++)
            first_step_is_the_metrics(&s, (gradus_metric)metric);
        setting_free(&s);
    }
}

/* ---- the textbooks ---- */

/* A journey in phi: theta = start + C phi. */
typedef struct journey {
    const setting *s;
    const double *start;
    double c[P * P]; /* lower triangle */
} journey;

/* CC' = inverse, by Cholesky's formulas */
static journey journey_make(const setting *s, gradus_metric metric, const double *start)
{
    const size_t n = s->n;
    journey way = {.s = s, .start = start};
    inverse_metric(s, metric, start, way.c);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            double sum = way.c[i * n + j];
            for (size_t k = 0; k < j; k++) sum -= way.c[i * n + k] * way.c[j * n + k];
            way.c[i * n + j] = i < j ? 0.0 : i == j ? sqrt(sum) : sum / way.c[j * n + j];
        }
    }
    return way;
}

static void to_theta(const journey *way, const double *phi, double *theta)
{
    const size_t n = way->s->n;
    for (size_t i = 0; i < n; i++) {
        theta[i] = way->start[i];
        for (size_t k = 0; k <= i; k++) theta[i] += way->c[i * n + k] * phi[k];
    }
}

/* C' grad f(start + C phi) */
static void gradient_at(const journey *way, const double *phi, double *gradient)
{
    const size_t n = way->s->n;
    double theta[P], raw[P];
    to_theta(way, phi, theta);
    oracle_gradient(way->s, theta, raw);
    for (size_t k = 0; k < n; k++) {
        gradient[k] = 0.0;
        for (size_t i = k; i < n; i++) gradient[k] += way->c[i * n + k] * raw[i];
    }
}

static double dot(size_t n, const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* Is the iterate where the textbook is, relative to the way that lies behind it? */
static void same_place(const journey *way, const test_run *run, size_t k, const double *phi, double tolerance,
                       const char *what)
{
    double theta[P], difference = 0.0, travelled = 0.0;
    to_theta(way, phi, theta);
    for (size_t i = 0; i < way->s->n; i++) {
        const double gap = run->iterates[k].theta[i] - theta[i], moved = theta[i] - way->start[i];
        difference += gap * gap;
        travelled += moved * moved;
    }
    cr_assert(sqrt(difference) <= tolerance * sqrt(travelled), "%s, iterate %zu: off by %g of %g", what, k,
              sqrt(difference), sqrt(travelled));
}

enum { STEPS = 40 };

/*
 * FISTA without the proximal map, Beck and Teboulle, SIAM J. Imaging Sci. 2 (2009) 183, (4.1)-(4.3), restarted by
 * O'Donoghue and Candes, Found. Comput. Math. 15 (2015) 715, section 3.2: y, x, x_old and t as they have them.
 * Returns the number of restarts.
 */
static size_t follow_fista(const journey *way, const test_run *run, double alpha)
{
    const size_t n = way->s->n;
    double y[P] = {0.0}, x[P], x_old[P] = {0.0}, gradient[P], t = 1.0;
    size_t restarts = 0;
    for (size_t k = 0; k < run->count; k++) {
        same_place(way, run, k, y, 1e-9, "FISTA");
        gradient_at(way, y, gradient);
        double along = 0.0;
        for (size_t i = 0; i < n; i++) {
            x[i] = y[i] - alpha * gradient[i];
            along += gradient[i] * (x[i] - x_old[i]);
        }
        const bool anew = along > 0.0;
        const double t_new = anew ? 1.0 : (1.0 + sqrt(1.0 + 4.0 * t * t)) / 2.0;
        const double share = anew ? 0.0 : (t - 1.0) / t_new;
        for (size_t i = 0; i < n; i++) y[i] = x[i] + share * (x[i] - x_old[i]);
        memcpy(x_old, x, sizeof x);
        t = t_new;
        restarts += anew;
    }
    return restarts;
}

Test(methods, nesterov_is_fista)
{
    size_t restarts = 0, runs = 0;
    for (int variant = 0; variant < CASES; variant++) {
        setting s = setting_make(320 + (uint64_t)variant, variant);
        for (int metric = GRADUS_METRIC_IDENTITY; metric <= LAST_METRIC; metric++, runs++) {
            const journey way = journey_make(&s, (gradus_metric)metric, s.data.theta);
            double inverse[P * P];
            inverse_metric(&s, (gradus_metric)metric, s.data.theta, inverse);
            const double alpha = allowed_step(&s, inverse);
            const gradus_options options = travel_by(GRADUS_METHOD_NESTEROV, (gradus_metric)metric,
                                                     gradus_step_fixed(alpha), STEPS);
            test_run run = test_solve(gradus_descend, s.f, s.data.theta, &options);
            cr_assert(run.status == 0 && run.count == STEPS + 1 &&
                      run.report.metric == that_runs((gradus_metric)metric));
            cr_assert(run.report.method == GRADUS_METHOD_NESTEROV);
            restarts += follow_fista(&way, &run, alpha);
            test_run_free(&run);
        }
        setting_free(&s);
    }
    cr_assert_gt(restarts, runs, "%zu restarts in %zu runs", restarts, runs);
}

/* What the conjugate gradient's runs met. */
typedef struct met {
    size_t positive, negative, bounded;
} met;

/*
 * Hager and Zhang, SIAM J. Optim. 16 (2005) 170, (1.5)-(1.8), with the steps that the run took:
 * beta = (y - 2d |y|^2/d'y)'g_new / d'y, but at least -1/(|d| min(0.01, |g|)).
 */
static void follow_hager_zhang(const journey *way, const test_run *run, met *count)
{
    const size_t n = way->s->n;
    double phi[P] = {0.0}, d[P], g[P], g_new[P], y[P];
    gradient_at(way, phi, g);
    const double least = 1e-6 * sqrt(dot(n, g, g)); /* below it, differences of gradients are rounding */
    for (size_t i = 0; i < n; i++) d[i] = -g[i];
    for (size_t k = 1; k < run->count; k++) {
        for (size_t i = 0; i < n; i++) phi[i] += run->iterates[k].seen.step_size * d[i];
        same_place(way, run, k, phi, 1e-7, "Hager and Zhang");
        gradient_at(way, phi, g_new);
        if (sqrt(dot(n, g_new, g_new)) <= least) return;
        for (size_t i = 0; i < n; i++) y[i] = g_new[i] - g[i];
        const double dy = dot(n, d, y);
        const double free_beta = (dot(n, y, g_new) - 2.0 * dot(n, y, y) * dot(n, d, g_new) / dy) / dy;
        const double bound = -1.0 / (sqrt(dot(n, d, d)) * fmin(0.01, sqrt(dot(n, g, g))));
        const double beta = fmax(free_beta, bound);
        count->positive += beta > 0.0;
        count->negative += beta < 0.0;
        count->bounded += free_beta < bound;
        for (size_t i = 0; i < n; i++) d[i] = beta * d[i] - g_new[i];
        memcpy(g, g_new, sizeof g);
    }
}

enum { RULES = 4 };

static gradus_step rule_of(int k, double alpha)
{
    switch (k) {
    case 0:
        return gradus_step_backtracking(alpha);
    case 1: {
        gradus_step step = gradus_step_backtracking(20.0 * alpha); /* too long at first: beta below 0 */
        step.sufficient_decrease = 0.01;
        step.growth = 3.0;
        return step;
    }
    case 2:
        return gradus_step_wolfe(0.0);
    default:
        return gradus_step_exact();
    }
}

/* Responses of this size make gradients for which the lower bound matters. */
static void scale_responses(setting *s, double factor)
{
    for (size_t i = 0; i < M; i++) s->data.y[i] *= factor;
}

Test(methods, the_conjugate_gradient_is_hager_and_zhangs)
{
    met count = {0};
    for (int variant = 0; variant < CASES; variant++) {
        setting s = setting_make(340 + (uint64_t)variant, variant);
        if (variant & 1) scale_responses(&s, 1e5);
        for (int k = 0; k < RULES * LAST_METRIC; k++) {
            const gradus_metric metric = (gradus_metric)(1 + k / RULES);
            if (k % RULES == 3 && s.loss == TEST_LOGISTIC) continue; /* no exact steps there */
            const journey way = journey_make(&s, metric, s.data.theta);
            double inverse[P * P];
            inverse_metric(&s, metric, s.data.theta, inverse);
            const gradus_step rule = rule_of(k % RULES, allowed_step(&s, inverse));
            const gradus_options options = travel_by(GRADUS_METHOD_CONJUGATE_GRADIENT, metric, rule, 5);
            test_run run = test_solve(gradus_descend, s.f, s.data.theta, &options);
            cr_assert(run.status == 0 && run.count >= 2 && run.report.metric == that_runs(metric),
                      "metric %d, rule %d", (int)metric, k % RULES);
            follow_hager_zhang(&way, &run, &count);
            test_run_free(&run);
        }
        setting_free(&s);
    }
    cr_assert(count.positive > 100 && count.negative > 20 && count.bounded > 5,
              "%zu above 0, %zu below, %zu bounded", count.positive, count.negative, count.bounded);
}

/* ---- exact steps: the linear method ---- */

enum { S = 30 };

/* X = S^(1/2) Lambda^(1/2) H, H a reflection: X'X/S has the eigenvalues 1 .. 1/kappa; y = X t. */
typedef struct spectrum {
    double x[S * S], y[S], optimum[S];
    gradus_matrix X;
    gradus_objective *f;
} spectrum;

static void spectrum_make(spectrum *s, uint64_t seed, double kappa)
{
    test_random random = test_random_from(seed);
    double v[S], square = 0.0;
    for (size_t j = 0; j < S; j++) {
        v[j] = test_random_uniform(&random);
        square += v[j] * v[j];
        s->optimum[j] = test_random_uniform(&random);
    }
    for (size_t i = 0; i < S; i++) {
        const double root = sqrt(S * pow(kappa, -(double)i / (S - 1)));
        s->y[i] = 0.0;
        for (size_t j = 0; j < S; j++) {
            s->x[i * S + j] = root * ((i == j ? 1.0 : 0.0) - 2.0 * v[i] * v[j] / square);
            s->y[i] += s->x[i * S + j] * s->optimum[j];
        }
    }
    s->X = gradus_row_major(S, S, s->x, S);
    s->f = NULL;
    cr_assert_eq(gradus_least_squares(&s->X, s->y, NULL, &s->f), 0);
}

/* out = X'X d/S */
static void apply(const spectrum *s, const double *d, double *out)
{
    memset(out, 0, S * sizeof *out);
    for (size_t i = 0; i < S; i++) {
        const double z = dot(S, s->x + i * S, d) / S;
        for (size_t j = 0; j < S; j++) out[j] += s->x[i * S + j] * z;
    }
}

/*
 * Hestenes and Stiefel, J. Res. Nat. Bur. Standards 49 (1952) 409: iterate by iterate, from 0; half way, for then rounding,
 * which spoils the orthogonality of the gradients, grows.
 */
static void follow_hestenes_stiefel(const spectrum *s, const test_run *run)
{
    double theta[S] = {0.0}, r[S], d[S], hd[S];
    apply(s, s->optimum, r); /* minus the gradient at 0 */
    memcpy(d, r, sizeof d);
    for (size_t k = 1; k <= S / 2; k++) {
        apply(s, d, hd);
        const double before = dot(S, r, r), alpha = before / dot(S, d, hd);
        for (size_t j = 0; j < S; j++) {
            theta[j] += alpha * d[j];
            r[j] -= alpha * hd[j];
        }
        const double beta = dot(S, r, r) / before;
        for (size_t j = 0; j < S; j++) d[j] = r[j] + beta * d[j];
        cr_assert(relative_distance(S, run->iterates[k].theta, theta) <= 1e-10, "iterate %zu: %g", k,
                  relative_distance(S, run->iterates[k].theta, theta));
    }
}

Test(methods, exact_steps_make_it_the_linear_method)
{
    const double zeros[S] = {0.0};
    for (uint64_t seed = 1; seed <= 5; seed++) {
        spectrum s;
        spectrum_make(&s, seed, 10.0);
        gradus_options options = gradus_options_default();
        options.method = GRADUS_METHOD_CONJUGATE_GRADIENT;
        options.step = gradus_step_exact();
        options.stop.gradient_tolerance = 1e-8;
        test_run run = test_solve(gradus_descend, s.f, zeros, &options);
        cr_assert_eq(run.report.stop, GRADUS_STOP_GRADIENT, "%s", gradus_stop_sentence(run.report.stop));
        cr_assert(run.report.iterations > S / 2 && run.report.iterations <= S, "%zu steps",
                  run.report.iterations);
        follow_hestenes_stiefel(&s, &run);
        test_run_free(&run);
        gradus_objective_free(s.f);
    }
}

/* With k different eigenvalues it takes k steps; in the metric of the Hessian there is one. */
Test(methods, as_many_steps_as_eigenvalues)
{
    double x[S * S] = {0.0}, y[S], theta[S] = {0.0};
    for (size_t i = 0; i < S; i++) {
        x[i * S + i] = 1.0 + (double)(i % 3);
        y[i] = (double)i - 4.3;
    }
    const gradus_matrix X = gradus_row_major(S, S, x, S);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&X, y, NULL, &f), 0);
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_CONJUGATE_GRADIENT;
    options.step = gradus_step_exact();
    for (int k = 0; k < 2; k++) {
        gradus_report report;
        memset(theta, 0, sizeof theta);
        options.metric = k ? GRADUS_METRIC_DIAGONAL : GRADUS_METRIC_IDENTITY;
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_assert(report.iterations == (k ? 1 : 3) && report.stop == GRADUS_STOP_GRADIENT, "%zu steps, %s",
                  report.iterations, gradus_stop_sentence(report.stop));
        for (size_t i = 0; i < S; i++) cr_assert(fabs(theta[i] - y[i] / x[i * S + i]) <= 1e-12);
    }
    gradus_objective_free(f);
}

/* ---- rates ---- */

/* The energy of the error: ||theta - optimum||_H */
static double energy(const spectrum *s, const double *theta)
{
    double error[S], image[S];
    for (size_t j = 0; j < S; j++) error[j] = theta[j] - s->optimum[j];
    apply(s, error, image);
    return sqrt(fmax(dot(S, error, image), 0.0));
}

/* Luenberger: ||e_k||_H <= 2 ((kappa^(1/2) - 1)/(kappa^(1/2) + 1))^k ||e_0||_H. */
Test(methods, the_conjugate_gradient_keeps_chebyshevs_bound)
{
    const double zeros[S] = {0.0}, kappa = 100.0;
    const double rate = (sqrt(kappa) - 1.0) / (sqrt(kappa) + 1.0);
    spectrum s;
    spectrum_make(&s, 11, kappa);
    const gradus_options options = travel_by(GRADUS_METHOD_CONJUGATE_GRADIENT, GRADUS_METRIC_IDENTITY,
                                             gradus_step_exact(), S);
    test_run run = test_solve(gradus_descend, s.f, zeros, &options);
    for (size_t k = 1; k < run.count; k++)
        cr_assert(energy(&s, run.iterates[k].theta) <= 2.0 * pow(rate, (double)k) * energy(&s, zeros));
    cr_assert(run.count > S / 2, "%zu iterates", run.count);
    test_run_free(&run);
    gradus_objective_free(s.f);
}

static size_t iterations_of(const spectrum *s, gradus_method method, gradus_step step, double tolerance)
{
    double theta[S] = {0.0};
    gradus_options options = gradus_options_default();
    gradus_report report;
    options.method = method;
    options.metric = GRADUS_METRIC_IDENTITY;
    options.step = step;
    options.stop.gradient_tolerance = tolerance;
    cr_assert_eq(gradus_descend(s->f, theta, &options, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_GRADIENT, "method %d: %s", (int)method,
                 gradus_stop_sentence(report.stop));
    return report.iterations;
}

/*
 * Gradient descent needs of the order of kappa log(1/eps) steps of 1/L; the accelerated method kappa^(1/2) log(1/eps), with a
 * constant of about 4 for the restarts: O'Donoghue and Candes, section 2.1, e (8 kappa)^(1/2) steps for every factor of e^2.
 */
Test(methods, acceleration_is_worth_a_root_of_kappa)
{
    const double kappa = 1e4, tolerance = 1e-6;
    for (uint64_t seed = 21; seed < 24; seed++) {
        spectrum s;
        spectrum_make(&s, seed, kappa);
        const size_t plain = iterations_of(&s, GRADUS_METHOD_GRADIENT, gradus_step_fixed(1.0), tolerance);
        const size_t fast = iterations_of(&s, GRADUS_METHOD_NESTEROV, gradus_step_fixed(1.0), tolerance);
        const size_t searched = iterations_of(&s, GRADUS_METHOD_NESTEROV, gradus_step_backtracking(0.0),
                                              tolerance);
        const double most = exp(1.0) * sqrt(8.0 * kappa) * -log(tolerance) / 2.0;
        cr_assert((double)fast <= most, "%zu steps, the theory has %g", fast, most);
        cr_assert((double)plain >= sqrt(kappa) / 4.0 * (double)fast, "%zu against %zu", fast, plain);
        cr_assert((double)plain >= sqrt(kappa) / 4.0 * (double)searched, "%zu against %zu", searched, plain);
        gradus_objective_free(s.f);
    }
}

/* Beck and Teboulle, theorem 4.4: f(x_k) - f* <= 2 ||theta_0 - optimum||^2 / (alpha (k + 1)^2), until the first restart. */
Test(methods, nesterov_keeps_fistas_bound)
{
    const double zeros[S] = {0.0};
    spectrum s;
    spectrum_make(&s, 31, 1e4);
    const gradus_options options = travel_by(GRADUS_METHOD_NESTEROV, GRADUS_METRIC_IDENTITY,
                                             gradus_step_fixed(1.0), 60);
    test_run run = test_solve(gradus_descend, s.f, zeros, &options);
    const double distance = dot(S, s.optimum, s.optimum);
    for (size_t k = 1; k <= run.count; k++) {
        double x[S]; /* x_k = y_k - alpha grad f(y_k) */
        for (size_t j = 0; j < S; j++) x[j] = run.iterates[k - 1].theta[j] - run.iterates[k - 1].gradient[j];
        const double gap = 0.5 * energy(&s, x) * energy(&s, x);
        cr_assert(gap <= 2.0 * distance / ((double)(k + 1) * (double)(k + 1)), "k = %zu: %g", k, gap);
    }
    test_run_free(&run);
    gradus_objective_free(s.f);
}

/* ---- directions and line searches ---- */

/* Every step of a line search goes down: along a direction with g'd < 0, to a lower value. */
static void goes_down(const test_run *run, const char *what)
{
    for (size_t k = 1; k < run->count; k++) {
        const test_iterate *from = &run->iterates[k - 1], *to = &run->iterates[k];
        double along = 0.0;
        for (size_t i = 0; i < run->n; i++) along += from->gradient[i] * (to->theta[i] - from->theta[i]);
        cr_assert(along < 0.0, "%s, step %zu: %g", what, k, along);
        cr_assert(to->seen.value <= from->seen.value + 1e-10 * fabs(from->seen.value), "%s, step %zu", what,
                  k);
    }
}

static const gradus_method both[] = {GRADUS_METHOD_NESTEROV, GRADUS_METHOD_CONJUGATE_GRADIENT};

/* Rosenbrock's valley, of 2 and of 10 variables, down to its minimum. */
Test(methods, the_valley)
{
    const double start[10] = {-1.2, 1.0, 0.7, -0.4, 2.0, 1.0, -1.2, 1.0, 0.0, 0.1};
    for (int k = 0; k < 8; k++) {
        const size_t n = k & 1 ? 10 : 2;
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_function(n, test_rosenbrock, NULL, &f), 0);
        gradus_options options = gradus_options_default();
        options.method = both[k / 2 % 2];
        options.step = k & 4 ? gradus_step_wolfe(0.0) : gradus_step_backtracking(0.0);
        test_run run = test_solve(gradus_descend, f, start, &options);
        cr_assert(gradus_stop_converged(run.report.stop), "%d: %s", k, gradus_stop_sentence(run.report.stop));
        for (size_t i = 0; i < n; i++)
            cr_assert(fabs(run.theta[i] - 1.0) <= 1e-8, "%d: %.17g", k, run.theta[i]);
        goes_down(&run, "Rosenbrock");
        test_run_free(&run);
        gradus_objective_free(f);
    }
}

/* The negative log-likelihood of a logistic regression, as a caller's function with `context` the setting. */
static gradus_status callers_logistic(void *context, size_t n, const double *theta, double *value,
                                      double *gradient)
{
    const setting *s = (const setting *)context;
    *value = 0.0;
    for (size_t j = 0; gradient && j < n; j++) gradient[j] = 0.0;
    for (size_t i = 0; i < M; i++) {
        double z = 0.0;
        for (size_t j = 0; j < n; j++) z += entry_of(s, i, j) * theta[j];
        const double softplus = fmax(z, 0.0) + log1p(exp(-fabs(z))), y = s->data.labels[i];
        *value += (softplus - y * z) / M;
        for (size_t j = 0; gradient && j < n; j++)
            gradient[j] += (1.0 / (1.0 + exp(-z)) - y) * entry_of(s, i, j) / M;
    }
    return 0;
}

/* A caller's function and the model of the same: one optimum, whichever method and metric. */
Test(methods, one_optimum_by_every_way)
{
    setting s = setting_make(400, 8 | 4);
    gradus_objective *own = NULL;
    cr_assert_eq(gradus_function(P, callers_logistic, &s, &own), 0);
    double answer[P] = {0.0};
    const double zeros[P] = {0.0};
    cr_assert_eq(gradus_descend(s.f, answer, NULL, NULL), 0);
    for (int k = 0; k < 2; k++) {
        for (int metric = 0; metric <= LAST_METRIC; metric++) {
            gradus_options options = gradus_options_default();
            options.method = both[k];
            options.metric = (gradus_metric)metric;
            options.stop.gradient_tolerance = 1e-10;
            test_run run = test_solve(gradus_descend, metric ? s.f : own, zeros, &options);
            cr_assert_eq(run.report.stop, GRADUS_STOP_GRADIENT, "method %d, metric %d: %s", (int)both[k],
                         metric, gradus_stop_sentence(run.report.stop));
            cr_assert(relative_distance(P, run.theta, answer) <= 1e-7, "method %d, metric %d", (int)both[k],
                      metric);
            cr_assert(run.report.iterations < 4000, "%zu", run.report.iterations);
            goes_down(&run, "logistic");
            test_run_free(&run);
        }
    }
    gradus_objective_free(own);
    setting_free(&s);
}

/* ---- columns of awkward sizes ---- */

/* One column of size 1e-4 beside a ridge of 1: without the ridge in the metric its curvature is 1e8 times the others'. */
Test(methods, a_ridge_far_above_a_column_does_no_harm)
{
    for (int k = 0; k < 4; k++) {
        problem p = random_problem(60, 4, true, 1.0, k & 1, 500);
        for (size_t i = 0; i < p.m; i++) p.x[i + p.m] *= 1e-4;
        const gradus_matrix X = view(&p);
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_least_squares(&X, p.y, &p.options, &f), 0);
        double theta[5] = {0.0}, expected[5];
        normal_equations(&p, expected);
        gradus_options options = gradus_options_default();
        options.metric = k & 2 ? GRADUS_METRIC_DIAGONAL : GRADUS_METRIC_STANDARDIZED;
        options.method = GRADUS_METHOD_GRADIENT;
        gradus_report report;
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_assert(gradus_stop_converged(report.stop) && report.iterations <= 200, "%zu steps: %s",
                  report.iterations, gradus_stop_sentence(report.stop));
        cr_assert(relative_distance(coefficients(&p), theta, expected) <= 1e-10);
        gradus_objective_free(f);
        free_problem(&p);
    }
}

/* Columns of sizes 1e-150 .. 1e150: squares that overflow; a column of zeros keeps its coefficient. */
Test(methods, the_diagonal_metric_takes_columns_of_every_size)
{
    static const double sizes[] = {1e-150, 1.0, 0.0, 1e150};
    problem p = random_problem(60, 4, false, 0.0, true, 501);
    for (size_t i = 0; i < p.m * 4; i++) p.x[i] *= sizes[i / p.m];
    const gradus_matrix X = view(&p);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&X, p.y, &p.options, &f), 0);
    for (int k = 0; k < 2; k++) {
        double theta[5] = {0.0, 0.0, 0.25, 0.0, 0.0};
        gradus_options options = gradus_options_default();
        options.metric = GRADUS_METRIC_DIAGONAL;
        options.method = both[k];
        gradus_report report;
        cr_assert_eq(gradus_descend(f, theta, &options, &report), 0);
        cr_assert(gradus_stop_converged(report.stop) && report.iterations <= 500, "%zu steps: %s",
                  report.iterations, gradus_stop_sentence(report.stop));
        cr_assert(theta[2] == 0.25);
        for (size_t j = 0; j < p.n; j++) { /* X'r = 0, column by column */
            double sum = 0.0, terms = 0.0;
            for (size_t i = 0; i < p.m; i++) {
                double r = theta[4] - p.y[i];
                for (size_t l = 0; l < p.n; l++) r += p.x[i + l * p.m] * theta[l];
                sum += p.x[i + j * p.m] * r;
                terms += fabs(p.x[i + j * p.m] * r);
            }
            cr_assert(fabs(sum) <= 1e-5 * terms, "column %zu: %g of %g", j, sum, terms);
        }
        gradus_objective_free(k ? f : NULL);
    }
    free_problem(&p);
}

/* ---- threads ---- */

Test(methods, the_number_of_threads_does_not_change_a_bit)
{
    test_data data = test_data_make(600, 20000, 12, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_logistic(&data.X, data.labels, NULL, &f), 0);
    const double zeros[12] = {0.0};
    for (int k = 0; k < 2 * LAST_METRIC; k++) {
        gradus_options options = travel_by(both[k % 2], (gradus_metric)(1 + k / 2),
                                           (gradus_step){.size = 0.0}, 6);
        options.threads = 1;
        test_run alone = test_solve(gradus_descend, f, zeros, &options);
        cr_assert(alone.status == 0 && alone.count >= 3);
        for (int threads = 2; threads <= 3; threads++) {
            options.threads = threads;
            test_run run = test_solve(gradus_descend, f, zeros, &options);
            cr_assert_eq(run.count, alone.count);
            for (size_t i = 0; i < run.count; i++)
                cr_assert(test_same_bits(12, run.iterates[i].theta, alone.iterates[i].theta));
            test_run_free(&run);
        }
        test_run_free(&alone);
    }
    gradus_objective_free(f);
    test_data_free(&data);
}
