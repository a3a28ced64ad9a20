/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A 64-bit mark of bytes, to tell them from others: what differs in one word of eight bytes always has another mark, anything else
 * with a probability of 1 - 2^-64 or so. Against accidents, not against forgers.
 */
#ifndef GR_BASE_HASH_H
#define GR_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

/* Four lanes side by side, because a word waits for the one before it in its lane. */
enum { GR_HASH_LANES = 4 };
typedef struct gr_hash {
    uint64_t lane[GR_HASH_LANES];
    uint64_t words;
} gr_hash;

gr_hash gr_hash_begin(void);

/* Words of eight bytes each. What follows from cutting a sequence into several calls is another mark. */
void gr_hash_words(gr_hash *hash, const void *words, size_t count);
void gr_hash_word(gr_hash *hash, uint64_t word);
void gr_hash_double(gr_hash *hash, double number);
void gr_hash_doubles(gr_hash *hash, size_t count, const double *numbers);

uint64_t gr_hash_end(const gr_hash *hash);

#endif
