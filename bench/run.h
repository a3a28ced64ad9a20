/* SPDX-License-Identifier: BSD-3-Clause */
/* One run of the program: its settings, and what it has found so far. */
#ifndef BENCH_RUN_H
#define BENCH_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum { BENCH_MOST_BARS = 64 };

/* A ratio of the table, and what it is held against. */
typedef struct bench_bar {
    const char *figure;
    char words[96];
    double measured;
    bool at_most;
    double limit;
    double goal; /* 0: none beyond the limit */
} bench_bar;

typedef struct bench_run {
    bool quick;           /* sizes that take no time: the answers are verified, the bars mean nothing */
    bool without_slow;    /* peers that take minutes stay out */
    bool without_scripts; /* peers of other languages stay out */
    const char *only;     /* of the peers only those whose names hold this; NULL: all */
    bool markdown;
    size_t rounds; /* of interleaved runs */
    double budget; /* seconds of one contestant in one race, after which it is not run again */
    FILE *csv;     /* NULL: none */
    bool wrong;    /* an answer was */
    size_t bar_count;
    bench_bar bars[BENCH_MOST_BARS];
} bench_run;

/* Notes a ratio that must not be below, or must not be above, its limit. */
void bench_at_least(bench_run *run, const char *figure, const char *words, double measured, double limit,
                    double goal);
void bench_at_most(bench_run *run, const char *figure, const char *words, double measured, double limit,
                   double goal);

void bench_print_bars(const bench_run *run);

/* The line above a table. */
void bench_print_caption(const bench_run *run, const char *text);

/* What the figures depend on: version, BLAS build, kernels, threads. */
void bench_print_machine(const bench_run *run);

/* "pthread", "OpenMP" or "serial": the OpenBLAS that is linked. */
const char *bench_blas_build(void);

#endif
