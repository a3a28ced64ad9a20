/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: along a path of lassos. */
#ifndef GR_SOLVER_PATH_H
#define GR_SOLVER_PATH_H

#include <stdbool.h>

#include "gradus/solver.h"

/* path_gram.c: least squares from one read of X. *done is false, and nothing is written, where that does not apply; memory is all
 * that can go wrong. f is the path's own copy, options are those with
 * defaults filled in. Did the caller set a gradient tolerance? */
gradus_status gr_path_by_gram(gradus_objective *f, const double *lambdas, size_t count,
                              const gradus_options *options, bool asked_for_gradient, double *thetas,
                              gradus_report *reports, bool *done);

/* aim.c: the lasso of its objective has changed; the iterate becomes the start of another solve, by coordinates */
gradus_status gr_solver_aim(gradus_solver *solver);

#endif
