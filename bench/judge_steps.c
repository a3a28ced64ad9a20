/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Fixed steps, theta <- theta - alpha X'(X theta - y) / m from zeros, held against the same recursion
 * theta <- theta - alpha (H theta - c) with H = X'X / m, c = X'y / m from LAPACK's side of the house: relative distance.
 */
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"

static void recur(const bench_data *data, const double *h, const double *c, double *theta, double *step)
{
    const int n = (int)data->problem.cols;
    memset(theta, 0, data->problem.cols * sizeof *theta);
    for (size_t k = 0; k < data->problem.steps; k++) {
        cblas_dcopy(n, c, 1, step, 1);
        cblas_dsymv(CblasColMajor, CblasUpper, n, 1.0, h, n, theta, 1, -1.0, step, 1);
        cblas_daxpy(n, -data->step, step, 1, theta, 1);
    }
}

static bool prepare(bench_data *data)
{
    const size_t rows = data->problem.rows, cols = data->problem.cols;
    const int m = (int)rows, n = (int)cols;
    const bool by_columns = data->problem.layout == GRADUS_LAYOUT_COL_MAJOR;
    const double scale = 1.0 / (double)rows;
    double *h = (double *)malloc((cols * cols + 3 * cols) * sizeof *h);
    if (!h) return false;
    double *c = h + cols * cols, *step = c + cols, *theta = step + cols;
    const int ld = by_columns ? m : n;
    cblas_dsyrk(CblasColMajor, CblasUpper, by_columns ? CblasTrans : CblasNoTrans, n, m, scale, data->x, ld,
                0.0, h, n);
    cblas_dgemv(by_columns ? CblasColMajor : CblasRowMajor, CblasTrans, m, n, scale, data->x, ld, data->y, 1,
                0.0, c, 1);
    recur(data, h, c, theta, step);
    double *expected = (double *)malloc(cols * sizeof *expected);
    if (expected) memcpy(expected, theta, cols * sizeof *expected);
    data->facts = expected;
    free(h);
    return expected != NULL;
}

static double accuracy(const bench_data *data, const double *theta)
{
    return bench_relative_distance(data->problem.cols, theta, (const double *)data->facts);
}

const bench_kind bench_kind_steps = {.name = "fixed steps",
                                     .accuracy_name = "relative distance",
                                     .prepare = prepare,
                                     .accuracy = accuracy,
                                     .release = free};
