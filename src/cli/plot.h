/* SPDX-License-Identifier: BSD-3-Clause */
/* What the pictures of `gradus plot` share. */
#ifndef GR_CLI_PLOT_H
#define GR_CLI_PLOT_H

#include <stdbool.h>

#include "gradus/status.h"

/* Where a picture or its points go. */
typedef struct gr_plot_target {
    const char *path; /* NULL: --output was not given */
    bool data;        /* --data: the points, not the picture */
} gr_plot_target;

/* Is there something that can be written? Errors: GRADUS_ERROR_OPTION. */
gradus_status gr_plot_check(const gr_plot_target *target, gradus_error *error);

/* Would the output overwrite this file, which is read (NULL: none is)? Errors: GRADUS_ERROR_OPTION. */
gradus_status gr_plot_spare(const gr_plot_target *target, const char *input, gradus_error *error);

#endif
