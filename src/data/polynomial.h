/* SPDX-License-Identifier: BSD-3-Clause */
/* The design matrix of a polynomial in one variable. */
#ifndef GR_DATA_POLYNOMIAL_H
#define GR_DATA_POLYNOMIAL_H

#include "gradus/status.h"

/*
 * design[i * degree + k - 1] = x[i]^k, k = 1 .. degree, row-major: each power is the one before it times
 * x[i], in double.
 *
 *   rows, degree   >= 1
 *   x              rows finite doubles
 *   *design        rows * degree doubles, written on success alone; free it with gr_release
 *
 * Errors: GRADUS_ERROR_NULL, _EMPTY (no rows), _OPTION (degree 0), _SIZE_OVERFLOW, _MEMORY, and
 * _DATA_NOT_FINITE when a power is Inf or NaN (row: of x, column: of the design, both counted from 0;
 * measured: x).
 */
gradus_status gr_polynomial(size_t rows, const double *x, size_t degree, const gradus_allocator *allocator,
                            double **design, gradus_error *error);

/*
 * What the design of gr_polynomial leaves out: low[i * degree + k - 1] = x[i]^k - design[i * degree + k - 1], the power in
 * double-double arithmetic, so that design + low has about 32 digits.
 *
 *   rows, x, degree   as there
 *   design            what it wrote
 *   *low              rows * degree doubles, written on success alone; free it with gr_release
 *
 * Errors: GRADUS_ERROR_MEMORY.
 */
gradus_status gr_polynomial_low(size_t rows, const double *x, size_t degree, const double *design,
                                const gradus_allocator *allocator, double **low, gradus_error *error);

/* The name of a column of the design: "x" for power 1, "x^2" for 2; cut off at `size` bytes, NUL included. */
void gr_polynomial_name(const char *variable, size_t power, size_t size, char *name);

#endif
