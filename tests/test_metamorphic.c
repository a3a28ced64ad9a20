/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What must not change the answer, or must change it in a way that is known beforehand: for every model, by default options. No
 * reference is needed; the two runs hold each other.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { M = 240, N = 6, OUTPUTS = 3, MOST = OUTPUTS * (N + 1), ROWS = 4 * M };

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

typedef enum domain { REAL, LABELS, COUNTS, CLASSES } domain;

static gradus_status multiple(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                              gradus_objective **objective)
{
    return gradus_least_squares_multiple(X, y, OUTPUTS, options, objective);
}

static gradus_status softmax(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                             gradus_objective **objective)
{
    return gradus_softmax(X, y, OUTPUTS, options, objective);
}

typedef struct kind {
    const char *name;
    maker make;
    domain response;
    size_t responses, outputs; /* columns of y and of coefficients */
} kind;

static const kind kinds[] = {
    {"least squares", gradus_least_squares, REAL, 1, 1},
    {"logistic", gradus_logistic, LABELS, 1, 1},
    {"Poisson", gradus_poisson, COUNTS, 1, 1},
    {"Huber", gradus_huber, REAL, 1, 1},
    {"squared hinge", gradus_squared_hinge, LABELS, 1, 1},
    {"several responses", multiple, REAL, OUTPUTS, OUTPUTS},
    {"softmax", softmax, CLASSES, 1, OUTPUTS},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* Does it end by its backward error, not by a gradient in the caller's columns? */
static bool is_quadratic(const kind *k)
{
    return k->make == gradus_least_squares || k->make == multiple;
}

/* Digits of agreement: an answer is as accurate as its gradient, and that has about 12. */
static const double agreement = 9.0;

/* A problem that may be changed: row-major X without gaps; a row's responses, and its offsets, stand side by side. */
typedef struct fit {
    size_t m, n, responses, outputs;
    double x[ROWS * N], y[ROWS * OUTPUTS], w[ROWS], offset[ROWS * OUTPUTS];
    bool has_offset;
    gradus_model_options options;
    double lent_y[ROWS * OUTPUTS],
        lent_offset[ROWS * OUTPUTS]; /* what the objective borrows, column after column */
    double theta[MOST];
    gradus_report report;
} fit;

/* Classes that overlap, but that the columns say something about: margins on both sides of 1 */
static void fill_labels(uint64_t seed, fit *f)
{
    static const double beta[N] = {4.0, -3.0, 2.0, 0.0, 1.0, -1.0};
    test_random random = test_random_from(seed + 7);
    for (size_t i = 0; i < M; i++) {
        double z = 2.0 * test_random_uniform(&random);
        for (size_t j = 0; j < N; j++) z += beta[j] * f->x[i * N + j];
        f->y[i] = z > 0.0 ? 1.0 : 0.0;
    }
}

/* Classes that overlap: the largest of three margins and as much noise */
static void fill_classes(uint64_t seed, fit *f)
{
    static const double beta[OUTPUTS][N] = {
        {1.0, -1.0, 0.5, 0.0, 0.0, 0.5}, {-1.0, 0.0, 0.0, 1.0, 0.5, 0.0}, {0.0, 0.5, -0.5, 0.0, 1.0, -1.0}};
    test_random random = test_random_from(seed + 8);
    for (size_t i = 0; i < M; i++) {
        double most = -(double)INFINITY;
        for (size_t c = 0; c < OUTPUTS; c++) {
            double z = 2.0 * test_random_uniform(&random);
            for (size_t j = 0; j < N; j++) z += beta[c][j] * f->x[i * N + j];
            if (z > most) f->y[i] = (double)c;
            most = fmax(most, z);
        }
    }
}

/* The rows' responses, and a few more like them */
static void fill_responses(uint64_t seed, const test_data *data, fit *f)
{
    test_random random = test_random_from(seed + 9);
    for (size_t i = 0; i < M; i++) {
        for (size_t c = 0; c < f->responses; c++)
            f->y[i * f->responses + c] = c ? 2.0 * test_random_uniform(&random) + data->y[i] : data->y[i];
    }
}

static fit *new_fit(const kind *k, uint64_t seed, bool intercept)
{
    test_data data = test_data_make(seed, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    fit *f = (fit *)calloc(1, sizeof *f);
    cr_assert(f);
    f->m = M;
    f->n = N;
    f->responses = k->responses;
    f->outputs = k->outputs;
    memcpy(f->x, data.x, (size_t)M * N * sizeof *data.x);
    if (k->response == REAL) fill_responses(seed, &data, f);
    if (k->response == COUNTS) memcpy(f->y, data.counts, M * sizeof *f->y);
    if (k->response == LABELS) fill_labels(seed, f);
    if (k->response == CLASSES) fill_classes(seed, f);
    for (size_t i = 0; i < ROWS; i++) f->w[i] = 1.0;
    f->options = gradus_model_options_default();
    f->options.intercept = intercept;
    f->options.huber = 0.5;
    test_data_free(&data);
    return f;
}

static fit *copy_fit(const fit *from)
{
    fit *f = (fit *)malloc(sizeof *f);
    cr_assert(f);
    *f = *from;
    return f;
}

/* Coefficients of one output, and of all */
static size_t each_of(const fit *f)
{
    return f->n + (f->options.intercept ? 1 : 0);
}

static size_t size_of(const fit *f)
{
    return each_of(f) * f->outputs;
}

/* Column after column what stands row by row */
static void turn(size_t rows, size_t columns, const double *by_row, double *by_column)
{
    for (size_t i = 0; i < rows * columns; i++) by_column[i % columns * rows + i / columns] = by_row[i];
}

static gradus_objective *objective_of(const kind *k, fit *f)
{
    const gradus_matrix X = gradus_row_major(f->m, f->n, f->x, f->n);
    gradus_objective *objective = NULL;
    turn(f->m, f->responses, f->y, f->lent_y);
    turn(f->m, f->outputs, f->offset, f->lent_offset);
    f->options.offset = f->has_offset ? f->lent_offset : NULL;
    cr_assert_eq(k->make(&X, f->lent_y, &f->options, &objective), 0);
    return objective;
}

static void solve(const kind *k, fit *f)
{
    gradus_objective *objective = objective_of(k, f);
    memset(f->theta, 0, sizeof f->theta);
    cr_assert_eq(gradus_descend(objective, f->theta, NULL, &f->report), 0);
    cr_assert(gradus_stop_converged(f->report.stop), "%s: %s", k->name, gradus_stop_sentence(f->report.stop));
    gradus_objective_free(objective);
}

/* Equal to `agreement` digits of the largest coefficient, with place[j] in b for j in a, output by output (NULL: j) */
static void expect_same(const kind *k, const char *what, const fit *a, const fit *b, const size_t *place)
{
    double largest = 0.0, worst = 0.0;
    for (size_t j = 0; j < size_of(a); j++) {
        largest = fmax(largest, fabs(a->theta[j]));
        const size_t first = j / each_of(a) * each_of(a);
        worst = fmax(worst, fabs(a->theta[j] - b->theta[place ? first + place[j - first] : j]));
    }
    cr_assert(largest > 0.0);
    cr_expect(worst <= pow(10.0, -agreement) * largest, "%s, %s: %.1f digits", k->name, what,
              -log10(worst / largest));
}

static void swap_rows(fit *f, size_t a, size_t b)
{
    for (size_t j = 0; j < f->n; j++) {
        const double x = f->x[a * f->n + j];
        f->x[a * f->n + j] = f->x[b * f->n + j];
        f->x[b * f->n + j] = x;
    }
    for (size_t c = 0; c < f->responses; c++) {
        const double y = f->y[a * f->responses + c];
        f->y[a * f->responses + c] = f->y[b * f->responses + c];
        f->y[b * f->responses + c] = y;
    }
    const double w = f->w[a];
    f->w[a] = f->w[b];
    f->w[b] = w;
}

static void append_row(fit *f, const double *x, const double *y)
{
    memcpy(f->x + f->m * f->n, x, f->n * sizeof *x);
    memcpy(f->y + f->m * f->responses, y, f->responses * sizeof *y);
    f->w[f->m++] = 1.0;
}

/* ---- the order of rows and columns ---- */

Test(metamorphic, the_order_of_the_rows_is_of_no_account)
{
    for (size_t i = 0; i < 2 * KINDS; i++) {
        const kind *k = &kinds[i / 2];
        test_random random = test_random_from(i);
        fit *a = new_fit(k, 40 + i, i & 1), *b = copy_fit(a);
        for (size_t row = M - 1; row > 0; row--) swap_rows(b, row, test_random_below(&random, row + 1));
        cr_assert(memcmp(a->y, b->y, sizeof a->y) != 0);
        solve(k, a);
        solve(k, b);
        expect_same(k, "rows permuted", a, b, NULL);
        cr_expect(fabs(a->report.value - b->report.value) <= 1e-13 * fabs(a->report.value), "%s", k->name);
        free(a);
        free(b);
    }
}

Test(metamorphic, coefficients_move_with_their_columns)
{
    static const size_t place[N + 1] = {4, 2, 5, 0, 3, 1, 6};
    for (size_t i = 0; i < 2 * KINDS; i++) {
        const kind *k = &kinds[i / 2];
        fit *a = new_fit(k, 60 + i, i & 1), *b = copy_fit(a);
        for (size_t row = 0; row < M; row++) {
            for (size_t j = 0; j < N; j++) b->x[row * N + place[j]] = a->x[row * N + j];
        }
        solve(k, a);
        solve(k, b);
        expect_same(k, "columns permuted", a, b, place);
        free(a);
        free(b);
    }
}

/* ---- scale ---- */

static const int exponents[N] = {40, -3, 0, 17, -60, 5};

static fit *with_scaled_columns(const fit *a)
{
    fit *b = copy_fit(a);
    for (size_t row = 0; row < M; row++) {
        for (size_t j = 0; j < N; j++) b->x[row * N + j] = ldexp(a->x[row * N + j], exponents[j]);
    }
    return b;
}

/*
 * Columns times powers of two: every iterate has the same bits after unscaling. The run may end elsewhere, since the gradient norm
 * that it is told to reach is that of the caller's columns; least squares, which ends by its backward error, does not.
 */
Test(metamorphic, powers_of_two_in_the_columns_leave_every_bit)
{
    for (size_t i = 0; i < 2 * KINDS; i++) {
        const kind *k = &kinds[i / 2];
        const double zeros[MOST] = {0.0};
        fit *a = new_fit(k, 80 + i, i & 1), *b = with_scaled_columns(a);
        gradus_objective *f = objective_of(k, a), *g = objective_of(k, b);
        test_run plain = test_solve(gradus_descend, f, zeros, NULL);
        test_run scaled = test_solve(gradus_descend, g, zeros, NULL);
        const size_t common = plain.count < scaled.count ? plain.count : scaled.count;
        cr_assert(common >= 3 || (is_quadratic(k) && common >= 2), "%s: %zu", k->name, common);
        if (is_quadratic(k)) cr_assert_eq(plain.count, scaled.count);
        for (size_t step = 0; step < common; step++) {
            for (size_t j = 0; j < size_of(a); j++) {
                const size_t column = j % each_of(a);
                const double theta = ldexp(scaled.iterates[step].theta[j],
                                           column < N ? exponents[column] : 0);
                cr_assert(test_same(theta, plain.iterates[step].theta[j]), "%s: coefficient %zu at %zu",
                          k->name, j, step);
            }
        }
        gradus_objective_free(f);
        gradus_objective_free(g);
        test_run_free(&plain);
        test_run_free(&scaled);
        free(a);
        free(b);
    }
}

/* y times 2^k: theta times 2^k, bit for bit; Huber's delta is in the unit of y. */
Test(metamorphic, powers_of_two_in_the_response_leave_every_bit)
{
    for (size_t i = 0; i < KINDS; i++) {
        const kind *k = &kinds[i];
        if (k->response != REAL) continue;
        fit *a = new_fit(k, 100 + i, true), *b = copy_fit(a);
        for (size_t row = 0; row < M * k->responses; row++) b->y[row] = ldexp(a->y[row], 30);
        b->options.huber = ldexp(a->options.huber, 30);
        solve(k, a);
        solve(k, b);
        for (size_t j = 0; j < size_of(a); j++)
            cr_assert(test_same(ldexp(a->theta[j], 30), b->theta[j]), "%s", k->name);
        cr_assert(test_same(ldexp(a->report.value, 60), b->report.value), "%s", k->name);
        free(a);
        free(b);
    }
}

/* ---- what weights and zero rows mean ---- */

/* Weight k is the row k times; weight 0 is the row not there at all. */
Test(metamorphic, a_weight_counts_rows)
{
    for (size_t i = 0; i < 2 * KINDS; i++) {
        const kind *k = &kinds[i / 2];
        test_random random = test_random_from(200 + i);
        fit *a = new_fit(k, 120 + i, i & 1), *b = copy_fit(a);
        b->m = 0;
        for (size_t row = 0; row < M; row++) {
            const size_t times = test_random_below(&random, 4);
            a->w[row] = (double)times;
            for (size_t copy = 0; copy < times; copy++)
                append_row(b, a->x + row * N, a->y + row * k->responses);
        }
        a->options.weights = a->w;
        solve(k, a);
        solve(k, b);
        expect_same(k, "weights against repeated rows", a, b, NULL);
        cr_expect(fabs(a->report.value - b->report.value) <= 1e-13 * fabs(a->report.value), "%s", k->name);
        free(a);
        free(b);
    }
}

/* All weights times a number above 0: the same mean. */
Test(metamorphic, the_size_of_all_weights_is_of_no_account)
{
    for (size_t i = 0; i < 2 * KINDS; i++) {
        const kind *k = &kinds[i / 2];
        test_random random = test_random_from(300 + i);
        fit *a = new_fit(k, 140 + i, i & 1), *b;
        for (size_t row = 0; row < M; row++) a->w[row] = 1.5 + test_random_uniform(&random);
        a->options.ridge = i & 1 ? 0.01 : 0.0;
        b = copy_fit(a);
        a->options.weights = a->w;
        b->options.weights = b->w;
        for (size_t row = 0; row < M; row++) b->w[row] *= 37.0;
        solve(k, a);
        solve(k, b);
        expect_same(k, "weights times 37", a, b, NULL);
        free(a);
        free(b);
    }
}

/* Without intercept and ridge a row of zeros adds a constant to the sum, and so moves no optimum. */
Test(metamorphic, rows_of_zeros_move_no_optimum)
{
    static const double zeros[N] = {0.0};
    for (size_t i = 0; i < KINDS; i++) {
        const kind *k = &kinds[i];
        fit *a = new_fit(k, 160 + i, false), *b = copy_fit(a);
        const size_t values = k->response == LABELS ? 2 : k->response == CLASSES ? OUTPUTS : 1;
        for (size_t row = 0; row < M / 3; row++) {
            const double y[OUTPUTS] = {(double)(row % values)};
            append_row(b, zeros, y);
        }
        solve(k, a);
        solve(k, b);
        expect_same(k, "rows of zeros appended", a, b, NULL);
        free(a);
        free(b);
    }
}

/*
 * An offset of c x_j takes c from coefficient j. Of softmax's outputs it takes what differs from the mean over them: the same for all changes
 * nothing, and the answer from 0 is the one whose outputs add up to 0.
 */
Test(metamorphic, an_offset_takes_the_place_of_a_part_of_a_coefficient)
{
    for (size_t i = 0; i < 2 * KINDS; i++) {
        const kind *k = &kinds[i / 2];
        fit *a = new_fit(k, 180 + i, i & 1), *b = copy_fit(a);
        static const double share[OUTPUTS] = {0.375, -0.25, 1.0};
        const double mean = k->response == CLASSES ? (share[0] + share[1] + share[2]) / OUTPUTS : 0.0;
        for (size_t o = 0; o < M * k->outputs; o++)
            b->offset[o] = share[o % k->outputs] * a->x[o / k->outputs * N + 2];
        b->has_offset = true;
        solve(k, a);
        solve(k, b);
        for (size_t c = 0; c < k->outputs; c++) b->theta[c * each_of(b) + 2] += share[c] - mean;
        expect_same(k, "an offset", a, b, NULL);
        free(a);
        free(b);
    }
}

/* ---- the direction of travel ---- */

Test(metamorphic, climbing_the_negative_is_descending_bit_for_bit)
{
    for (size_t i = 0; i < 2 * KINDS; i++) {
        const kind *k = &kinds[i / 2];
        fit *a = new_fit(k, 220 + i, i & 1);
        double theta[MOST] = {0.0};
        gradus_report report;
        gradus_objective *f = objective_of(k, a), *minus = NULL;
        solve(k, a);
        cr_assert_eq(gradus_negate(f, &minus), 0);
        cr_assert_eq(gradus_ascend(minus, theta, NULL, &report), 0);
        cr_assert(test_same_bits(size_of(a), theta, a->theta), "%s", k->name);
        cr_assert(test_same(report.value, -a->report.value) && report.passes == a->report.passes);
        gradus_objective_free(f);
        gradus_objective_free(minus);
        free(a);
    }
}

/* The classes' names are of no account: 0 for 1 and 1 for 0 turns the sign of every coefficient, bit for bit. */
Test(metamorphic, swapped_labels_turn_the_sign)
{
    for (size_t i = 0; i < 2 * KINDS; i++) {
        const kind *k = &kinds[i / 2];
        if (k->response != LABELS) continue;
        fit *a = new_fit(k, 240 + i, i & 1), *b = copy_fit(a);
        for (size_t row = 0; row < M; row++) b->y[row] = 1.0 - a->y[row];
        solve(k, a);
        solve(k, b);
        for (size_t j = 0; j < size_of(a); j++) b->theta[j] = -b->theta[j];
        expect_same(k, "labels swapped", a, b, NULL);
        free(a);
        free(b);
    }
}

/* The same of several: coefficients move with their classes, or with their responses. */
Test(metamorphic, outputs_move_with_their_names)
{
    static const size_t to[OUTPUTS] = {2, 0, 1};
    for (size_t i = 0; i < 2 * KINDS; i++) {
        const kind *k = &kinds[i / 2];
        if (k->outputs == 1) continue;
        fit *a = new_fit(k, 260 + i, i & 1), *b = copy_fit(a), *moved;
        for (size_t at = 0; at < M * k->responses; at++) {
            if (k->response == CLASSES)
                b->y[at] = (double)to[(size_t)a->y[at]];
            else
                b->y[at / OUTPUTS * OUTPUTS + to[at % OUTPUTS]] = a->y[at];
        }
        cr_assert(memcmp(a->y, b->y, sizeof a->y) != 0);
        solve(k, a);
        solve(k, b);
        moved = copy_fit(a);
        for (size_t j = 0; j < size_of(a); j++)
            moved->theta[to[j / each_of(a)] * each_of(a) + j % each_of(a)] = a->theta[j];
        expect_same(k, "outputs permuted", moved, b, NULL);
        free(a);
        free(b);
        free(moved);
    }
}

/* With one column of an offset for all classes no p changes, and so nothing else but rounding. */
Test(metamorphic, an_offset_for_all_classes_is_of_no_account)
{
    const kind *k = &kinds[KINDS - 1];
    cr_assert(k->make == softmax);
    for (size_t i = 0; i < 4; i++) {
        test_random random = test_random_from(400 + i);
        fit *a = new_fit(k, 280 + i, i & 1), *b;
        a->options.ridge = i & 2 ? 0.01 : 0.0;
        b = copy_fit(a);
        b->has_offset = true;
        for (size_t row = 0; row < M; row++) {
            const double offset = 3.0 * test_random_uniform(&random);
            for (size_t c = 0; c < OUTPUTS; c++) b->offset[row * OUTPUTS + c] = offset;
        }
        solve(k, a);
        solve(k, b);
        expect_same(k, "an offset for all classes", a, b, NULL);
        cr_expect(fabs(a->report.value - b->report.value) <= 1e-13 * fabs(a->report.value));
        free(a);
        free(b);
    }
}
