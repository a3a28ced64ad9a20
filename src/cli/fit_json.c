/* SPDX-License-Identifier: BSD-3-Clause */
/* The answer as one JSON object; jansson writes it and keeps the order of the keys. */
#include <stdio.h>

#include "base/error.h"
#include "cli/fit.h"
#include "cli/json_parts.h"
#include "cli/saved_fit.h"

static json_t *certificate(const gr_fit *fit)
{
    const gradus_certificate *c = &fit->certificate;
    if (!fit->has_closed_form) return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "backward_error",
                     gr_json_number(c->backward_error), "orthogonality", gr_json_number(c->orthogonality),
                     "distance", gr_json_number(c->distance), "digits", gr_json_number(c->digits),
                     "condition", gr_json_number(c->condition), "rank", gr_json_count(c->rank), "error_bound",
                     gr_json_number(c->error_bound), "bound_reason", gr_json_text(c->bound_reason));
}

static json_t *reference(const gr_problem *problem, const gr_fit *fit)
{
    if (!fit->has_closed_form) return json_null();
    return json_pack("{s:s, s:o, s:o, s:o}", "method", gr_reference_word(fit->facts.method), "theta",
                     gr_json_vector(problem->coefficients, fit->closed_form), "rank",
                     gr_json_count(fit->facts.rank), "condition", gr_json_number(fit->facts.condition));
}

static json_t *separation(const gr_problem *problem, const gr_fit *fit)
{
    if (!fit->has_direction) return json_pack("{s:n, s:n}", "separating_direction", "margin");
    return json_pack("{s:o, s:o}", "separating_direction",
                     gr_json_vector(problem->coefficients, fit->direction), "margin",
                     gr_json_number(fit->margin));
}

/* The answer and how it was found. */
static json_t *answer(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit)
{
    const gradus_report *r = &fit->report;
    const bool batches = settings->batch > 0;
    char stop[32];
    gr_stop_word(r->stop, sizeof stop, stop);
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:b, s:s, s:s, s:s, "
        "s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, s:o}",
        "names", gr_json_texts(problem->coefficients, problem->names), "theta",
        gr_json_vector(problem->coefficients, fit->theta), "value", gr_json_number(r->value), "gradient_norm",
        gr_json_number(r->gradient_norm), "iterations", gr_json_count(r->iterations), "passes",
        gr_json_number(r->passes), "stop", stop, "seconds", gr_json_number(r->seconds), "certificate",
        certificate(fit), "reference", reference(problem, fit), "evaluations", gr_json_count(r->evaluations),
        "model", gr_fit_model_word(settings), "direction", gr_fit_direction_word(settings), "converged",
        gradus_stop_converged(r->stop), "method", gr_method_word(r->method), "metric",
        gr_metric_word(r->metric), "step", gr_step_word(r->step_rule), "metric_reason",
        gr_json_text(r->metric_reason), "metric_condition", gr_json_number(r->condition), "metric_passes",
        gr_json_number(r->metric_passes), "refinements", gr_json_count(r->refinements), "batch",
        gr_json_count((size_t)settings->batch), "order",
        gr_json_text_or_null(batches ? gr_order_word(settings->order) : NULL), "seed",
        batches ? gr_json_count(settings->seed > 0 ? (size_t)settings->seed : 0) : json_null(), "epochs",
        gr_json_number(r->epochs), "exact", (int)r->exact, "duality_gap", gr_json_number(r->duality_gap),
        "resumed_at", fit->resumed ? gr_json_count(fit->resumed_at) : json_null());
}

/* Nothing is null, one a text, several a list. */
static json_t *names(size_t count, char *const *each)
{
    if (count > 1) return gr_json_texts(count, each);
    return gr_json_text_or_null(count ? each[0] : NULL);
}

/* What has to be known to predict with it, and with which penalties it was made. */
json_t *gr_fit_recipe_json(const gr_fit_settings *settings, const gr_problem *problem, const char *format)
{
    return json_pack(
        "{s:s, s:i, s:o, s:o, s:b, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "format", format,
        "format_version", GR_SAVED_VERSION, "response", names(problem->response_count, problem->responses),
        "columns", gr_json_texts(problem->column_count, problem->columns), "intercept",
        problem->intercept ? 1 : 0, "polynomial", (json_int_t)settings->degree, "offset",
        names(problem->offset_count, problem->offsets), "weights", gr_json_text_or_null(settings->weights),
        "ridge", gr_json_number(settings->ridge), "lasso", gr_json_number(settings->lasso), "lower",
        gr_json_number(settings->lower), "upper", gr_json_number(settings->upper), "radius",
        gr_json_number(settings->radius), "delta",
        settings->model == GR_FIT_HUBER ? gr_json_number(gr_fit_delta(settings)) : json_null(), "outputs",
        gr_json_count(problem->outputs));
}

bool gr_fit_json_add(json_t *object, json_t *part)
{
    const bool added = object && part && json_object_update(object, part) == 0;
    json_decref(part);
    return added;
}

gradus_status gr_fit_print_json(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit,
                                gradus_error *error)
{
    json_t *object = answer(settings, problem, fit);
    bool whole = gr_fit_json_add(object, separation(problem, fit));
    whole = gr_fit_json_add(object, gr_fit_inference_json(problem, fit)) && whole;
    whole = gr_fit_json_add(object, gr_fit_recipe_json(settings, problem, GR_SAVED_FORMAT)) && whole;
    whole = whole && gr_json_print(object);
    json_decref(object);
    return whole ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}
