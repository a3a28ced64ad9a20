/* SPDX-License-Identifier: BSD-3-Clause */
/* Arrays that grow while a file is read. */
#ifndef GR_IO_GROW_H
#define GR_IO_GROW_H

#include <stdbool.h>

#include "gradus/status.h"

/*
 * Makes room for at least `needed` entries of `size` bytes in *memory, which holds *capacity of them (NULL
 * and 0 at first). The capacity grows by half, so that n entries cost O(n) copies; malloc's large blocks are moved
 * instead, and what is beyond the entries is not touched, so that they take the memory that they need (see gr_reallocate).
 * False, and nothing changed, when a size overflows or memory is out.
 */
bool gr_grow(const gradus_allocator *allocator, void **memory, size_t *capacity, size_t needed, size_t size);

/* Numbers in the order in which they came; all fields 0 at first. */
typedef struct gr_doubles {
    double *values;
    size_t count, capacity;
} gr_doubles;

/* Adds one number at the end; GRADUS_ERROR_MEMORY, and nothing changed, when there is no room. */
gradus_status gr_doubles_add(const gradus_allocator *allocator, gr_doubles *doubles, double value,
                             gradus_error *error);

#endif
