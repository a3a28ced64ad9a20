/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How large the inverse of a matrix is, from a few solves with it and with its transpose. Higham, ACM Trans. Math. Softw.
 * 14 (1988) 381, algorithm 674, as in LAPACK's dlacn2, but without BLAS, whose threads could change the bits.
 */
#ifndef GR_FACTOR_CONDITION_H
#define GR_FACTOR_CONDITION_H

#include <stddef.h>

/* ||x||_1 = sum_i |x_i| */
double gr_norm_1(size_t n, const double *x);

/* x <- A^(-1) x in place */
typedef void (*gr_solve)(const void *factor, double *x);

/*
 * 1 / (norm ||A^(-1)||_1), norm = ||A||_1, with ||A^(-1)||_1 estimated from below, almost always within a factor of 3.
 * 0 where A is singular or a solve overflows. work: 2 n doubles.
 */
double gr_reciprocal_condition(size_t n, double norm, const void *factor, gr_solve solve,
                               gr_solve solve_transposed, double *work);

#endif
