/* SPDX-License-Identifier: BSD-3-Clause */
/* The points of a picture as a CSV file, for whoever draws with something else. */
#ifndef GR_CLI_POINTS_H
#define GR_CLI_POINTS_H

#include <stdio.h>

#include "gradus/status.h"

/* Prints the points of `context`. */
typedef void gr_points_printer(FILE *file, const void *context);

/* To the file at `path`, which appears when it is complete; to standard output where `path` is NULL. Errors:
 * GRADUS_ERROR_FILE_WRITE, _MEMORY. (Standard output is checked when the program ends.) */
gradus_status gr_points_write(const char *path, gr_points_printer *print, const void *context,
                              gradus_error *error);

#endif
