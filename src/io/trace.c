/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/trace.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

static gradus_status write_error(gradus_error *error, int code)
{
    return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(), "cannot be written: %s",
                    code ? strerror(code) : "an earlier write failed");
}

gradus_status gr_trace_open(gr_trace *trace, const char *path, gradus_error *error)
{
    trace->file = fopen(path, "w");
    if (!trace->file) return write_error(error, errno);
    if (fputs("iteration,value,gradient_norm,step,evaluations,passes,exact\n", trace->file) >= 0)
        return GRADUS_OK;
    const gradus_status status = write_error(error, errno);
    (void)gr_trace_close(trace, NULL);
    return status;
}

gradus_status gr_trace_write(gr_trace *trace, const gradus_progress *progress, gradus_error *error)
{
    const int written = fprintf(trace->file, "%zu,%.17g,%.17g,%.17g,%zu,%.17g,%zu\n", progress->iteration,
                                progress->value, progress->gradient_norm, progress->step_size,
                                progress->evaluations, progress->passes, progress->exact);
    return written < 0 ? write_error(error, errno) : GRADUS_OK;
}

gradus_status gr_trace_close(gr_trace *trace, gradus_error *error)
{
    FILE *file = trace->file;
    trace->file = NULL;
    if (!file) return GRADUS_OK;
    const int earlier = ferror(file);
    errno = 0;
    if (fclose(file) != 0) return write_error(error, errno);
    return earlier ? write_error(error, 0) : GRADUS_OK;
}
