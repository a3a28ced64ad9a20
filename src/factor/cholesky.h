/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * G = R'R of a symmetric positive definite matrix, with its condition estimate.
 * Golub and Van Loan, Matrix Computations, 4th ed., section 4.2; LAPACK's dpotrf, dpocon, dpotrs.
 */
#ifndef GR_FACTOR_CHOLESKY_H
#define GR_FACTOR_CHOLESKY_H

#include <stdbool.h>

#include "gradus/status.h"

typedef struct gr_cholesky {
    size_t size;
    double *g;         /* lent by the owner, upper triangle, leading dimension size: G, then R */
    size_t broke_at;   /* the first pivot that is not positive, from 0; GRADUS_NOWHERE when all went well */
    double pivot;      /* and its value */
    double reciprocal; /* LAPACK's estimate of 1 / (||G||_1 ||G^(-1)||_1); 0 after a breakdown */
} gr_cholesky;

/*
 * Factors the upper triangle of g in place. A breakdown is a result, not an error. g: finite.
 * Errors: GRADUS_ERROR_TOO_LARGE, _MEMORY, _LAPACK. Nothing to free.
 */
gradus_status gr_cholesky_factor(const gradus_allocator *allocator, size_t size, double *g,
                                 gr_cholesky *cholesky, gradus_error *error);

/* x <- G^(-1) x. Only without a breakdown. */
void gr_cholesky_solve(const gr_cholesky *cholesky, double *x);

#endif
