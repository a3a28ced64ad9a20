/* SPDX-License-Identifier: BSD-3-Clause */
/* Contestants on one problem, in interleaved rounds: times, and the judge's word on each answer. */
#ifndef BENCH_RACE_H
#define BENCH_RACE_H

#include "contestant.h"
#include "run.h"
#include "stolen.h"
#include "timing.h"

enum { BENCH_MOST_CONTESTANTS = 24 };

typedef struct bench_result {
    const bench_contestant *who;
    bench_samples samples;
    double accuracy; /* NaN: not judged */
    double passes, evaluations;
    bool failed;       /* no answer; the note says why */
    bench_ticks ticks; /* of the runs that count */
    double repeated;   /* seconds of runs that do not, because the host disturbed them */
    char note[96];
} bench_result;

typedef struct bench_results {
    double stolen; /* of the processors' time in the runs that count, by the host of a virtual machine */
    size_t count;
    bench_result of[BENCH_MOST_CONTESTANTS];
} bench_results;

/* Runs the contestants (NULL-terminated), judges the last answer of each, and writes the CSV. */
void bench_race(bench_run *run, const char *figure, bench_data *data,
                const bench_contestant *const *contestants, bench_results *results);

/* The table of a race, under the problem's description. */
void bench_print_results(const bench_run *run, const bench_data *data, const bench_results *results);

/* The result of a contestant; one without samples, all NaN, where it took no part. */
const bench_result *bench_result_of(const bench_results *results, const bench_contestant *who);

/* The median seconds of a contestant; NaN where it has none. */
double bench_median(const bench_results *results, const bench_contestant *who);

/*
 * How many times the seconds of `slow` are those of `fast`: the median of the ratios within each round, for a machine
 * that others slow down slows both contestants of a round; the ratio of the medians where they have not run the same
 * rounds. NaN where one has no samples.
 */
double bench_ratio(const bench_results *results, const bench_contestant *slow, const bench_contestant *fast);

/* As many evaluations a timed run as fill some milliseconds. */
void bench_calibrate(bench_data *data, const bench_contestant *who);

#endif
