/* SPDX-License-Identifier: BSD-3-Clause */
/* The statistics of a fit as the keys `inference` and `no_inference`. */
#include <math.h>

#include "cli/fit.h"
#include "cli/heap.h"
#include "cli/json_parts.h"

/* made(j) for every coefficient; NULL when memory is out. */
static json_t *each(const gr_problem *problem, const gr_fit *fit, double (*made)(const gr_fit *fit, size_t j))
{
    const size_t p = problem->coefficients;
    double *values = gr_new_doubles(p);
    if (!values) return NULL;
    for (size_t j = 0; j < p; j++) values[j] = made(fit, j);
    json_t *array = gr_json_vector(p, values);
    gr_delete(values);
    return array;
}

/* made(facts) of the only response, or a list of those of all */
static json_t *of_responses(const gr_problem *problem, const gr_fit *fit,
                            double (*made)(const gradus_inference *facts))
{
    const size_t count = problem->response_count;
    if (count == 1) return gr_json_number(made(&fit->statistics.facts));
    double *values = gr_new_doubles(count);
    if (!values) return NULL;
    for (size_t c = 0; c < count; c++) values[c] = made(&fit->statistics.each[c]);
    json_t *array = gr_json_vector(count, values);
    gr_delete(values);
    return array;
}

static double residual_standard_error(const gradus_inference *facts)
{
    return facts->student ? sqrt(facts->dispersion) : (double)NAN;
}

static double r_squared(const gradus_inference *facts)
{
    return facts->r_squared;
}

static double adjusted_r_squared(const gradus_inference *facts)
{
    return facts->adjusted_r_squared;
}

static json_t *inference(const gr_problem *problem, const gr_fit *fit)
{
    const gradus_inference *facts = &fit->statistics.facts;
    if (!fit->statistics.known) return json_null();
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "statistic", facts->student ? "t" : "z", "reference_class",
        fit->statistics.reference > 0 ? gr_json_count(0) : json_null(), "estimates",
        each(problem, fit, gr_fit_estimate), "standard_errors",
        gr_json_vector(problem->coefficients, fit->statistics.standard_errors), "statistics",
        each(problem, fit, gr_fit_statistic), "p_values", each(problem, fit, gr_fit_p_value), "confidence",
        gr_json_number(facts->confidence), "lower", each(problem, fit, gr_fit_lower), "upper",
        each(problem, fit, gr_fit_upper), "degrees_of_freedom", gr_json_number(facts->degrees_of_freedom),
        "residual_standard_error", of_responses(problem, fit, residual_standard_error), "r_squared",
        of_responses(problem, fit, r_squared), "adjusted_r_squared",
        of_responses(problem, fit, adjusted_r_squared), "deviance", gr_json_number(fit->statistics.deviance),
        "log_likelihood", gr_json_number(facts->log_likelihood), "aic", gr_json_number(facts->aic), "bic",
        gr_json_number(facts->bic), "condition", gr_json_number(facts->condition));
}

json_t *gr_fit_inference_json(const gr_problem *problem, const gr_fit *fit)
{
    const gr_fit_statistics *statistics = &fit->statistics;
    return json_pack("{s:o, s:o}", "inference", inference(problem, fit), "no_inference",
                     gr_json_text_or_null(statistics->known ? NULL : statistics->why_not.sentence));
}
