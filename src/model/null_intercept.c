/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The best intercept where every other coefficient is 0: that for which the residuals sum to 0. Their sum grows with the intercept, so
 * that bisection finds it in O(m), and no margin needs X.
 */
#include <math.h>

#include "base/size.h"
#include "model/linear.h"

enum { BLOCK = 256, HALVINGS = 1100 };

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

double gr_model_null_intercept(const gr_model *model, bool *finite)
{
    double low = -1.0, high = 1.0;
    *finite = true;
    if (!model->intercept) return 0.0;
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
