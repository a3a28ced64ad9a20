/* SPDX-License-Identifier: BSD-3-Clause */
/* Sweeps over X, leaf by leaf on the threads, block by block within a leaf; private to this room. */
#ifndef GR_PASS_SWEEP_H
#define GR_PASS_SWEEP_H

#include "pass/pass.h"

/* One leaf in the hands of one thread. */
typedef struct gr_leaf {
    const gr_reader *reader;
    size_t first, rows;
    double *margins; /* block_rows doubles of this thread */
    double *sums;    /* sum_stride doubles of this leaf, zero on entry */
    double elements; /* read so far */
    bool cancelled;
} gr_leaf;

/* A few rows of a leaf. */
typedef struct gr_block {
    size_t first, rows;
    const double *data; /* X[first][0] */
} gr_block;

/* What a pass does with one leaf. */
typedef void (*gr_leaf_work)(void *context, gr_leaf *leaf);

/*
 * Runs `work` on every leaf, each with its own `count` sums, and adds the leaves' sums up in a fixed binary tree:
 * the total is reader->sums[0 .. count). Without a second thread no parallel region is entered.
 */
void gr_sweep(gr_reader *reader, size_t count, gr_leaf_work work, void *context);

/* The next block of the leaf (begin with an all-zero one); false at its end, or when the caller cancelled. */
bool gr_block_next(gr_leaf *leaf, gr_block *block);

/* z = X_block d + intercept, into the leaf's margins */
void gr_block_margins(gr_leaf *leaf, const gr_block *block, const double *d, double intercept);

/* Asks the memory for the block after this one; costs a cache line's instruction and no waiting. */
void gr_block_prefetch_next(const gr_leaf *leaf, const gr_block *block);

/* gradient += X_block' margins */
void gr_block_add_transposed(gr_leaf *leaf, const gr_block *block, double *gradient);

#endif
