/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/bar.h"

#include <float.h>
#include <math.h>

/* A reference of 15 significant digits is itself off by up to 5e-15. */
static const double MOST_DIGITS = 14.3;

/* The unit roundoff, 2^-53; and five standard deviations, of the difference of two answers. */
static const double UNIT = DBL_EPSILON / 2.0, SAFETY = 5.0 * 1.4142135623730951;

static double clip(double digits)
{
    return digits >= 0.0 ? fmin(digits, MOST_DIGITS) : 0.0; /* NaN promises nothing */
}

/* The relative error of the worst coefficient of a backward stable answer, one standard deviation. */
static double stable_error(const gr_promise *promise)
{
    return sqrt(promise->rows * promise->cols) * UNIT * promise->data;
}

double gr_bar_stable(const gr_promise *promise)
{
    return clip(-log10(SAFETY * stable_error(promise)));
}

double gr_bar_normal(const gr_promise *promise)
{
    const double gram = sqrt(promise->rows + promise->cols) * UNIT * promise->normal;
    return clip(-log10(SAFETY * hypot(stable_error(promise), gram)));
}

double gr_bar_gradient(const gr_promise *promise, double share, double steps)
{
    const double gain = -steps * log1p(-share / (promise->condition * promise->condition)) / log(10.0);
    return fmin(gr_bar_stable(promise), clip(gain - log10(promise->far)));
}

gradus_status gr_promise_measure(const gr_problem *problem, bool logistic, const double *theta,
                                 gr_promise *promise, gradus_error *error)
{
    promise->rows = (double)problem->X.rows;
    promise->cols = (double)problem->coefficients;
    const gradus_status status = gr_measure_conditioning(problem, logistic, theta, promise, error);
    return status ? status : gr_measure_contraction(problem, logistic, theta, promise, error);
}
