/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * [X 1]'D_cd[X 1] for every pair of outputs, all in one read of X. Each pair collects its rows, times the root of their weight, and
 * multiplies them by themselves (rank_update.h) as soon as there are enough. Where most rows have hardly any weight for most pairs, as
 * those of a class that is all but certain have, they are left out: of the digits 5 % of rows and pairs are left.
 */
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "pass/eight_outputs.h"
#include "pass/pass.h"
#include "pass/rank_update.h"
#include "pass/sweep.h"

enum { COLLECTED = 64 };

/* Rows of less weight than this share of the largest in their block are left out. */
static const double negligible = 1e-6;

static size_t size_of(const gr_reader *reader, const gr_outputs_gram *request)
{
    return reader->X.cols + (request->intercept ? 1 : 0);
}

static size_t pairs_of(const gr_outputs_gram *request)
{
    return request->outputs * (request->outputs - 1) / 2;
}

/* What one thread works on. */
typedef struct gathering {
    const gr_outputs_gram *request;
    gr_target target;
    size_t p;
    double *theta;             /* packed */
    double *margins, *weights; /* of a block */
    double *packed;            /* COLLECTED rows */
    double *rows;              /* pairs x COLLECTED x p: the rows of each pair, one behind the other */
    double *count;             /* how many each has: a whole number */
    double *sums;              /* pairs x p x p */
} gathering;

static gathering gather_for(const gr_leaf *leaf, const gr_outputs_gram *request)
{
    const size_t most = leaf->reader->cut.block_rows, pairs = pairs_of(request);
    gathering own = {.request = request,
                     .target = gr_target_here(),
                     .p = size_of(leaf->reader, request),
                     .packed = leaf->scratch};
    own.theta = own.packed + COLLECTED * gr_packed_cols(own.p);
    own.margins = own.theta + gr_outputs_packed(leaf->reader->X.cols, request->outputs);
    own.weights = own.margins + most * gr_whole_eights(request->outputs);
    own.count = own.weights + most;
    own.rows = own.count + pairs;
    own.sums = leaf->sums;
    memset(own.count, 0, pairs * sizeof *own.count);
    return own;
}

/* The rows that a pair has collected go into the upper triangle of its sums. */
static void multiply_out(gathering *own, size_t pair)
{
    const size_t p = own->p, count = (size_t)own->count[pair];
    const gr_block block = {0, count, true, own->rows + pair * COLLECTED * p, p};
    own->count[pair] = 0.0;
    if (count == 0) return;
    gr_pack_block(own->target, &block, p, NULL, own->packed);
    gr_rank_update(own->target, count, own->packed, p, 0, p, own->sums + pair * p * p, p);
}

/* Row i of the block, times root, to those of the pair */
static void collect(gathering *own, const gr_leaf *leaf, const gr_block *block, size_t i, double root,
                    size_t pair)
{
    const size_t cols = leaf->reader->X.cols, across = gr_block_across(block);
    const double *x = block->data + i * gr_block_down(block);
    double *row = own->rows + (pair * COLLECTED + (size_t)own->count[pair]) * own->p;
    for (size_t j = 0; j < cols; j++) row[j] = root * x[j * across];
    if (own->p > cols) row[cols] = root;
    own->count[pair] += 1.0;
    if (own->count[pair] >= (double)COLLECTED) multiply_out(own, pair);
}

static void collect_block(gathering *own, const gr_leaf *leaf, const gr_block *block, double least)
{
    const gr_outputs_gram *request = own->request;
    size_t pair = 0;
    for (size_t d = 1; d < request->outputs; d++) {
        for (size_t c = 0; c < d; c++, pair++) {
            request->curvatures->pair(request->context, block->first, block->rows, own->margins, c, d,
                                      own->weights);
            for (size_t i = 0; i < block->rows; i++) {
                if (own->weights[i] > least) collect(own, leaf, block, i, sqrt(own->weights[i]), pair);
            }
        }
    }
}

static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const gr_outputs_gram *request = (const gr_outputs_gram *)context;
    const gr_outputs_evaluation at = {
        .outputs = request->outputs, .theta = request->theta, .intercept = request->intercept};
    gathering own = gather_for(leaf, request);
    gr_block block = {0};
    gr_outputs_pack(leaf, &at, own.theta);
    while (gr_whole_next(leaf, &block)) {
        gr_outputs_multiply(leaf, &block, &at, own.theta, own.margins, NULL);
        const double largest = request->curvatures->prepare(request->context, block.first, block.rows,
                                                            own.margins);
        collect_block(&own, leaf, &block, negligible * largest);
    }
    for (size_t pair = 0; pair < pairs_of(request); pair++) multiply_out(&own, pair);
}

static bool sums_of(const gr_reader *reader, const gr_outputs_gram *request, size_t *sums)
{
    const size_t p = size_of(reader, request);
    size_t ordered; /* pairs, twice as many as there are */
    return gr_multiply(request->outputs, request->outputs - 1, &ordered) && gr_multiply(p, p, sums) &&
           gr_multiply(*sums, pairs_of(request), sums);
}

static bool scratch_of(const gr_reader *reader, const gr_partition *cut, const gr_outputs_gram *request,
                       size_t *scratch)
{
    const size_t p = size_of(reader, request);
    size_t block, packed, theta;
    return gr_multiply(COLLECTED, p, scratch) && gr_add(*scratch, 1, scratch) &&
           gr_multiply(*scratch, pairs_of(request), scratch) &&
           gr_multiply(COLLECTED, gr_packed_cols(p), &packed) &&
           gr_multiply(cut->block_rows, request->outputs + GR_EIGHT, &block) &&
           gr_add(*scratch, block, scratch) && gr_multiply(p + 1, request->outputs + GR_EIGHT, &theta) &&
           gr_add(*scratch, theta, scratch) && gr_add(*scratch, packed, scratch);
}

bool gr_outputs_gram_doubles(const gr_reader *reader, const gr_outputs_gram *request, size_t *doubles)
{
    const gr_partition cut = gr_partition_of_outputs_gram(&reader->X, request->outputs);
    size_t sums, scratch;
    return sums_of(reader, request, &sums) && scratch_of(reader, &cut, request, &scratch) &&
           gr_recut_doubles(reader, &cut, scratch, sums, doubles);
}

const double *gr_pass_outputs_gram(gr_reader *reader, const gr_outputs_gram *request, double *memory)
{
    const gr_partition cut = gr_partition_of_outputs_gram(&reader->X, request->outputs);
    gr_outputs_gram copy = *request;
    size_t sums = 0, scratch = 0;
    (void)sums_of(reader, request, &sums);
    (void)scratch_of(reader, &cut, request, &scratch);
    gr_reader own = gr_reader_recut(reader, &cut, scratch, sums, memory);
    gr_sweep(&own, sums, sweep_leaf, &copy);
    gr_reader_take(reader, &own);
    return own.sums;
}
