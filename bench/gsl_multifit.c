/* SPDX-License-Identifier: BSD-3-Clause */
/* GSL's linear least squares (GSL manual, chapter "Linear Least-Squares Fitting"). */
#include "peers.h"

#if BENCH_HAVE_GSL
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit.h>
#include <gsl/gsl_multilarge.h>
#include <stdio.h>
#include <string.h>

#include "timing.h"

static void take(const gsl_vector *theta, int status, bench_answer *answer)
{
    memcpy(answer->theta, theta->data, theta->size * sizeof *answer->theta);
    if (status) snprintf(answer->note, sizeof answer->note, "ends: %s", gsl_strerror(status));
}

/* GSL's matrices lie by rows. */
static bool by_rows(const bench_data *data, bench_answer *answer)
{
    if (data->problem.layout == GRADUS_LAYOUT_ROW_MAJOR) return true;
    snprintf(answer->note, sizeof answer->note, "takes X by rows only");
    return false;
}

static int run_multifit(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    const size_t m = data->problem.rows, n = data->problem.cols;
    if (!by_rows(data, answer)) return 1;
    gsl_set_error_handler_off();
    gsl_matrix_const_view X = gsl_matrix_const_view_array(data->x, m, n);
    gsl_vector_const_view y = gsl_vector_const_view_array(data->y, m);
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(m, n);
    gsl_vector *theta = gsl_vector_alloc(n);
    gsl_matrix *covariance = gsl_matrix_alloc(n, n);
    int status = GSL_ENOMEM;
    if (work && theta && covariance) {
        double residual;
        const double start = bench_now();
        status = gsl_multifit_linear(&X.matrix, &y.vector, theta, covariance, &residual, work);
        answer->seconds = bench_now() - start;
        take(theta, status, answer);
    }
    gsl_matrix_free(covariance);
    gsl_vector_free(theta);
    gsl_multifit_linear_free(work);
    return status;
}

/* Blocks of rows are folded into one triangle; GSL overwrites them, so they are copied before each call. */
static int fold(gsl_multilarge_linear_workspace *work, const bench_data *data)
{
    const size_t n = data->problem.cols, block = 16 * n;
    gsl_matrix *X = gsl_matrix_alloc(block, n);
    gsl_vector *y = gsl_vector_alloc(block);
    int status = X && y ? GSL_SUCCESS : GSL_ENOMEM;
    for (size_t first = 0; !status && first < data->problem.rows; first += block) {
        const size_t left = data->problem.rows - first, rows = left < block ? left : block;
        gsl_matrix_view part = gsl_matrix_submatrix(X, 0, 0, rows, n);
        gsl_vector_view right = gsl_vector_subvector(y, 0, rows);
        memcpy(X->data, data->x + first * n, rows * n * sizeof(double));
        memcpy(y->data, data->y + first, rows * sizeof(double));
        status = gsl_multilarge_linear_accumulate(&part.matrix, &right.vector, work);
    }
    gsl_vector_free(y);
    gsl_matrix_free(X);
    return status;
}

static int run_tsqr(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    const size_t n = data->problem.cols;
    if (!by_rows(data, answer)) return 1;
    gsl_set_error_handler_off();
    gsl_multilarge_linear_workspace *work = gsl_multilarge_linear_alloc(gsl_multilarge_linear_tsqr, n);
    gsl_vector *theta = gsl_vector_alloc(n);
    int status = GSL_ENOMEM;
    if (work && theta) {
        double residual, norm;
        const double start = bench_now();
        status = fold(work, data);
        if (!status) status = gsl_multilarge_linear_solve(0.0, theta, &residual, &norm, work);
        answer->seconds = bench_now() - start;
        answer->passes = 1.0;
        take(theta, status, answer);
    }
    gsl_vector_free(theta);
    gsl_multilarge_linear_free(work);
    return status;
}

const bench_contestant bench_gsl_multifit = {
    .name = "GSL multifit",
    .configuration = "gsl_multifit_linear: the manual's general case, by singular values",
    .run = run_multifit,
    .slow = true};

const bench_contestant bench_gsl_tsqr = {
    .name = "GSL multilarge tsqr",
    .configuration = "gsl_multilarge_linear_tsqr, blocks of 16 n rows: the manual's advice for m >> n",
    .run = run_tsqr};

#endif
