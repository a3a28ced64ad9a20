/* SPDX-License-Identifier: BSD-3-Clause */
/* Random problems with prescribed singular values; the same numbers for the same problem. */
#ifndef BENCH_GENERATE_H
#define BENCH_GENERATE_H

#include "problem.h"

/* A uniform number in [-1, 1), a pure function of stream and counter. */
double bench_uniform(uint64_t stream, uint64_t counter);

/* Allocates and fills x, y, x_single and step of data. False when memory is out. */
bool bench_generate(bench_data *data);

#endif
