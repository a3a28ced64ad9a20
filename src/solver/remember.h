/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: a run as a checkpoint. */
#ifndef GR_SOLVER_REMEMBER_H
#define GR_SOLVER_REMEMBER_H

#include "gradus/solver.h"
#include "solver/record.h"

/* Everything that a run goes on from; and of a run that has ended, what its report says. A reader has opened the solver with the leap that
 * gr_remember_leap has read. */
void gr_remember(gradus_solver *solver, gr_record *record);

#endif
