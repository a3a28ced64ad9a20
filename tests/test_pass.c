/* SPDX-License-Identifier: BSD-3-Clause */
/* The reads of X: against plain loops over a grid of shapes, and counted by watching BLAS from outside. */
#include <cblas.h>
#include <criterion/criterion.h>
#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/size.h"
#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/rank_update.h"
#include "pass/sweep.h"
#include "shapes.h"
#include "support.h"

/* ---- BLAS watched: how often each element of X is read by X d and by X'r ---- */

static struct {
    const gradus_matrix *X; /* NULL: not watching */
    unsigned char *products, *transposed;
} watch;

void __real_cblas_dgemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a,
                        int lda, const double *x, int incx, double beta, double *y, int incy);
void __wrap_cblas_dgemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a,
                        int lda, const double *x, int incx, double beta, double *y, int incy);

void __wrap_cblas_dgemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a,
                        int lda, const double *x, int incx, double beta, double *y, int incy)
{
    if (watch.X) {
        const size_t offset = (size_t)(a - (const double *)watch.X->data), ld = watch.X->ld;
        const bool by_row = watch.X->layout == GRADUS_LAYOUT_ROW_MAJOR;
        const size_t row = by_row ? offset / ld : offset % ld, column = by_row ? offset % ld : offset / ld;
        cr_assert_eq((size_t)lda, ld);
        cr_assert_eq(order, by_row ? CblasRowMajor : CblasColMajor);
        unsigned char *counts = trans == CblasNoTrans ? watch.products : watch.transposed;
        for (size_t i = row; i < row + (size_t)m; i++) {
            for (size_t j = column; j < column + (size_t)n; j++) counts[i * watch.X->cols + j]++;
        }
    }
    __real_cblas_dgemv(order, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);
}

static void watch_begin(const gradus_matrix *X)
{
    watch.X = X;
    watch.products = (unsigned char *)must(calloc(X->rows, X->cols));
    watch.transposed = (unsigned char *)must(calloc(X->rows, X->cols));
}

/* Ends watching: was every element read exactly so often? */
static void watch_end(unsigned products, unsigned transposed)
{
    for (size_t k = 0; k < watch.X->rows * watch.X->cols; k++)
        cr_assert(watch.products[k] == products && watch.transposed[k] == transposed,
                  "%zux%zu: element %zu was read %u + %u times", watch.X->rows, watch.X->cols, k,
                  watch.products[k], watch.transposed[k]);
    watch.X = NULL;
    free(watch.products);
    free(watch.transposed);
}

/* ---- the gradient pass ---- */

/* Keeps the margins it is shown and answers with given residuals. */
typedef struct echo {
    double *margins;
    const double *residuals;
    size_t rows;
} echo;

static void echo_pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const echo *e = (const echo *)context;
    cr_assert(rows >= 1 && first + rows <= e->rows);
    memcpy(e->margins + first, margins, rows * sizeof *margins);
    memcpy(margins, e->residuals + first, rows * sizeof *margins);
    sums->loss += (double)rows;
    sums->separation = 1.0;
}

/* |computed - exact| within a few units of rounding of the terms */
static void close(double computed, long double exact, long double terms, const char *what,
                  const gradus_matrix *X)
{
    cr_assert(fabsl(computed - exact) <= 8 * DBL_EPSILON * terms, "%s of %zux%zu: %g instead of %Lg", what,
              X->rows, X->cols, computed, exact);
}

static void check_margins(test_data *data, const double *margins, double intercept)
{
    for (size_t i = 0; i < data->X.rows; i++) {
        long double z = intercept, terms = fabs(intercept);
        for (size_t j = 0; j < data->X.cols; j++) {
            const long double term = (long double)*test_element(data->x, &data->X, i, j) * data->theta[j];
            z += term;
            terms += fabsl(term);
        }
        close(margins[i], z, terms, "X theta", &data->X);
    }
}

static void check_transposed(test_data *data, const double *gradient)
{
    for (size_t j = 0; j < data->X.cols; j++) {
        long double g = 0, terms = 0;
        for (size_t i = 0; i < data->X.rows; i++) {
            const long double term = (long double)*test_element(data->x, &data->X, i, j) * data->y[i];
            g += term;
            terms += fabsl(term);
        }
        close(gradient[j], g, terms, "X'r", &data->X);
    }
}

static void check_sums(const test_data *data, const gr_sums *sums)
{
    long double sum = 0, terms = 0;
    for (size_t i = 0; i < data->X.rows; i++) {
        sum += data->y[i];
        terms += fabs(data->y[i]);
    }
    close(sums->residual, sum, terms, "sum of r", &data->X);
    cr_assert(sums->loss == (double)data->X.rows && sums->separation == 1.0);
}

static void gradient_of_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 1000 + n, m, n, layout, padding);
    echo e = {doubles(m), data.y, m};
    double *gradient = doubles(n);
    for (size_t j = 0; j < n; j++) gradient[j] = (double)NAN; /* overwritten, not added to */
    gr_reader reader = open_reader(&data.X, NULL);
    gr_sums sums;
    watch_begin(&data.X);
    double *z = doubles(m);
    gr_pass_gradient(&reader,
                     &(gr_evaluation){data.theta, 0.75, echo_pointwise, &e, &sums, 1.0, gradient, z, true});
    watch_end(1, 1);
    cr_assert(test_same_bits(m, z, e.margins));
    free(z);
    check_margins(&data, e.margins, 0.75);
    check_transposed(&data, gradient);
    check_sums(&data, &sums);
    cr_assert(gr_reader_passes(&reader) == 1.0, "%zux%zu: %g passes", m, n, gr_reader_passes(&reader));
    cr_assert_not(reader.cancelled);
    free(reader.memory);
    free(gradient);
    free(e.margins);
    test_data_free(&data);
}

Test(pass, gradient_over_all_shapes)
{
    for_all_shapes(gradient_of_shape);
}

static void value_of_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 1000 + n, m, n, layout, padding);
    echo e = {doubles(m), data.y, m};
    gr_reader reader = open_reader(&data.X, NULL);
    gr_sums sums;
    watch_begin(&data.X);
    gr_pass_gradient(&reader,
                     &(gr_evaluation){data.theta, 0.0, echo_pointwise, &e, &sums, 1.0, NULL, NULL, false});
    watch_end(1, 0);
    check_margins(&data, e.margins, 0.0);
    cr_assert(gr_reader_passes(&reader) == 1.0);
    free(reader.memory);
    free(e.margins);
    test_data_free(&data);
}

Test(pass, without_gradient_only_the_product_is_formed)
{
    for_all_shapes(value_of_shape);
}

static void product_norm_of_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 1000 + n, m, n, layout, padding);
    gr_reader reader = open_reader(&data.X, NULL);
    for (int weighted = 0; weighted < 2; weighted++) {
        const double *weights = weighted ? data.weights : NULL;
        long double sum = 0, terms = 0;
        for (size_t i = 0; i < m; i++) {
            long double z = -0.5L, size = 0.5L;
            for (size_t j = 0; j < n; j++) {
                const long double term = (long double)*test_element(data.x, &data.X, i, j) * data.theta[j];
                z += term;
                size += fabsl(term);
            }
            sum += (weights ? weights[i] : 1.0) * z * z;
            terms += (weights ? weights[i] : 1.0) * fabsl(z) * size;
        }
        const double norm = gr_pass_product_norm(&reader, data.theta, -0.5, weights);
        close(norm, sum, 2 * terms, "||X d||^2", &data.X);
        cr_assert(gr_reader_passes(&reader) == 1.0 + weighted);
    }
    free(reader.memory);
    test_data_free(&data);
}

Test(pass, product_norm_over_all_shapes)
{
    for_all_shapes(product_norm_of_shape);
}

/* Two products in one read: both are formed, and the read is counted once. */
static void products_of_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 1000 + n, m, n, layout, padding);
    double *other = doubles(n), *margins[2] = {doubles(m), doubles(m)};
    for (size_t j = 0; j < n; j++) other[j] = data.theta[n - 1 - j];
    const gr_product products[2] = {{data.theta, 0.25, margins[0]}, {other, -1.0, margins[1]}};
    gr_reader reader = open_reader(&data.X, NULL);
    watch_begin(&data.X);
    gr_pass_product(&reader, products, 2);
    watch_end(2, 0);
    cr_assert(gr_reader_passes(&reader) == 1.0);
    check_margins(&data, margins[0], 0.25);
    memcpy(data.theta, other, n * sizeof *other);
    check_margins(&data, margins[1], -1.0);
    free(reader.memory);
    free(margins[0]);
    free(margins[1]);
    free(other);
    test_data_free(&data);
}

Test(pass, products_over_all_shapes)
{
    for_all_shapes(products_of_shape);
}

/* z is the response backwards, q the response: the residuals that the echo gives are the weights, so slope = sum w_i y_i. */
static void line_of_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 1000 + n, m, n, layout, padding);
    double *z = doubles(m);
    for (size_t i = 0; i < m; i++) z[i] = data.y[m - 1 - i];
    echo e = {doubles(m), data.weights, m};
    const gr_line line = {z, data.y, echo_pointwise, &e};
    gr_reader reader = open_reader(&data.X, NULL);
    gr_sums sums;
    double slope;
    watch_begin(&data.X);
    gr_pass_line(&reader, &line, -0.75, &sums, &slope);
    watch_end(0, 0);
    cr_assert(gr_reader_passes(&reader) == 0.0, "a line reads no element of X");
    long double exact = 0, terms = 0;
    for (size_t i = 0; i < m; i++) {
        cr_assert(e.margins[i] == z[i] + -0.75 * data.y[i]);
        exact += (long double)data.weights[i] * data.y[i];
        terms += fabsl((long double)data.weights[i] * data.y[i]);
    }
    close(slope, exact, terms, "slope", &data.X);
    cr_assert(sums.loss == (double)m && sums.residual == 0.0 && sums.separation == 1.0);
    free(reader.memory);
    free(e.margins);
    free(z);
    test_data_free(&data);
}

Test(pass, lines_over_all_shapes)
{
    for_all_shapes(line_of_shape);
}

/* Both layouts hold the same numbers, in other blocks of memory and by other BLAS kernels. */
Test(pass, layouts_agree)
{
    for (size_t a = 0; a < LARGE; a++) {
        const size_t m = large[a][0], n = large[a][1];
        double *gradient[2], *margins[2];
        test_data data[2];
        for (size_t k = 0; k < 2; k++) {
            data[k] = test_data_make(a, m, n, layouts[k], 0);
            gradient[k] = doubles(n);
            margins[k] = doubles(m);
            echo e = {margins[k], data[k].y, m};
            gr_reader reader = open_reader(&data[k].X, NULL);
            gr_sums sums;
            gr_pass_gradient(&reader, &(gr_evaluation){data[k].theta, 0.0, echo_pointwise, &e, &sums, 1.0,
                                                       gradient[k], NULL, false});
            free(reader.memory);
        }
        const double tolerance = 16 * DBL_EPSILON * (double)(m > n ? m : n);
        for (size_t i = 0; i < m; i++) cr_assert(fabs(margins[0][i] - margins[1][i]) <= tolerance);
        for (size_t j = 0; j < n; j++) cr_assert(fabs(gradient[0][j] - gradient[1][j]) <= 3 * tolerance);
        for (size_t k = 0; k < 2; k++) {
            free(gradient[k]);
            free(margins[k]);
            test_data_free(&data[k]);
        }
    }
}

/* The bits of a pass must not depend on the threads that the process gives to BLAS. */
Test(pass, threads_of_blas_do_not_change_bits)
{
    for (size_t a = 0; a < 2 * LARGE; a++) {
        const size_t m = large[a / 2][0], n = large[a / 2][1];
        test_data data = test_data_make(a, m, n, layouts[a % 2], 1);
        double *gradient[2] = {doubles(n), doubles(n)}, *margins[2] = {doubles(m), doubles(m)};
        for (int k = 0; k < 2; k++) {
            openblas_set_num_threads(k ? 4 : 1);
            echo e = {margins[k], data.y, m};
            gr_reader reader = open_reader(&data.X, NULL);
            gr_sums sums;
            gr_pass_gradient(&reader, &(gr_evaluation){data.theta, 0.0, echo_pointwise, &e, &sums, 1.0,
                                                       gradient[k], NULL, false});
            free(reader.memory);
        }
        cr_assert(test_same_bits(m, margins[0], margins[1]), "X theta of %zux%zu", m, n);
        cr_assert(test_same_bits(n, gradient[0], gradient[1]), "X'r of %zux%zu", m, n);
        for (int k = 0; k < 2; k++) {
            free(gradient[k]);
            free(margins[k]);
        }
        test_data_free(&data);
    }
}

/* ---- blocks ---- */

static void check_partition(const gradus_matrix *X)
{
    const gr_partition cut = gr_partition_of(X);
    cr_assert(cut.block_rows >= 1 && cut.block_rows <= X->rows && cut.panel_cols >= 1 &&
              cut.panel_cols <= X->cols);
    cr_assert(cut.block_rows * cut.panel_cols < 9216, "%zu x %zu would start threads inside BLAS", X->rows,
              X->cols);
    cr_assert_eq(cut.leaf_rows % cut.block_rows, 0);
    cr_assert(cut.leaves >= 1 && (cut.leaves - 1) * cut.leaf_rows < X->rows &&
              cut.leaves * cut.leaf_rows >= X->rows);
    cr_assert(cut.leaves == 1 || cut.leaf_rows >= 16, "a leaf costs a row of memory");
}

Test(pass, the_partition_covers_x_and_fits_its_bounds)
{
    for (size_t a = 0; a < LARGE; a++) {
        const gradus_matrix by_row = gradus_row_major(large[a][0], large[a][1], NULL, large[a][1]);
        const gradus_matrix by_column = gradus_col_major(large[a][0], large[a][1], NULL, 100000);
        check_partition(&by_row);
        check_partition(&by_column);
    }
    const gradus_matrix huge = gradus_row_major((size_t)1 << 40, 1000, NULL, 1000);
    check_partition(&huge);
    cr_assert(gr_partition_of(&huge).leaves <= 128);
}

/* ---- cancelling ---- */

typedef struct canceller {
    int flag;
    size_t blocks;
} canceller;

static void cancel_after_two(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    canceller *c = *(canceller *const *)context;
    (void)first, (void)rows, (void)margins, (void)sums;
    if (++c->blocks == 2) c->flag = 1;
}

Test(pass, a_pass_is_cut_short_at_the_next_block)
{
    test_data data = test_data_make(1, 5000, 3, GRADUS_LAYOUT_ROW_MAJOR, 0);
    canceller c = {0, 0};
    canceller *context = &c;
    gr_reader reader = open_reader(&data.X, &c.flag);
    gr_sums sums;
    double gradient[3];
    gr_pass_gradient(&reader, &(gr_evaluation){data.theta, 0.0, cancel_after_two, &context, &sums, 1.0,
                                               gradient, NULL, false});
    cr_assert(reader.cancelled);
    cr_assert_eq(c.blocks, 2);
    cr_assert(gr_reader_passes(&reader) == 2.0 * (double)gr_partition_of(&data.X).block_rows / 5000.0);
    c.flag = 0; /* what was cut short stays marked */
    gr_pass_gradient(&reader, &(gr_evaluation){data.theta, 0.0, cancel_after_two, &context, &sums, 1.0,
                                               gradient, NULL, false});
    cr_assert(reader.cancelled);
    free(reader.memory);
    test_data_free(&data);
}

/* ---- finiteness ---- */

/* A NaN at (i, j), and a later Inf that must not be the one that is found. */
static void find_bad(test_data *data, size_t i, size_t j, double bad)
{
    const size_t m = data->X.rows, n = data->X.cols;
    double *place = test_element(data->x, &data->X, i, j),
           *last = test_element(data->x, &data->X, m - 1, n - 1);
    const double good = *place, good_last = *last;
    *last = (double)INFINITY;
    *place = bad;
    gr_reader reader = open_reader(&data->X, NULL);
    size_t row = 0, column = 0;
    double measured = 0.0;
    cr_assert_not(gr_pass_finite(&reader, &row, &column, &measured));
    cr_assert(row == i && column == j, "found (%zu, %zu) instead of (%zu, %zu)", row, column, i, j);
    cr_assert(isnan(bad) ? isnan(measured) : measured == bad);
    free(reader.memory);
    *last = good_last;
    *place = good;
}

static void finite_of_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 1000 + n, m, n, layout, padding);
    gr_reader reader = open_reader(&data.X, NULL);
    size_t row, column;
    double measured;
    cr_assert(gr_pass_finite(&reader, &row, &column, &measured));
    cr_assert(gr_reader_passes(&reader) == 1.0);
    free(reader.memory);
    test_random random = test_random_from(m + n);
    find_bad(&data, 0, 0, (double)NAN);
    find_bad(&data, m - 1, n - 1, -(double)INFINITY);
    find_bad(&data, test_random_below(&random, m), test_random_below(&random, n), (double)NAN);
    find_bad(&data, m - 1, 0, (double)INFINITY);
    find_bad(&data, 0, n - 1, (double)NAN);
    test_data_free(&data);
}

Test(pass, the_first_element_that_is_not_finite_is_found)
{
    for_all_shapes(finite_of_shape);
}

/* ---- column means and scales ---- */

typedef struct scales {
    double *center, *scale;
} scales;

static scales compute_scales(const gradus_matrix *X, const double *weights, bool centred)
{
    scales s = {doubles(X->cols), doubles(X->cols)};
    double *work = doubles(X->cols);
    gr_reader reader = open_reader(X, NULL);
    gr_pass_scales(&reader, weights, centred, s.center, s.scale, work);
    cr_assert(gr_reader_passes(&reader) == 2.0);
    free(reader.memory);
    free(work);
    return s;
}

static void scales_free(scales *s)
{
    free(s->center);
    free(s->scale);
}

/* Mean (0 when not centred) and standard deviation about it, in long double. */
static void oracle_scale(test_data *data, const double *weights, bool centred, size_t j, long double *mean,
                         long double *deviation)
{
    long double total = 0, sum = 0, squares = 0;
    for (size_t i = 0; i < data->X.rows; i++) {
        const long double w = weights ? weights[i] : 1.0;
        total += w;
        if (w > 0) sum += w * *test_element(data->x, &data->X, i, j);
    }
    *mean = centred ? sum / total : 0;
    for (size_t i = 0; i < data->X.rows; i++) {
        const long double w = weights ? weights[i] : 1.0;
        const long double x = *test_element(data->x, &data->X, i, j) - *mean;
        if (w > 0) squares += w * x * x;
    }
    *deviation = sqrtl(squares / total);
}

static void check_scales(test_data *data, const double *weights, bool centred)
{
    scales s = compute_scales(&data->X, weights, centred);
    for (size_t j = 0; j < data->X.cols; j++) {
        long double mean, deviation;
        oracle_scale(data, weights, centred, j, &mean, &deviation);
        cr_assert(fabsl(s.center[j] - mean) <= 16 * DBL_EPSILON, "mean %g instead of %Lg", s.center[j], mean);
        if (deviation < 1e-15L) deviation = 0; /* one row that counts: a constant */
        cr_assert(test_digits(s.scale[j], (double)deviation) >= 13.5, "%zux%zu: scale %g instead of %Lg",
                  data->X.rows, data->X.cols, s.scale[j], deviation);
    }
    scales_free(&s);
}

static void scales_of_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 1000 + n, m, n, layout, padding);
    for (int k = 0; k < 4; k++) check_scales(&data, k % 2 ? data.weights : NULL, k / 2);
    test_data_free(&data);
}

Test(pass, scales_over_all_shapes)
{
    for_all_shapes(scales_of_shape);
}

/* 0.1 has no finite binary expansion: a mean that is summed and divided misses it, and leaves a spread of rounding. */
Test(pass, a_constant_column_has_its_own_value_as_mean_and_scale_zero)
{
    static const double constants[] = {0.1, -1.0 / 3.0, 1e300, -1e-300, 0.0, 1.7e308};
    test_data data = test_data_make(3, 1000, 6, GRADUS_LAYOUT_COL_MAJOR, 0);
    for (size_t i = 0; i < 1000; i++) {
        for (size_t j = 0; j < 6; j++) *test_element(data.x, &data.X, i, j) = constants[j];
    }
    for (int weighted = 0; weighted < 2; weighted++) {
        scales s = compute_scales(&data.X, weighted ? data.weights : NULL, true);
        for (size_t j = 0; j < 6; j++)
            cr_assert(s.center[j] == constants[j] && s.scale[j] == 0.0, "%g: mean %.17g, scale %g",
                      constants[j], s.center[j], s.scale[j]);
        scales_free(&s);
        s = compute_scales(&data.X, weighted ? data.weights : NULL, false);
        for (size_t j = 0; j < 6; j++) {
            cr_assert(s.center[j] == 0.0 && test_digits(s.scale[j], fabs(constants[j])) >= 13.5);
        }
        scales_free(&s);
    }
    test_data_free(&data);
}

Test(pass, a_column_that_wavers_by_rounding_counts_as_constant)
{
    test_data data = test_data_make(4, 100, 1, GRADUS_LAYOUT_ROW_MAJOR, 0);
    for (size_t i = 0; i < 100; i++) data.x[i] = i % 2 ? 0.3 : 0.1 * 3;
    scales s = compute_scales(&data.X, NULL, true);
    cr_assert(s.scale[0] == 0.0, "%g", s.scale[0]);
    scales_free(&s);
    for (size_t i = 0; i < 100; i++)
        data.x[i] = i % 2 ? 1e10 : 1e10 + 1.0; /* far, but a real spread of 1/2 */
    s = compute_scales(&data.X, NULL, true);
    cr_assert(s.center[0] == 1e10 + 0.5 && test_digits(s.scale[0], 0.5) >= 14, "%.17g %g", s.center[0],
              s.scale[0]);
    scales_free(&s);
    test_data_free(&data);
}

Test(pass, scales_do_not_overflow_or_underflow)
{
    for (int k = 0; k < 2; k++) {
        const double s = k ? 1.5e308 : 1e-300;
        const double x[] = {-s, s, -s, s};
        const gradus_matrix X = gradus_row_major(4, 1, x, 1);
        scales found = compute_scales(&X, NULL, true);
        cr_assert(found.center[0] == 0.0 && test_digits(found.scale[0], s) >= 15, "%g %g", found.center[0],
                  found.scale[0]);
        scales_free(&found);
    }
}

/* A row of weight 0 is absent, whatever stands in it. */
Test(pass, rows_of_weight_zero_do_not_count)
{
    static const double sizes[] = {1.0, 1e-3,
                                   1e-200}; /* beside small entries an absent huge one must not overflow */
    const double weights[] = {0.0, 1.0, 1.0, 0.0, 1.0};
    for (size_t k = 0; k < 3; k++) {
        const double x[] = {1e308, sizes[k], 2.0 * sizes[k], -1e308, 3.0 * sizes[k]};
        const gradus_matrix X = gradus_row_major(5, 1, x, 1);
        scales s = compute_scales(&X, weights, true);
        cr_assert(test_digits(s.center[0] / sizes[k], 2.0) >= 14, "%g", s.center[0]);
        cr_assert(test_digits(s.scale[0] / sizes[k], sqrt(2.0 / 3.0)) >= 14, "%g", s.scale[0]);
        scales_free(&s);
    }
}

/* ---- rows ---- */

static void rows_of_shape(size_t m, size_t n, gradus_layout layout, size_t padding)
{
    test_data data = test_data_make(m * 1000 + n, m, n, layout, padding);
    test_random random = test_random_from(m * 7 + n);
    const size_t first = test_random_below(&random, m), rows = 1 + test_random_below(&random, m - first);
    const size_t ld = rows + padding;
    double *copy = doubles(ld * n);
    for (size_t k = 0; k < ld * n; k++) copy[k] = -7.0;
    gr_reader reader = open_reader(&data.X, NULL);
    gr_pass_rows(&reader, first, rows, copy, ld);
    for (size_t k = 0; k < ld * n; k++) {
        const size_t i = k % ld, j = k / ld;
        cr_assert(copy[k] == (i < rows ? *test_element(data.x, &data.X, first + i, j) : -7.0));
    }
    cr_assert(fabs(gr_reader_passes(&reader) - (double)rows / (double)m) <= DBL_EPSILON);
    free(reader.memory);
    free(copy);
    test_data_free(&data);
}

Test(pass, rows_are_copied_and_counted)
{
    for_all_shapes(rows_of_shape);
}

/* ---- what a matrix must be ---- */

Test(pass, makers_fill_the_view)
{
    const double x[1] = {0.0};
    const gradus_matrix r = gradus_row_major(2, 3, x, 4), c = gradus_col_major(2, 3, x, 4);
    cr_assert(r.size == sizeof r && r.layout == GRADUS_LAYOUT_ROW_MAJOR && r.rows == 2 && r.cols == 3);
    cr_assert(c.size == sizeof c && c.layout == GRADUS_LAYOUT_COL_MAJOR && c.rows == 2 && c.cols == 3);
    cr_assert(r.data == x && r.ld == 4 && c.data == x && c.ld == 4);
    cr_assert(r.element == GRADUS_ELEMENT_DOUBLE && c.element == GRADUS_ELEMENT_DOUBLE);
    const float f[1] = {0.0F};
    const gradus_matrix rf = gradus_row_major_float(2, 3, f, 4), cf = gradus_col_major_float(2, 3, f, 4);
    cr_assert(rf.size == sizeof rf && rf.layout == GRADUS_LAYOUT_ROW_MAJOR && rf.rows == 2 && rf.cols == 3);
    cr_assert(cf.size == sizeof cf && cf.layout == GRADUS_LAYOUT_COL_MAJOR && cf.rows == 2 && cf.cols == 3);
    cr_assert(rf.data == f && rf.ld == 4 && cf.data == f && cf.ld == 4);
    cr_assert(rf.element == GRADUS_ELEMENT_FLOAT && cf.element == GRADUS_ELEMENT_FLOAT);
}

/* The sizes are checked without touching the data, so that sizes no machine holds can be tried. */
Test(pass, matrix_checks)
{
    const double x[1] = {0.0};
    const float f[1] = {0.0F};
    const size_t most = (size_t)INT_MAX;
    const struct {
        gradus_matrix X;
        gradus_status status;
    } rows[] = {
        {gradus_row_major(1, 1, x, 1), GRADUS_OK},
        {gradus_row_major(most * 4, 7, x, 7), GRADUS_OK}, /* rows may exceed INT_MAX in row-major */
        {gradus_row_major(1, most, x, most), GRADUS_OK},
        {gradus_col_major(most, 7, x, most), GRADUS_OK},
        {gradus_row_major(0, 1, x, 1), GRADUS_ERROR_EMPTY},
        {gradus_row_major(1, 0, x, 1), GRADUS_ERROR_EMPTY},
        {gradus_col_major(0, 0, NULL, 0), GRADUS_ERROR_EMPTY},
        {gradus_row_major(1, 1, NULL, 1), GRADUS_ERROR_NULL},
        {gradus_row_major(5, 3, x, 2), GRADUS_ERROR_LEADING_DIMENSION},
        {gradus_row_major(5, 3, x, 0), GRADUS_ERROR_LEADING_DIMENSION},
        {gradus_col_major(5, 3, x, 4), GRADUS_ERROR_LEADING_DIMENSION},
        {gradus_row_major(SIZE_MAX / 2, 3, x, 3), GRADUS_ERROR_SIZE_OVERFLOW},
        {gradus_row_major(SIZE_MAX / 8 + 1, 1, x, 1), GRADUS_ERROR_SIZE_OVERFLOW},
        {gradus_row_major(SIZE_MAX, SIZE_MAX, x, SIZE_MAX), GRADUS_ERROR_SIZE_OVERFLOW},
        {gradus_row_major_float(1, 1, f, 1), GRADUS_OK},
        {gradus_row_major_float(SIZE_MAX / 8 + 1, 1, f, 1), GRADUS_OK}, /* fits where doubles do not */
        {gradus_row_major_float(SIZE_MAX / 4, 1, f, 1), GRADUS_OK},
        {gradus_row_major_float(SIZE_MAX / 4 + 1, 1, f, 1), GRADUS_ERROR_SIZE_OVERFLOW},
        {gradus_col_major_float(5, 3, f, 4), GRADUS_ERROR_LEADING_DIMENSION},
        {gradus_col_major(SIZE_MAX / 4, 4, x, SIZE_MAX / 4), GRADUS_ERROR_SIZE_OVERFLOW},
        {gradus_row_major(1, most + 1, x, most + 1), GRADUS_ERROR_TOO_LARGE},
        {gradus_row_major(1, 1, x, most + 1), GRADUS_ERROR_TOO_LARGE},
        {gradus_col_major(1, most + 1, x, 1), GRADUS_ERROR_TOO_LARGE},
        {gradus_col_major(most + 1, 1, x, most + 1), GRADUS_ERROR_TOO_LARGE},
    };
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        gradus_error error;
        cr_assert_eq(gr_matrix_check(&rows[k].X, &error), rows[k].status, "row %zu: %s", k,
                     rows[k].status ? error.sentence : "");
    }
    cr_assert_eq(gr_matrix_check(NULL, NULL), GRADUS_ERROR_NULL);
}

Test(pass, a_struct_that_no_maker_made_is_refused)
{
    const double x[1] = {0.0};
    gradus_matrix X = gradus_row_major(1, 1, x, 1);
    X.size = 0;
    cr_assert_eq(gr_matrix_check(&X, NULL), GRADUS_ERROR_STRUCT_SIZE);
    X.size = sizeof X + 8;
    cr_assert_eq(gr_matrix_check(&X, NULL), GRADUS_ERROR_STRUCT_SIZE);
    X.size = sizeof X;
    for (int layout = -1; layout <= 3; layout++) {
        X.layout = (gradus_layout)layout;
        const bool known = layout == GRADUS_LAYOUT_ROW_MAJOR || layout == GRADUS_LAYOUT_COL_MAJOR;
        cr_assert_eq(gr_matrix_check(&X, NULL), known ? GRADUS_OK : GRADUS_ERROR_OPTION, "layout %d", layout);
    }
    X.layout = GRADUS_LAYOUT_ROW_MAJOR;
    for (int element = -1; element <= 2; element++) {
        X.element = (gradus_element)element;
        const bool known = element == GRADUS_ELEMENT_DOUBLE || element == GRADUS_ELEMENT_FLOAT;
        gradus_error error;
        cr_assert_eq(gr_matrix_check(&X, &error), known ? GRADUS_OK : GRADUS_ERROR_OPTION, "element %d",
                     element);
        cr_assert(known || error.measured == (double)element);
    }
}

/* C[i][j] of the upper triangle, row after row */
static double plain_entry(const gr_block *block, const double *root, size_t i, size_t j)
{
    double sum = 0.0;
    for (size_t k = 0; k < block->rows; k++) {
        const double *x = block->data + k * gr_block_down(block);
        const double weight = root ? root[k] * root[k] : 1.0;
        sum += weight * x[i * gr_block_across(block)] * x[j * gr_block_across(block)];
    }
    return sum;
}

/* Whole and broken strips and tiles, in one piece and in two, on top of what C holds already */
static void check_rank_update(gr_target target, const gr_block *block, size_t cols, const double *root)
{
    const size_t ld = cols + 3, middle = cols / GR_STRIPS * GR_STRIP;
    double *packed = (double *)malloc(block->rows * gr_packed_cols(cols) * sizeof(double));
    double *C = (double *)malloc(ld * (cols + GR_STRIPS) * sizeof(double));
    cr_assert(packed && C);
    for (size_t k = 0; k < ld * (cols + GR_STRIPS); k++) C[k] = 0.25;
    gr_pack_block(target, block, cols, root, packed);
    gr_rank_update(target, block->rows, packed, cols, 0, middle, C, ld);
    gr_rank_update(target, block->rows, packed, cols, middle, cols, C, ld);
    for (size_t j = 0; j < cols; j++) {
        for (size_t i = 0; i <= j; i++)
            cr_assert_float_eq(C[i + j * ld], 0.25 + plain_entry(block, root, i, j),
                               1e-13 * (double)block->rows, "%zu columns: C[%zu][%zu] is %.17g", cols, i, j,
                               C[i + j * ld]);
        for (size_t i = cols; i < ld; i++) cr_assert_eq(C[i + j * ld], 0.25, "behind the last row");
    }
    for (size_t k = ld * cols; k < ld * (cols + GR_STRIPS); k++)
        cr_assert_eq(C[k], 0.25, "behind the last column");
    free(packed);
    free(C);
}

Test(pass, a_rank_update_is_the_product_of_plain_loops_with_every_kernel)
{
    enum { MOST = 50, ROWS = 37 };
    static double x[(MOST + 2) * (ROWS + 2)], root[ROWS];
    test_random random = test_random_from(977);
    for (size_t k = 0; k < sizeof x / sizeof *x; k++) x[k] = test_random_uniform(&random);
    for (size_t k = 0; k < ROWS; k++) root[k] = test_random_uniform(&random);
    for (int target = GR_TARGET_PLAIN; target <= (int)gr_target_here(); target++) {
        for (size_t cols = 1; cols <= MOST; cols += cols < 20 ? 1 : 7) {
            const gr_block by_row = {0, ROWS, true, x, cols + 2}, by_column = {0, ROWS, false, x, ROWS + 2};
            check_rank_update((gr_target)target, &by_row, cols, NULL);
            check_rank_update((gr_target)target, &by_row, cols, root);
            check_rank_update((gr_target)target, &by_column, cols, root);
        }
    }
}

/* ---- memory that no machine has ---- */

/* What a reader asks memory for, and the least that must be in it: numbers that never overflow. */
typedef struct request {
    const char *name;
    bool (*doubles)(const gradus_matrix *X, size_t outputs, size_t *count);
    double (*least)(double rows, double cols, double outputs);
} request;

static bool plain_doubles(const gradus_matrix *X, size_t outputs, size_t *count)
{
    (void)outputs;
    return gr_reader_doubles(X, 3, count);
}

static double plain_least(double rows, double cols, double outputs)
{
    (void)rows, (void)outputs;
    return cols;
}

static bool selection_doubles(const gradus_matrix *X, size_t outputs, size_t *count)
{
    return gr_selection_doubles(X, 3, gr_min(X->rows, outputs), count);
}

static bool outputs_doubles(const gradus_matrix *X, size_t outputs, size_t *count)
{
    return gr_outputs_doubles(X, outputs, outputs, 3, count);
}

static double outputs_least(double rows, double cols, double outputs)
{
    (void)rows;
    return (cols + 1.0) * outputs;
}

static gr_reader without_memory(const gradus_matrix *X)
{
    return gr_reader_open(X, 3, NULL, NULL);
}

static bool gram_doubles(const gradus_matrix *X, size_t outputs, size_t *count)
{
    const gr_reader reader = without_memory(X);
    (void)outputs;
    return gr_gram_doubles(&reader, &(gr_gram){.intercept = true}, count);
}

static double gram_least(double rows, double cols, double outputs)
{
    (void)rows, (void)outputs;
    return (cols + 1.0) * (cols + 1.0);
}

static bool outputs_gram_doubles(const gradus_matrix *X, size_t outputs, size_t *count)
{
    const gr_reader reader = without_memory(X);
    return gr_outputs_gram_doubles(&reader, &(gr_outputs_gram){.outputs = outputs}, count);
}

static double outputs_gram_least(double rows, double cols, double outputs)
{
    (void)rows;
    return cols * cols * (outputs * (outputs - 1.0) / 2.0);
}

static bool sketch_doubles(const gradus_matrix *X, size_t outputs, size_t *count)
{
    const gr_reader reader = without_memory(X);
    (void)outputs;
    return gr_sketch_doubles(&reader, true, count);
}

static double sketch_least(double rows, double cols, double outputs)
{
    (void)outputs;
    return fmin(rows, cols) * cols;
}

static bool precise_doubles(const gradus_matrix *X, size_t outputs, size_t *count)
{
    const gr_reader reader = without_memory(X);
    (void)outputs;
    return gr_precise_doubles(&reader, count);
}

static double precise_least(double rows, double cols, double outputs)
{
    (void)rows, (void)outputs;
    return 4.0 * cols;
}

/* A size that would wrap is refused; one that is given holds what is needed; and what is far from wrapping is given. */
static void check_request(const request *r, const gradus_matrix *X, size_t outputs)
{
    const double rows = (double)X->rows, cols = (double)X->cols, k = (double)outputs;
    const double least = r->least(rows, cols, k), all = (double)SIZE_MAX;
    size_t count = 0;
    const bool fits = r->doubles(X, outputs, &count);
    cr_assert(!fits || (double)count >= least * (1.0 - DBL_EPSILON), "%s of %g x %g x %g: %zu of %g", r->name,
              rows, cols, k, count, least);
    cr_assert(!fits || least < all, "%s of %g x %g x %g", r->name, rows, cols, k);
    if (rows <= 0x1p24 && cols <= 0x1p12 && k <= 0x1p6)
        cr_assert(fits, "%s of %g x %g x %g", r->name, rows, cols, k);
}

Test(pass, sizes_that_wrap_are_refused)
{
    static const request requests[] = {{"reader", plain_doubles, plain_least},
                                       {"selection", selection_doubles, plain_least},
                                       {"outputs", outputs_doubles, outputs_least},
                                       {"Gram", gram_doubles, gram_least},
                                       {"Hessian", outputs_gram_doubles, outputs_gram_least},
                                       {"sketch", sketch_doubles, sketch_least},
                                       {"precise", precise_doubles, precise_least}};
    const double x[1] = {0.0};
    size_t sizes[2 * 63], count = 0;
    for (int bit = 0; bit < 62; bit++) {
        sizes[count++] = (size_t)1 << bit;
        sizes[count++] = ((size_t)1 << bit) * 7 / 4 + 1;
    }
    for (size_t k = 0; k < sizeof requests / sizeof *requests; k++) {
        for (size_t a = 0; a < count; a += 3) {
            for (size_t b = 0; b < count; b++) {
                gradus_matrix X = gradus_row_major(sizes[a], sizes[b], x, sizes[b]);
                X.element = b % 2 ? GRADUS_ELEMENT_FLOAT : GRADUS_ELEMENT_DOUBLE;
                for (size_t c = 0; c < count; c += 5) check_request(&requests[k], &X, sizes[c]);
            }
        }
    }
}

/* Columns of floats and of doubles, from either layout */
Test(pass, columns_are_copied_and_counted)
{
    enum { ROWS = 71, COLS = 9, COUNT = 4 };
    static const size_t columns[COUNT] = {8, 0, 5, 3};
    for (size_t k = 0; k < 4; k++) {
        test_data data = test_data_make(23, ROWS, COLS, layouts[k % 2], 2);
        const size_t lines = k % 2 ? COLS : ROWS;
        const size_t count = (lines - 1) * data.X.ld + (k % 2 ? ROWS : COLS);
        float *single = (float *)must(malloc(count * sizeof *single));
        for (size_t e = 0; e < count; e++) single[e] = (float)data.x[e];
        gradus_matrix X = data.X;
        if (k / 2)
            X = k % 2 ? gradus_col_major_float(ROWS, COLS, single, X.ld)
                      : gradus_row_major_float(ROWS, COLS, single, X.ld);
        double *copy = doubles((size_t)ROWS * COUNT);
        gr_reader reader = open_threaded(&X, 2, NULL);
        gr_pass_columns(&reader, COUNT, columns, copy);
        for (size_t i = 0; i < ROWS; i++) {
            for (size_t c = 0; c < COUNT; c++) {
                const double x = *test_element(data.x, &data.X, i, columns[c]);
                cr_assert(copy[c * ROWS + i] == (k / 2 ? (double)(float)x : x), "%zu, %zu", i, c);
            }
        }
        cr_assert(gr_reader_passes(&reader) == (double)COUNT / COLS);
        free(reader.memory);
        free(single);
        free(copy);
        test_data_free(&data);
    }
}
