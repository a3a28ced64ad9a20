/* SPDX-License-Identifier: BSD-3-Clause */
/* The iterates of a run in two variables. */
#ifndef GR_CLI_PATH_H
#define GR_CLI_PATH_H

#include <stdbool.h>

#include "cli/surface.h"
#include "gradus/solver.h"

/* Where an iterate lies and what the function is there, in the sign of what was descended or climbed. */
typedef struct gr_point {
    double theta[2], value;
} gr_point;

typedef struct gr_path {
    gr_point *points; /* from the start on */
    size_t count, capacity;
    gradus_report report;
} gr_path;

/*
 * Descends or climbs `objective` (of two variables) from `start`. *path is written whatever is returned; free it with
 * gr_path_free. Errors: the library's, and GRADUS_ERROR_MEMORY where there is no room for the iterates.
 */
gradus_status gr_path_walk(const gradus_objective *objective, gradus_direction direction,
                           const double start[2], gradus_options options, gr_path *path);

/* Are the iterates of both the same, bit for bit, and the values each other's mirror image? */
bool gr_path_mirrors(const gr_path *descent, const gr_path *ascent);

void gr_path_free(gr_path *path);

#endif
