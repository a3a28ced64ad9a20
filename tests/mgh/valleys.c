/* SPDX-License-Identifier: BSD-3-Clause */
/* Few variables: curved valleys, bad scales and singular minima. Numbers as in the paper. */
#include <math.h>

#include "mgh.h"

/* a (x_{j+1} - x_j^2) */
static double parabola(const double *x, double *slope, size_t j, double a)
{
    slope[j] = -2.0 * a * x[j];
    slope[j + 1] = a;
    return a * (x[j + 1] - x[j] * x[j]);
}

static double one_minus(const double *x, double *slope, size_t j)
{
    slope[j] = -1.0;
    return 1.0 - x[j];
}

/* 1 and, a pair of variables at a time, 21: 10(x2 - x1^2), 1 - x1 */
double mgh_rosenbrock(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    const size_t j = (i - 1) / 2 * 2;
    return i % 2 == 1 ? parabola(x, slope, j, 10.0) : one_minus(x, slope, j);
}

/* 2: -13 + x1 + ((5 - x2) x2 - 2) x2, -29 + x1 + ((x2 + 1) x2 - 14) x2 */
double mgh_freudenstein_roth(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    slope[0] = 1.0;
    if (i == 1) {
        slope[1] = (10.0 - 3.0 * x[1]) * x[1] - 2.0;
        return -13.0 + x[0] + ((5.0 - x[1]) * x[1] - 2.0) * x[1];
    }
    slope[1] = (3.0 * x[1] + 2.0) * x[1] - 14.0;
    return -29.0 + x[0] + ((x[1] + 1.0) * x[1] - 14.0) * x[1];
}

/* 3: 10^4 x1 x2 - 1, exp(-x1) + exp(-x2) - 1.0001 */
double mgh_powell_badly_scaled(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    if (i == 1) {
        slope[0] = 1e4 * x[1];
        slope[1] = 1e4 * x[0];
        return 1e4 * x[0] * x[1] - 1.0;
    }
    slope[0] = -exp(-x[0]);
    slope[1] = -exp(-x[1]);
    return exp(-x[0]) + exp(-x[1]) - 1.0001;
}

/* 4: x1 - 10^6, x2 - 2 10^-6, x1 x2 - 2 */
double mgh_brown_badly_scaled(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    slope[0] = i == 3 ? x[1] : (i == 1 ? 1.0 : 0.0);
    slope[1] = i == 3 ? x[0] : (i == 2 ? 1.0 : 0.0);
    if (i == 3) return x[0] * x[1] - 2.0;
    return i == 1 ? x[0] - 1e6 : x[1] - 2e-6;
}

/* 5: y_i - x1 (1 - x2^i) */
double mgh_beale(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    static const double y[] = {1.5, 2.25, 2.625};
    const double power = pow(x[1], (double)i - 1.0);
    slope[0] = power * x[1] - 1.0;
    slope[1] = x[0] * (double)i * power;
    return y[i - 1] - x[0] * (1.0 - power * x[1]);
}

/* The angle of (x1, x2) in turns, from -1/4 to 3/4. */
static double turns(double x1, double x2)
{
    const double turn = 8.0 * atan(1.0);
    if (x1 == 0.0) return copysign(0.25, x2);
    return atan(x2 / x1) / turn + (x1 < 0.0 ? 0.5 : 0.0);
}

/* 7: 10(x3 - 10 theta(x1, x2)), 10(sqrt(x1^2 + x2^2) - 1), x3 */
double mgh_helical_valley(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    const double r = hypot(x[0], x[1]), turn = 8.0 * atan(1.0);
    if (i == 1) {
        slope[0] = 100.0 * x[1] / (turn * r * r);
        slope[1] = -100.0 * x[0] / (turn * r * r);
        slope[2] = 10.0;
        return 10.0 * (x[2] - 10.0 * turns(x[0], x[1]));
    }
    if (i == 2) {
        slope[0] = 10.0 * x[0] / r;
        slope[1] = 10.0 * x[1] / r;
        return 10.0 * (r - 1.0);
    }
    slope[2] = 1.0;
    return x[2];
}

/* a (x_j + b x_k) */
static double pair_sum(const double *x, double *slope, size_t j, size_t k, double a, double b)
{
    slope[j] = a;
    slope[k] = a * b;
    return a * (x[j] + b * x[k]);
}

/* a (x_j + b x_k)^2 */
static double pair_square(const double *x, double *slope, size_t j, size_t k, double a, double b)
{
    const double sum = x[j] + b * x[k];
    slope[j] = 2.0 * a * sum;
    slope[k] = 2.0 * a * b * sum;
    return a * sum * sum;
}

/* 13 and, four variables at a time, 22: x1 + 10 x2, sqrt(5) (x3 - x4), (x2 - 2 x3)^2, sqrt(10) (x1 - x4)^2 */
double mgh_powell_singular(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    const size_t j = (i - 1) / 4 * 4;
    switch (i - j) {
    case 1:
        return pair_sum(x, slope, j, j + 1, 1.0, 10.0);
    case 2:
        return pair_sum(x, slope, j + 2, j + 3, sqrt(5.0), -1.0);
    case 3:
        return pair_square(x, slope, j + 1, j + 2, 1.0, -2.0);
    default:
        return pair_square(x, slope, j, j + 3, sqrt(10.0), -1.0);
    }
}

/* 14: 10(x2 - x1^2), 1 - x1, sqrt(90) (x4 - x3^2), 1 - x3, sqrt(10) (x2 + x4 - 2), (x2 - x4) / sqrt(10) */
double mgh_wood(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)n, (void)m;
    switch (i) {
    case 1:
        return parabola(x, slope, 0, 10.0);
    case 2:
        return one_minus(x, slope, 0);
    case 3:
        return parabola(x, slope, 2, sqrt(90.0));
    case 4:
        return one_minus(x, slope, 2);
    case 5:
        return pair_sum(x, slope, 1, 3, sqrt(10.0), 1.0) - 2.0 * sqrt(10.0);
    default:
        return pair_sum(x, slope, 1, 3, sqrt(0.1), -1.0);
    }
}
