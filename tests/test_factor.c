/* SPDX-License-Identifier: BSD-3-Clause */
/* src/factor: every factorisation put together again by plain loops, and every refusal provoked. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <float.h>
#include <lapacke.h>
#include <limits.h>
#include <pthread.h>

#include "base/memory.h"
#include "factor/cholesky.h"
#include "factor/condition.h"
#include "factor/equilibrate.h"
#include "factor/qr.h"
#include "factor/share.h"
#include "factor/svd.h"
#include "factor/tile.h"
#include "factor/tiled_cholesky.h"
#include "factor/tiled_lq.h"
#include "factor/triangle.h"
#include "least_squares.h"

/* Criterion's new assertions put an int into a bit-field. */
#pragma GCC diagnostic ignored "-Wconversion"

/*
 * A matrix on which dgesdd does not converge is not to be had, so these two, which the linker puts in front
 * of LAPACKE's, say that it did not.
 */
static bool divide_and_conquer_fails, implicit_qr_fails;
static int implicit_qr_calls;

lapack_int __real_LAPACKE_dgesdd_work(int layout, char job, lapack_int m, lapack_int n, double *a,
                                      lapack_int lda, double *s, double *u, lapack_int ldu, double *vt,
                                      lapack_int ldvt, double *work, lapack_int lwork, lapack_int *iwork);
lapack_int __wrap_LAPACKE_dgesdd_work(int layout, char job, lapack_int m, lapack_int n, double *a,
                                      lapack_int lda, double *s, double *u, lapack_int ldu, double *vt,
                                      lapack_int ldvt, double *work, lapack_int lwork, lapack_int *iwork);
lapack_int __real_LAPACKE_dgesvd_work(int layout, char jobu, char jobvt, lapack_int m, lapack_int n,
                                      double *a, lapack_int lda, double *s, double *u, lapack_int ldu,
                                      double *vt, lapack_int ldvt, double *work, lapack_int lwork);
lapack_int __wrap_LAPACKE_dgesvd_work(int layout, char jobu, char jobvt, lapack_int m, lapack_int n,
                                      double *a, lapack_int lda, double *s, double *u, lapack_int ldu,
                                      double *vt, lapack_int ldvt, double *work, lapack_int lwork);

lapack_int __wrap_LAPACKE_dgesdd_work(int layout, char job, lapack_int m, lapack_int n, double *a,
                                      lapack_int lda, double *s, double *u, lapack_int ldu, double *vt,
                                      lapack_int ldvt, double *work, lapack_int lwork, lapack_int *iwork)
{
    const lapack_int info = __real_LAPACKE_dgesdd_work(layout, job, m, n, a, lda, s, u, ldu, vt, ldvt, work,
                                                       lwork, iwork);
    return lwork != -1 && divide_and_conquer_fails ? 1 : info; /* -1 asks for the size of the workspace */
}

lapack_int __wrap_LAPACKE_dgesvd_work(int layout, char jobu, char jobvt, lapack_int m, lapack_int n,
                                      double *a, lapack_int lda, double *s, double *u, lapack_int ldu,
                                      double *vt, lapack_int ldvt, double *work, lapack_int lwork)
{
    const lapack_int info = __real_LAPACKE_dgesvd_work(layout, jobu, jobvt, m, n, a, lda, s, u, ldu, vt, ldvt,
                                                       work, lwork);
    implicit_qr_calls += lwork != -1;
    return lwork != -1 && implicit_qr_fails ? 3 : info;
}

/*
 * The largest calls of BLAS so far. Above 64 x 64 x 64, 9216 and 8192 OpenBLAS 0.3.21 takes threads of its own, and the
 * bits change with their number. Of dgemm, no operand of one row or column may be a long one either.
 */
static size_t largest_product, largest_operand, largest_dgemv, largest_dger;

void __real_cblas_dgemm(CBLAS_ORDER order, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n,
                        int k, double alpha, const double *a, int lda, const double *b, int ldb, double beta,
                        double *c, int ldc);
void __wrap_cblas_dgemm(CBLAS_ORDER order, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n,
                        int k, double alpha, const double *a, int lda, const double *b, int ldb, double beta,
                        double *c, int ldc);
void __real_cblas_dgemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a,
                        int lda, const double *x, int incx, double beta, double *y, int incy);
void __wrap_cblas_dgemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a,
                        int lda, const double *x, int incx, double beta, double *y, int incy);
void __real_cblas_dger(CBLAS_ORDER order, int m, int n, double alpha, const double *x, int incx,
                       const double *y, int incy, double *a, int lda);
void __wrap_cblas_dger(CBLAS_ORDER order, int m, int n, double alpha, const double *x, int incx,
                       const double *y, int incy, double *a, int lda);

/* from several threads */
static void note(size_t *largest, size_t size)
{
    size_t seen = __atomic_load_n(largest, __ATOMIC_RELAXED);
    while (size > seen &&
           !__atomic_compare_exchange_n(largest, &seen, size, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
        ;
}

void __wrap_cblas_dgemm(CBLAS_ORDER order, CBLAS_TRANSPOSE transa, CBLAS_TRANSPOSE transb, int m, int n,
                        int k, double alpha, const double *a, int lda, const double *b, int ldb, double beta,
                        double *c, int ldc)
{
    note(&largest_product, (size_t)m * (size_t)n * (size_t)k);
    note(&largest_operand, (size_t)m * (size_t)n);
    note(&largest_operand, (size_t)m * (size_t)k);
    note(&largest_operand, (size_t)n * (size_t)k);
    __real_cblas_dgemm(order, transa, transb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void __wrap_cblas_dgemv(CBLAS_ORDER order, CBLAS_TRANSPOSE trans, int m, int n, double alpha, const double *a,
                        int lda, const double *x, int incx, double beta, double *y, int incy)
{
    note(&largest_dgemv, (size_t)m * (size_t)n);
    __real_cblas_dgemv(order, trans, m, n, alpha, a, lda, x, incx, beta, y, incy);
}

void __wrap_cblas_dger(CBLAS_ORDER order, int m, int n, double alpha, const double *x, int incx,
                       const double *y, int incy, double *a, int lda)
{
    note(&largest_dger, (size_t)m * (size_t)n);
    __real_cblas_dger(order, m, n, alpha, x, incx, y, incy, a, lda);
}

/* To be called where all three have been at work. */
static void check_sizes_of_calls(void)
{
    cr_assert(largest_product > 0 && largest_product <= 64 * 64 * 64, "dgemm %zu", largest_product);
    cr_assert(largest_operand <= 8192, "an operand of dgemm, %zu", largest_operand);
    cr_assert(largest_dgemv > 0 && largest_dgemv <= 8192, "dgemv %zu", largest_dgemv);
    cr_assert(largest_dger > 0 && largest_dger <= 8192, "dger %zu", largest_dger);
}

static const struct shape {
    size_t rows, cols;
} shapes[] = {{1, 1}, {2, 1},  {1, 2},  {3, 3},   {5, 4},   {4, 5},
              {7, 7}, {40, 3}, {3, 40}, {33, 32}, {64, 20}, {130, 70}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static double *random_matrix(size_t rows, size_t cols, uint64_t seed)
{
    test_random random = test_random_from(seed + 7046029254386353131u);
    double *a = doubles(rows * cols);
    for (size_t i = 0; i < rows * cols; i++) a[i] = test_random_uniform(&random);
    return a;
}

static double *copy_of(const double *a, size_t count)
{
    double *copy = doubles(count);
    memcpy(copy, a, count * sizeof *a);
    return copy;
}

static gr_qr factored(size_t rows, size_t cols, double *a)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    gr_qr qr;
    gradus_error error;
    cr_assert(eq(int, gr_qr_factor(&allocator, rows, cols, a, &qr, &error), GRADUS_OK));
    return qr;
}

/* column j of A P, by Q times column j of R */
static void column_again(const gr_qr *qr, size_t j, double *column)
{
    memset(column, 0, qr->rows * sizeof *column);
    for (size_t i = 0; i <= j && i < qr->steps; i++) column[i] = qr->a[i + j * qr->rows];
    cr_assert(eq(int, gr_qr_multiply(qr, column, NULL), GRADUS_OK));
}

static void check_permutation(const gr_qr *qr)
{
    for (size_t j = 0; j < qr->cols; j++) {
        size_t found = 0;
        for (size_t k = 0; k < qr->cols; k++) found += qr->pivot[k] == (int)j;
        cr_assert(eq(sz, found, 1));
    }
}

Test(factor, qr_gives_the_matrix_back)
{
    for (size_t s = 0; s < SHAPES; s++) {
        const size_t m = shapes[s].rows, n = shapes[s].cols;
        double *a = random_matrix(m, n, s), *original = copy_of(a, m * n), *column = doubles(m);
        gr_qr qr = factored(m, n, a);
        check_permutation(&qr);
        for (size_t j = 0; j < n; j++) {
            column_again(&qr, j, column);
            for (size_t i = 0; i < m; i++)
                cr_assert(epsilon_eq(dbl, column[i], original[i + (size_t)qr.pivot[j] * m], 1e-13));
        }
        for (size_t k = 1; k < qr.steps; k++)
            cr_assert(gr_qr_pivot_ratio(&qr, k) <= gr_qr_pivot_ratio(&qr, k - 1) * (1.0 + 1e-12));
        cr_assert(eq(sz, gr_qr_rank(&qr), qr.steps));
        cr_assert(eq(dbl, gr_qr_pivot_ratio(&qr, qr.steps), 0.0));
        gr_qr_free(&qr);
        free(a);
        free(original);
        free(column);
    }
}

Test(factor, q_is_orthogonal)
{
    for (size_t s = 0; s < SHAPES; s++) {
        const size_t m = shapes[s].rows, n = shapes[s].cols;
        double *a = random_matrix(m, n, 100 + s), *v = random_matrix(m, 1, 200 + s),
               *original = copy_of(v, m);
        gr_qr qr = factored(m, n, a);
        gr_qr_multiply_transposed(&qr, v, NULL);
        cr_assert(epsilon_eq(dbl, norm_of(m, v), norm_of(m, original), 1e-13 * norm_of(m, original)));
        if (m > 1) cr_assert(relative_distance(m, v, original) > 1e-3); /* it did something */
        gr_qr_multiply(&qr, v, NULL);
        cr_assert(relative_distance(m, v, original) <= 1e-14);
        gr_qr_free(&qr);
        free(a);
        free(v);
        free(original);
    }
}

Test(factor, qr_solves_like_dgels)
{
    for (size_t s = 0; s < SHAPES; s++) {
        const size_t m = shapes[s].rows, n = shapes[s].cols;
        if (m < n) continue;
        double *a = random_matrix(m, n, 300 + s), *original = copy_of(a, m * n), *x = doubles(n);
        double *b = random_matrix(m, 1, 400 + s), *c = copy_of(b, m);
        gr_qr qr = factored(m, n, a);
        gr_qr_multiply_transposed(&qr, c, NULL);
        gr_qr_solve(&qr, n, c, x);
        LAPACKE_dgels(LAPACK_COL_MAJOR, 'N', (int)m, (int)n, 1, original, (int)m, b, (int)m);
        cr_assert(relative_distance(n, x, b) <= 1e-15 * gr_qr_condition(&qr) * 10.0, "%zu x %zu", m, n);
        gr_qr_free(&qr);
        free(a);
        free(original);
        free(x);
        free(b);
        free(c);
    }
}

/* Columns that are combinations of `rank` others, with the rounding such combinations have. */
static double *matrix_of_rank(size_t rows, size_t cols, size_t rank, uint64_t seed)
{
    double *a = random_matrix(rows, cols, seed), *mix = random_matrix(rank, cols, seed + 1);
    for (size_t j = rank; j < cols; j++) {
        for (size_t i = 0; i < rows; i++) {
            a[i + j * rows] = 0.0;
            for (size_t k = 0; k < rank; k++) a[i + j * rows] += mix[k + j * rank] * a[i + k * rows];
        }
    }
    free(mix);
    return a;
}

Test(factor, the_rank_of_dependent_columns_is_seen)
{
    for (size_t rank = 1; rank <= 12; rank++) {
        for (size_t rows = 3; rows <= 3000; rows *= 10) {
            if (rows < rank) continue;
            double *a = matrix_of_rank(rows, 20, rank, 10 * rows + rank);
            gr_qr qr = factored(rows, 20, a);
            gr_svd svd;
            cr_assert(eq(int, gr_svd_of_qr(&qr, false, &svd, NULL), GRADUS_OK));
            cr_expect(eq(sz, gr_qr_rank(&qr), rank), "%zu rows", rows);
            cr_expect(eq(sz, gr_svd_rank(&svd), rank), "%zu rows", rows);
            gr_svd_free(&svd);
            gr_qr_free(&qr);
            free(a);
        }
    }
}

Test(factor, the_zero_matrix_has_rank_zero)
{
    double a[6] = {0.0};
    gr_qr qr = factored(3, 2, a);
    gr_svd svd;
    cr_assert(eq(int, gr_svd_of_qr(&qr, true, &svd, NULL), GRADUS_OK));
    cr_assert(eq(sz, gr_qr_rank(&qr), 0));
    cr_assert(eq(sz, gr_svd_rank(&svd), 0));
    cr_assert(isinf(gr_qr_condition(&qr)) != 0);
    gr_svd_free(&svd);
    gr_qr_free(&qr);
}

/* Of a matrix with orthogonal columns of lengths d the condition number is max d / min d in every norm. */
Test(factor, qr_condition_of_orthogonal_columns)
{
    double a[4 * 3] = {0.0};
    a[2] = 1e-3, a[4 + 0] = -8.0, a[8 + 3] = 0.5;
    gr_qr qr = factored(4, 3, a);
    cr_assert(ieee_ulp_eq(dbl, gr_qr_condition(&qr), 8000.0, 4));
    cr_assert(ieee_ulp_eq(dbl, gr_qr_pivot_ratio(&qr, 2), 1e-3 / 8.0, 4));
    gr_qr_free(&qr);
    double wide[2] = {1.0, 2.0};
    qr = factored(1, 2, wide);
    cr_assert(isinf(gr_qr_condition(&qr)) != 0);
    gr_qr_free(&qr);
}

/* R from U, sigma and V', by plain loops, against the R of the QR factorisation. */
static void check_svd(const gr_qr *qr, const gr_svd *svd)
{
    const size_t k = svd->rows, n = svd->cols;
    for (size_t i = 0; i < k; i++) {
        cr_assert(svd->sigma[i] >= 0.0 && (i == 0 || svd->sigma[i] <= svd->sigma[i - 1]));
        for (size_t j = 0; j < n; j++) {
            double sum = 0.0;
            for (size_t l = 0; l < k; l++) sum += svd->u[i + l * k] * svd->sigma[l] * svd->vt[l + j * n];
            cr_assert(epsilon_eq(dbl, sum, i <= j ? qr->a[i + j * qr->rows] : 0.0, 1e-12));
        }
    }
}

static void check_orthogonal(size_t n, const double *q)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t k = 0; k <= j; k++) {
            double sum = 0.0;
            for (size_t i = 0; i < n; i++) sum += q[i + j * n] * q[i + k * n];
            cr_assert(epsilon_eq(dbl, sum, j == k ? 1.0 : 0.0, 1e-13));
        }
    }
}

static void check_svd_of_shapes(void)
{
    for (size_t s = 0; s < SHAPES; s++) {
        const size_t m = shapes[s].rows, n = shapes[s].cols;
        double *a = random_matrix(m, n, 500 + s);
        gr_qr qr = factored(m, n, a);
        gr_svd svd, values;
        cr_assert(eq(int, gr_svd_of_qr(&qr, true, &svd, NULL), GRADUS_OK));
        cr_assert(eq(int, gr_svd_of_qr(&qr, false, &values, NULL), GRADUS_OK));
        check_svd(&qr, &svd);
        check_orthogonal(svd.rows, svd.u);
        check_orthogonal(svd.cols, svd.vt);
        cr_assert(relative_distance(svd.rows, values.sigma, svd.sigma) <= 1e-14);
        gr_svd_free(&svd);
        gr_svd_free(&values);
        gr_qr_free(&qr);
        free(a);
    }
}

Test(factor, svd_gives_the_triangle_back)
{
    check_svd_of_shapes();
    cr_assert(eq(int, implicit_qr_calls, 0));
}

Test(factor, svd_falls_back_to_dgesvd)
{
    divide_and_conquer_fails = true;
    check_svd_of_shapes();
    cr_assert(eq(int, implicit_qr_calls, 2 * SHAPES));
}

Test(factor, svd_that_does_not_converge_is_named)
{
    double *a = random_matrix(5, 3, 9);
    gr_qr qr = factored(5, 3, a);
    gr_svd svd;
    gradus_error error;
    divide_and_conquer_fails = implicit_qr_fails = true;
    cr_assert(eq(int, gr_svd_of_qr(&qr, true, &svd, &error), GRADUS_ERROR_LAPACK));
    cr_assert(eq(dbl, error.measured, 3.0));
    cr_assert(strstr(error.sentence, "dgesvd") != NULL);
    gr_svd_free(&svd);
    gr_qr_free(&qr);
    free(a);
}

static double *gram_of(size_t m, size_t n, const double *a)
{
    double *g = doubles(n * n);
    for (size_t j = 0; j < n; j++) {
        for (size_t k = 0; k <= j; k++) {
            for (size_t i = 0; i < m; i++) g[k + j * n] += a[i + k * m] * a[i + j * m];
        }
    }
    return g;
}

Test(factor, cholesky_gives_the_matrix_back_and_solves)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    for (size_t n = 1; n <= 70; n += 3) {
        double *a = random_matrix(2 * n + 3, n, n), *g = gram_of(2 * n + 3, n, a),
               *original = copy_of(g, n * n);
        double *x = random_matrix(n, 1, n + 1), *b = doubles(n);
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) b[i] += (i <= j ? g[i + j * n] : g[j + i * n]) * x[j];
        }
        gr_cholesky cholesky;
        cr_assert(eq(int, gr_cholesky_factor(&allocator, n, g, &cholesky, NULL), GRADUS_OK));
        cr_assert(eq(sz, cholesky.broke_at, GRADUS_NOWHERE));
        for (size_t j = 0; j < n; j++) {
            for (size_t k = 0; k <= j; k++) {
                double sum = 0.0;
                for (size_t i = 0; i <= k; i++) sum += g[i + k * n] * g[i + j * n];
                cr_assert(epsilon_eq(dbl, sum, original[k + j * n], 1e-13 * (double)n));
            }
        }
        gr_cholesky_solve(&cholesky, b);
        cr_assert(relative_distance(n, b, x) <= 1e-15 / cholesky.reciprocal);
        free(a);
        free(g);
        free(original);
        free(x);
        free(b);
    }
}

Test(factor, cholesky_condition_of_a_diagonal)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    double g[9] = {4.0, 0.0, 0.0, 0.0, 1e-6, 0.0, 0.0, 0.0, 25.0};
    gr_cholesky cholesky;
    cr_assert(eq(int, gr_cholesky_factor(&allocator, 3, g, &cholesky, NULL), GRADUS_OK));
    cr_assert(ieee_ulp_eq(dbl, cholesky.reciprocal, 1e-6 / 25.0, 8));
}

Test(factor, cholesky_says_where_it_broke_down)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    double g[9] = {4.0, 0.0, 0.0, 2.0, 0.75, 0.0, 1.0, 1.0, 9.0}; /* the second pivot is 0.75 - 1 */
    gr_cholesky cholesky;
    cr_assert(eq(int, gr_cholesky_factor(&allocator, 3, g, &cholesky, NULL), GRADUS_OK));
    cr_assert(eq(sz, cholesky.broke_at, 1));
    cr_assert(eq(dbl, cholesky.pivot, -0.25));
    cr_assert(eq(dbl, cholesky.reciprocal, 0.0));
}

Test(factor, scaling_by_powers_of_two_is_exact)
{
    const double kept[4] = {0x1.fffffffffffffp-1, -0x1.123456789abcdp-30, 0.0, 0x1.8p-2};
    for (int exponent = -1000; exponent <= 1000; exponent += 37) {
        double a[4];
        memcpy(a, kept, sizeof a);
        gr_scale(4, a, exponent / 2);
        cr_assert(eq(int, gr_exponent(4, a), exponent / 2));
        gr_scale(4, a, exponent - exponent / 2);
        if (exponent > -980) { /* below, the small entry is denormal */
            for (size_t i = 0; i < 4; i++) cr_assert(eq(dbl, a[i], ldexp(kept[i], exponent)));
        }
    }
    double smallest[2] = {DBL_TRUE_MIN, -3.0 * DBL_TRUE_MIN}, largest[1] = {DBL_MAX};
    cr_assert(eq(int, gr_exponent(2, smallest), -1072));
    gr_scale(2, smallest, 1072);
    cr_assert(eq(dbl, smallest[0], 0.25));
    cr_assert(eq(dbl, smallest[1], -0.75));
    gr_scale(1, largest, -gr_exponent(1, largest));
    cr_assert(eq(dbl, largest[0], 1.0 - DBL_EPSILON / 2.0));
}

Test(factor, exponents_bracket_the_size)
{
    double *a = random_matrix(50, 1, 77);
    for (int shift = -900; shift <= 900; shift += 300) {
        double *b = copy_of(a, 50), largest = 0.0;
        gr_scale(50, b, shift);
        for (size_t i = 0; i < 50; i++) largest = fmax(largest, fabs(a[i]));
        const double size = ldexp(largest, shift - gr_exponent(50, b));
        const double norm = ldexp(norm_of(50, a), shift - gr_norm_exponent(50, b));
        cr_assert(size >= 0.5 && size < 1.0);
        cr_assert(norm >= 0.5 && norm < 1.0);
        free(b);
    }
    const double zeros[3] = {0.0};
    cr_assert(eq(int, gr_exponent(3, zeros), 0));
    cr_assert(eq(int, gr_norm_exponent(3, zeros), 0));
    free(a);
}

Test(factor, sizes_beyond_lapacks_integers_are_refused)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    double one = 1.0;
    gr_qr qr;
    gradus_error error;
    cr_assert(
        eq(int, gr_qr_factor(&allocator, (size_t)INT_MAX + 1, 1, &one, &qr, &error), GRADUS_ERROR_TOO_LARGE));
    gr_qr_free(&qr);
    cr_assert(eq(int, gr_qr_factor(&allocator, 1, INT_MAX / 100, &one, &qr, &error), GRADUS_ERROR_TOO_LARGE));
    gr_qr_free(&qr);
    qr = (gr_qr){.rows = 30000, .cols = 30000, .steps = 30000, .allocator = allocator};
    gr_svd svd;
    cr_assert(eq(int, gr_svd_of_qr(&qr, true, &svd, &error), GRADUS_ERROR_TOO_LARGE));
    gr_svd_free(&svd);
    gr_cholesky cholesky;
    cr_assert(eq(int, gr_cholesky_factor(&allocator, INT_MAX / 2, &one, &cholesky, &error),
                 GRADUS_ERROR_TOO_LARGE));
    cr_assert(strlen(error.sentence) > 0);
}

static gradus_status factor_all(test_allocator *allocator)
{
    double *a = random_matrix(6, 4, 3), g[4] = {2.0, 0.0, 1.0, 3.0};
    gr_qr qr;
    gr_svd svd = {0};
    gr_cholesky cholesky;
    gradus_status status = gr_qr_factor(&allocator->face, 6, 4, a, &qr, NULL);
    if (!status) status = gr_svd_of_qr(&qr, true, &svd, NULL);
    if (!status) status = gr_cholesky_factor(&allocator->face, 2, g, &cholesky, NULL);
    gr_svd_free(&svd);
    gr_qr_free(&qr);
    free(a);
    return status;
}

Test(factor, memory_that_ends_is_named_and_nothing_leaks)
{
    test_allocator allocator;
    gradus_status status = GRADUS_ERROR_MEMORY;
    for (size_t refuse = 1; status; refuse++) {
        test_allocator_begin(&allocator, refuse);
        status = factor_all(&allocator);
        cr_assert(eq(sz, allocator.alive, 0));
        cr_assert(eq(int, status, allocator.requests >= refuse ? GRADUS_ERROR_MEMORY : GRADUS_OK));
    }
    cr_assert(allocator.requests >= 10);
}

/* ---- tiled factorisations: the same bits for any number of threads, ours and OpenBLAS's ---- */

/* The sizes around the tiles' edges, and some beyond */
static size_t next_size(size_t n)
{
    return n < 130 ? n + 1 : n == 130 ? 200 : n == 200 ? 333 : SIZE_MAX;
}

static double *spoilt(const double *a, size_t n, bool upper)
{
    double *copy = copy_of(a, n * n);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) {
            if (upper ? i > j : i < j) copy[i + j * n] = (double)NAN;
        }
    }
    return copy;
}

Test(factor, products_of_tiles_of_every_form)
{
    test_random random = test_random_from(5);
    for (size_t trial = 0; trial < 200; trial++) {
        size_t sizes[3]; /* rows, cols, depth */
        for (size_t k = 0; k < 3; k++) sizes[k] = 1 + test_random_below(&random, trial % 2 ? 64 : 9);
        sizes[trial % 3] = 1 + test_random_below(&random, 1500);
        const size_t rows = sizes[0], cols = sizes[1], depth = sizes[2];
        const bool turn_a = test_random_below(&random, 2) == 1, turn_b = test_random_below(&random, 2) == 1;
        const size_t lda = (turn_a ? depth : rows) + 2, ldb = (turn_b ? cols : depth) + 1, ldc = rows + 3;
        double *a = random_matrix(lda, turn_a ? rows : depth, 3 * trial);
        double *b = random_matrix(ldb, turn_b ? depth : cols, 3 * trial + 1);
        double *c = random_matrix(ldc, cols, 3 * trial + 2), *before = copy_of(c, ldc * cols);
        const double keep = trial % 5 == 0 ? 0.0 : 1.0;
        if (keep == 0.0) c[0] = (double)NAN;
        gr_tile_multiply(rows, cols, depth, -0.5, turn_a ? gr_transposed(a, lda) : gr_plain(a, lda),
                         turn_b ? gr_transposed(b, ldb) : gr_plain(b, ldb), keep, c, ldc);
        for (size_t j = 0; j < cols; j++) {
            for (size_t i = 0; i < ldc; i++) {
                double sum = 0.0;
                for (size_t k = 0; k < depth && i < rows; k++)
                    sum += a[turn_a ? k + i * lda : i + k * lda] * b[turn_b ? j + k * ldb : k + j * ldb];
                const double expected = (i < rows ? keep : 1.0) * before[i + j * ldc] - 0.5 * sum;
                cr_assert(epsilon_eq(dbl, c[i + j * ldc], expected, 1e-15 * (double)(depth + 10)));
            }
        }
        free(a);
        free(b);
        free(c);
        free(before);
    }
    cr_assert(largest_product > 60 * 60 * 60 && largest_product <= 64 * 64 * 64);
    cr_assert(largest_operand <= 8192);
}

/* ||T x - b|| over ||T|| ||x||, the largest entry of each, T lower, or upper, or its transpose */
static double residual(size_t n, const double *t, bool upper, bool turned, const double *x, const double *b)
{
    long double worst = 0.0L, size_of_t = 0.0L, size_of_x = 0.0L;
    for (size_t i = 0; i < n; i++) {
        long double sum = -(long double)b[i];
        for (size_t j = 0; j < n; j++) {
            const size_t row = turned ? j : i, col = turned ? i : j;
            if (upper ? row > col : row < col) continue;
            sum += (long double)t[row + col * n] * (long double)x[j];
            size_of_t = fmaxl(size_of_t, fabsl((long double)t[row + col * n]));
        }
        worst = fmaxl(worst, fabsl(sum));
        size_of_x = fmaxl(size_of_x, fabsl((long double)x[i]));
    }
    return (double)(worst / (size_of_t * size_of_x));
}

Test(factor, triangular_systems_of_every_form)
{
    for (size_t n = 1; n != SIZE_MAX; n = next_size(n)) {
        double *t = random_matrix(n, n, n), *b = random_matrix(n, 1, n + 1);
        for (size_t j = 0; j < n; j++) t[j + j * n] = copysign(1.0 + fabs(t[j + j * n]), t[j + j * n]);
        for (int form = 0; form < 4; form++) {
            const bool upper = form & 1, turned = form & 2;
            double *half = spoilt(t, n, upper), *x = copy_of(b, n);
            if (upper) (turned ? gr_solve_upper_transposed : gr_solve_upper)(n, half, x);
            if (!upper) (turned ? gr_solve_lower_transposed : gr_solve_lower)(n, half, x);
            cr_assert(residual(n, t, upper, turned, x, b) <= 1e-15 * (double)n, "n %zu, form %d", n, form);
            free(half);
            free(x);
        }
        free(t);
        free(b);
    }
}

static size_t triangle_size;

static void solve_triangle(const void *factor, double *x)
{
    gr_solve_lower(triangle_size, (const double *)factor, x);
}

static void solve_triangle_transposed(const void *factor, double *x)
{
    gr_solve_lower_transposed(triangle_size, (const double *)factor, x);
}

/* The estimate is ||L^(-1) x||_1 for some ||x||_1 <= 1: never more than ||L^(-1)||_1, and seldom much less. */
Test(factor, the_condition_estimate_is_a_close_lower_bound)
{
    for (size_t n = 1; n <= 60; n++) {
        double *l = random_matrix(n, n, 900 + n), *work = doubles(2 * n), *column = doubles(n);
        for (size_t j = 0; j < n; j++) l[j + j * n] += copysign(n % 3 == 0 ? 1e-8 : 2.0, l[j + j * n]);
        double inverse = 0.0;
        for (size_t j = 0; j < n; j++) { /* by columns of the inverse, by plain substitution */
            double sum = 0.0;
            for (size_t i = 0; i < n; i++) {
                column[i] = i == j ? 1.0 : 0.0;
                for (size_t k = j; k < i; k++) column[i] -= l[i + k * n] * column[k];
                column[i] /= l[i + i * n];
                sum += fabs(column[i]);
            }
            inverse = fmax(inverse, sum);
        }
        triangle_size = n;
        const double reciprocal = gr_reciprocal_condition(n, 0.25, l, solve_triangle,
                                                          solve_triangle_transposed, work);
        const double estimate = 1.0 / (0.25 * reciprocal);
        cr_assert(estimate <= inverse * (1.0 + 1e-10), "n %zu: %g of %g", n, estimate, inverse);
        cr_assert(estimate >= inverse / 3.0, "n %zu: %g of %g", n, estimate, inverse);
        free(l);
        free(work);
        free(column);
    }
}

static const double blind_direction[6] = {0.0, 1.0, -1.0, 1.0, -1.0, 0.0};

/* A^(-1) = I + 1000 u u', symmetric */
static void solve_blind(const void *factor, double *x)
{
    const double *u = (const double *)factor;
    double product = 0.0;
    for (size_t i = 0; i < 6; i++) product += u[i] * x[i];
    for (size_t i = 0; i < 6; i++) x[i] += 1000.0 * product * u[i];
}

/* u is orthogonal to the vector of ones and to the first unit vector: the climb alone sees nothing of it. */
Test(factor, the_condition_estimate_is_not_blind)
{
    double work[12];
    const double inverse = 4001.0, estimate = 1.0 / gr_reciprocal_condition(6, 1.0, blind_direction,
                                                                            solve_blind, solve_blind, work);
    cr_assert(estimate <= inverse && estimate >= inverse / 3.0, "%g of %g", estimate, inverse);
}

Test(factor, the_condition_of_what_cannot_be_solved_is_zero)
{
    double work[6], l[9] = {1.0, 0.5, 0.25, 0.0, 0.0, 0.5, 0.0, 0.0, 2.0};
    triangle_size = 3;
    cr_assert(
        eq(dbl, gr_reciprocal_condition(3, 1.0, l, solve_triangle, solve_triangle_transposed, work), 0.0));
    l[4] = DBL_TRUE_MIN;
    cr_assert(
        eq(dbl, gr_reciprocal_condition(3, 1.0, l, solve_triangle, solve_triangle_transposed, work), 0.0));
}

/* Two pieces that wait for one another end only when two threads run at once. */
static gr_progress met[2];

static void meet(void *context, size_t piece, size_t worker)
{
    ((size_t *)context)[piece] = worker;
    gr_publish(met + piece, 1);
    gr_wait_for(met + 1 - piece, 1);
}

Test(factor, pieces_run_at_the_same_time, .timeout = 30)
{
    size_t workers[2] = {7, 7};
    gr_share(2, 2, meet, workers);
    cr_assert(eq(sz, workers[0] + workers[1], 1));
}

typedef struct order {
    pthread_t caller;
    size_t next;
    bool kept;
} order;

static void keep_order(void *context, size_t piece, size_t worker)
{
    order *seen = (order *)context;
    seen->kept = seen->kept && piece == seen->next && worker == 0 &&
                 pthread_equal(seen->caller, pthread_self());
    seen->next++;
}

Test(factor, one_thread_takes_the_pieces_in_order)
{
    order seen = {pthread_self(), 0, true};
    gr_share(100, 1, keep_order, &seen);
    cr_assert(seen.kept);
    cr_assert(eq(sz, seen.next, 100));
    gr_share(0, 3, keep_order, &seen);
    cr_assert(eq(sz, seen.next, 100));
}

static double *positive_definite(size_t n, uint64_t seed)
{
    double *a = random_matrix(2 * n + 3, n, seed), *g = gram_of(2 * n + 3, n, a);
    free(a);
    return g;
}

/* max |G - R'R| / (n max |G|) over the upper triangle */
static double cholesky_residual(size_t n, const double *r, const double *g)
{
    double worst = 0.0, largest = 0.0;
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i <= j; i++) {
            double sum = g[i + j * n];
            for (size_t k = 0; k <= i; k++) sum -= r[k + i * n] * r[k + j * n];
            worst = fmax(worst, isnan(sum) ? (double)INFINITY : fabs(sum));
            largest = fmax(largest, fabs(g[i + j * n]));
        }
    }
    return worst / largest / (double)n;
}

Test(factor, tiled_cholesky_against_lapack)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    for (size_t n = 1; n != SIZE_MAX; n = next_size(n)) {
        double *original = positive_definite(n, n), *g = spoilt(original, n, true);
        double *lapack = copy_of(original, n * n), *x = random_matrix(n, 1, n + 1), *y = copy_of(x, n);
        gr_cholesky tiled, other;
        cr_assert(eq(int, gr_tiled_cholesky_factor(&allocator, n, g, 1, &tiled, NULL), GRADUS_OK));
        cr_assert(eq(int, gr_cholesky_factor(&allocator, n, lapack, &other, NULL), GRADUS_OK));
        cr_assert(eq(sz, tiled.broke_at, GRADUS_NOWHERE));
        cr_assert(cholesky_residual(n, g, original) <= 2e-16, "n %zu", n);
        double worst = 0.0;
        for (size_t j = 0; j < n; j++) {
            for (size_t i = 0; i <= j; i++) worst = fmax(worst, fabs(g[i + j * n] - lapack[i + j * n]));
        }
        cr_assert(worst <= 1e-16 * (double)n / other.reciprocal, "n %zu", n);
        cr_assert(tiled.reciprocal <= 3.0 * other.reciprocal && tiled.reciprocal >= other.reciprocal / 3.0);
        gr_tiled_cholesky_solve(&tiled, x);
        gr_cholesky_solve(&other, y);
        cr_assert(relative_distance(n, x, y) <= 1e-15 / other.reciprocal, "n %zu", n);
        free(original);
        free(g);
        free(lapack);
        free(x);
        free(y);
    }
}

/* D G D with D = diag(1, ..., 1e-140): what Cholesky's factorisation does does not depend on D. */
Test(factor, tiled_cholesky_of_a_graded_matrix)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    const size_t n = 150;
    double *g = positive_definite(n, 3), *graded = copy_of(g, n * n);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++) graded[i + j * n] = ldexp(graded[i + j * n], -3 * (int)(i + j));
    }
    gr_cholesky plain, scaled;
    cr_assert(eq(int, gr_tiled_cholesky_factor(&allocator, n, g, 1, &plain, NULL), GRADUS_OK));
    cr_assert(eq(int, gr_tiled_cholesky_factor(&allocator, n, graded, 1, &scaled, NULL), GRADUS_OK));
    cr_assert(eq(sz, scaled.broke_at, GRADUS_NOWHERE));
    cr_assert(scaled.reciprocal > 0.0 && scaled.reciprocal < 1e-200);
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i <= j; i++)
            cr_assert(eq(dbl, ldexp(graded[i + j * n], 3 * (int)j), g[i + j * n]));
    }
    free(g);
    free(graded);
}

/* G = R'R with twice r_kk^2 taken off its k-th diagonal entry: the pivot there is -r_kk^2. */
Test(factor, tiled_cholesky_says_where_it_broke_down)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    const size_t n = 600, places[] = {0, 1, 7, 8, 9, 63, 64, 71, 128, 300, 511, 512, 598, 599};
    double *original = positive_definite(n, 8), *r = copy_of(original, n * n);
    gr_cholesky other;
    cr_assert(eq(int, gr_cholesky_factor(&allocator, n, r, &other, NULL), GRADUS_OK));
    for (size_t place = 0; place < sizeof places / sizeof *places; place++) {
        const size_t k = places[place];
        const double pivot = r[k + k * n] * r[k + k * n];
        for (int threads = 1; threads <= 3; threads++) {
            double *g = copy_of(original, n * n);
            gr_cholesky cholesky;
            g[k + k * n] -= 2.0 * pivot;
            cr_assert(
                eq(int, gr_tiled_cholesky_factor(&allocator, n, g, threads, &cholesky, NULL), GRADUS_OK));
            cr_assert(eq(sz, cholesky.broke_at, k));
            cr_assert(epsilon_eq(dbl, cholesky.pivot, -pivot, 1e-12 * original[k + k * n]));
            cr_assert(eq(dbl, cholesky.reciprocal, 0.0));
            memcpy(g, original, n * n * sizeof *g);
            g[k + k * n] = (double)NAN;
            cr_assert(
                eq(int, gr_tiled_cholesky_factor(&allocator, n, g, threads, &cholesky, NULL), GRADUS_OK));
            cr_assert(eq(sz, cholesky.broke_at, k));
            free(g);
        }
    }
    free(original);
    free(r);
}

/* A row-major, and what LAPACK's dgeqrf makes of it: R, column-major, leading dimension rows */
static double *lapack_r(size_t rows, size_t p, const double *a)
{
    double *columns = doubles(rows * p), *tau = doubles(p);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < p; j++) columns[i + j * rows] = a[i * p + j];
    }
    cr_assert(eq(int, LAPACKE_dgeqrf(LAPACK_COL_MAJOR, (int)rows, (int)p, columns, (int)rows, tau), 0));
    free(tau);
    return columns;
}

/* max |A'A - LL'|_ij / (||a_i|| ||a_j||): what scaling A's columns does not change */
static double lq_residual(size_t rows, size_t p, const double *a, const double *l)
{
    long double *gram = (long double *)calloc(p * p, sizeof *gram), worst = 0.0L;
    if (!gram) abort();
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < p; j++) {
            for (size_t k = 0; k <= j; k++)
                gram[j * p + k] += (long double)a[i * p + j] * (long double)a[i * p + k];
        }
    }
    for (size_t j = 0; j < p; j++) {
        for (size_t k = 0; k <= j; k++) {
            long double sum = gram[j * p + k];
            for (size_t i = 0; i <= k; i++) sum -= (long double)l[j + i * p] * (long double)l[k + i * p];
            const long double relative = fabsl(sum) / sqrtl(gram[j * p + j]) / sqrtl(gram[k * p + k]);
            worst = relative <= worst ? worst : relative; /* NaN stays */
        }
    }
    free(gram);
    return (double)worst;
}

static void check_lq(size_t rows, size_t p)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    double *original = random_matrix(rows, p, 31 * rows + p), *a = copy_of(original, rows * p);
    double *r = lapack_r(rows, p, original), *x = random_matrix(p, 1, p), *b = doubles(p), reciprocal;
    gr_tiled_lq lq;
    cr_assert(eq(int, gr_tiled_lq_factor(&allocator, rows, p, a, 1, &lq, NULL), GRADUS_OK));
    cr_assert(lq_residual(rows, p, original, lq.l) <= 4e-15, "%zu x %zu", rows, p);
    LAPACKE_dtrcon(LAPACK_COL_MAJOR, '1', 'L', 'N', (int)p, lq.l, (int)p, &reciprocal);
    cr_assert(lq.reciprocal <= 3.0 * reciprocal && lq.reciprocal >= reciprocal / 3.0, "%zu x %zu", rows, p);
    double worst = 0.0, largest = 0.0;
    for (size_t j = 0; j < p; j++) {
        for (size_t i = 0; i <= j; i++) {
            largest = fmax(largest, fabs(r[i + j * rows]));
            worst = fmax(worst, fabs(fabs(lq.l[j + i * p]) - fabs(r[i + j * rows])));
        }
    }
    cr_assert(worst <= 1e-15 * largest / reciprocal, "%zu x %zu", rows, p);
    for (size_t k = 0; k < p; k++) { /* b = LL'x */
        double sum = 0.0;
        for (size_t j = k; j < p; j++) sum += lq.l[j + k * p] * x[j];
        for (size_t i = k; i < p; i++) b[i] += lq.l[i + k * p] * sum;
    }
    gr_tiled_lq_solve(&lq, b);
    cr_assert(relative_distance(p, b, x) <= 1e-15 / reciprocal / reciprocal, "%zu x %zu", rows, p);
    free(original);
    free(a);
    free(r);
    free(x);
    free(b);
}

Test(factor, tiled_lq_against_lapack)
{
    for (size_t p = 1; p != SIZE_MAX; p = next_size(p)) {
        check_lq(p, p);
        check_lq(p < 130 ? 8 * p + p % 3 : 3 * p + 1, p);
    }
}

/* Two, four, eight and sixteen leaves, of equal and of unequal sizes */
Test(factor, tiled_lq_of_many_leaves)
{
    const struct shape many[] = {{1024, 1},  {1025, 20}, {1600, 200}, {2050, 33},
                                 {4099, 64}, {8192, 31}, {9001, 65},  {12345, 5}};
    for (size_t s = 0; s < sizeof many / sizeof *many; s++) check_lq(many[s].rows, many[s].cols);
}

/* Columns of every length, from 1e-150 to 1e150, and nearly dependent ones: backward stable for each by itself. */
Test(factor, tiled_lq_of_graded_columns)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    const struct shape graded[] = {{40, 40}, {500, 61}, {1500, 90}, {2100, 10}};
    for (size_t s = 0; s < 2 * sizeof graded / sizeof *graded; s++) {
        const size_t rows = graded[s / 2].rows, p = graded[s / 2].cols;
        double *a = random_matrix(rows, p, s);
        for (size_t i = 0; i < rows; i++) {
            for (size_t j = 0; j < p; j++) {
                if (s % 2 == 1 && j > 0) a[i * p + j] = a[i * p + j - 1] + 1e-10 * a[i * p + j];
            }
            for (size_t j = 0; j < p; j++)
                a[i * p + j] = ldexp(a[i * p + j], (int)(j * 7919 % 991) - 495); /* 2^495 = 1e149 */
        }
        double *original = copy_of(a, rows * p);
        gr_tiled_lq lq;
        cr_assert(eq(int, gr_tiled_lq_factor(&allocator, rows, p, a, 1, &lq, NULL), GRADUS_OK));
        cr_assert(lq_residual(rows, p, original, lq.l) <= 4e-15, "%zu x %zu", rows, p);
        free(a);
        free(original);
    }
}

/* Denormal numbers keep what digits they have: A = 2^(-1050) [3 5; 0 3; -4 0], L = 2^(-1050) [5 0; 3 5] but for signs. */
Test(factor, tiled_lq_of_denormal_numbers)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    double a[6] = {3.0, 5.0, 0.0, 3.0, -4.0, 0.0};
    for (size_t i = 0; i < 6; i++) a[i] *= 0x1p-1050;
    gr_tiled_lq lq;
    cr_assert(eq(int, gr_tiled_lq_factor(&allocator, 3, 2, a, 1, &lq, NULL), GRADUS_OK));
    const double expected[4] = {5.0, 3.0, 0.0, 5.0};
    for (size_t i = 0; i < 4; i++) {
        if (i != 2) cr_assert(epsilon_eq(dbl, ldexp(fabs(lq.l[i]), 1050), expected[i], 1e-6));
    }
}

Test(factor, tiled_lq_of_dependent_columns)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    for (size_t rows = 20; rows <= 2000; rows *= 10) {
        double *a = random_matrix(rows, 12, rows);
        for (size_t i = 0; i < rows; i++) a[i * 12 + 7] = a[i * 12 + 2] - 3.0 * a[i * 12 + 5];
        gr_tiled_lq lq;
        cr_assert(eq(int, gr_tiled_lq_factor(&allocator, rows, 12, a, 1, &lq, NULL), GRADUS_OK));
        cr_assert(lq.reciprocal <= 1e-15);
        free(a);
        a = random_matrix(rows, 12, rows);
        for (size_t i = 0; i < rows; i++) a[i * 12 + 7] = 0.0;
        cr_assert(eq(int, gr_tiled_lq_factor(&allocator, rows, 12, a, 1, &lq, NULL), GRADUS_OK));
        cr_assert(eq(dbl, lq.reciprocal, 0.0));
        for (size_t i = 0; i < rows * 12; i++) a[i] = 0.0;
        cr_assert(eq(int, gr_tiled_lq_factor(&allocator, rows, 12, a, 1, &lq, NULL), GRADUS_OK));
        cr_assert(eq(dbl, lq.reciprocal, 0.0));
        for (size_t i = 0; i < 144; i++) cr_assert(eq(dbl, fabs(a[i]), 0.0));
        free(a);
    }
}

/* What a factorisation gives: the triangle, the reciprocal, a solution */
static double *results(size_t rows, size_t p, const double *a, int threads, size_t *count)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    double *all = doubles(rows * p + p + 1), *x = all + rows * p;
    memcpy(all, a, rows * p * sizeof *all);
    for (size_t j = 0; j < p; j++) x[j] = 1.0 / (double)(j + 1);
    *count = rows * p + p + 1;
    if (rows == p) {
        gr_cholesky cholesky;
        cr_assert(eq(int, gr_tiled_cholesky_factor(&allocator, p, all, threads, &cholesky, NULL), GRADUS_OK));
        gr_tiled_cholesky_solve(&cholesky, x);
        x[p] = cholesky.reciprocal;
    } else {
        gr_tiled_lq lq;
        cr_assert(eq(int, gr_tiled_lq_factor(&allocator, rows, p, all, threads, &lq, NULL), GRADUS_OK));
        gr_tiled_lq_solve(&lq, x);
        x[p] = lq.reciprocal;
    }
    return all;
}

extern void openblas_set_num_threads(int threads);

/* Shapes of which each thread gets work: from 21 tiles on, and from two leaves of enough rows on */
Test(factor, bits_depend_on_no_threads)
{
    const struct shape tried[] = {{1, 1},      {65, 65},    {100, 100}, {200, 200},  {333, 333},
                                  {770, 770},  {800, 100},  {1600, 90}, {1600, 200}, {4200, 64},
                                  {2100, 250}, {10007, 40}, {30011, 9}};
    for (size_t s = 0; s < sizeof tried / sizeof *tried; s++) {
        const size_t rows = tried[s].rows, p = tried[s].cols;
        double *a = rows == p ? positive_definite(p, s) : random_matrix(rows, p, s), *first = NULL;
        for (int run = 0; run < 8; run++) {
            const int threads[] = {1, 2, 3, 16};
            size_t count;
            openblas_set_num_threads(run < 4 ? 1 : 2);
            double *now = results(rows, p, a, threads[run % 4], &count);
            if (!first) {
                first = now;
                continue;
            }
            cr_assert(test_same_bits(count, now, first), "%zu x %zu, run %d", rows, p, run);
            free(now);
        }
        free(first);
        free(a);
    }
    check_sizes_of_calls();
}

Test(factor, sizes_beyond_blas_integers_are_refused)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    double one = 1.0;
    gradus_error error;
    gr_cholesky cholesky;
    cr_assert(eq(int, gr_tiled_cholesky_factor(&allocator, (size_t)INT_MAX + 1, &one, 1, &cholesky, &error),
                 GRADUS_ERROR_TOO_LARGE));
    cr_assert(eq(dbl, error.measured, (double)INT_MAX + 1.0));
    gr_tiled_lq lq;
    cr_assert(
        eq(int, gr_tiled_lq_factor(&allocator, INT_MAX, 1, &one, 1, &lq, &error), GRADUS_ERROR_TOO_LARGE));
    cr_assert(eq(dbl, error.measured, (double)INT_MAX));
}

static gradus_status factor_tiled(test_allocator *allocator)
{
    double *a = random_matrix(1600, 130, 3), *g = positive_definite(130, 4);
    gr_cholesky cholesky;
    gr_tiled_lq lq;
    gradus_status status = gr_tiled_cholesky_factor(&allocator->face, 130, g, 2, &cholesky, NULL);
    if (!status) status = gr_tiled_lq_factor(&allocator->face, 1600, 130, a, 2, &lq, NULL);
    free(a);
    free(g);
    return status;
}

Test(factor, memory_that_ends_in_a_tiled_factorisation_is_named)
{
    test_allocator allocator;
    gradus_status status = GRADUS_ERROR_MEMORY;
    for (size_t refuse = 1; status; refuse++) {
        test_allocator_begin(&allocator, refuse);
        status = factor_tiled(&allocator);
        cr_assert(eq(sz, allocator.alive, 0));
        cr_assert(eq(int, status, allocator.requests >= refuse ? GRADUS_ERROR_MEMORY : GRADUS_OK));
    }
    cr_assert(eq(sz, allocator.requests, 3));
}
