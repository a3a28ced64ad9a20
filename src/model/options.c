/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/options.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"
#include "base/vector.h"
#include "pass/matrix.h"

/* Holland and Welsch, Comm. Statist. A6 (1977) 813 */
static const double default_huber = 1.345;

gradus_model_options gradus_model_options_default(void)
{
    gradus_model_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    return options;
}

gradus_status gr_model_options_read(const gradus_model_options *given, gradus_model_options *options)
{
    *options = gradus_model_options_default();
    options->huber = default_huber;
    if (!given) return GRADUS_OK;
    if (given->size != sizeof *given)
        return GRADUS_ERROR_STRUCT_SIZE; /* its error pointer cannot be trusted */
    *options = *given;
    if (!(given->lasso >= 0.0 && given->lasso <= DBL_MAX))
        return gr_error(given->error, GRADUS_ERROR_OPTION, gr_fault_limit(given->lasso, 0.0),
                        "lasso is %g; it must be finite and >= 0", given->lasso);
    if (!(given->radius >= 0.0 && given->radius <= DBL_MAX))
        return gr_error(given->error, GRADUS_ERROR_OPTION, gr_fault_limit(given->radius, 0.0),
                        "radius is %g; it must be finite and >= 0, 0 for no constraint", given->radius);
    if (!(given->ridge >= 0.0 && given->ridge <= (double)INFINITY) || isinf(given->ridge))
        return gr_error(given->error, GRADUS_ERROR_OPTION, gr_fault_limit(given->ridge, 0.0),
                        "ridge is %g; it must be finite and >= 0", given->ridge);
    if (given->huber == 0.0) options->huber = default_huber;
    if (!(options->huber > 0.0 && options->huber <= DBL_MAX))
        return gr_error(given->error, GRADUS_ERROR_OPTION, gr_fault_limit(given->huber, 0.0),
                        "huber is %g; it must be finite and > 0", given->huber);
    return GRADUS_OK;
}

static gradus_status check_response(const gradus_matrix *X, const double *y, const gr_loss *loss,
                                    gradus_error *error)
{
    const size_t bad = gr_first_not_finite(X->rows, y);
    if (bad < X->rows)
        return gr_error(error, GRADUS_ERROR_RESPONSE_NOT_FINITE, gr_fault_at(bad, GRADUS_NOWHERE, y[bad]),
                        "the response of row %zu is %g", bad, y[bad]);
    return loss->check_response(X->rows, y, error);
}

static gradus_status check_offset(const gradus_matrix *X, const double *offset, gradus_error *error)
{
    const size_t bad = offset ? gr_first_not_finite(X->rows, offset) : X->rows;
    if (bad == X->rows) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_at(bad, GRADUS_NOWHERE, offset[bad]),
                    "the offset of row %zu is %g; it must be finite", bad, offset[bad]);
}

/* b of the model: the loss's bound, or the weighted mean of the curvatures that it expects */
static double bound_of(const gr_model *model)
{
    const gr_loss *loss = model->loss;
    if (!loss->expected) return loss->curvature_bound;
    const gr_response response = {.loss = loss, .y = model->y, .weights = model->weights};
    double mean = 0.0;
    for (size_t i = 0; i < model->X.rows; i++) {
        double curvature;
        loss->expected(&response, i, 1, NULL, &curvature);
        mean += curvature / model->total_weight;
    }
    return mean;
}

/* Checks the weights and adds them up; *total is the number of rows without weights. */
static gradus_status check_weights(const gradus_matrix *X, const double *weights, double *total,
                                   gradus_error *error)
{
    *total = (double)X->rows;
    if (!weights) return GRADUS_OK;
    *total = 0.0;
    for (size_t i = 0; i < X->rows; i++) {
        *total += weights[i];
        if (weights[i] >= 0.0 && *total <= 1.7976931348623157e308) continue;
        return gr_error(error, GRADUS_ERROR_WEIGHT, gr_fault_at(i, GRADUS_NOWHERE, weights[i]),
                        "the weight of row %zu is %g; weights are finite, >= 0 and have a finite sum", i,
                        weights[i]);
    }
    if (*total > 0.0) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_WEIGHT, gr_fault_limit(0.0, 0.0),
                    "all %zu weights are zero; no row is left", X->rows);
}

static gradus_status check_bounds(const gr_penalty *h, size_t n, size_t cols, gradus_error *error)
{
    for (size_t j = 0; j < n; j++) {
        const double low = gr_penalty_lower(h, j), high = gr_penalty_upper(h, j);
        if (low <= high && low <= DBL_MAX && high >= -DBL_MAX) continue;
        gr_fault fault = gr_fault_limit(low, high);
        fault.column = j % cols;
        if (n > cols)
            return gr_error(error, GRADUS_ERROR_OPTION, fault,
                            "the bounds of column %zu and output %zu are %g and %g; lower <= upper is "
                            "needed, and a finite number between",
                            j % cols, j / cols, low, high);
        return gr_error(
            error, GRADUS_ERROR_OPTION, fault,
            "the bounds of column %zu are %g and %g; lower <= upper is needed, and a finite number between",
            j, low, high);
    }
    return GRADUS_OK;
}

/* Is there a point within the bounds and the ball? The one nearest to 0 is. */
static gradus_status check_ball(const gr_penalty *h, size_t n, gradus_error *error)
{
    double square = 0.0;
    if (!(h->radius > 0.0)) return GRADUS_OK;
    for (size_t j = 0; j < n; j++) {
        const double nearest = fmax(gr_penalty_lower(h, j), fmin(gr_penalty_upper(h, j), 0.0));
        square += nearest * nearest;
    }
    if (sqrt(square) <= h->radius) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit(h->radius, sqrt(square)),
                    "radius is %g, but the bounds leave no theta shorter than %g", h->radius, sqrt(square));
}

gradus_status gr_model_make_penalty(const gradus_model_options *options, gr_model *model)
{
    const bool parted = model->intercept && model->outputs > 1;
    const gr_penalty h = {.lasso = options->lasso,
                          .lower = options->lower,
                          .upper = options->upper,
                          .radius = options->radius,
                          .run = parted ? model->X.cols : 0};
    const size_t n = gr_model_penalised(model);
    gradus_status status = check_bounds(&h, n, model->X.cols, options->error);
    if (!status) status = check_ball(&h, n, options->error);
    model->proximal = !status && !gr_penalty_is_nothing(&h, n);
    model->penalty = model->proximal ? h : (gr_penalty){.run = h.run};
    return status;
}

/* L has X's shape, lies in memory as doubles, and is finite. */
static gradus_status check_low(const gradus_matrix *X, const gradus_matrix *low, gradus_error *error)
{
    if (!low) return GRADUS_OK;
    const gradus_status status = gr_matrix_check(low, error);
    if (status) return status;
    if (low->rows != X->rows || low->cols != X->cols || low->element != GRADUS_ELEMENT_DOUBLE)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit((double)low->rows, (double)X->rows),
                        "low is %zu x %zu; it needs X's shape, %zu x %zu, in double", low->rows, low->cols,
                        X->rows, X->cols);
    for (size_t i = 0; i < low->rows; i++) {
        for (size_t j = 0; j < low->cols; j++) {
            const double measured = gr_matrix_at(low, i, j);
            if (isfinite(measured)) continue;
            return gr_error(error, GRADUS_ERROR_DATA_NOT_FINITE, gr_fault_at(i, j, measured),
                            "low[%zu][%zu] is %g; every element must be finite", i, j, measured);
        }
    }
    return GRADUS_OK;
}

gradus_status gr_model_begin(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                             gr_model *model)
{
    double total;
    gradus_status status = gr_matrix_check(X, options->error);
    if (status) return status;
    if (!y)
        return gr_error(options->error, GRADUS_ERROR_NULL, gr_fault_none(), "the response pointer is NULL");
    status = check_weights(X, options->weights, &total, options->error);
    if (status) return status;
    *model = (gr_model){.X = *X,
                        .y = y,
                        .weights = options->weights,
                        .offset = options->offset,
                        .huber = options->huber,
                        .total_weight = total,
                        .ridge = options->ridge,
                        .intercept = options->intercept != 0};
    return GRADUS_OK;
}

gradus_status gr_model_make(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                            const gr_loss *loss, gr_model *model)
{
    gr_model made = {0};
    gradus_status status = gr_model_begin(X, y, options, &made);
    if (!status) status = check_response(X, y, loss, options->error);
    if (!status) status = check_offset(X, options->offset, options->error);
    if (!status) status = check_low(X, options->low, options->error);
    if (status) return status;
    made.loss = loss;
    made.bound = bound_of(&made);
    if (options->low) made.low = *options->low;
    status = gr_model_make_penalty(options, &made);
    if (status) return status;
    *model = made;
    return GRADUS_OK;
}

bool gr_model_is_quadratic(const gr_model *model)
{
    return model->several ? model->several->quadratic : model->loss->quadratic;
}

size_t gr_model_size(const gr_model *model)
{
    return model->X.cols + (model->intercept ? 1 : 0);
}

size_t gr_model_outputs(const gr_model *model)
{
    return model->several ? model->outputs : 1;
}

size_t gr_model_penalised(const gr_model *model)
{
    return model->X.cols * gr_model_outputs(model);
}
