/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest lasso at which every penalised coefficient is 0: max |g_j|, g the loss's gradient at 0 with the best intercept. Friedman,
 * Hastie and Tibshirani, J. Stat. Softw. 33 (2010) 1, section 2.5.
 */
#include <math.h>

#include "base/memory.h"
#include "gradus/solver.h"
#include "model/linear.h"
#include "model/objective.h"
#include "model/options.h"
#include "model/penalty.h"

gradus_status gradus_lambda_max(const gradus_objective *f, double *lambda)
{
    if (!f || !lambda) return GRADUS_ERROR_NULL;
    if (!gr_objective_is_model(f) && !gr_objective_has_outputs(f)) return GRADUS_ERROR_UNSUPPORTED;
    gradus_objective loss = *f;
    loss.negated = loss.model.proximal = false;
    double *memory = gr_allocate_doubles(&f->allocator, 2 * f->size), value, largest = 0.0;
    if (!memory) return GRADUS_ERROR_MEMORY;
    double *theta = memory, *gradient = memory + f->size;
    (void)gr_model_begin_at_nothing(&f->model, theta);
    const gradus_status status = gradus_objective_evaluate(&loss, theta, &value, gradient);
    for (size_t j = 0; j < gr_model_penalised(&f->model); j++) {
        const double pull = fabs(gradient[gr_penalty_place(&f->model.penalty, j)]);
        largest = pull <= largest ? largest : pull;
    }
    gr_release(&f->allocator, memory);
    if (!status) *lambda = largest;
    return status;
}
