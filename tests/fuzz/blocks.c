/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Large blocks are used again. The address sanitizer maps each of more than 126 KiB anew and unmaps it, and to have its pages cleared takes
 * far longer than to read a small file into it. As with the sanitizer's own blocks, to touch what lies before or behind one, or what was
 * given back, is an error; once all have leaked, the next one is the sanitizer's, which finds leaks.
 */
#include <sanitizer/asan_interface.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { BLOCKS = 4, LARGE = 120 * 1024, MOST = 160 * 1024, FENCE = 2048, FILLED = 4096, FILL = 0xBE };

void *__real_malloc(size_t bytes);
void *__real_realloc(void *pointer, size_t bytes);
void __real_free(void *pointer);
void *__wrap_malloc(size_t bytes);
void *__wrap_realloc(void *pointer, size_t bytes);
void __wrap_free(void *pointer);

typedef struct block {
    bool taken;
    size_t bytes;
    _Alignas(64) unsigned char memory[FENCE + MOST + FENCE];
} block;

static block blocks[BLOCKS];

static void *take(block *b, size_t bytes)
{
    b->taken = true;
    b->bytes = bytes;
    __asan_poison_memory_region(b->memory, sizeof b->memory);
    __asan_unpoison_memory_region(b->memory + FENCE, bytes);
    return memset(b->memory + FENCE, FILL, FILLED) /* no more than the sanitizer does */;
}

static block *block_of(const void *pointer)
{
    for (size_t k = 0; k < BLOCKS; k++) {
        if (blocks[k].taken && pointer == blocks[k].memory + FENCE) return &blocks[k];
    }
    return NULL;
}

void *__wrap_malloc(size_t bytes)
{
    if (bytes < LARGE || bytes > MOST) return __real_malloc(bytes);
    for (size_t k = 0; k < BLOCKS; k++) {
        if (!blocks[k].taken) return take(&blocks[k], bytes);
    }
    return __real_malloc(bytes);
}

void __wrap_free(void *pointer)
{
    block *b = block_of(pointer);
    if (!b) {
        __real_free(
            pointer); /* of a block given back already: the sanitizer knows no such address, and says so */
        return;
    }
    b->taken = false;
    __asan_poison_memory_region(b->memory, sizeof b->memory);
}

void *__wrap_realloc(void *pointer, size_t bytes)
{
    const block *b = block_of(pointer);
    if (!b) return __real_realloc(pointer, bytes);
    void *moved = __wrap_malloc(bytes);
    if (!moved) return NULL;
    memcpy(moved, pointer, bytes < b->bytes ? bytes : b->bytes);
    __wrap_free(pointer);
    return moved;
}
