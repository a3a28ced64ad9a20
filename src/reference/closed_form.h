/* SPDX-License-Identifier: BSD-3-Clause */
/* The closed form in the design's units, by each method; the public calls translate. */
#ifndef GR_REFERENCE_CLOSED_FORM_H
#define GR_REFERENCE_CLOSED_FORM_H

#include "factor/qr.h"
#include "factor/svd.h"
#include "gradus/reference.h"
#include "reference/design.h"

typedef struct gr_closed_form {
    double *phi;             /* design->cols: the answer */
    double *residual;        /* design->rows: b - A phi */
    gradus_reference method; /* that gave the answer, or refused it */
    size_t rank;
    double condition;
} gr_closed_form;

/* Allocates phi and residual. Call gr_closed_form_free also after a failure. */
gradus_status gr_closed_form_open(const gr_design *design, gr_closed_form *form, gradus_error *error);
void gr_closed_form_free(const gr_design *design, gr_closed_form *form);

/*
 * Each fills form. `qr` holds the factors of design->a, which it has overwritten; svd those of its R. Errors:
 * GRADUS_ERROR_RANK_DEFICIENT (not by SVD; rank and condition are filled), _MEMORY, _LAPACK, _TOO_LARGE.
 */
gradus_status gr_solve_by_qr(const gr_design *design, const gr_qr *qr, gr_closed_form *form,
                             gradus_error *error);
gradus_status gr_solve_by_svd(const gr_design *design, const gr_qr *qr, const gr_svd *svd,
                              gr_closed_form *form, gradus_error *error);
gradus_status gr_solve_by_cholesky(const gr_design *design, gr_closed_form *form, gradus_error *error);

/*
 * Moves phi (cols doubles, in the order of A P) along the null space of R, spanned by the rows of V' after
 * the first `rank`, to where ||theta||_2 is least.
 */
gradus_status gr_minimise_norm(const gr_design *design, const gr_qr *qr, const gr_svd *svd, size_t rank,
                               double *phi, gradus_error *error);

#endif
