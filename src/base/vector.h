/* SPDX-License-Identifier: BSD-3-Clause */
/* Short vectors of coefficients. Plain loops in a fixed order, so that no BLAS thread can change their bits. */
#ifndef GR_BASE_VECTOR_H
#define GR_BASE_VECTOR_H

#include <stddef.h>

/* sum_i a_i b_i */
double gr_dot(size_t n, const double *a, const double *b);

/* ||a||_2, without overflow or underflow on the way; NaN or Inf when an entry is */
double gr_norm(size_t n, const double *a);

/* ||a - b||_2, likewise */
double gr_distance(size_t n, const double *a, const double *b);

/* ||(a_i / b_i)||_2, likewise */
double gr_norm_over(size_t n, const double *a, const double *b);

/* |sum_i a_i b_i|^(1/2), likewise: the terms may be squares of what a double holds, and a_i far from b_i */
double gr_root_of_dot(size_t n, const double *a, const double *b);

/* The first entry that is NaN or Inf; n when all are finite. */
size_t gr_first_not_finite(size_t n, const double *a);

/* Turns the sign bit of every entry. */
void gr_negate(size_t n, double *a);

/* out_i = factor a_i */
void gr_scaled(size_t n, double factor, const double *a, double *out);

#endif
