/* SPDX-License-Identifier: BSD-3-Clause */
/* src/factor: every factorisation put together again by plain loops, and every refusal provoked. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <float.h>
#include <lapacke.h>
#include <limits.h>

#include "base/memory.h"
#include "factor/cholesky.h"
#include "factor/equilibrate.h"
#include "factor/qr.h"
#include "factor/svd.h"
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
