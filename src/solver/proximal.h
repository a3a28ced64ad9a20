/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: a lasso and constraints. */
#ifndef GR_SOLVER_PROXIMAL_H
#define GR_SOLVER_PROXIMAL_H

#include <stdbool.h>
#include <stddef.h>

#include "gradus/solver.h"
#include "solver/point.h"

/* A run with a lasso or constraints. Gradients of points are those of loss and ridge. */
typedef struct gr_proximal {
    bool active;
    gr_point ahead;  /* where the step begins: FISTA's y; its value without the penalty */
    double *mapping; /* the gradient mapping of the point measured last */
    double *weights; /* the diagonal of P */
    double *margins; /* of the last evaluation, m doubles */
    bool refused;    /* a step was once too long */
} gr_proximal;

/* the doubles to lend, and their taking into use; the start into the constraints; once the metric is prepared; penalty,
 * gradient mapping and gap of a point that was just evaluated */
bool gr_proximal_doubles(const gradus_solver *solver, size_t *doubles);
void gr_proximal_open(gradus_solver *solver, double *memory);
void gr_proximal_project(gradus_solver *solver);
void gr_proximal_prepare(gradus_solver *solver);
void gr_proximal_measure(gradus_solver *solver, gr_point *point);

#endif
