/* SPDX-License-Identifier: BSD-3-Clause */
/* A CSV file with a header row, as a table of numbers. */
#ifndef GR_IO_CSV_H
#define GR_IO_CSV_H

#include "gradus/status.h"

/* Names of the columns and rows x columns finite numbers. Made by gr_csv_read, freed by gr_table_free. */
typedef struct gr_table {
    size_t rows, columns; /* both >= 1 */
    char **names;         /* different from each other, none empty; may hold commas, quotes and line ends */
    double *data;         /* row-major: row i, column j at data[i * columns + j] */
    gradus_allocator allocator;
} gr_table;

/*
 * Reads the CSV file at `path` ("-": standard input). *table is written on success alone; on an error nothing
 * is left allocated. Fields are separated by commas and may be quoted; a number is decimal, with a point, and
 * has nothing around it but blanks. Blank lines do not count; a UTF-8 byte order mark and any line end are
 * fine.
 *
 * Errors name line and column, counted from 1 (see io/records.h), besides those of gr_records_read:
 *   GRADUS_ERROR_FILE_FORMAT       an empty file; no row below the header; a header of numbers, with
 *                                  an empty name or one name twice; a row with too few or too many fields
 *                                  (measured: its fields, limit: the header's); an empty field; text
 *   GRADUS_ERROR_DATA_NOT_FINITE   nan, inf, a number that overflows double (measured: that infinity or NaN)
 *   GRADUS_ERROR_MEMORY
 */
gradus_status gr_csv_read(const char *path, const gradus_allocator *allocator, gr_table *table,
                          gradus_error *error);

/* Frees and empties a table; one with all fields 0 is fine, and so is freeing twice. */
void gr_table_free(gr_table *table);

#endif
