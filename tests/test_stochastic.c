/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Runs by batches, schedules, Adam, SVRG and clipping, held against plain loops. The rows of every step are those that a
 * caller's function over rows is asked for; the loops below follow them with formulas of their own.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { M = 103, N = 4, B = 10, STEPS = 11 }; /* eleven batches an epoch, the last of 3 rows */

/* ---- a mean over rows, that remembers what it was asked for ---- */

typedef struct call {
    size_t count;
    size_t *rows;
    bool full; /* asked for as {0, M, NULL} */
} call;

typedef struct row_mean {
    const double *x, *y; /* row-major, M x N */
    size_t calls, room;
    call *log;
    size_t spoilt; /* from this call on it answers with `with`; 0: never */
    bool once;     /* and to this one alone */
    int kind;      /* 0: in the value, 1: in the gradient, 2: as its status */
    double with;
    volatile int *cancel; /* set at the call `spoilt` where not NULL */
} row_mean;

/* f_i = (x_i'theta - y_i)^2 / 2, averaged over rows */
static double average(const row_mean *f, const double *theta, size_t count, const size_t *rows,
                      double *gradient)
{
    double value = 0.0;
    memset(gradient, 0, N * sizeof *gradient);
    for (size_t k = 0; k < count; k++) {
        const double *x = f->x + rows[k] * N;
        double residual = -f->y[rows[k]];
        for (size_t j = 0; j < N; j++) residual += x[j] * theta[j];
        value += 0.5 * residual * residual / (double)count;
        for (size_t j = 0; j < N; j++) gradient[j] += residual * x[j] / (double)count;
    }
    return value;
}

static void note(row_mean *f, const gradus_batch *batch)
{
    if (f->calls == f->room) {
        f->room = f->room ? 2 * f->room : 64;
        f->log = (call *)realloc(f->log, f->room * sizeof *f->log);
        cr_assert_not_null(f->log);
    }
    call *c = &f->log[f->calls++];
    *c = (call){.count = batch->count, .full = batch->count == M && !batch->rows};
    c->rows = (size_t *)malloc(batch->count * sizeof *c->rows);
    cr_assert_not_null(c->rows);
    for (size_t k = 0; k < batch->count; k++) {
        c->rows[k] = batch->rows ? batch->rows[k] : batch->first + k;
        cr_assert_lt(c->rows[k], M);
    }
}

static gradus_status evaluate(void *context, size_t n, const double *theta, const gradus_batch *batch,
                              double *value, double *gradient)
{
    row_mean *f = (row_mean *)context;
    double unused[N];
    cr_assert(n == N && batch->count >= 1 && batch->count <= M);
    for (size_t j = 0; j < N; j++) cr_assert(isfinite(theta[j]));
    note(f, batch);
    *value = average(f, theta, batch->count, f->log[f->calls - 1].rows, gradient ? gradient : unused);
    if (f->spoilt == 0 || f->calls < f->spoilt || (f->once && f->calls > f->spoilt)) return 0;
    if (f->cancel) *f->cancel = 1;
    if (f->cancel) return 0;
    if (f->kind == 0) *value = f->with;
    if (f->kind == 1 && gradient) gradient[N - 1] = f->with;
    return f->kind == 2 ? (gradus_status)f->with : 0;
}

static void forget(row_mean *f)
{
    for (size_t k = 0; k < f->calls; k++) free(f->log[k].rows);
    free(f->log);
    f->log = NULL;
    f->calls = f->room = 0;
}

/* ---- one problem ---- */

typedef struct problem {
    test_data data;
    row_mean mean;
    gradus_objective *f;
} problem;

static problem *problem_make(uint64_t seed)
{
    problem *p = (problem *)calloc(1, sizeof *p);
    cr_assert_not_null(p);
    p->data = test_data_make(seed, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    p->mean = (row_mean){.x = p->data.x, .y = p->data.y};
    cr_assert_eq(gradus_function_batched(N, M, evaluate, &p->mean, &p->f), 0);
    return p;
}

static void problem_free(problem *p)
{
    forget(&p->mean);
    gradus_objective_free(p->f);
    test_data_free(&p->data);
    free(p);
}

static gradus_options by_batches(gradus_method method, gradus_step step)
{
    gradus_options options = gradus_options_default();
    options.method = method;
    options.step = step;
    options.batch.rows = B;
    options.batch.seed = 7;
    options.stop.max_epochs = 3;
    options.stop.gradient_tolerance = GRADUS_OFF;
    return options;
}

static gradus_options plain_sgd(void)
{
    return by_batches(GRADUS_METHOD_GRADIENT, gradus_step_fixed(0.05));
}

/* theta* by the normal equations in long double, elimination without pivoting: they are positive definite */
static void least_squares(const row_mean *f, double *theta)
{
    long double g[N][N + 1] = {{0}};
    for (size_t i = 0; i < M; i++) {
        for (size_t j = 0; j < N; j++) {
            for (size_t k = 0; k < N; k++) g[j][k] += (long double)f->x[i * N + j] * f->x[i * N + k];
            g[j][N] += (long double)f->x[i * N + j] * f->y[i];
        }
    }
    for (size_t k = 0; k < N; k++) {
        for (size_t i = 0; i < N; i++) {
            if (i == k) continue;
            const long double factor = g[i][k] / g[k][k];
            for (size_t j = k; j <= N; j++) g[i][j] -= factor * g[k][j];
        }
    }
    for (size_t j = 0; j < N; j++) theta[j] = (double)(g[j][N] / g[j][j]);
}

static double distance(const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t j = 0; j < N; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sqrt(sum);
}

static double norm(const double *a)
{
    static const double zeros[N] = {0.0};
    return distance(a, zeros);
}

/* ---- which rows ---- */

/* The calls of an epoch, marked: how often was each row read? */
static void tally(const row_mean *f, size_t epoch, size_t *times)
{
    memset(times, 0, M * sizeof *times);
    for (size_t s = 0; s < STEPS; s++) {
        const call *c = &f->log[epoch * STEPS + s];
        cr_assert_eq(c->count, s + 1 < STEPS ? B : M % B);
        for (size_t k = 0; k < c->count; k++) times[c->rows[k]]++;
    }
}

/* Three epochs with `check` off: the rows in the order in which they were read, 3 M of them. */
static size_t *rows_read(problem *p, gradus_order order, uint64_t seed)
{
    gradus_options options = plain_sgd();
    options.batch.order = order;
    options.batch.seed = seed;
    options.batch.check = GRADUS_OFF;
    forget(&p->mean);
    gradus_report report;
    double theta[N] = {0.0};
    cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
    cr_assert(p->mean.calls == 3 * STEPS && report.iterations == 3 * STEPS && report.passes == 3.0);
    cr_assert(report.stop == GRADUS_STOP_MAX_EPOCHS && report.epochs == 3.0 && report.exact == 0);
    size_t *rows = (size_t *)malloc(3 * M * sizeof *rows), next = 0;
    cr_assert_not_null(rows);
    for (size_t k = 0; k < p->mean.calls; k++) {
        cr_assert_not(p->mean.log[k].full);
        for (size_t i = 0; i < p->mean.log[k].count; i++) rows[next++] = p->mean.log[k].rows[i];
    }
    cr_assert_eq(next, 3 * M);
    return rows;
}

Test(stochastic, every_epoch_visits_every_row_once_in_a_new_order)
{
    problem *p = problem_make(1);
    size_t times[M];
    for (uint64_t seed = 0; seed < 5; seed++) {
        const gradus_order order = seed % 2 ? GRADUS_ORDER_SHUFFLED : GRADUS_ORDER_AUTOMATIC;
        size_t *rows = rows_read(p, order, seed);
        for (size_t epoch = 0; epoch < 3; epoch++) {
            tally(&p->mean, epoch, times);
            for (size_t i = 0; i < M; i++) cr_assert_eq(times[i], 1, "row %zu, epoch %zu", i, epoch);
        }
        size_t same = 0, fixed = 0;
        for (size_t i = 0; i < M; i++) same += rows[i] == rows[M + i], fixed += rows[i] == i;
        cr_assert(same < M / 10 && fixed < M / 10, "%zu places kept, %zu rows in place", same, fixed);
        free(rows);
    }
    problem_free(p);
}

Test(stochastic, the_same_rows_for_the_same_seed_alone)
{
    problem *p = problem_make(1);
    static const gradus_order orders[] = {GRADUS_ORDER_SHUFFLED, GRADUS_ORDER_REPLACEMENT};
    for (size_t o = 0; o < 2; o++) {
        size_t *a = rows_read(p, orders[o], 11), *b = rows_read(p, orders[o], 11),
               *c = rows_read(p, orders[o], 12);
        cr_assert_eq(memcmp(a, b, 3 * M * sizeof *a), 0);
        size_t same = 0;
        for (size_t i = 0; i < 3 * M; i++) same += a[i] == c[i];
        cr_assert_lt(same, 3 * M / 10);
        free(a);
        free(b);
        free(c);
    }
    problem_free(p);
}

Test(stochastic, consecutive_rows_as_they_lie)
{
    problem *p = problem_make(1);
    size_t *rows = rows_read(p, GRADUS_ORDER_CONSECUTIVE, 3);
    for (size_t i = 0; i < 3 * M; i++) cr_assert_eq(rows[i], i % M);
    free(rows);
    problem_free(p);
}

/* Of M draws with replacement about M (1 - 1/e) rows are seen; each row is drawn about equally often in the end. */
Test(stochastic, replacement_draws_every_row_by_itself)
{
    problem *p = problem_make(1);
    size_t total[M] = {0}, times[M];
    enum { SEEDS = 60 };
    double seen = 0.0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        free(rows_read(p, GRADUS_ORDER_REPLACEMENT, seed));
        for (size_t epoch = 0; epoch < 3; epoch++) {
            tally(&p->mean, epoch, times);
            for (size_t i = 0; i < M; i++) seen += times[i] > 0, total[i] += times[i];
        }
    }
    seen /= 3.0 * SEEDS * M;
    cr_assert(fabs(seen - (1.0 - exp(-1.0))) <= 0.01, "%g of the rows are seen", seen);
    double chi = 0.0; /* M - 1 degrees of freedom: mean 102, standard deviation 14.3 */
    const double expected = 3.0 * SEEDS;
    for (size_t i = 0; i < M; i++)
        chi += ((double)total[i] - expected) * ((double)total[i] - expected) / expected;
    cr_assert(chi > 40.0 && chi < 190.0, "chi-squared %g", chi);
    problem_free(p);
}

/* ---- paths, followed by plain loops ---- */

/* What a loop needs of one step: g at theta, and alpha. */
typedef struct follower {
    gradus_method method;
    double beta, beta2, epsilon, clip;
    double m[N], v[N]; /* velocity, or Adam's moments */
    size_t t;
} follower;

static double formula(const gradus_step *step, size_t k)
{
    const double x = (double)k;
    double a = step->size;
    switch (step->rule) {
    case GRADUS_STEP_INVERSE_TIME:
        return a / (1.0 + step->decay * x);
    case GRADUS_STEP_INVERSE_SQUARE_ROOT:
        return a * pow(1.0 + step->decay * x, -0.5);
    case GRADUS_STEP_COSINE:
        if ((int64_t)k >= step->period) return step->last;
        return step->last + (a - step->last) * pow(cos(0.5 * acos(-1.0) * x / (double)step->period), 2.0);
    case GRADUS_STEP_DECAY:
        for (int64_t i = step->period; i <= (int64_t)k; i += step->period) a *= step->decay;
        return a;
    default:
        return a;
    }
}

static void follow(follower *s, double alpha, double *g, double *theta)
{
    const double length = norm(g);
    if (s->clip > 0.0 && length > s->clip) {
        for (size_t j = 0; j < N; j++) g[j] *= s->clip / length;
    }
    s->t++;
    for (size_t j = 0; j < N; j++) {
        double d = -g[j];
        if (s->method == GRADUS_METHOD_HEAVY_BALL) d = s->v[j] = s->beta * s->v[j] - g[j];
        if (s->method == GRADUS_METHOD_NESTEROV) {
            s->v[j] = s->beta * s->v[j] - g[j];
            d = s->beta * s->v[j] - g[j];
        }
        if (s->method == GRADUS_METHOD_ADAM) {
            s->m[j] = s->beta * s->m[j] + (1.0 - s->beta) * g[j];
            s->v[j] = s->beta2 * s->v[j] + (1.0 - s->beta2) * g[j] * g[j];
            const double mean_of = s->m[j] / (1.0 - pow(s->beta, (double)s->t));
            const double square = s->v[j] / (1.0 - pow(s->beta2, (double)s->t));
            d = -mean_of / (sqrt(square) + s->epsilon);
        }
        theta[j] += alpha * d;
    }
}

/* The calls of a run with `check` off are its steps; those of a full-gradient run are its iterates. */
static void compare_path(problem *p, const gradus_options *options, const char *what)
{
    forget(&p->mean);
    test_run run = test_solve(gradus_descend, p->f, p->data.theta, options);
    follower s = {.method = options->method,
                  .beta = options->momentum > 0.0 ? options->momentum : 0.9,
                  .beta2 = options->second_momentum > 0.0 ? options->second_momentum : 0.999,
                  .epsilon = options->adam_epsilon > 0.0 ? options->adam_epsilon : 1e-8,
                  .clip = options->clip};
    gradus_step step = options->step;
    if (step.rule == GRADUS_STEP_AUTOMATIC) step.size = 0.001; /* Adam's */
    double theta[N], g[N];
    memcpy(theta, p->data.theta, sizeof theta);
    cr_assert(run.status == 0 && run.count >= 30, "%s: %s", what, gradus_strerror(run.status));
    for (size_t k = 0; k + 1 < run.count; k++) {
        const test_iterate *at = &run.iterates[k];
        const call *c = &p->mean.log[k];
        cr_assert_geq(test_worst_digits(N, at->theta, theta), 11.0, "%s: theta at %zu", what, k);
        const double value = average(&p->mean, at->theta, c->count, c->rows, g);
        cr_assert(at->seen.value == value && test_same_bits(N, at->gradient, g), "%s: iterate %zu", what, k);
        cr_assert_eq(at->seen.exact, c->full);
        const double alpha = formula(&step, k);
        cr_assert(fabs(run.iterates[k + 1].seen.step_size - alpha) <= 1e-14 * step.size, "%s: alpha %zu",
                  what, k);
        (void)average(&p->mean, theta, c->count, c->rows, g);
        follow(&s, alpha, g, theta);
    }
    cr_assert_geq(test_worst_digits(N, run.theta, theta), 11.0, "%s: theta at the end", what);
    test_run_free(&run);
}

static const gradus_method methods[] = {GRADUS_METHOD_GRADIENT, GRADUS_METHOD_HEAVY_BALL,
                                        GRADUS_METHOD_NESTEROV, GRADUS_METHOD_ADAM};
static const char *const names[] = {"gradient", "heavy ball", "Nesterov", "Adam"};

static gradus_step step_rule(int k)
{
    static gradus_step (*const inverse[])(double, double) = {gradus_step_inverse_time,
                                                             gradus_step_inverse_square_root};
    if (k == 0) return gradus_step_fixed(0.03);
    if (k <= 2) return inverse[k - 1](0.05, 0.1);
    if (k == 3) return gradus_step_cosine(0.05, 0.002, 20);
    if (k == 4) return gradus_step_decay(0.05, 0.5, 7);
    return (gradus_step){.rule = GRADUS_STEP_AUTOMATIC};
}

Test(stochastic, every_method_and_schedule_follows_its_formulas)
{
    problem *p = problem_make(2);
    for (int k = 0; k < 4 * 5; k++) {
        for (int order = GRADUS_ORDER_SHUFFLED; order <= GRADUS_ORDER_CONSECUTIVE; order++) {
            gradus_options options = by_batches(methods[k % 4], step_rule(k / 4));
            options.batch.check = GRADUS_OFF;
            options.batch.order = (gradus_order)order;
            if (k / 4 % 2)
                options.momentum = 0.7, options.second_momentum = 0.95, options.adam_epsilon = 1e-3;
            compare_path(p, &options, names[k % 4]);
        }
    }
    problem_free(p);
}

/* Without batches: the schedules, and Adam, whose default is a step of 0.001; Nesterov's with FIXED steps is FISTA's. */
Test(stochastic, schedules_and_adam_on_full_gradients)
{
    problem *p = problem_make(3);
    for (int k = 0; k < 4 * 6; k++) {
        gradus_options options = gradus_options_default();
        options.method = methods[k % 4];
        options.step = step_rule(k / 4);
        if (k / 4 == 0 && options.method == GRADUS_METHOD_NESTEROV) continue;
        if (k / 4 == 5 && options.method != GRADUS_METHOD_ADAM) continue;
        options.stop.max_iterations = 40;
        compare_path(p, &options, names[k % 4]);
    }
    problem_free(p);
}

Test(stochastic, clipped_gradients)
{
    problem *p = problem_make(4);
    for (int k = 0; k < 8; k++) {
        gradus_options options = by_batches(methods[k % 4], step_rule(k / 4 * 2));
        options.batch.check = GRADUS_OFF;
        options.clip = 0.3;
        compare_path(p, &options, names[k % 4]);
        options.batch = (gradus_batching){0};
        options.stop = (gradus_stop_criteria){.max_iterations = 40};
        if (options.method != GRADUS_METHOD_NESTEROV || k >= 4) compare_path(p, &options, names[k % 4]);
    }
    problem_free(p);
}

/* No clipped step of steepest descent is longer than alpha clip; a clip that is never reached changes no bit. */
Test(stochastic, a_clip_bounds_every_step)
{
    problem *p = problem_make(4);
    gradus_options options = plain_sgd();
    test_run plain = test_solve(gradus_descend, p->f, p->data.theta, &options);
    options.clip = 1e6;
    test_run loose = test_solve(gradus_descend, p->f, p->data.theta, &options);
    options.clip = 0.1;
    test_run tight = test_solve(gradus_descend, p->f, p->data.theta, &options);
    cr_assert(test_same_bits(N, plain.theta, loose.theta) && !test_same_bits(N, plain.theta, tight.theta));
    size_t bound = 0;
    for (size_t k = 1; k < tight.count; k++) {
        const double length = distance(tight.iterates[k].theta, tight.iterates[k - 1].theta);
        cr_assert_leq(length, 0.05 * 0.1 * (1.0 + 1e-10));
        bound += length >= 0.05 * 0.1 * (1.0 - 1e-10);
    }
    cr_assert_gt(bound, 5);
    test_run_free(&plain);
    test_run_free(&loose);
    test_run_free(&tight);
    problem_free(p);
}

/* A fixed step that is provably too large for full gradients is not for clipped ones. */
Test(stochastic, clipped_steps_are_not_refused)
{
    problem *p = problem_make(4);
    gradus_objective *model = NULL;
    cr_assert_eq(gradus_least_squares(&p->data.X, p->data.y, NULL, &model), 0);
    gradus_options options = gradus_options_default();
    options.step = gradus_step_fixed(100.0);
    options.stop.max_iterations = 50;
    double theta[N] = {0.0};
    cr_assert_eq(gradus_descend(model, theta, &options, NULL), GRADUS_ERROR_STEP_TOO_LARGE);
    options.clip = 1e-3;
    gradus_report report;
    cr_assert_eq(gradus_descend(model, theta, &options, &report), 0);
    cr_assert(report.iterations == 50 && isfinite(report.value));
    gradus_objective_free(model);
    problem_free(p);
}

/* d_j = -g_j / P_jj with P = diag(X'X)/M: the metric of a model preconditions its batches. */
Test(stochastic, a_models_batches_in_its_metric)
{
    problem *p = problem_make(5);
    gradus_objective *model = NULL;
    cr_assert_eq(gradus_least_squares(&p->data.X, p->data.y, NULL, &model), 0);
    double diagonal[N] = {0.0}, theta[N], g[N];
    for (size_t i = 0; i < M * N; i++) diagonal[i % N] += p->data.x[i] * p->data.x[i] / M;
    for (int metric = 0; metric < 2; metric++) {
        gradus_options options = plain_sgd();
        options.batch.order = GRADUS_ORDER_CONSECUTIVE;
        options.metric = metric ? GRADUS_METRIC_DIAGONAL : GRADUS_METRIC_AUTOMATIC;
        test_run run = test_solve(gradus_descend, model, p->data.theta, &options);
        cr_assert(run.status == 0 && run.report.iterations == 3 * STEPS);
        cr_assert_eq(run.report.metric, metric ? GRADUS_METRIC_DIAGONAL : GRADUS_METRIC_IDENTITY);
        memcpy(theta, p->data.theta, sizeof theta);
        for (size_t k = 0; k < 3 * STEPS; k++) {
            size_t rows[B], count = 0;
            for (size_t i = k % STEPS * B; i < M && count < B; i++) rows[count++] = i;
            (void)average(&p->mean, theta, count, rows, g);
            for (size_t j = 0; j < N; j++) theta[j] -= 0.05 * g[j] / (metric ? diagonal[j] : 1.0);
        }
        cr_assert_geq(test_worst_digits(N, run.theta, theta), 10.0);
        test_run_free(&run);
    }
    gradus_objective_free(model);
    problem_free(p);
}

/* ---- all rows ---- */

/* As many rows as there are, or more: the run of full gradients, bit for bit, in order, whatever the order is called. */
Test(stochastic, a_batch_of_all_rows_is_a_full_evaluation)
{
    problem *p = problem_make(6);
    for (int k = 0; k < 12; k++) {
        const bool svrg = k / 4 == 2;
        gradus_options options = by_batches(svrg ? GRADUS_METHOD_SVRG : methods[k / 4 * 3], step_rule(3));
        options.batch.rows = k % 2 ? M : SIZE_MAX;
        options.batch.order = k % 4 < 2 ? GRADUS_ORDER_REPLACEMENT : GRADUS_ORDER_SHUFFLED;
        options.stop.max_epochs = 25;
        forget(&p->mean);
        test_run batches = test_solve(gradus_descend, p->f, p->data.theta, &options);
        cr_assert_eq(batches.report.iterations, 25);
        cr_assert_eq(batches.report.passes, 26.0, "%g", batches.report.passes);
        for (size_t i = 0; i < p->mean.calls; i++) cr_assert(p->mean.log[i].full);
        if (svrg) options.method = GRADUS_METHOD_GRADIENT;
        options.batch = (gradus_batching){0};
        options.stop.max_epochs = 0;
        options.stop.max_iterations = 25;
        test_run full = test_solve(gradus_descend, p->f, p->data.theta, &options);
        for (size_t i = 0; i <= 25; i++)
            cr_assert(test_same_bits(N, full.iterates[i].theta, batches.iterates[i].theta), "%d, %zu", k, i);
        cr_assert(test_same(full.report.value, batches.report.value) && batches.report.exact == 1);
        test_run_free(&full);
        test_run_free(&batches);
    }
    problem_free(p);
}

/* The passes that a run of five epochs costs, and how many of its calls are for all rows. */
static void expect_passes(int64_t check, gradus_method method, double passes, size_t full)
{
    problem *p = problem_make(7);
    gradus_objective *model = NULL;
    cr_assert_eq(gradus_least_squares(&p->data.X, p->data.y, NULL, &model), 0);
    for (int order = GRADUS_ORDER_SHUFFLED; order <= GRADUS_ORDER_CONSECUTIVE; order++) {
        gradus_options options = by_batches(method, gradus_step_fixed(0.05));
        options.batch.check = check;
        options.batch.order = (gradus_order)order;
        options.stop.max_epochs = 5;
        forget(&p->mean);
        gradus_report report, of_model;
        double theta[N] = {0.0};
        cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
        memset(theta, 0, sizeof theta);
        cr_assert_eq(gradus_descend(model, theta, &options, &of_model), 0);
        size_t count = 0, rows = 0;
        for (size_t k = 0; k < p->mean.calls; k++) count += p->mean.log[k].full, rows += p->mean.log[k].count;
        cr_assert(report.passes == (double)rows / M && report.evaluations == p->mean.calls);
        cr_assert(fabs(report.passes - passes) <= 1e-12 && fabs(of_model.passes - passes) <= 1e-12,
                  "check %d: %.17g and %.17g passes, not %.17g", (int)check, report.passes, of_model.passes,
                  passes);
        cr_assert_eq(count, full, "check %d: %zu full evaluations", (int)check, count);
        cr_assert(report.iterations == 5 * STEPS && report.stop == GRADUS_STOP_MAX_EPOCHS);
    }
    gradus_objective_free(model);
    problem_free(p);
}

Test(stochastic, passes_are_counted_to_the_row)
{
    expect_passes(0, GRADUS_METHOD_GRADIENT, 7.0, 2); /* start and end */
    expect_passes(GRADUS_OFF, GRADUS_METHOD_GRADIENT, 5.0, 0);
    expect_passes(1, GRADUS_METHOD_GRADIENT, 11.0, 6);
    expect_passes(2, GRADUS_METHOD_GRADIENT, 9.0, 4); /* start, 2, 4 and the end */
    expect_passes(5, GRADUS_METHOD_ADAM, 7.0, 2);
    expect_passes(9, GRADUS_METHOD_HEAVY_BALL, 7.0, 2);
    /* twice all batches but those at the snapshots */
    expect_passes(0, GRADUS_METHOD_SVRG, 6.0 + 2.0 * 5.0 * (M - B) / M, 6);
    expect_passes(2, GRADUS_METHOD_SVRG, 4.0 + 2.0 * (5.0 * M - 3.0 * B) / M, 4);
}

/* Where f is evaluated on all rows, what is shown and reported is f's own; the best of these is noted. */
Test(stochastic, full_evaluations_are_the_functions_own)
{
    problem *p = problem_make(8);
    gradus_options options = plain_sgd();
    options.batch.check = 2;
    options.stop.max_epochs = 7;
    options.step = gradus_step_fixed(0.5); /* noisy enough to rise */
    test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
    double best = (double)INFINITY, g[N];
    size_t rows[M], exact = 0, best_at = 0;
    for (size_t i = 0; i < M; i++) rows[i] = i;
    for (size_t k = 0; k < run.count; k++) {
        const test_iterate *at = &run.iterates[k];
        const bool due = k % (2 * STEPS) == 0 || k == 7 * STEPS;
        cr_assert_eq(at->seen.exact, due, "iterate %zu", k);
        cr_assert(fabs(at->seen.epochs - (double)k / STEPS) <= 1e-15 * (double)k);
        if (!due) continue;
        exact++;
        const double value = average(&p->mean, at->theta, M, rows, g);
        cr_assert(at->seen.value == value && test_same_bits(N, at->gradient, g));
        cr_assert(fabs(at->seen.gradient_norm - norm(g)) <= 1e-14 * norm(g));
        if (value < best) best = value, best_at = k;
    }
    cr_assert(exact == 5 && run.report.best_value == best && run.report.best_iteration == best_at);
    cr_assert(run.report.exact == 1 && run.report.value == run.iterates[7 * STEPS].seen.value);
    cr_assert(test_same_bits(N, run.theta, run.iterates[7 * STEPS].theta));
    cr_assert(isnan(run.report.curvature));
    test_run_free(&run);
    problem_free(p);
}

/* With `check` off the report holds the last batch's numbers, and no best value. */
Test(stochastic, without_full_evaluations_the_last_batch_speaks)
{
    problem *p = problem_make(8);
    gradus_options options = plain_sgd();
    options.batch.check = GRADUS_OFF;
    test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
    const call *last = &p->mean.log[p->mean.calls - 1];
    double g[N];
    const double value = average(&p->mean, run.iterates[run.count - 2].theta, last->count, last->rows, g);
    cr_assert(run.report.value == value && isnan(run.report.best_value) && run.report.best_iteration == 0);
    cr_assert(fabs(run.report.gradient_norm - norm(g)) <= 1e-14 * norm(g) && run.report.exact == 0);
    cr_assert(test_same_bits(N, run.iterates[run.count - 1].gradient, g));
    cr_assert(isfinite(run.theta[0]) && !test_same_bits(N, run.theta, run.iterates[run.count - 2].theta));
    test_run_free(&run);
    problem_free(p);
}

/* ---- how fast ---- */

/* ||grad f|| at theta over that at the start */
static double relative_gradient(const problem *p, const double *theta)
{
    double g[N], g0[N];
    size_t rows[M];
    for (size_t i = 0; i < M; i++) rows[i] = i;
    (void)average(&p->mean, theta, M, rows, g);
    (void)average(&p->mean, p->data.theta, M, rows, g0);
    return norm(g) / norm(g0);
}

/* Johnson and Zhang's theorem: a constant step, and yet the error falls by a constant factor an epoch. */
Test(stochastic, svrg_converges_linearly_where_constant_steps_stall)
{
    problem *p = problem_make(9);
    gradus_options options = by_batches(GRADUS_METHOD_SVRG, gradus_step_fixed(0.3));
    options.stop.gradient_tolerance = 1e-8;
    options.stop.max_epochs = 200;
    test_run reduced = test_solve(gradus_descend, p->f, p->data.theta, &options);
    cr_assert(reduced.status == 0 && reduced.report.stop == GRADUS_STOP_GRADIENT, "%s",
              gradus_stop_sentence(reduced.report.stop));
    cr_assert_leq(relative_gradient(p, reduced.theta), 1e-8);
    const size_t epochs = reduced.report.iterations / STEPS;
    for (size_t e = 0; e + 10 <= epochs; e++) {
        const double now = relative_gradient(p, reduced.iterates[e * STEPS].theta);
        const double later = relative_gradient(p, reduced.iterates[(e + 10) * STEPS].theta);
        cr_assert_leq(later, 0.1 * now, "epochs %zu to %zu: %g to %g", e, e + 10, now, later);
    }
    double answer[N];
    least_squares(&p->mean, answer);
    cr_assert_leq(distance(reduced.theta, answer), 1e-7 * norm(answer));
    options.method = GRADUS_METHOD_GRADIENT;
    options.stop.max_epochs = (int64_t)(3 * epochs);
    test_run plain = test_solve(gradus_descend, p->f, p->data.theta, &options);
    cr_assert_eq(plain.report.stop, GRADUS_STOP_MAX_EPOCHS);
    for (size_t k = epochs * STEPS; k < plain.count; k++)
        cr_assert_geq(relative_gradient(p, plain.iterates[k].theta), 1e-4, "iterate %zu", k);
    test_run_free(&reduced);
    test_run_free(&plain);
    problem_free(p);
}

/* g = g_B(theta) - g_B(s) + grad f(s), and the value likewise; the first step from a snapshot takes grad f(s) itself. */
Test(stochastic, svrg_follows_its_formula)
{
    problem *p = problem_make(9);
    gradus_options options = by_batches(GRADUS_METHOD_SVRG, gradus_step_fixed(0.1));
    options.batch.check = 2;
    options.stop.max_epochs = 4;
    test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
    double theta[N], snapshot[N] = {0.0}, full[N] = {0.0}, g[N], old[N], value_there = 0.0;
    memcpy(theta, p->data.theta, sizeof theta);
    size_t next = 0;
    for (size_t k = 0; k < run.count; k++) {
        const test_iterate *at = &run.iterates[k];
        const call *c = &p->mean.log[next++];
        double value = average(&p->mean, theta, c->count, c->rows, g);
        if (k % (2 * STEPS) == 0) {
            cr_assert(c->full);
            memcpy(snapshot, theta, sizeof snapshot);
            memcpy(full, g, sizeof full);
            value_there = value;
        } else {
            const call *again = &p->mean.log[next++];
            cr_assert(again->count == c->count &&
                      memcmp(again->rows, c->rows, c->count * sizeof *c->rows) == 0);
            value += value_there - average(&p->mean, snapshot, c->count, c->rows, old);
            for (size_t j = 0; j < N; j++) g[j] += full[j] - old[j];
        }
        cr_assert(fabs(at->seen.value - value) <= 1e-12 * value_there, "value at %zu", k);
        cr_assert(fabs(at->seen.gradient_norm - norm(g)) <= 1e-10 * norm(full), "norm at %zu", k);
        cr_assert_leq(distance(at->gradient, g), 1e-10 * norm(full), "gradient at %zu", k);
        cr_assert_leq(distance(at->theta, theta), 1e-12 * norm(theta), "theta at %zu", k);
        for (size_t j = 0; j < N; j++) theta[j] -= 0.1 * g[j];
    }
    cr_assert(run.count == 4 * STEPS + 1 && next == p->mean.calls);
    test_run_free(&run);
    problem_free(p);
}

/* A snapshot of several epochs converges, too. */
Test(stochastic, svrg_keeps_a_snapshot_as_long_as_asked)
{
    problem *p = problem_make(9);
    gradus_options options = by_batches(GRADUS_METHOD_SVRG, gradus_step_fixed(0.2));
    options.stop.gradient_tolerance = 1e-8;
    options.stop.max_epochs = 200;
    options.batch.check = 3;
    gradus_report report;
    double theta[N];
    memcpy(theta, p->data.theta, sizeof theta);
    cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_GRADIENT && relative_gradient(p, theta) <= 1e-8);
    cr_assert_eq(report.iterations % (3 * STEPS), 0);
    problem_free(p);
}

/* The mean of ||theta_k - theta*||^2 over seeds, after so many steps of one row each. */
static double mean_square_error(const problem *p, const gradus_objective *model, gradus_step step,
                                int64_t steps)
{
    enum { SEEDS = 40 };
    double answer[N], sum = 0.0;
    least_squares(&p->mean, answer);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        gradus_options options = by_batches(GRADUS_METHOD_GRADIENT, step);
        options.batch = (gradus_batching){
            .rows = 1, .order = GRADUS_ORDER_REPLACEMENT, .seed = seed, .check = GRADUS_OFF};
        options.stop.max_epochs = GRADUS_OFF;
        options.stop.max_iterations = steps;
        double theta[N];
        memcpy(theta, p->data.theta, sizeof theta);
        gradus_report report;
        cr_assert_eq(gradus_descend(model, theta, &options, &report), 0);
        cr_assert(report.stop == GRADUS_STOP_MAX_ITERATIONS && report.iterations == (size_t)steps);
        sum += pow(distance(theta, answer), 2.0) / SEEDS;
    }
    return sum;
}

/* Of steps like 1/k the squared error falls like 1/k; of constant ones it stays. 160 squares: 11 % of spread each. */
Test(stochastic, steps_like_1_over_k_leave_an_error_like_1_over_k)
{
    problem *p = problem_make(10);
    gradus_objective *model = NULL;
    cr_assert_eq(gradus_least_squares(&p->data.X, p->data.y, NULL, &model), 0);
    const gradus_step falling = gradus_step_inverse_time(0.3, 0.03), constant = gradus_step_fixed(0.05);
    const double early = mean_square_error(p, model, falling, 1500),
                 late = mean_square_error(p, model, falling, 24000);
    cr_assert(late >= early / 16.0 / 2.0 && late <= early / 16.0 * 2.0, "%g, then %g: %g of it", early, late,
              late / early);
    const double before = mean_square_error(p, model, constant, 1500),
                 after = mean_square_error(p, model, constant, 24000);
    cr_assert(after >= 0.5 * before && after > 3.0 * late, "%g, then %g", before, after);
    gradus_objective_free(model);
    problem_free(p);
}

/* ---- how it ends ---- */

/* y = X theta0: every row's own minimum is everybody's, and constant steps converge. */
static problem *problem_without_noise(uint64_t seed)
{
    problem *p = problem_make(seed);
    for (size_t i = 0; i < M; i++) {
        p->data.y[i] = 0.0;
        for (size_t j = 0; j < N; j++) p->data.y[i] += p->data.x[i * N + j] * (1.0 + (double)j);
    }
    return p;
}

Test(stochastic, criteria_are_judged_at_full_evaluations)
{
    problem *p = problem_without_noise(11);
    static const gradus_stop_reason expected[] = {GRADUS_STOP_GRADIENT, GRADUS_STOP_VALUE, GRADUS_STOP_STEP};
    for (int k = 0; k < 6; k++) {
        gradus_options options = by_batches(GRADUS_METHOD_GRADIENT, gradus_step_fixed(0.3));
        options.stop.max_epochs = 400;
        options.batch.check = k % 2 ? 3 : 1;
        if (k / 2 == 0) options.stop.gradient_tolerance = 1e-6;
        if (k / 2 == 1) options.stop.value_tolerance = 0.9;
        if (k / 2 == 2) options.stop.step_tolerance = 1e-5;
        test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
        const size_t period = STEPS * (size_t)options.batch.check, last = run.count - 1;
        cr_assert_eq(run.report.stop, expected[k / 2], "%d: %s", k, gradus_stop_sentence(run.report.stop));
        cr_assert(last % period == 0 && last >= 2 * period && run.report.exact == 1);
        for (size_t i = period; i <= last; i += period) {
            const test_iterate *a = &run.iterates[i - period], *b = &run.iterates[i];
            const bool holds[] = {relative_gradient(p, b->theta) <= 1e-6,
                                  fabs(a->seen.value - b->seen.value) <=
                                      0.9 * fmax(a->seen.value, b->seen.value),
                                  distance(a->theta, b->theta) <= 1e-5 * norm(b->theta)};
            cr_assert_eq(holds[k / 2], i == last, "case %d at %zu", k, i);
        }
        test_run_free(&run);
    }
    problem_free(p);
}

/* By default the end is looked at, too: it may be the answer. */
Test(stochastic, the_end_is_judged)
{
    problem *p = problem_without_noise(11);
    gradus_options options = by_batches(GRADUS_METHOD_GRADIENT, gradus_step_fixed(0.3));
    options.stop.gradient_tolerance = 1e-6;
    options.stop.max_epochs = 100;
    gradus_report report;
    double theta[N] = {0.0};
    cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_GRADIENT && report.epochs == 100.0);
    problem_free(p);
}

Test(stochastic, budgets_of_steps_and_epochs)
{
    problem *p = problem_make(12);
    gradus_options options = plain_sgd();
    options.stop.max_epochs = 0;
    gradus_report report;
    double theta[N] = {0.0};
    cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_MAX_EPOCHS && report.iterations == 100 * STEPS);
    options.stop.max_iterations = 17;
    cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_MAX_ITERATIONS && report.iterations == 17 && report.exact == 1);
    cr_assert(fabs(report.epochs - 17.0 / STEPS) <= 1e-15);
    options.stop.max_epochs = GRADUS_OFF;
    options.stop.max_iterations = 200 * STEPS;
    cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_MAX_ITERATIONS && report.epochs == 200.0);
    options.stop.seconds = 1e-9;
    cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_TIME && report.exact == 1 && isfinite(report.value));
    problem_free(p);
}

/* More steps than the budget of full-gradient runs allows: epochs are the budget. */
Test(stochastic, a_run_of_many_small_steps_ends_by_its_epochs)
{
    static const double x[1000] = {1.0};
    const gradus_matrix X = gradus_row_major(1000, 1, x, 1);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_least_squares(&X, x, NULL, &f), 0);
    gradus_options options = by_batches(GRADUS_METHOD_GRADIENT, gradus_step_fixed(1e-3));
    options.batch.rows = 1;
    options.batch.order = GRADUS_ORDER_CONSECUTIVE;
    options.stop.max_epochs = 1010;
    double theta = 0.0;
    gradus_report report;
    cr_assert_eq(gradus_descend(f, &theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_MAX_EPOCHS && report.iterations == 1010000);
    cr_assert(fabs(theta - (1.0 - pow(1.0 - 1e-3, 1010.0))) <= 1e-12);
    gradus_objective_free(f);
}

/* A batch whose gradient is 0 is no answer. */
Test(stochastic, batches_of_zeros_do_not_end_a_run)
{
    problem *p = problem_make(13);
    memset(p->data.x, 0, (size_t)2 * B * N * sizeof(double));
    gradus_options options = plain_sgd();
    options.batch.order = GRADUS_ORDER_CONSECUTIVE;
    test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
    cr_assert(run.report.stop == GRADUS_STOP_MAX_EPOCHS && run.report.iterations == 3 * STEPS);
    cr_assert(test_same_bits(N, run.iterates[2].theta, p->data.theta));
    cr_assert_not(test_same_bits(N, run.theta, p->data.theta));
    test_run_free(&run);
    problem_free(p);
}

/* NaN, Inf or REJECT from some call on, be it a batch's or a full one: the last finite iterate, and what f is there. */
Test(stochastic, a_batch_that_is_not_finite_ends_as_diverged)
{
    static const struct {
        int kind;
        double with;
    } ways[] = {{0, (double)NAN}, {0, (double)INFINITY},  {0, -(double)INFINITY},
                {1, (double)NAN}, {1, -(double)INFINITY}, {2, (double)GRADUS_REJECT}};
    static const gradus_method all[] = {GRADUS_METHOD_GRADIENT, GRADUS_METHOD_ADAM, GRADUS_METHOD_SVRG};
    problem *p = problem_make(14);
    for (size_t w = 0; w < 6 * 3; w++) {
        for (size_t spoilt = 2; spoilt < 2 * STEPS; spoilt += 4) {
            gradus_options options = by_batches(all[w / 6], gradus_step_fixed(0.05));
            options.batch.check = 1;
            forget(&p->mean);
            p->mean.spoilt = spoilt;
            p->mean.kind = ways[w % 6].kind;
            p->mean.with = ways[w % 6].with;
            test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
            cr_assert_eq(run.status, 0, "way %zu, call %zu: %d", w, spoilt, run.status);
            cr_assert_eq(run.report.stop, GRADUS_STOP_DIVERGED, "way %zu, call %zu: %s", w, spoilt,
                         gradus_stop_sentence(run.report.stop));
            for (size_t j = 0; j < N; j++) cr_assert(isfinite(run.theta[j]));
            cr_assert(test_same_bits(N, run.theta, run.iterates[run.count - 1].theta));
            cr_assert_eq(run.report.exact, 1);
            cr_assert(isfinite(run.report.value) ==
                          (ways[w % 6].kind == 1 || run.report.iterations % STEPS == 0),
                      "way %zu", w);
            test_run_free(&run);
        }
    }
    problem_free(p);
}

/* The batch at the start is the only thing that is not finite: its step cannot be taken. */
Test(stochastic, the_first_batch_is_not_finite)
{
    problem *p = problem_make(14);
    p->mean.spoilt = 2;
    p->mean.once = true;
    p->mean.with = (double)NAN;
    gradus_options options = plain_sgd();
    test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
    cr_assert(run.report.stop == GRADUS_STOP_DIVERGED && run.report.iterations == 0 && p->mean.calls == 2);
    cr_assert(run.report.exact == 1 && run.report.value == run.iterates[0].seen.value);
    test_run_free(&run);
    problem_free(p);
}

/* f = 1e200 (theta_0 + ...): value and gradient are finite, their products are not. */
static gradus_status steep(void *context, size_t n, const double *theta, const gradus_batch *batch,
                           double *value, double *gradient)
{
    (void)context, (void)batch;
    *value = 0.0;
    for (size_t j = 0; j < n; j++) {
        *value += 1e200 * theta[j];
        if (gradient) gradient[j] = 1e200;
    }
    return 0;
}

Test(stochastic, a_slope_that_overflows_ends_as_diverged)
{
    gradus_objective *f = NULL;
    static const double start[N] = {0.1, 0.2, 0.3, 0.4};
    cr_assert_eq(gradus_function_batched(N, M, steep, NULL, &f), 0);
    for (int k = 0; k < 6; k++) {
        gradus_options options = by_batches(k % 2 ? GRADUS_METHOD_ADAM : GRADUS_METHOD_GRADIENT,
                                            gradus_step_fixed(0.1));
        if (k / 2 == 1) options.batch.check = GRADUS_OFF;
        if (k / 2 == 2) options.batch = (gradus_batching){0}, options.stop.max_epochs = 0;
        test_run run = test_solve(gradus_descend, f, start, &options);
        cr_assert(run.status == 0 && run.report.stop == GRADUS_STOP_DIVERGED && run.report.iterations == 0,
                  "%d: %s", k, gradus_stop_sentence(run.report.stop));
        test_run_free(&run);
    }
    gradus_objective_free(f);
}

Test(stochastic, a_start_that_is_not_finite_is_refused)
{
    problem *p = problem_make(14);
    p->mean.spoilt = 1;
    p->mean.with = (double)NAN;
    for (int64_t check = GRADUS_OFF; check <= 1; check++) {
        gradus_options options = plain_sgd();
        options.batch.check = check;
        test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
        cr_assert_eq(run.status, GRADUS_ERROR_START_VALUE);
        cr_assert(test_same_bits(N, run.theta, p->data.theta));
        test_run_free(&run);
        forget(&p->mean);
    }
    problem_free(p);
}

/* Steps much too long: theta grows until a batch overflows. */
Test(stochastic, too_long_steps_diverge)
{
    problem *p = problem_make(15);
    for (int k = 0; k < 3; k++) {
        gradus_options options = by_batches(k == 2 ? GRADUS_METHOD_HEAVY_BALL : GRADUS_METHOD_GRADIENT,
                                            gradus_step_fixed(1e20));
        if (k == 1) options.step = gradus_step_inverse_square_root(1e20, 0.01);
        test_run run = test_solve(gradus_ascend, p->f, p->data.theta, &options);
        cr_assert(run.status == 0 && run.report.stop == GRADUS_STOP_DIVERGED, "%s",
                  gradus_stop_sentence(run.report.stop));
        for (size_t j = 0; j < N; j++) cr_assert(isfinite(run.theta[j]));
        cr_assert(run.report.iterations >= 5 &&
                  test_same_bits(N, run.theta, run.iterates[run.count - 1].theta));
        test_run_free(&run);
    }
    problem_free(p);
}

/* A status of the callback's own comes back, with the last iterate. */
Test(stochastic, a_callback_that_fails)
{
    problem *p = problem_make(16);
    for (size_t spoilt = 2; spoilt < 2 * STEPS; spoilt += 3) {
        gradus_options options = plain_sgd();
        options.batch.check = 1;
        forget(&p->mean);
        p->mean.spoilt = spoilt;
        p->mean.kind = 2;
        p->mean.with = 42.0;
        test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
        cr_assert(run.status == 42 && run.error.measured == 42.0 && run.report.stop == GRADUS_STOP_FAILED);
        /* a start whose first batch fails is an error of the start */
        if (run.count > 0) cr_assert(test_same_bits(N, run.theta, run.iterates[run.count - 1].theta));
        cr_assert_eq(p->mean.calls, spoilt);
        test_run_free(&run);
    }
    problem_free(p);
}

/* Cancelled during a call: none follows. */
Test(stochastic, cancelled)
{
    problem *p = problem_make(17);
    for (size_t spoilt = 1; spoilt < 2 * STEPS; spoilt += 3) {
        volatile int cancel = 0;
        gradus_options options = plain_sgd();
        options.batch.check = 1;
        options.cancel = &cancel;
        forget(&p->mean);
        p->mean.spoilt = spoilt;
        p->mean.cancel = &cancel;
        test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
        cr_assert(run.status == 0 && run.report.stop == GRADUS_STOP_CANCELLED, "%zu: %s", spoilt,
                  gradus_stop_sentence(run.report.stop));
        cr_assert(p->mean.calls == spoilt && run.report.evaluations == spoilt);
        cr_assert(isfinite(run.report.value) && isfinite(run.theta[0]));
        test_run_free(&run);
    }
    problem_free(p);
}

typedef struct ender {
    size_t at;
    gradus_verdict verdict;
    double theta[N];
} ender;

static gradus_verdict end_at(void *context, const gradus_progress *progress)
{
    ender *e = (ender *)context;
    memcpy(e->theta, progress->theta, sizeof e->theta);
    return progress->iteration == e->at ? e->verdict : GRADUS_MONITOR_CONTINUE;
}

Test(stochastic, the_monitor_ends_a_run)
{
    problem *p = problem_make(18);
    for (size_t at = 0; at < 2 * STEPS; at += 5) {
        for (int k = 0; k < 2; k++) {
            ender e = {.at = at, .verdict = k ? GRADUS_MONITOR_ABORT : GRADUS_MONITOR_STOP};
            gradus_options options = plain_sgd();
            options.monitor = end_at;
            options.monitor_context = &e;
            double theta[N];
            memcpy(theta, p->data.theta, sizeof theta);
            gradus_report report;
            const gradus_status status = gradus_descend(p->f, theta, &options, &report);
            cr_assert_eq(status, k ? GRADUS_ERROR_ABORTED : 0);
            cr_assert_eq(report.stop, k ? GRADUS_STOP_FAILED : GRADUS_STOP_MONITOR);
            cr_assert(report.iterations == at && test_same_bits(N, theta, e.theta));
            cr_assert(report.exact == (k == 0 || at == 0 ? 1 : 0));
            double g[N];
            size_t rows[M];
            for (size_t i = 0; i < M; i++) rows[i] = i;
            if (k == 0) cr_assert_eq(report.value, average(&p->mean, theta, M, rows, g));
        }
    }
    problem_free(p);
}

/* A schedule that has shrunk to nothing has not arrived; one whose first step would change nothing either has. */
Test(stochastic, a_schedule_that_dies_is_not_convergence)
{
    problem *p = problem_make(19);
    gradus_options options = gradus_options_default();
    options.stop.gradient_tolerance = GRADUS_OFF;
    options.step = gradus_step_decay(0.1, 1e-3, 1);
    gradus_report report;
    double theta[N] = {0.0};
    cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_STALLED && report.iterations < 1000);
    options.step = gradus_step_cosine(0.1, 0.0, 5);
    memset(theta, 0, sizeof theta);
    cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
    cr_assert(report.stop == GRADUS_STOP_STALLED && report.iterations == 5 && report.step_size == 0.0);
    options.step = gradus_step_inverse_square_root(0.5, 1e-3);
    memset(theta, 0, sizeof theta);
    cr_assert_eq(gradus_descend(p->f, theta, &options, &report), 0);
    cr_assert_eq(report.stop, GRADUS_STOP_NO_PROGRESS, "%s", gradus_stop_sentence(report.stop));
    cr_assert_leq(relative_gradient(p, theta), 1e-12);
    problem_free(p);
}

/* ---- what it is a function of ---- */

Test(stochastic, the_same_bits_for_any_number_of_threads)
{
    enum { ROWS = 6000, COLS = 40 };
    test_data data = test_data_make(20, ROWS, COLS, GRADUS_LAYOUT_ROW_MAJOR, 1);
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_logistic(&data.X, data.labels, NULL, &f), 0);
    static const int threads[] = {1, 2, 3, 8};
    static const gradus_method all[] = {GRADUS_METHOD_GRADIENT, GRADUS_METHOD_ADAM, GRADUS_METHOD_SVRG};
    for (int k = 0; k < 9; k++) {
        gradus_options options = by_batches(all[k / 3], gradus_step_fixed(0.01));
        options.batch.rows = 2500;
        options.batch.order = (gradus_order)(1 + k % 3);
        double first[COLS] = {0.0};
        for (int t = 0; t < 4; t++) {
            double theta[COLS];
            memcpy(theta, data.theta, sizeof theta);
            options.threads = threads[t];
            cr_assert_eq(gradus_descend(f, theta, &options, NULL), 0);
            if (t == 0) memcpy(first, theta, sizeof first);
            cr_assert(test_same_bits(COLS, first, theta), "case %d, %d threads", k, threads[t]);
        }
    }
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(stochastic, the_same_bits_for_the_same_seed_alone)
{
    problem *p = problem_make(21);
    static const gradus_method all[] = {GRADUS_METHOD_GRADIENT, GRADUS_METHOD_HEAVY_BALL,
                                        GRADUS_METHOD_NESTEROV, GRADUS_METHOD_ADAM, GRADUS_METHOD_SVRG};
    for (int k = 0; k < 10; k++) {
        gradus_options options = by_batches(all[k / 2], gradus_step_fixed(0.02));
        options.batch.order = k % 2 ? GRADUS_ORDER_SHUFFLED : GRADUS_ORDER_REPLACEMENT;
        test_run a = test_solve(gradus_descend, p->f, p->data.theta, &options);
        test_run b = test_solve(gradus_descend, p->f, p->data.theta, &options);
        options.batch.seed++;
        test_run c = test_solve(gradus_descend, p->f, p->data.theta, &options);
        cr_assert(test_same_bits(N, a.theta, b.theta) && !test_same_bits(N, a.theta, c.theta));
        test_run_free(&a);
        test_run_free(&b);
        test_run_free(&c);
    }
    problem_free(p);
}

/* The handle takes the same steps. */
Test(stochastic, step_by_step)
{
    problem *p = problem_make(22);
    gradus_options options = by_batches(GRADUS_METHOD_SVRG, gradus_step_cosine(0.1, 0.01, 20));
    test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
    gradus_solver *solver = NULL;
    cr_assert_eq(gradus_solver_create(p->f, GRADUS_DIRECTION_DESCENT, p->data.theta, &options, &solver), 0);
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    double theta[N];
    gradus_report report;
    for (size_t k = 0; reason == GRADUS_STOP_RUNNING; k++) {
        cr_assert_eq(gradus_solver_report(solver, theta, &report), 0);
        cr_assert(test_same_bits(N, theta, run.iterates[k].theta) && report.iterations == k);
        cr_assert_eq(gradus_solver_step(solver, &reason), 0);
    }
    cr_assert_eq(gradus_solver_report(solver, theta, &report), 0);
    cr_assert(reason == run.report.stop && test_same_bits(N, theta, run.theta));
    cr_assert(report.passes == run.report.passes && report.value == run.report.value);
    gradus_solver_free(solver);
    test_run_free(&run);
    problem_free(p);
}

/* ---- refusals ---- */

typedef struct refusal {
    const char *names; /* what the sentence must speak of */
    gradus_status status;
    gradus_options options;
} refusal;

static gradus_options with_batches(gradus_options options)
{
    options.batch.rows = B;
    return options;
}

static gradus_options without_batches(gradus_options options)
{
    options.batch = (gradus_batching){0};
    options.stop.max_epochs = 0;
    return options;
}

/* Combination k; rows is 0 after the last. */
static refusal combination(int k)
{
    const gradus_step fixed = gradus_step_fixed(0.1), none = {.rule = GRADUS_STEP_AUTOMATIC};
    refusal r = {"", GRADUS_ERROR_UNSUPPORTED, by_batches(GRADUS_METHOD_GRADIENT, fixed)};
    gradus_options *o = &r.options;
    switch (k) {
    case 0:
        o->method = GRADUS_METHOD_LBFGS, r.names = "LBFGS";
        break;
    case 1:
        o->method = GRADUS_METHOD_CONJUGATE_GRADIENT, r.names = "CONJUGATE_GRADIENT";
        break;
    case 2:
        o->step = gradus_step_backtracking(1.0), r.names = "line search";
        break;
    case 3:
        o->step = gradus_step_wolfe(1.0), r.names = "line search";
        break;
    case 4:
        o->step = gradus_step_barzilai_borwein(1.0), r.names = "line search";
        break;
    case 5:
        o->step = gradus_step_exact(), r.names = "exact step";
        break;
    case 6:
        o->compress = 1, r.names = "compressed";
        break;
    case 7:
        *o = with_batches(gradus_options_default());
        o->refine = 1, r.names = "refinement";
        break;
    case 8:
        o->method = GRADUS_METHOD_SVRG, o->batch.check = GRADUS_OFF, r.names = "batch.check";
        break;
    case 9:
        *o = with_batches(gradus_options_default());
        r.status = GRADUS_ERROR_STEP_SIZE, r.names = "step size must be given";
        break;
    case 10:
        o->method = GRADUS_METHOD_SVRG, o->step = none;
        r.status = GRADUS_ERROR_STEP_SIZE, r.names = "step size must be given";
        break;
    case 11:
        o->method = GRADUS_METHOD_NESTEROV, o->step = none;
        r.status = GRADUS_ERROR_STEP_SIZE, r.names = "step size must be given";
        break;
    case 12:
        *o = without_batches(*o);
        o->method = GRADUS_METHOD_SVRG, r.names = "batch.rows";
        break;
    case 13:
        *o = without_batches(*o);
        o->batch.order = GRADUS_ORDER_SHUFFLED, r.names = "batch.order";
        break;
    case 14:
        *o = without_batches(*o);
        o->batch.check = GRADUS_OFF, r.names = "batch.check";
        break;
    case 15:
        *o = without_batches(*o);
        o->stop.max_epochs = 5, r.names = "stop.max_epochs";
        break;
    case 16:
        o->method = GRADUS_METHOD_ADAM, o->metric = GRADUS_METRIC_DIAGONAL, r.names = "ADAM";
        break;
    case 17:
        *o = without_batches(*o);
        o->method = GRADUS_METHOD_ADAM, o->step = gradus_step_wolfe(1.0), r.names = "ADAM";
        break;
    case 18:
        *o = without_batches(*o);
        o->clip = 1.0, o->step = gradus_step_backtracking(1.0), r.names = "clip";
        break;
    case 19:
        *o = gradus_options_default();
        o->clip = 1.0, r.names = "clip";
        break;
    case 20:
        *o = without_batches(*o);
        o->clip = 1.0, o->method = GRADUS_METHOD_LBFGS, r.names = "LBFGS";
        break;
    default:
        r.options.size = 0;
    }
    return r;
}

Test(stochastic, combinations_that_mean_nothing_are_refused)
{
    problem *p = problem_make(23);
    gradus_objective *model = NULL;
    cr_assert_eq(gradus_least_squares(&p->data.X, p->data.y, NULL, &model), 0);
    int k = 0;
    for (; combination(k).options.size != 0; k++) {
        refusal r = combination(k);
        gradus_report report;
        test_run run = test_solve(gradus_descend, model, p->data.theta, &r.options);
        report = run.report;
        cr_assert_eq(run.status, r.status, "case %d: %s", k, gradus_strerror(run.status));
        cr_assert(strstr(run.error.sentence, r.names), "case %d: %s", k, run.error.sentence);
        cr_assert(run.count == 0 && report.stop == GRADUS_STOP_FAILED && isnan(report.value));
        cr_assert(test_same_bits(N, run.theta, p->data.theta));
        test_run_free(&run);
    }
    cr_assert_eq(k, 21);
    gradus_objective_free(model);
    problem_free(p);
}

static gradus_status of_pairs(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    return test_rosenbrock(context, n, theta, value, gradient);
}

Test(stochastic, a_function_without_rows_has_no_batches)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(2, of_pairs, NULL, &f), 0);
    static const double start[2] = {-1.2, 1.0};
    gradus_options options = plain_sgd();
    test_run run = test_solve(gradus_descend, f, start, &options);
    cr_assert(run.status == GRADUS_ERROR_UNSUPPORTED &&
              strstr(run.error.sentence, "gradus_function_batched"));
    test_run_free(&run);
    gradus_objective_free(f);
}

/* f = theta^2 / 2 on rows without number */
static gradus_status endless(void *context, size_t n, const double *theta, const gradus_batch *batch,
                             double *value, double *gradient)
{
    (void)n;
    cr_assert_eq(batch->count, B);
    ++*(size_t *)context;
    *value = 0.5 * theta[0] * theta[0];
    if (gradient) *gradient = theta[0];
    return 0;
}

Test(stochastic, rows_without_end)
{
    static const size_t rows[] = {(size_t)1 << 53, ((size_t)1 << 53) + 1, SIZE_MAX};
    for (int k = 0; k < 9; k++) {
        size_t calls = 0;
        gradus_objective *f = NULL;
        cr_assert_eq(gradus_function_batched(1, rows[k / 3], endless, &calls, &f), 0);
        gradus_options options = plain_sgd();
        options.batch.order = (gradus_order)(1 + k % 3);
        options.batch.check = GRADUS_OFF;
        options.stop.max_epochs = GRADUS_OFF;
        options.stop.max_iterations = 50;
        const double start = 1.0;
        test_run run = test_solve(gradus_descend, f, &start, &options);
        const bool drawn = options.batch.order != GRADUS_ORDER_CONSECUTIVE;
        cr_assert_eq(run.status, k / 3 >= 1 && drawn ? GRADUS_ERROR_UNSUPPORTED : 0, "case %d", k);
        cr_assert_eq(calls, run.status ? 0 : 50);
        if (!run.status) cr_assert(fabs(run.theta[0] - pow(0.95, 50.0)) <= 1e-13);
        test_run_free(&run);
        gradus_objective_free(f);
    }
}

/* A number field of a schedule or of `batch` outside its range is named. */
Test(stochastic, constants_out_of_range)
{
    problem *p = problem_make(25);
    static const struct {
        const char *name;
        gradus_step step;
    } wrong[] = {
        {"step.decay", {.rule = GRADUS_STEP_INVERSE_TIME, .size = 0.1}},
        {"step.decay", {.rule = GRADUS_STEP_INVERSE_TIME, .size = 0.1, .decay = -1.0}},
        {"step.decay", {.rule = GRADUS_STEP_INVERSE_SQUARE_ROOT, .size = 0.1, .decay = (double)NAN}},
        {"step.decay", {.rule = GRADUS_STEP_INVERSE_SQUARE_ROOT, .size = 0.1, .decay = (double)INFINITY}},
        {"step.decay", {.rule = GRADUS_STEP_DECAY, .size = 0.1, .decay = 1.5, .period = 1}},
        {"step.decay", {.rule = GRADUS_STEP_DECAY, .size = 0.1, .period = 1}},
        {"step.period", {.rule = GRADUS_STEP_DECAY, .size = 0.1, .decay = 0.5}},
        {"step.period", {.rule = GRADUS_STEP_COSINE, .size = 0.1, .period = -3}},
        {"step.last", {.rule = GRADUS_STEP_COSINE, .size = 0.1, .period = 3, .last = -1.0}},
        {"step.last", {.rule = GRADUS_STEP_COSINE, .size = 0.1, .period = 3, .last = (double)NAN}},
        {"step size", {.rule = GRADUS_STEP_COSINE, .period = 3}},
        {"step size", {.rule = GRADUS_STEP_DECAY, .size = -0.1, .decay = 0.5, .period = 3}},
        {"step size", {.rule = GRADUS_STEP_INVERSE_TIME, .size = (double)NAN, .decay = 0.5}},
    };
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong + 5; k++) {
        gradus_options options = plain_sgd();
        const char *name = "batch.";
        const size_t field = k - sizeof wrong / sizeof *wrong;
        if (k < sizeof wrong / sizeof *wrong) options.step = wrong[k].step, name = wrong[k].name;
        if (field == 0) options.batch.order = (gradus_order)4;
        if (field == 1) options.batch.order = (gradus_order)-1;
        if (field == 2) options.batch.check = -2;
        if (field == 3) options.batch.check = INT64_MIN;
        if (field == 4) options.stop.max_epochs = -2, name = "stop.max_epochs";
        test_run run = test_solve(gradus_descend, p->f, p->data.theta, &options);
        const bool size = strcmp(name, "step size") == 0;
        cr_assert_eq(run.status, size ? GRADUS_ERROR_STEP_SIZE : GRADUS_ERROR_OPTION, "case %zu: %d", k,
                     run.status);
        cr_assert(strstr(run.error.sentence, name), "%s", run.error.sentence);
        cr_assert(p->mean.calls == 0 && test_same_bits(N, run.theta, p->data.theta));
        test_run_free(&run);
    }
    problem_free(p);
}
