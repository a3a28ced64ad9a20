/* SPDX-License-Identifier: BSD-3-Clause */
/* The file that a fit goes on from, however the program that wrote it has ended. */
#ifndef GR_CLI_CHECKPOINT_H
#define GR_CLI_CHECKPOINT_H

#include <stdbool.h>

#include "gradus/solver.h"

typedef struct gr_checkpoint {
    const char *path;
    double every;          /* seconds between two saves; 0: after every step */
    double saved;          /* when the last one was */
    unsigned char *memory; /* for the next, its room below */
    size_t room;
    bool resumed; /* the file was there, and held a run after so many steps: */
    size_t resumed_at;
} gr_checkpoint;

gr_checkpoint gr_checkpoint_begin(const char *path, double every);

/*
 * The solver that the file holds; a new one from theta where there is no file.
 * Errors: those of gradus_solver_load and gradus_solver_create; GRADUS_ERROR_FILE_READ, _MEMORY.
 */
gradus_status gr_checkpoint_open(gr_checkpoint *checkpoint, const gradus_objective *f,
                                 gradus_direction direction, const double *theta,
                                 const gradus_options *options, gradus_solver **solver);

/* Does the status speak of the file? */
bool gr_checkpoint_is_blamed(gradus_status status);

/* Is it time again? */
bool gr_checkpoint_is_due(const gr_checkpoint *checkpoint);

/* The file appears under its name when it is complete and on the disk. Errors: GRADUS_ERROR_FILE_WRITE, _MEMORY. */
gradus_status gr_checkpoint_save(gr_checkpoint *checkpoint, gradus_solver *solver, gradus_error *error);

void gr_checkpoint_end(gr_checkpoint *checkpoint);

#endif
