/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The smallest lasso at which every penalised coefficient is 0: max |g_j|, g the loss's gradient at 0 with the best intercept, that
 * for which the residuals sum to 0. Their sum grows with the intercept, so that bisection finds it in O(m), and no margin needs X.
 * Friedman, Hastie and Tibshirani, J. Stat. Softw. 33 (2010) 1, section 2.5.
 */
#include <math.h>

#include "base/memory.h"
#include "base/size.h"
#include "model/linear.h"
#include "solver/state.h"

enum { BLOCK = 256, HALVINGS = 1100 };

/* Sum of the residuals where every margin is t */
static double residual_sum(const gr_model *model, double t)
{
    const gr_response response = gr_model_response(model);
    gr_sums sums = {0.0, 0.0, (double)INFINITY};
    double sum = 0.0;
    for (size_t first = 0; first < model->X.rows; first += BLOCK) {
        double margins[BLOCK], part = 0.0;
        const size_t rows = gr_min(BLOCK, model->X.rows - first);
        for (size_t i = 0; i < rows; i++) margins[i] = t;
        gr_response_pointwise(&response, first, rows, margins, &sums);
        for (size_t i = 0; i < rows; i++) part += margins[i];
        sum += part;
    }
    return sum;
}

/* Where the sum changes its sign; as far out as it takes, where one class alone has rows */
static double best_intercept(const gr_model *model)
{
    double low = -1.0, high = 1.0;
    while (residual_sum(model, low) > 0.0 && low > -1e300) low *= 2.0;
    while (residual_sum(model, high) < 0.0 && high < 1e300) high *= 2.0;
    for (int k = 0; k < HALVINGS; k++) {
        const double middle = low + 0.5 * (high - low);
        if (middle <= low || middle >= high) break;
        if (residual_sum(model, middle) > 0.0)
            high = middle;
        else
            low = middle;
    }
    return low + 0.5 * (high - low);
}

gradus_status gradus_lambda_max(const gradus_objective *f, double *lambda)
{
    if (!f || !lambda) return GRADUS_ERROR_NULL;
    if (!gr_objective_is_model(f)) return GRADUS_ERROR_UNSUPPORTED;
    gradus_objective loss = *f;
    loss.negated = loss.model.proximal = false;
    double *memory = gr_allocate_doubles(&f->allocator, 2 * f->size), value, largest = 0.0;
    if (!memory) return GRADUS_ERROR_MEMORY;
    double *theta = memory, *gradient = memory + f->size;
    if (f->model.intercept) theta[f->model.X.cols] = best_intercept(&f->model);
    const gradus_status status = gradus_objective_evaluate(&loss, theta, &value, gradient);
    for (size_t j = 0; j < f->model.X.cols; j++)
        largest = fabs(gradient[j]) <= largest ? largest : fabs(gradient[j]);
    gr_release(&f->allocator, memory);
    if (!status) *lambda = largest;
    return status;
}
