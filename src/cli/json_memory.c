/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/json_memory.h"

#include <jansson.h>
#include <stdlib.h>

static bool was_refused; /* jansson's allocator has no context */

static void *allocate(size_t bytes)
{
    void *memory = malloc(bytes);
    if (!memory) was_refused = true;
    return memory;
}

void gr_json_watch_memory(void)
{
    json_set_alloc_funcs(allocate, free);
}

bool gr_json_was_refused(void)
{
    return was_refused;
}
