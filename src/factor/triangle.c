/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The triangle in squares of BLOCK columns on the diagonal, by plain loops, and what lies above or below them, by dgemv.
 */
#include "factor/triangle.h"

#include <cblas.h>

#include "base/size.h"

enum {
    BLOCK = 32,
    CALL_ELEMENTS = 8192 /* OpenBLAS 0.3.21 gives a dgemv of fewer than 9216 elements to one thread only */
};

/* y <- y - A x, or y - A'x; A: rows x cols, leading dimension n */
static void subtract(size_t n, CBLAS_TRANSPOSE form, size_t rows, size_t cols, const double *a,
                     const double *x, double *y)
{
    const size_t most = CALL_ELEMENTS / BLOCK;
    for (size_t i = 0; i < rows; i += most) {
        const double *from = form == CblasNoTrans ? x : x + i;
        double *into = form == CblasNoTrans ? y + i : y;
        cblas_dgemv(CblasColMajor, form, (int)gr_min(most, rows - i), (int)cols, -1.0, a + i, (int)n, from, 1,
                    1.0, into, 1);
    }
}

/* sum_i a_i b_i in two chains */
static double dot(size_t n, const double *a, const double *b)
{
    double even = 0.0, odd = 0.0;
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        even += a[i] * b[i];
        odd += a[i + 1] * b[i + 1];
    }
    return i < n ? even + odd + a[i] * b[i] : even + odd;
}

void gr_solve_lower(size_t n, const double *l, double *x)
{
    for (size_t first = 0; first < n; first += BLOCK) {
        const size_t end = gr_min(first + BLOCK, n);
        for (size_t j = first; j < end; j++) {
            const double *column = l + j * n;
            x[j] /= column[j];
            for (size_t i = j + 1; i < end; i++) x[i] -= column[i] * x[j];
        }
        subtract(n, CblasNoTrans, n - end, end - first, l + first * n + end, x + first, x + end);
    }
}

void gr_solve_lower_transposed(size_t n, const double *l, double *x)
{
    for (size_t end = n; end > 0;) {
        const size_t first = (end - 1) / BLOCK * BLOCK;
        subtract(n, CblasTrans, n - end, end - first, l + first * n + end, x + end, x + first);
        for (size_t j = end; j-- > first;) {
            const double *column = l + j * n;
            x[j] = (x[j] - dot(end - j - 1, column + j + 1, x + j + 1)) / column[j];
        }
        end = first;
    }
}

void gr_solve_upper(size_t n, const double *r, double *x)
{
    for (size_t end = n; end > 0;) {
        const size_t first = (end - 1) / BLOCK * BLOCK;
        for (size_t j = end; j-- > first;) {
            const double *column = r + j * n;
            x[j] /= column[j];
            for (size_t i = first; i < j; i++) x[i] -= column[i] * x[j];
        }
        subtract(n, CblasNoTrans, first, end - first, r + first * n, x + first, x);
        end = first;
    }
}

void gr_solve_upper_transposed(size_t n, const double *r, double *x)
{
    for (size_t first = 0; first < n; first += BLOCK) {
        const size_t end = gr_min(first + BLOCK, n);
        subtract(n, CblasTrans, first, end - first, r + first * n, x, x + first);
        for (size_t j = first; j < end; j++) {
            const double *column = r + j * n;
            x[j] = (x[j] - dot(j - first, column + first, x + first)) / column[j];
        }
    }
}
