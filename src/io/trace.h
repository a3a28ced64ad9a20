/* SPDX-License-Identifier: BSD-3-Clause */
/* The path of a solve as a CSV file: iteration, value, gradient norm and step, and the evaluations
 * and passes so far, with all 17 digits; and 1 where value and gradient norm are of all rows, 0 where of a batch. */
#ifndef GR_IO_TRACE_H
#define GR_IO_TRACE_H

#include <stdio.h>
#include <sys/types.h>

#include "gradus/solver.h"

/* A trace that is being written; all fields 0 when there is none. */
typedef struct gr_trace {
    FILE *file;
    off_t whole; /* bytes of the complete lines */
} gr_trace;

/* Creates or empties the file and writes the header row. Errors: GRADUS_ERROR_FILE_WRITE. */
gradus_status gr_trace_open(gr_trace *trace, const char *path, gradus_error *error);

/* One line for one iteration. Errors: GRADUS_ERROR_FILE_WRITE; the trace still wants to be closed. */
gradus_status gr_trace_write(gr_trace *trace, const gradus_progress *progress, gradus_error *error);

/*
 * Closes the file; a trace that was never opened is fine, and so is closing twice. Errors:
 * GRADUS_ERROR_FILE_WRITE when any byte since gr_trace_open did not reach the file; what a full disk took of a line is then cut
 * off again.
 */
gradus_status gr_trace_close(gr_trace *trace, gradus_error *error);

#endif
