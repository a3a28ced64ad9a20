/* SPDX-License-Identifier: BSD-3-Clause */
/* The textbook example as a caller's function; the same lines in C and in C++. */
#ifndef TEST_HEADER_TEXTBOOK_H
#define TEST_HEADER_TEXTBOOK_H

#include <gradus.h>

/* J of X = [[1,1],[1,2],[1,3],[1,4]], y = [2,4,5,4] */
static gradus_status textbook(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    const double *y = (const double *)context;
    double g0 = 0.0, g1 = 0.0;
    size_t i;
    *value = 0.0;
    for (i = 0; i < 4; i++) {
        const double x = (double)(i + 1), r = theta[0] + x * theta[1] - y[i];
        *value += r * r / 8.0;
        g0 += r / 4.0;
        g1 += x * r / 4.0;
    }
    if (gradient) {
        gradient[0] = g0;
        gradient[n - 1] = g1;
    }
    return 0; /* gradus_status is an int, so that C++ takes this too */
}

static gradus_verdict go_on(void *context, const gradus_progress *progress)
{
    *(size_t *)context = progress->iteration;
    return GRADUS_MONITOR_CONTINUE;
}

/* 0 when descent reaches [2, 0.7]. */
static int textbook_descent(double *theta)
{
    double y[4] = {2, 4, 5, 4};
    size_t seen = 0;
    gradus_objective *f = NULL;
    gradus_report report;
    gradus_options options = gradus_options_default();
    gradus_status status = gradus_function(2, textbook, y, &f);
    options.monitor = go_on;
    options.monitor_context = &seen;
    options.metric = GRADUS_METRIC_IDENTITY;
    options.step = gradus_step_backtracking(0.0);
    if (!status) status = gradus_check_gradient(f, theta, NULL, NULL);
    if (!status) status = gradus_descend(f, theta, &options, &report);
    gradus_objective_free(f);
    if (status || !gradus_stop_converged(report.stop) || seen != report.iterations) return 1;
    return theta[0] > 1.999999999 && theta[0] < 2.000000001 && theta[1] > 0.699999999 &&
                   theta[1] < 0.700000001
               ? 0
               : 1;
}

#endif
