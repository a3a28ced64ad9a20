/* SPDX-License-Identifier: BSD-3-Clause */
#include "reference/distribution.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

double gr_normal_tails(double z)
{
    return erfc(fabs(z) / 1.41421356237309504880);
}

/*
 * Gamma(a + 1/2) / Gamma(a): its series in 1/a where a is large, and from there down by a/(a + 1/2), so that no two large
 * logarithms are subtracted. Tricomi and Erdelyi, Pacific J. Math. 1 (1951) 133.
 */
static double gamma_ratio(double a)
{
    double factor = 1.0;
    while (a < 40.0) {
        factor *= a / (a + 0.5);
        a += 1.0;
    }
    const double s = 1.0 / a;
    const double tail = 5.0 / 1024.0 -
                        s * (21.0 / 32768.0 + s * (399.0 / 262144.0 - s * (869.0 / 4194304.0)));
    return factor * sqrt(a) * (1.0 - s * (1.0 / 8.0 - s * (1.0 / 128.0 + s * tail)));
}

enum { MOST_TERMS = 1000000 };

/* A denominator of 0 would end the recurrence. */
static double not_zero(double x)
{
    return fabs(x) < DBL_MIN ? DBL_MIN : x;
}

/*
 * The continued fraction of the incomplete beta function, I_x(a, b) = x^a (1 - x)^b / (a B(a, b)) times this, by Lentz's
 * recurrence. Abramowitz and Stegun, 26.5.8; Lentz, Applied Optics 15 (1976) 668. Converges fast for x < (a + 1)/(a + b + 2).
 */
static double beta_fraction(double a, double b, double x)
{
    double c = 1.0, d = 1.0 / not_zero(1.0 - (a + b) * x / (a + 1.0)), value = d;
    for (int k = 1; k < MOST_TERMS; k++) {
        const double m = (double)k;
        const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / not_zero(1.0 + even * d);
        c = not_zero(1.0 + even / c);
        value *= c * d;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / not_zero(1.0 + odd * d);
        c = not_zero(1.0 + odd / c);
        value *= c * d;
        if (fabs(c * d - 1.0) <= DBL_EPSILON) break;
    }
    return value;
}

/* I_x(n/2, 1/2) with x = n/(n + t^2). Abramowitz and Stegun, 26.7.1 */
double gr_student_tails(double t, double degrees)
{
    if (isnan(t)) return t;
    const double square = t * t, a = 0.5 * degrees, share = square / degrees;
    if (!(share <= DBL_MAX)) return 0.0;
    const double x = 1.0 / (1.0 + share), y = share / (1.0 + share);
    const double front = exp(-a * log1p(share)) * sqrt(y) * gamma_ratio(a) / 1.77245385090551602730;
    if (x < (a + 1.0) / (a + 2.5)) return front * beta_fraction(a, 0.5, x) / a;
    return 1.0 - 2.0 * front * beta_fraction(0.5, a, y);
}

static double tails_of(double q, double degrees)
{
    return isinf(degrees) ? gr_normal_tails(q) : gr_student_tails(q, degrees);
}

double gr_student_quantile(double tails, double degrees)
{
    double low = 0.0, high = 1.0;
    while (tails_of(high, degrees) > tails && high < 1e300) high *= 2.0;
    while (true) {
        const double middle = 0.5 * (low + high);
        if (!(middle > low && middle < high)) return middle;
        if (tails_of(middle, degrees) > tails)
            low = middle;
        else
            high = middle;
    }
}
