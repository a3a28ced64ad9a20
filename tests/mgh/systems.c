/* SPDX-License-Identifier: BSD-3-Clause */
/* Any number of variables: equations, penalties and linear functions. Numbers and formulas as in the paper. */
#include <math.h>

#include "mgh.h"

static double sum(size_t n, const double *x)
{
    double total = 0.0;
    for (size_t j = 0; j < n; j++) total += x[j];
    return total;
}

static void fill(size_t n, double *slope, double value)
{
    for (size_t j = 0; j < n; j++) slope[j] = value;
}

/* factor times the sum of j x_j over j = from..to, less `less` */
static double ramp(size_t from, size_t to, const double *x, double *slope, double factor, double less)
{
    double total = 0.0;
    for (size_t j = from; j <= to; j++) {
        total += (double)j * x[j - 1];
        slope[j - 1] = factor * (double)j;
    }
    return factor * total - less;
}

/*
 * 20: sum over j = 2..n of (j - 1) x_j t^(j-2) - (sum over j = 1..n of x_j t^(j-1))^2 - 1 for i <= 29, t = i / 29;
 * x1, x2 - x1^2 - 1
 */
double mgh_watson(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)m;
    if (i >= 30) {
        slope[0] = i == 30 ? 1.0 : -2.0 * x[0];
        slope[1] = i == 30 ? 0.0 : 1.0;
        return i == 30 ? x[0] : x[1] - x[0] * x[0] - 1.0;
    }
    const double t = (double)i / 29.0;
    double value = 0.0, derivative = 0.0, power = 1.0;
    for (size_t j = n; j-- > 0;) { /* Horner */
        derivative = derivative * t + value;
        value = value * t + x[j];
    }
    for (size_t j = 0; j < n; j++) {
        slope[j] = (double)j * power / t - 2.0 * value * power;
        power *= t;
    }
    return derivative - value * value - 1.0;
}

/* sqrt(10^-5), of both penalties */
static double root_weight(void)
{
    return sqrt(1e-5);
}

/* 23: sqrt(10^-5) (x_i - 1), sum of x_j^2 - 1/4 */
double mgh_penalty_1(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    if (i < m) {
        slope[i - 1] = root_weight();
        return root_weight() * (x[i - 1] - 1.0);
    }
    double squares = 0.0;
    for (size_t j = 0; j < n; j++) {
        squares += x[j] * x[j];
        slope[j] = 2.0 * x[j];
    }
    return squares - 0.25;
}

/* sqrt(10^-5) exp(x_j / 10), adding its derivative */
static double growth(const double *x, double *slope, size_t j)
{
    const double value = root_weight() * exp(x[j - 1] / 10.0);
    slope[j - 1] += value / 10.0;
    return value;
}

/*
 * 24: x1 - 0.2; sqrt(10^-5) (exp(x_i / 10) + exp(x_{i-1} / 10) - exp(i / 10) - exp((i - 1) / 10)), i = 2..n;
 * sqrt(10^-5) (exp(x_{i-n+1} / 10) - exp(-1/10)), i = n + 1..2n - 1; sum of (n - j + 1) x_j^2 - 1
 */
double mgh_penalty_2(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    const double k = (double)i;
    if (i == 1) {
        slope[0] = 1.0;
        return x[0] - 0.2;
    }
    if (i <= n)
        return growth(x, slope, i) + growth(x, slope, i - 1) -
               root_weight() * (exp(k / 10.0) + exp((k - 1.0) / 10.0));
    if (i < m) return growth(x, slope, i - n + 1) - root_weight() * exp(-0.1);
    double squares = 0.0;
    for (size_t j = 0; j < n; j++) {
        squares += (double)(n - j) * x[j] * x[j];
        slope[j] = 2.0 * (double)(n - j) * x[j];
    }
    return squares - 1.0;
}

/* 25: x_i - 1; sum of j (x_j - 1); its square */
double mgh_variably_dimensioned(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    if (i <= n) {
        slope[i - 1] = 1.0;
        return x[i - 1] - 1.0;
    }
    const double triangle = (double)n * ((double)n + 1.0) / 2.0, total = ramp(1, n, x, slope, 1.0, triangle);
    if (i < m) return total;
    for (size_t j = 0; j < n; j++) slope[j] *= 2.0 * total;
    return total * total;
}

/* 1 - cos(x) without its cancellation */
static double one_minus_cosine(double x)
{
    const double half = sin(x / 2.0);
    return 2.0 * half * half;
}

/* 26: n - sum of cos(x_j) + i (1 - cos(x_i)) - sin(x_i) */
double mgh_trigonometric(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)m;
    const double k = (double)i, own = x[i - 1];
    double total = 0.0;
    for (size_t j = 0; j < n; j++) {
        total += one_minus_cosine(x[j]);
        slope[j] = sin(x[j]);
    }
    slope[i - 1] += k * sin(own) - cos(own);
    return total + k * one_minus_cosine(own) - sin(own);
}

/* The product of all x but x_j; of all where j = n. */
static double product_without(size_t n, const double *x, size_t j)
{
    double product = 1.0;
    for (size_t k = 0; k < n; k++)
        if (k != j) product *= x[k];
    return product;
}

/* 27: x_i + sum of x_j - (n + 1), i < n; product of x_j - 1 */
double mgh_brown_almost_linear(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)m;
    if (i < n) {
        fill(n, slope, 1.0);
        slope[i - 1] = 2.0;
        return x[i - 1] + sum(n, x) - ((double)n + 1.0);
    }
    for (size_t j = 0; j < n; j++) slope[j] = product_without(n, x, j);
    return product_without(n, x, n) - 1.0;
}

/* 28: 2 x_i - x_{i-1} - x_{i+1} + h^2 (x_i + t_i + 1)^3 / 2, h = 1 / (n + 1), t_i = i h, zeros at both ends */
double mgh_boundary_value(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)m;
    const double h = 1.0 / ((double)n + 1.0), up = x[i - 1] + (double)i * h + 1.0;
    slope[i - 1] = 2.0 + 1.5 * h * h * up * up;
    if (i > 1) slope[i - 2] = -1.0;
    if (i < n) slope[i] = -1.0;
    return 2.0 * x[i - 1] - (i > 1 ? x[i - 2] : 0.0) - (i < n ? x[i] : 0.0) + h * h * up * up * up / 2.0;
}

/*
 * 29: x_i + h/2 ((1 - t_i) sum over j <= i of t_j (x_j + t_j + 1)^3 + t_i sum over j > i of (1 - t_j) (x_j + t_j + 1)^3),
 * h = 1 / (n + 1), t_j = j h
 */
double mgh_integral_equation(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)m;
    const double h = 1.0 / ((double)n + 1.0), own = (double)i * h;
    double total = 0.0;
    for (size_t j = 1; j <= n; j++) {
        const double t = (double)j * h, up = x[j - 1] + t + 1.0;
        const double kernel = j <= i ? (1.0 - own) * t : own * (1.0 - t);
        total += kernel * up * up * up;
        slope[j - 1] = h / 2.0 * kernel * 3.0 * up * up;
    }
    slope[i - 1] += 1.0;
    return x[i - 1] + h / 2.0 * total;
}

/* 30: (3 - 2 x_i) x_i - x_{i-1} - 2 x_{i+1} + 1, zeros beyond both ends */
double mgh_broyden_tridiagonal(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)m;
    const double own = x[i - 1];
    slope[i - 1] = 3.0 - 4.0 * own;
    if (i > 1) slope[i - 2] = -1.0;
    if (i < n) slope[i] = -2.0;
    return (3.0 - 2.0 * own) * own - (i > 1 ? x[i - 2] : 0.0) - (i < n ? 2.0 * x[i] : 0.0) + 1.0;
}

/* 31: x_i (2 + 5 x_i^2) + 1 - sum over j != i, max(1, i - 5) <= j <= min(n, i + 1), of x_j (1 + x_j) */
double mgh_broyden_banded(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)m;
    const size_t first = i > 5 ? i - 5 : 1, last = i < n ? i + 1 : n;
    double value = x[i - 1] * (2.0 + 5.0 * x[i - 1] * x[i - 1]) + 1.0;
    for (size_t j = first; j <= last; j++) {
        if (j == i) continue;
        value -= x[j - 1] * (1.0 + x[j - 1]);
        slope[j - 1] = -1.0 - 2.0 * x[j - 1];
    }
    slope[i - 1] = 2.0 + 15.0 * x[i - 1] * x[i - 1];
    return value;
}

/* 32: x_i - (2/m) sum of x_j - 1, i <= n; -(2/m) sum of x_j - 1 */
double mgh_linear_full_rank(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    const double share = 2.0 / (double)m;
    fill(n, slope, -share);
    if (i > n) return -share * sum(n, x) - 1.0;
    slope[i - 1] += 1.0;
    return x[i - 1] - share * sum(n, x) - 1.0;
}

/* 33: i sum of j x_j - 1 */
double mgh_linear_rank_1(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)m;
    return ramp(1, n, x, slope, (double)i, 1.0);
}

/* 34: -1 where i is 1 or m; (i - 1) sum over j = 2..n - 1 of j x_j - 1 */
double mgh_linear_rank_1_zeros(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    return ramp(2, n - 1, x, slope, i < m ? (double)i - 1.0 : 0.0, 1.0);
}

/* T_i(2x - 1) by the recurrence, and its derivative: Chebyshev's polynomials shifted to [0, 1]. */
static double shifted_chebyshev(size_t i, double x, double *derivative)
{
    const double z = 2.0 * x - 1.0;
    double before = 1.0, now = z, slope_before = 0.0, slope = 2.0;
    for (size_t k = 1; k < i; k++) {
        const double next = 2.0 * z * now - before, next_slope = 4.0 * now + 2.0 * z * slope - slope_before;
        before = now;
        now = next;
        slope_before = slope;
        slope = next_slope;
    }
    *derivative = slope;
    return now;
}

/* 35: the mean of T_i(x_j) less its integral over [0, 1], which is 0 for odd i and -1 / (i^2 - 1) for even */
double mgh_chebyquad(size_t n, size_t m, size_t i, const double *x, double *slope)
{
    (void)m;
    const double k = (double)i, share = 1.0 / (double)n;
    double mean = 0.0;
    for (size_t j = 0; j < n; j++) {
        mean += share * shifted_chebyshev(i, x[j], &slope[j]);
        slope[j] *= share;
    }
    return i % 2 == 0 ? mean + 1.0 / (k * k - 1.0) : mean;
}
