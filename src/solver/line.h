/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: trials along the direction. */
#ifndef GR_SOLVER_LINE_H
#define GR_SOLVER_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "gradus/solver.h"
#include "model/linear.h"
#include "solver/point.h"

/*
 * A line search's trials. The first is a full evaluation. It leaves its margins X theta, as the one at the iterate has done,
 * so that for a model any further trial costs O(m); the one that is accepted is then evaluated in full.
 */
typedef struct gr_search {
    double *memory; /* 2 m doubles; NULL where every trial is a full evaluation */
    gr_along along; /* z: the margins at the iterate; q: first those at the full trial */
    bool known;     /* z holds them */
    size_t trials;  /* since the first full one that is finite, that included */
    double first;   /* alpha of the full trial */
    bool on_line;   /* the last trial knows value and slope only */
    double slope;   /* grad phi'd at such a trial */
} gr_search;

/* once before the first step, and before each line search */
gradus_status gr_search_prepare(gradus_solver *solver);
void gr_search_begin(gradus_solver *solver);
/* the full trial becomes the iterate */
void gr_search_accept(gradus_solver *solver);
/* the trial at theta + alpha direction. Sets solver->stop where that is theta itself, bit for bit, where phi is
 * unbounded there, and where the caller cancelled. */
gradus_status gr_try(gradus_solver *solver, double alpha, gr_outcome *outcome);
/* makes the last trial, which is to be accepted, a full evaluation */
gradus_status gr_land(gradus_solver *solver);
/* grad phi'd at the last trial */
double gr_trial_slope(const gradus_solver *solver);
/* from the first trial on, shorter and shorter until one is acceptable */
typedef bool (*gr_acceptable)(const gradus_solver *solver, double alpha);
gradus_status gr_search_shorter(gradus_solver *solver, gr_acceptable acceptable);
/* v'Hv of phi, when phi is a quadratic of known curvature; NaN otherwise */
double gr_curvature_along(gradus_solver *solver, const double *v);
/* is the change of phi from the iterate to the trial so small that it may be rounding? */
bool gr_within_rounding(const gradus_solver *solver);
/* does the trial at theta + alpha direction decrease phi enough? */
bool gr_sufficient(const gradus_solver *solver, double alpha);

#endif
