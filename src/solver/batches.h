/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: runs by batches, and their epochs. */
#ifndef GR_SOLVER_BATCHES_H
#define GR_SOLVER_BATCHES_H

#include <stdbool.h>
#include <stddef.h>

#include "gradus/solver.h"
#include "solver/point.h"

/* A run by batches. */
typedef struct gr_batches {
    bool active;
    bool whole;         /* a batch is all rows */
    size_t size, steps; /* rows of a batch; batches of an epoch */
    size_t *rows;  /* those of the batch at hand, an allocation of its own; NULL where they are consecutive */
    gr_point full; /* where phi was last evaluated on all rows and judged: SVRG's snapshot */
} gr_batches;

/* what the options make of the objective; the doubles to lend it, and their taking into use */
void gr_batches_shape(gradus_solver *solver);
bool gr_batches_doubles(const gradus_solver *solver, int threads, size_t *doubles);
bool gr_batches_open(gradus_solver *solver, double *memory);

/* the start, and the trial, evaluated as is due; what is seen from the new iterate; the end of the run */
gradus_status gr_batches_start(gradus_solver *solver, gr_outcome *outcome);
gradus_status gr_batches_try(gradus_solver *solver, gr_outcome *outcome);
gradus_status gr_batches_look(gradus_solver *solver);
gradus_status gr_batches_settle(gradus_solver *solver);

/* epochs.c: epochs so far; is their budget spent after so many steps? Without batches 0, and never */
double gr_epochs(const gradus_solver *solver);
bool gr_epochs_spent(const gradus_solver *solver, size_t iterations);

#endif
