/* SPDX-License-Identifier: BSD-3-Clause */
/* The sentence that says which metric runs, and why: a clause from each that had a word in it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "solver/metric.h"
#include "solver/state.h"

void gr_because(gradus_solver *solver, const char *format, ...)
{
    const size_t used = strlen(solver->reason), room = sizeof solver->reason;
    va_list arguments;
    va_start(arguments, format);
    if (used > 0 && used + 2 < room) memcpy(solver->reason + used, "; ", 3);
    const size_t at = strlen(solver->reason);
    (void)vsnprintf(solver->reason + at, room - at, format, arguments);
    va_end(arguments);
}
