/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the solver's room: what the caller is told, in the sign of his own f. */
#ifndef GR_SOLVER_REPORT_H
#define GR_SOLVER_REPORT_H

#include "gradus/solver.h"

void gr_report_fill(const gradus_solver *solver, gradus_report *report);
gradus_report gr_report_empty(void);

/* monitor.c: shows the iterate to the caller */
gradus_status gr_monitor_call(gradus_solver *solver);

#endif
