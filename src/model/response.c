/* SPDX-License-Identifier: BSD-3-Clause */
/* Between a pass, whose margins are X theta, and a loss, whose margins are X theta + offset. */
#include "model/loss.h"

void gr_response_pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const gr_response *response = (const gr_response *)context;
    for (size_t i = 0; response->offset && i < rows; i++) margins[i] += response->offset[first + i];
    response->loss->pointwise(context, first, rows, margins, sums);
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
