/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/heap.h"

#include "base/memory.h"

void *gr_new(size_t count, size_t size)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    return gr_allocate(&allocator, count, size);
}

double *gr_new_doubles(size_t count)
{
    return (double *)gr_new(count, sizeof(double));
}

void gr_delete(void *pointer)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    gr_release(&allocator, pointer);
}
