/* SPDX-License-Identifier: BSD-3-Clause */
/* The direction that proves that no finite optimum exists, where a run ended so. */
#include "base/error.h"
#include "cli/fit.h"
#include "cli/heap.h"
#include "cli/objective.h"
#include "cli/problem.h"

static bool is_anything(const double *direction, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        if (direction[j] > 0.0 || direction[j] < 0.0) return true;
    }
    return false;
}

gradus_status gr_fit_separate(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit,
                              gradus_error *error)
{
    gradus_objective *cost = NULL;
    if (fit->report.stop != GRADUS_STOP_SEPARABLE && fit->report.stop != GRADUS_STOP_NO_OPTIMUM)
        return GRADUS_OK;
    fit->direction = gr_new_doubles(problem->coefficients);
    if (!fit->direction) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    gradus_status status = gr_problem_objective(problem, settings->model, GRADUS_DIRECTION_DESCENT,
                                                settings->ridge, &cost, NULL);
    if (!status) status = gradus_separating_direction(cost, fit->theta, fit->direction, &fit->margin);
    fit->has_direction = !status && is_anything(fit->direction, problem->coefficients);
    gradus_objective_free(cost);
    return status == GRADUS_ERROR_MEMORY ? gr_error_plain(error, status) : GRADUS_OK;
}
