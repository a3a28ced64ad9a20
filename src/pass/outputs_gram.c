/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The blocks [X 1]'D_cd[X 1] of a Hessian over several outputs, all in one read of X: a few rows are copied, and for each pair of
 * outputs copied once more, weighted, and multiplied tile by tile (see gram.c), while both copies are in cache.
 */
#include <cblas.h>
#include <string.h>

#include "base/size.h"
#include "pass/pass.h"
#include "pass/sweep.h"

enum { TILE = 64 };

static size_t size_of(const gr_reader *reader, const gr_outputs_gram *request)
{
    return reader->X.cols + (request->intercept ? 1 : 0);
}

static size_t count_of(const gr_outputs_gram *request)
{
    return request->blocks * (request->blocks + 1) / 2;
}

/* Of one thread: margins, the rows with a column of ones, these weighted, and the weights. */
typedef struct rows_of {
    double *margins, *plain, *weighted, *weights;
} rows_of;

static rows_of scratch_of(const gr_leaf *leaf, const gr_outputs_gram *request)
{
    const size_t most = leaf->reader->cut.block_rows, p = size_of(leaf->reader, request);
    rows_of own = {.margins = leaf->scratch};
    own.plain = own.margins + most * request->outputs;
    own.weighted = own.plain + most * p;
    own.weights = own.weighted + most * p;
    return own;
}

/* [X_block 1], column-major without gaps */
static void copy_rows(const gr_leaf *leaf, const gr_block *block, size_t p, double *plain)
{
    const size_t cols = leaf->reader->X.cols, down = gr_block_down(block), across = gr_block_across(block);
    for (size_t j = 0; j < cols; j++) {
        for (size_t i = 0; i < block->rows; i++)
            plain[j * block->rows + i] = block->data[i * down + j * across];
    }
    for (size_t i = 0; p > cols && i < block->rows; i++) plain[cols * block->rows + i] = 1.0;
}

/* into[i .. , j ..] += plain[:, i ..]' weighted[:, j ..] */
static void add_tile(const rows_of *own, size_t rows, size_t p, size_t i, size_t j, double *into)
{
    cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)gr_min(TILE, p - i), (int)gr_min(TILE, p - j),
                (int)rows, 1.0, own->plain + i * rows, (int)rows, own->weighted + j * rows, (int)rows, 1.0,
                into + i + j * p, (int)p);
}

/* The tiles of a block's upper triangle */
static void add_pair(const rows_of *own, size_t rows, size_t p, double *into)
{
    for (size_t j = 0; j < p; j++) {
        for (size_t i = 0; i < rows; i++)
            own->weighted[j * rows + i] = own->weights[i] * own->plain[j * rows + i];
    }
    for (size_t j = 0; j < p; j += TILE) {
        for (size_t i = 0; i <= j; i += TILE) add_tile(own, rows, p, i, j, into);
    }
}

static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const gr_outputs_gram *request = (const gr_outputs_gram *)context;
    const size_t p = size_of(leaf->reader, request);
    const gr_outputs_evaluation at = {
        .outputs = request->outputs, .theta = request->theta, .intercept = request->intercept};
    const rows_of own = scratch_of(leaf, request);
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        double *into = leaf->sums;
        gr_outputs_multiply(leaf, &block, &at, own.margins, NULL);
        request->curvatures->prepare(request->context, block.first, block.rows, own.margins);
        copy_rows(leaf, &block, p, own.plain);
        for (size_t d = 0; d < request->blocks; d++) {
            for (size_t c = 0; c <= d; c++, into += p * p) {
                request->curvatures->pair(request->context, block.first, block.rows, own.margins, c, d,
                                          own.weights);
                add_pair(&own, block.rows, p, into);
            }
        }
    }
}

static bool sums_of(const gr_reader *reader, const gr_outputs_gram *request, size_t *sums)
{
    const size_t p = size_of(reader, request);
    return gr_multiply(p, p, sums) && gr_multiply(*sums, count_of(request), sums);
}

static size_t scratch_doubles(const gr_reader *reader, const gr_partition *cut,
                              const gr_outputs_gram *request)
{
    return cut->block_rows * (request->outputs + 2 * size_of(reader, request) + 1);
}

bool gr_outputs_gram_doubles(const gr_reader *reader, const gr_outputs_gram *request, size_t *doubles)
{
    const gr_partition cut = gr_partition_of_outputs_gram(&reader->X, request->outputs);
    size_t sums;
    return sums_of(reader, request, &sums) &&
           gr_recut_doubles(reader, &cut, scratch_doubles(reader, &cut, request), sums, doubles);
}

const double *gr_pass_outputs_gram(gr_reader *reader, const gr_outputs_gram *request, double *memory)
{
    const gr_partition cut = gr_partition_of_outputs_gram(&reader->X, request->outputs);
    gr_outputs_gram copy = *request;
    size_t sums = 0;
    (void)sums_of(reader, request, &sums);
    gr_reader own = gr_reader_recut(reader, &cut, scratch_doubles(reader, &cut, request), sums, memory);
    gr_sweep(&own, sums, sweep_leaf, &copy);
    gr_reader_take(reader, &own);
    return own.sums;
}
