/* SPDX-License-Identifier: BSD-3-Clause */
/* The closed form by LAPACK, and the certificate. */
#include "base/error.h"
#include "cli/fit.h"

static bool is_wanted(const gr_fit_settings *settings, const gr_problem *problem, gradus_error *why_not)
{
    if (settings->model != GR_FIT_LEAST_SQUARES) return false;
    if (!settings->refer) gr_error(why_not, GRADUS_OK, gr_fault_none(), "left out: --no-closed-form");
    if (!settings->refer || settings->refer_always || gr_fit_is_proximal(settings)) return settings->refer;
    return gr_fit_affords_qr(problem, "--closed-form", why_not);
}

gradus_status gr_fit_judge(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit)
{
    if (!is_wanted(settings, problem, &fit->no_closed_form)) return GRADUS_OK;
    const gradus_model_options options = gr_problem_options(problem, settings->ridge, &fit->no_closed_form);
    gradus_status status = gradus_reference_least_squares(
        &problem->X, problem->y, &options, GRADUS_REFERENCE_AUTOMATIC, fit->closed_form, &fit->facts);
    if (!status)
        status = gradus_certify_least_squares(&problem->X, problem->y, &options, fit->theta,
                                              &fit->certificate);
    fit->has_closed_form = status == GRADUS_OK;
    return status;
}
