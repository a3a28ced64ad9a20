/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The sum of all elements of X with the widest vectors of the CPU, on all threads, in chunks of 512 KiB; two ways. From the
 * first element to the last, which is how a matrix is read; and each chunk as eight pieces at once, which keeps more of the
 * memory's banks busy: the most that this machine's memory gives.
 */
#include "read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "timing.h"

enum { LANES = 8, STREAMS = 8 };

#define PIECE ((size_t)8192)
#define CHUNK (STREAMS * PIECE)

#if defined(__x86_64__)
#define WIDEST __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDEST
#endif

typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));

typedef double (*chunk_sum)(const double *x);

static double total(const lanes *sum)
{
    double all = 0.0;
    for (size_t k = 0; k < STREAMS; k++)
        for (size_t l = 0; l < LANES; l++) all += sum[k][l];
    return all;
}

WIDEST static double sum_in_order(const double *x)
{
    lanes sum[STREAMS] = {{0.0}}, piece;
    for (size_t i = 0; i < CHUNK; i += (size_t)STREAMS * LANES) {
        for (size_t k = 0; k < STREAMS; k++) {
            memcpy(&piece, x + i + k * LANES, sizeof piece);
            sum[k] += piece;
        }
    }
    return total(sum);
}

WIDEST static double sum_in_streams(const double *x)
{
    lanes sum[STREAMS] = {{0.0}}, piece;
    for (size_t i = 0; i < PIECE; i += LANES) {
        for (size_t k = 0; k < STREAMS; k++) {
            memcpy(&piece, x + i + k * PIECE, sizeof piece);
            sum[k] += piece;
        }
    }
    return total(sum);
}

static double sum_all(chunk_sum sum_chunk, const double *x, size_t count)
{
    const size_t chunks = count / CHUNK;
    double all = 0.0;
#pragma omp parallel for schedule(dynamic) reduction(+ : all) if (chunks > 1)
    for (size_t c = 0; c < chunks; c++) all += sum_chunk(x + c * CHUNK);
    for (size_t i = chunks * CHUNK; i < count; i++) all += x[i];
    return all;
}

static int run_sum(chunk_sum sum_chunk, const bench_data *data, bench_answer *answer)
{
    const size_t count = bench_problem_elements(&data->problem);
    volatile double keep = 0.0;
    const double start = bench_now();
    for (size_t k = 0; k < data->repeats; k++) keep = sum_all(sum_chunk, data->x, count);
    answer->seconds = (bench_now() - start) / (double)data->repeats;
    answer->passes = 1.0;
    answer->unjudged = true;
    return isfinite(keep) ? 0 : 1;
}

static int run_in_order(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    return run_sum(sum_in_order, data, answer);
}

static int run_in_streams(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    return run_sum(sum_in_streams, data, answer);
}

const bench_contestant bench_read = {
    .name = "bare read",
    .configuration = "the sum of the elements of X in order, the widest vectors of the CPU, all threads",
    .run = run_in_order};

const bench_contestant bench_read_streams = {
    .name = "read in 8 streams",
    .configuration = "the same, eight pieces of 64 KiB at once: the most that the memory gives",
    .run = run_in_streams};
