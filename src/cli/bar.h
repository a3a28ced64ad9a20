/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The bar of a row of `gradus verify`: the digits of agreement that theory promises, from what is measured at
 * the reference. docs/accuracy.md derives the formulas.
 */
#ifndef GR_CLI_BAR_H
#define GR_CLI_BAR_H

#include "cli/promise.h"

/*
 * Measures a promise for least squares or, with `logistic`, for the likelihood, at theta. An infinite number
 * promises nothing. Errors: GRADUS_ERROR_MEMORY, _LAPACK, _TOO_LARGE, _SIZE_OVERFLOW.
 */
gradus_status gr_promise_measure(const gr_problem *problem, bool logistic, const double *theta,
                                 gr_promise *promise, gradus_error *error);

/* Digits that a backward stable method reaches, and one that goes through the normal equations. */
double gr_bar_stable(const gr_promise *promise);
double gr_bar_normal(const gr_promise *promise);

/*
 * Digits that gradient steps reach: the smaller one of those of a stable method and those that `steps` steps
 * gain when each multiplies the slowest part of the error by 1 - share/kappa^2.
 */
double gr_bar_gradient(const gr_promise *promise, double share, double steps);

#endif
