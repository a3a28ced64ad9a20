/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Asking the memory for what comes next, a share at a time: between calls of BLAS, so that the memory is busy while BLAS
 * works. Costs an instruction a cache line and no waiting. Private to this room.
 *
 * Memory brings several streams at once faster than one: from eight places in turn it reads 1.4 times as fast as in order.
 * So where blocks are short a group of them is asked for together, a line of each in turn, while BLAS works on the group before;
 * where they are long, the rows of the next block are the streams. What follows a leaf is the next leaf, which most often is the same
 * thread's.
 */
#ifndef GR_PASS_AHEAD_H
#define GR_PASS_AHEAD_H

#include "pass/sweep.h"

struct gr_ahead {
    const char
        *first; /* of the streams; each is so many bytes long and begins so many behind the one before it */
    size_t streams, bytes, distance;
    bool across; /* a step takes its share of every stream; otherwise all of its share of the streams */
    size_t step, steps;
};

/* What is to be asked for while BLAS goes `sweeps` times over this block. */
gr_ahead gr_ahead_of(const gr_leaf *leaf, const gr_block *block, size_t sweeps);

/* The next step: one for each panel of each sweep. */
void gr_ahead_step(gr_ahead *ahead);

/* The steps that are due when `done` of `all` work is done. */
void gr_ahead_share(gr_ahead *ahead, size_t done, size_t all);

#endif
