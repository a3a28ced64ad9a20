/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The least-squares problem as LAPACK sees it: the dense design and its right-hand side,
 *
 *   [ D^(1/2) X, D^(1/2) 1 ; (W lambda)^(1/2) I, 0 ] theta ~ [ D^(1/2) y ; 0 ],
 *
 * scaled by powers of two, which is exact: rows by 2^-k, column j by 2^-e_j, y by 2^-s, so that columns and
 * right-hand side have norms in [1/2, 1), or are zero. In these units it reads  min || A phi - b ||  with
 * theta_j = 2^(s - e_j) phi_j, and a residual here is 2^-(k + s) times the caller's.
 */
#ifndef GR_REFERENCE_DESIGN_H
#define GR_REFERENCE_DESIGN_H

#include "gradus/model.h"
#include "model/objective.h"

typedef struct gr_design {
    gr_model model;
    size_t rows;           /* of X, and one for each column of X where there is a ridge */
    size_t cols;           /* entries of theta */
    double *a;             /* rows x cols, column-major, leading dimension rows */
    double *b;             /* rows */
    double *root;          /* 2^-k sqrt(w_i), one for each row of X */
    int *order;            /* row i here is row order[i] above: large rows first */
    int *exponent;         /* e_j */
    int row_exponent;      /* k */
    int response_exponent; /* s */
    gradus_allocator allocator;
} gr_design;

/* Checks the shape alone, before y is read: LAPACK's integers must count the rows. Nothing to free. */
gradus_status gr_design_measure(const gradus_matrix *X, const gradus_model_options *options,
                                gr_design *design);

/*
 * Checks everything gradus_reference_least_squares promises to check and copies X, in one pass. `options`
 * have been read. Call gr_design_free also after a failure.
 */
gradus_status gr_design_make(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                             gr_design *design);

/* The last step of making one: see row_order.c. */
gradus_status gr_design_sort_rows(gr_design *design, gradus_error *error);

/* theta from phi; GRADUS_ERROR_LAPACK where a coefficient is too large for a double. */
gradus_status gr_design_unscale(const gr_design *design, const double *phi, double *theta,
                                gradus_error *error);

void gr_design_free(gr_design *design);

#endif
