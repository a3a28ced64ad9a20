/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/size.h"

static void *default_allocate(void *context, size_t bytes)
{
    (void)context;
    return malloc(bytes);
}

static void default_release(void *context, void *pointer)
{
    (void)context;
    free(pointer);
}

gradus_allocator gr_allocator(const gradus_allocator *given)
{
    if (given) return *given;
    return (gradus_allocator){default_allocate, default_release, NULL};
}

void *gr_allocate(const gradus_allocator *allocator, size_t count, size_t size)
{
    size_t bytes;
    if (!gr_multiply(gr_max(count, 1), size, &bytes)) return NULL;
    void *memory = allocator->allocate(allocator->context, bytes);
    if (memory) memset(memory, 0, bytes);
    return memory;
}

double *gr_allocate_doubles(const gradus_allocator *allocator, size_t count)
{
    return (double *)gr_allocate(allocator, count, sizeof(double));
}

/* What is there is moved: the pages of a large block change their place in the address space, and are not copied. */
static void *move(const gradus_allocator *allocator, void *memory, size_t old_bytes, size_t new_bytes)
{
    if (allocator->allocate == default_allocate) return realloc(memory, new_bytes);
    void *moved = allocator->allocate(allocator->context, new_bytes);
    if (!moved) return NULL;
    if (memory) memcpy(moved, memory, old_bytes < new_bytes ? old_bytes : new_bytes);
    gr_release(allocator, memory);
    return moved;
}

void *gr_reallocate(const gradus_allocator *allocator, void *memory, size_t old_count, size_t new_count,
                    size_t size)
{
    size_t old_bytes, new_bytes;
    if (!gr_multiply(gr_max(new_count, 1), size, &new_bytes)) return NULL;
    return gr_multiply(old_count, size, &old_bytes) ? move(allocator, memory, old_bytes, new_bytes) : NULL;
}

void gr_release(const gradus_allocator *allocator, void *pointer)
{
    if (pointer) allocator->release(allocator->context, pointer);
}
