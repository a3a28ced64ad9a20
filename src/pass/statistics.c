/* SPDX-License-Identifier: BSD-3-Clause */
#include <float.h>
#include <math.h>
#include <string.h>

#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/sweep.h"

bool gr_pass_finite(gr_reader *reader, size_t *row, size_t *column, double *measured)
{
    gr_block block = {0};
    while (gr_sweep_next(reader, &block)) {
        for (size_t i = block.first; i < block.first + block.rows; i++) {
            for (size_t j = 0; j < reader->X.cols; j++) {
                *measured = gr_matrix_at(&reader->X, i, j);
                if (isfinite(*measured)) continue;
                *row = i;
                *column = j;
                return false;
            }
        }
    }
    return true;
}

/* A spread about the mean below this share of a column's largest entry is rounding: the column is constant. */
#define CONSTANT (64.0 * DBL_EPSILON)

/* w_i / W of one row */
static double row_share(const double *weights, double total, size_t row)
{
    return (weights ? weights[row] : 1.0) / total;
}

static double total_weight(const gr_reader *reader, const double *weights)
{
    if (!weights) return (double)reader->X.rows;
    double total = 0.0;
    for (size_t i = 0; i < reader->X.rows; i++) total += weights[i];
    return total;
}

/*
 * mean_j = origin_j + sum w (x_j - origin_j) / W and largest_j = max |x_j| over the rows that count, both zero on
 * entry. The origin is the first of those rows, so that the mean of a constant column is that constant to the last
 * bit and its spread 0; halves, so that a difference of huge numbers does not overflow.
 */
static void means_and_largest(gr_reader *reader, const double *weights, double total, double *mean,
                              double *largest, double *origin)
{
    bool begun = false;
    gr_block block = {0};
    while (gr_sweep_next(reader, &block)) {
        for (size_t i = block.first; i < block.first + block.rows; i++) {
            const double share = row_share(weights, total, i);
            if (!(share > 0.0)) continue;
            for (size_t j = 0; j < reader->X.cols; j++) {
                const double x = gr_matrix_at(&reader->X, i, j);
                if (!begun) origin[j] = x;
                mean[j] += share * (0.5 * x - 0.5 * origin[j]);
                largest[j] = fmax(largest[j], fabs(x));
            }
            begun = true;
        }
    }
    for (size_t j = 0; j < reader->X.cols; j++) mean[j] = (origin[j] + mean[j]) + mean[j];
}

/* square_j += sum w ((x_j - center_j) / unit_j)^2 / W; square zero on entry */
static void mean_squares(gr_reader *reader, const double *weights, double total, const double *center,
                         const double *unit, double *square)
{
    gr_block block = {0};
    while (gr_sweep_next(reader, &block)) {
        for (size_t i = block.first; i < block.first + block.rows; i++) {
            const double share = row_share(weights, total, i);
            if (!(share > 0.0)) continue;
            for (size_t j = 0; j < reader->X.cols; j++) {
                const double x = 2.0 * ((0.5 * gr_matrix_at(&reader->X, i, j) - 0.5 * center[j]) / unit[j]);
                square[j] += share * x * x;
            }
        }
    }
}

void gr_pass_scales(gr_reader *reader, const double *weights, bool centred, double *center, double *scale,
                    double *work)
{
    const size_t n = reader->X.cols;
    const double total = total_weight(reader, weights);
    memset(center, 0, n * sizeof *center);
    memset(work, 0, n * sizeof *work);
    means_and_largest(reader, weights, total, center, work, scale);
    memset(scale, 0, n * sizeof *scale);
    if (!centred) memset(center, 0, n * sizeof *center);
    for (size_t j = 0; j < n; j++) work[j] = work[j] > 0.0 ? work[j] : 1.0;
    mean_squares(reader, weights, total, center, work, scale);
    const double least = centred ? CONSTANT : 0.0;
    for (size_t j = 0; j < n; j++) {
        const double spread = sqrt(scale[j]);
        scale[j] = spread > least ? work[j] * spread : 1.0;
    }
}
