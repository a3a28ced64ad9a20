/* SPDX-License-Identifier: BSD-3-Clause */
/* The closed form by LAPACK, and the certificate. */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "cli/fit.h"

static bool is_wanted(const gr_fit_settings *settings, const gr_problem *problem, gradus_error *why_not)
{
    if (settings->model != GR_FIT_LEAST_SQUARES) return false;
    if (!settings->refer) gr_error(why_not, GRADUS_OK, gr_fault_none(), "left out: --no-closed-form");
    if (!settings->refer || settings->refer_always || gr_fit_is_proximal(settings)) return settings->refer;
    return gr_fit_affords_qr(problem, "--closed-form", why_not);
}

/* Of one response, whose coefficients begin at `first` */
static gradus_status judge(const gr_fit_settings *settings, const gr_problem *problem, size_t first,
                           gr_fit *fit, gradus_certificate *certificate)
{
    const gradus_model_options options = gr_problem_options(problem, settings->ridge, &fit->no_closed_form);
    const gradus_status status = gradus_reference_least_squares(
        &problem->X, problem->y, &options, GRADUS_REFERENCE_AUTOMATIC, fit->closed_form + first, &fit->facts);
    if (status) return status;
    return gradus_certify_least_squares(&problem->X, problem->y, &options, fit->theta + first, certificate);
}

/* Of several responses the certificate speaks of the worst; they share condition and rank with their X. */
static void keep_worst(const gradus_certificate *one, gradus_certificate *all)
{
    all->backward_error = fmax(all->backward_error, one->backward_error);
    all->orthogonality = fmax(all->orthogonality, one->orthogonality);
    all->distance = fmax(all->distance, one->distance);
    all->digits = fmin(all->digits, one->digits);
    if (!(one->error_bound > all->error_bound)) return;
    all->error_bound = one->error_bound;
    memcpy(all->bound_reason, one->bound_reason, sizeof all->bound_reason);
}

gradus_status gr_fit_judge(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit)
{
    gradus_status status = GRADUS_OK;
    if (!is_wanted(settings, problem, &fit->no_closed_form)) return GRADUS_OK;
    for (size_t c = 0; c < problem->response_count && !status; c++) {
        const gr_problem alone = gr_problem_response(problem, c);
        gradus_certificate one;
        status = judge(settings, &alone, c * alone.coefficients, fit, &one);
        if (!status && c > 0) keep_worst(&one, &fit->certificate);
        if (!status && c == 0) fit->certificate = one;
    }
    fit->has_closed_form = status == GRADUS_OK;
    return status;
}
