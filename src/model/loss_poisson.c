/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "base/error.h"
#include "model/loss.h"

/* From here on log(y!) is its asymptotic series, to 1e-18. */
static const double large = 16.0;

/* log(y!) - (y log y - y) = log(2 pi y)/2 + 1/(12 y) - 1/(360 y^3) + ..., y >= 16. Abramowitz and Stegun, 6.1.41 */
static double stirling(double y, double log_y)
{
    const double s = 1.0 / (y * y);
    const double series = 1.0 / 12.0 -
                          s * (1.0 / 360.0 - s * (1.0 / 1260.0 - s * (1.0 / 1680.0 - s * (1.0 / 1188.0))));
    return 0.91893853320467274178 + 0.5 * log_y + series / y;
}

/* log(y!), 0 <= y < 16: of whole numbers the product's log; otherwise (y + 16)! / ((y + 1) ... (y + 16)) */
static double log_factorial(double y)
{
    double product = 1.0;
    if (y == floor(y)) {
        for (int k = 2; k <= (int)y; k++) product *= k;
        return log(product);
    }
    for (int k = 1; k <= 16; k++) product *= y + k;
    const double far = y + 16.0, log_far = log(far);
    return stirling(far, log_far) + far * log_far - far - log(product);
}

/*
 * loss = exp(z) - y z + log(y!),  residual = exp(z) - y,  curvature exp(z), which no number bounds.
 *
 * Where y is large the three terms cancel. With u = z - log y the loss is y (exp(u) - 1 - u) + log(y!) - (y log y - y), the residual
 * y (exp(u) - 1): the first term is half the deviance, and what is left of log(y!) a short series. A z too large for exp
 * gives Inf, which no step accepts.
 * McCullagh and Nelder, Generalized Linear Models, 2nd ed., Chapman and Hall 1989, chapter 6; Loader, Fast and accurate
 * computation of binomial probabilities, 2000, on the split.
 */
static double loss_of(double y, double z, double *residual)
{
    if (y < large) {
        const double mean = exp(z);
        *residual = mean - y;
        return mean + (log_factorial(y) - (y > 0.0 ? y * z : 0.0));
    }
    const double log_y = log(y), u = z - log_y, growth = expm1(u);
    *residual = y * growth;
    return y * (growth - u) + stirling(y, log_y);
}

static void pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums)
{
    const gr_response *response = (const gr_response *)context;
    double sum = 0.0; /* of a block: fewer numbers of unequal size are added to each other */
    for (size_t i = 0; i < rows; i++) {
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        double residual = 0.0;
        if (weight > 0.0) sum += weight * loss_of(response->y[first + i], margins[i], &residual);
        margins[i] = weight * residual;
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
        curvatures[i] = weight > 0.0 ? weight * exp(margins[i]) : 0.0;
    }
}

/*
 * The mean at the optimum is near y. A tenth more, because rows with y = 0 have a curvature, too: the values with which
 * iteratively re-weighted least squares begins. McCullagh and Nelder, section 2.5.
 */
static void write_expected(const void *context, size_t first, size_t rows, const double *margins,
                           double *curvatures)
{
    const gr_response *response = (const gr_response *)context;
    (void)margins;
    for (size_t i = 0; i < rows; i++) {
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        curvatures[i] = weight * (response->y[first + i] + 0.1);
    }
}

/*
 * loss*(v) = u log u - u - log(y!) with u = y + v >= 0. With u = c mu + (1 - c) y this is the divergence of the means mu from u,
 * u log(u/mu) - u + mu = mu ((1 + t) log(1 + t) - t), t = (1 - c)(y - mu)/mu.
 */
static double slack(const gr_response *response, size_t first, size_t rows, const double *margins, double c)
{
    double sum = 0.0;
    for (size_t i = 0; i < rows; i++) {
        const double weight = response->weights ? response->weights[first + i] : 1.0;
        const double y = response->y[first + i], mean = exp(margins[i]);
        const double t = (1.0 - c) * (y - mean) / mean, u = (1.0 - c) * y;
        if (!(weight > 0.0)) continue;
        if (mean > 0.0)
            sum += weight * mean * (t > -1.0 ? (1.0 + t) * log1p(t) - t : 1.0);
        else if (u > 0.0)
            sum += weight * u * (log(u) - margins[i] - 1.0);
    }
    return sum;
}

static gradus_status check_response(size_t rows, const double *y, gradus_error *error)
{
    for (size_t i = 0; i < rows; i++) {
        if (y[i] >= 0.0) continue;
        return gr_error(error, GRADUS_ERROR_COUNT, gr_fault_at(i, GRADUS_NOWHERE, y[i]),
                        "the count of row %zu is %.17g; Poisson regression takes numbers >= 0", i, y[i]);
    }
    return GRADUS_OK;
}

/* exp(z) - y z grows both ways where y > 0. */
static int side(double y)
{
    return y > 0.0 ? 0 : -1;
}

const gr_loss gr_loss_poisson = {.name = "Poisson",
                                 .pointwise = pointwise,
                                 .curvatures = write_curvatures,
                                 .curvature_bound = (double)INFINITY,
                                 .slack = slack,
                                 .check_response = check_response,
                                 .expected = write_expected,
                                 .side = side};
