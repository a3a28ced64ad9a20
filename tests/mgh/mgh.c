/* SPDX-License-Identifier: BSD-3-Clause */
#include "mgh.h"

void mgh_start(const mgh_problem *problem, double factor, double *x)
{
    for (size_t j = 0; j < problem->n; j++) x[j] = factor * problem->start[j];
}

double mgh_evaluate(const mgh_problem *problem, const double *x, double *gradient)
{
    const size_t n = problem->n;
    double value = 0.0;
    for (size_t j = 0; j < n; j++) gradient[j] = 0.0;
    for (size_t i = 1; i <= problem->m; i++) {
        double slope[MGH_MOST_VARIABLES] = {0.0};
        const double residual = problem->residual(n, problem->m, i, x, slope);
        value += residual * residual;
        for (size_t j = 0; j < n; j++) gradient[j] += 2.0 * residual * slope[j];
    }
    return value;
}

int mgh_callback(void *problem, size_t n, const double *x, double *value, double *gradient)
{
    double scratch[MGH_MOST_VARIABLES];
    (void)n;
    *value = mgh_evaluate((const mgh_problem *)problem, x, gradient ? gradient : scratch);
    return 0;
}
