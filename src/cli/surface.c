/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The classical functions of two variables, each with its gradient. Rosenbrock, Comput. J. 3 (1960) 175; Himmelblau,
 * Applied Nonlinear Programming, McGraw-Hill 1972; Booth's, Beale's and the three-hump camel as collected by Molga and
 * Smutnicki, Test functions for optimization needs, 2005, and by Jamil and Yang, Int. J. Math. Model. Numer. Optim. 4
 * (2013) 150.
 */
#include "cli/surface.h"

#include <math.h>

static gradus_status booth(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    const double u = theta[0] + 2.0 * theta[1] - 7.0, v = 2.0 * theta[0] + theta[1] - 5.0;
    (void)context, (void)n;
    *value = u * u + v * v;
    if (!gradient) return GRADUS_OK;
    gradient[0] = 2.0 * u + 4.0 * v;
    gradient[1] = 4.0 * u + 2.0 * v;
    return GRADUS_OK;
}

static gradus_status beale(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    static const double constants[] = {1.5, 2.25, 2.625};
    const double a = theta[0], b = theta[1];
    double sum = 0.0, slope_a = 0.0, slope_b = 0.0, power = 1.0; /* power = b^i */
    (void)context, (void)n;
    for (int i = 0; i < 3; i++) {
        const double residual = constants[i] - a * (1.0 - power * b);
        sum += residual * residual;
        slope_a -= 2.0 * residual * (1.0 - power * b);
        slope_b += 2.0 * residual * a * (double)(i + 1) * power;
        power *= b;
    }
    *value = sum;
    if (!gradient) return GRADUS_OK;
    gradient[0] = slope_a;
    gradient[1] = slope_b;
    return GRADUS_OK;
}

static gradus_status rosenbrock(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    const double a = theta[0], u = 1.0 - a, v = theta[1] - a * a;
    (void)context, (void)n;
    *value = u * u + 100.0 * v * v;
    if (!gradient) return GRADUS_OK;
    gradient[0] = -2.0 * u - 400.0 * a * v;
    gradient[1] = 200.0 * v;
    return GRADUS_OK;
}

static gradus_status himmelblau(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    const double a = theta[0], b = theta[1], u = a * a + b - 11.0, v = a + b * b - 7.0;
    (void)context, (void)n;
    *value = u * u + v * v;
    if (!gradient) return GRADUS_OK;
    gradient[0] = 4.0 * a * u + 2.0 * v;
    gradient[1] = 2.0 * u + 4.0 * b * v;
    return GRADUS_OK;
}

static gradus_status camel(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    const double a = theta[0], b = theta[1], s = a * a;
    (void)context, (void)n;
    *value = s * (2.0 - s * (1.05 - s / 6.0)) + a * b + b * b;
    if (!gradient) return GRADUS_OK;
    gradient[0] = a * (4.0 - s * (4.2 - s)) + b;
    gradient[1] = a + 2.0 * b;
    return GRADUS_OK;
}

/* The smallest function with a choice: a double well along a, tilted, a parabola along b. */
static gradus_status two_valleys(void *context, size_t n, const double *theta, double *value,
                                 double *gradient)
{
    const double a = theta[0], b = theta[1], u = a * a - 1.0;
    (void)context, (void)n;
    *value = u * u + b * b + a / 4.0;
    if (!gradient) return GRADUS_OK;
    gradient[0] = 4.0 * a * u + 0.25;
    gradient[1] = 2.0 * b;
    return GRADUS_OK;
}

/* The minima that are no round numbers are the zeros of the gradient, to 16 digits. */
const gr_surface gr_surfaces[] = {
    {"bowl",
     "A quadratic bowl",
     "½ u² + ½ K v²",
     {{-4.0, -3.0}, {4.0, 3.0}},
     {-3.4, -0.9},
     1,
     {{0.0, 0.0}},
     NULL},
    {"booth",
     "Booth's function",
     "(a + 2b − 7)² + (2a + b − 5)²",
     {{-6.0, -3.0}, {8.0, 7.5}},
     {-4.5, -1.5},
     1,
     {{1.0, 3.0}},
     booth},
    {"beale",
     "Beale's function",
     "(1.5 − a + ab)² + (2.25 − a + ab²)² + (2.625 − a + ab³)²",
     {{-0.8, -1.6}, {4.0, 2.0}},
     {0.5, -1.25},
     1,
     {{3.0, 0.5}},
     beale},
    {"rosenbrock",
     "Rosenbrock's valley",
     "(1 − a)² + 100 (b − a²)²",
     {{-1.8, -0.8}, {1.8, 1.9}},
     {-1.2, 1.0},
     1,
     {{1.0, 1.0}},
     rosenbrock},
    {"himmelblau",
     "Himmelblau's function",
     "(a² + b − 11)² + (a + b² − 7)²",
     {{-6.0, -4.7}, {6.0, 4.7}},
     {-0.6, -0.9},
     4,
     {{3.0, 2.0},
      {-2.8051180869527449, 3.1313125182505730},
      {-3.7793102533777469, -3.2831859912861694},
      {3.5844283403304917, -1.8481265269644035}},
     himmelblau},
    {"camel",
     "The three-hump camel",
     "2a² − 1.05a⁴ + a⁶/6 + ab + b²",
     {{-2.4, -1.8}, {2.4, 1.8}},
     {-1.1, 1.6},
     3,
     {{0.0, 0.0}, {-1.7475523458302889, 0.8737761729151444}, {1.7475523458302889, -0.8737761729151444}},
     camel},
    {"two-valleys",
     "Two valleys",
     "(a² − 1)² + b² + a/4",
     {{-1.8, -1.35}, {1.8, 1.35}},
     {0.3, 1.1},
     2,
     {{-1.0298959850506604, 0.0}, {0.96714893788303004, 0.0}},
     two_valleys},
};

const size_t gr_surfaces_count = sizeof gr_surfaces / sizeof *gr_surfaces;

void gr_surface_bowl(double condition, double x[4])
{
    const double along = sqrt(2.0), across = sqrt(2.0 * condition), c = sqrt(0.75), s = 0.5;
    x[0] = along * c;
    x[1] = along * s;
    x[2] = -across * s;
    x[3] = across * c;
}
