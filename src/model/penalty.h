/* SPDX-License-Identifier: BSD-3-Clause */
/* Penalties with a kink, and constraints: what the gradient knows nothing of. */
#ifndef GR_MODEL_PENALTY_H
#define GR_MODEL_PENALTY_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * h(theta) = lasso * sum |theta_j| where lower_j <= theta_j <= upper_j and ||theta||_2 <= radius, and Inf elsewhere. It speaks
 * of the n coefficients of the columns, of all outputs; intercepts are free. The j-th of them is entry gr_penalty_place(h, j) of theta.
 */
typedef struct gr_penalty {
    double lasso;                /* lambda_1 */
    const double *lower, *upper; /* one per coefficient; NULL: none */
    double radius;               /* 0: none */
    size_t
        run; /* an intercept stands behind every so many coefficients, those of an output; 0: behind all of them, or nowhere */
} gr_penalty;

static inline size_t gr_penalty_place(const gr_penalty *h, size_t j)
{
    return h->run > 0 ? j + j / h->run : j;
}

/* Is h 0 everywhere? */
bool gr_penalty_is_nothing(const gr_penalty *h, size_t n);

/* Is every bound 0 or infinite, and nothing else there? Then h(c theta) = h(theta) for every c > 0. */
bool gr_penalty_is_cone(const gr_penalty *h, size_t n);

static inline double gr_penalty_lower(const gr_penalty *h, size_t j)
{
    return h->lower ? h->lower[j] : -(double)INFINITY;
}

static inline double gr_penalty_upper(const gr_penalty *h, size_t j)
{
    return h->upper ? h->upper[j] : (double)INFINITY;
}

/* lasso * sum |theta_j| */
double gr_penalty_value(const gr_penalty *h, size_t n, const double *theta);

/* sign(v) max(|v| - t, 0); NaN stays NaN */
static inline double gr_soft_threshold(double v, double t)
{
    if (v > t) return v - t;
    if (v < -t) return v + t;
    return isnan(v) ? v : 0.0;
}

/*
 * x = argmin h(x) + 1/(2 alpha) sum_j P_j (x_j - v_j)^2, in place of v. P: as long as v, above 0, NULL for all 1. Coordinate by
 * coordinate the soft threshold alpha lasso / P_j, then the bounds; where that lies outside the ball, x_j = P_j s_j / (P_j + mu)
 * within the bounds, with the mu that leads onto the sphere.
 * Moreau, Bull. Soc. Math. France 93 (1965) 273; Parikh and Boyd, Found. Trends Optim. 1 (2014) 127, chapter 6.
 */
void gr_penalty_prox(const gr_penalty *h, size_t n, const double *P, double alpha, double *v);

/* The nearest point that the constraints allow, in place of v. */
void gr_penalty_project(const gr_penalty *h, size_t n, double *v);

#endif
