/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The normal equations A'A phi = A'b by Cholesky: one dsyrk, n^3/3 more. The condition number of A'A is the
 * square of A's, so half of the digits are gone before it begins. Bjorck, Numerical Methods for Least Squares
 * Problems, SIAM 1996, section 2.2.
 */
#include <cblas.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "factor/cholesky.h"
#include "reference/closed_form.h"

static gradus_status refuse(const gr_cholesky *cholesky, double reciprocal, double limit, gradus_error *error)
{
    gr_fault fault = gr_fault_limit(reciprocal, limit);
    if (cholesky->broke_at == GRADUS_NOWHERE) {
        return gr_error(error, GRADUS_ERROR_RANK_DEFICIENT, fault,
                        "the Gram matrix puts the reciprocal condition of the design at %.3g, limit %.3g; "
                        "use the QR or SVD "
                        "reference or a ridge",
                        reciprocal, limit);
    }
    fault.column = cholesky->broke_at;
    return gr_error(
        error, GRADUS_ERROR_RANK_DEFICIENT, fault,
        "the Gram matrix is not positive definite at coefficient %zu (pivot %.3g); use the QR or SVD "
        "reference or a ridge",
        fault.column, cholesky->pivot);
}

static void solve(const gr_design *design, const gr_cholesky *cholesky, gr_closed_form *form)
{
    const int rows = (int)design->rows, cols = (int)design->cols;
    cblas_dgemv(CblasColMajor, CblasTrans, rows, cols, 1.0, design->a, rows, design->b, 1, 0.0, form->phi, 1);
    gr_cholesky_solve(cholesky, form->phi);
    memcpy(form->residual, design->b, design->rows * sizeof *design->b);
    cblas_dgemv(CblasColMajor, CblasNoTrans, rows, cols, -1.0, design->a, rows, form->phi, 1, 1.0,
                form->residual, 1);
}

static gradus_status factor_and_solve(const gr_design *design, double *gram, gr_closed_form *form,
                                      gradus_error *error)
{
    const int rows = (int)design->rows, cols = (int)design->cols;
    const double limit = sqrt(
        gr_rank_tolerance(design->rows, design->cols)); /* the tolerance holds for A'A */
    gr_cholesky cholesky;
    cblas_dsyrk(CblasColMajor, CblasUpper, CblasTrans, cols, rows, 1.0, design->a, rows, 0.0, gram, cols);
    const gradus_status status = gr_cholesky_factor(&design->allocator, design->cols, gram, &cholesky, error);
    if (status) return status;
    const double reciprocal = sqrt(cholesky.reciprocal);
    if (!(reciprocal > limit)) return refuse(&cholesky, reciprocal, limit, error);
    form->rank = design->cols;
    form->condition = 1.0 / reciprocal;
    solve(design, &cholesky, form);
    return GRADUS_OK;
}

gradus_status gr_solve_by_cholesky(const gr_design *design, gr_closed_form *form, gradus_error *error)
{
    form->method = GRADUS_REFERENCE_CHOLESKY;
    form->rank = 0;
    form->condition = (double)INFINITY;
    size_t elements;
    if (!gr_multiply(design->cols, design->cols, &elements))
        return gr_error_plain(error, GRADUS_ERROR_SIZE_OVERFLOW);
    double *gram = gr_allocate_doubles(&design->allocator, elements);
    if (!gram) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    const gradus_status status = factor_and_solve(design, gram, form, error);
    gr_release(&design->allocator, gram);
    return status;
}
