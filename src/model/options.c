/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/options.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/size.h"
#include "base/vector.h"
#include "pass/matrix.h"

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
    if (!given) return GRADUS_OK;
    if (given->size != sizeof *given)
        return GRADUS_ERROR_STRUCT_SIZE; /* its error pointer cannot be trusted */
    *options = *given;
    if (!(given->ridge >= 0.0 && given->ridge <= (double)INFINITY) || isinf(given->ridge))
        return gr_error(given->error, GRADUS_ERROR_OPTION, gr_fault_limit(given->ridge, 0.0),
                        "ridge is %g; it must be finite and >= 0", given->ridge);
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
                        .total_weight = total,
                        .ridge = options->ridge,
                        .intercept = options->intercept != 0};
    return GRADUS_OK;
}

gradus_status gr_model_make(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                            const gr_loss *loss, gr_model *model)
{
    gr_model made;
    gradus_status status = gr_model_begin(X, y, options, &made);
    if (!status) status = check_response(X, y, loss, options->error);
    if (status) return status;
    made.loss = loss;
    *model = made;
    return GRADUS_OK;
}

size_t gr_model_size(const gr_model *model)
{
    return model->X.cols + (model->intercept ? 1 : 0);
}
