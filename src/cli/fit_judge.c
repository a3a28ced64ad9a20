/* SPDX-License-Identifier: BSD-3-Clause */
/* The closed form by LAPACK, and the certificate. */
#include "cli/fit.h"

void gr_fit_judge(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit)
{
    if (settings->model != GR_FIT_LEAST_SQUARES) return;
    const gradus_model_options options = gr_problem_options(problem, settings->ridge, &fit->no_closed_form);
    gradus_status status = gradus_reference_least_squares(
        &problem->X, problem->y, &options, GRADUS_REFERENCE_AUTOMATIC, fit->closed_form, &fit->facts);
    if (!status)
        status = gradus_certify_least_squares(&problem->X, problem->y, &options, fit->theta,
                                              &fit->certificate);
    fit->has_closed_form = status == GRADUS_OK;
}
