/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/svd.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "factor/lapack.h"

/* What one call of LAPACK works on and destroys. */
typedef struct scratch {
    double *r; /* a copy of R, rows x cols */
    double *work;
    int work_size;
    int *integers;
} scratch;

/* Zeros below the diagonal, R on and above it. */
static void copy_r(const gr_qr *qr, double *r)
{
    for (size_t j = 0; j < qr->cols; j++) {
        for (size_t i = 0; i < qr->steps; i++) r[i + j * qr->steps] = i <= j ? qr->a[i + j * qr->rows] : 0.0;
    }
}

static char job(const gr_svd *svd)
{
    return svd->u ? 'A' : 'N';
}

static lapack_int divide_and_conquer(const gr_svd *svd, const scratch *s, double *work, int work_size)
{
    const int rows = (int)svd->rows, cols = (int)svd->cols;
    return LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, job(svd), rows, cols, s->r, rows, svd->sigma, svd->u, rows,
                               svd->vt, cols, work, work_size, s->integers);
}

static lapack_int implicit_qr(const gr_svd *svd, const scratch *s, double *work, int work_size)
{
    const int rows = (int)svd->rows, cols = (int)svd->cols;
    return LAPACKE_dgesvd_work(LAPACK_COL_MAJOR, job(svd), job(svd), rows, cols, s->r, rows, svd->sigma,
                               svd->u, rows, svd->vt, cols, work, work_size);
}

static gradus_status open_vectors(gr_svd *svd, bool vectors, gradus_error *error)
{
    size_t square;
    svd->sigma = gr_allocate_doubles(&svd->allocator, svd->rows);
    if (!svd->sigma) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    if (!vectors) return GRADUS_OK;
    if (!gr_multiply(svd->cols, svd->cols, &square)) return gr_error_plain(error, GRADUS_ERROR_SIZE_OVERFLOW);
    svd->u = gr_allocate_doubles(&svd->allocator, svd->rows * svd->rows);
    svd->vt = gr_allocate_doubles(&svd->allocator, square);
    return svd->u && svd->vt ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

static gradus_status open_scratch(const gr_svd *svd, scratch *s, gradus_error *error)
{
    s->r = gr_allocate_doubles(&svd->allocator, svd->rows * svd->cols);
    s->integers = (int *)gr_allocate(&svd->allocator, 8 * svd->rows, sizeof(int));
    if (!s->r || !s->integers) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    double first = 0.0, second = 0.0;
    gradus_status status = gr_lapack_status("dgesdd", divide_and_conquer(svd, s, &first, -1), error);
    if (!status) status = gr_lapack_status("dgesvd", implicit_qr(svd, s, &second, -1), error);
    if (status) return status;
    s->work_size = (int)(first > second ? first : second);
    s->work = gr_allocate_doubles(&svd->allocator, (size_t)s->work_size);
    return s->work ? GRADUS_OK : gr_error_plain(error, GRADUS_ERROR_MEMORY);
}

static void free_scratch(const gradus_allocator *allocator, scratch *s)
{
    gr_release(allocator, s->r);
    gr_release(allocator, s->work);
    gr_release(allocator, s->integers);
}

/* info > 0 says that the iteration did not converge; the older algorithm then has its turn. */
static gradus_status decompose(const gr_qr *qr, const gr_svd *svd, const scratch *s, gradus_error *error)
{
    copy_r(qr, s->r);
    const lapack_int info = divide_and_conquer(svd, s, s->work, s->work_size);
    if (info <= 0) return gr_lapack_status("dgesdd", info, error);
    copy_r(qr, s->r);
    return gr_lapack_status("dgesvd", implicit_qr(svd, s, s->work, s->work_size), error);
}

/* dgesdd's workspace, 4 rows^2 + 7 rows + cols and some blocks of 64, is counted in an int as well. */
static bool work_fits(const gr_svd *svd)
{
    return 5.0 * (double)svd->rows * (double)svd->rows + 128.0 * (double)svd->cols <= (double)INT_MAX;
}

gradus_status gr_svd_of_qr(const gr_qr *qr, bool vectors, gr_svd *svd, gradus_error *error)
{
    *svd = (gr_svd){
        .rows = qr->steps, .cols = qr->cols, .tolerance = qr->tolerance, .allocator = qr->allocator};
    if (!work_fits(svd)) {
        return gr_error(error, GRADUS_ERROR_TOO_LARGE, gr_fault_limit((double)svd->cols, INT_MAX),
                        "a triangle of %zu x %zu is too large for LAPACK's SVD", svd->rows, svd->cols);
    }
    scratch s = {0};
    gradus_status status = open_vectors(svd, vectors, error);
    if (!status) status = open_scratch(svd, &s, error);
    if (!status) status = decompose(qr, svd, &s, error);
    free_scratch(&svd->allocator, &s);
    return status;
}

size_t gr_svd_rank(const gr_svd *svd)
{
    size_t rank = 0;
    while (rank < svd->rows && svd->sigma[rank] > svd->tolerance * svd->sigma[0]) rank++;
    return rank;
}

void gr_svd_free(gr_svd *svd)
{
    gr_release(&svd->allocator, svd->sigma);
    gr_release(&svd->allocator, svd->u);
    gr_release(&svd->allocator, svd->vt);
}
