/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/sweep.h"

/* Distance from X[i][j] to X[i][j + 1]. */
static size_t column_stride(const gradus_matrix *X)
{
    return X->layout == GRADUS_LAYOUT_ROW_MAJOR ? 1 : X->ld;
}

/* The first element that is not finite, so far. */
typedef struct finite_pass {
    bool found;
    size_t row, column;
    double measured;
} finite_pass;

static void keep_first(finite_pass *pass, size_t row, size_t column, double measured)
{
#pragma omp critical(gr_finite)
    if (!pass->found || row < pass->row) *pass = (finite_pass){true, row, column, measured};
}

static void find_in_leaf(void *context, gr_leaf *leaf)
{
    const gradus_matrix *X = &leaf->reader->X;
    gr_block block = {0};
    while (gr_block_next(leaf, &block)) {
        for (size_t i = 0; i < block.rows; i++) {
            const double *row = gr_matrix_row(X, block.first + i);
            for (size_t j = 0; j < X->cols; j++) {
                const double x = row[j * column_stride(X)];
                if (isfinite(x)) continue;
                keep_first((finite_pass *)context, block.first + i, j, x);
                return;
            }
        }
    }
}

bool gr_pass_finite(gr_reader *reader, size_t *row, size_t *column, double *measured)
{
    finite_pass pass = {0};
    gr_sweep(reader, 0, find_in_leaf, &pass);
    if (!pass.found) return true;
    *row = pass.row;
    *column = pass.column;
    *measured = pass.measured;
    return false;
}

/* Weighted column sums of (x - center)/unit and of its magnitude, or of its square. */
typedef struct scales_pass {
    const double *weights;
    double total;
    const double *center, *unit; /* NULL in the first read: 0 and 1 */
} scales_pass;

static double row_share(const scales_pass *pass, size_t row)
{
    return (pass->weights ? pass->weights[row] : 1.0) / pass->total;
}

/* sums[j] += share * x, sums[cols + j] += share * |x| */
static void add_means(void *context, gr_leaf *leaf)
{
    const gradus_matrix *X = &leaf->reader->X;
    double *mean = leaf->sums, *magnitude = leaf->sums + X->cols;
    gr_block block = {0};
    while (gr_block_next(leaf, &block)) {
        for (size_t i = block.first; i < block.first + block.rows; i++) {
            const double share = row_share((const scales_pass *)context, i);
            const double *row = gr_matrix_row(X, i);
            for (size_t j = 0; j < X->cols; j++) {
                const double x = share * row[j * column_stride(X)];
                mean[j] += x;
                magnitude[j] += fabs(x);
            }
        }
    }
}

/* sums[j] += share * ((x - center) / unit)^2 */
static void add_squares(void *context, gr_leaf *leaf)
{
    const scales_pass *pass = (const scales_pass *)context;
    const gradus_matrix *X = &leaf->reader->X;
    gr_block block = {0};
    while (gr_block_next(leaf, &block)) {
        for (size_t i = block.first; i < block.first + block.rows; i++) {
            const double share = row_share(pass, i);
            const double *row = gr_matrix_row(X, i);
            for (size_t j = 0; j < X->cols; j++) {
                const double x = (row[j * column_stride(X)] - pass->center[j]) / pass->unit[j];
                leaf->sums[j] += share * x * x;
            }
        }
    }
}

static double total_weight(const gr_reader *reader, const double *weights)
{
    if (!weights) return (double)reader->X.rows;
    double total = 0.0;
    for (size_t i = 0; i < reader->X.rows; i++) total += weights[i];
    return total;
}

void gr_pass_scales(gr_reader *reader, const double *weights, bool centred, double *center, double *scale,
                    double *work)
{
    const size_t n = reader->X.cols;
    scales_pass pass = {weights, total_weight(reader, weights), center, work};
    gr_sweep(reader, 2 * n, add_means, &pass);
    for (size_t j = 0; j < n; j++) {
        center[j] = centred ? reader->sums[j] : 0.0;
        work[j] = reader->sums[n + j] > 0.0 ? reader->sums[n + j] : 1.0;
    }
    gr_sweep(reader, n, add_squares, &pass);
    for (size_t j = 0; j < n; j++) {
        scale[j] = work[j] * sqrt(reader->sums[j]);
        if (!(scale[j] > 0.0)) scale[j] = 1.0;
    }
}
