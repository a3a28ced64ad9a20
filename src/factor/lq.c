/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/lq.h"

#include <cblas.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "factor/lapack.h"

static gradus_status condition(const gradus_allocator *allocator, gr_lq *lq, gradus_error *error)
{
    const int p = (int)lq->size;
    double *work = gr_allocate_doubles(allocator, 3 * lq->size);
    int *integers = (int *)gr_allocate(allocator, lq->size, sizeof(int));
    gradus_status status = GRADUS_ERROR_MEMORY;
    if (work && integers) {
        const lapack_int info = LAPACKE_dtrcon_work(LAPACK_COL_MAJOR, '1', 'L', 'N', p, lq->l, p,
                                                    &lq->reciprocal, work, integers);
        status = gr_lapack_status("dtrcon", info, error);
    }
    gr_release(allocator, work);
    gr_release(allocator, integers);
    return status == GRADUS_ERROR_MEMORY ? gr_error_plain(error, status) : status;
}

gradus_status gr_lq_factor(const gradus_allocator *allocator, size_t rows, size_t p, double *a, gr_lq *lq,
                           gradus_error *error)
{
    *lq = (gr_lq){.size = p, .l = a};
    if (!gr_fits_int(rows) || p > INT_MAX / 3)
        return gr_error(error, GRADUS_ERROR_TOO_LARGE, gr_fault_limit((double)gr_max(rows, p), INT_MAX / 3),
                        "a matrix of %zu x %zu is too large for LAPACK", rows, p);
    double best;
    lapack_int info = LAPACKE_dgelqf_work(LAPACK_COL_MAJOR, (int)p, (int)rows, a, (int)p, a, &best, -1);
    if (info) return gr_lapack_status("dgelqf", info, error);
    const size_t length = (size_t)best;
    double *work = gr_allocate_doubles(allocator, length + p);
    if (!work) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    info = LAPACKE_dgelqf_work(LAPACK_COL_MAJOR, (int)p, (int)rows, a, (int)p, work + length, work,
                               (int)length);
    gr_release(allocator, work);
    if (info) return gr_lapack_status("dgelqf", info, error);
    return condition(allocator, lq, error);
}

void gr_lq_solve(const gr_lq *lq, double *x)
{
    const int p = (int)lq->size;
    cblas_dtrsv(CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, p, lq->l, p, x, 1);
    cblas_dtrsv(CblasColMajor, CblasLower, CblasTrans, CblasNonUnit, p, lq->l, p, x, 1);
}
