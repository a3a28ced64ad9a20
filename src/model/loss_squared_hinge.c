/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "model/loss.h"

/*
 * With s = 2y - 1 and h = max(0, 1 - s z):  loss = h^2,  residual = -2 s h,  curvature 2 where h > 0, otherwise 0, so at most 2.
 * Classes that can be separated have an optimum, of value 0: no run is stopped for their sake.
 * Chang, Hsieh and Lin, J. Machine Learning Research 9 (2008) 1369.
 */
static void pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const gr_response *response = (const gr_response *)context;
    double sum = 0.0; /* of a block: fewer numbers of unequal size are added to each other */
    for (size_t i = 0; i < rows; i++) {
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        const double sign = 2.0 * response->y[first + i] - 1.0;
        const double gap = 1.0 - sign * margins[i];
        const double hinge = gap <= 0.0 ? 0.0 : gap; /* NaN stays what it is */
        margins[i] = weight > 0.0 ? -2.0 * weight * sign * hinge : 0.0;
        if (weight > 0.0) sum += weight * hinge * hinge;
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
        const double sign = 2.0 * response->y[first + i] - 1.0;
        curvatures[i] = sign * margins[i] < 1.0 ? 2.0 * weight : 0.0;
    }
}

const gr_loss gr_loss_squared_hinge = {.name = "squared hinge",
                                       .pointwise = pointwise,
                                       .curvatures = write_curvatures,
                                       .curvature_bound = 2.0,
                                       .check_response = gr_check_labels};
