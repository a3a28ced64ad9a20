/* SPDX-License-Identifier: BSD-3-Clause */
/* Independent pieces of work, shared among threads. */
#ifndef GR_FACTOR_SHARE_H
#define GR_FACTOR_SHARE_H

#include <stddef.h>

/* One piece; worker: 0 .. threads - 1, and no two pieces have the same one at the same time */
typedef void (*gr_piece)(void *context, size_t piece, size_t worker);

/*
 * The pieces 0 .. count - 1 on at most `threads` threads, begun in this order. With threads = 1, or one piece, no
 * parallel region is entered, nor does an enclosing one of the caller's take part.
 */
void gr_share(size_t count, size_t threads, gr_piece work, void *context);

#endif
