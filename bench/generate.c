/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * X = sqrt(m) U diag(sigma) V', sigma_j = kappa^(-j / (n - 1)): U is a matrix of independent random numbers made
 * orthonormal by the Cholesky factor of its Gram matrix, V the orthogonal factor of another one. In one product,
 * X = G (R^-1 diag(sigma) V') sqrt(m) with G'G = R'R. Entries are about 1 in size.
 *
 * Least squares: y = X c + noise. Logistic: label 1 with probability 1 / (1 + exp(-x'c)).
 */
#include "generate.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"

enum { STREAM_X = 1, STREAM_V, STREAM_C, STREAM_Y, STREAM_POINT };

static const double coefficient_size = 0.5, noise_size = 0.5;

double bench_uniform(uint64_t stream, uint64_t counter)
{
    return (double)(gr_random_bits(stream, counter) >> 11) * 0x1p-52 - 1.0;
}

static void fill(double *x, size_t count, uint64_t stream)
{
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < count; i++) x[i] = bench_uniform(stream, i);
}

/* V, n x n, column-major. */
static bool random_orthogonal(int n, double *v)
{
    double *tau = (double *)malloc((size_t)n * sizeof *tau);
    fill(v, (size_t)n * (size_t)n, STREAM_V);
    const bool done = tau && !LAPACKE_dgeqrf(LAPACK_COL_MAJOR, n, n, v, n, tau) &&
                      !LAPACKE_dorgqr(LAPACK_COL_MAJOR, n, n, n, v, n, tau);
    free(tau);
    return done;
}

/* t = sqrt(m) R^-1 diag(sigma) V', column-major; gram holds R in its upper triangle. */
static void mixing(const bench_problem *problem, const double *gram, const double *v, double *t)
{
    const size_t n = problem->cols;
    for (size_t j = 0; j < n; j++) {
        const double place = n > 1 ? (double)j / (double)(n - 1) : 0.0;
        const double sigma = sqrt((double)problem->rows) * pow(problem->condition, -place);
        for (size_t k = 0; k < n; k++) t[j + k * n] = sigma * v[k + j * n];
    }
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasUpper, CblasNoTrans, CblasNonUnit, (int)n, (int)n, 1.0, gram,
                (int)n, t, (int)n);
}

/* x = G t in the problem's layout; G is row-major or column-major as X will be. */
static bool condition(const bench_problem *problem, const double *g, double *x)
{
    const int m = (int)problem->rows, n = (int)problem->cols;
    const size_t square = problem->cols * problem->cols * sizeof(double);
    const bool by_columns = problem->layout == GRADUS_LAYOUT_COL_MAJOR;
    double *gram = (double *)malloc(square), *v = (double *)malloc(square), *t = (double *)malloc(square);
    bool done = gram && v && t && random_orthogonal(n, v);
    if (done) {
        const int ld = by_columns ? m : n;
        cblas_dsyrk(CblasColMajor, CblasUpper, by_columns ? CblasTrans : CblasNoTrans, n, m, 1.0, g, ld, 0.0,
                    gram, n);
        done = LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', n, gram, n) == 0;
    }
    if (done) {
        mixing(problem, gram, v, t);
        if (by_columns)
            cblas_dgemm(CblasColMajor, CblasNoTrans, CblasNoTrans, m, n, n, 1.0, g, m, t, n, 0.0, x, m);
        else
            cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, m, n, n, 1.0, g, n, t, n, 0.0, x, n);
    }
    free(gram);
    free(v);
    free(t);
    return done;
}

static bool make_x(bench_data *data)
{
    const bench_problem *problem = &data->problem;
    const size_t elements = bench_problem_elements(problem);
    data->x = (double *)malloc(elements * sizeof(double));
    if (!data->x) return false;
    fill(data->x, elements, STREAM_X);
    if (problem->condition == 0.0) return true;
    double *g = data->x;
    data->x = (double *)malloc(elements * sizeof(double));
    const bool done = data->x && condition(problem, g, data->x);
    free(g);
    return done;
}

static double response(bool logistic, double z, size_t row)
{
    const double random = bench_uniform(STREAM_Y, row);
    if (!logistic) return z + noise_size * random;
    return 0.5 + 0.5 * random < 1.0 / (1.0 + exp(-z)) ? 1.0 : 0.0;
}

/* y = X c + noise, or labels; c is the coefficients' memory */
static void respond(const bench_data *data, const double *c, double *y)
{
    const bench_problem *problem = &data->problem;
    const bool by_columns = problem->layout == GRADUS_LAYOUT_COL_MAJOR;
    cblas_dgemv(by_columns ? CblasColMajor : CblasRowMajor, CblasNoTrans, (int)problem->rows,
                (int)problem->cols, coefficient_size, data->x,
                (int)(by_columns ? problem->rows : problem->cols), c, 1, 0.0, y, 1);
    for (size_t i = 0; i < problem->rows; i++) y[i] = response(problem->kind->logistic, y[i], i);
}

static bool make_y(bench_data *data)
{
    const bench_problem *problem = &data->problem;
    const size_t responses = problem->outputs > 0 ? problem->outputs : 1, size = responses * problem->cols;
    double *c = (double *)malloc(size * sizeof(double));
    data->y = (double *)calloc(problem->rows * responses, sizeof(double));
    if (c && data->y) {
        const size_t nonzeros = problem->nonzeros > 0 ? problem->nonzeros : size;
        fill(c, size, STREAM_C);
        for (size_t j = nonzeros; j < size; j++) c[j] = 0.0;
        for (size_t k = 0; k < responses; k++)
            respond(data, c + k * problem->cols, data->y + k * problem->rows);
    }
    free(c);
    return c && data->y;
}

/* The doubles then hold what the floats hold, so that every contestant and the judge see the same matrix. */
static bool make_single(bench_data *data)
{
    const size_t elements = bench_problem_elements(&data->problem);
    data->x_single = (float *)malloc(elements * sizeof(float));
    if (!data->x_single) return false;
    for (size_t i = 0; i < elements; i++) {
        data->x_single[i] = (float)data->x[i];
        data->x[i] = (double)data->x_single[i];
    }
    return true;
}

static bool make_point(bench_data *data)
{
    const size_t size = bench_answer_size(&data->problem);
    data->point = (double *)malloc(size * sizeof(double));
    if (data->point) fill(data->point, size, STREAM_POINT);
    return data->point != NULL;
}

bool bench_generate(bench_data *data)
{
    /* of 1/(2m) ||X theta - y||^2, with sigma_1 = sqrt(m) */
    data->step = 1.0;
    return make_x(data) && (!data->problem.single || make_single(data)) && make_y(data) && make_point(data);
}
