/* SPDX-License-Identifier: BSD-3-Clause */
/* LAPACK's three ways of least squares. */
#ifndef BENCH_LAPACK_H
#define BENCH_LAPACK_H

#include "contestant.h"

extern const bench_contestant bench_lapack_dgels;
extern const bench_contestant bench_lapack_dgelsd;
extern const bench_contestant bench_lapack_normal;

#endif
