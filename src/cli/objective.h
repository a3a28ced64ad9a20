/* SPDX-License-Identifier: BSD-3-Clause */
/* A problem as the function that is descended or climbed. */
#ifndef GR_CLI_OBJECTIVE_H
#define GR_CLI_OBJECTIVE_H

#include "cli/models.h"
#include "cli/problem.h"
#include "gradus/objective.h"
#include "gradus/solver.h"

/*
 * `model` is a gr_fit_model. Descent: its cost, J or the negative log-likelihood. Ascent: -J, or the log-likelihood.
 * Errors: those of the library's makers; the sentence is always written.
 */
gradus_status gr_problem_objective(const gr_problem *problem, int model, gradus_direction direction,
                                   double ridge, gradus_objective **objective, gradus_error *error);

/* Refuses an offset beside a model of which one column of it changes nothing: GRADUS_ERROR_OPTION. gr_problem_objective asks this, too; by
 * itself it can be asked before a file is read. */
gradus_status gr_offset_check(int model, bool offset, gradus_error *error);

/* gradus_ascend or gradus_descend; `report` may be NULL. */
gradus_status gr_travel(const gradus_objective *objective, gradus_direction direction, double *theta,
                        const gradus_options *options, gradus_report *report);

#endif
