/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "base/target.h"
#include "model/loss.h"

/*
 * loss = (z - y)^2 / 2,  residual = z - y,  curvature 1.
 * Legendre, Nouvelles methodes pour la determination des orbites des cometes, 1805.
 */
enum { LANES = 8 }; /* of sums, because an addition waits for the one before it */

/* margins become residuals; the sum of w_i r_i^2 */
GR_FOR_ALL double sum_squares(size_t rows, const double *y, const double *w, double *restrict margins)
{
    double sum[LANES] = {0.0}, rest = 0.0;
    size_t i = 0;
    for (; !w && i + LANES <= rows; i += LANES) {
        for (size_t k = 0; k < LANES; k++) {
            margins[i + k] -= y[i + k];
            sum[k] += margins[i + k] * margins[i + k];
        }
    }
    for (; i < rows; i++) {
        const double r = margins[i] - y[i];
        margins[i] = w ? w[i] * r : r;
        rest += margins[i] * r;
    }
    return (((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]))) + rest;
}

GR_FOR_512 static double sum_squares_512(size_t rows, const double *y, const double *w, double *margins)
{
    return sum_squares(rows, y, w, margins);
}

GR_FOR_256 static double sum_squares_256(size_t rows, const double *y, const double *w, double *margins)
{
    return sum_squares(rows, y, w, margins);
}

static double sum_squares_here(size_t rows, const double *y, const double *w, double *margins)
{
    const gr_target target = gr_target_here();
    if (target == GR_TARGET_512) return sum_squares_512(rows, y, w, margins);
    if (target == GR_TARGET_256) return sum_squares_256(rows, y, w, margins);
    return sum_squares(rows, y, w, margins);
}

static void pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const gr_response *response = (const gr_response *)context;
    const double *w = response->weights ? response->weights + first : NULL;
    sums->loss += 0.5 * sum_squares_here(rows, response->y + first, w, margins);
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
