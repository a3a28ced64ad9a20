/* SPDX-License-Identifier: BSD-3-Clause */
/* A path as one JSON object. */
#include <stdio.h>

#include "base/error.h"
#include "cli/fit_path.h"
#include "cli/json_parts.h"

static json_t *one(const gr_problem *problem, const gr_fit_path *path, size_t k)
{
    const gradus_report *r = &path->reports[k];
    const size_t p = problem->coefficients;
    char stop[32];
    gr_stop_word(r->stop, sizeof stop, stop);
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:o}", "lasso",
                     gr_json_number(path->lambdas[k]), "theta", gr_json_vector(p, path->thetas + k * p),
                     "non_zeros", gr_json_count(gr_fit_path_support(problem, path, k)), "value",
                     gr_json_number(r->value), "gradient_norm", gr_json_number(r->gradient_norm),
                     "duality_gap", gr_json_number(r->duality_gap), "iterations",
                     gr_json_count(r->iterations), "passes", gr_json_number(r->passes), "stop", stop,
                     "converged", gradus_stop_converged(r->stop), "seconds", gr_json_number(r->seconds));
}

static json_t *all(const gr_problem *problem, const gr_fit_path *path)
{
    json_t *array = json_array();
    int failed = 0;
    for (size_t k = 0; array && k < path->count; k++)
        failed |= json_array_append_new(array, one(problem, path, k));
    if (!failed) return array;
    json_decref(array);
    return NULL;
}

gradus_status gr_fit_path_print_json(const gr_fit_settings *settings, const gr_problem *problem,
                                     const gr_fit_path *path, gradus_error *error)
{
    json_t *object = json_pack("{s:o, s:o, s:o, s:s, s:s}", "names",
                               gr_json_texts(problem->coefficients, problem->names), "lasso_max",
                               gr_json_number(path->largest), "path", all(problem, path), "model",
                               gr_fit_model_word(settings), "direction", gr_fit_direction_word(settings));
    const bool whole = gr_fit_json_add(object, gr_fit_recipe_json(settings, problem, "gradus-path")) &&
                       gr_json_print(object);
    json_decref(object);
    return whole ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}
