/* SPDX-License-Identifier: BSD-3-Clause */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Tests need no recovery: without memory they end. */
static void *must(void *memory)
{
    if (!memory) abort();
    return memory;
}

static double *doubles(size_t count)
{
    return (double *)must(calloc(count ? count : 1, sizeof(double)));
}

/* ---- random numbers ---- */

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t test_random_bits(test_random *random)
{
    uint64_t *s = random->state;
    const uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

test_random test_random_from(uint64_t seed)
{
    test_random random = {{seed ^ 0x243F6A8885A308D3u, 0x13198A2E03707344u, 0xA4093822299F31D0u, ~seed}};
    for (int i = 0; i < 64; i++) (void)test_random_bits(&random);
    return random;
}

double test_random_uniform(test_random *random)
{
    const uint64_t bits = test_random_bits(random);
    const double magnitude = ldexp((double)(bits >> 11) + 0.5, -53);
    return bits & 1 ? magnitude : -magnitude;
}

size_t test_random_below(test_random *random, size_t n)
{
    return (size_t)(test_random_bits(random) % n);
}

/* ---- data ---- */

double *test_element(double *x, const gradus_matrix *X, size_t i, size_t j)
{
    return X->layout == GRADUS_LAYOUT_ROW_MAJOR ? x + i * X->ld + j : x + i + j * X->ld;
}

static void fill_matrix(test_random *random, test_data *data)
{
    for (size_t i = 0; i < data->X.rows; i++) {
        for (size_t j = 0; j < data->X.cols; j++)
            *test_element(data->x, &data->X, i, j) = test_random_uniform(random);
    }
}

static void fill_vectors(test_random *random, test_data *data)
{
    for (size_t i = 0; i < data->X.rows; i++) {
        data->y[i] = 3.0 * test_random_uniform(random);
        data->labels[i] = i < 2 ? (double)i : (double)(test_random_bits(random) >> 63);
        data->weights[i] = i % 7 == 3 ? 0.0 : fabs(test_random_uniform(random)) * 4.0;
    }
    for (size_t j = 0; j <= data->X.cols; j++) data->theta[j] = test_random_uniform(random);
    for (size_t i = 0; i < data->X.rows; i++) {
        const double u = 40.0 * test_random_uniform(random);
        data->counts[i] = i % 5 == 0 ? fabs(u) : floor(fmax(0.0, i % 5 == 1 ? u / 10.0 : u));
        data->offset[i] = test_random_uniform(random);
    }
}

test_data test_data_make(uint64_t seed, size_t m, size_t n, gradus_layout layout, size_t padding)
{
    const bool by_row = layout == GRADUS_LAYOUT_ROW_MAJOR;
    const size_t least = by_row ? n : m, lines = by_row ? m : n, ld = least + padding;
    const size_t count = (lines - 1) * ld + least;
    test_data data = {.x = doubles(count),
                      .y = doubles(m),
                      .labels = doubles(m),
                      .weights = doubles(m),
                      .counts = doubles(m),
                      .offset = doubles(m),
                      .theta = doubles(n + 1)};
    for (size_t k = 0; k < count; k++) data.x[k] = (double)NAN;
    data.X = by_row ? gradus_row_major(m, n, data.x, ld) : gradus_col_major(m, n, data.x, ld);
    test_random random = test_random_from(seed);
    fill_matrix(&random, &data);
    fill_vectors(&random, &data);
    return data;
}

void test_data_free(test_data *data)
{
    free(data->x);
    free(data->y);
    free(data->labels);
    free(data->weights);
    free(data->counts);
    free(data->offset);
    free(data->theta);
}

/* ---- oracles ---- */

/* One row's loss and its derivative by z, and how much rounding of z (of size z_terms) moves each of them. */
typedef struct point_loss {
    long double loss, slope, loss_terms, slope_terms;
} point_loss;

static point_loss squares(long double z, long double z_terms, long double y)
{
    const long double r = z - y, terms = z_terms + fabsl(y);
    return (point_loss){r * r / 2, r, fabsl(r) * terms + r * r / 2, terms};
}

static point_loss logistic(long double z, long double z_terms, long double y)
{
    const long double t = y > 0.5L ? -z : z, e = expl(-fabsl(t));
    const long double loss = (t > 0 ? t : 0) + log1pl(e), p = (t > 0 ? 1 : e) / (1 + e);
    const long double slope = y > 0.5L ? -p : p;
    return (point_loss){loss, slope, p * z_terms + loss, p * (z_terms * (1 - p) + 1)};
}

static point_loss poisson(long double z, long double z_terms, long double y)
{
    const long double mean = expl(z), constant = lgammal(y + 1);
    return (point_loss){mean - y * z + constant, mean - y, (mean + y) * z_terms + mean + fabsl(constant),
                        mean * (z_terms + 1) + y};
}

static point_loss huber(long double z, long double z_terms, long double y, long double delta)
{
    const long double r = z - y, terms = z_terms + fabsl(y), size = fabsl(r);
    if (size <= delta) return squares(z, z_terms, y);
    return (point_loss){delta * size - delta * delta / 2, r > 0 ? delta : -delta, delta * (terms + delta),
                        delta};
}

static point_loss squared_hinge(long double z, long double z_terms, long double y)
{
    const long double s = 2 * y - 1, h = fmaxl(0, 1 - s * z);
    return (point_loss){h * h, -2 * s * h, 2 * h * (1 + z_terms) + h * h, h > 0 ? 2 * (1 + z_terms) : 0};
}

static point_loss loss_of(test_loss loss, long double z, long double z_terms, double y, double delta)
{
    switch (loss) {
    case TEST_LOGISTIC:
        return logistic(z, z_terms, y);
    case TEST_POISSON:
        return poisson(z, z_terms, y);
    case TEST_HUBER:
        return huber(z, z_terms, y, delta > 0 ? delta : 1.345L);
    case TEST_SQUARED_HINGE:
        return squared_hinge(z, z_terms, y);
    default:
        return squares(z, z_terms, y);
    }
}

static long double sum_of_weights(const gradus_matrix *X, const double *weights)
{
    long double total = 0;
    for (size_t i = 0; i < X->rows; i++) total += weights ? weights[i] : 1.0;
    return total;
}

/* Adds one row's share, w / W of its loss. */
static void add_row(test_oracle *oracle, const gradus_matrix *X, size_t i, bool intercept, point_loss p,
                    long double share)
{
    oracle->value += share * p.loss;
    oracle->value_terms += share * p.loss_terms;
    for (size_t j = 0; j < oracle->size; j++) {
        const long double x = j < X->cols || !intercept ? *test_element((double *)X->data, X, i, j) : 1.0;
        oracle->gradient[j] += share * p.slope * x;
        oracle->gradient_terms[j] += share * p.slope_terms * fabsl(x);
    }
}

static void add_ridge(test_oracle *oracle, size_t cols, double ridge, const double *theta)
{
    for (size_t j = 0; j < cols; j++) {
        const long double t = theta[j];
        oracle->value += ridge * t * t / 2;
        oracle->value_terms += ridge * t * t / 2;
        oracle->gradient[j] += ridge * t;
        oracle->gradient_terms[j] += fabsl(ridge * t);
    }
}

test_oracle test_oracle_make(test_loss loss, const gradus_matrix *X, const double *y,
                             const gradus_model_options *options, const double *theta)
{
    const bool intercept = options && options->intercept;
    const double *weights = options ? options->weights : NULL;
    const size_t size = X->cols + (intercept ? 1 : 0);
    test_oracle oracle = {.size = size,
                          .gradient = (long double *)must(calloc(size, sizeof(long double))),
                          .gradient_terms = (long double *)must(calloc(size, sizeof(long double)))};
    const long double total = sum_of_weights(X, weights);
    for (size_t i = 0; i < X->rows; i++) {
        long double z = intercept ? theta[X->cols] : 0, terms = fabsl(z);
        for (size_t j = 0; j < X->cols; j++) {
            const long double term = (long double)*test_element((double *)X->data, X, i, j) * theta[j];
            z += term;
            terms += fabsl(term);
        }
        if (options && options->offset) {
            z += options->offset[i];
            terms += fabs(options->offset[i]);
        }
        const point_loss p = loss_of(loss, z, terms, y[i], options ? options->huber : 0.0);
        add_row(&oracle, X, i, intercept, p, (weights ? weights[i] : 1.0) / total);
    }
    if (options) add_ridge(&oracle, X->cols, options->ridge, theta);
    return oracle;
}

void test_oracle_free(test_oracle *oracle)
{
    free(oracle->gradient);
    free(oracle->gradient_terms);
}

static double error_in_terms(double computed, long double exact, long double terms)
{
    if (!isfinite(computed)) return (double)INFINITY;
    const long double error = fabsl(computed - exact);
    return error > 0 ? (double)(error / (terms * DBL_EPSILON)) : 0.0;
}

double test_oracle_error(const test_oracle *oracle, double value, const double *gradient)
{
    double worst = error_in_terms(value, oracle->value, oracle->value_terms);
    for (size_t j = 0; gradient && j < oracle->size; j++)
        worst = fmax(worst, error_in_terms(gradient[j], oracle->gradient[j], oracle->gradient_terms[j]));
    return worst;
}

double test_oracle_norm(const test_oracle *oracle)
{
    long double sum = 0;
    for (size_t j = 0; j < oracle->size; j++) sum += oracle->gradient[j] * oracle->gradient[j];
    return (double)sqrtl(sum);
}

/* ---- judging ---- */

double test_digits(double computed, double exact)
{
    const double error = fabs(computed - exact) / (exact == 0.0 ? 1.0 : fabs(exact));
    if (!(error < 1.0)) return 0.0;
    return fmin(15.0, -log10(fmax(error, 1e-300)));
}

double test_worst_digits(size_t n, const double *computed, const double *exact)
{
    double worst = 15.0;
    for (size_t j = 0; j < n; j++) worst = fmin(worst, test_digits(computed[j], exact[j]));
    return worst;
}

bool test_same_bits(size_t n, const double *a, const double *b)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

/* ---- the allocator ---- */

static void *allocate(void *context, size_t bytes)
{
    test_allocator *allocator = (test_allocator *)context;
    allocator->requests++;
    if (allocator->refuse && allocator->requests >= allocator->refuse) return NULL;
    void *memory = must(malloc(bytes));
    memset(memory, 0xFB, bytes);
    allocator->alive++;
    return memory;
}

static void release(void *context, void *pointer)
{
    if (!pointer) abort(); /* the contract: never NULL */
    ((test_allocator *)context)->alive--;
    free(pointer);
}

void test_allocator_begin(test_allocator *allocator, size_t refuse)
{
    *allocator = (test_allocator){{allocate, release, allocator}, refuse, 0, 0};
}

/* ---- a solve, recorded ---- */

static double *copy_of(size_t n, const double *from)
{
    double *copy = doubles(n);
    memcpy(copy, from, n * sizeof *copy);
    return copy;
}

static gradus_verdict record(void *context, const gradus_progress *progress)
{
    test_run *run = (test_run *)context;
    if ((run->count & (run->count - 1)) == 0) { /* a power of two: room for as many again */
        const size_t room = run->count ? 2 * run->count : 1;
        run->iterates = (test_iterate *)must(realloc(run->iterates, room * sizeof *run->iterates));
    }
    test_iterate *iterate = &run->iterates[run->count++];
    iterate->seen = *progress;
    iterate->theta = doubles(2 * run->n);
    iterate->gradient = iterate->theta + run->n;
    memcpy(iterate->theta, progress->theta, run->n * sizeof(double));
    memcpy(iterate->gradient, progress->gradient, run->n * sizeof(double));
    return GRADUS_MONITOR_CONTINUE;
}

test_run test_solve(test_solver solve, const gradus_objective *f, const double *start,
                    const gradus_options *options)
{
    test_run run;
    memset(&run, 0x5A, sizeof run);
    run.n = gradus_objective_size(f);
    run.theta = copy_of(run.n, start);
    run.count = 0;
    run.iterates = NULL;
    gradus_options with = options ? *options : gradus_options_default();
    with.monitor = record;
    with.monitor_context = &run;
    with.error = &run.error;
    run.status = solve(f, run.theta, &with, &run.report);
    return run;
}

void test_run_free(test_run *run)
{
    for (size_t k = 0; k < run->count; k++) free(run->iterates[k].theta);
    free(run->iterates);
    free(run->theta);
}

bool test_same(double a, double b)
{
    return (isnan(a) && isnan(b)) || test_same_bits(1, &a, &b);
}

/* ---- functions of the caller ---- */

gradus_status test_rosenbrock(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context;
    *value = 0.0;
    for (size_t i = 0; i + 1 < n; i += 2) {
        const double a = theta[i + 1] - theta[i] * theta[i], b = 1.0 - theta[i];
        *value += 100.0 * a * a + b * b;
        if (!gradient) continue;
        gradient[i] = -400.0 * a * theta[i] - 2.0 * b;
        gradient[i + 1] = 200.0 * a;
    }
    return 0;
}

gradus_status test_negative(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    const test_negated *inner = (const test_negated *)context;
    const gradus_status status = inner->callback(inner->context, n, theta, value, gradient);
    if (status) return status;
    *value = -*value;
    for (size_t j = 0; gradient && j < n; j++) gradient[j] = -gradient[j];
    return 0;
}
