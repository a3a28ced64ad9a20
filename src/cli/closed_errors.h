/* SPDX-License-Identifier: BSD-3-Clause */
/* The closed forms' own standard errors, by the factors they are computed from, in plain double precision. */
#ifndef GR_CLI_CLOSED_ERRORS_H
#define GR_CLI_CLOSED_ERRORS_H

#include "cli/problem.h"
#include "gradus/reference.h"

/*
 * theta and its standard errors (size of theta each), and the residual sum of squares, by LAPACK: `method` is QR, SVD or CHOLESKY;
 * columns are scaled by powers of two. No degree of freedom left: errors of 0. Errors: those of gradus_reference_least_squares.
 */
gradus_status gr_closed_fit(const gr_problem *problem, gradus_reference method, double *theta,
                            double *standard_errors, double *residual_square, gradus_error *error);

#endif
