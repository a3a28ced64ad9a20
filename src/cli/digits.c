/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/digits.h"

#include <math.h>

double gr_digits(double value, double reference)
{
    const double scale = reference == 0.0 ? 1.0 : fabs(reference);
    const double error = fabs(value - reference) / scale;
    if (error <= 1e-15) return 15.0;
    return error < 1.0 ? -log10(error) : 0.0;
}

double gr_digits_worst(size_t n, const double *theta, const double *reference)
{
    double least = 15.0;
    for (size_t j = 0; j < n; j++) least = fmin(least, gr_digits(theta[j], reference[j]));
    return least;
}
