/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

gr_fault gr_fault_none(void)
{
    return (gr_fault){GRADUS_NOWHERE, GRADUS_NOWHERE, (double)NAN, (double)NAN};
}

gr_fault gr_fault_at(size_t row, size_t column, double measured)
{
    return (gr_fault){row, column, measured, (double)NAN};
}

gr_fault gr_fault_limit(double measured, double limit)
{
    return (gr_fault){GRADUS_NOWHERE, GRADUS_NOWHERE, measured, limit};
}

gradus_status gr_error(gradus_error *error, gradus_status status, gr_fault fault, const char *format, ...)
{
    if (!error) return status;
    memset(error, 0, sizeof *error);
    error->row = fault.row;
    error->column = fault.column;
    error->measured = fault.measured;
    error->limit = fault.limit;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->sentence, sizeof error->sentence, format, arguments);
    va_end(arguments);
    return status;
}

gradus_status gr_error_plain(gradus_error *error, gradus_status status)
{
    return gr_error(error, status, gr_fault_none(), "%s", gradus_strerror(status));
}

gradus_status gr_error_callback(gradus_error *error, gradus_status status)
{
    return gr_error(error, status, gr_fault_limit(status, (double)NAN),
                    "the function's callback returned %d, which ends the call", status);
}
