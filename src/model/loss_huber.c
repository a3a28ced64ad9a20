/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "model/loss.h"

/*
 * With r = z - y:  loss = r^2/2 where |r| <= delta, delta |r| - delta^2/2 beyond;  residual = r, cut off at -delta and delta;
 * curvature 1, 0 beyond, so at most 1. Only an r of at most delta is squared.
 * Huber, Ann. Math. Statist. 35 (1964) 73.
 */
static void pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const gr_response *response = (const gr_response *)context;
    double sum = 0.0; /* of a block: fewer numbers of unequal size are added to each other */
    const double delta = response->huber;
    for (size_t i = 0; i < rows; i++) {
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        const double r = margins[i] - response->y[first + i];
        const double cut = r > delta ? delta : r < -delta ? -delta : r;
        margins[i] = weight > 0.0 ? weight * cut : 0.0;
        if (weight > 0.0) sum += weight * cut * (r - 0.5 * cut);
    }
    sums->loss += sum;
    sums->separation = (double)-INFINITY;
}

static void write_curvatures(const void *context, size_t first, size_t rows, const double *margins,
                             double *curvatures)
{
    const gr_response *response = (const gr_response *)context;
    for (size_t i = 0; i < rows; i++) {
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        curvatures[i] = fabs(margins[i] - response->y[first + i]) <= response->huber ? weight : 0.0;
    }
}

/* loss*(v) = v^2/2 + v y for |v| <= delta; of one row, with nu = r cut off, (1 - c) |nu| (|r| - (1 + c) |nu| / 2) */
static double slack(const gr_response *response, size_t first, size_t rows, const double *margins, double c)
{
    double sum = 0.0;
    for (size_t i = 0; i < rows; i++) {
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        const double r = fabs(margins[i] - response->y[first + i]), cut = fmin(r, response->huber);
        if (weight > 0.0) sum += weight * cut * (r - 0.5 * (1.0 + c) * cut);
    }
    return (1.0 - c) * sum;
}

const gr_loss gr_loss_huber = {.name = "Huber",
                               .pointwise = pointwise,
                               .curvatures = write_curvatures,
                               .curvature_bound = 1.0,
                               .slack = slack,
                               .check_response = gr_check_any};
