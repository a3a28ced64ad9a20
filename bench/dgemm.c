/* SPDX-License-Identifier: BSD-3-Clause */
#include <cblas.h>
#include <stdlib.h>

#include "read.h"
#include "timing.h"

/* G = X'(X Theta - Y) / m as everyone writes it: two calls over the whole matrix. */
static void gradients(const bench_data *data, double *Z, double *G)
{
    const int m = (int)data->problem.rows, n = (int)data->problem.cols, k = (int)data->problem.outputs;
    const bool by_columns = data->problem.layout == GRADUS_LAYOUT_COL_MAJOR;
    const int ld = by_columns ? m : n;
    cblas_dgemm(CblasColMajor, by_columns ? CblasNoTrans : CblasTrans, CblasNoTrans, m, k, n, 1.0, data->x,
                ld, data->point, n, 0.0, Z, m);
    for (size_t i = 0; i < data->problem.rows * data->problem.outputs; i++) Z[i] -= data->y[i];
    cblas_dgemm(CblasColMajor, by_columns ? CblasTrans : CblasNoTrans, CblasNoTrans, n, k, m, 1.0 / (double)m,
                data->x, ld, Z, m, 0.0, G, n);
}

static int run(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    const size_t count = data->problem.rows * data->problem.outputs;
    double *Z = (double *)malloc(count * sizeof *Z);
    if (!Z) return 1;
    for (size_t i = 0; i < count; i++) Z[i] = data->y[i]; /* the first touch is not the peer's work */
    const double start = bench_now();
    for (size_t k = 0; k < data->repeats; k++) gradients(data, Z, answer->theta);
    answer->seconds = (bench_now() - start) / (double)data->repeats;
    answer->passes = 2.0;
    free(Z);
    return 0;
}

const bench_contestant bench_dgemm_pair = {
    .name = "two dgemm",
    .configuration =
        "two calls of cblas_dgemm over the whole matrix, OpenBLAS's own threads; the value is not computed",
    .run = run};
