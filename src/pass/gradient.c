/* SPDX-License-Identifier: BSD-3-Clause */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/sweep.h"

static CBLAS_ORDER blas_layout(const gr_reader *reader)
{
    return reader->X.layout == GRADUS_LAYOUT_ROW_MAJOR ? CblasRowMajor : CblasColMajor;
}

void gr_block_margins(const gr_reader *reader, const gr_block *block, const double *d, double intercept,
                      double *margins)
{
    const gradus_matrix *X = &reader->X;
    const size_t panel = gr_matrix_panel_cols(X);
    for (size_t i = 0; i < block->rows; i++) margins[i] = intercept;
    for (size_t j = 0; j < X->cols; j += panel) {
        cblas_dgemv(blas_layout(reader), CblasNoTrans, (int)block->rows, (int)gr_min(panel, X->cols - j), 1.0,
                    block->data + gr_matrix_offset(X, j), (int)X->ld, d + j, 1, 1.0, margins, 1);
    }
}

/* gradient += X_block' r */
static void add_transposed(const gr_reader *reader, const gr_block *block, const double *residuals,
                           double *gradient)
{
    const gradus_matrix *X = &reader->X;
    const size_t panel = gr_matrix_panel_cols(X);
    for (size_t j = 0; j < X->cols; j += panel) {
        cblas_dgemv(blas_layout(reader), CblasTrans, (int)block->rows, (int)gr_min(panel, X->cols - j), 1.0,
                    block->data + gr_matrix_offset(X, j), (int)X->ld, residuals, 1, 1.0, gradient + j, 1);
    }
}

void gr_pass_gradient(gr_reader *reader, const double *theta, double intercept, gr_pointwise pointwise,
                      const void *context, gr_sums *sums, double *gradient)
{
    *sums = (gr_sums){0.0, 0.0, (double)INFINITY};
    if (gradient) memset(gradient, 0, reader->X.cols * sizeof *gradient);
    gr_block block = {0};
    while (gr_sweep_next(reader, &block)) {
        double *margins = reader->margins;
        gr_block_margins(reader, &block, theta, intercept, margins);
        pointwise(context, block.first, block.rows, margins, sums);
        if (!gradient) continue;
        for (size_t i = 0; i < block.rows; i++) sums->residual += margins[i];
        add_transposed(reader, &block, margins, gradient);
    }
}

double gr_pass_product_norm(gr_reader *reader, const double *d, double intercept, const double *weights)
{
    double sum = 0.0;
    gr_block block = {0};
    while (gr_sweep_next(reader, &block)) {
        gr_block_margins(reader, &block, d, intercept, reader->margins);
        for (size_t i = 0; i < block.rows; i++) {
            const double z = reader->margins[i];
            sum += (weights ? weights[block.first + i] : 1.0) * z * z;
        }
    }
    return sum;
}
