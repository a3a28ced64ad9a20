/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/loss.h"

/* z <- w (z - y); sum w (z - y)^2, in eight sums, because an addition waits for the one before it */
static double residuals_of(size_t rows, const double *y, const double *w, double *z)
{
    double sum[8] = {0.0};
    size_t i = 0;
    for (; !w && i + 8 <= rows; i += 8) {
        for (size_t k = 0; k < 8; k++) {
            z[i + k] -= y[i + k];
            sum[k] += z[i + k] * z[i + k];
        }
    }
    for (; i < rows; i++) {
        const double r = z[i] - y[i];
        z[i] = w ? w[i] * r : r;
        sum[i % 8] += z[i] * r;
    }
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

/* loss = sum_c (z_c - y_c)^2 / 2,  residuals z_c - y_c,  curvature I. No classes to separate. */
static void pointwise(const void *context, size_t first, size_t rows, double *margins, double *loss,
                      double *least) /* NOLINT(readability-non-const-parameter): the type is given */
{
    const gr_outputs_response *response = (const gr_outputs_response *)context;
    const double *w = response->weights ? response->weights + first : NULL;
    gr_outputs_add_offset(response, first, rows, margins);
    for (size_t c = 0; c < response->outputs; c++) {
        const double *y = response->y + c * response->rows + first;
        *loss += 0.5 * residuals_of(rows, y, w, margins + c * rows);
    }
    (void)least;
}

const gr_outputs_loss gr_loss_squares_multiple = {
    .name = "least squares", .pointwise = pointwise, .curvature_bound = 1.0, .quadratic = true};
