/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A P = Q R:  phi = P R^(-1) (Q'b)_1,  residual = Q (0; (Q'b)_2). Golub, Numerische Mathematik 7 (1965) 206;
 * Bjorck, Numerical Methods for Least Squares Problems, section 2.4.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "reference/closed_form.h"

static gradus_status refuse(const gr_qr *qr, size_t rank, gradus_error *error)
{
    const double ratio = gr_qr_pivot_ratio(qr, rank);
    gr_fault fault = gr_fault_limit(ratio, qr->tolerance);
    fault.column = (size_t)qr->pivot[rank];
    return gr_error(
        error, GRADUS_ERROR_RANK_DEFICIENT, fault,
        "the design has rank %zu of %zu: coefficient %zu depends on others (pivot %.3g of the largest, limit "
        "%.3g); use the SVD reference or a ridge",
        rank, qr->cols, fault.column, ratio, qr->tolerance);
}

gradus_status gr_solve_by_qr(const gr_design *design, const gr_qr *qr, gr_closed_form *form,
                             gradus_error *error)
{
    form->method = GRADUS_REFERENCE_QR;
    form->rank = gr_qr_rank(qr);
    form->condition = (double)INFINITY;
    if (form->rank < qr->cols) return refuse(qr, form->rank, error);
    form->condition = gr_qr_condition(qr);
    memcpy(form->residual, design->b, design->rows * sizeof *design->b);
    const gradus_status status = gr_qr_multiply_transposed(qr, form->residual, error);
    if (status) return status;
    gr_qr_solve(qr, form->rank, form->residual, form->phi);
    memset(form->residual, 0, form->rank * sizeof *form->residual);
    return gr_qr_multiply(qr, form->residual, error);
}
