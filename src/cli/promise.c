/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/promise.h"

#include <math.h>

double gr_predict(const gr_problem *problem, const double *theta, size_t row)
{
    const size_t n = problem->X.cols;
    const double *x = (const double *)problem->X.data + row * problem->X.ld;
    double sum = problem->intercept ? theta[n] : 0.0;
    for (size_t j = 0; j < n; j++) sum += x[j] * theta[j];
    return sum;
}

double gr_row_curvature(bool logistic, double prediction)
{
    if (!logistic) return 1.0;
    const double small = exp(-fabs(prediction)); /* p(1 - p) = e^-|z| / (1 + e^-|z|)^2, without overflow */
    return small / ((1.0 + small) * (1.0 + small));
}
