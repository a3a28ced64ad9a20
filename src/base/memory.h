/* SPDX-License-Identifier: BSD-3-Clause */
/* Checked allocation through the caller's allocator. */
#ifndef GR_BASE_MEMORY_H
#define GR_BASE_MEMORY_H

#include "gradus/status.h"

/* The allocator to use: the caller's, or malloc and free for NULL. */
gradus_allocator gr_allocator(const gradus_allocator *given);

/* `count` objects of `size` bytes, all bits zero. NULL when the product overflows or memory is out; never NULL for count 0. */
void *gr_allocate(const gradus_allocator *allocator, size_t count, size_t size);

/* `count` doubles, 0.0. */
double *gr_allocate_doubles(const gradus_allocator *allocator, size_t count);

/*
 * The block at `memory` (NULL: none), of `old_count` objects, as one of `new_count`: the first of them keep their bits, those
 * behind are not set, and so not yet in memory. NULL, and nothing changed, when the product overflows or memory is out. The
 * GNU C library moves a large block of malloc's without a copy; the caller's allocator has no realloc, and is asked for a new one.
 */
void *gr_reallocate(const gradus_allocator *allocator, void *memory, size_t old_count, size_t new_count,
                    size_t size);

/* NULL is fine. */
void gr_release(const gradus_allocator *allocator, void *pointer);

#endif
