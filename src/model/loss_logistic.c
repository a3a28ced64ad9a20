/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "model/loss.h"

/*
 * loss = log(1 + exp(z)) - y z,  residual = p - y with p = 1/(1 + exp(-z)),  curvature p(1 - p) <= 1/4.
 *
 * With t = (1 - 2y) z the loss is log(1 + exp(t)) and the residual (1 - 2y)/(1 + exp(-t)), so that no difference of
 * close numbers is taken; only exp of a number <= 0 is computed, so that nothing overflows.
 * Maechler, Accurately computing log(1 - exp(-|a|)), R package Rmpfr, 2012.
 */
static void pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const gr_response *response = (const gr_response *)context;
    const double *y = response->y + first;
    const double *w = response->weights ? response->weights + first : NULL;
    for (size_t i = 0; i < rows; i++) {
        const double weight = w ? w[i] : 1.0;
        const double sign = 1.0 - 2.0 * y[i];
        const double t = sign * margins[i];
        const double e = exp(-fabs(t));
        sums->loss += weight * (log1p(e) + (t > 0.0 ? t : 0.0));
        margins[i] = weight * sign * (t > 0.0 ? 1.0 : e) / (1.0 + e);
        if (weight > 0.0 && !(-t >= sums->separation)) sums->separation = -t;
    }
}

/* p(1 - p) = e/(1 + e)^2 with e = exp(-|z|) */
static void write_curvatures(const void *context, size_t first, size_t rows, const double *margins,
                             double *curvatures)
{
    const gr_response *response = (const gr_response *)context;
    for (size_t i = 0; i < rows; i++) {
        const double e = exp(-fabs(margins[i]));
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        curvatures[i] = weight * e / ((1.0 + e) * (1.0 + e));
    }
}

/*
 * With v = |nu|, the probability of the class that it is not, this is the divergence of Bernoulli(v) from Bernoulli(c v),
 * c v log c + (1 - c v) log((1 - c v)/(1 - v)).
 */
static double slack(const gr_response *response, size_t first, size_t rows, const double *margins, double c)
{
    const double *w = response->weights, *y = response->y + first;
    const double logarithm = c > 0.0 ? c * log(c) : 0.0;
    double sum = 0.0;
    for (size_t i = 0; i < rows; i++) {
        const double odds = exp((1.0 - 2.0 * y[i]) * margins[i]); /* v / (1 - v) */
        const double v = odds > 1.0 ? 1.0 / (1.0 + 1.0 / odds) : odds / (1.0 + odds);
        if (w && !(w[first + i] > 0.0)) continue;
        sum += (w ? w[first + i] : 1.0) * (v * logarithm + (1.0 - c * v) * log1p((1.0 - c) * odds));
    }
    return sum;
}

static int side(double y)
{
    return y > 0.0 ? 1 : -1;
}

const gr_loss gr_loss_logistic = {.name = "logistic",
                                  .pointwise = pointwise,
                                  .curvatures = write_curvatures,
                                  .curvature_bound = 0.25,
                                  .slack = slack,
                                  .check_response = gr_check_labels,
                                  .side = side};
