/* SPDX-License-Identifier: BSD-3-Clause */
/* The life of a problem's numbers. */
#ifndef BENCH_DATA_H
#define BENCH_DATA_H

#include "problem.h"

/* Makes X (seeded: the same on every machine), y, the objective and the judge's facts. False when memory is out. */
bool bench_data_make(const bench_problem *problem, bench_data *data);
void bench_data_free(bench_data *data);

#endif
