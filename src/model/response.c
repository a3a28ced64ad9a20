/* SPDX-License-Identifier: BSD-3-Clause */
/* Between a pass, whose margins are X theta, and a loss of theirs and the offset. */
#include <math.h>

#include "model/loss.h"

/* The least of `least` and (2y - 1) x'theta: X theta separates the classes or not, whatever the offset says of them. */
static double least_side(const gr_response *response, size_t first, size_t rows, const double *margins,
                         double least)
{
    for (size_t i = 0; i < rows; i++) {
        const double side = (2.0 * response->y[first + i] - 1.0) * margins[i];
        const bool counts = !response->weights || response->weights[first + i] > 0.0;
        if (counts && !(side >= least)) least = side;
    }
    return least;
}

void gr_response_pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const gr_response *response = (const gr_response *)context;
    if (!response->offset) {
        response->loss->pointwise(context, first, rows, margins, sums);
        return;
    }
    const double least = least_side(response, first, rows, margins, sums->separation);
    for (size_t i = 0; i < rows; i++) margins[i] += response->offset[first + i];
    response->loss->pointwise(context, first, rows, margins, sums);
    if (sums->separation > (double)-INFINITY) sums->separation = least; /* a loss without classes says -Inf */
}

void gr_response_curvatures(const void *context, size_t first, size_t rows, const double *margins,
                            double *curvatures)
{
    const gr_response *response = (const gr_response *)context;
    for (size_t i = 0; i < rows; i++)
        curvatures[i] = response->offset ? margins[i] + response->offset[first + i] : margins[i];
    response->loss->curvatures(context, first, rows, curvatures, curvatures);
}

void gr_response_slack(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const gr_slack *slack = (const gr_slack *)context;
    const gr_response *response = &slack->response;
    for (size_t i = 0; response->offset && i < rows; i++) margins[i] += response->offset[first + i];
    sums->loss += response->loss->slack(response, first, rows, margins, slack->c);
}

void gr_response_expected(const void *context, size_t first, size_t rows, const double *margins,
                          double *curvatures)
{
    const gr_response *response = (const gr_response *)context;
    response->loss->expected(context, first, rows, margins, curvatures);
}

void gr_outputs_add_offset(const gr_outputs_response *response, size_t first, size_t rows, double *margins)
{
    for (size_t c = 0; response->offset && c < response->outputs; c++) {
        const double *offset = response->offset + c * response->rows + first;
        for (size_t i = 0; i < rows; i++) margins[c * rows + i] += offset[i];
    }
}
