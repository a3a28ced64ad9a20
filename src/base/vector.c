/* SPDX-License-Identifier: BSD-3-Clause */
#include "base/vector.h"

#include <float.h>
#include <math.h>

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
