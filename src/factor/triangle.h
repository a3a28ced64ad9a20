/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Triangular systems with one right-hand side, x <- T^(-1) x. T is column-major, n x n with leading dimension n; the
 * other triangle is not read. The order of the sums depends on n alone.
 */
#ifndef GR_FACTOR_TRIANGLE_H
#define GR_FACTOR_TRIANGLE_H

#include <stddef.h>

void gr_solve_lower(size_t n, const double *l, double *x);
void gr_solve_lower_transposed(size_t n, const double *l, double *x);
void gr_solve_upper(size_t n, const double *r, double *x);
void gr_solve_upper_transposed(size_t n, const double *r, double *x);

#endif
