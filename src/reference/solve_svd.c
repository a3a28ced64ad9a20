/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A P = Q R, R = U diag(sigma) V':  with d = U'(Q'b)_1 and the first `rank` of the sigmas,
 *
 *   phi = P sum_i v_i d_i / sigma_i,   residual = Q (sum over the other i of u_i d_i; (Q'b)_2).
 *
 * Golub and Reinsch, Numerische Mathematik 14 (1970) 403; Golub and Van Loan, 4th ed., section 5.5.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "reference/closed_form.h"

/*
 * d <- U'c, then the two halves of the formula: x takes the coefficients, c the part that no column explains.
 */
static void split(const gr_svd *svd, size_t rank, double *c, double *d, double *x)
{
    const int rows = (int)svd->rows, cols = (int)svd->cols;
    cblas_dgemv(CblasColMajor, CblasTrans, rows, rows, 1.0, svd->u, rows, c, 1, 0.0, d, 1);
    memset(c, 0, svd->rows * sizeof *c);
    const int others = rows - (int)rank;
    if (others > 0) {
        cblas_dgemv(CblasColMajor, CblasNoTrans, rows, others, 1.0, svd->u + rank * svd->rows, rows, d + rank,
                    1, 0.0, c, 1);
    }
    for (size_t i = 0; i < rank; i++) d[i] /= svd->sigma[i];
    if (rank > 0)
        cblas_dgemv(CblasColMajor, CblasTrans, (int)rank, cols, 1.0, svd->vt, cols, d, 1, 0.0, x, 1);
}

static gradus_status solve(const gr_design *design, const gr_qr *qr, const gr_svd *svd, gr_closed_form *form,
                           double *work, gradus_error *error)
{
    double *x = work, *d = work + svd->cols;
    memcpy(form->residual, design->b, design->rows * sizeof *design->b);
    gradus_status status = gr_qr_multiply_transposed(qr, form->residual, error);
    if (status) return status;
    split(svd, form->rank, form->residual, d, x);
    if (form->rank < svd->cols) status = gr_minimise_norm(design, qr, svd, form->rank, x, error);
    if (status) return status;
    for (size_t j = 0; j < svd->cols; j++) form->phi[qr->pivot[j]] = x[j];
    return gr_qr_multiply(qr, form->residual, error);
}

gradus_status gr_solve_by_svd(const gr_design *design, const gr_qr *qr, const gr_svd *svd,
                              gr_closed_form *form, gradus_error *error)
{
    form->method = GRADUS_REFERENCE_SVD;
    form->rank = gr_svd_rank(svd);
    form->condition = form->rank > 0 ? svd->sigma[0] / svd->sigma[form->rank - 1] : (double)INFINITY;
    double *work = gr_allocate_doubles(&design->allocator, svd->cols + svd->rows);
    if (!work) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    const gradus_status status = solve(design, qr, svd, form, work, error);
    gr_release(&design->allocator, work);
    return status;
}
