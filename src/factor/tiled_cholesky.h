/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Cholesky's factorisation as in factor/cholesky.h, but on threads of our own, and with the same bits for any number of
 * them and of OpenBLAS's. Golub and Van Loan, Matrix Computations, 4th ed., sections 4.2.5 and 4.2.6.
 */
#ifndef GR_FACTOR_TILED_CHOLESKY_H
#define GR_FACTOR_TILED_CHOLESKY_H

#include "factor/cholesky.h"

/*
 * gr_cholesky_factor on at most `threads` threads; with 1 no parallel region is entered. The upper triangle of g becomes R;
 * below the diagonal g is overwritten. A breakdown is a result, not an error. g: finite.
 * Errors: GRADUS_ERROR_TOO_LARGE, _MEMORY. Nothing to free.
 */
gradus_status gr_tiled_cholesky_factor(const gradus_allocator *allocator, size_t size, double *g, int threads,
                                       gr_cholesky *cholesky, gradus_error *error);

/* x <- G^(-1) x. Only without a breakdown. */
void gr_tiled_cholesky_solve(const gr_cholesky *cholesky, double *x);

#endif
