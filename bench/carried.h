/* SPDX-License-Identifier: BSD-3-Clause */
/* The data sets that the repository carries. */
#ifndef BENCH_CARRIED_H
#define BENCH_CARRIED_H

#include "problem.h"

/* Allocates x, y and point of data and fills x and y from the problem's set: a row of titles, then m rows of n numbers and a label,
 * m and n as the problem says. False where the file is not that, or memory is out. */
bool bench_read_carried(bench_data *data);

#endif
