/* SPDX-License-Identifier: BSD-3-Clause */
/* Seconds, and the order statistics of interleaved runs: on a shared machine only ratios within one run mean anything. */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H

#include <stddef.h>

enum { BENCH_MOST_RUNS = 64 };

/* The seconds of one contestant's runs. */
typedef struct bench_samples {
    size_t count;
    double seconds[BENCH_MOST_RUNS];
} bench_samples;

double bench_now(void);

/* Beyond BENCH_MOST_RUNS samples are dropped. */
void bench_add(bench_samples *samples, double seconds);

/* Quantile q in [0, 1]: 0 the fastest run, 0.5 the median, 1 the slowest. NaN without samples. */
double bench_quantile(const bench_samples *samples, double q);

#endif
