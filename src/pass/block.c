/* SPDX-License-Identifier: BSD-3-Clause */
/* One block: where it is, in double, and BLAS on it, a panel of columns a call. */
#include <cblas.h>

#include "base/size.h"
#include "pass/matrix.h"
#include "pass/sweep.h"

/* Bytes that one load brings. */
enum { CACHE_LINE = 64 };

static bool by_row(const gradus_matrix *X)
{
    return X->layout == GRADUS_LAYOUT_ROW_MAJOR;
}

bool gr_rows_next(gr_leaf *leaf, gr_block *block)
{
    const gr_reader *reader = leaf->reader;
    const size_t first = block->rows == 0 ? leaf->first : block->first + block->rows;
    if (first >= leaf->first + leaf->rows) return false;
    if (reader->cancel && __atomic_load_n(reader->cancel, __ATOMIC_RELAXED)) {
        leaf->cancelled = true;
        return false;
    }
    block->first = first;
    block->rows = gr_min(reader->cut.block_rows, leaf->first + leaf->rows - first);
    return true;
}

static void widen(const float *from, size_t count, double *to)
{
    for (size_t k = 0; k < count; k++) to[k] = (double)from[k];
}

/*
 * A block of float X becomes one of doubles with the same layout, line by line. Its leading dimension is X's own as long as that
 * is close: OpenBLAS's kernels round otherwise where lines follow each other without a gap.
 */
static void widen_block(const gradus_matrix *X, const gr_leaf *leaf, gr_block *block)
{
    const size_t lines = by_row(X) ? block->rows : X->cols, length = by_row(X) ? X->cols : block->rows;
    const size_t ld = gr_min(X->ld, length + GR_WIDE_GAP);
    const float *from = (const float *)gr_matrix_address(X, block->first, 0);
    for (size_t k = 0; k < lines; k++) widen(from + k * X->ld, length, leaf->wide + k * ld);
    block->data = leaf->wide;
    block->ld = ld;
}

bool gr_block_next(gr_leaf *leaf, gr_block *block)
{
    const gradus_matrix *X = &leaf->reader->X;
    if (!gr_rows_next(leaf, block)) return false;
    leaf->elements += (double)block->rows * (double)X->cols;
    block->by_row = by_row(X);
    if (X->element == GRADUS_ELEMENT_FLOAT) {
        widen_block(X, leaf, block);
        return true;
    }
    block->data = (const double *)gr_matrix_address(X, block->first, 0);
    block->ld = X->ld;
    return true;
}

/* out += X_block[:, column .. column + cols) in, or its transpose in */
static void multiply(const gr_block *block, CBLAS_TRANSPOSE transpose, size_t column, size_t cols,
                     const double *in, double *out)
{
    cblas_dgemv(block->by_row ? CblasRowMajor : CblasColMajor, transpose, (int)block->rows, (int)cols, 1.0,
                block->data + column * gr_block_across(block), (int)block->ld, in, 1, 1.0, out, 1);
}

void gr_block_product(const gr_leaf *leaf, const gr_block *block, const double *d, double intercept,
                      double *z)
{
    const size_t cols = leaf->reader->X.cols, panel = leaf->reader->cut.panel_cols;
    for (size_t i = 0; i < block->rows; i++) z[i] = intercept;
    for (size_t j = 0; j < cols; j += panel)
        multiply(block, CblasNoTrans, j, gr_min(panel, cols - j), d + j, z);
}

void gr_block_add_transposed(const gr_leaf *leaf, const gr_block *block, const double *r, double *gradient)
{
    const size_t cols = leaf->reader->X.cols, panel = leaf->reader->cut.panel_cols;
    for (size_t j = 0; j < cols; j += panel)
        multiply(block, CblasTrans, j, gr_min(panel, cols - j), r, gradient + j);
}

void gr_block_residuals(const gr_leaf *leaf, const gr_block *block, const gr_evaluation *at, gr_sums *sums)
{
    at->pointwise(at->context, block->first, block->rows, leaf->margins, sums);
    for (size_t i = 0; i < block->rows; i++) sums->residual += leaf->margins[i];
}

static void prefetch_line(const char *line, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += CACHE_LINE) __builtin_prefetch(line + at, 0, 2);
}

void gr_block_prefetch_next(const gr_leaf *leaf, const gr_block *block)
{
    const gradus_matrix *X = &leaf->reader->X;
    const size_t first = block->first + block->rows, end = leaf->first + leaf->rows;
    if (first >= end) return;
    const size_t rows = gr_min(leaf->reader->cut.block_rows, end - first);
    const size_t lines = by_row(X) ? rows : X->cols, length = by_row(X) ? X->cols : rows;
    const size_t element = gr_matrix_element_size(X);
    const char *data = (const char *)gr_matrix_address(X, first, 0);
    for (size_t k = 0; k < lines; k++) prefetch_line(data + k * X->ld * element, length * element);
}
