/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/json_memory.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/*
 * jansson's allocator has no context. Where a token's buffer cannot grow, jansson 2.14 fails an assertion and ends the process; so there
 * is a reserve, on which it comes to an end, and what it made is then not looked at.
 */
enum { RESERVE = 1 << 18, GRAIN = 16 };

static bool was_refused;
static size_t used;
static union {
    unsigned char bytes[RESERVE];
    max_align_t aligned;
} reserve;

static void *from_reserve(size_t bytes)
{
    was_refused = true;
    if (bytes > RESERVE - GRAIN - used) return NULL;
    void *memory = reserve.bytes + used;
    used += (bytes + GRAIN - 1) / GRAIN * GRAIN;
    return memory;
}

static void *allocate(size_t bytes)
{
    void *memory = malloc(bytes);
    return memory ? memory : from_reserve(bytes);
}

static void release(void *memory)
{
    const uintptr_t at = (uintptr_t)memory, first = (uintptr_t)reserve.bytes;
    if (at < first || at >= first + RESERVE) free(memory);
}

void gr_json_watch_memory(void)
{
    json_set_alloc_funcs(allocate, release);
}

void gr_json_release(void *memory)
{
    release(memory);
}

bool gr_json_was_refused(void)
{
    return was_refused;
}
