/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/watch.h"

#include <stdio.h>
#include <unistd.h>

/* Nothing is drawn for work that is done before the eye would see it; then at most five times a second. */
static const double FIRST_SHOWN = 0.4, BETWEEN_SHOWN = 0.2;

gr_watch gr_watch_begin(const char *trace_path)
{
    return (gr_watch){.trace_path = trace_path, .progress = isatty(STDERR_FILENO) == 1};
}

static void draw(gr_watch *watch, const gradus_progress *progress)
{
    if (progress->seconds < (watch->shown > 0.0 ? watch->shown + BETWEEN_SHOWN : FIRST_SHOWN)) return;
    (void)fprintf(stderr, "\r\033[K%.0f s, iteration %zu: value %.6g, gradient norm %.2e", progress->seconds,
                  progress->iteration, progress->value, progress->gradient_norm);
    (void)fflush(stderr);
    watch->shown = progress->seconds;
}

static gradus_status write_trace(gr_watch *watch, const gradus_progress *progress)
{
    gradus_status status = GRADUS_OK;
    if (progress->iteration == 0)
        status = gr_trace_open(&watch->trace, watch->trace_path, &watch->trace_error);
    return status ? status : gr_trace_write(&watch->trace, progress, &watch->trace_error);
}

static gradus_verdict look(void *context, const gradus_progress *progress)
{
    gr_watch *watch = (gr_watch *)context;
    if (watch->progress) draw(watch, progress);
    if (watch->trace_path) watch->trace_status = write_trace(watch, progress);
    return watch->trace_status ? GRADUS_MONITOR_ABORT : GRADUS_MONITOR_CONTINUE;
}

void gr_watch_install(gr_watch *watch, gradus_options *options)
{
    if (!watch->progress && !watch->trace_path) return;
    options->monitor = look;
    options->monitor_context = watch;
}

gradus_status gr_watch_end(gr_watch *watch)
{
    if (watch->shown > 0.0) (void)fputs("\r\033[K", stderr);
    gradus_error *error = watch->trace_status ? NULL : &watch->trace_error;
    const gradus_status closed = gr_trace_close(&watch->trace, error);
    if (!watch->trace_status) watch->trace_status = closed;
    return watch->trace_status;
}
