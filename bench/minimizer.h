/* SPDX-License-Identifier: BSD-3-Clause */
/* Who minimises a test function: a const descriptor each, listed in minimizers.c. */
#ifndef BENCH_MINIMIZER_H
#define BENCH_MINIMIZER_H

#include "mgh_judge.h"

typedef struct bench_minimizer {
    const char *name;
    const char *configuration;
    /*
     * Minimises the judge's function from x until it is solved or the budget is spent (mgh_judge_ended), or until it ends of itself. Its
     * own stopping rules are off wherever they can be.
     */
    void (*run)(const struct bench_minimizer *who, mgh_judge *judge, double *x);
    int corrections; /* of libLBFGS and NLopt: pairs kept */
    int line_search; /* of libLBFGS, by its own number */
    bool ours;
} bench_minimizer;

extern const bench_minimizer bench_minimizer_ours;
extern const bench_minimizer bench_minimizer_liblbfgs;
extern const bench_minimizer bench_minimizer_liblbfgs_best;
extern const bench_minimizer bench_minimizer_nlopt;
extern const bench_minimizer bench_minimizer_gsl;

/* NULL-terminated, ours first. */
extern const bench_minimizer *const bench_minimizers[];

#endif
