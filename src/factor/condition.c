/* SPDX-License-Identifier: BSD-3-Clause */
#include "factor/condition.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum { MOST_STEPS = 5 };

double gr_norm_1(size_t n, const double *x)
{
    double lane[4] = {0.0, 0.0, 0.0, 0.0}; /* four chains: the compiler may not reorder one */
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        for (size_t k = 0; k < 4; k++) lane[k] += fabs(x[i + k]);
    }
    for (; i < n; i++) lane[0] += fabs(x[i]);
    return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

static size_t largest(size_t n, const double *x)
{
    size_t at = 0;
    for (size_t i = 1; i < n; i++) {
        if (fabs(x[i]) > fabs(x[at])) at = i;
    }
    return at;
}

/* x becomes its signs, which are kept in `signs`; false when they were these already. */
static bool take_signs(size_t n, double *x, double *signs)
{
    bool changed = false;
    for (size_t i = 0; i < n; i++) {
        x[i] = x[i] < 0.0 ? -1.0 : 1.0;
        changed = changed || x[i] != signs[i];
        signs[i] = x[i];
    }
    return changed;
}

/* 1, -(1 + 1/(n - 1)), 1 + 2/(n - 1), ...: finds what the climb may miss by cancellation. */
static double alternating(size_t n, const void *factor, gr_solve solve, double *x)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = 1.0 + (n > 1 ? (double)i / (double)(n - 1) : 0.0);
        if (i % 2 == 1) x[i] = -x[i];
    }
    solve(factor, x);
    return 2.0 * (gr_norm_1(n, x) / (3.0 * (double)n));
}

/*
 * Climbs from vertex to vertex of the unit ball ||x||_1 <= 1, on which ||A^(-1) x||_1 is convex: A^(-T) times the signs of
 * A^(-1) x is its gradient, and the gradient's largest entry names the next vertex.
 */
static double climb(size_t n, const void *factor, gr_solve solve, gr_solve solve_transposed, double *x,
                    double *signs)
{
    for (size_t i = 0; i < n; i++) x[i] = 1.0 / (double)n;
    double size = 0.0;
    size_t vertex = n;
    for (int step = 0; step < MOST_STEPS; step++) {
        solve(factor, x);
        const double found = gr_norm_1(n, x);
        if (step > 0 && found <= size) break;
        size = found;
        if (!take_signs(n, x, signs) || !(size <= DBL_MAX)) break;
        solve_transposed(factor, x);
        const size_t next = largest(n, x);
        if (vertex < n && fabs(x[next]) == fabs(x[vertex])) break;
        vertex = next;
        for (size_t i = 0; i < n; i++) x[i] = i == vertex ? 1.0 : 0.0;
    }
    return size;
}

double gr_reciprocal_condition(size_t n, double norm, const void *factor, gr_solve solve,
                               gr_solve solve_transposed, double *work)
{
    for (size_t i = 0; i < n; i++) work[n + i] = 0.0;
    const double climbed = climb(n, factor, solve, solve_transposed, work, work + n);
    const double second = alternating(n, factor, solve, work);
    const double inverse = second > climbed ? second : climbed;
    if (!(climbed <= DBL_MAX && second <= DBL_MAX && inverse > 0.0 && norm > 0.0)) return 0.0;
    return 1.0 / inverse / norm;
}
