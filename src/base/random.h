/* SPDX-License-Identifier: BSD-3-Clause */
/* Random numbers that are a pure function of (seed, counter): any order, any thread, the same bits. */
#ifndef GR_BASE_RANDOM_H
#define GR_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* 64 random bits: the finaliser of SplitMix64 over two rounds (Steele, Lea and Flood, OOPSLA 2014). */
uint64_t gr_random_bits(uint64_t seed, uint64_t counter);

/* +1.0 or -1.0, each with probability one half. */
double gr_random_sign(uint64_t seed, uint64_t counter);

/* In [0, 1), a multiple of 2^-53. */
double gr_random_uniform(uint64_t seed, uint64_t counter);

/* 0 .. m - 1; 1 <= m <= 2^53. */
size_t gr_random_below(uint64_t seed, uint64_t counter, size_t m);

/*
 * A random permutation of 0 .. m - 1 without memory: what stands at any place of it is a pure function of (seed, epoch, m,
 * place). 1 <= m <= 2^63. A place takes about 50 ns alone and 25 ns among many.
 */
enum { GR_PERMUTATION_ROUNDS = 24 };
typedef struct gr_permutation {
    size_t m, rounds;
    uint64_t left, right; /* places are pairs below (left, right), left * right >= m */
    uint64_t keys[GR_PERMUTATION_ROUNDS];
} gr_permutation;
gr_permutation gr_permutation_of(uint64_t seed, uint64_t epoch, size_t m);
size_t gr_permutation_at(const gr_permutation *permutation, size_t place);

/* rows[k] = what stands at place first + k, for k < count */
void gr_permutation_take(const gr_permutation *permutation, size_t first, size_t count, size_t *rows);

#endif
