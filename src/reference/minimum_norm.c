/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Of all minimisers phi + V_2 z the one whose theta = T (phi + V_2 z) is shortest, T = diag(2^-e_j) being the
 * way back to the caller's columns: z minimises || T V_2 z + T phi ||, a small least-squares problem.
 *
 * The step stays in the span of V_2 whatever the rounding of z, so the fit is not touched; where columns of T
 * V_2 are dependent at working precision they get z = 0. A second round takes away what cancelled in the
 * first.
 */
#include <cblas.h>
#include <limits.h>
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "reference/closed_form.h"

typedef struct null_space {
    size_t cols, dimension;
    const double *vt; /* V_2' starts here, leading dimension cols */
    double *basis;    /* T V_2: cols x dimension */
    double *theta;    /* cols, up to a common power of two */
    double *z;        /* dimension */
    int *exponent;    /* of T's entries, <= 0 */
} null_space;

static void fill_basis(const gr_design *design, const gr_qr *qr, null_space *null)
{
    int least = INT_MAX;
    for (size_t j = 0; j < null->cols; j++) least = design->exponent[j] < least ? design->exponent[j] : least;
    for (size_t j = 0; j < null->cols; j++) {
        null->exponent[j] = least - design->exponent[qr->pivot[j]];
        for (size_t k = 0; k < null->dimension; k++)
            null->basis[j + k * null->cols] = ldexp(null->vt[k + j * null->cols], null->exponent[j]);
    }
}

static gradus_status take_out(const null_space *null, const gr_qr *qr, double *phi, gradus_error *error)
{
    for (size_t j = 0; j < null->cols; j++) null->theta[j] = ldexp(phi[j], null->exponent[j]);
    const gradus_status status = gr_qr_multiply_transposed(qr, null->theta, error);
    if (status) return status;
    gr_qr_solve(qr, gr_qr_rank(qr), null->theta, null->z);
    cblas_dgemv(CblasColMajor, CblasTrans, (int)null->dimension, (int)null->cols, -1.0, null->vt,
                (int)null->cols, null->z, 1, 1.0, phi, 1);
    return GRADUS_OK;
}

static gradus_status minimise(const gradus_allocator *allocator, const null_space *null, double *phi,
                              gradus_error *error)
{
    gr_qr qr = {0};
    gradus_status status = gr_qr_factor(allocator, null->cols, null->dimension, null->basis, &qr, error);
    if (!status) status = take_out(null, &qr, phi, error);
    if (!status) status = take_out(null, &qr, phi, error);
    gr_qr_free(&qr);
    return status;
}

gradus_status gr_minimise_norm(const gr_design *design, const gr_qr *qr, const gr_svd *svd, size_t rank,
                               double *phi, gradus_error *error)
{
    const gradus_allocator *allocator = &design->allocator;
    const size_t cols = svd->cols, dimension = cols - rank;
    null_space null = {.cols = cols, .dimension = dimension, .vt = svd->vt + rank};
    null.basis = gr_allocate_doubles(allocator, cols * dimension); /* at most the size of V' */
    null.theta = gr_allocate_doubles(allocator, cols);
    null.z = gr_allocate_doubles(allocator, dimension);
    null.exponent = (int *)gr_allocate(allocator, cols, sizeof(int));
    gradus_status status = GRADUS_ERROR_MEMORY;
    if (null.basis && null.theta && null.z && null.exponent) {
        fill_basis(design, qr, &null);
        status = minimise(allocator, &null, phi, error);
    } else {
        gr_error_plain(error, status);
    }
    gr_release(allocator, null.basis);
    gr_release(allocator, null.theta);
    gr_release(allocator, null.z);
    gr_release(allocator, null.exponent);
    return status;
}
