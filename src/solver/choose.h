/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: metric, method and step rule that go together. */
#ifndef GR_SOLVER_CHOOSE_H
#define GR_SOLVER_CHOOSE_H

#include <stddef.h>

#include "gradus/solver.h"

/* first the metric, from the options and the objective; once it is prepared, and may have given way to another,
 * the method and the step rule that go with it */
gradus_status gr_choose_metric(gradus_solver *solver);
void gr_choose_travel(gradus_solver *solver);
size_t gr_choose_vectors(const gradus_solver *solver);

#endif
