/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/random.h"

static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

uint64_t gr_random_bits(uint64_t seed, uint64_t counter)
{
    return mix(mix(seed) ^ counter);
}

double gr_random_sign(uint64_t seed, uint64_t counter)
{
    return gr_random_bits(seed, counter) >> 63 ? 1.0 : -1.0;
}
