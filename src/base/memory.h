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

/* NULL is fine. */
void gr_release(const gradus_allocator *allocator, void *pointer);

#endif
