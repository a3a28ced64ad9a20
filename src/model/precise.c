/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The gradient of least squares in twice the precision: (X'D(X theta - y) + W lambda theta)/W, where near the optimum two
 * large numbers cancel. Demmel, Hida, Riedy and Li, ACM Trans. Math. Softw. 35 (2009) 28.
 */
#include "base/size.h"
#include "model/linear.h"

gr_pair gr_model_weight(const gr_model *model)
{
    gr_pair total = {0.0, 0.0};
    if (!model->weights) return (gr_pair){model->total_weight, 0.0};
    for (size_t i = 0; i < model->X.rows; i++) total = gr_pair_add(total, (gr_pair){model->weights[i], 0.0});
    return total;
}

/* X'r + W lambda theta, over W, rounded once */
static void finish(const gr_model *model, const gr_precise *precise, double *gradient)
{
    const gr_pair weight = gr_pair_scale(model->ridge, gr_model_weight(model));
    for (size_t j = 0; j < model->X.cols; j++) {
        const gr_pair theta = precise->theta[j];
        gr_pair penalty = gr_pair_scale(weight.high, theta);
        penalty.low += weight.low * theta.high;
        const gr_pair sum = gr_pair_add(precise->gradient[j], penalty);
        gradient[j] = (sum.high + sum.low) / model->total_weight;
    }
    if (model->intercept)
        gradient[model->X.cols] = (precise->residual.high + precise->residual.low) / model->total_weight;
}

bool gr_model_precise_doubles(const gr_model *model, const gr_workspace *work, size_t *doubles)
{
    size_t pass;
    return gr_precise_doubles(&work->reader, &pass) && gr_add(pass, 2 * model->X.cols, doubles);
}

void gr_model_precise_gradient(const gr_model *model, gr_workspace *work, const gr_pair *theta,
                               double *memory, double *gradient)
{
    const size_t n = model->X.cols;
    gr_precise precise = {.theta = theta,
                          .y = model->y,
                          .weights = model->weights,
                          .offset = model->offset,
                          .low = model->low.data ? &model->low : NULL,
                          .gradient = (gr_pair *)memory};
    if (model->intercept) precise.intercept = theta[n];
    gr_pass_precise(&work->reader, &precise, memory + 2 * n);
    finish(model, &precise, gradient);
}
