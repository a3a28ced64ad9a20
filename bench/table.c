/* SPDX-License-Identifier: BSD-3-Clause */
#include "table.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void bench_table_begin(bench_table *table, const char *const *titles)
{
    table->columns = table->cells = 0;
    for (; titles[table->columns] && table->columns < BENCH_TABLE_COLS; table->columns++)
        bench_table_cell(table, "%s", titles[table->columns]);
}

void bench_table_cell(bench_table *table, const char *format, ...)
{
    if (table->cells >= sizeof table->text / sizeof *table->text) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(table->text[table->cells++], BENCH_CELL, format, arguments);
    va_end(arguments);
}

static bool is_left(const bench_table *table, size_t column)
{
    return table->text[column][0] == '<';
}

/* A cell as it is printed; titles without their mark. */
static const char *cell(const bench_table *table, size_t row, size_t column)
{
    const char *text = table->text[row * table->columns + column];
    return row == 0 && text[0] == '<' ? text + 1 : text;
}

static size_t rows_of(const bench_table *table)
{
    return table->columns > 0 ? table->cells / table->columns : 0;
}

static size_t width(const bench_table *table, size_t column)
{
    size_t widest = 0;
    for (size_t row = 0; row < rows_of(table); row++) {
        const size_t length = strlen(cell(table, row, column));
        if (length > widest) widest = length;
    }
    return widest;
}

static void print_aligned(const bench_table *table)
{
    for (size_t row = 0; row < rows_of(table); row++) {
        for (size_t column = 0; column < table->columns; column++) {
            const int wide = (int)width(table, column);
            const char *text = cell(table, row, column);
            if (column + 1 == table->columns && is_left(table, column))
                printf("  %s", text); /* nothing behind it to align */
            else
                printf("  %*s", is_left(table, column) ? -wide : wide, text);
        }
        printf("\n");
    }
}

static void print_markdown(const bench_table *table)
{
    for (size_t row = 0; row < rows_of(table); row++) {
        for (size_t column = 0; column < table->columns; column++) printf("| %s ", cell(table, row, column));
        printf("|\n");
        if (row > 0) continue;
        for (size_t column = 0; column < table->columns; column++)
            printf(is_left(table, column) ? "|---" : "|---:");
        printf("|\n");
    }
}

void bench_table_print(const bench_table *table, bool markdown)
{
    if (markdown)
        print_markdown(table);
    else
        print_aligned(table);
    printf("\n");
    fflush(stdout);
}
