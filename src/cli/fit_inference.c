/* SPDX-License-Identifier: BSD-3-Clause */
/* Standard errors, tests and likelihood of a fit, where it has them. */
#include <math.h>

#include "base/error.h"
#include "base/size.h"
#include "cli/fit.h"
#include "cli/heap.h"
#include "cli/objective.h"
#include "cli/promise.h"
#include "io/number.h"

static bool is_wanted(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit,
                      gradus_error *error)
{
    if (!settings->infer) {
        gr_error(error, GRADUS_OK, gr_fault_none(), "left out: --no-inference");
        return false;
    }
    if (fit->report.stop == GRADUS_STOP_CANCELLED) {
        gr_error(error, GRADUS_OK, gr_fault_none(), "left out: the fit was cancelled");
        return false;
    }
    return settings->infer_always || settings->confidence > 0.0 ||
           gr_fit_affords_qr(problem, "--inference", error);
}

/* The library does not know the names of columns. */
static void name_dependent(const gr_problem *problem, gradus_status status, gradus_error *error)
{
    const gr_fault fault = {error->row, error->column, error->measured, error->limit};
    if (status != GRADUS_ERROR_RANK_DEFICIENT || fault.column >= problem->coefficients) return;
    gr_error(error, status, fault,
             "the columns are linearly dependent: \"%s\" depends on others and has no standard error",
             gr_excerpt_of(problem->names[fault.column]).text);
}

/* The sum of w_i d_i over the rows; of classes -2 log-likelihood, for a fit that meets the labels exactly has likelihood 1. */
static double deviance(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit)
{
    const gr_model_row *model = &gr_models[settings->model];
    const double *theta = fit->theta;
    double sum = 0.0;
    if (model->outputs) return -2.0 * fit->statistics.facts.log_likelihood;
    if (!model->deviance) return (double)NAN;
    for (size_t i = 0; i < problem->X.rows; i++) {
        const double z = gr_predict(problem, theta, i) + (problem->offset ? problem->offset[i] : 0.0);
        const double weight = problem->weights ? problem->weights[i] : 1.0;
        if (weight > 0.0) sum += weight * model->deviance(problem->y[i], z);
    }
    return sum;
}

/* Of one response, or of all classes: the entries from `first` on */
static gradus_status infer_one(const gr_fit_settings *settings, const gr_problem *problem, size_t first,
                               gr_fit *fit, gradus_inference *facts)
{
    gr_fit_statistics *statistics = &fit->statistics;
    gradus_objective *cost = NULL;
    gradus_infer_options options = gradus_infer_options_default();
    options.confidence = settings->confidence;
    options.error = &statistics->why_not;
    gradus_status status = gr_problem_objective(problem, settings->model, GRADUS_DIRECTION_DESCENT,
                                                settings->ridge, &cost, options.error);
    if (!status)
        status = gradus_infer(cost, fit->theta + first, &options, facts, statistics->standard_errors + first,
                              NULL);
    if (status) name_dependent(problem, status, &statistics->why_not);
    gradus_objective_free(cost);
    return status;
}

/* What is said of all responses: their likelihoods multiply; what each has of its own nobody else has. */
static void add_facts(const gradus_inference *one, size_t before, gradus_inference *all)
{
    if (before == 0) {
        *all = *one;
        return;
    }
    all->log_likelihood += one->log_likelihood;
    all->aic += one->aic;
    all->bic += one->bic;
    all->r_squared = all->adjusted_r_squared = all->dispersion = (double)NAN;
}

/* Response by response, as the library goes about several, too; but it says R squared and the residuals' deviation of one alone. */
static gradus_status infer(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit)
{
    gr_fit_statistics *statistics = &fit->statistics;
    gradus_status status = GRADUS_OK;
    statistics->standard_errors = gr_new_doubles(problem->coefficients);
    statistics->each = (gradus_inference *)gr_new(problem->response_count, sizeof *statistics->each);
    if (!statistics->standard_errors || !statistics->each)
        return gr_error_plain(&statistics->why_not, GRADUS_ERROR_MEMORY);
    for (size_t c = 0; c < problem->response_count && !status; c++) {
        const gr_problem alone = gr_problem_response(problem, c);
        status = infer_one(settings, &alone, c * alone.coefficients, fit, &statistics->each[c]);
        if (!status) add_facts(&statistics->each[c], c, &statistics->facts);
    }
    return status;
}

void gr_fit_infer(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit)
{
    gr_fit_statistics *statistics = &fit->statistics;
    if (!is_wanted(settings, problem, fit, &statistics->why_not)) return;
    const gradus_status status = infer(settings, problem, fit);
    statistics->known = status == GRADUS_OK;
    if (!status) statistics->deviance = deviance(settings, problem, fit);
    if (gr_models[settings->model].outputs) statistics->reference = problem->coefficients / problem->outputs;
}

double gr_fit_estimate(const gr_fit *fit, size_t j)
{
    const size_t reference = fit->statistics.reference;
    return reference > 0 ? fit->theta[j] - fit->theta[j % reference] : fit->theta[j];
}

double gr_fit_statistic(const gr_fit *fit, size_t j)
{
    return gr_fit_estimate(fit, j) / fit->statistics.standard_errors[j];
}

double gr_fit_p_value(const gr_fit *fit, size_t j)
{
    return gradus_p_value(&fit->statistics.facts, gr_fit_statistic(fit, j));
}

double gr_fit_lower(const gr_fit *fit, size_t j)
{
    return gr_fit_estimate(fit, j) - fit->statistics.facts.quantile * fit->statistics.standard_errors[j];
}

double gr_fit_upper(const gr_fit *fit, size_t j)
{
    return gr_fit_estimate(fit, j) + fit->statistics.facts.quantile * fit->statistics.standard_errors[j];
}
