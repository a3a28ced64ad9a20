/* SPDX-License-Identifier: BSD-3-Clause */
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

/* mean_j = sum w x_j / W and largest_j = max |x_j|, both zero on entry */
static void means_and_largest(gr_reader *reader, const double *weights, double total, double *mean,
                              double *largest)
{
    gr_block block = {0};
    while (gr_sweep_next(reader, &block)) {
        for (size_t i = block.first; i < block.first + block.rows; i++) {
            const double share = row_share(weights, total, i);
            for (size_t j = 0; j < reader->X.cols; j++) {
                const double x = gr_matrix_at(&reader->X, i, j);
                mean[j] += share * x;
                largest[j] = fmax(largest[j], fabs(x));
            }
        }
    }
}

/* square_j += sum w ((x_j - center_j) / unit_j)^2 / W; square zero on entry */
static void mean_squares(gr_reader *reader, const double *weights, double total, const double *center,
                         const double *unit, double *square)
{
    gr_block block = {0};
    while (gr_sweep_next(reader, &block)) {
        for (size_t i = block.first; i < block.first + block.rows; i++) {
            const double share = row_share(weights, total, i);
            for (size_t j = 0; j < reader->X.cols; j++) {
                const double x = (gr_matrix_at(&reader->X, i, j) - center[j]) / unit[j];
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
    memset(scale, 0, n * sizeof *scale);
    memset(work, 0, n * sizeof *work);
    means_and_largest(reader, weights, total, center, work);
    if (!centred) memset(center, 0, n * sizeof *center);
    for (size_t j = 0; j < n; j++) work[j] = work[j] > 0.0 ? work[j] : 1.0;
    mean_squares(reader, weights, total, center, work, scale);
    for (size_t j = 0; j < n; j++) {
        scale[j] = work[j] * sqrt(scale[j]);
        if (!(scale[j] > 0.0)) scale[j] = 1.0;
    }
}
