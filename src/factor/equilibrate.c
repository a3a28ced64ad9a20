/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/equilibrate.h"

#include <math.h>

#include "base/vector.h"

static int exponent_of(double size)
{
    int exponent;
    (void)frexp(size, &exponent); /* 0 for 0 */
    return exponent;
}

int gr_exponent(size_t n, const double *a)
{
    double largest = 0.0;
    for (size_t i = 0; i < n; i++) largest = fmax(largest, fabs(a[i]));
    return exponent_of(largest);
}

int gr_norm_exponent(size_t n, const double *a)
{
    return exponent_of(gr_norm(n, a));
}

void gr_scale(size_t n, double *a, int exponent)
{
    if (exponent == 0) return;
    const double first = ldexp(1.0, exponent / 2), second = ldexp(1.0, exponent - exponent / 2);
    for (size_t i = 0; i < n; i++) a[i] = a[i] * first * second;
}
