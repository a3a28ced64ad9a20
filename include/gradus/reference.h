/* SPDX-License-Identifier: BSD-3-Clause */
/* Closed-form least squares by LAPACK, and the certificate that judges an answer. */
#ifndef GRADUS_REFERENCE_H
#define GRADUS_REFERENCE_H

#include "matrix.h"
#include "model.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How the closed form is computed. The columns are first equilibrated by powers of two, which is exact. */
typedef enum gradus_reference {
    GRADUS_REFERENCE_AUTOMATIC = 0, /* QR; SVD where QR finds dependent columns */
    GRADUS_REFERENCE_QR = 1,        /* Householder QR with column pivoting: the accurate one for full rank */
    GRADUS_REFERENCE_SVD = 2,       /* singular value decomposition: minimum-norm answer at any rank */
    GRADUS_REFERENCE_CHOLESKY = 3   /* Cholesky of the normal equations: fast, loses twice the digits */
} gradus_reference;

/* What the closed form found out. Filled by gradus; needs no initialisation. */
typedef struct gradus_facts {
    gradus_reference method; /* the one that gave the answer, never AUTOMATIC */
    size_t size;             /* entries of theta */
    size_t rank;             /* numerical rank of the equilibrated design; CHOLESKY knows only `size` or 0 */
    /* Condition number of the equilibrated design. SVD: the 2-norm's sigma_1 / sigma_rank. QR: LAPACK's 1-norm
     * estimate for R. CHOLESKY: the square root of the estimate for the Gram matrix. Inf where QR or CHOLESKY find
     * the rank deficient. */
    double condition;
    double value;         /* J(theta) of the answer, penalty included; NaN where the rank was refused */
    double residual_norm; /* ||D^(1/2) (X theta - y)||_2; likewise */
    double reserved[8];   /* zero */
} gradus_facts;

/*
 * The minimiser of J of gradus_least_squares in closed form: solves (X'DX + W lambda I) theta = X'Dy, intercept
 * unpenalised, as the least-squares problem
 *
 *   min || [ D^(1/2) X, D^(1/2) 1 ; (W lambda)^(1/2) I, 0 ] theta - [ D^(1/2) y ; 0 ] ||_2
 *
 *   X, y, options   as for gradus_least_squares
 *   method          see above
 *   theta           out: n doubles, n + 1 with intercept; written only on success
 *   facts           out, may be NULL; also written where the rank is deficient
 *
 * Memory: one dense copy of the design, and O(size^2) for SVD and CHOLESKY. Cost: one pass over X, then O(m n^2).
 * Errors: those of gradus_least_squares, and GRADUS_ERROR_DATA_NOT_FINITE (LAPACK itself is silent on that),
 * GRADUS_ERROR_RANK_DEFICIENT (QR and CHOLESKY only; measured: |r_kk| / |r_11| of the first failing pivot of QR, the
 * square root of the Gram matrix's reciprocal condition for CHOLESKY; column: the dependent coefficient),
 * GRADUS_ERROR_LAPACK (also where a coefficient exceeds the range of a double).
 * Source: Bjorck, Numerical Methods for Least Squares Problems, SIAM 1996; LAPACK Users' Guide, 3rd ed., 1999.
 */
GRADUS_API gradus_status gradus_reference_least_squares(const gradus_matrix *X, const double *y,
                                                        const gradus_model_options *options,
                                                        gradus_reference method, double *theta,
                                                        gradus_facts *facts);

/*
 * The singular values sigma_1 >= sigma_2 >= ... of the design the closed form factors (weights, ridge rows and
 * intercept included), in the caller's scale, not equilibrated. values: out, size of theta entries; those beyond
 * the number of rows are 0. Cost and errors as gradus_reference_least_squares.
 */
GRADUS_API gradus_status gradus_reference_singular_values(const gradus_matrix *X,
                                                          const gradus_model_options *options,
                                                          double *values);

/* What gradus_certify_least_squares measured. Filled by gradus; needs no initialisation. */
typedef struct gradus_certificate {
    /* An upper bound on the smallest ||E||_F / ||A||_F such that theta solves the problem with A + E exactly: sqrt(2)
     * times the Karlson-Walden estimate, columns equilibrated. 1e-16 is perfect. With a ridge its rows, sqrt(W lambda) I below the data,
     * are of A, and E may move them, too: it can be smaller than where X alone might move */
    double backward_error;
    /* ||A'r||_2 / (||A||_F ||r||_2), columns equilibrated; 0 at the exact minimiser and where r = 0 */
    double orthogonality;
    /* ||theta - closed form||_2 / ||closed form||_2, absolute where that is 0 */
    double distance;
    /* digits of agreement with the closed form: -log10 of the relative error of the worst coefficient (absolute where
     * the closed form's is 0), from 0 to 15 */
    double digits;
    /* ||r||_2 of the weighted, penalised residual r = b - A theta */
    double residual_norm;
    /* condition number of the equilibrated design, as in gradus_facts */
    double condition;
    /* its numerical rank; below the size of theta the closed form is the minimum-norm one */
    size_t rank;
    /* ||t - t*||_2 / ||t*||_2 is at most this, columns equilibrated, with t* the exact answer for the data as stored (and
     * options->low). Inf means unbounded: bound_reason says why */
    double error_bound;
    /* rho: what a correction in twice the precision leaves of the error, measured; 0 where none was needed */
    double contraction;
    /* in one sentence how the bound was found, or why there is none */
    char bound_reason[160];
    /* zero */
    double reserved[8];
} gradus_certificate;

/*
 * How good is theta as an answer to least squares? Compares it with the closed form (QR; SVD where the rank is
 * deficient) and computes its normwise backward error
 *
 *   sqrt(2) * || (||t||^2 A'A + ||r||^2 I)^(-1/2) A'r ||_2 / ||A||_F
 *
 * with A, t the equilibrated design and coefficients, and a bound on its error: t is corrected in twice the precision,
 * d_k = -(A'A)^(-1) A'(A t_k - b), until little is left, and
 *
 *   ||t - t*||_2 <= ||t - t_K||_2 + (1 + rho)/(1 - rho) ||A d_K||_2 / sigma_n + the rounding of pairs.
 *
 * Unbounded where kappa u sqrt(mn) > 0.1, with kappa = sigma_1 / sigma_n and u = 2^-53, where the rank is deficient, where the corrections do not
 * converge, and where t* may be 0. theta: finite, size as above; any origin.
 * Memory: two dense copies of the design. Cost: two passes over X, then O(m n^2). Errors: as gradus_reference_least_squares; GRADUS_ERROR_START_NOT_FINITE
 * where theta is not finite. A deficient rank is reported, not refused.
 * Source: Karlson and Walden, BIT 37 (1997) 862; the factor sqrt(2): Gratton, Jiranek and Titley-Peloquin, SIAM J.
 * Matrix Anal. Appl. 33 (2012) 822; its computation: Grcar, Saunders and Su, Stanford SOL 2007-1.
 */
GRADUS_API gradus_status gradus_certify_least_squares(const gradus_matrix *X, const double *y,
                                                      const gradus_model_options *options,
                                                      const double *theta, gradus_certificate *certificate);

#ifdef __cplusplus
}
#endif

#endif
