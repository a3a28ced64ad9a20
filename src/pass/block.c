/* SPDX-License-Identifier: BSD-3-Clause */
/* One block: where it is, and BLAS on it a panel of columns a call. */
#include <cblas.h>
#include <string.h>

#include "base/cancel.h"
#include "base/size.h"
#include "pass/ahead.h"
#include "pass/float_lines.h"
#include "pass/gather.h"
#include "pass/matrix.h"
#include "pass/sweep.h"
#include "pass/widen.h"

static bool by_row(const gradus_matrix *X)
{
    return X->layout == GRADUS_LAYOUT_ROW_MAJOR;
}

static bool next_rows(gr_leaf *leaf, gr_block *block, size_t most)
{
    const gr_reader *reader = leaf->reader;
    const size_t first = block->rows == 0 ? leaf->first : block->first + block->rows;
    if (first >= leaf->first + leaf->rows) return false;
    if (gr_is_cancelled(reader->cancel)) {
        leaf->cancelled = true;
        return false;
    }
    block->first = first;
    block->rows = gr_min(most, leaf->first + leaf->rows - first);
    return true;
}

bool gr_rows_next(gr_leaf *leaf, gr_block *block)
{
    return next_rows(leaf, block, leaf->reader->cut.block_rows);
}

/* Where the block's rows of X are, when they are doubles */
static void place(gr_leaf *leaf, gr_block *block)
{
    const gradus_matrix *X = &leaf->reader->X;
    leaf->elements += (double)block->rows * (double)X->cols;
    block->by_row = by_row(X);
    block->ld = X->ld;
    block->data = X->element == GRADUS_ELEMENT_DOUBLE
                      ? (const double *)X->data + gr_matrix_offset(X, block->first, 0)
                      : NULL;
}

/*
 * A block of float X, in double and in the same layout. The leading dimension is X's own as long as that is close: OpenBLAS's
 * kernels round otherwise where lines follow each other without a gap.
 */
static gr_block widened(const gr_leaf *leaf, const gr_block *block)
{
    const gradus_matrix *X = &leaf->reader->X;
    const size_t length = by_row(X) ? X->cols : block->rows;
    gr_block made = *block;
    made.ld = gr_min(X->ld, length + GR_WIDE_GAP);
    made.data = leaf->wide;
    gr_widen(&(gr_widening){.from = (const float *)gr_matrix_address(X, block->first, 0),
                            .count = by_row(X) ? block->rows : X->cols,
                            .length = length,
                            .stride = X->ld,
                            .to = leaf->wide,
                            .ld = made.ld});
    return made;
}

/* The block copied, by row and in double. */
static gr_block gathered(const gr_leaf *leaf, const gr_block *block)
{
    gr_gather(leaf->reader, block->first, block->rows, leaf->wide);
    return (gr_block){block->first, block->rows, true, leaf->wide, leaf->reader->X.cols};
}

bool gr_block_next(gr_leaf *leaf, gr_block *block)
{
    if (!gr_rows_next(leaf, block)) return false;
    place(leaf, block);
    if (leaf->reader->gathers) *block = gathered(leaf, block);
    return true;
}

bool gr_whole_next(gr_leaf *leaf, gr_block *block)
{
    if (!next_rows(leaf, block, leaf->reader->cut.whole_rows)) return false;
    place(leaf, block);
    if (!block->data) *block = widened(leaf, block);
    return true;
}

/* out += X_block[:, column .. column + cols) in, or its transpose in, where X is float */
static void add_product_of_floats(const gradus_matrix *X, const gr_block *block, CBLAS_TRANSPOSE transpose,
                                  size_t column, size_t cols, const double *in, double *out)
{
    const gr_float_lines lines = {.first = (const float *)gr_matrix_address(X, block->first, column),
                                  .count = block->by_row ? block->rows : cols,
                                  .length = block->by_row ? cols : block->rows,
                                  .stride = block->ld};
    if (block->by_row == (transpose == CblasNoTrans))
        gr_float_lines_dot(&lines, in, out);
    else
        gr_float_lines_add(&lines, in, out);
}

static void add_product(const gr_leaf *leaf, const gr_block *block, CBLAS_TRANSPOSE transpose, size_t column,
                        size_t cols, const double *in, double *out)
{
    if (!block->data) {
        add_product_of_floats(&leaf->reader->X, block, transpose, column, cols, in, out);
        return;
    }
    cblas_dgemv(block->by_row ? CblasRowMajor : CblasColMajor, transpose, (int)block->rows, (int)cols, 1.0,
                block->data + column * gr_block_across(block), (int)block->ld, in, 1, 1.0, out, 1);
}

static void fill(size_t n, double x, double *z)
{
    if (x == 0.0) {
        memset(z, 0, n * sizeof *z);
        return;
    }
    for (size_t i = 0; i < n; i++) z[i] = x;
}

void gr_block_product(const gr_leaf *leaf, const gr_block *block, const double *d, double intercept,
                      double *z, gr_ahead *ahead)
{
    const size_t cols = leaf->reader->X.cols, panel = leaf->reader->cut.panel_cols;
    fill(block->rows, intercept, z);
    for (size_t j = 0; j < cols; j += panel) {
        add_product(leaf, block, CblasNoTrans, j, gr_min(panel, cols - j), d + j, z);
        if (ahead) gr_ahead_step(ahead);
    }
}

void gr_block_add_transposed(const gr_leaf *leaf, const gr_block *block, const double *r, double *gradient,
                             gr_ahead *ahead)
{
    const size_t cols = leaf->reader->X.cols, panel = leaf->reader->cut.panel_cols;
    for (size_t j = 0; j < cols; j += panel) {
        add_product(leaf, block, CblasTrans, j, gr_min(panel, cols - j), r, gradient + j);
        if (ahead) gr_ahead_step(ahead);
    }
}

/* Eight sums, because an addition waits for the one before it. */
double gr_sum(size_t n, const double *r)
{
    double sum[8] = {0.0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (size_t k = 0; k < 8; k++) sum[k] += r[i + k];
    }
    for (; i < n; i++) sum[i % 8] += r[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

void gr_block_residuals(const gr_leaf *leaf, const gr_block *block, const gr_evaluation *at, gr_sums *sums)
{
    at->pointwise(at->context, block->first, block->rows, leaf->margins, sums);
    if (at->residual) sums->residual += gr_sum(block->rows, leaf->margins);
}
