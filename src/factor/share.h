/* SPDX-License-Identifier: BSD-3-Clause */
/* Pieces of work that are shared among threads, and wait for one another. */
#ifndef GR_FACTOR_SHARE_H
#define GR_FACTOR_SHARE_H

#include <stddef.h>

/* One piece; worker: 0 .. threads - 1, and no two pieces have the same one at the same time */
typedef void (*gr_piece)(void *context, size_t piece, size_t worker);

/*
 * The pieces 0 .. count - 1 on at most `threads` threads, begun in this order, so that a piece may wait for earlier
 * ones. With threads = 1, or one piece, no parallel region is entered, nor does an enclosing one of the caller's take
 * part. One region, and no barrier but its end: a thread that the machine keeps waiting holds up no other before then.
 */
void gr_share(size_t count, size_t threads, gr_piece work, void *context);

/* How far something has come; 0 at first */
typedef struct gr_progress {
    size_t value;
} gr_progress;

/* Says that it has come so far, or waits until it has. What was written before the one is seen after the other. */
void gr_publish(gr_progress *progress, size_t value);
void gr_wait_for(const gr_progress *progress, size_t value);

#endif
