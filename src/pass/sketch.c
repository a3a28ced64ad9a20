/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * S D^(1/2) [X 1] with a sparse sign embedding S: every row of X is added, with random signs, to 4 random rows of the
 * sketch. With 8 p rows the singular values of the sketch are those of X to within about 1 +- 1/sqrt(8).
 * Clarkson and Woodruff, J. ACM 63 (2017) 54; four entries a row: Epperly, SIAM J. Matrix Anal. Appl. 45 (2024), arXiv:2311.04362.
 */
#include <math.h>
#include <string.h>

#include "base/random.h"
#include "base/size.h"
#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/sweep.h"

enum { ENTRIES = 4 };
static const double entry = 0.5; /* 1/sqrt(ENTRIES) */
static const uint64_t seed = 20261122;

typedef struct sketch_pass {
    const double *weights;
    bool intercept;
    size_t size; /* p */
    size_t rows; /* of the sketch; as many as X has: S is the identity */
} sketch_pass;

/* D^(1/2) [X 1] of row i of the block, into the leaf's scratch */
static void copy_row(const sketch_pass *pass, const gr_leaf *leaf, const gr_block *block, size_t i)
{
    const double root = pass->weights ? sqrt(pass->weights[block->first + i]) : 1.0;
    const double *row = block->data + i * gr_block_down(block);
    const size_t cols = leaf->reader->X.cols, across = gr_block_across(block);
    for (size_t j = 0; j < cols; j++) leaf->scratch[j] = root * row[j * across];
    if (pass->intercept) leaf->scratch[cols] = root;
}

/* One row of X into ENTRIES rows of the sketch: where and with which signs is a function of the row's number alone. */
static void scatter_row(const sketch_pass *pass, gr_leaf *leaf, size_t i)
{
    for (uint64_t k = 0; k < ENTRIES; k++) {
        const uint64_t bits = gr_random_bits(seed, (uint64_t)i * ENTRIES + k);
        const double sign = bits & 1 ? entry : -entry;
        double *into = leaf->sums + (size_t)((bits >> 1) % pass->rows) * pass->size;
        for (size_t j = 0; j < pass->size; j++) into[j] += sign * leaf->scratch[j];
    }
}

static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const sketch_pass *pass = (const sketch_pass *)context;
    gr_block block = {0};
    while (gr_whole_next(leaf, &block)) {
        for (size_t i = 0; i < block.rows; i++) {
            const size_t row = block.first + i;
            copy_row(pass, leaf, &block, i);
            if (pass->rows < leaf->reader->X.rows)
                scatter_row(pass, leaf, row);
            else
                memcpy(leaf->sums + row * pass->size, leaf->scratch, pass->size * sizeof(double));
        }
    }
}

static size_t sketch_size(const gr_reader *reader, bool intercept)
{
    return reader->X.cols + (intercept ? 1 : 0);
}

size_t gr_sketch_rows(const gr_reader *reader, bool intercept)
{
    const size_t p = sketch_size(reader, intercept);
    return reader->X.rows / GR_SKETCH_PAYS >= p ? GR_SKETCH_FACTOR * p : reader->X.rows;
}

bool gr_sketch_doubles(const gr_reader *reader, bool intercept, size_t *doubles)
{
    const gr_partition cut = gr_partition_of_sketch(&reader->X, gr_sketch_rows(reader, intercept));
    const size_t p = sketch_size(reader, intercept);
    size_t sums;
    return gr_multiply(p, gr_sketch_rows(reader, intercept), &sums) &&
           gr_recut_doubles(reader, &cut, p, sums, doubles);
}

double *gr_pass_sketch(gr_reader *reader, const double *weights, bool intercept, double *memory)
{
    const size_t p = sketch_size(reader, intercept);
    sketch_pass pass = {weights, intercept, p, gr_sketch_rows(reader, intercept)};
    const gr_partition cut = gr_partition_of_sketch(&reader->X, pass.rows);
    gr_reader own = gr_reader_recut(reader, &cut, p, p * pass.rows, memory);
    gr_sweep(&own, p * pass.rows, sweep_leaf, &pass);
    gr_reader_take(reader, &own);
    return own.sums;
}
