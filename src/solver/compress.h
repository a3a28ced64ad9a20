/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: least squares without its rows. */
#ifndef GR_SOLVER_COMPRESS_H
#define GR_SOLVER_COMPRESS_H

#include <stdbool.h>

#include "gradus/solver.h"
#include "solver/point.h"
#include "solver/record.h"

/*
 * Least squares without its rows: phi(theta) = value + gradient'delta + delta'H delta / 2 around an anchor, with
 * delta = theta - anchor. Exact but for rounding, which a new anchor removes.
 */
typedef struct gr_compressed {
    double *memory;
    bool active;     /* evaluations do not read X */
    double *hessian; /* p x p, both triangles */
    double *delta;
    gr_point anchor;
    double squared_norm; /* of the gradient at the last end of a run, in the metric; 0 before the first */
} gr_compressed;

/* keeps P, and the start as anchor; phi, its gradient and norm at point->theta; and at the end of such a run: evaluates
 * what it found on X, and lets the run go on from there where that is worth it */
gradus_status gr_compress_begin(gradus_solver *solver, const double *P);
void gr_compressed_evaluate(const gradus_solver *solver, gr_point *point, gr_outcome *outcome);
double gr_compressed_curvature(const gradus_solver *solver, const double *v);
gradus_status gr_compress_renew(gradus_solver *solver);
gradus_status gr_compress_settle(gradus_solver *solver);
/* takes the compressed form into a checkpoint and out of it */
void gr_remember_compressed(gradus_solver *solver, gr_record *record);

#endif
