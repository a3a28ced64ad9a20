/* SPDX-License-Identifier: BSD-3-Clause */
/* A file that appears under its name only when it is complete. */
#ifndef GR_CLI_REPLACEMENT_H
#define GR_CLI_REPLACEMENT_H

#include <stddef.h>

#include "gradus/status.h"

/* Begin, write to `descriptor`, then either finish or abandon. */
typedef struct gr_replacement {
    char *target;    /* the file itself, where the path is a link to it */
    char *temporary; /* NULL: written in place, as a device or a pipe has to be */
    int descriptor;
} gr_replacement;

/* Creates a file beside the one that `path` is or leads to, be it there yet or not, under a name of its own. Errors:
 * GRADUS_ERROR_FILE_WRITE, _MEMORY. */
gradus_status gr_replacement_begin(const char *path, gr_replacement *replacement, gradus_error *error);

/* All of the bytes, behind those before. Errors: GRADUS_ERROR_FILE_WRITE. */
gradus_status gr_replacement_write(const gr_replacement *replacement, const void *memory, size_t bytes,
                                   gradus_error *error);

/* Gives the file its name, in place of what stood there. Errors: GRADUS_ERROR_FILE_WRITE, and then nothing is left. */
gradus_status gr_replacement_finish(gr_replacement *replacement, gradus_error *error);

/* Leaves what stood at `path` as it was. One that was never begun, all fields 0 but a descriptor of -1, is fine. */
void gr_replacement_abandon(gr_replacement *replacement);

#endif
