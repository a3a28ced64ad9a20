/* SPDX-License-Identifier: BSD-3-Clause */
/* Random numbers that are a pure function of (seed, counter): any order, any thread, the same bits. */
#ifndef GR_BASE_RANDOM_H
#define GR_BASE_RANDOM_H

#include <stdint.h>

/* 64 random bits: the finaliser of SplitMix64 over two rounds (Steele, Lea and Flood, OOPSLA 2014). */
uint64_t gr_random_bits(uint64_t seed, uint64_t counter);

/* +1.0 or -1.0, each with probability one half. */
double gr_random_sign(uint64_t seed, uint64_t counter);

#endif
