/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The test functions of More, Garbow and Hillstrom, Testing Unconstrained Optimization Software, ACM Trans. Math. Softw. 7
 * (1981) 17: sums of squares f(x) = sum of f_i(x)^2, i = 1..m, with start and known minima. Tests and benchmarks share them.
 */
#ifndef MGH_H
#define MGH_H

#include <stddef.h>

/* f_i(x), i = 1..m, and its derivatives into slope, n zeros on entry. */
typedef double mgh_residual(size_t n, size_t m, size_t i, const double *x, double *slope);

enum { MGH_MOST_VARIABLES = 12, MGH_MOST_MINIMA = 5, MGH_COUNT = 42 };

typedef struct mgh_problem {
    int number; /* in the paper */
    const char *name;
    size_t n, m;
    mgh_residual *residual;
    double start[MGH_MOST_VARIABLES];
    size_t minima; /* how many values at local minima are known */
    double minimum[MGH_MOST_MINIMA];
} mgh_problem;

/* In the order of the paper; those of several sizes once for each. */
extern const mgh_problem mgh_problems[MGH_COUNT];

/* x = factor times the standard start. */
void mgh_start(const mgh_problem *problem, double factor, double *x);

/* f(x) and its gradient 2 J'(f_1, ..., f_m). */
double mgh_evaluate(const mgh_problem *problem, const double *x, double *gradient);

/* The same as a callback of gradus_function; the context is the problem. */
int mgh_callback(void *problem, size_t n, const double *x, double *value, double *gradient);

/* valleys.c: few variables; fits.c: curves fitted to data; systems.c: any number of variables */
extern mgh_residual mgh_rosenbrock, mgh_freudenstein_roth, mgh_powell_badly_scaled, mgh_brown_badly_scaled,
    mgh_beale, mgh_helical_valley, mgh_powell_singular, mgh_wood;
extern mgh_residual mgh_jennrich_sampson, mgh_bard, mgh_gaussian, mgh_meyer, mgh_gulf, mgh_box,
    mgh_kowalik_osborne, mgh_brown_dennis, mgh_osborne_1, mgh_biggs, mgh_osborne_2;
extern mgh_residual mgh_watson, mgh_penalty_1, mgh_penalty_2, mgh_variably_dimensioned, mgh_trigonometric,
    mgh_brown_almost_linear, mgh_boundary_value, mgh_integral_equation, mgh_broyden_tridiagonal,
    mgh_broyden_banded, mgh_linear_full_rank, mgh_linear_rank_1, mgh_linear_rank_1_zeros, mgh_chebyquad;

#endif
