/* SPDX-License-Identifier: BSD-3-Clause */
/* Value and gradient norm of several runs against what they cost: as a picture, and as points. */
#ifndef GR_CLI_TRACE_PICTURE_H
#define GR_CLI_TRACE_PICTURE_H

#include <stdio.h>

#include "cli/traces.h"

/* Errors: those of gr_picture_finish. */
gradus_status gr_trace_picture_draw(const gr_traces *traces, const char *path, gradus_error *error);

/* The columns run, iteration, passes or evaluations, value, gap, gradient_norm. A gr_points_printer. */
void gr_trace_picture_print(FILE *file, const void *traces);

#endif
