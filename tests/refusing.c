/* SPDX-License-Identifier: BSD-3-Clause */
#include "refusing.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *pointer, size_t bytes);
void __real_free(void *pointer);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *pointer, size_t bytes);
void __wrap_free(void *pointer);

static struct {
    bool watching;
    refusal manner;
    size_t at, requests, strays;
} now;

/* ---- the blocks that are alive: a table of addresses, open addressing ---- */

enum { SLOTS = 1 << 16 };

static void *slots[SLOTS];
static size_t alive, used; /* `used`: slots that are or were taken */
static char gone;          /* its address stands where a block was given back */

static size_t first_slot(const void *block)
{
    return (size_t)(((uint64_t)(uintptr_t)block >> 4) * 0x9E3779B97F4A7C15u >> 48) % SLOTS;
}

static void enter(void *block)
{
    size_t k = first_slot(block);
    while (slots[k] && slots[k] != &gone) k = (k + 1) % SLOTS;
    if (!slots[k]) used++;
    slots[k] = block;
}

/* Slots of blocks that were given back become free: a sanitizer's allocator hardly uses an address twice. */
static void sweep_slots(void)
{
    static void *kept[SLOTS];
    size_t count = 0;
    for (size_t k = 0; k < SLOTS; k++)
        if (slots[k] && slots[k] != &gone) kept[count++] = slots[k];
    memset(slots, 0, sizeof slots);
    used = 0;
    for (size_t k = 0; k < count; k++) enter(kept[k]);
}

static void remember(void *block)
{
    if (used >= SLOTS / 2) sweep_slots();
    if (used >= SLOTS / 2) abort(); /* no test has so many */
    enter(block);
    alive++;
}

/* Was it one of ours? */
static bool forget(const void *block)
{
    for (size_t k = first_slot(block); slots[k]; k = (k + 1) % SLOTS) {
        if (slots[k] != block) continue;
        slots[k] = &gone;
        alive--;
        return true;
    }
    return false;
}

/* ---- requests ---- */

bool refusing_refuses(void)
{
    if (!now.watching) return false;
    now.requests++;
    return now.manner == REFUSE_ONCE ? now.requests == now.at
                                     : now.manner == REFUSE_FROM_THERE_ON && now.requests >= now.at;
}

static void *given(void *block)
{
    if (block && now.watching) remember(block);
    return block;
}

void *__wrap_malloc(size_t bytes)
{
    if (now.watching) now.strays++;
    return refusing_refuses() ? NULL : given(__real_malloc(bytes));
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    if (now.watching) now.strays++;
    return refusing_refuses() ? NULL : given(__real_calloc(count, bytes));
}

void *__wrap_realloc(void *pointer, size_t bytes)
{
    if (now.watching) now.strays++;
    if (refusing_refuses()) return NULL;
    const bool ours = pointer && forget(pointer);
    void *block = __real_realloc(pointer, bytes);
    if (!block && ours) remember(pointer);
    return given(block);
}

void __wrap_free(void *pointer)
{
    if (pointer) (void)forget(pointer);
    __real_free(pointer);
}

static void *allocate(void *context, size_t bytes)
{
    (void)context;
    void *block = refusing_refuses() ? NULL : given(__real_malloc(bytes));
    if (block) memset(block, 0xFB, bytes);
    return block;
}

static void release(void *context, void *pointer)
{
    (void)context;
    if (!pointer) abort(); /* the contract: never NULL */
    __wrap_free(pointer);
}

const gradus_allocator refusing_allocator = {allocate, release, NULL};

/* ---- the switch ---- */

void refusing_begin(refusal manner, size_t at)
{
    now.manner = manner;
    now.at = at;
    now.requests = now.strays = 0;
    now.watching = true;
}

void refusing_end(void)
{
    now.watching = false;
}

size_t refusing_requests(void)
{
    return now.requests;
}

size_t refusing_strays(void)
{
    return now.strays;
}

size_t refusing_alive(void)
{
    return alive;
}
