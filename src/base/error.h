/* SPDX-License-Identifier: BSD-3-Clause */
/* Errors with measured numbers. */
#ifndef GR_BASE_ERROR_H
#define GR_BASE_ERROR_H

#include "gradus/status.h"

/* Where an error was found and what was measured; begin with gr_fault_none(). */
typedef struct gr_fault {
    size_t row, column;
    double measured, limit;
} gr_fault;

gr_fault gr_fault_none(void);
gr_fault gr_fault_at(size_t row, size_t column, double measured);
gr_fault gr_fault_limit(double measured, double limit);

/* Writes the caller's error (NULL is fine) and returns `status`, so that a check is one line: return gr_error(...). */
gradus_status gr_error(gradus_error *error, gradus_status status, gr_fault fault, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same with the status's own sentence and no numbers. */
gradus_status gr_error_plain(gradus_error *error, gradus_status status);

/* The same for a number that a callback returned; it is also the measured one. */
gradus_status gr_error_callback(gradus_error *error, gradus_status status);

#endif
