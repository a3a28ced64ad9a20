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
    for (size_t j = 0; j < n; j++) sum += fabs(theta[j]);
    return h->lasso * sum;
}

static double within_bounds(const gr_penalty *h, size_t j, double x)
{
    const double low = gr_penalty_lower(h, j), high = gr_penalty_upper(h, j);
    if (x < low) return low;
    return x > high ? high : x;
}

static double weight(const double *P, size_t j)
{
    return P ? P[j] : 1.0;
}

/* x_j for one mu; s is what the soft threshold left */
static double toward_center(const gr_penalty *h, size_t j, double s, double p, double mu)
{
    return within_bounds(h, j, s * (p / (p + mu)));
}

static double norm_at(const gr_penalty *h, size_t n, const double *P, const double *s, double mu)
{
    double square = 0.0;
    for (size_t j = 0; j < n; j++) {
        const double x = toward_center(h, j, s[j], weight(P, j), mu);
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
    const bool plain = !P && !h->lower && !h->upper;
    if (norm_at(h, n, P, s, 0.0) <= h->radius) {
        for (size_t j = 0; j < n; j++) s[j] = within_bounds(h, j, s[j]);
        return;
    }
    const double share = plain ? h->radius / gr_norm(n, s) : 0.0;
    const double mu = plain ? 0.0 : find_multiplier(h, n, P, s);
    for (size_t j = 0; j < n; j++) s[j] = plain ? share * s[j] : toward_center(h, j, s[j], weight(P, j), mu);
}

void gr_penalty_prox(const gr_penalty *h, size_t n, const double *P, double alpha, double *v)
{
    for (size_t j = 0; h->lasso > 0.0 && j < n; j++)
        v[j] = gr_soft_threshold(v[j], alpha * h->lasso / weight(P, j));
    if (h->radius > 0.0) {
        into_ball(h, n, P, v);
        return;
    }
    for (size_t j = 0; j < n; j++) v[j] = within_bounds(h, j, v[j]);
}

void gr_penalty_project(const gr_penalty *h, size_t n, double *v)
{
    gr_penalty constraints = *h;
    constraints.lasso = 0.0;
    gr_penalty_prox(&constraints, n, NULL, 1.0, v);
}
