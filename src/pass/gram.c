/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The Gram matrix in tiles. One dsyrk over all rows would be simplest, but it starts OpenBLAS's own threads at n = 100
 * already, inside ours. A product of 64 x 64 x 64 never does, and costs 1.17 times as much as one dsyrk on one thread
 * (measured at n = 200 and 1000).
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "pass/ahead.h"
#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/sweep.h"

typedef struct gram_pass {
    const gr_gram *request;
    size_t size;       /* p */
    size_t population; /* rows that a sample is drawn from; 0: every row is read */
} gram_pass;

/* Row k of the sample */
static size_t drawn_row(const gram_pass *pass, size_t k)
{
    return gr_sample_row(pass->population, pass->request->sample, k);
}

/* What a leaf adds up, and where in its sums. */
typedef struct gram_sums {
    double *matrix;     /* p x p */
    double *gradient;   /* X'r at the start */
    double *total;      /* weights */
    double *evaluation; /* loss and residual; behind what is added up, separation */
} gram_sums;

static size_t sums_of(size_t p)
{
    return p * p + p + 1 + GR_EVALUATION_SUMS;
}

static gram_sums places(double *sums, size_t p)
{
    return (gram_sums){sums, sums + p * p, sums + p * p + p, sums + p * p + p + 1};
}

/* copy = diag(root) block, in the block's own layout */
static gr_block scaled(const gr_leaf *leaf, const gr_block *block, const double *root, double *copy)
{
    const size_t cols = leaf->reader->X.cols;
    gr_block made = *block;
    made.data = copy;
    made.ld = block->by_row ? cols : block->rows;
    for (size_t i = 0; block->by_row && i < block->rows; i++) {
        const double *row = block->data + i * block->ld;
        for (size_t j = 0; j < cols; j++) copy[i * cols + j] = root[i] * row[j];
    }
    for (size_t j = 0; !block->by_row && j < cols; j++) {
        const double *column = block->data + j * block->ld;
        for (size_t i = 0; i < block->rows; i++) copy[j * block->rows + i] = root[i] * column[i];
    }
    return made;
}

/* The next rows of the sample, drawn, as a block by rows, each times the root of its weight, which is left in `root` */
static bool next_drawn(const gram_pass *pass, gr_leaf *leaf, gr_block *block, double *root, double *copy)
{
    const gradus_matrix *X = &leaf->reader->X;
    const double *weights = pass->request->weights;
    if (!gr_rows_next(leaf, block)) return false;
    for (size_t i = 0; i < block->rows; i++) {
        const size_t row = drawn_row(pass, block->first + i);
        root[i] = weights ? sqrt(weights[row]) : 1.0;
        for (size_t j = 0; j < X->cols; j++) copy[i * X->cols + j] = root[i] * gr_matrix_at(X, row, j);
    }
    leaf->elements += (double)block->rows * (double)X->cols;
    block->by_row = true;
    block->data = copy;
    block->ld = X->cols;
    return true;
}

/* matrix[i .. i + rows, j .. j + cols) += block[:, i ..]' block[:, j ..] */
static void add_tile(const gr_block *block, size_t i, size_t rows, size_t j, size_t cols, size_t p,
                     double *matrix)
{
    const CBLAS_TRANSPOSE left = block->by_row ? CblasNoTrans : CblasTrans;
    const CBLAS_TRANSPOSE right = block->by_row ? CblasTrans : CblasNoTrans;
    const size_t across = gr_block_across(block);
    cblas_dgemm(CblasColMajor, left, right, (int)rows, (int)cols, (int)block->rows, 1.0,
                block->data + i * across, (int)block->ld, block->data + j * across, (int)block->ld, 1.0,
                matrix + i + j * p, (int)p);
}

/* A tile on the diagonal in two calls that leave most of its lower half out */
static void add_diagonal(const gr_block *block, size_t j, size_t cols, size_t p, double *matrix)
{
    const size_t half = cols / 2;
    if (half > 0) add_tile(block, j, half, j, half, p, matrix);
    add_tile(block, j, cols, j + half, cols - half, p, matrix);
}

/* The upper triangle of matrix += block'block, tile by tile */
static void add_tiles(const gr_leaf *leaf, const gr_block *block, size_t p, double *matrix, gr_ahead *ahead)
{
    const size_t tile = leaf->reader->cut.panel_cols, cols = leaf->reader->X.cols;
    for (size_t j = 0; j < cols; j += tile) {
        const size_t wide = gr_min(tile, cols - j);
        for (size_t i = 0; i < j; i += tile) add_tile(block, i, tile, j, wide, p, matrix);
        add_diagonal(block, j, wide, p, matrix);
        if (ahead) gr_ahead_step(ahead);
    }
}

/* matrix += [block root]'[block root], the column `root` only with intercept */
static void add_block(const gram_pass *pass, const gr_leaf *leaf, const gr_block *block, const double *root,
                      double *matrix, gr_ahead *ahead)
{
    const size_t p = pass->size, cols = leaf->reader->X.cols;
    add_tiles(leaf, block, p, matrix, ahead);
    if (!pass->request->intercept) return;
    gr_block_add_transposed(leaf, block, root, matrix + cols * p, NULL);
    for (size_t i = 0; i < block->rows; i++) matrix[cols + cols * p] += root[i] * root[i];
}

/* Margins, what the loss says of them, and the gradient; curvatures of the rows instead of their weights where asked for */
static void evaluate(const gram_pass *pass, const gr_leaf *leaf, const gr_block *block, double *weight,
                     gr_sums *sums, double *gradient)
{
    const gr_evaluation *at = pass->request->start;
    gr_block_product(leaf, block, at->theta, at->intercept, leaf->margins, NULL);
    if (pass->request->curvatures)
        pass->request->curvatures(at->context, block->first, block->rows, leaf->margins, weight);
    gr_block_residuals(leaf, block, at, sums);
    if (at->gradient) gr_block_add_transposed(leaf, block, leaf->margins, gradient, NULL);
}

static double take_weights(const gram_pass *pass, const gr_block *block, double *weight)
{
    const double *weights = pass->request->weights;
    double total = 0.0;
    for (size_t i = 0; i < block->rows; i++) {
        weight[i] = weights ? weights[block->first + i] : 1.0;
        total += weight[i];
    }
    return total;
}

static void take_roots(size_t rows, double *weight)
{
    for (size_t i = 0; i < rows; i++) weight[i] = sqrt(weight[i]);
}

static void sweep_sample(const gram_pass *pass, gr_leaf *leaf, const gram_sums *into)
{
    const double *weights = pass->request->weights;
    double *root = leaf->scratch, *copy = root + leaf->reader->cut.block_rows;
    gr_block block = {0};
    while (next_drawn(pass, leaf, &block, root, copy)) {
        for (size_t i = 0; i < block.rows; i++)
            *into->total += weights ? weights[drawn_row(pass, block.first + i)] : 1.0;
        add_block(pass, leaf, &block, root, into->matrix, NULL);
    }
}

static void sweep_rows(const gram_pass *pass, gr_leaf *leaf, const gram_sums *into)
{
    const bool weighted = pass->request->weights || pass->request->curvatures;
    double *weight = leaf->scratch, *copy = weight + leaf->reader->cut.block_rows;
    gr_sums sums = {0.0, 0.0, (double)INFINITY};
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        *into->total += take_weights(pass, &block, weight);
        if (pass->request->start) evaluate(pass, leaf, &block, weight, &sums, into->gradient);
        take_roots(block.rows, weight);
        gr_ahead ahead = gr_ahead_of(leaf, &block, 1);
        const gr_block factor = weighted ? scaled(leaf, &block, weight, copy) : block;
        add_block(pass, leaf, &factor, weight, into->matrix, &ahead);
    }
    gr_sums_note(&sums, into->evaluation);
}

static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const gram_pass *pass = (const gram_pass *)context;
    const gram_sums into = places(leaf->sums, pass->size);
    if (pass->population > 0)
        sweep_sample(pass, leaf, &into);
    else
        sweep_rows(pass, leaf, &into);
}

static size_t gram_size(const gr_reader *reader, bool intercept)
{
    return reader->X.cols + (intercept ? 1 : 0);
}

static bool is_sampled(const gr_reader *reader, const gr_gram *request)
{
    return request->sample > 0 && request->sample < reader->X.rows;
}

static size_t scratch_of(const gr_reader *reader, const gr_partition *cut)
{
    return cut->block_rows * (reader->X.cols + 1);
}

/* A reader of as many rows as are read: few of them may be cut into more leaves than many. */
static gr_reader reader_of(const gr_reader *reader, const gr_gram *request)
{
    gr_reader own = *reader;
    if (is_sampled(reader, request)) own.X.rows = request->sample;
    return own;
}

bool gr_gram_doubles(const gr_reader *reader, const gr_gram *request, size_t *doubles)
{
    const gr_reader own = reader_of(reader, request);
    const gr_partition cut = gr_partition_of_gram(&own.X);
    const size_t p = gram_size(reader, request->intercept);
    size_t square, sums, scratch;
    return gr_multiply(p, p, &square) && gr_add(square, p + 2 + GR_EVALUATION_SUMS, &sums) &&
           gr_multiply(cut.block_rows, p + 1, &scratch) &&
           gr_recut_doubles(&own, &cut, scratch_of(&own, &cut), sums, doubles);
}

static void give_evaluation(const gr_reader *reader, const gram_sums *total, const gr_evaluation *at)
{
    const size_t separation = (size_t)(total->evaluation - reader->sums) + GR_EVALUATION_SUMS;
    *at->sums = (gr_sums){total->evaluation[0], total->evaluation[1], gr_sweep_least(reader, separation)};
    if (at->gradient) memcpy(at->gradient, total->gradient, reader->X.cols * sizeof *at->gradient);
}

void gr_pass_gram(gr_reader *reader, gr_gram *request, double *gram, double *memory)
{
    const size_t p = gram_size(reader, request->intercept);
    gram_pass pass = {request, p, is_sampled(reader, request) ? reader->X.rows : 0};
    gr_reader own = reader_of(reader, request);
    const gr_partition cut = gr_partition_of_gram(&own.X);
    own = gr_reader_recut(&own, &cut, scratch_of(&own, &cut), sums_of(p) + 1, memory);
    gr_sweep(&own, sums_of(p), sweep_leaf, &pass);
    const gram_sums total = places(own.sums, p);
    memcpy(gram, total.matrix, p * p * sizeof *gram);
    request->total = *total.total;
    if (request->start) give_evaluation(&own, &total, request->start);
    gr_reader_take(reader, &own);
}
