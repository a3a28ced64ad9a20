/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/json_memory.h"

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/*
 * jansson's allocator has no context. What is made for an output comes to an end by a reserve, and is then not looked at. What is read
 * has to end at once: where the buffer of a token cannot grow, jansson 2.14 goes on without the byte, and fails an assertion or reads on
 * behind the string that has lost its end. So the request itself leaves jansson, and what it had taken is given back.
 */
enum { RESERVE = 1 << 18, GRAIN = 16 };

/* Before every block of malloc's */
typedef union head {
    struct {
        union head *newer, *older;
    } to;
    max_align_t aligned;
} head;

static bool was_refused;
static size_t used;
static union {
    unsigned char bytes[RESERVE];
    max_align_t aligned;
} reserve;

static head *newest;
static bool loading;
static jmp_buf way_out; /* of a load */

static void *from_reserve(size_t bytes)
{
    if (bytes > RESERVE - GRAIN - used) return NULL;
    void *memory = reserve.bytes + used;
    used += (bytes + GRAIN - 1) / GRAIN * GRAIN;
    return memory;
}

static void *allocate(size_t bytes)
{
    head *made = bytes <= SIZE_MAX - sizeof *made ? (head *)malloc(sizeof *made + bytes) : NULL;
    if (!made) {
        was_refused = true;
        if (loading) longjmp(way_out, 1); /* NOLINT(cert-err52-cpp): see above */
        return from_reserve(bytes);
    }
    made->to.newer = NULL;
    made->to.older = newest;
    if (newest) newest->to.newer = made;
    newest = made;
    return made + 1;
}

static void release(void *memory)
{
    const uintptr_t at = (uintptr_t)memory, first = (uintptr_t)reserve.bytes;
    if (!memory || (at >= first && at < first + RESERVE)) return;
    head *taken = (head *)memory - 1;
    if (taken->to.newer) taken->to.newer->to.older = taken->to.older;
    if (taken->to.older) taken->to.older->to.newer = taken->to.newer;
    if (newest == taken) newest = taken->to.older;
    free(taken);
}

void gr_json_watch_memory(void)
{
    json_set_alloc_funcs(allocate, release);
}

void gr_json_release(void *memory)
{
    release(memory);
}

json_t *gr_json_load(FILE *file, size_t flags, json_error_t *error)
{
    static head *before; /* static, as longjmp leaves only those as they are */
    static json_t *whole;
    before = newest;
    whole = NULL;
    if (setjmp(way_out) == 0) { /* NOLINT(cert-err52-cpp) */
        loading = true;
        whole = json_loadf(file, flags, error);
    }
    loading = false;
    while (!whole && newest != before) release(newest + 1);
    return whole;
}

bool gr_json_was_refused(void)
{
    return was_refused;
}
