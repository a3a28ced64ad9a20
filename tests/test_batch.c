/* SPDX-License-Identifier: BSD-3-Clause */
/* Objectives on some of their rows: models against plain loops in extended precision, callers' functions over rows, and what
 * both promise to a stochastic run. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "model/batch.h"
#include "support.h"

/* A batch may be off by this many units of rounding of the sum of the absolute terms. */
static const double roundings = 8.0;

/* ---- malloc, watched: an evaluation must not need it ---- */

static size_t malloc_refuse; /* refuse this call; 0: never */
static size_t malloc_calls;

void *__real_malloc(size_t bytes);
void *__wrap_malloc(size_t bytes);

void *__wrap_malloc(size_t bytes)
{
    return ++malloc_calls == malloc_refuse ? NULL : __real_malloc(bytes);
}

static double *doubles(size_t count)
{
    double *memory = (double *)calloc(count + 1, sizeof(double));
    cr_assert_not_null(memory);
    return memory;
}

/* ---- problems: the same numbers in every layout and, rounded to float first, in both elements ---- */

typedef struct problem {
    test_data data;
    float *narrow;   /* what X points to where it is float */
    gradus_matrix X; /* as the model sees it */
} problem;

static problem problem_make(uint64_t seed, size_t m, size_t n, int view)
{
    const bool by_row = !(view & 1), is_float = (view & 2) != 0;
    const size_t padding = view & 4 ? 3 : 0, lines = by_row ? m : n, least = by_row ? n : m;
    problem p = {.data = test_data_make(seed, m, n,
                                        by_row ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR, padding)};
    const size_t ld = p.data.X.ld, count = (lines - 1) * ld + least;
    p.X = p.data.X;
    for (size_t k = 0; k < count; k++) p.data.x[k] = (double)(float)p.data.x[k];
    if (!is_float) return p;
    p.narrow = (float *)malloc(count * sizeof(float));
    cr_assert_not_null(p.narrow);
    for (size_t k = 0; k < count; k++) p.narrow[k] = (float)p.data.x[k];
    p.X = by_row ? gradus_row_major_float(m, n, p.narrow, ld) : gradus_col_major_float(m, n, p.narrow, ld);
    return p;
}

static void problem_free(problem *p)
{
    test_data_free(&p->data);
    free(p->narrow);
}

enum { VIEWS = 8, COMBINATIONS = 8 };

/* The k-th of eight combinations of weights, ridge and intercept. */
static gradus_model_options combination(int k, const problem *p)
{
    gradus_model_options options = gradus_model_options_default();
    if (k & 1) options.weights = p->data.weights;
    if (k & 2) options.ridge = 0.37;
    if (k & 4) options.intercept = 1;
    return options;
}

static gradus_objective *make(const problem *p, test_loss loss, const gradus_model_options *options)
{
    gradus_objective *f = NULL;
    const gradus_status status = loss == TEST_SQUARES ? gradus_least_squares(&p->X, p->data.y, options, &f)
                                                      : gradus_logistic(&p->X, p->data.labels, options, &f);
    cr_assert_eq(status, 0, "%s", gradus_strerror(status));
    return f;
}

/* ---- a workspace that is ready for batches; its memory holds NaN, and not a double more than was asked for ---- */

typedef struct bench {
    gr_workspace work;
    double *memory, *batch;
} bench;

static double *rubbish(size_t count)
{
    double *memory = (double *)malloc(count * sizeof(double));
    cr_assert(memory || count == 0);
    for (size_t k = 0; k < count; k++) memory[k] = (double)NAN;
    return memory;
}

static bench bench_open(const gradus_objective *f, int threads, size_t rows, const volatile int *cancel)
{
    bench b;
    size_t lent, batch;
    cr_assert(gr_workspace_doubles(f, threads, &lent) && gr_batch_doubles(f, threads, rows, &batch));
    b.memory = rubbish(lent);
    b.batch = rubbish(batch);
    b.work = gr_workspace_open(f, threads, b.memory, cancel);
    gr_batch_open(f, &b.work, rows, b.batch);
    return b;
}

static void bench_close(bench *b)
{
    free(b->memory);
    free(b->batch);
}

/* ---- the oracle: m/(W b) sum of w_i loss_i over the batch + lambda/2 ||theta||^2 ---- */

typedef struct row_loss {
    long double loss, slope, terms; /* terms: how much rounding of z, in units of its size, moves either */
} row_loss;

static row_loss loss_of(test_loss loss, long double z, long double y)
{
    if (loss == TEST_SQUARES) return (row_loss){(z - y) * (z - y) / 2, z - y, fabsl(z - y) + 1};
    const long double p = 1 / (1 + expl(-z));
    return (row_loss){log1pl(expl(z)) - y * z, p - y, 1};
}

static double response_at(const problem *p, test_loss loss, size_t row)
{
    return loss == TEST_SQUARES ? p->data.y[row] : p->data.labels[row];
}

static test_oracle oracle_make(const problem *p, test_loss loss, const gradus_model_options *options,
                               const gradus_batch *batch)
{
    const size_t m = p->X.rows, n = p->X.cols, size = n + (options->intercept ? 1 : 0);
    const double *theta = p->data.theta, *w = options->weights;
    test_oracle o = {.size = size,
                     .gradient = (long double *)calloc(size, sizeof(long double)),
                     .gradient_terms = (long double *)calloc(size, sizeof(long double))};
    cr_assert(o.gradient && o.gradient_terms);
    long double total = 0;
    for (size_t i = 0; i < m; i++) total += w ? w[i] : 1.0;
    for (size_t k = 0; k < batch->count; k++) {
        const size_t row = batch->rows ? batch->rows[k] : batch->first + k;
        const long double share = (long double)m / (total * batch->count) * (w ? w[row] : 1.0);
        long double z = options->intercept ? theta[n] : 0, terms = fabsl(z);
        for (size_t j = 0; j < n; j++) {
            const long double term = (long double)*test_element(p->data.x, &p->data.X, row, j) * theta[j];
            z += term;
            terms += fabsl(term);
        }
        const long double y = response_at(p, loss, row);
        const row_loss at = loss_of(loss, z, y);
        terms += fabsl(y) + 1;
        o.value += share * at.loss;
        o.value_terms += share * (at.loss + at.terms * terms);
        for (size_t j = 0; j < size; j++) {
            const long double x = j < n ? *test_element(p->data.x, &p->data.X, row, j) : 1.0;
            o.gradient[j] += share * at.slope * x;
            o.gradient_terms[j] += share * terms * fabsl(x);
        }
    }
    for (size_t j = 0; j < n; j++) {
        const long double t = theta[j], ridge = options->ridge;
        o.value += ridge * t * t / 2;
        o.value_terms += ridge * t * t / 2;
        o.gradient[j] += ridge * t;
        o.gradient_terms[j] += fabsl(ridge * t);
    }
    return o;
}

/* ---- models against plain loops ---- */

static double evaluate(const gradus_objective *f, bench *b, const gradus_batch *batch, const double *theta,
                       double *gradient)
{
    double value = (double)NAN;
    cr_assert_eq(gr_objective_evaluate_batch(f, &b->work, batch, theta, &value, gradient), 0);
    return value;
}

static void against_loops(const problem *p, test_loss loss, const gradus_model_options *options,
                          const gradus_batch *batch, size_t capacity)
{
    gradus_objective *f = make(p, loss, options);
    bench b = bench_open(f, 1, capacity, NULL);
    double *gradient = rubbish(f->size);
    const double value = evaluate(f, &b, batch, p->data.theta, gradient);
    const double alone = evaluate(f, &b, batch, p->data.theta, NULL);
    cr_assert(test_same_bits(1, &value, &alone), "value without gradient");
    test_oracle oracle = oracle_make(p, loss, options, batch);
    const double error = test_oracle_error(&oracle, value, gradient);
    cr_assert(error <= roundings, "%s of %zux%zu, %zu rows of at most %zu: off by %g roundings",
              loss == TEST_SQUARES ? "least squares" : "logistic", p->X.rows, p->X.cols, batch->count,
              capacity, error);
    const double read = (double)(2 * batch->count * p->X.cols);
    cr_assert(b.work.reader.elements == read, "%g elements were counted", b.work.reader.elements);
    test_oracle_free(&oracle);
    free(gradient);
    bench_close(&b);
    gradus_objective_free(f);
}

/* Consecutive rows, and rows in any order with repeats, in a reader for as many and in one for more. */
static void batches_of(const problem *p, test_loss loss, const gradus_model_options *options, size_t count,
                       test_random *random)
{
    const size_t m = p->X.rows;
    size_t *rows = (size_t *)malloc(count * sizeof(size_t));
    cr_assert_not_null(rows);
    for (size_t k = 0; k < count; k++) rows[k] = k % 5 == 4 ? rows[k - 1] : test_random_below(random, m);
    const gradus_batch listed = {0, count, rows};
    against_loops(p, loss, options, &listed, count);
    against_loops(p, loss, options, &listed, count + m / 2);
    if (count <= m) {
        const gradus_batch row = {test_random_below(random, m - count + 1), count, NULL};
        against_loops(p, loss, options, &row, count);
        against_loops(p, loss, options, &row, 3 * count + 1);
    }
    free(rows);
}

/* Every `step`-th combination of options. */
static void all_batches(size_t m, size_t n, const size_t *counts, size_t many, int step)
{
    test_random random = test_random_from(m + n);
    for (int view = 0; view < VIEWS; view++) {
        problem p = problem_make(m * 100 + n, m, n, view);
        for (int c = 0; c < COMBINATIONS; c += step) {
            const gradus_model_options options = combination(c, &p);
            for (size_t k = 0; k < many; k++) {
                batches_of(&p, TEST_SQUARES, &options, counts[k], &random);
                batches_of(&p, TEST_LOGISTIC, &options, counts[k], &random);
            }
        }
        problem_free(&p);
    }
}

Test(batch, models_of_few_rows)
{
    static const size_t counts[] = {1, 2, 3};
    all_batches(1, 1, counts, 2, 1);
    all_batches(3, 2, counts, 3, 1);
    all_batches(2, 70, counts, 2, 1);
}

Test(batch, models_of_some_rows)
{
    static const size_t counts[] = {1, 7, 32, 61, 100};
    all_batches(61, 5, counts, 5, 1);
    all_batches(47, 100, counts, 5, 1);
}

Test(batch, models_of_many_blocks_and_wide_rows)
{
    static const size_t counts[] = {700}, few[] = {3, 17};
    all_batches(1000, 100, counts, 1, 7);
    all_batches(20, 9001, few, 2, 7);
}

/* W b/m in place of the batch's own weights: rows of weight zero leave the penalty alone */
Test(batch, rows_of_weight_zero_add_nothing)
{
    problem p = problem_make(5, 50, 4, 0);
    const gradus_model_options options = combination(3, &p);
    static const size_t rows[] = {3, 10, 17, 3};
    const gradus_batch batch = {0, 4, rows};
    gradus_objective *f = make(&p, TEST_SQUARES, &options);
    bench b = bench_open(f, 1, 4, NULL);
    double gradient[4], square = 0.0;
    for (size_t k = 0; k < 4; k++) cr_assert(p.data.weights[rows[k]] == 0.0);
    const double value = evaluate(f, &b, &batch, p.data.theta, gradient);
    for (size_t j = 0; j < 4; j++) {
        cr_assert(gradient[j] == 0.37 * p.data.theta[j]);
        square += p.data.theta[j] * p.data.theta[j];
    }
    cr_assert(test_digits(value, 0.37 * square / 2) >= 15.0 - 1e-9);
    bench_close(&b);
    gradus_objective_free(f);
    problem_free(&p);
}

/* ---- the mean over batches is f ---- */

/* Adds the batch's share of value and gradient. */
static void add_share(const gradus_objective *f, bench *b, const gradus_batch *batch, const double *theta,
                      double *value, double *sum)
{
    double *gradient = rubbish(f->size);
    const double share = (double)batch->count / (double)gr_objective_rows(f);
    *value += share * evaluate(f, b, batch, theta, gradient);
    for (size_t j = 0; j < f->size; j++) sum[j] += share * gradient[j];
    free(gradient);
}

static double norm_of(size_t n, const double *a)
{
    double square = 0.0;
    for (size_t j = 0; j < n; j++) square += a[j] * a[j];
    return sqrt(square);
}

/* One epoch, shuffled or as the rows lie, whose last batch is short. */
static void mean_over_epoch(const gradus_objective *f, size_t rows, bool shuffled, const double *theta)
{
    const size_t m = gr_objective_rows(f), n = f->size;
    const gr_permutation order = gr_permutation_of(9, rows, m);
    bench b = bench_open(f, 1, rows, NULL);
    double *sum = doubles(n), *gradient = doubles(n), value = 0.0, full = (double)NAN;
    size_t *chosen = (size_t *)calloc(rows, sizeof(size_t));
    cr_assert_not_null(chosen);
    for (size_t first = 0; first < m; first += rows) {
        const size_t count = rows < m - first ? rows : m - first;
        for (size_t k = 0; k < count; k++) chosen[k] = gr_permutation_at(&order, first + k);
        add_share(f, &b, &(gradus_batch){first, count, shuffled ? chosen : NULL}, theta, &value, sum);
    }
    const double passes = gr_workspace_passes(f, &b.work);
    cr_assert(fabs(passes - 1.0) <= 1e-15, "an epoch is %.17g passes", passes);
    cr_assert_eq(gr_objective_evaluate(f, &b.work, theta, &full, gradient), 0);
    cr_assert(fabs(gr_workspace_passes(f, &b.work) - 2.0) <= 1e-15);
    cr_assert(test_digits(value, full) >= 13, "%.17g is not %.17g", value, full);
    for (size_t j = 0; j < n; j++) sum[j] -= gradient[j];
    const double error = norm_of(n, sum);
    cr_assert(error <= 1e-13 * (1.0 + norm_of(n, gradient)), "the gradient is off by %g", error);
    free(sum);
    free(gradient);
    free(chosen);
    bench_close(&b);
}

Test(batch, the_mean_over_an_epoch_is_the_model)
{
    static const size_t sizes[] = {1, 7, 32, 101};
    for (int view = 0; view < VIEWS; view++) {
        problem p = problem_make(77, 101, 13, view);
        for (int c = 0; c < COMBINATIONS; c++) {
            const gradus_model_options options = combination(c, &p);
            for (int loss = 0; loss < 2; loss++) {
                gradus_objective *f = make(&p, loss ? TEST_LOGISTIC : TEST_SQUARES, &options);
                for (size_t k = 0; k < 4; k++) {
                    mean_over_epoch(f, sizes[k], true, p.data.theta);
                    mean_over_epoch(f, sizes[k], false, p.data.theta);
                }
                gradus_objective_free(f);
            }
        }
        problem_free(&p);
    }
}

/* ---- what a stochastic run relies on ---- */

static void shuffle_rows(size_t *rows, size_t count, size_t m)
{
    for (size_t k = 0; k < count; k++) rows[k] = gr_random_below(3, k, m);
}

/* Large enough for four threads to take part. */
Test(batch, the_bits_do_not_depend_on_the_threads)
{
    enum { M = 4000, N = 100, COUNT = 3500 };
    static size_t rows[COUNT];
    static double one[N], other[N];
    shuffle_rows(rows, COUNT, M);
    for (int view = 0; view < 4; view++) {
        problem p = problem_make(31, M, N, view);
        const gradus_model_options options = combination(3, &p);
        gradus_objective *f = make(&p, TEST_LOGISTIC, &options);
        for (int listed = 0; listed < 2; listed++) {
            const gradus_batch batch = {5, COUNT, listed ? rows : NULL};
            bench alone = bench_open(f, 1, COUNT, NULL), four = bench_open(f, 4, COUNT, NULL);
            const double a = evaluate(f, &alone, &batch, p.data.theta, one);
            const double b = evaluate(f, &four, &batch, p.data.theta, other);
            cr_assert(test_same_bits(1, &a, &b) && test_same_bits(N, one, other));
            bench_close(&alone);
            bench_close(&four);
        }
        gradus_objective_free(f);
        problem_free(&p);
    }
}

Test(batch, negation_turns_the_sign_bit_of_batches)
{
    enum { N = 13 };
    static const size_t rows[] = {5, 3, 3, 99, 42};
    const gradus_batch batches[] = {{0, 5, rows}, {17, 30, NULL}};
    problem p = problem_make(41, 101, N, 0);
    const gradus_model_options options = combination(7, &p);
    gradus_objective *f = make(&p, TEST_LOGISTIC, &options), *g = NULL, *likelihood = NULL;
    cr_assert_eq(gradus_negate(f, &g), 0);
    cr_assert_eq(gradus_log_likelihood(&p.X, p.data.labels, &options, &likelihood), 0);
    gradus_objective *const negatives[] = {g, likelihood};
    for (size_t k = 0; k < 4; k++) {
        double plus[N + 1], minus[N + 1];
        bench b = bench_open(f, 1, 30, NULL), c = bench_open(negatives[k / 2], 1, 30, NULL);
        const double value = -evaluate(f, &b, &batches[k % 2], p.data.theta, plus);
        const double negative = evaluate(negatives[k / 2], &c, &batches[k % 2], p.data.theta, minus);
        for (size_t j = 0; j <= N; j++) minus[j] = -minus[j];
        cr_assert(test_same_bits(1, &value, &negative) && test_same_bits(N + 1, plus, minus));
        bench_close(&b);
        bench_close(&c);
    }
    gradus_objective_free(f);
    gradus_objective_free(g);
    gradus_objective_free(likelihood);
    problem_free(&p);
}

Test(batch, an_evaluation_allocates_nothing_and_leaves_the_full_ones_memory_alone)
{
    enum { M = 300, N = 40 };
    static size_t rows[64];
    double gradient[N], margins[M], before[M], value;
    shuffle_rows(rows, 64, M);
    for (int view = 0; view < 4; view++) {
        problem p = problem_make(43, M, N, view);
        const gradus_model_options options = combination(0, &p);
        gradus_objective *f = make(&p, TEST_LOGISTIC, &options);
        bench b = bench_open(f, 1, 64, NULL);
        b.work.margins = margins;
        cr_assert_eq(gr_objective_evaluate(f, &b.work, p.data.theta, &value, gradient), 0);
        memcpy(before, margins, sizeof before);
        const gr_sums sums = b.work.sums;
        const size_t calls = malloc_calls;
        (void)evaluate(f, &b, &(gradus_batch){0, 64, rows}, p.data.theta, gradient);
        (void)evaluate(f, &b, &(gradus_batch){3, 60, NULL}, p.data.theta, gradient);
        cr_assert_eq(malloc_calls, calls);
        cr_assert(test_same_bits(M, before, margins));
        cr_assert(sums.loss == b.work.sums.loss && sums.separation == b.work.sums.separation);
        bench_close(&b);
        gradus_objective_free(f);
        problem_free(&p);
    }
}

Test(batch, a_model_is_cut_short_when_the_caller_cancels)
{
    problem p = problem_make(47, 60, 5, 0);
    const gradus_model_options options = combination(0, &p);
    gradus_objective *f = make(&p, TEST_SQUARES, &options);
    volatile int cancel = 0;
    double gradient[5];
    bench b = bench_open(f, 1, 20, &cancel);
    (void)evaluate(f, &b, &(gradus_batch){0, 20, NULL}, p.data.theta, gradient);
    cr_assert_not(b.work.reader.cancelled);
    cancel = 1;
    (void)evaluate(f, &b, &(gradus_batch){20, 20, NULL}, p.data.theta, gradient);
    cr_assert(b.work.reader.cancelled && b.work.reader.elements == 100.0);
    bench_close(&b);
    gradus_objective_free(f);
    problem_free(&p);
}

Test(batch, sizes_that_overflow_are_refused)
{
    problem p = problem_make(53, 6, 5, 0);
    const gradus_model_options options = combination(0, &p);
    gradus_objective *f = make(&p, TEST_SQUARES, &options);
    size_t count;
    cr_assert_not(gr_batch_doubles(f, 1, SIZE_MAX / 2 + 1, &count));
    cr_assert_not(gr_batch_doubles(f, 1, SIZE_MAX / 2, &count));
    gradus_objective_free(f);
    problem_free(&p);
}

/* ---- callers' functions over rows ---- */

/* f_i(theta) = (theta_0 a_i + theta_1 - b_i)^2 / 2 + cos(theta_0), and what the library asked for. */
typedef struct caller {
    const double *a, *b;
    size_t rows, calls, values_only;
    gradus_batch last;
    gradus_status answer;
} caller;

static gradus_status mean_of_squares(void *context, size_t n, const double *theta, const gradus_batch *batch,
                                     double *value, double *gradient)
{
    caller *c = (caller *)context;
    cr_assert(n == 2 && batch->count >= 1);
    c->calls++;
    c->values_only += gradient ? 0 : 1;
    c->last = *batch;
    if (c->answer) return c->answer;
    double sums[3] = {0.0};
    for (size_t k = 0; k < batch->count; k++) {
        const size_t i = batch->rows ? batch->rows[k] : batch->first + k;
        const double r = theta[0] * c->a[i] + theta[1] - c->b[i];
        sums[0] += r * r / 2;
        sums[1] += r * c->a[i];
        sums[2] += r;
    }
    *value = sums[0] / (double)batch->count + cos(theta[0]);
    if (!gradient) return GRADUS_OK;
    gradient[0] = sums[1] / (double)batch->count - sin(theta[0]);
    gradient[1] = sums[2] / (double)batch->count;
    return GRADUS_OK;
}

static gradus_objective *function_of(caller *c)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function_batched(2, c->rows, mean_of_squares, c, &f), 0);
    return f;
}

static const double start[] = {0.4, -0.3};

Test(batch, a_full_evaluation_of_a_function_is_one_call_for_all_rows)
{
    test_data data = test_data_make(61, 101, 1, GRADUS_LAYOUT_ROW_MAJOR, 0);
    caller c = {.a = data.x, .b = data.y, .rows = 101};
    gradus_objective *f = function_of(&c);
    double value, again, gradient[2];
    cr_assert(gradus_objective_size(f) == 2 && gr_objective_rows(f) == 101);
    cr_assert_eq(gradus_objective_evaluate(f, start, &value, gradient), 0);
    cr_assert(c.calls == 1 && c.values_only == 0);
    cr_assert(c.last.first == 0 && c.last.count == 101 && c.last.rows == NULL);
    cr_assert_eq(gradus_objective_evaluate(f, start, &again, NULL), 0);
    cr_assert(c.calls == 2 && c.values_only == 1 && again == value);
    cr_assert_eq(gradus_check_gradient(f, start, NULL, NULL), 0);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(batch, a_function_gets_the_batch_it_is_asked_for)
{
    static const size_t rows[] = {4, 4, 100, 0};
    test_data data = test_data_make(61, 101, 1, GRADUS_LAYOUT_ROW_MAJOR, 0);
    caller c = {.a = data.x, .b = data.y, .rows = 101};
    gradus_objective *f = function_of(&c), *g = NULL;
    cr_assert_eq(gradus_negate(f, &g), 0);
    bench b = bench_open(f, 1, 10, NULL), negative = bench_open(g, 1, 10, NULL);
    const gradus_batch batches[] = {{0, 4, rows}, {91, 10, NULL}};
    for (size_t k = 0; k < 2; k++) {
        double gradient[2], exact[2], minus[2], expected;
        const double value = evaluate(f, &b, &batches[k], start, gradient);
        cr_assert_eq(memcmp(&c.last, &batches[k], sizeof c.last), 0);
        (void)mean_of_squares(&c, 2, start, &batches[k], &expected, exact);
        cr_assert(value == expected && test_same_bits(2, gradient, exact));
        cr_assert(evaluate(g, &negative, &batches[k], start, minus) == -value);
        cr_assert(minus[0] == -gradient[0] && minus[1] == -gradient[1]);
    }
    cr_assert(gr_workspace_passes(f, &b.work) == 14.0 / 101.0);
    bench_close(&b);
    bench_close(&negative);
    gradus_objective_free(f);
    gradus_objective_free(g);
    test_data_free(&data);
}

Test(batch, the_mean_over_an_epoch_is_the_function)
{
    static const size_t sizes[] = {1, 7, 32, 101};
    test_data data = test_data_make(61, 101, 1, GRADUS_LAYOUT_ROW_MAJOR, 0);
    caller c = {.a = data.x, .b = data.y, .rows = 101};
    gradus_objective *f = function_of(&c);
    for (size_t k = 0; k < 8; k++) mean_over_epoch(f, sizes[k / 2], k % 2 == 0, start);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(batch, what_a_function_answers_is_handed_on)
{
    static const gradus_status answers[] = {GRADUS_REJECT, 7};
    test_data data = test_data_make(61, 20, 1, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t k = 0; k < 2; k++) {
        caller c = {.a = data.x, .b = data.y, .rows = 20, .answer = answers[k]};
        gradus_objective *f = function_of(&c);
        bench b = bench_open(f, 1, 5, NULL);
        double value = 1.0, gradient[2] = {0.0};
        const gradus_batch batch = {2, 5, NULL};
        cr_assert_eq(gr_objective_evaluate_batch(f, &b.work, &batch, start, &value, gradient), answers[k]);
        cr_assert_eq(gr_objective_evaluate(f, &b.work, start, &value, gradient), answers[k]);
        cr_assert_eq(gradus_objective_evaluate(f, start, &value, gradient), answers[k]);
        bench_close(&b);
        gradus_objective_free(f);
    }
    test_data_free(&data);
}

Test(batch, a_cancelled_function_is_not_called)
{
    test_data data = test_data_make(61, 20, 1, GRADUS_LAYOUT_ROW_MAJOR, 0);
    caller c = {.a = data.x, .b = data.y, .rows = 20};
    gradus_objective *f = function_of(&c);
    volatile int cancel = 1;
    bench b = bench_open(f, 1, 5, &cancel);
    double value = 1.0, gradient[2] = {0.0};
    const gradus_batch batch = {2, 5, NULL};
    cr_assert_eq(gr_objective_evaluate_batch(f, &b.work, &batch, start, &value, gradient), 0);
    cr_assert_eq(gr_objective_evaluate(f, &b.work, start, &value, gradient), 0);
    cr_assert(c.calls == 0 && b.work.reader.cancelled && gr_workspace_passes(f, &b.work) == 0.0);
    bench_close(&b);
    gradus_objective_free(f);
    test_data_free(&data);
}

static gradus_status plain(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)context, (void)n;
    *value = theta[0];
    if (gradient) gradient[0] = 1.0;
    return GRADUS_OK;
}

Test(batch, a_function_without_rows_has_none)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(1, plain, NULL, &f), 0);
    cr_assert_eq(gr_objective_rows(f), 0);
    gradus_objective_free(f);
}

Test(batch, making_a_function_over_rows_checks_its_arguments)
{
    gradus_objective *const untouched = (gradus_objective *)&malloc_calls, *f = untouched;
    caller c = {.rows = 3};
    cr_assert_eq(gradus_function_batched(2, 3, NULL, &c, &f), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_function_batched(2, 3, mean_of_squares, &c, NULL), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_function_batched(0, 3, mean_of_squares, &c, &f), GRADUS_ERROR_EMPTY);
    cr_assert_eq(gradus_function_batched(2, 0, mean_of_squares, &c, &f), GRADUS_ERROR_EMPTY);
    malloc_refuse = malloc_calls + 1;
    cr_assert_eq(gradus_function_batched(2, 3, mean_of_squares, &c, &f), GRADUS_ERROR_MEMORY);
    cr_assert_eq(f, untouched, "an objective was written on failure");
    cr_assert_eq(gradus_function_batched(2, 3, mean_of_squares, NULL, &f), 0);
    gradus_objective_free(f);
}
