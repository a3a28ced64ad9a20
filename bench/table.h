/* SPDX-License-Identifier: BSD-3-Clause */
/* Tables of text: aligned for eyes, or as Markdown for the documents. */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum { BENCH_TABLE_ROWS = 64, BENCH_TABLE_COLS = 10, BENCH_CELL = 112 };

typedef struct bench_table {
    size_t columns, cells; /* the titles are the first row's cells */
    char text[(size_t)BENCH_TABLE_ROWS * BENCH_TABLE_COLS][BENCH_CELL];
} bench_table;

/* titles ends with NULL. A title that begins with '<' makes a left-aligned column. */
void bench_table_begin(bench_table *table, const char *const *titles);

/* The next cell, row by row. */
void bench_table_cell(bench_table *table, const char *format, ...) __attribute__((format(printf, 2, 3)));

void bench_table_print(const bench_table *table, bool markdown);

#endif
