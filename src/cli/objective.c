/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/objective.h"

#include "base/error.h"

/* Minus the cost, to climb. */
static gradus_status make_negated(gr_model_maker *make, const gr_problem *problem,
                                  const gradus_model_options *options, gradus_objective **objective)
{
    gradus_objective *cost = NULL;
    gradus_status status = make(&problem->X, problem->y, options, &cost);
    if (status) return status;
    status = gradus_negate(cost, objective);
    gradus_objective_free(cost);
    return status ? gr_error_plain(options->error, status) : GRADUS_OK;
}

gradus_status gr_offset_check(int model, bool offset, gradus_error *error)
{
    if (!offset || !gr_models[model].outputs) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "an offset of one column adds the same to every class, which changes nothing: "
                    "--offset does not go with --model %s",
                    gr_models[model].word);
}

gradus_status gr_problem_objective(const gr_problem *problem, int model, gradus_direction direction,
                                   double ridge, gradus_objective **objective, gradus_error *error)
{
    const gr_model_row *row = &gr_models[model];
    const gradus_model_options options = gr_problem_options(problem, ridge, error);
    const gradus_status status = gr_offset_check(model, problem->offset != NULL, error);
    if (status) return status;
    if (direction != GRADUS_DIRECTION_ASCENT) return row->cost(&problem->X, problem->y, &options, objective);
    if (row->gain) return row->gain(&problem->X, problem->y, &options, objective);
    return make_negated(row->cost, problem, &options, objective);
}

gradus_status gr_travel(const gradus_objective *objective, gradus_direction direction, double *theta,
                        const gradus_options *options, gradus_report *report)
{
    const bool ascent = direction == GRADUS_DIRECTION_ASCENT;
    return (ascent ? gradus_ascend : gradus_descend)(objective, theta, options, report);
}
