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

/* D^(1/2) [X 1] of one row, into the leaf's scratch */
static void copy_row(const sketch_pass *pass, gr_leaf *leaf, size_t i)
{
    const gradus_matrix *X = &leaf->reader->X;
    const size_t stride = gr_matrix_offset(X, 1);
    const double root = pass->weights ? sqrt(pass->weights[i]) : 1.0;
    const double *row = gr_matrix_row(X, i);
    for (size_t j = 0; j < X->cols; j++) leaf->margins[j] = root * row[j * stride];
    if (pass->intercept) leaf->margins[X->cols] = root;
}

/* One row of X into ENTRIES rows of the sketch: where and with which signs is a function of the row's number alone. */
static void scatter_row(const sketch_pass *pass, gr_leaf *leaf, size_t i)
{
    for (uint64_t k = 0; k < ENTRIES; k++) {
        const uint64_t bits = gr_random_bits(seed, (uint64_t)i * ENTRIES + k);
        const double sign = bits & 1 ? entry : -entry;
        double *into = leaf->sums + (size_t)((bits >> 1) % pass->rows) * pass->size;
        for (size_t j = 0; j < pass->size; j++) into[j] += sign * leaf->margins[j];
    }
}

static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const sketch_pass *pass = (const sketch_pass *)context;
    gr_block block = {0};
    while (gr_block_next(leaf, &block)) {
        for (size_t i = block.first; i < block.first + block.rows; i++) {
            copy_row(pass, leaf, i);
            if (pass->rows < leaf->reader->X.rows)
                scatter_row(pass, leaf, i);
            else
                memcpy(leaf->sums + i * pass->size, leaf->margins, pass->size * sizeof(double));
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
    size_t scratch, sums;
    return gr_multiply(p, (size_t)reader->threads, &scratch) &&
           gr_multiply(p, gr_sketch_rows(reader, intercept), &sums) && gr_multiply(sums, cut.leaves, &sums) &&
           gr_add(scratch, sums, doubles);
}

double *gr_pass_sketch(gr_reader *reader, const double *weights, bool intercept, double *memory)
{
    const size_t p = sketch_size(reader, intercept);
    sketch_pass pass = {weights, intercept, p, gr_sketch_rows(reader, intercept)};
    gr_reader sketch_reader = *reader;
    sketch_reader.cut = gr_partition_of_sketch(&reader->X, pass.rows);
    sketch_reader.margins = memory;
    sketch_reader.margin_stride = p;
    sketch_reader.sums = memory + (size_t)reader->threads * p;
    sketch_reader.sum_stride = p * pass.rows;
    gr_sweep(&sketch_reader, p * pass.rows, sweep_leaf, &pass);
    gr_reader_take(reader, &sketch_reader);
    return sketch_reader.sums;
}
