/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: the caller's options: read, held against one another, and marked. */
#ifndef GR_SOLVER_OPTIONS_H
#define GR_SOLVER_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "gradus/solver.h"

/* the caller's options with defaults, every field checked */
gradus_status gr_options_read(const gradus_options *given, gradus_options *options);
/* are method and step rule to be chosen by the library? */
bool gr_all_automatic(const gradus_options *options);

/* combine.c: refuses what means nothing together, by name */
gradus_status gr_combination_check(const gradus_solver *solver);

/* marks.c: of the options, defaults filled in, as far as a run's bits depend on them */
uint64_t gr_options_mark(const gradus_solver *solver);

#endif
