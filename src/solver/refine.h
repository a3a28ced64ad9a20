/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: the last digits. */
#ifndef GR_SOLVER_REFINE_H
#define GR_SOLVER_REFINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/pair.h"
#include "gradus/solver.h"

/* The answer's last digits: theta as pairs, the gradient in twice the precision. */
typedef struct gr_refinement {
    double *memory; /* NULL: not asked for */
    gr_pair *theta;
    double *pass;              /* the pass's own memory */
    bool active;               /* every step is now one of these */
    size_t steps, still;       /* taken; without progress */
    double least;              /* of the corrections so far */
    gradus_stop_reason reason; /* why the run before it ended */
} gr_refinement;

/* memory, where it was asked for; the turn to it, at the end of a run; one step */
gradus_status gr_refine_prepare(gradus_solver *solver);
void gr_refine_turn(gradus_solver *solver);
gradus_status gr_refine_step(gradus_solver *solver);

#endif
