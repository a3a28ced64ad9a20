/* SPDX-License-Identifier: BSD-3-Clause */
/* One block: where it is, BLAS on it a panel of columns a call, and asking for the next one meanwhile. */
#include <cblas.h>

#include "base/size.h"
#include "pass/gather.h"
#include "pass/matrix.h"
#include "pass/sweep.h"
#include "pass/widen.h"

/* Bytes that one load brings. */
enum { CACHE_LINE = 64 };

static bool by_row(const gradus_matrix *X)
{
    return X->layout == GRADUS_LAYOUT_ROW_MAJOR;
}

static bool next_rows(gr_leaf *leaf, gr_block *block, size_t most)
{
    const gr_reader *reader = leaf->reader;
    const size_t first = block->rows == 0 ? leaf->first : block->first + block->rows;
    if (first >= leaf->first + leaf->rows) return false;
    if (reader->cancel && __atomic_load_n(reader->cancel, __ATOMIC_RELAXED)) {
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
 * Columns column .. column + cols of a block of float X, in double and in the same layout. The leading dimension is
 * X's own as long as that is close: OpenBLAS's kernels round otherwise where lines follow each other without a gap.
 */
static gr_block widened(const gr_leaf *leaf, const gr_block *block, size_t column, size_t cols)
{
    const gradus_matrix *X = &leaf->reader->X;
    const size_t length = by_row(X) ? cols : block->rows;
    gr_block made = *block;
    made.ld = gr_min(X->ld, length + GR_WIDE_GAP);
    made.data = leaf->wide;
    gr_widen(&(gr_widening){.from = (const float *)X->data + gr_matrix_offset(X, block->first, column),
                            .count = by_row(X) ? block->rows : cols,
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

/* A large block of float X is made double panel by panel, where these are used. */
bool gr_block_next(gr_leaf *leaf, gr_block *block)
{
    const size_t cols = leaf->reader->X.cols;
    if (!gr_rows_next(leaf, block)) return false;
    place(leaf, block);
    if (leaf->reader->gathers)
        *block = gathered(leaf, block);
    else if (!block->data && gr_block_is_widened(leaf->reader))
        *block = widened(leaf, block, 0, cols);
    return true;
}

bool gr_whole_next(gr_leaf *leaf, gr_block *block)
{
    if (!next_rows(leaf, block, leaf->reader->cut.whole_rows)) return false;
    place(leaf, block);
    if (!block->data) *block = widened(leaf, block, 0, leaf->reader->X.cols);
    return true;
}

/* out += X_block[:, column .. column + cols) in, or its transpose in */
static void multiply(const gr_leaf *leaf, const gr_block *block, CBLAS_TRANSPOSE transpose, size_t column,
                     size_t cols, const double *in, double *out)
{
    gr_block panel = *block;
    if (panel.data)
        panel.data += column * gr_block_across(block);
    else
        panel = widened(leaf, block, column, cols);
    cblas_dgemv(panel.by_row ? CblasRowMajor : CblasColMajor, transpose, (int)panel.rows, (int)cols, 1.0,
                panel.data, (int)panel.ld, in, 1, 1.0, out, 1);
}

void gr_block_product(const gr_leaf *leaf, const gr_block *block, const double *d, double intercept,
                      double *z, gr_ahead *ahead)
{
    const size_t cols = leaf->reader->X.cols, panel = leaf->reader->cut.panel_cols;
    for (size_t i = 0; i < block->rows; i++) z[i] = intercept;
    for (size_t j = 0; j < cols; j += panel) {
        multiply(leaf, block, CblasNoTrans, j, gr_min(panel, cols - j), d + j, z);
        if (ahead) gr_ahead_step(leaf, ahead, j, gr_min(panel, cols - j));
    }
}

void gr_block_add_transposed(const gr_leaf *leaf, const gr_block *block, const double *r, double *gradient,
                             gr_ahead *ahead)
{
    const size_t cols = leaf->reader->X.cols, panel = leaf->reader->cut.panel_cols;
    for (size_t j = 0; j < cols; j += panel) {
        multiply(leaf, block, CblasTrans, j, gr_min(panel, cols - j), r, gradient + j);
        if (ahead) gr_ahead_step(leaf, ahead, j, gr_min(panel, cols - j));
    }
}

/* Eight sums, because an addition waits for the one before it. */
static double sum_of(size_t n, const double *r)
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
    sums->residual += sum_of(block->rows, leaf->margins);
}

gr_ahead gr_ahead_of(const gr_leaf *leaf, const gr_block *block, size_t steps)
{
    const size_t first = block->first + block->rows, end = leaf->first + leaf->rows;
    if (first >= end || !leaf->reader->cut.ahead) return (gr_ahead){.rows = 0};
    return (gr_ahead){.first = first, .rows = gr_min(block->rows, end - first), .steps = steps};
}

static void ask(const char *line, size_t bytes)
{
    for (size_t at = 0; at < bytes; at += CACHE_LINE) __builtin_prefetch(line + at, 0, 3);
    __asm__ volatile(""); /* or GCC takes this for a function without effect, and drops its calls */
}

/* Rows first .. first + rows of columns column .. column + cols */
static void ask_for(const gradus_matrix *X, size_t first, size_t rows, size_t column, size_t cols)
{
    const size_t size = gr_matrix_element_size(X), stride = X->ld * size;
    const size_t lines = by_row(X) ? rows : cols, bytes = (by_row(X) ? cols : rows) * size;
    const char *line = (const char *)X->data + gr_matrix_offset(X, first, column) * size;
    if (bytes == stride) {
        ask(line, lines * bytes);
        return;
    }
    for (size_t k = 0; k < lines; k++) ask(line + k * stride, bytes);
}

void gr_ahead_step(const gr_leaf *leaf, const gr_ahead *ahead, size_t column, size_t cols)
{
    if (ahead->rows == 0) return;
    const gradus_matrix *X = &leaf->reader->X;
    const size_t parts = by_row(X) ? ahead->rows : cols;
    const size_t begin = parts * ahead->step / ahead->steps, end = parts * (ahead->step + 1) / ahead->steps;
    if (by_row(X))
        ask_for(X, ahead->first + begin, end - begin, column, cols);
    else
        ask_for(X, ahead->first, ahead->rows, column + begin, end - begin);
}
