/* SPDX-License-Identifier: BSD-3-Clause */
/* s_j = (RSS/(m - n) * G_jj)^(1/2), G = (A'A)^(-1) from R, from the singular values, or from Cholesky's factor. */
#include "cli/closed_errors.h"

#include <cblas.h>
#include <math.h>

#include "base/error.h"
#include "base/vector.h"
#include "cli/heap.h"
#include "cli/promise.h"
#include "factor/cholesky.h"
#include "factor/svd.h"
#include "reference/design.h"

/* G's diagonal, in the design's units; `square` and `column` are n x n and n doubles. */
typedef struct inverse {
    gr_design design;
    double *diagonal, *square, *column;
} inverse;

/* G = S S' with S = P R^(-1) */
static void invert_by_qr(const gr_qr *qr, inverse *on)
{
    const size_t n = qr->cols;
    for (size_t k = 0; k < n; k++) {
        double *into = on->square;
        for (size_t i = 0; i < n; i++) on->column[i] = i == k ? 1.0 : 0.0;
        gr_qr_solve(qr, n, on->column, into);
        for (size_t j = 0; j < n; j++) on->diagonal[j] += into[j] * into[j];
    }
}

/* G = P V diag(sigma)^(-2) V'P' */
static gradus_status invert_by_svd(const gr_qr *qr, inverse *on, gradus_error *error)
{
    gr_svd svd = {0};
    const gradus_status status = gr_svd_of_qr(qr, true, &svd, error);
    for (size_t j = 0; !status && j < svd.cols; j++) {
        for (size_t i = 0; i < svd.rows; i++) {
            const double entry = svd.vt[i + j * svd.cols] / svd.sigma[i];
            on->diagonal[qr->pivot[j]] += entry * entry;
        }
    }
    gr_svd_free(&svd);
    return status;
}

static gradus_status invert_orthogonally(gradus_reference method, inverse *on, gradus_error *error)
{
    gr_qr qr = {0};
    gr_design *design = &on->design;
    gradus_status status = gr_qr_factor(&design->allocator, design->rows, design->cols, design->a, &qr,
                                        error);
    if (!status && method == GRADUS_REFERENCE_SVD) status = invert_by_svd(&qr, on, error);
    if (!status && method == GRADUS_REFERENCE_QR) invert_by_qr(&qr, on);
    gr_qr_free(&qr);
    return status;
}

static gradus_status invert_by_cholesky(inverse *on, gradus_error *error)
{
    const gr_design *design = &on->design;
    const int n = (int)design->cols, m = (int)design->rows;
    gr_cholesky cholesky;
    cblas_dsyrk(CblasColMajor, CblasUpper, CblasTrans, n, m, 1.0, design->a, m, 0.0, on->square, n);
    const gradus_status status = gr_cholesky_factor(&design->allocator, design->cols, on->square, &cholesky,
                                                    error);
    for (size_t j = 0; !status && j < design->cols; j++) {
        for (size_t i = 0; i < design->cols; i++) on->column[i] = i == j ? 1.0 : 0.0;
        gr_cholesky_solve(&cholesky, on->column);
        on->diagonal[j] = on->column[j];
    }
    return status;
}

static double sum_of_squares(const gr_problem *problem, const double *theta)
{
    double sum = 0.0;
    for (size_t i = 0; i < problem->X.rows; i++) {
        const double r = gr_predict(problem, theta, i) - problem->y[i];
        sum += problem->weights ? problem->weights[i] * r * r : r * r;
    }
    return sum;
}

static void write(const gr_problem *problem, const inverse *on, double residual_square,
                  double *standard_errors)
{
    const double freedom = on->design.model.total_weight - (double)problem->coefficients;
    for (size_t j = 0; j < problem->coefficients; j++)
        standard_errors[j] = freedom > 0.0 ? ldexp(sqrt(residual_square / freedom * on->diagonal[j]),
                                                   -on->design.row_exponent - on->design.exponent[j])
                                           : 0.0;
}

gradus_status gr_closed_fit(const gr_problem *problem, gradus_reference method, double *theta,
                            double *standard_errors, double *residual_square, gradus_error *error)
{
    const gradus_model_options options = gr_problem_options(problem, 0.0, error);
    const size_t n = problem->coefficients;
    gradus_status status = gradus_reference_least_squares(&problem->X, problem->y, &options, method, theta,
                                                          NULL);
    if (status) return status;
    *residual_square = sum_of_squares(problem, theta);
    inverse on = {.diagonal = gr_new_doubles(n * n + 2 * n)};
    if (!on.diagonal) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    on.column = on.diagonal + n;
    on.square = on.column + n;
    status = gr_design_make(&problem->X, problem->y, &options, &on.design);
    if (!status)
        status = method == GRADUS_REFERENCE_CHOLESKY ? invert_by_cholesky(&on, error)
                                                     : invert_orthogonally(method, &on, error);
    if (!status) write(problem, &on, *residual_square, standard_errors);
    gr_design_free(&on.design);
    gr_delete(on.diagonal);
    return status;
}
