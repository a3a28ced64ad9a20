/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Peers of other languages: an interpreter that holds the same data for the whole race, so that its runs can be
 * interleaved with the others'. It is handed x.bin, y.bin, lambdas.bin (doubles, X by rows) in a folder of its own, then reads lines
 *
 *     METHOD ASKED STEPS ALPHA
 *
 * and answers each with a line `SECONDS EVALUATIONS` (0: not counted) and the file theta.bin, or `absent WORDS`.
 */
#ifndef BENCH_SCRIPT_H
#define BENCH_SCRIPT_H

#include "contestant.h"

typedef struct bench_script bench_script;

/* Runs a method in the language of index 0 (Python) or 1 (R). */
int bench_script_run(int language, const bench_contestant *who, bench_data *data, bench_answer *answer);

/* NULL is fine. */
void bench_script_end(bench_script *script);

extern const bench_contestant bench_numpy_lstsq;
extern const bench_contestant bench_numpy_steps;
extern const bench_contestant bench_sklearn_linear;
extern const bench_contestant bench_sklearn_newton;
extern const bench_contestant bench_sklearn_lbfgs;
extern const bench_contestant bench_sklearn_softmax_lbfgs;
extern const bench_contestant bench_sklearn_softmax_newton;
extern const bench_contestant bench_r_glmnet_softmax;
extern const bench_contestant bench_r_lm;
extern const bench_contestant bench_r_glm;
extern const bench_contestant bench_r_glmnet;
extern const bench_contestant bench_r_glmnet_path;
extern const bench_contestant bench_sklearn_path;

#endif
