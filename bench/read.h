/* SPDX-License-Identifier: BSD-3-Clause */
/* The limits of a gradient pass: a bare read of X, and what everyone writes. */
#ifndef BENCH_READ_H
#define BENCH_READ_H

#include "contestant.h"

extern const bench_contestant bench_read;
extern const bench_contestant bench_read_streams;
extern const bench_contestant bench_dgemv_pair;
extern const bench_contestant bench_dgemm_pair;

#endif
