/* SPDX-License-Identifier: BSD-3-Clause */
/* Descent and ascent on one surface, side by side: as a picture, and as points. */
#ifndef GR_CLI_SURFACE_PICTURE_H
#define GR_CLI_SURFACE_PICTURE_H

#include <stdio.h>

#include "cli/contours.h"
#include "cli/landscape.h"

typedef struct gr_surface_picture {
    const gr_landscape *landscape;
    gr_contours contours;
    gr_path descent, ascent;
} gr_surface_picture;

/* Errors: those of gr_picture_finish. */
gradus_status gr_surface_picture_draw(const gr_surface_picture *picture, const char *path,
                                      gradus_error *error);

/* The columns what (surface, descent or ascent), index, both variables by name, value; what is drawn, in full. A
 * gr_points_printer. */
void gr_surface_picture_print(FILE *file, const void *picture);

#endif
