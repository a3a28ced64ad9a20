/* SPDX-License-Identifier: BSD-3-Clause */
/* Scaling by powers of two: exact, and safe for numbers of any size. */
#ifndef GR_FACTOR_EQUILIBRATE_H
#define GR_FACTOR_EQUILIBRATE_H

#include <stddef.h>

/* The e with 2^(e-1) <= max |a_i| < 2^e; 0 for a zero vector. */
int gr_exponent(size_t n, const double *a);

/* The e with 2^(e-1) <= ||a||_2 < 2^e; 0 for a zero vector. */
int gr_norm_exponent(size_t n, const double *a);

/* a <- 2^exponent a, also where 2^exponent is not itself a double. */
void gr_scale(size_t n, double *a, int exponent);

#endif
