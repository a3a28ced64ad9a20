/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A' = LQ of a tall matrix stored by rows, so that A'A = LL', on threads of our own and with the same bits for any
 * number of them and of OpenBLAS's: Householder QR of blocks of rows, whose triangles are combined in a fixed tree.
 * Demmel, Grigori, Hoemmen and Langou, SIAM J. Sci. Comput. 34 (2012) A206; as backward stable as one Householder
 * QR of all rows: Mori, Yamamoto and Zhang, Japan J. Indust. Appl. Math. 29 (2012) 111.
 */
#ifndef GR_FACTOR_TILED_LQ_H
#define GR_FACTOR_TILED_LQ_H

#include "gradus/status.h"

typedef struct gr_tiled_lq {
    size_t size; /* p */
    const double
        *l; /* lower triangle, column-major, leading dimension p, diagonal of any sign; in the caller's
                          memory */
    double
        reciprocal; /* an estimate of 1 / (||L||_1 ||L^(-1)||_1), see factor/condition.h; 0 where L is singular */
} gr_tiled_lq;

/*
 * Factors `rows` x p (rows >= p >= 1) row-major a in place, on at most `threads` >= 1 threads; with 1 no parallel
 * region is entered. a: finite, entries up to 1e150 in size; all of it is overwritten.
 * Errors: GRADUS_ERROR_TOO_LARGE, _MEMORY. Nothing to free.
 */
gradus_status gr_tiled_lq_factor(const gradus_allocator *allocator, size_t rows, size_t p, double *a,
                                 int threads, gr_tiled_lq *lq, gradus_error *error);

/* x <- (LL')^(-1) x. Only where the reciprocal is > 0. */
void gr_tiled_lq_solve(const gr_tiled_lq *lq, double *x);

#endif
