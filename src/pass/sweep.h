/* SPDX-License-Identifier: BSD-3-Clause */
/* Sweeps over X, leaf by leaf on the threads, block by block within a leaf; private to this room. */
#ifndef GR_PASS_SWEEP_H
#define GR_PASS_SWEEP_H

#include "pass/pass.h"

typedef struct gr_ahead gr_ahead;

/* One leaf in the hands of one thread. */
typedef struct gr_leaf {
    const gr_reader *reader;
    size_t first, rows;
    double *margins; /* block_rows doubles of this thread */
    double *wide;    /* of this thread too: what is in use of float X, in double */
    double *scratch; /* of this thread too: what the pass asked for */
    double *sums;    /* sum_stride doubles of this leaf, zero on entry */
    double elements; /* read so far */
    bool cancelled;
} gr_leaf;

/* Two cache lines: memory brings lines in pairs, and a thread that writes to one takes both from the others. Sums and
 * margins of different threads that shared a pair cost a quarter of a pass (n = 100, 2 threads). */
enum { GR_LINES_DOUBLES = 16 };

/* A few rows of a leaf. */
typedef struct gr_block {
    size_t first, rows;
    bool by_row;        /* the layout, with leading dimension ld */
    const double *data; /* NULL for a block of float X that is not needed in double */
    size_t ld;
} gr_block;

/* How far X[i + 1][j] and X[i][j + 1] lie behind X[i][j]. */
static inline size_t gr_block_down(const gr_block *block)
{
    return block->by_row ? block->ld : 1;
}

static inline size_t gr_block_across(const gr_block *block)
{
    return block->by_row ? 1 : block->ld;
}

/* What a pass does with one leaf. */
typedef void (*gr_leaf_work)(void *context, gr_leaf *leaf);

/* into += from, for the `count` sums of two leaves */
typedef void (*gr_leaf_add)(size_t count, double *into, const double *from);

/*
 * Runs `work` on every leaf, each with its own `count` sums, and adds the leaves' sums up in a fixed binary tree:
 * the total is reader->sums[0 .. count). Without a second thread no parallel region is entered.
 */
void gr_sweep(gr_reader *reader, size_t count, gr_leaf_work work, void *context);

/* The same with a sum of its own. */
void gr_sweep_adding(gr_reader *reader, size_t count, gr_leaf_work work, gr_leaf_add add, void *context);

/* The smallest of what every leaf noted at `place` of its sums, behind those that are added up. NaN when one is. */
double gr_sweep_least(const gr_reader *reader, size_t place);

/* A reader of the same X with a cut and with memory of its own: for each thread its block and `scratch` doubles, for
 * each leaf `sums` doubles. */
gr_reader gr_reader_recut(const gr_reader *reader, const gr_partition *cut, size_t scratch, size_t sums,
                          double *memory);

/* How many doubles of memory that takes; false when their number overflows. */
bool gr_recut_doubles(const gr_reader *reader, const gr_partition *cut, size_t scratch, size_t sums,
                      size_t *doubles);

/* The next rows of the leaf (begin with an all-zero block); false at its end, or when the caller cancelled. No element of X
 * is touched. */
bool gr_rows_next(gr_leaf *leaf, gr_block *block);

/* The next block of the leaf, likewise, for the two products below. */
bool gr_block_next(gr_leaf *leaf, gr_block *block);

/* The next block of the leaf, likewise, whole and in double: whole_rows rows. */
bool gr_whole_next(gr_leaf *leaf, gr_block *block);

/* z = X_block d + intercept. A step of ahead.h after each call; ahead may be NULL. */
void gr_block_product(const gr_leaf *leaf, const gr_block *block, const double *d, double intercept,
                      double *z, gr_ahead *ahead);

/* gradient += X_block' r, likewise */
void gr_block_add_transposed(const gr_leaf *leaf, const gr_block *block, const double *r, double *gradient,
                             gr_ahead *ahead);

/* Theta as gr_outputs_multiply wants it, in so many doubles; once for all blocks of a leaf */
size_t gr_outputs_packed(size_t cols, size_t outputs);
void gr_outputs_pack(const gr_leaf *leaf, const gr_outputs_evaluation *at, double *packed);

/* Z = X_block Theta + intercepts, column-major without gaps; there is room for whole eights of outputs, of which those that are none
 * may become 0. A step of ahead.h after each panel; ahead may be NULL. */
void gr_outputs_multiply(const gr_leaf *leaf, const gr_block *block, const gr_outputs_evaluation *at,
                         const double *packed, double *Z, gr_ahead *ahead);

/* The sum of r_i */
double gr_sum(size_t n, const double *r);

/* The leaf's margins become residuals; what they add up to. */
void gr_block_residuals(const gr_leaf *leaf, const gr_block *block, const gr_evaluation *at, gr_sums *sums);

/* Most doubles between two lines of what was made from float X. */
enum { GR_WIDE_GAP = 8 };

/* What a leaf found of an evaluation goes to, and the total comes from, these places of its sums: loss and residual, which are
 * added up, and behind them separation, which is not. */
enum { GR_EVALUATION_SUMS = 2 };
void gr_sums_note(const gr_sums *sums, double *places);

#endif
