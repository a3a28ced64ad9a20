/* SPDX-License-Identifier: BSD-3-Clause */
/* The words that table and JSON share. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/fit.h"

bool gr_fit_is_proximal(const gr_fit_settings *settings)
{
    return settings->path > 0 || settings->lasso > 0.0 || settings->radius > 0.0 ||
           isfinite(settings->lower) || isfinite(settings->upper);
}

double gr_fit_delta(const gr_fit_settings *settings)
{
    return settings->delta > 0.0 ? settings->delta : 1.345; /* the library's own */
}

const char *gr_fit_file_word(const gr_fit_settings *settings)
{
    return settings->file && strcmp(settings->file, "-") == 0 ? "standard input" : settings->file;
}

const char *gr_fit_model_word(const gr_fit_settings *settings)
{
    return gr_models[settings->model].word;
}

const char *gr_fit_direction_word(const gr_fit_settings *settings)
{
    return settings->direction == GRADUS_DIRECTION_ASCENT ? "ascent" : "descent";
}

static const char *stop_name(gradus_stop_reason reason)
{
    switch ((int)reason) {
#define NAME(name, value, converged, sentence)                                                               \
    case value:                                                                                              \
        return #name;
        GRADUS_STOP_LIST(NAME)
#undef NAME
    default:
        return "unknown";
    }
}

void gr_stop_word(gradus_stop_reason reason, size_t size, char *word)
{
    (void)snprintf(word, size, "%s", stop_name(reason));
    for (; *word; word++) *word = (char)tolower((unsigned char)*word);
}

const char *gr_method_word(gradus_method method)
{
    switch (method) {
    case GRADUS_METHOD_GRADIENT:
        return "gradient";
    case GRADUS_METHOD_LBFGS:
        return "l-bfgs";
    case GRADUS_METHOD_HEAVY_BALL:
        return "heavy-ball";
    case GRADUS_METHOD_NESTEROV:
        return "nesterov";
    case GRADUS_METHOD_CONJUGATE_GRADIENT:
        return "conjugate-gradient";
    case GRADUS_METHOD_ADAM:
        return "adam";
    case GRADUS_METHOD_SVRG:
        return "svrg";
    case GRADUS_METHOD_COORDINATE:
        return "coordinate";
    default:
        return "automatic";
    }
}

const char *gr_metric_word(gradus_metric metric)
{
    switch (metric) {
    case GRADUS_METRIC_IDENTITY:
        return "identity";
    case GRADUS_METRIC_STANDARDIZED:
        return "standardized";
    case GRADUS_METRIC_GRAM:
        return "gram";
    case GRADUS_METRIC_SKETCH:
        return "sketch";
    case GRADUS_METRIC_DIAGONAL:
        return "diagonal";
    case GRADUS_METRIC_SAMPLED_GRAM:
        return "sampled-gram";
    case GRADUS_METRIC_HESSIAN:
        return "hessian";
    case GRADUS_METRIC_QR:
        return "qr";
    case GRADUS_METRIC_SAMPLED_HESSIAN:
        return "sampled-hessian";
    default:
        return "automatic";
    }
}

const char *gr_step_word(gradus_step_rule rule)
{
    switch (rule) {
    case GRADUS_STEP_FIXED:
        return "fixed";
    case GRADUS_STEP_BACKTRACKING:
        return "backtracking";
    case GRADUS_STEP_WOLFE:
        return "wolfe";
    case GRADUS_STEP_EXACT:
        return "exact";
    case GRADUS_STEP_BARZILAI_BORWEIN:
        return "barzilai-borwein";
    case GRADUS_STEP_INVERSE_TIME:
        return "inverse-time";
    case GRADUS_STEP_INVERSE_SQUARE_ROOT:
        return "inverse-square-root";
    case GRADUS_STEP_COSINE:
        return "cosine";
    case GRADUS_STEP_DECAY:
        return "decay";
    default:
        return "automatic";
    }
}

const char *gr_order_word(int order)
{
    if (order == GRADUS_ORDER_REPLACEMENT) return "replacement";
    return order == GRADUS_ORDER_CONSECUTIVE ? "consecutive" : "shuffled";
}

const char *gr_reference_word(gradus_reference method)
{
    switch (method) {
    case GRADUS_REFERENCE_QR:
        return "QR";
    case GRADUS_REFERENCE_SVD:
        return "SVD";
    case GRADUS_REFERENCE_CHOLESKY:
        return "Cholesky";
    default:
        return "automatic";
    }
}
