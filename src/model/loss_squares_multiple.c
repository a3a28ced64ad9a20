/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/loss.h"

/* loss = sum_c (z_c - y_c)^2 / 2,  residuals z_c - y_c,  curvature I. No classes to separate. */
static void pointwise(const void *context, size_t first, size_t rows, double *margins, double *loss,
                      double *least)
{
    const gr_outputs_response *response = (const gr_outputs_response *)context;
    const double *w = response->weights ? response->weights + first : NULL;
    for (size_t c = 0; c < response->outputs; c++) {
        const double *y = response->y + c * response->rows + first;
        double *z = margins + c * rows, sum = 0.0;
        for (size_t i = 0; i < rows; i++) {
            const double r = z[i] - y[i];
            z[i] = w ? w[i] * r : r;
            sum += z[i] * r;
        }
        *loss += 0.5 * sum;
    }
    (void)least;
}

const gr_outputs_loss gr_loss_squares_multiple = {
    .name = "least squares", .pointwise = pointwise, .curvature_bound = 1.0, .quadratic = true};
