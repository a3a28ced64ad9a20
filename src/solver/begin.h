/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: a solver up to its first step. */
#ifndef GR_SOLVER_BEGIN_H
#define GR_SOLVER_BEGIN_H

#include "gradus/solver.h"
#include "solver/leap.h"

/* sample.c: as gr_solver_begin, after a sample of the rows was optimised where that is asked for or pays */
gradus_status gr_sample_begin(const gradus_objective *f, gradus_direction direction, const double *theta,
                              const gradus_options *given, gradus_solver **solver);

/* a solver that stands ready for its first step, and has taken over the leap. Where that fails it may be there nevertheless,
 * to be freed, and where the monitor aborted to be reported. */
gradus_status gr_solver_begin(const gradus_objective *f, gradus_direction direction, const double *theta,
                              const gradus_options *given, gr_leaping *leap, gradus_solver **solver);

/* its first half: what the options ask for is known and checked, and nothing was evaluated; `start` must be there. Then the
 * memory of the iteration. */
gradus_status gr_solver_open(const gradus_objective *f, gradus_direction direction, const void *start,
                             const gradus_options *given, gr_leaping *leap, gradus_solver **solver);
gradus_status gr_solver_take_memory(gradus_solver *solver);

/* A solve that is over before its first step: the start, or another lasso's, is evaluated, and the monitor hears of it. */
gradus_status gr_cancelled_before_steps(gradus_solver *solver);

#endif
