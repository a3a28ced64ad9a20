/* SPDX-License-Identifier: BSD-3-Clause */
#include "model/penalty.h"

#include <math.h>

#include "base/vector.h"

/* Halvings of an interval of doubles, and doublings up to its end. */
enum { HALVINGS = 200, DOUBLINGS = 2000 };

bool gr_penalty_is_nothing(const gr_penalty *h, size_t n)
{
    if (h->lasso > 0.0 || h->radius > 0.0) return false;
    for (size_t j = 0; j < n; j++) {
        if (isfinite(gr_penalty_lower(h, j)) || isfinite(gr_penalty_upper(h, j))) return false;
    }
    return true;
}

bool gr_penalty_is_cone(const gr_penalty *h, size_t n)
{
    if (h->lasso > 0.0 || h->radius > 0.0) return false;
    for (size_t j = 0; j < n; j++) {
        const double low = gr_penalty_lower(h, j), high = gr_penalty_upper(h, j);
        if ((low != 0.0 && !isinf(low)) || (high != 0.0 && !isinf(high))) return false;
    }
    return true;
}

double gr_penalty_value(const gr_penalty *h, size_t n, const double *theta)
{
    double sum = 0.0;
    if (!(h->lasso > 0.0)) return 0.0;
    for (size_t j = 0; j < n; j++) sum += fabs(theta[gr_penalty_place(h, j)]);
    return h->lasso * sum;
}

static double within_bounds(const gr_penalty *h, size_t j, double x)
{
    const double low = gr_penalty_lower(h, j), high = gr_penalty_upper(h, j);
    if (x < low) return low;
    return x > high ? high : x;
}

static double weight(const gr_penalty *h, const double *P, size_t j)
{
    return P ? P[gr_penalty_place(h, j)] : 1.0;
}

/* x_j for one mu; s is what the soft threshold left */
static double toward_center(const gr_penalty *h, const double *P, const double *s, size_t j, double mu)
{
    const double p = weight(h, P, j);
    return within_bounds(h, j, s[gr_penalty_place(h, j)] * (p / (p + mu)));
}

static double norm_at(const gr_penalty *h, size_t n, const double *P, const double *s, double mu)
{
    double square = 0.0;
    for (size_t j = 0; j < n; j++) {
        const double x = toward_center(h, P, s, j, mu);
        square += x * x;
    }
    return sqrt(square);
}

/* The smallest mu for which ||x|| <= radius: ||x|| falls as mu grows. */
static double find_multiplier(const gr_penalty *h, size_t n, const double *P, const double *s)
{
    double low = 0.0, high = 1.0;
    for (int k = 0; k < DOUBLINGS && !(norm_at(h, n, P, s, high) <= h->radius); k++) high *= 2.0;
    for (int k = 0; k < HALVINGS; k++) {
        const double middle = low + 0.5 * (high - low);
        if (middle <= low || middle >= high) break;
        if (norm_at(h, n, P, s, middle) <= h->radius)
            high = middle;
        else
            low = middle;
    }
    return high;
}

static void into_ball(const gr_penalty *h, size_t n, const double *P, double *s)
{
    const bool plain = !P && !h->lower && !h->upper && h->run == 0;
    const bool inside = norm_at(h, n, P, s, 0.0) <= h->radius;
    const double share = plain && !inside ? h->radius / gr_norm(n, s) : 0.0;
    const double mu = plain || inside ? 0.0 : find_multiplier(h, n, P, s);
    for (size_t j = 0; j < n; j++) {
        double *x = s + gr_penalty_place(h, j);
        *x = plain && !inside ? share * *x : toward_center(h, P, s, j, mu);
    }
}

void gr_penalty_prox(const gr_penalty *h, size_t n, const double *P, double alpha, double *v)
{
    for (size_t j = 0; h->lasso > 0.0 && j < n; j++) {
        double *x = v + gr_penalty_place(h, j);
        *x = gr_soft_threshold(*x, alpha * h->lasso / weight(h, P, j));
    }
    if (h->radius > 0.0) {
        into_ball(h, n, P, v);
        return;
    }
    for (size_t j = 0; j < n; j++) {
        double *x = v + gr_penalty_place(h, j);
        *x = within_bounds(h, j, *x);
    }
}

void gr_penalty_project(const gr_penalty *h, size_t n, double *v)
{
    gr_penalty constraints = *h;
    constraints.lasso = 0.0;
    gr_penalty_prox(&constraints, n, NULL, 1.0, v);
}
