/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/points.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/replacement.h"

static gradus_status print_to(int descriptor, gr_points_printer *print, const void *context,
                              gradus_error *error)
{
    const int copy = dup(descriptor); /* fclose closes it */
    FILE *file = copy < 0 ? NULL : fdopen(copy, "w");
    int failed = !file;
    if (file) {
        print(file, context);
        const int earlier = ferror(file);
        failed = fclose(file) != 0 || earlier;
    }
    if (!failed) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_FILE_WRITE, gr_fault_none(), "cannot be written: %s",
                    strerror(errno));
}

gradus_status gr_points_write(const char *path, gr_points_printer *print, const void *context,
                              gradus_error *error)
{
    gr_replacement file;
    if (!path) {
        print(stdout, context);
        return GRADUS_OK;
    }
    gradus_status status = gr_replacement_begin(path, &file, error);
    if (status) return status;
    status = print_to(file.descriptor, print, context, error);
    if (!status) return gr_replacement_finish(&file, error);
    gr_replacement_abandon(&file);
    return status;
}
