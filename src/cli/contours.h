/* SPDX-License-Identifier: BSD-3-Clause */
/* A function on a grid of points, and the levels at which its contours are drawn. */
#ifndef GR_CLI_CONTOURS_H
#define GR_CLI_CONTOURS_H

#include "cli/path.h"

enum { GR_GRID = 181, GR_CELLS = GR_GRID * GR_GRID, GR_LEVELS = 12 };

typedef struct gr_contours {
    gr_window window;
    double *values;           /* at column i, row j: values[j * GR_GRID + i]; NaN where it is not finite */
    double levels[GR_LEVELS]; /* not falling */
} gr_contours;

/* The window widened, where need be, to hold start and end of the path with a margin; of the path alone where it is empty. */
gr_window gr_window_around(const gr_window *window, const gr_path *path);

/*
 * Evaluates f on the grid. Level k of L is the quantile ((k + 1)/(L + 1))^2 of the values on the grid: as much area lies
 * between two levels whatever the function is, and less of it near the minimum, which so gets its rings. *contours is
 * written on success; free it with gr_contours_free. Errors: GRADUS_ERROR_MEMORY.
 */
gradus_status gr_contours_make(const gradus_objective *f, const gr_window *window, gr_contours *contours,
                               gradus_error *error);

/* How many levels lie below the value: 0 .. GR_LEVELS, the latter for NaN too. */
int gr_contours_band(const gr_contours *contours, double value);

/* The point of column i or row j. */
double gr_contours_at(const gr_contours *contours, int axis, size_t index);

void gr_contours_free(gr_contours *contours);

#endif
