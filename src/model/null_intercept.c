/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The best intercept where every other coefficient is 0: that for which the residuals sum to 0. Their sum grows with the intercept, so
 * that bisection finds it in O(m), and no margin needs X. Of several responses each has its mean. Of k classes the intercepts are scaled
 * until the rows' probabilities sum to the classes' weights, b_c <- b_c + log(W_c / sum_i w_i p_ic), at once where there is no offset.
 * Darroch and Ratcliff, Ann. Math. Statist. 43 (1972) 1470.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/size.h"
#include "model/linear.h"
#include "model/options.h"

enum { BLOCK = 256, HALVINGS = 1100, SCALINGS = 2000 };

#define FARTHEST 1e300

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

static double null_intercept(const gr_model *model, bool *finite)
{
    double low = -1.0, high = 1.0;
    while (residual_sum(model, low) >= 0.0 && low > -FARTHEST) low *= 2.0;
    while (residual_sum(model, high) <= 0.0 && high < FARTHEST) high *= 2.0;
    *finite = low > -FARTHEST && high < FARTHEST;
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

static double weight_of(const gr_model *model, size_t i)
{
    return model->weights ? model->weights[i] : 1.0;
}

static double offset_of(const gr_model *model, size_t i, size_t c)
{
    return model->offset ? model->offset[c * model->X.rows + i] : 0.0;
}

static void begin_at_means(const gr_model *model, double *intercept, size_t p)
{
    for (size_t c = 0; c < model->outputs; c++) {
        const double *y = model->y + c * model->X.rows;
        double sum = 0.0;
        for (size_t i = 0; i < model->X.rows; i++)
            sum += weight_of(model, i) * (y[i] - offset_of(model, i, c));
        intercept[c * p] = sum / model->total_weight;
    }
}

/* sums[c] = sum_i w_i p_ic at the intercepts; both p apart */
static void add_probabilities(const gr_model *model, const double *intercept, double *sums, size_t p)
{
    const size_t k = model->outputs;
    for (size_t c = 0; c < k; c++) sums[c * p] = 0.0;
    for (size_t i = 0; i < model->X.rows; i++) {
        double most = (double)-INFINITY, total = 0.0;
        for (size_t c = 0; c < k; c++) most = fmax(most, intercept[c * p] + offset_of(model, i, c));
        for (size_t c = 0; c < k; c++) total += exp(intercept[c * p] + offset_of(model, i, c) - most);
        const double share = weight_of(model, i) / total;
        for (size_t c = 0; c < k; c++)
            sums[c * p] += share * exp(intercept[c * p] + offset_of(model, i, c) - most);
    }
}

static double weight_of_class(const gr_model *model, size_t c)
{
    double sum = 0.0;
    for (size_t i = 0; i < model->X.rows; i++) {
        if ((size_t)model->y[i] == c) sum += weight_of(model, i);
    }
    return sum;
}

/* One scaling of the intercepts, with the rows' sums in the place of what they were; by how much the changes differ, for a
 * change of all alike is none */
static double scale_to_classes(const gr_model *model, double *intercept, double *sums, size_t p, bool *finite)
{
    double most = (double)-INFINITY, least = (double)INFINITY;
    add_probabilities(model, intercept, sums, p);
    for (size_t c = 0; c < model->outputs; c++) {
        const double weight = weight_of_class(model, c);
        *finite = *finite && weight > 0.0;
        const double change = weight > 0.0 ? log(weight) - log(fmax(sums[c * p], DBL_MIN)) : 0.0;
        intercept[c * p] = weight > 0.0 ? intercept[c * p] + change : -FARTHEST;
        if (weight > 0.0) most = fmax(most, change), least = fmin(least, change);
        *finite = *finite && isfinite(intercept[c * p]);
    }
    return most - least;
}

/* The coefficients of the first column, which are 0 in the end, serve for the sums. */
static bool begin_at_classes(const gr_model *model, double *theta)
{
    const size_t cols = model->X.cols, p = gr_model_size(model);
    bool finite = true;
    const int scalings = model->offset ? SCALINGS : 1; /* without an offset the first is exact */
    for (int k = 0; k < scalings; k++) {
        if (scale_to_classes(model, theta + cols, theta, p, &finite) <= 4.0 * DBL_EPSILON) break;
    }
    double mean = 0.0;
    for (size_t c = 0; c < model->outputs; c++) {
        theta[c * p] = 0.0;
        mean += theta[c * p + cols] / (double)model->outputs;
    }
    for (size_t c = 0; finite && c < model->outputs; c++) theta[c * p + cols] -= mean;
    return finite;
}

bool gr_model_begin_at_nothing(const gr_model *model, double *theta)
{
    const size_t cols = model->X.cols, p = gr_model_size(model);
    bool finite = true;
    memset(theta, 0, p * gr_model_outputs(model) * sizeof *theta);
    if (!model->intercept) return true;
    if (!model->several)
        theta[cols] = null_intercept(model, &finite);
    else if (model->several->minima)
        finite = begin_at_classes(model, theta);
    else
        begin_at_means(model, theta + cols, p);
    return finite;
}
