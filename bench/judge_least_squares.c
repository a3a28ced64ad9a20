/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The backward error of a least-squares answer by the estimate of Karlson and Walden, times sqrt(2), so that it is a
 * bound:
 *
 *   sqrt(2) || (||t||^2 A'A + ||r||^2 I)^(-1/2) A'r ||_2 / ||A||_F
 *
 * A is X with columns of norm 1, t are its coefficients. With A = Q U diag(sigma) V' the matrix in brackets is diagonal
 * in V. A'r is summed in long double, so that no answer is better than another by the judge's rounding.
 * Source: Karlson and Walden, BIT 37 (1997) 862; Gratton, Jiranek and Titley-Peloquin, SIAM J. Matrix Anal. Appl. 33
 * (2012) 822. Asked of all is what LAPACK's Householder QR reaches on the same problem.
 */
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "lapack.h"

typedef struct facts {
    size_t n;
    double *scale; /* the columns' norms */
    double *sigma; /* singular values of A */
    double *right; /* V', column-major */
    long double *sum;
} facts;

static void release(void *given)
{
    facts *own = (facts *)given;
    free(own->scale);
    free(own->sigma);
    free(own->right);
    free(own->sum);
    free(own);
}

static facts *new_facts(size_t n)
{
    facts *own = (facts *)calloc(1, sizeof *own);
    if (!own) return NULL;
    own->n = n;
    own->scale = (double *)calloc(n, sizeof(double));
    own->sigma = (double *)calloc(n, sizeof(double));
    own->right = (double *)calloc(n * n, sizeof(double));
    own->sum = (long double *)calloc(n, sizeof(long double));
    if (own->scale && own->sigma && own->right && own->sum) return own;
    release(own);
    return NULL;
}

/* a, column-major m x n, becomes A and then its QR factorisation; r its upper triangle. */
static bool triangle(facts *own, size_t rows, double *a, double *r)
{
    const int m = (int)rows, n = (int)own->n;
    double *tau = (double *)malloc(own->n * sizeof *tau);
    for (size_t j = 0; j < own->n; j++) {
        own->scale[j] = cblas_dnrm2(m, a + j * rows, 1);
        cblas_dscal(m, 1.0 / own->scale[j], a + j * rows, 1);
    }
    const bool done = tau && LAPACKE_dgeqrf(LAPACK_COL_MAJOR, m, n, a, m, tau) == 0;
    for (size_t j = 0; done && j < own->n; j++) memcpy(r + j * own->n, a + j * rows, (j + 1) * sizeof *r);
    free(tau);
    return done;
}

/* r is n x n, zero below the diagonal, and is destroyed. */
static bool decompose(facts *own, double *r)
{
    const int n = (int)own->n;
    return LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'O', n, n, r, n, own->sigma, NULL, 1, own->right, n) == 0;
}

static bool factor(bench_data *data, facts *own)
{
    const size_t elements = bench_problem_elements(&data->problem);
    double *a = (double *)malloc(elements * sizeof *a);
    double *r = (double *)calloc(own->n * own->n, sizeof *r);
    const double *columns = bench_data_columns(data);
    if (a && columns) memcpy(a, columns, elements * sizeof *a);
    const bool done = a && r && columns && triangle(own, data->problem.rows, a, r) && decompose(own, r);
    free(a);
    free(r);
    return done;
}

static double accuracy(const bench_data *data, const double *theta)
{
    facts *own = (facts *)data->facts;
    const double residual_norm = bench_judge_gradient(data, theta, own->sum);
    double size = 0.0, error = 0.0;
    for (size_t j = 0; j < own->n; j++) {
        size += theta[j] * own->scale[j] * theta[j] * own->scale[j];
        own->sum[j] /= (long double)own->scale[j];
    }
    for (size_t k = 0; k < own->n; k++) {
        long double w = 0.0L;
        for (size_t j = 0; j < own->n; j++) w += (long double)own->right[k + j * own->n] * own->sum[j];
        error += (double)(w * w) / (size * own->sigma[k] * own->sigma[k] + residual_norm * residual_norm);
    }
    return sqrt(2.0 * error / (double)own->n); /* ||A||_F = sqrt(n) */
}

/* What Householder QR reaches, by one solve that is not timed. */
static bool ask(bench_data *data)
{
    double *theta = (double *)malloc(data->problem.cols * sizeof *theta);
    bench_answer answer = {.theta = theta};
    const bool done = theta && bench_lapack_dgels.run(&bench_lapack_dgels, data, &answer) == 0;
    if (done) data->asked = accuracy(data, theta);
    free(theta);
    return done;
}

static bool prepare(bench_data *data)
{
    facts *own = new_facts(data->problem.cols);
    data->facts = own;
    return own && factor(data, own) && (data->asked > 0.0 || ask(data));
}

const bench_kind bench_kind_least_squares = {.name = "least squares",
                                             .accuracy_name = "backward error",
                                             .prepare = prepare,
                                             .accuracy = accuracy,
                                             .release = release};
