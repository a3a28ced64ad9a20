/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus as a contestant. */
#ifndef BENCH_OURS_H
#define BENCH_OURS_H

#include "contestant.h"

extern const bench_contestant bench_ours_gradient;
extern const bench_contestant bench_ours_gradient_one_thread;
extern const bench_contestant bench_ours_gradient_float;
extern const bench_contestant bench_ours_together;
extern const bench_contestant bench_ours_one_by_one;
extern const bench_contestant bench_ours_solve;
extern const bench_contestant bench_ours_path;
extern const bench_contestant bench_ours_path_closer;
extern const bench_contestant bench_ours_solve_one_thread;
extern const bench_contestant bench_ours_sketch;
extern const bench_contestant bench_ours_steps;
extern const bench_contestant bench_ours_steps_compressed;

#endif
