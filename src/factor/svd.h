/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * R = U diag(sigma) V' of the triangle of a QR factorisation, whose singular values are those of A. Pivoted
 * QR first keeps one copy of A, and makes the decomposition of the small R the more accurate one. Golub and
 * Van Loan, Matrix Computations, 4th ed., section 8.6; LAPACK's dgesdd.
 */
#ifndef GR_FACTOR_SVD_H
#define GR_FACTOR_SVD_H

#include "factor/qr.h"

typedef struct gr_svd {
    size_t rows, cols; /* of R; rows <= cols, and rows < cols only where A is wide */
    double tolerance;  /* that of the QR factorisation */
    double *sigma;     /* rows, descending */
    double *u;         /* rows x rows; NULL when only the values were asked for */
    double *vt;        /* cols x cols, its columns in the order of A P; NULL likewise */
    gradus_allocator allocator;
} gr_svd;

/*
 * Decomposes the R of a QR factorisation, which is left as it is. Call gr_svd_free also after a failure.
 * dgesdd first; where it does not converge, dgesvd. Errors: GRADUS_ERROR_TOO_LARGE, _MEMORY, _LAPACK.
 */
gradus_status gr_svd_of_qr(const gr_qr *qr, bool vectors, gr_svd *svd, gradus_error *error);

/* The number of singular values above the tolerance times the largest. */
size_t gr_svd_rank(const gr_svd *svd);

/* An all-zero struct is fine. */
void gr_svd_free(gr_svd *svd);

#endif
