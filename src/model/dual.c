/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fenchel's dual of  1/W sum w_i l(z_i) + sum_j h_j(theta_j),  z = X theta + theta_0,  where h_j holds ridge, lasso and bounds:
 *
 *   maximise  -1/W sum w_i l*(nu_i) - sum_j h_j*(s_j)     with  s = -X'D nu / W  and  sum w_i nu_i = 0.
 *
 * The point is c l'(z), with the largest c <= 1 for which every h_j*(s_j) is finite (with a lasso alone c |s_j| <= lambda_1). The gap
 * is then a sum of terms none of which is below 0, so that no difference of close numbers is taken:
 *
 *   1/W sum w_i (l(z_i) + l*(c nu_i) - c nu_i z_i)  +  sum_j (h_j(theta_j) + h_j*(s_j) - s_j theta_j).
 *
 * The intercept's equation: for least squares, where the columns' means are known, the point is made of r_i - rho with rho the residuals'
 * mean, which fulfils it, and is the gradient at the best intercept; the gap is rho^2/2 more than the one there. Elsewhere the equation
 * holds to what is left of the gradient's entry s, and the bound is that of the problem whose intercept is at most
 * 2 |theta_0| + (2 loss / W)^(1/2) in size: at most |s| times that is added.
 * With several outputs there is an intercept and its equation for each.
 * Rockafellar, Convex Analysis, Princeton 1970, section 31; Kim, Koh, Lustig, Boyd and Gorinevsky, IEEE J. Sel. Top. Signal
 * Process. 1 (2007) 606; Koh, Kim and Boyd, J. Machine Learning Research 8 (2007) 1519.
 */
#include "model/dual.h"

#include <math.h>

#include "model/linear.h"
#include "model/options.h"

/* Where the gap is asked for. */
typedef struct place {
    const gr_model *model;
    const double *theta, *gradient;
    const double *means; /* of the columns; NULL: not known */
} place;

/* rho of an output, 0 where the means are not known */
static double mean_residual(const place *at, size_t output)
{
    const size_t p = gr_model_size(at->model);
    return at->means ? at->gradient[output * p + p - 1] : 0.0;
}

/* Are the coefficients held by something: a ridge, a lasso, a ball without bounds beside it, or bounds on both sides? */
bool gr_model_has_gap(const gr_model *model)
{
    const gr_penalty *h = &model->penalty;
    if (!model->proximal) return false;
    if (h->radius > 0.0) return !h->lower && !h->upper;
    if (model->ridge > 0.0 || h->lasso > 0.0) return true;
    for (size_t j = 0; j < gr_model_penalised(model); j++) {
        if (isinf(gr_penalty_lower(h, j)) || isinf(gr_penalty_upper(h, j))) return false;
    }
    return true;
}

/* s_j of c = 1: minus the gradient of the loss alone */
static double pull(const place *at, size_t j)
{
    const size_t cols = at->model->X.cols, i = gr_penalty_place(&at->model->penalty, j);
    const double s = at->model->ridge * at->theta[i] - at->gradient[i];
    return at->means ? s + mean_residual(at, j / cols) * at->means[j % cols] : s;
}

/* With neither ridge nor ball h_j* is finite for s <= lambda_1 where there is no upper bound, s >= -lambda_1 where no lower. */
static double feasible_share(const place *at)
{
    const gr_model *model = at->model;
    const gr_penalty *h = &model->penalty;
    double c = 1.0;
    if (model->ridge > 0.0 || h->radius > 0.0) return c;
    for (size_t j = 0; j < gr_model_penalised(model); j++) {
        const double s = pull(at, j);
        const bool open = isinf(s > 0.0 ? gr_penalty_upper(h, j) : gr_penalty_lower(h, j));
        if (open && !(c * fabs(s) <= h->lasso)) c = h->lasso / fabs(s);
    }
    return c;
}

/* argmax s t - h_j(t) */
static double best_response(const gr_model *model, size_t j, double s)
{
    const gr_penalty *h = &model->penalty;
    const double low = gr_penalty_lower(h, j), high = gr_penalty_upper(h, j);
    const double free_pull = gr_soft_threshold(s, h->lasso);
    double t = 0.0;
    if (model->ridge > 0.0)
        t = free_pull / model->ridge;
    else if (free_pull > 0.0 || free_pull < 0.0)
        t = free_pull > 0.0 ? high : low;
    if (isinf(t)) t = 0.0; /* s is lambda_1, but for rounding: any t is as good */
    return t < low ? low : (t > high ? high : t);
}

/* h(theta) + h*(s) - s theta = (h(theta) - s theta) - (h(t) - s t), t the best response */
static double column_slack(const gr_model *model, size_t j, double s, double theta)
{
    const gr_penalty *h = &model->penalty;
    const bool rests = !(theta > 0.0 || theta < 0.0) && fabs(s) <= h->lasso;
    if (rests && gr_penalty_lower(h, j) <= 0.0 && gr_penalty_upper(h, j) >= 0.0) return 0.0;
    const double lasso = h->lasso, t = best_response(model, j, s);
    const double here = lasso * fabs(theta) - s * theta, there = lasso * fabs(t) - s * t;
    const double slack = here - there + 0.5 * model->ridge * (theta - t) * (theta + t);
    return slack > 0.0 || isnan(slack) ? slack : 0.0;
}

/* The same for all columns in a ball: h*(s) = a tau - ridge tau^2 / 2 with a = ||soft(s)||, tau = min(radius, a / ridge) */
static double ball_slack(const place *at)
{
    const gr_model *model = at->model;
    const double lasso = model->penalty.lasso;
    double square = 0.0, here = 0.0;
    for (size_t j = 0; j < gr_model_penalised(model); j++) {
        const double s = pull(at, j), excess = gr_soft_threshold(s, lasso);
        const double theta = at->theta[gr_penalty_place(&model->penalty, j)];
        square += excess * excess;
        here += lasso * fabs(theta) - s * theta + 0.5 * model->ridge * theta * theta;
    }
    const double a = sqrt(square);
    const double tau = model->ridge > 0.0 ? fmin(model->penalty.radius, a / model->ridge)
                                          : model->penalty.radius;
    const double slack = here + tau * (a - 0.5 * model->ridge * tau);
    return slack > 0.0 || isnan(slack) ? slack : 0.0;
}

static double intercept_slack(const place *at, double c, double loss)
{
    const gr_model *model = at->model;
    const size_t cols = model->X.cols, p = gr_model_size(model);
    double sum = 0.0;
    for (size_t output = 0; model->intercept && output < gr_model_outputs(model); output++) {
        const double rho = mean_residual(at, output), theta = at->theta[output * p + cols];
        const double s = -c * at->gradient[output * p + cols];
        const double reach = 2.0 * fabs(theta) + sqrt(2.0 * loss / model->total_weight);
        sum += at->means ? 0.5 * rho * rho : fabs(s) * reach - s * theta;
    }
    return sum;
}

/* What the residuals' means make of the loss, which the best intercepts would be without */
static double share_of_means(const place *at)
{
    double sum = 0.0;
    for (size_t output = 0; at->means && output < gr_model_outputs(at->model); output++) {
        const double rho = mean_residual(at, output);
        sum += 0.5 * rho * rho;
    }
    return at->model->total_weight * sum;
}

/* The same of several outputs, where the margins are what the rows lose */
static double outputs_slack(const gr_model *model, const double *losses, double loss, double c)
{
    if (!model->several->slack) return (1.0 - c) * (1.0 - c) * loss;
    const gr_outputs_response response = gr_model_outputs_response(model);
    return model->several->slack(&response, losses, c);
}

/* What the dual point c nu lacks in the rows' terms, times W; no element of X is read. */
static double row_slack(const gr_model *model, gr_workspace *work, const double *margins, double loss,
                        double c)
{
    if (!(c < 1.0)) return 0.0;
    if (model->several) return outputs_slack(model, margins, loss, c);
    if (!model->loss->slack) return (1.0 - c) * (1.0 - c) * loss;
    const gr_slack slack = {gr_model_response(model), c};
    const gr_line line = {margins, margins, gr_response_slack, &slack};
    gr_sums sums;
    double slope;
    gr_pass_line(&work->reader, &line, 0.0, &sums, &slope);
    return sums.loss;
}

double gr_model_gap(const gr_model *model, gr_workspace *work, const double *theta, const double *gradient,
                    const double *margins, double loss, const double *means)
{
    const bool projects = means && model->intercept && gr_model_is_quadratic(model);
    const place at = {.model = model, .theta = theta, .gradient = gradient, .means = projects ? means : NULL};
    const double at_best = fmax(loss - share_of_means(&at), 0.0);
    const double c = feasible_share(&at);
    double gap = intercept_slack(&at, c, loss);
    gap += row_slack(model, work, margins, at_best, c) / model->total_weight;
    if (model->penalty.radius > 0.0) return gap + ball_slack(&at);
    for (size_t j = 0; j < gr_model_penalised(model); j++)
        gap += column_slack(model, j, c * pull(&at, j), theta[gr_penalty_place(&model->penalty, j)]);
    return gap;
}
