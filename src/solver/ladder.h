/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: from one metric to the next where it fails; and to 0 where the answer vanishes beside the start. */
#ifndef GR_SOLVER_LADDER_H
#define GR_SOLVER_LADDER_H

#include <stdbool.h>

#include "gradus/solver.h"
#include "solver/metric.h"

/* did the sketch not hold after all? Then the next rung, from the iterate at hand */
bool gr_rung_failed(const gradus_solver *solver);
gradus_status gr_climb(gradus_solver *solver);

/* can a run that began with one metric have come to the other? */
bool gr_metric_leads_to(const gr_metric *first, const gr_metric *last);

/* origin.c: is the answer so small beside the start that the run should go on from 0? Then the trial is 0 */
bool gr_origin_is_due(const gradus_solver *solver);
gradus_status gr_origin(gradus_solver *solver);

#endif
