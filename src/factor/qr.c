/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/qr.h"

#include <cblas.h>
#include <float.h>
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "factor/lapack.h"

double gr_rank_tolerance(size_t rows, size_t cols)
{
    return 4.0 * fmax((double)cols, sqrt((double)rows)) * DBL_EPSILON;
}

static int larger(int a, double b)
{
    return b > (double)a ? (int)b : a;
}

/* The largest workspace that the routines of this file like to have: LAPACK's answer to lwork = -1. */
static int best_work_size(const gr_qr *qr, gradus_status *status, gradus_error *error)
{
    const int rows = (int)qr->rows, cols = (int)qr->cols, steps = (int)qr->steps;
    double factor = 0.0, multiply = 0.0;
    lapack_int info = LAPACKE_dgeqp3_work(LAPACK_COL_MAJOR, rows, cols, qr->a, rows, qr->pivot, qr->tau,
                                          &factor, -1);
    *status = gr_lapack_status("dgeqp3", info, error);
    if (*status) return 0;
    info = LAPACKE_dormqr_work(LAPACK_COL_MAJOR, 'L', 'T', rows, 1, steps, qr->a, rows, qr->tau, qr->a, rows,
                               &multiply, -1);
    *status = gr_lapack_status("dormqr", info, error);
    return larger(larger(3 * cols, factor), multiply); /* dtrcon takes 3 cols */
}

static gradus_status open_workspace(gr_qr *qr, gradus_error *error)
{
    const gradus_allocator *allocator = &qr->allocator;
    qr->tau = gr_allocate_doubles(allocator, qr->steps);
    qr->pivot = (int *)gr_allocate(allocator, qr->cols, sizeof(int));
    qr->integers = (int *)gr_allocate(allocator, qr->cols, sizeof(int));
    if (!qr->tau || !qr->pivot || !qr->integers) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    gradus_status status;
    qr->work_size = best_work_size(qr, &status, error);
    if (status) return status;
    qr->work = gr_allocate_doubles(allocator, (size_t)qr->work_size);
    return qr->work ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

gradus_status gr_qr_factor(const gradus_allocator *allocator, size_t rows, size_t cols, double *a, gr_qr *qr,
                           gradus_error *error)
{
    *qr = (gr_qr){.rows = rows, .cols = cols, .steps = gr_min(rows, cols), .a = a, .allocator = *allocator};
    qr->tolerance = gr_rank_tolerance(rows, cols);
    if (!gr_fits_int(rows) || cols > INT_MAX / 128) { /* the workspace is about 64 cols, and an int too */
        return gr_error(error, GRADUS_ERROR_TOO_LARGE, gr_fault_limit((double)gr_max(rows, cols), INT_MAX),
                        "a matrix of %zu x %zu is too large for LAPACK's QR", rows, cols);
    }
    const gradus_status status = open_workspace(qr, error);
    if (status) return status;
    const lapack_int info = LAPACKE_dgeqp3_work(LAPACK_COL_MAJOR, (int)rows, (int)cols, a, (int)rows,
                                                qr->pivot, qr->tau, qr->work, qr->work_size);
    for (size_t j = 0; j < cols; j++) qr->pivot[j]--; /* Fortran counts from 1 */
    return gr_lapack_status("dgeqp3", info, error);
}

double gr_qr_pivot_ratio(const gr_qr *qr, size_t k)
{
    if (k >= qr->steps || qr->a[0] == 0.0) return 0.0;
    return fabs(qr->a[k + k * qr->rows] / qr->a[0]);
}

size_t gr_qr_rank(const gr_qr *qr)
{
    size_t rank = 0;
    while (rank < qr->steps && gr_qr_pivot_ratio(qr, rank) > qr->tolerance) rank++;
    return rank;
}

double gr_qr_condition(const gr_qr *qr)
{
    double reciprocal = 0.0;
    if (qr->rows < qr->cols) return (double)INFINITY;
    const lapack_int info = LAPACKE_dtrcon_work(LAPACK_COL_MAJOR, '1', 'U', 'N', (int)qr->cols, qr->a,
                                                (int)qr->rows, &reciprocal, qr->work, qr->integers);
    return info == 0 && reciprocal > 0.0 ? 1.0 / reciprocal : (double)INFINITY;
}

static gradus_status multiply(const gr_qr *qr, char transpose, double *v, gradus_error *error)
{
    const int rows = (int)qr->rows;
    const lapack_int info = LAPACKE_dormqr_work(LAPACK_COL_MAJOR, 'L', transpose, rows, 1, (int)qr->steps,
                                                qr->a, rows, qr->tau, v, rows, qr->work, qr->work_size);
    return gr_lapack_status("dormqr", info, error);
}

gradus_status gr_qr_multiply(const gr_qr *qr, double *v, gradus_error *error)
{
    return multiply(qr, 'N', v, error);
}

gradus_status gr_qr_multiply_transposed(const gr_qr *qr, double *v, gradus_error *error)
{
    return multiply(qr, 'T', v, error);
}

void gr_qr_solve(const gr_qr *qr, size_t rank, double *c, double *x)
{
    cblas_dtrsv(CblasColMajor, CblasUpper, CblasNoTrans, CblasNonUnit, (int)rank, qr->a, (int)qr->rows, c, 1);
    for (size_t j = 0; j < qr->cols; j++) x[qr->pivot[j]] = j < rank ? c[j] : 0.0;
}

void gr_qr_free(gr_qr *qr)
{
    gr_release(&qr->allocator, qr->tau);
    gr_release(&qr->allocator, qr->pivot);
    gr_release(&qr->allocator, qr->integers);
    gr_release(&qr->allocator, qr->work);
}
