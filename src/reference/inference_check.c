/* SPDX-License-Identifier: BSD-3-Clause */
#include "reference/inference_check.h"

#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/vector.h"
#include "model/linear.h"
#include "model/recession.h"

gradus_status gr_infer_check(const gradus_objective *f, const double *theta, gradus_error *error)
{
    const gr_model *model = &f->model;
    if (model->ridge > 0.0)
        return gr_error(error, GRADUS_ERROR_PENALISED, gr_fault_limit(model->ridge, 0.0),
                        "the ridge is %g; its estimates are biased, and these standard errors would not hold",
                        model->ridge);
    if (model->proximal && model->penalty.lasso > 0.0)
        return gr_error(error, GRADUS_ERROR_PENALISED, gr_fault_limit(model->penalty.lasso, 0.0),
                        "the lasso is %g; its estimates are biased, and these standard errors would not hold",
                        model->penalty.lasso);
    if (model->proximal)
        return gr_error(error, GRADUS_ERROR_PENALISED, gr_fault_none(),
                        "constraints hold theta; these standard errors would not hold");
    const size_t bad = gr_first_not_finite(f->size, theta);
    if (bad == f->size) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_START_NOT_FINITE, gr_fault_at(bad, GRADUS_NOWHERE, theta[bad]),
                    "entry %zu of theta is %g", bad, theta[bad]);
}

gradus_status gr_infer_refuse_infinite(const gradus_objective *f, gr_workspace *work, const double *theta,
                                       const gradus_allocator *allocator, gradus_error *error)
{
    if (gr_objective_separated(f, work))
        return gr_error(error, GRADUS_ERROR_NOT_OPTIMUM, gr_fault_none(),
                        "theta separates the classes without error: there is no finite optimum");
    const size_t doubles = gr_recession_doubles(f);
    if (doubles == 0) return GRADUS_OK;
    double *direction = gr_allocate_doubles(allocator, doubles + f->size);
    if (!direction) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    const bool recedes = gr_recession(f, work, direction + f->size, theta, direction);
    gr_release(allocator, direction);
    if (!recedes) return GRADUS_OK;
    return gr_error(
        error, GRADUS_ERROR_NOT_OPTIMUM, gr_fault_none(),
        "along some direction the loss falls for ever, and never rises: there is no finite optimum");
}

gradus_status gr_infer_not_optimum(double step, double limit, gradus_error *error)
{
    return gr_error(error, GRADUS_ERROR_NOT_OPTIMUM, gr_fault_limit(step, limit),
                    "theta is no optimum: a step of Newton's would move the fit by %.3g, more than %.3g",
                    step, limit);
}

void gr_infer_likelihood(gradus_inference *out, double log_likelihood, double count, double total_weight)
{
    out->log_likelihood = log_likelihood;
    out->aic = 2.0 * count - 2.0 * log_likelihood;
    out->bic = count * log(total_weight) - 2.0 * log_likelihood;
}
