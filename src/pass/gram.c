/* SPDX-License-Identifier: BSD-3-Clause */
/* The Gram matrix: each block of rows packed once, and multiplied by itself (rank_update.h). */
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "base/vector.h"
#include "pass/ahead.h"
#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/rank_update.h"
#include "pass/sweep.h"

typedef struct gram_pass {
    const gr_gram *request;
    gr_target target;
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

/* What a thread works on beside a block. */
typedef struct gram_scratch {
    double *weight, *root; /* of the block's rows */
    double *packed;
    double *drawn; /* rows of a sample */
} gram_scratch;

/* Whole cache lines, so that what is packed begins with one */
static size_t doubles_of_rows(const gr_partition *cut)
{
    return (cut->block_rows + GR_STRIPS - 1) / GR_STRIPS * GR_STRIPS;
}

static size_t scratch_of(const gr_reader *reader, const gr_partition *cut)
{
    return 2 * doubles_of_rows(cut) + cut->block_rows * (gr_packed_cols(reader->X.cols) + reader->X.cols);
}

static gram_scratch scratch_for(const gr_leaf *leaf)
{
    const gr_partition *cut = &leaf->reader->cut;
    gram_scratch own = {.weight = leaf->scratch};
    own.root = own.weight + doubles_of_rows(cut);
    own.packed = own.root + doubles_of_rows(cut);
    own.drawn = own.packed + cut->block_rows * gr_packed_cols(leaf->reader->X.cols);
    return own;
}

/* The next rows of the sample, drawn, as a block by rows, with their weights */
static bool next_drawn(const gram_pass *pass, gr_leaf *leaf, gr_block *block, const gram_scratch *own)
{
    const gradus_matrix *X = &leaf->reader->X;
    const double *weights = pass->request->weights;
    if (!gr_rows_next(leaf, block)) return false;
    for (size_t i = 0; i < block->rows; i++) {
        const size_t row = drawn_row(pass, block->first + i);
        own->weight[i] = weights ? weights[row] : 1.0;
        for (size_t j = 0; j < X->cols; j++) own->drawn[i * X->cols + j] = gr_matrix_at(X, row, j);
    }
    leaf->elements += (double)block->rows * (double)X->cols;
    block->by_row = true;
    block->data = own->drawn;
    block->ld = X->cols;
    return true;
}

/* matrix += [block 1]'D[block 1], the column of ones only with intercept, D the weights, NULL where all are 1 */
static void add_block(const gram_pass *pass, const gr_leaf *leaf, const gr_block *block, bool weighted,
                      const gram_scratch *own, double *matrix, gr_ahead *ahead)
{
    const size_t p = pass->size, cols = leaf->reader->X.cols, group = leaf->reader->cut.panel_cols;
    for (size_t i = 0; weighted && i < block->rows; i++) own->root[i] = sqrt(own->weight[i]);
    gr_pack_block(pass->target, block, cols, weighted ? own->root : NULL, own->packed);
    for (size_t j = 0; j < cols; j += group) {
        gr_rank_update(pass->target, block->rows, own->packed, cols, j, gr_min(j + group, cols), matrix, p);
        if (ahead) gr_ahead_step(ahead);
    }
    if (!pass->request->intercept) return;
    gr_block_add_transposed(leaf, block, own->weight, matrix + cols * p, NULL);
    for (size_t i = 0; i < block->rows; i++) matrix[cols + cols * p] += own->weight[i];
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

static void take_weights(const gram_pass *pass, const gr_block *block, double *weight)
{
    const double *weights = pass->request->weights;
    for (size_t i = 0; i < block->rows; i++) weight[i] = weights ? weights[block->first + i] : 1.0;
}

static double total_of(size_t rows, const double *weight)
{
    double total = 0.0;
    for (size_t i = 0; i < rows; i++) total += weight[i];
    return total;
}

static void sweep_sample(const gram_pass *pass, gr_leaf *leaf, const gram_sums *into)
{
    const gram_scratch own = scratch_for(leaf);
    gr_block block = {0};
    while (next_drawn(pass, leaf, &block, &own)) {
        *into->total += total_of(block.rows, own.weight);
        add_block(pass, leaf, &block, pass->request->weights != NULL, &own, into->matrix, NULL);
    }
}

static void sweep_rows(const gram_pass *pass, gr_leaf *leaf, const gram_sums *into)
{
    const bool weighted = pass->request->weights || pass->request->curvatures;
    const gram_scratch own = scratch_for(leaf);
    gr_sums sums = {0.0, 0.0, (double)INFINITY};
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        take_weights(pass, &block, own.weight);
        *into->total += total_of(block.rows, own.weight);
        if (pass->request->start) evaluate(pass, leaf, &block, own.weight, &sums, into->gradient);
        gr_ahead ahead = gr_ahead_of(leaf, &block, 1);
        add_block(pass, leaf, &block, weighted, &own, into->matrix, &ahead);
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
           gr_multiply(cut.block_rows, 2 * p + (size_t)4 * GR_STRIPS, &scratch) &&
           gr_recut_doubles(&own, &cut, scratch_of(&own, &cut), sums, doubles);
}

static void give_evaluation(const gr_reader *reader, const gram_sums *total, const gr_evaluation *at)
{
    const size_t separation = (size_t)(total->evaluation - reader->sums) + GR_EVALUATION_SUMS;
    *at->sums = (gr_sums){total->evaluation[0], total->evaluation[1], gr_sweep_least(reader, separation)};
    if (at->gradient) gr_scaled(reader->X.cols, at->share, total->gradient, at->gradient);
}

void gr_pass_gram(gr_reader *reader, gr_gram *request, double *gram, double *memory)
{
    const size_t p = gram_size(reader, request->intercept);
    gram_pass pass = {request, gr_target_here(), p, is_sampled(reader, request) ? reader->X.rows : 0};
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
