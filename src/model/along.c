/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A linear model on a line: f(theta + alpha d) = 1/W sum w_i loss(z_i + alpha q_i) + lambda/2 ||theta + alpha d||^2 with
 * z = X theta and q = X d, so that a trial of a line search reads no row of X. Two evaluations on the line have left their
 * margins already: no product with X is needed for q.
 * Fan, Chang, Hsieh, Wang and Lin, LIBLINEAR, J. Machine Learning Research 9 (2008) 1871.
 */
#include "model/linear.h"

void gr_model_margins(const gr_model *model, gr_workspace *work, const double *theta, double *z)
{
    gr_product product = {.d = theta, .intercept = gr_model_intercept(model, theta)};
    product.margins = z;
    gr_pass_product(&work->reader, &product, 1);
}

void gr_model_along_begin(const gr_model *model, const double *theta, const double *d, double alpha,
                          gr_along *along)
{
    for (size_t i = 0; i < model->X.rows; i++) along->q[i] = (along->q[i] - along->z[i]) / alpha;
    along->theta_square = gr_model_ridge(model, theta, theta);
    along->mixed = gr_model_ridge(model, theta, d);
    along->d_square = gr_model_ridge(model, d, d);
}

void gr_model_along(const gr_model *model, gr_workspace *work, const gr_along *along, double alpha,
                    double *value, double *slope)
{
    const gr_response response = gr_model_response(model);
    const gr_line line = {along->z, along->q, gr_response_pointwise, &response};
    gr_pass_line(&work->reader, &line, alpha, &work->sums, slope);
    const double penalty = along->theta_square + alpha * (2.0 * along->mixed + alpha * along->d_square);
    *value = work->sums.loss / model->total_weight + 0.5 * penalty;
    *slope = *slope / model->total_weight + along->mixed + alpha * along->d_square;
}
