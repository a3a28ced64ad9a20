/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several columns of coefficients in one read of X. A block is multiplied by all of them while it is in cache, in products so
 * small that OpenBLAS never shares one among threads of its own (see partition.c): inside ours that is slow, and it changes the bits
 * with their number.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "pass/ahead.h"
#include "pass/few_columns.h"
#include "pass/pass.h"
#include "pass/sweep.h"

/* Rows of Theta and of its gradient. */
static size_t size_of(const gr_leaf *leaf, const gr_outputs_evaluation *at)
{
    return leaf->reader->X.cols + (at->intercept ? 1 : 0);
}

static void multiply_few(const gr_block *block, size_t cols, size_t p, const gr_outputs_evaluation *at,
                         double *Z)
{
    for (size_t c = 0; c < at->outputs; c += GR_FEW_OUTPUTS) {
        const double *theta = at->theta + c * p;
        gr_few_multiply(block, cols, gr_min(GR_FEW_OUTPUTS, at->outputs - c), theta, p,
                        at->intercept ? theta + cols : NULL, Z + c * block->rows);
    }
}

void gr_outputs_multiply(const gr_leaf *leaf, const gr_block *block, const gr_outputs_evaluation *at,
                         double *Z, gr_ahead *ahead)
{
    const gr_partition *cut = &leaf->reader->cut;
    const size_t cols = leaf->reader->X.cols, p = size_of(leaf, at), rows = block->rows;
    if (gr_few_columns(cols)) {
        multiply_few(block, cols, p, at, Z);
        return;
    }
    for (size_t c = 0; at->intercept && c < at->outputs; c++) {
        for (size_t i = 0; i < rows; i++) Z[c * rows + i] = at->theta[c * p + cols];
    }
    for (size_t j = 0; j < cols; j += cut->panel_cols) {
        for (size_t c = 0; c < at->outputs; c += cut->panel_outputs)
            cblas_dgemm(CblasColMajor, block->by_row ? CblasTrans : CblasNoTrans, CblasNoTrans, (int)rows,
                        (int)gr_min(cut->panel_outputs, at->outputs - c),
                        (int)gr_min(cut->panel_cols, cols - j), 1.0, block->data + j * gr_block_across(block),
                        (int)block->ld, at->theta + c * p + j, (int)p, at->intercept || j > 0 ? 1.0 : 0.0,
                        Z + c * rows, (int)rows);
        if (ahead) gr_ahead_step(ahead);
    }
}

/* gradient += [X_block 1]'R */
static void add_transposed(const gr_leaf *leaf, const gr_block *block, const gr_outputs_evaluation *at,
                           double *gradient, gr_ahead *ahead)
{
    const gr_partition *cut = &leaf->reader->cut;
    const size_t cols = leaf->reader->X.cols, p = size_of(leaf, at), rows = block->rows;
    const double *R = leaf->scratch;
    const bool few = gr_few_columns(cols);
    for (size_t c = 0; few && c < at->outputs; c += GR_FEW_OUTPUTS)
        gr_few_add_transposed(block, cols, gr_min(GR_FEW_OUTPUTS, at->outputs - c), R + c * rows,
                              gradient + c * p, p);
    for (size_t j = 0; !few && j < cols; j += cut->panel_cols) {
        for (size_t c = 0; c < at->outputs; c += cut->panel_outputs)
            cblas_dgemm(CblasColMajor, block->by_row ? CblasNoTrans : CblasTrans, CblasNoTrans,
                        (int)gr_min(cut->panel_cols, cols - j),
                        (int)gr_min(cut->panel_outputs, at->outputs - c), (int)rows, 1.0,
                        block->data + j * gr_block_across(block), (int)block->ld, R + c * rows, (int)rows,
                        1.0, gradient + c * p + j, (int)p);
        gr_ahead_step(ahead);
    }
    for (size_t c = 0; at->intercept && c < at->outputs; c++)
        gradient[c * p + cols] += gr_sum(rows, R + c * rows);
}

/* A leaf's sums are the gradient's entries, the loss, and behind what is added up the minima. */
static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const gr_outputs_evaluation *at = (const gr_outputs_evaluation *)context;
    double *loss = leaf->sums + size_of(leaf, at) * at->outputs, *least = loss + 1;
    for (size_t k = 0; k < at->minima; k++) least[k] = (double)INFINITY;
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        gr_ahead ahead = gr_ahead_of(leaf, &block, at->gradient ? 2 : 1);
        gr_outputs_multiply(leaf, &block, at, leaf->scratch, &ahead);
        at->pointwise(at->context, block.first, block.rows, leaf->scratch, loss, least);
        if (at->gradient) add_transposed(leaf, &block, at, leaf->sums, &ahead);
    }
}

void gr_pass_outputs(gr_reader *reader, const gr_outputs_evaluation *at)
{
    const size_t entries = (reader->X.cols + (at->intercept ? 1 : 0)) * at->outputs;
    gr_outputs_evaluation copy = *at;
    gr_sweep(reader, entries + 1, sweep_leaf, &copy);
    *at->sums = (gr_sums){reader->sums[entries], 0.0, (double)-INFINITY};
    for (size_t k = 0; k < at->minima; k++) at->least[k] = gr_sweep_least(reader, entries + 1 + k);
    if (at->gradient) memcpy(at->gradient, reader->sums, entries * sizeof *at->gradient);
}

/* The gradient with intercepts, the loss and what is noted behind it; or the 2 cols + 3 that other passes note. */
static bool sums_of(const gradus_matrix *X, size_t outputs, size_t minima, size_t *sums)
{
    size_t entries;
    return gr_add(X->cols, 1, &entries) && gr_multiply(entries, outputs, &entries) &&
           gr_add(entries, minima, &entries) && gr_add(entries, 2 * X->cols + 3, sums);
}

bool gr_outputs_doubles(const gradus_matrix *X, size_t outputs, size_t minima, int threads, size_t *doubles)
{
    const gr_reader reader = {.X = *X, .threads = threads};
    const gr_partition cut = gr_partition_of_outputs(X, outputs);
    size_t sums, scratch;
    return sums_of(X, outputs, minima, &sums) && gr_multiply(cut.block_rows, outputs, &scratch) &&
           gr_recut_doubles(&reader, &cut, scratch, sums, doubles);
}

gr_reader gr_outputs_open(const gradus_matrix *X, size_t outputs, size_t minima, int threads, double *memory,
                          const volatile int *cancel)
{
    const gr_reader reader = {.X = *X, .threads = threads, .cancel = cancel};
    const gr_partition cut = gr_partition_of_outputs(X, outputs);
    size_t sums = 0;
    (void)sums_of(X, outputs, minima, &sums);
    return gr_reader_recut(&reader, &cut, cut.block_rows * outputs, sums, memory);
}
