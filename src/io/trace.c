/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/trace.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

static gradus_status write_error(gradus_error *error, int code)
{
    return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(), "cannot be written: %s",
                    code ? strerror(code) : "an earlier write failed");
}

/* Every line is handed over whole: a program that is killed leaves no half of one. */
gradus_status gr_trace_open(gr_trace *trace, const char *path, gradus_error *error)
{
    static const char header[] = "iteration,value,gradient_norm,step,evaluations,passes,exact\n";
    *trace = (gr_trace){.file = fopen(path, "w")};
    if (!trace->file) return write_error(error, errno);
    (void)setvbuf(trace->file, NULL, _IOLBF, BUFSIZ);
    errno = 0;
    if (fputs(header, trace->file) >= 0) {
        trace->whole = sizeof header - 1;
        return GRADUS_OK;
    }
    const gradus_status status = write_error(error, errno);
    (void)gr_trace_close(trace, NULL);
    return status;
}

gradus_status gr_trace_write(gr_trace *trace, const gradus_progress *progress, gradus_error *error)
{
    errno = 0;
    const int written = fprintf(trace->file, "%zu,%.17g,%.17g,%.17g,%zu,%.17g,%zu\n", progress->iteration,
                                progress->value, progress->gradient_norm, progress->step_size,
                                progress->evaluations, progress->passes, progress->exact);
    if (written < 0) return write_error(error, errno);
    trace->whole += written;
    return GRADUS_OK;
}

/* A line that the disk took in part would read back as other numbers. */
static void cut_to_whole_lines(const gr_trace *trace, int descriptor)
{
    if (trace->whole >= 0 && lseek(descriptor, 0, SEEK_END) > trace->whole)
        (void)!ftruncate(descriptor, trace->whole); /* what cannot be cut is a device, and has no lines */
}

gradus_status gr_trace_close(gr_trace *trace, gradus_error *error)
{
    FILE *file = trace->file;
    trace->file = NULL;
    if (!file) return GRADUS_OK;
    const int earlier = ferror(file), copy = earlier ? dup(fileno(file)) : -1;
    errno = 0;
    const int code = fclose(file) == 0 ? 0 : errno;
    if (copy >= 0) {
        cut_to_whole_lines(trace, copy);
        (void)close(copy);
    }
    return code || earlier ? write_error(error, code) : GRADUS_OK;
}
