/* SPDX-License-Identifier: BSD-3-Clause */
/* A sweep over blocks of rows, in order; private to this room. The only place that counts what is read. */
#ifndef GR_PASS_SWEEP_H
#define GR_PASS_SWEEP_H

#include "pass/pass.h"

typedef struct gr_block {
    size_t first, rows;
    const double *data; /* X[first][0] */
} gr_block;

/* The next block (begin with an all-zero one); false at the end, or when the caller cancelled. */
bool gr_sweep_next(gr_reader *reader, gr_block *block);

/* z = X_block d + intercept, into `margins`: block->rows doubles. */
void gr_block_margins(const gr_reader *reader, const gr_block *block, const double *d, double intercept,
                      double *margins);

#endif
