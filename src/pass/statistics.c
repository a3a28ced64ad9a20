/* SPDX-License-Identifier: BSD-3-Clause */
#include <float.h>
#include <math.h>

#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/sweep.h"

/* The first element of a leaf that is not finite, noted in its sums, of which none is added up: found, row, column. */
static void find_in_leaf(void *context, gr_leaf *leaf)
{
    const gradus_matrix *X = &leaf->reader->X;
    (void)context;
    leaf->sums[0] = 0.0;
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        for (size_t i = 0; i < block.rows; i++) {
            const double *row = block.data + i * gr_block_down(&block);
            for (size_t j = 0; j < X->cols; j++) {
                if (isfinite(row[j * gr_block_across(&block)])) continue;
                leaf->sums[0] = 1.0;
                leaf->sums[1] = (double)(block.first + i);
                leaf->sums[2] = (double)j;
                return;
            }
        }
    }
}

bool gr_pass_finite(gr_reader *reader, size_t *row, size_t *column, double *measured)
{
    gr_sweep(reader, 0, find_in_leaf, NULL);
    for (size_t leaf = 0; leaf < reader->cut.leaves; leaf++) {
        const double *found = reader->sums + leaf * reader->sum_stride;
        if (found[0] == 0.0) continue;
        *row = (size_t)found[1];
        *column = (size_t)found[2];
        *measured = gr_matrix_at(&reader->X, *row, *column);
        return false;
    }
    return true;
}

/* A spread about the mean below this share of a column's size is rounding: the column is constant. */
#define CONSTANT (64.0 * DBL_EPSILON)

/* Weighted sums over the rows that count: of x - origin and |x| in the first read, of ((x - origin)/unit)^2 in the second. */
typedef struct scales_pass {
    const double *weights;
    double total;
    const double *origin, *unit;
} scales_pass;

/* w_i / W */
static double row_share(const scales_pass *pass, size_t row)
{
    return (pass->weights ? pass->weights[row] : 1.0) / pass->total;
}

/* sums[j] += share * (x - origin)/2, so that a difference of huge numbers does not overflow; sums[cols + j] += share * |x| */
static void add_means(void *context, gr_leaf *leaf)
{
    const scales_pass *pass = (const scales_pass *)context;
    const gradus_matrix *X = &leaf->reader->X;
    double *half_mean = leaf->sums, *magnitude = leaf->sums + X->cols;
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        for (size_t i = 0; i < block.rows; i++) {
            const double share = row_share(pass, block.first + i);
            const double *row = block.data + i * gr_block_down(&block);
            if (!(share > 0.0)) continue;
            for (size_t j = 0; j < X->cols; j++) {
                half_mean[j] += share * (0.5 * row[j * gr_block_across(&block)] - 0.5 * pass->origin[j]);
                magnitude[j] += share * fabs(row[j * gr_block_across(&block)]);
            }
        }
    }
}

/* sums[j] += share * ((x - origin) / unit)^2 */
static void add_squares(void *context, gr_leaf *leaf)
{
    const scales_pass *pass = (const scales_pass *)context;
    const gradus_matrix *X = &leaf->reader->X;
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        for (size_t i = 0; i < block.rows; i++) {
            const double share = row_share(pass, block.first + i);
            const double *row = block.data + i * gr_block_down(&block);
            if (!(share > 0.0)) continue;
            for (size_t j = 0; j < X->cols; j++) {
                const double x = 2.0 * ((0.5 * row[j * gr_block_across(&block)] - 0.5 * pass->origin[j]) /
                                        pass->unit[j]);
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

/* The first row that counts: a column's mean is taken about its entry there, so that the mean of a constant column is that
 * constant to the last bit, and its spread 0. */
static void copy_origin(const gr_reader *reader, const double *weights, double *origin)
{
    size_t first = 0;
    while (weights && first + 1 < reader->X.rows && !(weights[first] > 0.0)) first++;
    for (size_t j = 0; j < reader->X.cols; j++) origin[j] = gr_matrix_at(&reader->X, first, j);
}

void gr_pass_scales(gr_reader *reader, const double *weights, bool centred, double *center, double *scale,
                    double *work)
{
    const size_t n = reader->X.cols;
    scales_pass pass = {weights, total_weight(reader, weights), center, work};
    copy_origin(reader, weights, center);
    gr_sweep(reader, 2 * n, add_means, &pass);
    for (size_t j = 0; j < n; j++) {
        center[j] = centred ? (center[j] + reader->sums[j]) + reader->sums[j] : 0.0;
        work[j] = reader->sums[n + j] > 0.0 ? reader->sums[n + j] : 1.0;
    }
    gr_sweep(reader, n, add_squares, &pass);
    const double least = centred ? CONSTANT : 0.0;
    for (size_t j = 0; j < n; j++) {
        const double spread = sqrt(reader->sums[j]);
        scale[j] = spread > least ? work[j] * spread : 0.0;
    }
}
