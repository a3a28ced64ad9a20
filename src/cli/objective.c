/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/objective.h"

#include "base/error.h"

/* -J, to climb. */
static gradus_status make_minus_least_squares(const gradus_matrix *X, const double *y,
                                              const gradus_model_options *options,
                                              gradus_objective **objective)
{
    gradus_objective *cost = NULL;
    gradus_status status = gradus_least_squares(X, y, options, &cost);
    if (status) return status;
    status = gradus_negate(cost, objective);
    gradus_objective_free(cost);
    return status ? gr_error_plain(options->error, status) : GRADUS_OK;
}

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

gradus_status gr_problem_objective(const gr_problem *problem, bool logistic, gradus_direction direction,
                                   double ridge, gradus_objective **objective, gradus_error *error)
{
    const maker descended = logistic ? gradus_logistic : gradus_least_squares;
    const maker climbed = logistic ? gradus_log_likelihood : make_minus_least_squares;
    const maker make = direction == GRADUS_DIRECTION_ASCENT ? climbed : descended;
    const gradus_model_options options = gr_problem_options(problem, ridge, error);
    return make(&problem->X, problem->y, &options, objective);
}

gradus_status gr_travel(const gradus_objective *objective, gradus_direction direction, double *theta,
                        const gradus_options *options, gradus_report *report)
{
    const bool ascent = direction == GRADUS_DIRECTION_ASCENT;
    return (ascent ? gradus_ascend : gradus_descend)(objective, theta, options, report);
}
