/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: the gradient near the answer. */
#ifndef GR_SOLVER_ANCHOR_H
#define GR_SOLVER_ANCHOR_H

#include <stdbool.h>

#include "base/pair.h"
#include "gradus/solver.h"
#include "solver/point.h"

/* The gradient near the answer: that at an anchor, in twice the precision, and H times the way from there. */
typedef struct gr_anchor {
    double *memory; /* NULL: not needed */
    gr_point at;
    double *delta;
    gr_pair *pair; /* theta for the precise pass */
    double *pass;  /* and that pass's own memory */
    bool active;
} gr_anchor;

/* memory, where it is needed; the iterate becomes the anchor as soon as it is near the answer; an evaluation around it */
gradus_status gr_anchor_prepare(gradus_solver *solver);
void gr_anchor_drop(gradus_solver *solver);
void gr_anchored_evaluate(gradus_solver *solver, gr_point *point, gr_outcome *outcome);

#endif
