/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * X in single precision: every pass gives what it gives for the same numbers in double; bit for bit, but for the gradient and
 * the products, which BLAS makes of doubles and gradus itself of floats, and what is added up in other blocks: these to
 * rounding.
 */
#include <cblas.h>
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/target.h"
#include "model/loss.h"
#include "pass/matrix.h"
#include "pass/pass.h"
#include "shapes.h"
#include "support.h"

/* The same matrix twice. */
typedef struct twins {
    test_data data; /* its X and x are rounded to single precision */
    float *x;
    gradus_matrix X; /* of floats */
} twins;

static twins make(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    twins t = {.data = test_data_make(m * 1000 + n, m, n, layout, padding)};
    const gradus_matrix *X = &t.data.X;
    const bool by_row = layout == GRADUS_LAYOUT_ROW_MAJOR;
    const size_t lines = by_row ? m : n, length = by_row ? n : m, count = (lines - 1) * X->ld + length;
    t.x = (float *)must(malloc(count * sizeof(float)));
    for (size_t k = 0; k < count; k++) {
        t.x[k] = (float)t.data.x[k];
        t.data.x[k] = (double)t.x[k];
    }
    t.X = by_row ? gradus_row_major_float(m, n, t.x, X->ld) : gradus_col_major_float(m, n, t.x, X->ld);
    return t;
}

static void destroy(twins *t)
{
    test_data_free(&t->data);
    free(t->x);
}

/* A vector that passes write to, one after another. */
typedef struct answers {
    double *at, *next;
} answers;

static double *take(answers *a, size_t count)
{
    double *taken = a->next;
    a->next += count;
    return taken;
}

static void run_gradients(const twins *t, gr_reader *reader, answers *a)
{
    const size_t m = reader->X.rows, n = reader->X.cols;
    const gr_response response = {.loss = &gr_loss_logistic, .y = t->data.labels, .weights = t->data.weights};
    gr_sums sums;
    const gr_evaluation at = {
        t->data.theta, 0.5, gr_loss_logistic.pointwise, &response, &sums, 1.0, take(a, n), NULL, true};
    gr_pass_gradient(reader, &at);
    memcpy(take(a, 3), &sums.loss, sizeof sums);
    *take(a, 1) = gr_pass_product_norm(reader, t->data.theta, -0.5, t->data.weights);
    const gr_product products[2] = {{t->data.theta, 0.25, take(a, m)}, {t->data.theta, 0.0, take(a, m)}};
    gr_pass_product(reader, products, 2);
}

static void run_statistics(const twins *t, gr_reader *reader, answers *a)
{
    const size_t m = reader->X.rows, n = reader->X.cols;
    size_t row, column;
    double measured, *center = take(a, n), *scale = take(a, n);
    cr_assert(gr_pass_finite(reader, &row, &column, &measured));
    gr_pass_scales(reader, t->data.weights, true, center, scale, take(a, n));
    gr_pass_rows(reader, m / 3, m - m / 3, take(a, (m - m / 3) * n), m - m / 3);
}

static void run_gram(const twins *t, gr_reader *reader, gr_gram request, answers *a)
{
    const size_t n = reader->X.cols, p = n + (request.intercept ? 1 : 0);
    const gr_response response = {.loss = &gr_loss_logistic, .y = t->data.labels, .weights = t->data.weights};
    gr_sums sums = {0};
    const gr_evaluation start = {
        t->data.theta, 0.0, gr_loss_logistic.pointwise, &response, &sums, 1.0, take(a, n), NULL, true};
    if (request.sample == 0) request.start = &start;
    size_t count;
    cr_assert(gr_gram_doubles(reader, &request, &count));
    double *memory = doubles(count), *gram = doubles(p * p);
    gr_pass_gram(reader, &request, gram, memory);
    for (size_t j = 0; j < p; j++) memcpy(take(a, j + 1), gram + j * p, (j + 1) * sizeof *gram);
    memcpy(take(a, 3), &sums.loss, sizeof sums);
    *take(a, 1) = request.total;
    free(gram);
    free(memory);
}

static void run_sketch(const twins *t, gr_reader *reader, answers *a)
{
    const size_t doubles_of = gr_sketch_rows(reader, true) * (reader->X.cols + 1);
    size_t count;
    cr_assert(gr_sketch_doubles(reader, true, &count));
    double *memory = doubles(count);
    memcpy(take(a, doubles_of), gr_pass_sketch(reader, t->data.weights, true, memory),
           doubles_of * sizeof(double));
    free(memory);
}

static void run_precise(const twins *t, gr_reader *reader, answers *a)
{
    const size_t n = reader->X.cols;
    gr_pair *theta = (gr_pair *)must(calloc(2 * n, sizeof(gr_pair))), *gradient = theta + n;
    for (size_t j = 0; j < n; j++) theta[j] = (gr_pair){t->data.theta[j], 0x1p-60};
    gr_precise precise = {.theta = theta,
                          .intercept = {0.5, 0x1p-59},
                          .y = t->data.y,
                          .weights = t->data.weights,
                          .gradient = gradient};
    size_t count;
    cr_assert(gr_precise_doubles(reader, &count));
    double *memory = doubles(count);
    gr_pass_precise(reader, &precise, memory);
    for (size_t j = 0; j <= n; j++) {
        const gr_pair pair = j < n ? gradient[j] : precise.residual;
        *take(a, 1) = pair.high;
        *take(a, 1) = 0x1p40 * pair.low; /* or it would drown in the others' rounding */
    }
    free(memory);
    free(theta);
}

/* Every pass, and how often X was read in all; what is only the same but for rounding apart. */
static double run_all(const twins *t, const gradus_matrix *X, int threads, answers *a, answers *rounded)
{
    gr_reader reader = open_threaded(X, threads, NULL);
    run_gradients(t, &reader, rounded);
    run_statistics(t, &reader, rounded);
    run_gram(t, &reader, (gr_gram){.intercept = true}, a);
    run_gram(t, &reader, (gr_gram){.weights = t->data.weights}, a);
    run_gram(t, &reader, (gr_gram){.sample = X->rows / 2, .intercept = true}, a);
    run_sketch(t, &reader, a);
    run_precise(t, &reader, rounded);
    const double passes = gr_reader_passes(&reader);
    free(reader.memory);
    return passes;
}

/*
 * The same bits, with every kernel of OpenBLAS whose rounding does not depend on where lines lie in memory; with the others
 * (Prescott's) the same but for rounding, measured by the largest of the answers.
 */
static void check_near(size_t count, const double *wide, const double *narrow, double units, size_t m,
                       size_t n)
{
    double largest = 0.0;
    for (size_t k = 0; k < count; k++) largest = fmax(largest, fabs(wide[k]));
    const double rounding = units * DBL_EPSILON * largest;
    for (size_t k = 0; k < count; k++)
        cr_assert(test_same(wide[k], narrow[k]) || fabs(wide[k] - narrow[k]) <= rounding,
                  "%zux%zu, answer %zu: %.17g and %.17g", m, n, k, wide[k], narrow[k]);
}

static void check_same(size_t count, const double *wide, const double *narrow, size_t m, size_t n)
{
    check_near(count, wide, narrow, strcmp(openblas_get_corename(), "Prescott") == 0 ? 64.0 : 0.0, m, n);
}

static void compare(size_t m, size_t n, gradus_layout layout, size_t padding, int threads)
{
    twins t = make(m, n, layout, padding);
    const size_t most = (3 * (n + 1) + 8 * n + 2 * m + 40) + (m + 5) * n + 3 * (n + 5) * (n + 5) +
                        (8 * n + m + 8) * (n + 1);
    answers of[4]; /* of doubles and of floats: the same bits; and likewise to rounding */
    for (size_t k = 0; k < 4; k++) of[k].next = of[k].at = doubles(most);
    cr_assert(run_all(&t, &t.data.X, 1, &of[0], &of[2]) == run_all(&t, &t.X, threads, &of[1], &of[3]));
    const size_t same = (size_t)(of[0].next - of[0].at), near = (size_t)(of[2].next - of[2].at);
    cr_assert(same + near <= most && same == (size_t)(of[1].next - of[1].at));
    check_same(same, of[0].at, of[1].at, m, n);
    check_near(near, of[2].at, of[3].at, 16.0 + sqrt((double)m), m, n);
    for (size_t k = 0; k < 4; k++) free(of[k].at);
    destroy(&t);
}

static void compare_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    if (n <= 1000)
        compare(m, n, layout, padding, 1); /* a Gram matrix of 20001 columns is too much of a test */
}

Test(single, every_pass_over_all_shapes)
{
    for_all_shapes(compare_shape);
}

Test(single, many_leaves_on_many_threads)
{
    compare(20000, 30, GRADUS_LAYOUT_ROW_MAJOR, 1, 4);
    compare(20000, 30, GRADUS_LAYOUT_COL_MAJOR, 1, 4);
}

/* Panels: shapes wider than a block. */
Test(single, wide_gradients)
{
    static const size_t wide[][2] = {{40, 9000}, {7, 20001}};
    for (size_t k = 0; k < 4; k++) {
        const size_t m = wide[k / 2][0], n = wide[k / 2][1];
        twins t = make(m, n, layouts[k % 2], 3);
        double *found[2] = {doubles(n + 2 * m + 4), doubles(n + 2 * m + 4)};
        for (int j = 0; j < 2; j++) {
            gr_reader reader = open_reader(j ? &t.X : &t.data.X, NULL);
            answers a = {found[j], found[j]};
            run_gradients(&t, &reader, &a);
            free(reader.memory);
        }
        check_near(n + 2 * m + 4, found[0], found[1], 16.0, m, n);
        free(found[0]);
        free(found[1]);
        destroy(&t);
    }
}

/* The number that is named is the float's own. */
Test(single, a_bad_element_is_named)
{
    const float bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t k = 0; k < 6; k++) {
        twins t = make(100, 7, layouts[k % 2], 2);
        t.x[k % 2 ? 53 + 3 * t.X.ld : 53 * t.X.ld + 3] = bad[k / 2];
        cr_assert(test_same(gr_matrix_at(&t.X, 53, 3), (double)bad[k / 2]));
        gr_reader reader = open_reader(&t.X, NULL);
        size_t row, column;
        double measured;
        cr_assert_not(gr_pass_finite(&reader, &row, &column, &measured));
        cr_assert(row == 53 && column == 3 && test_same(measured, (double)bad[k / 2]));
        free(reader.memory);
        gradus_error error;
        gradus_objective *f = NULL;
        gradus_model_options options = gradus_model_options_default();
        options.error = &error;
        cr_assert_eq(gradus_least_squares(&t.X, t.data.y, &options, &f), 0);
        gradus_options solve = gradus_options_default();
        solve.error = &error;
        double theta[7] = {0.0};
        cr_assert_eq(gradus_descend(f, theta, &solve, NULL), GRADUS_ERROR_DATA_NOT_FINITE);
        cr_assert(error.row == 53 && error.column == 3);
        gradus_objective_free(f);
        destroy(&t);
    }
}

/* A whole solve by default options: the same answer to rounding. */
Test(single, whole_solves)
{
    for (size_t k = 0; k < 4; k++) {
        twins t = make(500, 12, layouts[k % 2], 1);
        double theta[2][12] = {{0.0}};
        for (int j = 0; j < 2; j++) {
            const gradus_matrix *X = j ? &t.X : &t.data.X;
            gradus_objective *f = NULL;
            if (k / 2)
                cr_assert_eq(gradus_logistic(X, t.data.labels, NULL, &f), 0);
            else
                cr_assert_eq(gradus_least_squares(X, t.data.y, NULL, &f), 0);
            cr_assert_eq(gradus_descend(f, theta[j], NULL, NULL), 0);
            gradus_objective_free(f);
        }
        check_near(12, theta[0], theta[1], k / 2 ? 1e6 : 64.0, 500, 12);
        cr_assert(theta[0][0] != 0.0);
        destroy(&t);
    }
}

/* ---- on every processor ---- */

/* The widest loops that may run; wider ones than this processor has never do. */
static gr_target widest = GR_TARGET_512;
gr_target __real_gr_target_here(void);
gr_target __wrap_gr_target_here(void);

gr_target __wrap_gr_target_here(void)
{
    const gr_target here = __real_gr_target_here();
    return here < widest ? here : widest;
}

/* By the loops that are compiled for each of them; lengths of whole vectors and of some more, lines by fours and beside */
Test(single, every_processors_loops)
{
    static const size_t shapes[][2] = {{64, 16}, {61, 19}, {9, 3}, {131, 8}, {40, 1}};
    for (int target = GR_TARGET_PLAIN; target <= GR_TARGET_512; target++) {
        widest = (gr_target)target;
        for (size_t k = 0; k < 2 * sizeof shapes / sizeof *shapes; k++)
            compare(shapes[k / 2][0], shapes[k / 2][1], layouts[k % 2], k % 3, 1);
    }
}
