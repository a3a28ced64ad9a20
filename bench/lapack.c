/* SPDX-License-Identifier: BSD-3-Clause */
#include "lapack.h"

#include <cblas.h>
#include <lapacke.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "timing.h"

typedef int (*driver)(int m, int n, double *a, double *b);

static int dgels(int m, int n, double *a, double *b)
{
    return LAPACKE_dgels(LAPACK_COL_MAJOR, 'N', m, n, 1, a, m, b, m);
}

static int dgelsd(int m, int n, double *a, double *b)
{
    int rank;
    double *s = (double *)malloc((size_t)n * sizeof *s);
    const int info = s ? LAPACKE_dgelsd(LAPACK_COL_MAJOR, m, n, 1, a, m, b, m, s, -1.0, &rank) : -1;
    free(s);
    return info;
}

/* Both drivers overwrite column-major copies of X and y, which are made before the clock starts. */
static int run_driver(driver solve, bench_data *data, bench_answer *answer)
{
    const size_t rows = data->problem.rows, cols = data->problem.cols;
    const size_t elements = bench_problem_elements(&data->problem);
    const double *columns = bench_data_columns(data);
    double *a = (double *)malloc(elements * sizeof *a), *b = (double *)malloc(rows * sizeof *b);
    int info = -1;
    if (columns && a && b) {
        memcpy(a, columns, elements * sizeof *a);
        memcpy(b, data->y, rows * sizeof *b);
        LAPACKE_set_nancheck(0); /* a read of the data that the peer need not pay for */
        const double start = bench_now();
        info = solve((int)rows, (int)cols, a, b);
        answer->seconds = bench_now() - start;
        memcpy(answer->theta, b, cols * sizeof *b);
    }
    free(a);
    free(b);
    if (info) snprintf(answer->note, sizeof answer->note, "info %d", info);
    return info;
}

static int run_dgels(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    return run_driver(dgels, data, answer);
}

static int run_dgelsd(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    return run_driver(dgelsd, data, answer);
}

/* X'X theta = X'y on X where it lies: no copy is needed. */
static int run_normal(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    const int m = (int)data->problem.rows, n = (int)data->problem.cols;
    const bool by_columns = data->problem.layout == GRADUS_LAYOUT_COL_MAJOR;
    const int ld = by_columns ? m : n;
    double *gram = (double *)malloc(data->problem.cols * data->problem.cols * sizeof *gram);
    if (!gram) return -1;
    const double start = bench_now();
    cblas_dsyrk(CblasColMajor, CblasUpper, by_columns ? CblasTrans : CblasNoTrans, n, m, 1.0, data->x, ld,
                0.0, gram, n);
    cblas_dgemv(by_columns ? CblasColMajor : CblasRowMajor, CblasTrans, m, n, 1.0, data->x, ld, data->y, 1,
                0.0, answer->theta, 1);
    int info = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', n, gram, n);
    if (!info) info = LAPACKE_dpotrs(LAPACK_COL_MAJOR, 'U', n, 1, gram, n, answer->theta, n);
    answer->seconds = bench_now() - start;
    answer->passes = 2.0;
    free(gram);
    if (info) snprintf(answer->note, sizeof answer->note, "Cholesky breaks down at column %d", info);
    return info;
}

const bench_contestant bench_lapack_dgels = {
    .name = "LAPACKE dgels",
    .configuration =
        "Householder QR on a column-major copy made before the clock starts, so that LAPACKE need not "
        "transpose; LAPACKE's NaN check off (LAPACK Users' Guide, LAPACKE)",
    .run = run_dgels};

const bench_contestant bench_lapack_dgelsd = {
    .name = "LAPACKE dgelsd",
    .configuration = "SVD by divide and conquer, rcond -1: working precision; copy and NaN check as dgels",
    .run = run_dgelsd};

const bench_contestant bench_lapack_normal = {
    .name = "dsyrk + dpotrf",
    .configuration =
        "normal equations: cblas_dsyrk, cblas_dgemv, LAPACKE_dpotrf, LAPACKE_dpotrs on X where it lies",
    .run = run_normal};
