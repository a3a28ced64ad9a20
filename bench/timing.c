/* SPDX-License-Identifier: BSD-3-Clause */
#include "timing.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

double bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void bench_add(bench_samples *samples, double seconds)
{
    if (samples->count < BENCH_MOST_RUNS) samples->seconds[samples->count++] = seconds;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_quantile(const bench_samples *samples, double q)
{
    if (samples->count == 0) return (double)NAN;
    bench_samples sorted = *samples;
    qsort(sorted.seconds, sorted.count, sizeof(double), ascending);
    return sorted.seconds[(size_t)lround(q * (double)(sorted.count - 1))];
}
