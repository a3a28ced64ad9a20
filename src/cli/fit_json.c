/* SPDX-License-Identifier: BSD-3-Clause */
/* The answer as one JSON object; jansson writes it and keeps the order of the keys. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/fit.h"
#include "cli/heap.h"

/* JSON has no NaN and no Inf. */
static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count(size_t value)
{
    return json_integer((json_int_t)value);
}

/* JSON is UTF-8, and a header may be anything: outside of UTF-8 every byte above ASCII becomes '?'. */
static json_t *text(const char *given)
{
    json_t *string = json_string(given);
    if (string) return string;
    const size_t bytes = strlen(given) + 1;
    char *ascii = (char *)gr_new(bytes, 1);
    if (ascii) memcpy(ascii, given, bytes);
    for (char *byte = ascii; byte && *byte; byte++) {
        if ((unsigned char)*byte >= 0x80) *byte = '?';
    }
    string = ascii ? json_string(ascii) : NULL;
    gr_delete(ascii);
    return string;
}

/* Each of these gives NULL when memory is out, and json_pack hands that on. */
static json_t *names(const gr_problem *problem)
{
    json_t *array = json_array();
    int failed = 0;
    for (size_t j = 0; array && j < problem->coefficients; j++)
        failed |= json_array_append_new(array, text(problem->names[j]));
    if (!failed) return array;
    json_decref(array);
    return NULL;
}

static json_t *vector(size_t n, const double *values)
{
    json_t *array = json_array();
    int failed = 0;
    for (size_t j = 0; array && j < n; j++) failed |= json_array_append_new(array, number(values[j]));
    if (!failed) return array;
    json_decref(array);
    return NULL;
}

static json_t *certificate(const gr_fit *fit)
{
    const gradus_certificate *c = &fit->certificate;
    if (!fit->has_closed_form) return json_null();
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "backward_error", number(c->backward_error),
                     "orthogonality", number(c->orthogonality), "distance", number(c->distance), "digits",
                     number(c->digits), "condition", number(c->condition), "rank", count(c->rank));
}

static json_t *reference(const gr_problem *problem, const gr_fit *fit)
{
    if (!fit->has_closed_form) return json_null();
    return json_pack("{s:s, s:o, s:o, s:o}", "method", gr_reference_word(fit->facts.method), "theta",
                     vector(problem->coefficients, fit->closed_form), "rank", count(fit->facts.rank),
                     "condition", number(fit->facts.condition));
}

static json_t *whole(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit)
{
    const gradus_report *r = &fit->report;
    char stop[32];
    gr_stop_word(r->stop, sizeof stop, stop);
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:s, s:s, s:b, s:s, s:s, s:s, "
        "s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o}",
        "names", names(problem), "theta", vector(problem->coefficients, fit->theta), "value",
        number(r->value), "gradient_norm", number(r->gradient_norm), "iterations", count(r->iterations),
        "passes", number(r->passes), "stop", stop, "seconds", number(r->seconds), "certificate",
        certificate(fit), "reference", reference(problem, fit), "evaluations", count(r->evaluations), "model",
        gr_fit_model_word(settings), "direction", gr_fit_direction_word(settings), "converged",
        gradus_stop_converged(r->stop), "method", gr_method_word(r->method), "metric",
        gr_metric_word(r->metric), "step", gr_step_word(r->step_rule), "metric_reason",
        text(r->metric_reason), "metric_condition", number(r->condition), "metric_passes",
        number(r->metric_passes), "refinements", count(r->refinements), "batch",
        count((size_t)settings->batch), "order",
        settings->batch > 0 ? json_string(gr_order_word(settings->order)) : json_null(), "seed",
        settings->batch > 0 ? count(settings->seed > 0 ? (size_t)settings->seed : 0) : json_null(), "epochs",
        number(r->epochs), "exact", (int)r->exact, "duality_gap", number(r->duality_gap));
}

gradus_status gr_fit_print_json(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit,
                                gradus_error *error)
{
    json_t *object = whole(settings, problem, fit);
    if (!object) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    /* a write error stays in stdout, where the end of the program looks for it */
    (void)json_dumpf(object, stdout, JSON_REAL_PRECISION(17));
    (void)putchar('\n');
    json_decref(object);
    return GRADUS_OK;
}
