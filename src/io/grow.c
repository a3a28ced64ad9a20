/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/grow.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"

enum { FIRST_CAPACITY = 16 };

bool gr_grow(const gradus_allocator *allocator, void **memory, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity) return true;
    size_t grown;
    if (!gr_add(*capacity, *capacity / 2, &grown)) return false;
    grown = gr_max(gr_max(grown, needed), FIRST_CAPACITY);
    void *larger = gr_reallocate(allocator, *memory, *capacity, grown, size);
    if (!larger) return false;
    *memory = larger;
    *capacity = grown;
    return true;
}

gradus_status gr_doubles_add(const gradus_allocator *allocator, gr_doubles *doubles, double value,
                             gradus_error *error)
{
    if (doubles->count == doubles->capacity) {
        void *memory = doubles->values;
        if (!gr_grow(allocator, &memory, &doubles->capacity, doubles->count + 1, sizeof value))
            return gr_error(error, GRADUS_ERROR_MEMORY, gr_fault_none(),
                            "out of memory after %zu numbers of the file", doubles->count);
        doubles->values = (double *)memory;
    }
    doubles->values[doubles->count++] = value;
    return GRADUS_OK;
}
