/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: phi and its gradient. The one place that knows whether f is descended or climbed. */
#ifndef GR_SOLVER_EVALUATE_H
#define GR_SOLVER_EVALUATE_H

#include <stdbool.h>

#include "gradus/solver.h"
#include "solver/point.h"

/* what phi and the size of its derivative say of a point */
gr_outcome gr_classify(const gradus_solver *solver, double value, double derivative);
/* phi, its gradient and norm at point->theta */
gradus_status gr_evaluate(gradus_solver *solver, gr_point *point, gr_outcome *outcome);
/* the same on the rows of a batch */
gradus_status gr_evaluate_batch(gradus_solver *solver, const gradus_batch *batch, gr_point *point,
                                gr_outcome *outcome);
/* phi and gradient at current, read from X once more; they stay as they are where that is cut short, and the run has then ended */
gradus_status gr_evaluate_again(gradus_solver *solver, gr_outcome *outcome);
/* the same at current, and P = H or its bound b X'DX/W + lambda I in the same read, its upper triangle */
gradus_status gr_evaluate_with_hessian(gradus_solver *solver, bool reweighted, double *P,
                                       gr_outcome *outcome);
/* value and slope of the trial at theta + alpha direction, from solver->search.along */
void gr_evaluate_along(gradus_solver *solver, double alpha, gr_outcome *outcome);

/* a quadratic from its value and gradient at an anchor, where point->gradient holds H delta, delta the way from there */
gr_outcome gr_expand(const gradus_solver *solver, const gr_point *anchor, const double *delta,
                     gr_point *point);

/* Is phi a convex quadratic? */
bool gr_convex_quadratic(const gradus_solver *solver);

#endif
