/* SPDX-License-Identifier: BSD-3-Clause */
/* A picture by gnuplot: a script in, a file out. */
#ifndef GR_CLI_GNUPLOT_H
#define GR_CLI_GNUPLOT_H

#include <stdbool.h>
#include <stdio.h>

#include "gradus/status.h"

/* A picture that is being written. */
typedef struct gr_picture {
    FILE *script; /* gnuplot's commands and data go here; no file is read first, so that nothing is a pipe */
    const char *path;
} gr_picture;

/* Does the name end as a picture does? */
bool gr_picture_is_png(const char *path);
bool gr_picture_is_svg(const char *path);

/*
 * Begins a script with the terminal that the name of the file asks for, `width` x `height` pixels, and the house's
 * colours and lines. Errors: GRADUS_ERROR_FILE_WRITE.
 */
gradus_status gr_picture_begin(const char *path, int width, int height, gr_picture *picture,
                               gradus_error *error);

/* A text as gnuplot's quoted string: printable whatever stands in it, never a command. */
void gr_picture_quote(gr_picture *picture, const char *text);

/*
 * Lets gnuplot run the script and gives the picture its name when it is complete; nothing is left of it otherwise.
 * Closes the script. Errors: GRADUS_ERROR_FILE_WRITE where gnuplot is absent, refuses, or the file cannot be written.
 */
gradus_status gr_picture_finish(gr_picture *picture, gradus_error *error);

/* Closes the script of a picture that is not to be; one with all fields 0 is fine. */
void gr_picture_abandon(gr_picture *picture);

#endif
