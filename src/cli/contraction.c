/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * How fast gradient steps converge in standardised columns: with lambda_1 the largest curvature of the cost
 * and lambda_p the smallest one at the answer, kappa^2 = lambda_1 / lambda_p, a step of share/lambda_1
 * multiplies the slowest part of the error by 1 - share/kappa^2.
 *
 * theta = T phi:  theta_j = phi_j / s_j,  theta_0 = phi_0 - sum_j c_j theta_j.  A start at zeros is ||phi||
 * away from the answer, which is at most ||T_j|| ||phi|| in coefficient j.
 */
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "cli/heap.h"
#include "cli/promise.h"
#include "factor/svd.h"

typedef struct standard {
    size_t rows, cols;      /* cols with the intercept */
    double *center, *scale; /* of the regressors */
    double *z;              /* rows x cols, column-major */
} standard;

static bool allocate(const gr_problem *problem, standard *on)
{
    size_t elements;
    on->rows = problem->X.rows;
    on->cols = problem->coefficients;
    if (!gr_multiply(on->rows, on->cols, &elements)) return false;
    on->center = gr_new_doubles(on->cols);
    on->scale = gr_new_doubles(on->cols);
    on->z = gr_new_doubles(elements);
    return on->center && on->scale && on->z;
}

static void release(standard *on)
{
    gr_delete(on->center);
    gr_delete(on->scale);
    gr_delete(on->z);
}

/* Mean and standard deviation; without intercept 0 and root mean square. */
static void standardize(const gr_problem *problem, standard *on)
{
    const double share = 1.0 / (double)on->rows;
    for (size_t j = 0; j < problem->X.cols; j++) {
        double *column = on->z + j * on->rows;
        on->center[j] = 0.0;
        for (size_t i = 0; i < on->rows; i++) {
            column[i] = ((const double *)problem->X.data)[i * problem->X.ld + j];
            if (problem->intercept) on->center[j] += column[i] * share;
        }
        for (size_t i = 0; i < on->rows; i++) column[i] -= on->center[j];
        on->scale[j] = gr_norm(on->rows, column) * sqrt(share);
        if (!(on->scale[j] > 0.0)) on->scale[j] = 1.0;
        for (size_t i = 0; i < on->rows; i++) column[i] /= on->scale[j];
    }
    for (size_t i = 0; problem->intercept && i < on->rows; i++) on->z[problem->X.cols * on->rows + i] = 1.0;
}

/* lambda_1 and lambda_p of Z'DZ/m, from the singular values of D^(1/2) Z; z is overwritten. */
static gradus_status curvatures(const standard *on, double *largest, double *smallest, gradus_error *error)
{
    const gradus_allocator allocator = gr_allocator(NULL);
    gr_qr qr = {0};
    gr_svd svd = {0};
    gradus_status status = gr_qr_factor(&allocator, on->rows, on->cols, on->z, &qr, error);
    if (!status) status = gr_svd_of_qr(&qr, false, &svd, error);
    if (!status) {
        const double m = (double)on->rows, last = svd.sigma[svd.rows - 1];
        *largest = svd.sigma[0] * svd.sigma[0] / m;
        *smallest = svd.rows < on->cols ? 0.0 : last * last / m;
    }
    gr_svd_free(&svd);
    gr_qr_free(&qr);
    return status;
}

static void weigh(const gr_problem *problem, const double *theta, standard *on)
{
    for (size_t i = 0; i < on->rows; i++) {
        const double root = sqrt(gr_row_curvature(true, gr_predict(problem, theta, i)));
        for (size_t j = 0; j < on->cols; j++) on->z[j * on->rows + i] *= root;
    }
}

/* Logistic: the largest curvature is that of p = 1/2, a quarter of least squares'. */
static gradus_status measure_curvatures(const gr_problem *problem, bool logistic, const double *theta,
                                        standard *on, gr_promise *promise, gradus_error *error)
{
    double smallest, unused;
    standardize(problem, on);
    gradus_status status = curvatures(on, &promise->curvature, &smallest, error);
    if (logistic && !status) {
        promise->curvature /= 4.0;
        standardize(problem, on);
        weigh(problem, theta, on);
        status = curvatures(on, &unused, &smallest, error);
    }
    promise->condition = status ? (double)NAN : sqrt(promise->curvature / smallest);
    return status;
}

/* max_j ||T_j|| ||phi|| / |theta_j| */
static double measure_start(const gr_problem *problem, const double *theta, const standard *on)
{
    const size_t n = problem->X.cols;
    double mean = problem->intercept ? theta[n] : 0.0, phi = 0.0, row = 1.0, worst = 0.0;
    for (size_t j = 0; j < n; j++) {
        mean += on->center[j] * theta[j];
        phi = hypot(phi, on->scale[j] * theta[j]);
        row = hypot(row, on->center[j] / on->scale[j]);
    }
    phi = hypot(phi, mean);
    for (size_t j = 0; j < on->cols; j++) {
        const double size = theta[j] == 0.0 ? 1.0 : fabs(theta[j]);
        worst = fmax(worst, (j < n ? 1.0 / on->scale[j] : row) * phi / size);
    }
    return worst;
}

gradus_status gr_measure_contraction(const gr_problem *problem, bool logistic, const double *theta,
                                     gr_promise *promise, gradus_error *error)
{
    standard on = {.rows = 0};
    gradus_status status = GRADUS_ERROR_MEMORY;
    if (allocate(problem, &on)) {
        status = measure_curvatures(problem, logistic, theta, &on, promise, error);
        promise->far = measure_start(problem, theta, &on);
    } else {
        (void)gr_error_plain(error, status);
    }
    release(&on);
    return status;
}
