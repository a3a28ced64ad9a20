/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Memory that refuses on demand. Every request of the code under test is numbered, whether it goes to malloc, calloc or realloc
 * (which the linker wraps) or to the caller's allocator below; one of them, or all from one on, are refused.
 */
#ifndef TEST_REFUSING_H
#define TEST_REFUSING_H

#include <stdbool.h>
#include <stddef.h>

#include <gradus.h>

typedef enum refusal { REFUSE_NOTHING, REFUSE_ONCE, REFUSE_FROM_THERE_ON } refusal;

/* From now on requests are numbered, from 1, and number `at` is refused. */
void refusing_begin(refusal manner, size_t at);

/* No longer. Blocks that are still alive may be given back later. */
void refusing_end(void);

/* Of the time between the two. */
size_t refusing_requests(void);
/* of them, those that went to malloc although an allocator was there to ask */
size_t refusing_strays(void);
/* blocks, in all, that were not given back */
size_t refusing_alive(void);

/* One more request, of something else that takes memory; is it refused? */
bool refusing_refuses(void);

/* Its memory is filled with rubbish, so that nobody can rely on zeros. `context` is not looked at. */
extern const gradus_allocator refusing_allocator;

#endif
