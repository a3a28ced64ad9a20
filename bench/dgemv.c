/* SPDX-License-Identifier: BSD-3-Clause */
#include <cblas.h>
#include <stdlib.h>
#include <string.h>

#include "read.h"
#include "timing.h"

/* g = X'(X theta - y) / m as everyone writes it: two calls over the whole matrix. */
static void gradient(const bench_data *data, double *z, double *g)
{
    const int m = (int)data->problem.rows, n = (int)data->problem.cols;
    const bool by_columns = data->problem.layout == GRADUS_LAYOUT_COL_MAJOR;
    const CBLAS_ORDER order = by_columns ? CblasColMajor : CblasRowMajor;
    const int ld = by_columns ? m : n;
    cblas_dgemv(order, CblasNoTrans, m, n, 1.0, data->x, ld, data->point, 1, 0.0, z, 1);
    for (size_t i = 0; i < data->problem.rows; i++) z[i] -= data->y[i];
    cblas_dgemv(order, CblasTrans, m, n, 1.0 / (double)m, data->x, ld, z, 1, 0.0, g, 1);
}

static int run(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    double *z = (double *)malloc(data->problem.rows * sizeof *z);
    if (!z) return 1;
    memcpy(z, data->y,
           data->problem.rows * sizeof *z); /* the first touch of its pages is not the peer's work */
    const double start = bench_now();
    for (size_t k = 0; k < data->repeats; k++) gradient(data, z, answer->theta);
    answer->seconds = (bench_now() - start) / (double)data->repeats;
    answer->passes = 2.0;
    free(z);
    return 0;
}

const bench_contestant bench_dgemv_pair = {
    .name = "two dgemv",
    .configuration =
        "two calls of cblas_dgemv over the whole matrix, OpenBLAS's own threads; the value is not computed",
    .run = run};
