/* SPDX-License-Identifier: BSD-3-Clause */
/* The peers that are libraries of C; each file is empty where its library was not found. */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include "contestant.h"

/* An evaluation budget for peers that minimise a function: they stop where they reach what is asked, or here. */
enum { BENCH_MOST_EVALUATIONS = 1500 };

extern const bench_contestant bench_gsl_bfgs;
extern const bench_contestant bench_gsl_conjugate;
extern const bench_contestant bench_gsl_steepest;
extern const bench_contestant bench_gsl_multifit;
extern const bench_contestant bench_gsl_tsqr;
extern const bench_contestant bench_nlopt_lbfgs;
extern const bench_contestant bench_liblbfgs;
extern const bench_contestant bench_liblinear;

#endif
