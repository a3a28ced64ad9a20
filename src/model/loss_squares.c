/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "model/loss.h"

/*
 * loss = (z - y)^2 / 2,  residual = z - y,  curvature 1.
 * Legendre, Nouvelles methodes pour la determination des orbites des cometes, 1805.
 */
static void pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const gr_response *response = (const gr_response *)context;
    const double *y = response->y + first, *w = response->weights ? response->weights + first : NULL;
    double sum[8] = {0.0}; /* because an addition waits for the one before it */
    size_t i = 0;
    for (; !w && i + 8 <= rows; i += 8) {
        for (size_t k = 0; k < 8; k++) {
            margins[i + k] -= y[i + k];
            sum[k] += margins[i + k] * margins[i + k];
        }
    }
    for (; i < rows; i++) {
        const double r = margins[i] - y[i];
        margins[i] = w ? w[i] * r : r;
        sum[i % 8] += margins[i] * r;
    }
    sums->loss += 0.5 * (((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])));
    sums->separation = (double)-INFINITY;
}

static void write_curvatures(const void *context, size_t first, size_t rows, const double *margins,
                             double *curvatures)
{
    const gr_response *response = (const gr_response *)context;
    (void)margins;
    for (size_t i = 0; i < rows; i++) curvatures[i] = response->weights ? response->weights[first + i] : 1.0;
}

const gr_loss gr_loss_squares = {.name = "least squares",
                                 .pointwise = pointwise,
                                 .curvatures = write_curvatures,
                                 .curvature_bound = 1.0,
                                 .quadratic = true,
                                 .check_response = gr_check_any};
