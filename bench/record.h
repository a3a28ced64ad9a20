/* SPDX-License-Identifier: BSD-3-Clause */
/* Results as CSV: a line for each contestant of each race; the plots are made of it. */
#ifndef BENCH_RECORD_H
#define BENCH_RECORD_H

#include "race.h"

/* The line of titles. */
void bench_record_begin(bench_run *run);

void bench_record(bench_run *run, const char *figure, const bench_data *data, const bench_result *result);

#endif
