/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/exit_status.h"

#include <stdio.h>

gr_exit gr_exit_of(gradus_status status)
{
    switch (status) {
    case GRADUS_OK:
        return GR_EXIT_SUCCESS;
    case GRADUS_ERROR_OPTION:
    case GRADUS_ERROR_STEP_SIZE:
    case GRADUS_ERROR_STEP_TOO_LARGE:
    case GRADUS_ERROR_UNSUPPORTED:
    case GRADUS_ERROR_CHECKPOINT_OPTIONS:
        return GR_EXIT_USAGE;
    case GRADUS_ERROR_MEMORY:
    case GRADUS_ERROR_LAPACK:
    case GRADUS_ERROR_BLAS_INTEGERS:
    case GRADUS_ERROR_ABORTED:
    case GRADUS_ERROR_FILE_WRITE:
        return GR_EXIT_CANNOT;
    default:
        return GR_EXIT_DATA;
    }
}

gr_exit gr_complain(const char *command, gradus_status status, const gr_trouble *trouble)
{
    const char *where = trouble->where ? trouble->where : "";
    (void)fprintf(stderr, "gradus%s%s: %s%s%s\n", command ? " " : "", command ? command : "", where,
                  *where ? ": " : "", trouble->error.sentence);
    return gr_exit_of(status);
}
