/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/cholesky.h"

#include <cblas.h>
#include <limits.h>

#include "base/error.h"
#include "base/memory.h"
#include "factor/lapack.h"

static gradus_status factor(gr_cholesky *cholesky, double *work, int *integers, gradus_error *error)
{
    const int n = (int)cholesky->size;
    const double norm = LAPACKE_dlansy_work(LAPACK_COL_MAJOR, '1', 'U', n, cholesky->g, n, work);
    lapack_int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'U', n, cholesky->g, n);
    if (info > 0) {
        cholesky->broke_at = (size_t)info - 1;
        cholesky->pivot = cholesky->g[cholesky->broke_at * (cholesky->size + 1)];
        return GRADUS_OK;
    }
    if (info == 0) {
        info = LAPACKE_dpocon_work(LAPACK_COL_MAJOR, 'U', n, cholesky->g, n, norm, &cholesky->reciprocal,
                                   work, integers);
    }
    return gr_lapack_status("dpotrf", info, error);
}

gradus_status gr_cholesky_factor(const gradus_allocator *allocator, size_t size, double *g,
                                 gr_cholesky *cholesky, gradus_error *error)
{
    *cholesky = (gr_cholesky){.size = size, .broke_at = GRADUS_NOWHERE};
    cholesky->g = g;
    if (size > INT_MAX / 3) {
        return gr_error(error, GRADUS_ERROR_TOO_LARGE, gr_fault_limit((double)size, INT_MAX / 3),
                        "a matrix of order %zu is too large for LAPACK's Cholesky factorisation", size);
    }
    double *work = gr_allocate_doubles(allocator, 3 * size);
    int *integers = (int *)gr_allocate(allocator, size, sizeof(int));
    const gradus_status status = work && integers ? factor(cholesky, work, integers, error)
                                                  : gr_error_plain(error, GRADUS_ERROR_MEMORY);
    gr_release(allocator, work);
    gr_release(allocator, integers);
    return status;
}

void gr_cholesky_solve(const gr_cholesky *cholesky, double *x)
{
    const int n = (int)cholesky->size;
    cblas_dtrsv(CblasColMajor, CblasUpper, CblasTrans, CblasNonUnit, n, cholesky->g, n, x, 1);
    cblas_dtrsv(CblasColMajor, CblasUpper, CblasNoTrans, CblasNonUnit, n, cholesky->g, n, x, 1);
}
