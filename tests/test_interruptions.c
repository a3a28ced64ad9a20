/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A solve that is cancelled, or runs out of its time, at any moment: in the middle of a read of X as well as between two. Whenever it
 * happens, the call returns, says so, leaves no memory behind, and theta is finite, feasible and no worse than the start.
 */
#include <cblas.h>
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "support.h"

/* ---- the moment: so many products of BLAS, or multiples of a vector added, or looks at the clock ---- */

static size_t products, products_left; /* 0 left: it never comes */
static size_t additions, additions_left;
static size_t looks, looks_left;
static int cancel;

static void begin_count(void)
{
    products = additions = looks = 0;
    cancel = 0;
}

static void end_count(void)
{
    products_left = additions_left = looks_left = 0;
}

static void tick(void)
{
    if (++products == products_left) cancel = 1;
}

void __real_cblas_dgemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a,
                        int lda, const double *x, int incx, double beta, double *y, int incy);
void __wrap_cblas_dgemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a,
                        int lda, const double *x, int incx, double beta, double *y, int incy);
void __wrap_cblas_dgemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a,
                        int lda, const double *x, int incx, double beta, double *y, int incy)
{
    tick();
    __real_cblas_dgemv(order, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);
}

void __real_cblas_dgemm(CBLAS_ORDER order, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k,
                        double alpha, const double *a, int lda, const double *b, int ldb, double beta,
                        double *c, int ldc);
void __wrap_cblas_dgemm(CBLAS_ORDER order, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k,
                        double alpha, const double *a, int lda, const double *b, int ldb, double beta,
                        double *c, int ldc);
void __wrap_cblas_dgemm(CBLAS_ORDER order, CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, int m, int n, int k,
                        double alpha, const double *a, int lda, const double *b, int ldb, double beta,
                        double *c, int ldc)
{
    tick();
    __real_cblas_dgemm(order, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void __real_cblas_daxpy(int n, double alpha, const double *x, int incx, double *y, int incy);
void __wrap_cblas_daxpy(int n, double alpha, const double *x, int incx, double *y, int incy);
void __wrap_cblas_daxpy(int n, double alpha, const double *x, int incx, double *y, int incy)
{
    if (++additions == additions_left) cancel = 1;
    __real_cblas_daxpy(n, alpha, x, incx, y, incy);
}

double __real_gr_seconds(void);
double __wrap_gr_seconds(void);
double __wrap_gr_seconds(void)
{
    const bool late = ++looks >= looks_left && looks_left > 0;
    return late ? 1e9 : 0.0;
}

/* ---- what is interrupted ---- */

typedef struct journey {
    const char *what;
    const gradus_objective *f;
    const double *start;
    const gradus_model_options *model; /* whose bounds hold */
    gradus_options options;
    bool monotone; /* never worse than the start */
} journey;

typedef struct outcome {
    gradus_status status;
    gradus_report report;
    gradus_error error;
    double *theta;
} outcome;

/* On one thread, so that the moments are the same each time */
static void run(const journey *j, outcome *end)
{
    const size_t n = gradus_objective_size(j->f);
    test_allocator allocator;
    test_allocator_begin(&allocator, 0);
    gradus_options options = j->options;
    options.error = &end->error;
    options.allocator = &allocator.face;
    options.cancel = &cancel;
    options.threads = 1;
    begin_count();
    memcpy(end->theta, j->start, n * sizeof *end->theta);
    end->status = gradus_descend(j->f, end->theta, &options, &end->report);
    end_count();
    cr_assert_eq(allocator.alive, 0, "%s", j->what);
}

static double value_at(const journey *j, const double *theta)
{
    double value = (double)NAN;
    cr_assert_eq(gradus_objective_evaluate(j->f, theta, &value, NULL), 0);
    return value;
}

static void check_feasible(const journey *j, const double *theta)
{
    const size_t n = gradus_objective_size(j->f);
    for (size_t i = 0; i < n; i++)
        cr_assert(isfinite(theta[i]), "%s: theta[%zu] is %g", j->what, i, theta[i]);
    for (size_t i = 0; j->model && j->model->lower && i < n - 1; i++)
        cr_assert(theta[i] >= j->model->lower[i], "%s: theta[%zu]", j->what, i);
    for (size_t i = 0; j->model && j->model->upper && i < n - 1; i++)
        cr_assert(theta[i] <= j->model->upper[i], "%s: theta[%zu]", j->what, i);
}

/* Ended by `reason`; or the moment came too late, and the run is the whole one, bit for bit. */
static bool check(const journey *j, const outcome *whole, const outcome *end, gradus_stop_reason reason,
                  size_t moment)
{
    const size_t n = gradus_objective_size(j->f);
    cr_assert_eq(end->status, 0, "%s at %zu: status %d", j->what, moment, end->status);
    check_feasible(j, end->theta);
    const double before = value_at(j, j->start), now = value_at(j, end->theta);
    if (j->monotone)
        cr_assert(now <= before + 1e-12 * fabs(before), "%s at %zu: from %.17g to %.17g", j->what, moment,
                  before, now);
    if (end->report.stop == reason && whole->report.stop != reason) {
        cr_assert_leq(end->report.iterations, whole->report.iterations, "%s at %zu", j->what, moment);
        return true;
    }
    cr_assert_eq(end->report.stop, whole->report.stop, "%s at %zu: %s", j->what, moment,
                 gradus_stop_sentence(end->report.stop));
    cr_assert(test_same_bits(n, end->theta, whole->theta), "%s at %zu: theta", j->what, moment);
    return false;
}

/* The first moments one by one, and later ones at growing distances */
static size_t after(size_t moment)
{
    return moment + 1 + moment / 6;
}

/* From the whole run on; nothing where the options are refused. */
static void interrupt_everywhere(journey *j, const outcome *whole, outcome *part)
{
    size_t cancelled = 0;
    const size_t last_product = products, last_look = looks;
    for (size_t moment = 1; moment <= last_product; moment = after(moment)) {
        products_left = moment;
        run(j, part);
        cancelled += check(j, whole, part, GRADUS_STOP_CANCELLED, moment) ? 1 : 0;
    }
    cr_assert_gt(cancelled, 0, "%s: none of %zu products", j->what, last_product);
    j->options.stop.seconds = 1.0;
    for (size_t moment = 2; moment <= last_look; moment = after(moment)) {
        looks_left = moment;
        run(j, part);
        (void)check(j, whole, part, GRADUS_STOP_TIME, moment);
    }
}

/* How many runs were interrupted in this test: a test of none would prove nothing. */
static size_t interrupted;

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

static const double zeros[1024] = {0.0};

static void interrupt_model(maker make, const gradus_matrix *X, const double *y,
                            const gradus_model_options *model, const gradus_options *options, bool monotone,
                            const char *what)
{
    gradus_objective *f = NULL;
    cr_assert_eq(make(X, y, model, &f), 0, "%s", what);
    journey j = {what, f, zeros, model, *options, monotone};
    const size_t bytes = gradus_objective_size(f) * sizeof(double);
    outcome whole = {.theta = (double *)malloc(bytes)}, part = {.theta = (double *)malloc(bytes)};
    run(&j, &whole);
    if (whole.status == 0) {
        interrupt_everywhere(&j, &whole, &part);
        interrupted++;
    }
    cr_assert(whole.status == 0 || whole.status == GRADUS_ERROR_UNSUPPORTED ||
                  whole.status == GRADUS_ERROR_STEP_TOO_LARGE,
              "%s: %d, %s", what, whole.status, whole.error.sentence);
    free(whole.theta);
    free(part.theta);
    gradus_objective_free(f);
}

/* ---- models and ways ---- */

enum { M = 400, N = 9 };

Test(interruptions, every_method_and_step_rule)
{
    test_data data = test_data_make(31, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    const gradus_model_options model = gradus_model_options_default();
    const gradus_step rules[] = {
        gradus_step_fixed(0.05), gradus_step_backtracking(0.0),     gradus_step_wolfe(0.0),
        gradus_step_exact(),     gradus_step_barzilai_borwein(0.1), gradus_step_inverse_time(0.1, 0.1)};
    for (int method = GRADUS_METHOD_GRADIENT; method <= GRADUS_METHOD_CONJUGATE_GRADIENT; method++) {
        for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
            gradus_options options = gradus_options_default();
            options.method = (gradus_method)method;
            options.step = rules[k];
            options.stop.max_iterations = 30;
            char what[64];
            (void)snprintf(what, sizeof what, "method %d, rule %zu", method, k);
            interrupt_model(gradus_least_squares, &data.X, data.y, &model, &options,
                            k >= 1 && k <= 3 && method == GRADUS_METHOD_GRADIENT, what);
        }
    }
    test_data_free(&data);
    cr_assert_geq(interrupted, 15);
}

Test(interruptions, every_metric_and_the_ladder)
{
    for (int alike = 0; alike < 2; alike++) {
        test_data data = test_data_make(32, M, N, GRADUS_LAYOUT_COL_MAJOR, 0);
        for (size_t i = 0; alike && i < M; i++)
            data.x[i + data.X.ld] = data.x[i] + 1e-9 * data.x[i + data.X.ld];
        gradus_model_options model = gradus_model_options_default();
        model.intercept = 1;
        for (int metric = 0; metric <= GRADUS_METRIC_SAMPLED_HESSIAN; metric++) {
            gradus_options options = gradus_options_default();
            options.metric = (gradus_metric)metric;
            options.stop.max_iterations = 40;
            if (metric != GRADUS_METRIC_HESSIAN && metric != GRADUS_METRIC_SAMPLED_HESSIAN)
                interrupt_model(gradus_least_squares, &data.X, data.y, &model, &options, true, "squares");
            if (metric != GRADUS_METRIC_SAMPLED_HESSIAN || !alike)
                interrupt_model(gradus_logistic, &data.X, data.labels, &model, &options, true, "logistic");
        }
        test_data_free(&data);
    }
    cr_assert_geq(interrupted, 20);
}

Test(interruptions, compressed_and_refined)
{
    test_data data = test_data_make(33, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    gradus_options options = gradus_options_default();
    options.refine = 1;
    interrupt_model(gradus_least_squares, &data.X, data.y, &model, &options, true, "refined");
    options.refine = 0;
    options.compress = 1;
    interrupt_model(gradus_least_squares, &data.X, data.y, &model, &options, true, "compressed");
    options.metric = GRADUS_METRIC_IDENTITY;
    interrupt_model(gradus_least_squares, &data.X, data.y, &model, &options, true, "compressed, identity");
    test_data_free(&data);
    cr_assert_geq(interrupted, 3);
}

Test(interruptions, batches)
{
    test_data data = test_data_make(34, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    const gradus_model_options model = gradus_model_options_default();
    for (int method = GRADUS_METHOD_GRADIENT; method <= GRADUS_METHOD_SVRG; method++) {
        for (int check_at = -1; check_at <= 2; check_at++) {
            gradus_options options = gradus_options_default();
            options.method = (gradus_method)method;
            options.step = gradus_step_fixed(0.05);
            options.batch.rows = 32;
            options.batch.seed = 5;
            options.batch.check = check_at;
            options.stop.max_iterations = 60;
            interrupt_model(gradus_logistic, &data.X, data.labels, &model, &options, false, "batches");
        }
    }
    test_data_free(&data);
    cr_assert_geq(interrupted, 12);
}

Test(interruptions, lasso_and_constraints)
{
    test_data data = test_data_make(35, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    double lower[N], upper[N];
    for (size_t j = 0; j < N; j++) {
        lower[j] = j % 2 ? -0.05 : 0.0;
        upper[j] = 0.1;
    }
    for (int k = 0; k < 8; k++) {
        gradus_model_options model = gradus_model_options_default();
        model.intercept = 1;
        model.lasso = k % 2 ? 0.01 : 0.0;
        if (k % 4 >= 2) model.lower = lower;
        if (k % 4 >= 2) model.upper = upper;
        model.radius = k >= 4 ? 0.2 : 0.0;
        if (k == 0) continue;
        for (int method = 0; method <= GRADUS_METHOD_SVRG; method++) {
            gradus_options options = gradus_options_default();
            options.method = (gradus_method)method;
            options.stop.max_iterations = 40;
            interrupt_model(gradus_least_squares, &data.X, data.y, &model, &options, true, "lasso");
            interrupt_model(gradus_logistic, &data.X, data.labels, &model, &options, true, "logistic lasso");
        }
    }
    test_data_free(&data);
    cr_assert_geq(interrupted, 20);
}

Test(interruptions, working_sets_and_samples)
{
    enum { WIDE = 900, SHORT = 50, TALL = 3000 };
    test_data data = test_data_make(36, SHORT, WIDE, GRADUS_LAYOUT_COL_MAJOR, 0);
    gradus_model_options model = gradus_model_options_default();
    const gradus_options options = gradus_options_default();
    model.intercept = 1;
    model.lasso = 0.05;
    interrupt_model(gradus_least_squares, &data.X, data.y, &model, &options, true, "working sets");
    model.lasso = 0.03;
    interrupt_model(gradus_logistic, &data.X, data.labels, &model, &options, true, "logistic working sets");
    test_data_free(&data);
    data = test_data_make(37, TALL, 5, GRADUS_LAYOUT_ROW_MAJOR, 0);
    model.lasso = 0.0;
    interrupt_model(gradus_logistic, &data.X, data.labels, &model, &options, true, "a sample first");
    model.lasso = 0.01;
    interrupt_model(gradus_logistic, &data.X, data.labels, &model, &options, true, "a sample first, lasso");
    test_data_free(&data);
    cr_assert_geq(interrupted, 4);
}

enum { CLASSES = 34 }; /* so many that BLAS makes the products */

static gradus_status softmax(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                             gradus_objective **objective)
{
    return gradus_softmax(X, y, CLASSES, options, objective);
}

Test(interruptions, several_outputs)
{
    enum { FEW = 4 };
    test_data data = test_data_make(38, M, FEW, GRADUS_LAYOUT_ROW_MAJOR, 0);
    double classes[M];
    for (size_t i = 0; i < M; i++) classes[i] = (double)(i * 7 % CLASSES);
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    model.weights = data.weights;
    for (int metric = 0; metric <= GRADUS_METRIC_HESSIAN; metric++) {
        gradus_options options = gradus_options_default();
        options.metric = (gradus_metric)metric;
        options.stop.max_iterations = 30;
        interrupt_model(softmax, &data.X, classes, &model, &options, true, "softmax");
    }
    test_data_free(&data);
    cr_assert_geq(interrupted, 3);
}

static void path_of(const gradus_objective *f, const double *lambdas, size_t count, gradus_options options,
                    double *thetas, gradus_report *reports)
{
    test_allocator allocator;
    test_allocator_begin(&allocator, 0);
    options.allocator = &allocator.face;
    options.cancel = &cancel;
    options.threads = 1;
    begin_count();
    memset(reports, 0, count * sizeof *reports);
    cr_assert_eq(gradus_path(f, lambdas, count, &options, thetas, reports), 0);
    end_count();
    cr_assert_eq(allocator.alive, 0);
}

/* ---- between two reads of X: coordinate by coordinate on H, and refinement ---- */

/* Columns that differ by little: the minimum of a model takes many rounds. */
static test_data alike(uint64_t seed, size_t m, size_t n)
{
    test_data data = test_data_make(seed, m, n, GRADUS_LAYOUT_COL_MAJOR, 0);
    for (size_t j = 1; j < n; j++) {
        for (size_t i = 0; i < m; i++)
            data.x[i + j * data.X.ld] = data.x[i] + 0.03 * data.x[i + j * data.X.ld];
    }
    return data;
}

/* After the moment the round at hand is finished, no other one is begun, and what follows is a few vectors' work. */
static void interrupt_rounds(maker make, const test_data *data, const double *y,
                             const gradus_model_options *model, const char *what)
{
    gradus_objective *f = NULL;
    cr_assert_eq(make(&data->X, y, model, &f), 0);
    const size_t n = gradus_objective_size(f);
    const journey j = {what, f, zeros, model, gradus_options_default(), true};
    outcome whole = {.theta = (double *)malloc(n * sizeof(double))},
            part = {.theta = (double *)malloc(n * sizeof(double))};
    run(&j, &whole);
    const size_t last = additions;
    size_t cancelled = 0;
    cr_assert(whole.status == 0 && last > 40 * n, "%s: %zu additions", what, last);
    for (size_t moment = 1; moment <= last; moment = after(moment)) {
        additions_left = moment;
        run(&j, &part);
        cancelled += check(&j, &whole, &part, GRADUS_STOP_CANCELLED, moment) ? 1 : 0;
        cr_assert_leq(additions, moment + 4 * n, "%s at %zu: %zu more", what, moment, additions - moment);
    }
    cr_assert_gt(cancelled, 20, "%s: %zu", what, cancelled);
    free(whole.theta);
    free(part.theta);
    gradus_objective_free(f);
}

Test(interruptions, rounds_of_coordinates)
{
    enum { COLS = 30 };
    test_data data = alike(40, M, COLS);
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    model.lasso = 1e-4;
    interrupt_rounds(gradus_least_squares, &data, data.y, &model, "least squares");
    interrupt_rounds(gradus_logistic, &data, data.labels, &model, "logistic");
    model.radius = 0.5;
    interrupt_rounds(gradus_logistic, &data, data.labels, &model, "logistic, in a ball");
    test_data_free(&data);
}

Test(interruptions, rounds_along_a_path)
{
    enum { COLS = 30, COUNT = 5 };
    test_data data = alike(41, M, COLS);
    gradus_objective *f = NULL;
    double lambdas[COUNT], whole[COUNT * COLS], part[COUNT * COLS];
    gradus_report reports[COUNT];
    cr_assert_eq(gradus_least_squares(&data.X, data.y, NULL, &f), 0);
    cr_assert_eq(gradus_lambda_max(f, &lambdas[0]), 0);
    for (size_t k = 1; k < COUNT; k++) lambdas[k] = 0.1 * lambdas[k - 1];
    path_of(f, lambdas, COUNT, gradus_options_default(), whole, reports);
    const size_t last = additions;
    cr_assert_gt(last, 100 * COLS);
    for (size_t moment = 1; moment < last / 2; moment = after(moment)) {
        size_t ended = 0;
        additions_left = moment;
        path_of(f, lambdas, COUNT, gradus_options_default(), part, reports);
        while (ended < COUNT && reports[ended].stop != GRADUS_STOP_CANCELLED) ended++;
        cr_assert_lt(ended, COUNT, "at %zu", moment);
        cr_assert(test_same_bits(ended * COLS, part, whole), "at %zu", moment);
        for (size_t k = ended; k < COUNT; k++) cr_assert_eq(reports[k].stop, GRADUS_STOP_CANCELLED);
        cr_assert_leq(additions, moment + (3 * COUNT) * COLS, "at %zu: %zu more", moment, additions - moment);
    }
    gradus_objective_free(f);
    test_data_free(&data);
}

/* Refinement has the budgets that the run before it has, and ends by their names; theta is no worse than that run's. */
Test(interruptions, refinement_has_budgets)
{
    test_data data = alike(42, M, N);
    const gradus_model_options model = gradus_model_options_default();
    gradus_objective *f = NULL;
    double theta[N], shorter[N];
    cr_assert_eq(gradus_least_squares(&data.X, data.y, &model, &f), 0);
    journey j = {"refined", f, zeros, &model, gradus_options_default(), true};
    outcome whole = {.theta = theta}, part = {.theta = shorter};
    j.options.refine = 1;
    j.options.stop.seconds = 1.0;
    run(&j, &whole);
    const size_t last = looks;
    size_t by_time = 0;
    cr_assert(gradus_stop_converged(whole.report.stop) && whole.report.refinements >= 2);
    for (size_t moment = 2; moment <= last; moment++) {
        looks_left = moment;
        run(&j, &part);
        (void)check(&j, &whole, &part, GRADUS_STOP_TIME, moment);
        if (part.report.stop != GRADUS_STOP_TIME || part.report.refinements == 0) continue;
        cr_assert_lt(part.report.refinements, whole.report.refinements);
        by_time++;
    }
    cr_assert_geq(by_time, 1);
    for (size_t less = 1; less < whole.report.refinements; less++) {
        j.options.stop.max_iterations = (int64_t)(whole.report.iterations - less);
        run(&j, &part);
        cr_assert_eq(part.report.stop, GRADUS_STOP_MAX_ITERATIONS, "%zu less", less);
        cr_assert_eq(part.report.refinements, whole.report.refinements - less);
    }
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- a path: the reports and solutions before the moment are those of the whole path ---- */

static void interrupt_path(const gradus_objective *f, const gradus_options *options, const char *what)
{
    enum { COUNT = 6 };
    const size_t n = gradus_objective_size(f);
    double lambdas[COUNT];
    gradus_report whole[COUNT], part[COUNT];
    double *thetas = (double *)malloc(2 * COUNT * n * sizeof *thetas), *some = thetas + COUNT * n;
    cr_assert_eq(gradus_lambda_max(f, &lambdas[0]), 0);
    for (size_t k = 1; k < COUNT; k++) lambdas[k] = 0.5 * lambdas[k - 1];
    path_of(f, lambdas, COUNT, *options, thetas, whole);
    const size_t last = products;
    size_t cancelled = 0;
    for (size_t moment = 1; moment <= last; moment = after(moment)) {
        products_left = moment;
        path_of(f, lambdas, COUNT, *options, some, part);
        size_t k = 0;
        while (k < COUNT && part[k].stop == whole[k].stop) k++;
        for (size_t i = 0; i < k; i++)
            cr_assert(test_same_bits(n, thetas + i * n, some + i * n), "%s at %zu: %zu", what, moment, i);
        cancelled += k < COUNT ? 1 : 0;
        if (k < COUNT)
            cr_assert_eq(part[k].stop, GRADUS_STOP_CANCELLED, "%s at %zu: %d", what, moment,
                         (int)part[k].stop);
    }
    cr_assert_gt(cancelled, 0, "%s: %zu products", what, last);
    free(thetas);
}

Test(interruptions, paths)
{
    test_data data = test_data_make(39, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    gradus_objective *f = NULL;
    gradus_options options = gradus_options_default();
    cr_assert_eq(gradus_least_squares(&data.X, data.y, &model, &f), 0);
    interrupt_path(f, &options, "by the Gram matrix");
    options.method = GRADUS_METHOD_NESTEROV;
    interrupt_path(f, &options, "by Nesterov's method");
    gradus_objective_free(f);
    options.method = GRADUS_METHOD_AUTOMATIC;
    cr_assert_eq(gradus_logistic(&data.X, data.labels, &model, &f), 0);
    interrupt_path(f, &options, "logistic");
    gradus_objective_free(f);
    test_data_free(&data);
}

/* ---- the caller's function fails, refuses or has no number, at any call ---- */

typedef enum mishap {
    FAILS,
    REJECTS,
    HAS_NO_VALUE,
    IS_INFINITE,
    IS_UNBOUNDED,
    HAS_NO_GRADIENT,
    MISHAPS
} mishap;

typedef struct rows_of_terms {
    size_t calls, at; /* the call with the mishap, counting from 1 */
    mishap what;
    bool happened;
} rows_of_terms;

enum { ROWS = 40, SIZE = 4, FAILURE = 7 };

static gradus_status have_mishap(const rows_of_terms *terms, double *value, double *gradient)
{
    switch (terms->what) {
    case FAILS:
        return FAILURE;
    case REJECTS:
        return GRADUS_REJECT;
    case HAS_NO_VALUE:
        *value = (double)NAN;
        return 0;
    case IS_INFINITE:
        *value = (double)INFINITY;
        return 0;
    case IS_UNBOUNDED:
        *value = -(double)INFINITY;
        return 0;
    default:
        if (gradient) gradient[SIZE - 1] = (double)NAN;
        return 0;
    }
}

/* The mean over the rows of sum_j (1 + j) log cosh(theta_j - sin(row + j)) */
static gradus_status mean_of_rows(void *context, size_t n, const double *theta, const gradus_batch *batch,
                                  double *value, double *gradient)
{
    rows_of_terms *terms = (rows_of_terms *)context;
    *value = 0.0;
    for (size_t j = 0; gradient && j < n; j++) gradient[j] = 0.0;
    for (size_t i = 0; i < batch->count; i++) {
        const size_t row = batch->rows ? batch->rows[i] : batch->first + i;
        for (size_t j = 0; j < n; j++) {
            const double gap = theta[j] - sin((double)(row + j)),
                         share = (double)(1 + j) / (double)batch->count;
            *value += share * log(cosh(gap));
            if (gradient) gradient[j] += share * tanh(gap);
        }
    }
    if (++terms->calls != terms->at) return 0;
    terms->happened = true;
    return have_mishap(terms, value, gradient);
}

static gradus_status mean_of_all(void *context, size_t n, const double *theta, double *value,
                                 double *gradient)
{
    const gradus_batch all = {.count = ROWS};
    return mean_of_rows(context, n, theta, &all, value, gradient);
}

static const double far[SIZE] = {2.0, -1.5, 3.0, 0.5};

/* Whatever happens: a status that is allowed, theta finite, no memory left; returns the calls. */
static size_t with_mishap(bool batched, const gradus_options *given, rows_of_terms *terms,
                          gradus_status *status)
{
    gradus_objective *f = NULL;
    gradus_options options = *given;
    gradus_report report;
    test_allocator allocator;
    test_allocator_begin(&allocator, 0);
    options.allocator = &allocator.face;
    terms->calls = 0;
    terms->happened = false;
    if (batched)
        cr_assert_eq(gradus_function_batched(SIZE, ROWS, mean_of_rows, terms, &f), 0);
    else
        cr_assert_eq(gradus_function(SIZE, mean_of_all, terms, &f), 0);
    double theta[SIZE];
    memcpy(theta, far, sizeof far);
    *status = gradus_descend(f, theta, &options, &report);
    const size_t calls = terms->calls;
    const bool happened = terms->happened;
    cr_assert_eq(allocator.alive, 0);
    for (size_t j = 0; j < SIZE; j++)
        cr_assert(isfinite(theta[j]), "mishap %d at %zu", terms->what, terms->at);
    cr_assert(!happened || terms->what != FAILS || *status == FAILURE, "%d at %zu", *status, terms->at);
    const bool refused = calls == 0, blamed = happened && (terms->what == FAILS || terms->at == 1);
    cr_assert(*status == 0 || refused || blamed, "mishap %d at %zu: %d", terms->what, terms->at, *status);
    const bool searches = options.method == GRADUS_METHOD_GRADIENT &&
                          (options.step.rule == GRADUS_STEP_WOLFE ||
                           options.step.rule == GRADUS_STEP_BACKTRACKING);
    double before = 0.0, now = 0.0;
    terms->at = 0;
    cr_assert_eq(gradus_objective_evaluate(f, far, &before, NULL), 0);
    cr_assert_eq(gradus_objective_evaluate(f, theta, &now, NULL), 0);
    if (searches && options.batch.rows == 0) cr_assert_leq(now, before);
    gradus_objective_free(f);
    return calls;
}

static size_t every_mishap(bool batched, const gradus_options *options)
{
    rows_of_terms terms = {.at = 0};
    gradus_status status;
    const size_t calls = with_mishap(batched, options, &terms, &status);
    if (status) return 0;
    for (int what = FAILS; what < MISHAPS; what++) {
        for (size_t at = 1; at <= calls; at = after(at)) {
            terms = (rows_of_terms){.at = at, .what = (mishap)what};
            (void)with_mishap(batched, options, &terms, &status);
        }
    }
    return 1;
}

Test(interruptions, the_callers_function_at_any_call)
{
    const gradus_step rules[] = {{.rule = GRADUS_STEP_AUTOMATIC},   gradus_step_fixed(0.1),
                                 gradus_step_backtracking(0.0),     gradus_step_wolfe(0.0),
                                 gradus_step_barzilai_borwein(0.1), gradus_step_cosine(0.3, 0.01, 10)};
    size_t runs = 0;
    for (int method = 0; method <= GRADUS_METHOD_SVRG; method++) {
        for (size_t k = 0; k < sizeof rules / sizeof *rules; k++) {
            gradus_options options = gradus_options_default();
            options.method = (gradus_method)method;
            options.step = rules[k];
            options.stop.max_iterations = 25;
            runs += every_mishap(false, &options);
            runs += every_mishap(true, &options);
            options.batch.rows = 8;
            for (int64_t check_at = -1; check_at <= 1; check_at += 2) {
                options.batch.check = check_at;
                runs += every_mishap(true, &options);
            }
        }
    }
    cr_assert_geq(runs, 50);
}
