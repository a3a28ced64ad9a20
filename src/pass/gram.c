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
#include "pass/matrix.h"
#include "pass/pass.h"
#include "pass/sweep.h"

typedef struct gram_pass {
    const double *weights;
    bool intercept;
    size_t size; /* p */
} gram_pass;

/* D^(1/2) [X 1] of one block, column-major with leading dimension block->rows, into the leaf's scratch */
static void copy_block(const gram_pass *pass, gr_leaf *leaf, const gr_block *block)
{
    const gradus_matrix *X = &leaf->reader->X;
    const size_t stride = gr_matrix_offset(X, 1);
    for (size_t i = 0; i < block->rows; i++) {
        const double root = pass->weights ? sqrt(pass->weights[block->first + i]) : 1.0;
        const double *row = gr_matrix_row(X, block->first + i);
        double *copy = leaf->margins + i;
        for (size_t j = 0; j < X->cols; j++) copy[j * block->rows] = root * row[j * stride];
        if (pass->intercept) copy[X->cols * block->rows] = root;
    }
}

/* The upper triangle of leaf->sums += block'block, tile by tile */
static void add_block(const gram_pass *pass, gr_leaf *leaf, size_t rows)
{
    const size_t tile = leaf->reader->cut.panel_cols, p = pass->size;
    const double *copy = leaf->margins;
    for (size_t j = 0; j < p; j += tile) {
        for (size_t i = 0; i <= j; i += tile) {
            cblas_dgemm(CblasColMajor, CblasTrans, CblasNoTrans, (int)gr_min(tile, p - i),
                        (int)gr_min(tile, p - j), (int)rows, 1.0, copy + i * rows, (int)rows, copy + j * rows,
                        (int)rows, 1.0, leaf->sums + i + j * p, (int)p);
        }
    }
}

static void sweep_leaf(void *context, gr_leaf *leaf)
{
    const gram_pass *pass = (const gram_pass *)context;
    gr_block block = {0};
    while (gr_block_next(leaf, &block)) {
        copy_block(pass, leaf, &block);
        add_block(pass, leaf, block.rows);
    }
}

static size_t gram_size(const gr_reader *reader, bool intercept)
{
    return reader->X.cols + (intercept ? 1 : 0);
}

bool gr_gram_doubles(const gr_reader *reader, bool intercept, size_t *doubles)
{
    const gr_partition cut = gr_partition_of_gram(&reader->X);
    const size_t p = gram_size(reader, intercept);
    size_t scratch, sums;
    return gr_multiply(p, cut.block_rows, &scratch) &&
           gr_multiply(scratch, (size_t)reader->threads, &scratch) && gr_multiply(p, p, &sums) &&
           gr_multiply(sums, cut.leaves, &sums) && gr_add(scratch, sums, doubles);
}

void gr_pass_gram(gr_reader *reader, const double *weights, bool intercept, double *gram, double *memory)
{
    const size_t p = gram_size(reader, intercept);
    gram_pass pass = {weights, intercept, p};
    gr_reader gram_reader = *reader;
    gram_reader.cut = gr_partition_of_gram(&reader->X);
    gram_reader.margins = memory;
    gram_reader.margin_stride = p * gram_reader.cut.block_rows;
    gram_reader.sums = memory + (size_t)reader->threads * gram_reader.margin_stride;
    gram_reader.sum_stride = p * p;
    gr_sweep(&gram_reader, p * p, sweep_leaf, &pass);
    memcpy(gram, gram_reader.sums, p * p * sizeof *gram);
    gr_reader_take(reader, &gram_reader);
}
