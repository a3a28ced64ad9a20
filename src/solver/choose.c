/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/error.h"
#include "solver/state.h"

static bool all_automatic(const gradus_options *options)
{
    return options->method == GRADUS_METHOD_AUTOMATIC && options->step.rule == GRADUS_STEP_AUTOMATIC;
}

static const gr_metric *choose_metric(const gradus_solver *solver)
{
    switch (solver->options.metric) {
    case GRADUS_METRIC_IDENTITY:
        return &gr_metric_identity;
    case GRADUS_METRIC_STANDARDIZED:
        return &gr_metric_standardized;
    default:
        return gr_objective_is_model(solver->f) && all_automatic(&solver->options) ? &gr_metric_standardized
                                                                                   : &gr_metric_identity;
    }
}

gradus_status gr_choose(gradus_solver *solver)
{
    solver->metric = choose_metric(solver);
    solver->method = &gr_method_gradient;
    solver->step = solver->options.step.rule == GRADUS_STEP_FIXED ? &gr_step_fixed : &gr_step_backtracking;
    if (solver->metric->needs_model && !gr_objective_is_model(solver->f))
        return gr_error(
            solver->options.error, GRADUS_ERROR_UNSUPPORTED, gr_fault_none(),
            "the metric %s reads the columns of a model, and this objective is a caller's function",
            solver->metric->name);
    return GRADUS_OK;
}
