/* SPDX-License-Identifier: BSD-3-Clause */
/* BLAS on one block, a panel of columns a call. */
#include <cblas.h>

#include "base/size.h"
#include "pass/matrix.h"
#include "pass/sweep.h"

/* Bytes that one load brings. */
enum { CACHE_LINE = 64 };

static void multiply(const gradus_matrix *X, CBLAS_TRANSPOSE transpose, const gr_block *block, size_t column,
                     size_t cols, const double *in, double *out)
{
    const bool by_row = X->layout == GRADUS_LAYOUT_ROW_MAJOR;
    cblas_dgemv(by_row ? CblasRowMajor : CblasColMajor, transpose, (int)block->rows, (int)cols, 1.0,
                block->data + gr_matrix_offset(X, column), (int)X->ld, in, 1, 1.0, out, 1);
}

void gr_block_margins(gr_leaf *leaf, const gr_block *block, const double *d, double intercept)
{
    const gradus_matrix *X = &leaf->reader->X;
    const size_t panel = leaf->reader->cut.panel_cols;
    for (size_t i = 0; i < block->rows; i++) leaf->margins[i] = intercept;
    for (size_t j = 0; j < X->cols; j += panel)
        multiply(X, CblasNoTrans, block, j, gr_min(panel, X->cols - j), d + j, leaf->margins);
}

void gr_block_add_transposed(gr_leaf *leaf, const gr_block *block, double *gradient)
{
    const gradus_matrix *X = &leaf->reader->X;
    const size_t panel = leaf->reader->cut.panel_cols;
    for (size_t j = 0; j < X->cols; j += panel)
        multiply(X, CblasTrans, block, j, gr_min(panel, X->cols - j), leaf->margins, gradient + j);
}

static void prefetch_line(const double *data, size_t count)
{
    const char *bytes = (const char *)data;
    for (size_t at = 0; at < count * sizeof *data; at += CACHE_LINE) __builtin_prefetch(bytes + at, 0, 2);
}

void gr_block_prefetch_next(const gr_leaf *leaf, const gr_block *block)
{
    const gradus_matrix *X = &leaf->reader->X;
    const size_t first = block->first + block->rows, end = leaf->first + leaf->rows;
    if (first >= end) return;
    const size_t rows = gr_min(leaf->reader->cut.block_rows, end - first);
    const double *data = gr_matrix_row(X, first);
    if (X->layout == GRADUS_LAYOUT_COL_MAJOR) {
        for (size_t j = 0; j < X->cols; j++) prefetch_line(data + j * X->ld, rows);
    } else {
        for (size_t i = 0; i < rows; i++) prefetch_line(data + i * X->ld, X->cols);
    }
}
