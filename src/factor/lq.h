/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A' = LQ of a tall matrix stored by rows, so that A'A = LL': LAPACK sees A' column-major and nothing is transposed.
 * Golub and Van Loan, Matrix Computations, 4th ed., section 5.2; LAPACK's dgelqf, dtrcon.
 */
#ifndef GR_FACTOR_LQ_H
#define GR_FACTOR_LQ_H

#include "gradus/status.h"

typedef struct gr_lq {
    size_t size;       /* p */
    const double *l;   /* lower triangle, column-major, leading dimension p; in the caller's memory */
    double reciprocal; /* LAPACK's estimate of 1 / (||L||_1 ||L^(-1)||_1) */
} gr_lq;

/*
 * Factors `rows` x p (rows >= p) row-major a in place. a: finite.
 * Errors: GRADUS_ERROR_TOO_LARGE, _MEMORY, _LAPACK. Nothing to free.
 */
gradus_status gr_lq_factor(const gradus_allocator *allocator, size_t rows, size_t p, double *a, gr_lq *lq,
                           gradus_error *error);

/* x <- (LL')^(-1) x */
void gr_lq_solve(const gr_lq *lq, double *x);

#endif
