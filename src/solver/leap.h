/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: the first step, to where a sample of the rows has its optimum. */
#ifndef GR_SOLVER_LEAP_H
#define GR_SOLVER_LEAP_H

#include <stdbool.h>

#include "gradus/solver.h"
#include "solver/record.h"

/* Where a random sample of the rows has its optimum: there goes the first step. */
typedef struct gr_leaping {
    double *memory;  /* NULL where there is none */
    double *hessian; /* the sample's, there */
    double *theta;   /* the optimum */
    double elements; /* of X that were read for it */
    double started;  /* when that began */
    bool found;      /* the sample has an optimum */
    bool waiting;    /* the step there is still to be tried */
    bool taken;      /* the step at hand is this one: too long for a method to learn from */
} gr_leaping;

/* a step to the sample's optimum, unless phi is higher there */
gradus_status gr_leap(gradus_solver *solver);

/* remember.c: of a leap that is still waiting, what a checkpoint needs before the solver is opened */
void gr_remember_leap(gr_leaping *leap, gr_record *record);

#endif
