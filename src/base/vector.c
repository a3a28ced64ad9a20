/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/vector.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>

#include "base/target.h"

double gr_dot(size_t n, const double *a, const double *b)
{
    double lane[4] = {0.0, 0.0, 0.0, 0.0}; /* four chains: the compiler may not reorder one */
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        for (size_t k = 0; k < 4; k++) lane[k] += a[i + k] * b[i + k];
    }
    for (; i < n; i++) lane[0] += a[i] * b[i];
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

/* The exponent of the largest entry of a - b (b may be NULL), so that scaled entries are at most 1. */
static int largest_exponent(size_t n, const double *a, const double *b)
{
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(b ? a[i] - b[i] : a[i]));
    int exponent;
    (void)frexp(largest, &exponent);
    return exponent;
}

static double scaled_norm(size_t n, const double *a, const double *b)
{
    const int exponent = largest_exponent(n, a, b);
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double x = ldexp(b ? a[i] - b[i] : a[i], -exponent);
        sum += x * x;
    }
    return ldexp(sqrt(sum), exponent);
}

double gr_norm(size_t n, const double *a)
{
    const double square = gr_dot(n, a, a);
    if (square >= DBL_MIN / DBL_EPSILON && square <= DBL_MAX) return sqrt(square);
    if (isnan(square)) return square;
    return scaled_norm(n, a, NULL);
}

double gr_distance(size_t n, const double *a, const double *b)
{
    double square = 0.0;
    for (size_t i = 0; i < n; i++) square += (a[i] - b[i]) * (a[i] - b[i]);
    if (square >= DBL_MIN / DBL_EPSILON && square <= DBL_MAX) return sqrt(square);
    if (isnan(square)) return square;
    return scaled_norm(n, a, b);
}

/* sum, above 0 and finite, has lost nothing on the way */
static bool is_safe(double sum)
{
    return sum >= DBL_MIN / DBL_EPSILON && sum <= DBL_MAX;
}

double gr_norm_over(size_t n, const double *a, const double *b)
{
    double square = 0.0, largest = 0.0, sum = 0.0;
    for (size_t i = 0; i < n; i++) square += (a[i] / b[i]) * (a[i] / b[i]);
    if (is_safe(square) || isnan(square)) return sqrt(square);
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(a[i] / b[i]));
    int exponent;
    (void)frexp(largest, &exponent);
    for (size_t i = 0; i < n; i++) {
        const double x = ldexp(a[i] / b[i], -exponent);
        sum += x * x;
    }
    return ldexp(sqrt(sum), exponent);
}

/* a b = mantissa * 2^exponent, where either of them may be beyond what the product holds */
static double split_product(double a, double b, int *exponent)
{
    int of_a, of_b;
    const double mantissa = frexp(a, &of_a) * frexp(b, &of_b);
    *exponent = of_a + of_b;
    return mantissa;
}

double gr_root_of_dot(size_t n, const double *a, const double *b)
{
    const double plain = fabs(gr_dot(n, a, b));
    if (is_safe(plain) || isnan(plain)) return sqrt(plain);
    int most = INT_MIN, exponent;
    for (size_t i = 0; i < n; i++) {
        if (split_product(a[i], b[i], &exponent) != 0.0 && exponent > most) most = exponent;
    }
    if (most == INT_MIN) return 0.0;
    most += most & 1; /* even, for its half */
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double mantissa = split_product(a[i], b[i], &exponent);
        if (mantissa != 0.0) sum += ldexp(mantissa, exponent - most);
    }
    return ldexp(sqrt(fabs(sum)), most / 2);
}

size_t gr_first_not_finite(size_t n, const double *a)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(a[i])) return i;
    }
    return n;
}

void gr_negate(size_t n, double *a)
{
    for (size_t i = 0; i < n; i++) a[i] = -a[i];
}

GR_FOR_ALL void scaled(size_t n, double factor, const double *a, double *out)
{
    for (size_t i = 0; i < n; i++) out[i] = factor * a[i];
}

GR_FOR_512 static void scaled_512(size_t n, double factor, const double *a, double *out)
{
    scaled(n, factor, a, out);
}

GR_FOR_256 static void scaled_256(size_t n, double factor, const double *a, double *out)
{
    scaled(n, factor, a, out);
}

void gr_scaled(size_t n, double factor, const double *a, double *out)
{
    const gr_target target = gr_target_here();
    if (target == GR_TARGET_512)
        scaled_512(n, factor, a, out);
    else if (target == GR_TARGET_256)
        scaled_256(n, factor, a, out);
    else
        scaled(n, factor, a, out);
}
