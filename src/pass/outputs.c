/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several columns of coefficients in one read of X. A block is multiplied by all of them while it is in cache, eight at a
 * time (eight_outputs.h) or in products so small that OpenBLAS never shares one among threads of its own (see partition.c): inside ours that is slow, and it changes the bits
 * with their number.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "pass/ahead.h"
#include "pass/eight_outputs.h"
#include "pass/pass.h"
#include "pass/sweep.h"

/* What is asked for ahead, in so many shares where eight outputs are taken at once */
enum { EIGHTS_STEPS = 16 };

/* Rows of Theta and of its gradient. */
static size_t size_of(const gr_leaf *leaf, const gr_outputs_evaluation *at)
{
    return leaf->reader->X.cols + (at->intercept ? 1 : 0);
}

size_t gr_outputs_packed(size_t cols, size_t outputs)
{
    return (cols + 1) * gr_whole_eights(outputs);
}

void gr_outputs_pack(const gr_leaf *leaf, const gr_outputs_evaluation *at, double *packed)
{
    const size_t cols = leaf->reader->X.cols;
    if (gr_eight_outputs_pay(gr_target_here(), cols, at->outputs))
        gr_eight_pack(cols, at->outputs, at->intercept, at->theta, packed);
}

void gr_outputs_multiply(const gr_leaf *leaf, const gr_block *block, const gr_outputs_evaluation *at,
                         const double *packed, double *Z, gr_ahead *ahead)
{
    const gr_partition *cut = &leaf->reader->cut;
    const size_t cols = leaf->reader->X.cols, p = size_of(leaf, at), rows = block->rows;
    const gr_target target = gr_target_here();
    const bool eights = gr_eight_outputs_pay(target, cols, at->outputs);
    for (size_t c = 0; eights && c < at->outputs; c += GR_EIGHT)
        gr_eight_multiply(target, block, cols, packed + c * (cols + 1), Z + c * rows, c == 0 ? ahead : NULL);
    if (eights) return;
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
    const gr_target target = gr_target_here();
    const bool eights = gr_eight_outputs_pay(target, cols, at->outputs);
    for (size_t c = 0; eights && c < at->outputs; c += GR_EIGHT)
        gr_eight_add_transposed(target, block, cols, gr_min(GR_EIGHT, at->outputs - c), R + c * rows,
                                gradient + c * p, p, ahead);
    for (size_t j = 0; !eights && j < cols; j += cut->panel_cols) {
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
    double *packed = leaf->scratch + leaf->reader->cut.block_rows * gr_whole_eights(at->outputs);
    const bool eights = gr_eight_outputs_pay(gr_target_here(), leaf->reader->X.cols, at->outputs);
    gr_outputs_pack(leaf, at, packed);
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        gr_ahead ahead = gr_ahead_of(leaf, &block, at->gradient ? 2 : 1);
        if (eights) ahead.steps = EIGHTS_STEPS;
        gr_outputs_multiply(leaf, &block, at, packed, leaf->scratch, &ahead);
        if (eights && !at->gradient) gr_ahead_share(&ahead, 1, 1);
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

/* Z, and Theta packed */
static bool scratch_of(const gradus_matrix *X, const gr_partition *cut, size_t outputs, size_t *scratch)
{
    size_t packed, rows;
    return gr_add(X->cols, 1, &packed) && gr_add(outputs, GR_EIGHT, &rows) &&
           gr_multiply(packed, rows, &packed) && gr_multiply(cut->block_rows, rows, &rows) &&
           gr_add(packed, rows, scratch);
}

bool gr_outputs_doubles(const gradus_matrix *X, size_t outputs, size_t minima, int threads, size_t *doubles)
{
    const gr_reader reader = {.X = *X, .threads = threads};
    const gr_partition cut = gr_partition_of_outputs(X, outputs);
    size_t sums, scratch;
    return sums_of(X, outputs, minima, &sums) && scratch_of(X, &cut, outputs, &scratch) &&
           gr_recut_doubles(&reader, &cut, scratch, sums, doubles);
}

gr_reader gr_outputs_open(const gradus_matrix *X, size_t outputs, size_t minima, int threads, double *memory,
                          const volatile int *cancel)
{
    const gr_reader reader = {.X = *X, .threads = threads, .cancel = cancel};
    const gr_partition cut = gr_partition_of_outputs(X, outputs);
    size_t sums = 0, scratch = 0;
    (void)sums_of(X, outputs, minima, &sums);
    (void)scratch_of(X, &cut, outputs, &scratch);
    return gr_reader_recut(&reader, &cut, scratch, sums, memory);
}
