/* SPDX-License-Identifier: BSD-3-Clause */
/* A plain file of numbers, as one vector: the start of a fit. */
#ifndef GR_IO_VECTOR_FILE_H
#define GR_IO_VECTOR_FILE_H

#include "gradus/status.h"

/*
 * Reads numbers separated by commas or line ends, in the order of the file ("-": standard input). When the
 * first field of the file is neither a number nor empty, the first line is a header and is skipped.
 *
 * *vector (free it with gr_release) and *count are written on success alone.
 * Errors: those of gr_csv_read for a field, with line and column counted from 1; a file without a number is
 * GRADUS_ERROR_FILE_FORMAT.
 */
gradus_status gr_vector_read(const char *path, const gradus_allocator *allocator, double **vector,
                             size_t *count, gradus_error *error);

#endif
