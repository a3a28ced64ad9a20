/* SPDX-License-Identifier: BSD-3-Clause */
/* What the program can show: a const descriptor each, listed in figures.c. */
#ifndef BENCH_FIGURE_H
#define BENCH_FIGURE_H

#include "contestant.h"
#include "race.h"
#include "run.h"

typedef struct bench_figure {
    const char *name;
    const char *sentence;
    void (*show)(bench_run *run, const char *name);
} bench_figure;

extern const bench_figure bench_figure_gradient;
extern const bench_figure bench_figure_bandwidth;
extern const bench_figure bench_figure_shapes;
extern const bench_figure bench_figure_float;
extern const bench_figure bench_figure_least_squares;
extern const bench_figure bench_figure_logistic;
extern const bench_figure bench_figure_softmax;
extern const bench_figure bench_figure_outputs;
extern const bench_figure bench_figure_steps;
extern const bench_figure bench_figure_lasso;
extern const bench_figure bench_figure_threads;
extern const bench_figure bench_figure_scaling;
extern const bench_figure bench_figure_textbook;
extern const bench_figure bench_figure_functions;

/* NULL-terminated, in the order they are shown. */
extern const bench_figure *const bench_figures[];

/*
 * Makes the problem (in its quick size where the run is quick), races the contestants on it and prints the table
 * unless `silent`. False, with a word, where memory is out.
 */
bool bench_show_race(bench_run *run, const char *figure, bench_problem problem,
                     const bench_contestant *const *contestants, bool silent, bench_results *results);

#endif
