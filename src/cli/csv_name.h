/* SPDX-License-Identifier: BSD-3-Clause */
/* A name as a field of a CSV file. */
#ifndef GR_CLI_CSV_NAME_H
#define GR_CLI_CSV_NAME_H

#include <stdio.h>

/* In quotes where it holds a comma, a quote or a line end. */
void gr_csv_name_print(FILE *file, const char *name);

#endif
