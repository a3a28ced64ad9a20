/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A P = Q R by Householder reflections with column pivoting: |r_11| >= |r_22| >= ..., so that the diagonal
 * tells the rank. Golub and Van Loan, Matrix Computations, 4th ed., section 5.4; LAPACK's dgeqp3.
 */
#ifndef GR_FACTOR_QR_H
#define GR_FACTOR_QR_H

#include <stdbool.h>

#include "gradus/status.h"

/*
 * A pivot or a singular value at most this small, relative to the largest, counts as zero:
 *
 *   4 max(cols, sqrt(rows)) eps
 *
 * Designs with a column that is a rounded combination of the others leave up to a quarter of that behind, from
 * 3 to 100000 rows. The customary max(rows, cols) eps would call a design of a million rows deficient from a
 * condition number of 4e9 on.
 */
double gr_rank_tolerance(size_t rows, size_t cols);

typedef struct gr_qr {
    size_t rows, cols;
    size_t steps;     /* min(rows, cols): R is steps x cols */
    double tolerance; /* gr_rank_tolerance(rows, cols) */
    double *a;    /* lent by the owner, leading dimension rows: R, and below its diagonal the reflectors */
    double *tau;  /* the reflectors' factors */
    int *pivot;   /* column j of A P is column pivot[j] of A */
    double *work; /* LAPACK's workspace, asked for once */
    int work_size;
    int *integers;
    gradus_allocator allocator;
} gr_qr;

/*
 * Factors the rows x cols column-major matrix a, leading dimension rows, in place. Call gr_qr_free also after
 * a failure. a: finite. Errors: GRADUS_ERROR_TOO_LARGE, _MEMORY, _LAPACK.
 */
gradus_status gr_qr_factor(const gradus_allocator *allocator, size_t rows, size_t cols, double *a, gr_qr *qr,
                           gradus_error *error);

/* |r_kk| / |r_11|, counted from 0; 0 where R has no such row. */
double gr_qr_pivot_ratio(const gr_qr *qr, size_t k);

/* The number of leading diagonal entries of R above the tolerance. */
size_t gr_qr_rank(const gr_qr *qr);

/* LAPACK's estimate of ||R||_1 ||R^(-1)||_1; Inf where R is singular or not square. */
double gr_qr_condition(const gr_qr *qr);

/* v <- Q v, or Q'v; v: rows doubles. */
gradus_status gr_qr_multiply(const gr_qr *qr, double *v, gradus_error *error);
gradus_status gr_qr_multiply_transposed(const gr_qr *qr, double *v, gradus_error *error);

/*
 * x: cols doubles, the basic solution of R_11 (P'x) = c: the leading rank x rank triangle of R is solved, the
 * other entries are 0. With c = Q'b and full rank x minimises ||A x - b||_2. c: rank doubles, overwritten.
 */
void gr_qr_solve(const gr_qr *qr, size_t rank, double *c, double *x);

/* Frees all but a; an all-zero struct is fine. */
void gr_qr_free(gr_qr *qr);

#endif
