/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/landscape.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/pretty.h"

static gradus_status make_bowl(double condition, gr_landscape *landscape)
{
    gr_surface_bowl(condition, landscape->bowl);
    const gradus_matrix X = gradus_row_major(2, 2, landscape->bowl, 2);
    landscape->quadratic = true;
    return gradus_least_squares(&X, landscape->response, NULL, &landscape->cost);
}

gradus_status gr_landscape_of_surface(const gr_surface *surface, double condition, gr_landscape *landscape,
                                      gradus_error *error)
{
    *landscape = (gr_landscape){.cost_name = "f", .gain_name = "−f", .axis = {"a", "b"}, .square = true};
    landscape->window = surface->window;
    memcpy(landscape->start, surface->start, sizeof landscape->start);
    (void)snprintf(landscape->title, sizeof landscape->title, "%s", surface->title);
    (void)snprintf(landscape->formula, sizeof landscape->formula, "f(a, b) = %s", surface->formula);
    if (!surface->callback)
        (void)snprintf(landscape->formula, sizeof landscape->formula, "f = %s, K = %g", surface->formula,
                       condition);
    gradus_status status = surface->callback ? gradus_function(2, surface->callback, NULL, &landscape->cost)
                                             : make_bowl(condition, landscape);
    if (!status) status = gradus_negate(landscape->cost, &landscape->gain);
    return status ? gr_error_plain(error, status) : GRADUS_OK;
}

/* The last part of a path. */
static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

static void name_model(const gr_fit_settings *settings, gr_landscape *landscape)
{
    const gr_model_row *model = &gr_models[settings->model];
    landscape->cost_name = model->cost_sign;
    landscape->gain_name = model->gain_sign;
    landscape->quadratic = model->quadratic;
    (void)snprintf(landscape->title, sizeof landscape->title, "%s, %zu rows",
                   gr_pretty_name(file_name(settings->file), 30).text, landscape->problem.X.rows);
    (void)snprintf(landscape->formula, sizeof landscape->formula, "%s%s", model->formula,
                   settings->ridge > 0.0 ? ", with its ridge penalty" : "");
}

static gradus_status check_size(const gr_problem *problem, gradus_error *error)
{
    if (problem->coefficients == 2) return GRADUS_OK;
    return gr_error(
        error, GRADUS_ERROR_OPTION, gr_fault_limit((double)problem->coefficients, 2.0),
        "the model has %zu coefficient%s, and a picture has room for exactly two: one regressor and "
        "the intercept, or two regressors with --no-intercept",
        problem->coefficients, problem->coefficients == 1 ? "" : "s");
}

gradus_status gr_landscape_of_file(const gr_fit_settings *settings, gr_landscape *landscape,
                                   gr_trouble *trouble)
{
    *landscape = (gr_landscape){.window = {{1.0, 1.0}, {0.0, 0.0}}};
    gradus_status status = gr_fit_load(settings, &landscape->problem, trouble);
    if (!status) status = check_size(&landscape->problem, &trouble->error);
    if (!status)
        status = gr_fit_objective(settings, &landscape->problem, GRADUS_DIRECTION_DESCENT, &landscape->cost,
                                  trouble);
    if (!status)
        status = gr_fit_objective(settings, &landscape->problem, GRADUS_DIRECTION_ASCENT, &landscape->gain,
                                  trouble);
    if (status) return status;
    name_model(settings, landscape);
    for (size_t j = 0; j < 2; j++) landscape->axis[j] = landscape->problem.names[j];
    return GRADUS_OK;
}

void gr_landscape_free(gr_landscape *landscape)
{
    gradus_objective_free(landscape->cost);
    gradus_objective_free(landscape->gain);
    gr_problem_free(&landscape->problem);
    *landscape = (gr_landscape){.cost = NULL};
}
