/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Least-squares problems for the tests of the closed form and of its certificate, and oracles that are not
 * gradus's.
 */
#ifndef TEST_LEAST_SQUARES_H
#define TEST_LEAST_SQUARES_H

#include <gradus.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static inline double *doubles(size_t count)
{
    double *memory = (double *)calloc(count + 1, sizeof *memory);
    if (!memory) abort();
    return memory;
}

/* One problem; x is m x n, column-major, ld = m. */
typedef struct problem {
    size_t m, n;
    double *x, *y, *w;
    gradus_model_options options;
} problem;

static inline problem random_problem(size_t m, size_t n, bool weighted, double ridge, bool intercept,
                                     uint64_t seed)
{
    test_random random = test_random_from(seed);
    problem p = {m, n, doubles(m * n), doubles(m), doubles(m), gradus_model_options_default()};
    for (size_t i = 0; i < m * n; i++) p.x[i] = test_random_uniform(&random);
    for (size_t i = 0; i < m; i++) p.y[i] = 3.0 * test_random_uniform(&random);
    for (size_t i = 0; i < m; i++) p.w[i] = weighted ? 1.5 + test_random_uniform(&random) : 1.0;
    p.options.weights = weighted ? p.w : NULL;
    p.options.ridge = ridge;
    p.options.intercept = intercept;
    return p;
}

static inline void free_problem(problem *p)
{
    free(p->x);
    free(p->y);
    free(p->w);
}

static inline gradus_matrix view(const problem *p)
{
    return gradus_col_major(p->m, p->n, p->x, p->m);
}

static inline size_t coefficients(const problem *p)
{
    return p->n + (p->options.intercept ? 1 : 0);
}

static inline double total_weight(const problem *p)
{
    double total = 0.0;
    for (size_t i = 0; i < p->m; i++) total += p->w[i];
    return total;
}

static inline size_t design_rows(const problem *p)
{
    return p->m + (p->options.ridge > 0.0 ? p->n : 0);
}

/*
 * [ D^(1/2) X, D^(1/2) 1 ; (W lambda)^(1/2) I, 0 ], column-major, and its right-hand side, by the definition
 */
static inline double *design_by_hand(const problem *p, double *b)
{
    const size_t rows = design_rows(p), cols = coefficients(p);
    double *a = doubles(rows * cols);
    for (size_t i = 0; i < p->m; i++) {
        for (size_t j = 0; j < cols; j++)
            a[i + j * rows] = sqrt(p->w[i]) * (j < p->n ? p->x[i + j * p->m] : 1.0);
        b[i] = sqrt(p->w[i]) * p->y[i];
    }
    for (size_t j = 0; j < p->n && rows > p->m; j++)
        a[p->m + j + j * rows] = sqrt(total_weight(p) * p->options.ridge);
    return a;
}

static inline long double entry(const problem *p, size_t i, size_t j)
{
    return j < p->n ? (long double)p->x[i + j * p->m] : 1.0L;
}

/*
 * x <- G^(-1) x for a small positive definite G, n x n, row-major; both are overwritten. Plain elimination.
 */
static inline void eliminate(size_t n, long double *g, long double *x)
{
    for (size_t k = 0; k < n; k++) {
        for (size_t i = k + 1; i < n; i++) {
            const long double factor = g[i * n + k] / g[k * n + k];
            for (size_t j = k; j < n; j++) g[i * n + j] -= factor * g[k * n + j];
            x[i] -= factor * x[k];
        }
    }
    for (size_t k = n; k-- > 0;) {
        for (size_t j = k + 1; j < n; j++) x[k] -= g[k * n + j] * x[j];
        x[k] /= g[k * n + k];
    }
}

/* (X'DX + W lambda I) theta = X'Dy in extended precision */
static inline void normal_equations(const problem *p, double *theta)
{
    const size_t n = coefficients(p);
    long double *g = (long double *)calloc(n * n + n, sizeof *g), *x = g + n * n;
    if (!g) abort();
    for (size_t i = 0; i < p->m; i++) {
        for (size_t j = 0; j < n; j++) {
            const long double weighted = (long double)p->w[i] * entry(p, i, j);
            for (size_t k = 0; k < n; k++) g[j * n + k] += weighted * entry(p, i, k);
            x[j] += weighted * (long double)p->y[i];
        }
    }
    for (size_t j = 0; j < p->n; j++)
        g[j * n + j] += (long double)total_weight(p) * (long double)p->options.ridge;
    eliminate(n, g, x);
    for (size_t j = 0; j < n; j++) theta[j] = (double)x[j];
    free(g);
}

static inline double norm_of(size_t n, const double *a)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += a[i] * a[i];
    return sqrt(sum);
}

/* ||a - b|| / ||b|| */
static inline double relative_distance(size_t n, const double *a, const double *b)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sqrt(sum) / norm_of(n, b);
}

#endif
