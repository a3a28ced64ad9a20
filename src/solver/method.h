/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: what a method is, all that there are, and their direction. */
#ifndef GR_SOLVER_METHOD_H
#define GR_SOLVER_METHOD_H

#include <stdbool.h>
#include <stddef.h>

#include "gradus/solver.h"
#include "solver/point.h"
#include "solver/record.h"

/* A method makes the direction: solver->direction from the gradient, the metric and its own memory. */
typedef struct gr_method {
    gradus_method id;
    const char *name;
    size_t vectors; /* of its own, beyond what every solve has: solver->own */
    bool unit_step; /* its direction has a length: a line search tries 1 first */
    bool exacting;  /* it wants a line search to come near the minimum along the direction */
    void (*direct)(gradus_solver *solver);
    /* remembers an accepted step; NULL without memory */
    void (*learn)(gradus_solver *solver, const gr_point *from, const gr_point *to);
    /* forgets and makes the direction anew, where a line search found no way along it; false when there was nothing to
     * forget; NULL without memory */
    bool (*restart)(gradus_solver *solver);
    /* makes the estimate from a batch, which is at the point, one of less variance; NULL where it is good as it is */
    gradus_status (*reduce)(gradus_solver *solver, const gradus_batch *batch, gr_point *point,
                            gr_outcome *outcome);
    /* takes its own memory into a checkpoint and out of it; NULL without memory */
    void (*remember)(gradus_solver *solver, gr_record *record);
} gr_method;

extern const gr_method gr_method_gradient;
extern const gr_method gr_method_lbfgs;
extern const gr_method gr_method_heavy_ball;
extern const gr_method gr_method_nesterov;
extern const gr_method gr_method_conjugate_gradient;
extern const gr_method gr_method_adam;
extern const gr_method gr_method_svrg;
extern const gr_method gr_method_proximal_gradient;
extern const gr_method gr_method_fista;
extern const gr_method gr_method_coordinate;

/* clip.c: the method's direction, and its new beginning, from the gradient that it is to see */
void gr_direct(gradus_solver *solver);
bool gr_restart(gradus_solver *solver);

/* method_nesterov.c: beta_k of FISTA, and t_(k+1) in solver->inertia */
double gr_next_inertia(gradus_solver *solver);

#endif
