/* SPDX-License-Identifier: BSD-3-Clause */
/* What `gradus plot surface` draws: a function of two variables to descend, and minus that to climb. */
#ifndef GR_CLI_LANDSCAPE_H
#define GR_CLI_LANDSCAPE_H

#include "cli/fit.h"
#include "cli/surface.h"

typedef struct gr_landscape {
    gradus_objective *cost, *gain; /* gain = -cost */
    const char *cost_name, *gain_name;
    char title[200], formula[120];
    const char *axis[2]; /* names of the two variables */
    double start[2];
    gr_window window; /* where low > high the path alone says what is drawn */
    bool square;      /* both axes in the same unit */
    bool quadratic;   /* the cost is least squares */
    gr_problem problem;
    double bowl[4], response[2];
} gr_landscape;

/*
 * Both write *landscape, which wants gr_landscape_free whatever is returned, and must not be copied: its objectives
 * borrow from it. Errors: the readers' and makers'; GRADUS_ERROR_OPTION where the model has not two coefficients.
 */
gradus_status gr_landscape_of_surface(const gr_surface *surface, double condition, gr_landscape *landscape,
                                      gradus_error *error);
gradus_status gr_landscape_of_file(const gr_fit_settings *settings, gr_landscape *landscape,
                                   gr_trouble *trouble);

/* An all-zero one is fine. */
void gr_landscape_free(gr_landscape *landscape);

#endif
