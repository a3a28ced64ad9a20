/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: one iteration. */
#ifndef GR_SOLVER_ITERATE_H
#define GR_SOLVER_ITERATE_H

#include "gradus/solver.h"

/* one iteration of a run that has not ended */
gradus_status gr_iterate(gradus_solver *solver);
/* makes the direction, and looks whether that is the end; a run that has ended answers for it, and may go on */
gradus_status gr_look_around(gradus_solver *solver);
gradus_status gr_settle(gradus_solver *solver);

#endif
