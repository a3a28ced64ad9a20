/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/hash.h"

#include <string.h>

#include "base/random.h"

/* Any odd number keeps every bit of a product's factor; this one is 2^64 divided by the golden ratio. */
#define FACTOR 0x9E3779B97F4A7C15u

/* One-to-one in the word, whatever the lane holds, and the other way round */
static uint64_t stir(uint64_t lane, uint64_t word)
{
    const uint64_t product = (lane ^ word) * FACTOR;
    return product << 29 | product >> 35;
}

gr_hash gr_hash_begin(void)
{
    gr_hash hash = {.words = 0};
    for (uint64_t k = 0; k < GR_HASH_LANES; k++) hash.lane[k] = gr_random_bits(0, k);
    return hash;
}

void gr_hash_words(gr_hash *hash, const void *words, size_t count)
{
    const unsigned char *bytes = (const unsigned char *)words;
    uint64_t lane[GR_HASH_LANES], word[GR_HASH_LANES];
    memcpy(lane, hash->lane, sizeof lane);
    size_t i = 0;
    for (; i + GR_HASH_LANES <= count; i += GR_HASH_LANES) {
        memcpy(word, bytes + i * sizeof *word, sizeof word);
        for (size_t k = 0; k < GR_HASH_LANES; k++) lane[k] = stir(lane[k], word[k]);
    }
    for (size_t k = 0; i < count; i++, k++) {
        memcpy(word, bytes + i * sizeof *word, sizeof *word);
        lane[k] = stir(lane[k], word[0]);
    }
    memcpy(hash->lane, lane, sizeof lane);
    hash->words += count;
}

void gr_hash_word(gr_hash *hash, uint64_t word)
{
    gr_hash_words(hash, &word, 1);
}

void gr_hash_double(gr_hash *hash, double number)
{
    gr_hash_words(hash, &number, 1);
}

void gr_hash_doubles(gr_hash *hash, size_t count, const double *numbers)
{
    gr_hash_words(hash, numbers, count);
}

uint64_t gr_hash_end(const gr_hash *hash)
{
    uint64_t mark = hash->words;
    for (size_t k = 0; k < GR_HASH_LANES; k++) mark = gr_random_bits(0, mark ^ hash->lane[k]);
    return mark;
}
