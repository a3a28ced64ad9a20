/* SPDX-License-Identifier: BSD-3-Clause */
/* What the program does at every iteration: the trace file, and a progress line on a terminal. */
#ifndef GR_CLI_WATCH_H
#define GR_CLI_WATCH_H

#include <stdbool.h>

#include "gradus/solver.h"
#include "io/trace.h"

typedef struct gr_watch {
    const char *trace_path; /* NULL: no trace */
    gr_trace trace;
    gradus_status trace_status;
    gradus_error trace_error; /* written when trace_status is not 0 */
    bool progress;            /* standard error is a terminal */
    double shown;             /* seconds at which the line was last drawn; 0: not yet */
} gr_watch;

/* `trace_path` may be NULL. The file is created with the first iterate, so that refused input leaves none. */
gr_watch gr_watch_begin(const char *trace_path);

/* Sets the monitor of the options, where there is something to do. */
void gr_watch_install(gr_watch *watch, gradus_options *options);

/* Erases the line and closes the trace. Returns trace_status: the first error of the trace file. */
gradus_status gr_watch_end(gr_watch *watch);

#endif
