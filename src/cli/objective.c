/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/objective.h"

#include "base/error.h"

static gradus_status make_cost(const gr_model_row *row, const gr_problem *problem,
                               const gradus_model_options *options, gradus_objective **objective)
{
    if (problem->outputs > 1)
        return row->several(&problem->X, problem->y, problem->outputs, options, objective);
    return row->cost(&problem->X, problem->y, options, objective);
}

/* Minus the cost, to climb. */
static gradus_status make_negated(const gr_model_row *row, const gr_problem *problem,
                                  const gradus_model_options *options, gradus_objective **objective)
{
    gradus_objective *cost = NULL;
    gradus_status status = make_cost(row, problem, options, &cost);
    if (status) return status;
    status = gradus_negate(cost, objective);
    gradus_objective_free(cost);
    return status ? gr_error_plain(options->error, status) : GRADUS_OK;
}

gradus_status gr_problem_objective(const gr_problem *problem, int model, gradus_direction direction,
                                   double ridge, gradus_objective **objective, gradus_error *error)
{
    const gr_model_row *row = &gr_models[model];
    const gradus_model_options options = gr_problem_options(problem, ridge, error);
    if (direction != GRADUS_DIRECTION_ASCENT) return make_cost(row, problem, &options, objective);
    if (row->gain) return row->gain(&problem->X, problem->y, &options, objective);
    return make_negated(row, problem, &options, objective);
}

gradus_status gr_travel(const gradus_objective *objective, gradus_direction direction, double *theta,
                        const gradus_options *options, gradus_report *report)
{
    const bool ascent = direction == GRADUS_DIRECTION_ASCENT;
    return (ascent ? gradus_ascend : gradus_descend)(objective, theta, options, report);
}
