/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * With the gradient g at x, the minimum along coordinate j is
 *
 *   x_j <- soft(x_j - g_j/H_jj, lasso/H_jj) within the bounds,     g <- g + change * H_j,
 *
 * 2 n operations for a coordinate that moves, few for one that does not; the scale of a column does not matter. Coordinates that are
 * not 0 go round until they have settled. Where that takes long, because columns are much alike, the minimum over those that are
 * neither 0 nor at a bound is that of a linear system as long as none changes its sign: a Cholesky factorisation finds the way there,
 * and the first coordinate that meets 0 or a bound ends the step.
 * Friedman, Hastie and Tibshirani, J. Stat. Softw. 33 (2010) 1, the covariance updates; Nocedal and Wright, Numerical Optimization,
 * 2nd ed., section 16.5, on the active set.
 */
#include "solver/coordinate.h"

#include <cblas.h>
#include <float.h>
#include <math.h>

#include "base/size.h"
#include "base/vector.h"

enum {
    ROUNDS = 200,       /* of the coordinates at hand between two looks at all of them */
    PATIENT_ROUNDS = 8, /* before a factorisation is worth it, and one more for so many coordinates: */
    ROUNDS_SHARE = 4,
    CYCLES = 60,
    CALL_ELEMENTS = 8192 /* one BLAS call stays below what makes OpenBLAS start threads of its own */
};

/* The change that is worth another round, in units of the largest of the cycle */
static const double settled = 1e-3;

/* A round that moves nothing by more than this share of the largest coordinate has arrived. */
static const double rounding = 4.0 * DBL_EPSILON;

/* A coordinate stays at 0 where the gradient is above the lasso by less than this share: by what adding it up in another order changes. */
static const double excess = 256.0 * DBL_EPSILON;

/* A pivot below this share of its diagonal entry says that the columns are dependent. */
static const double least_pivot = 64.0 * DBL_EPSILON;

bool gr_quadratic_doubles(size_t n, size_t *doubles)
{
    return gr_multiply(n, n, doubles) && gr_add(*doubles, n, doubles);
}

static const double *column(const gr_quadratic *q, size_t j)
{
    return q->H + j * q->n;
}

void gr_quadratic_add_column(const gr_quadratic *q, size_t j, double t)
{
    const double *h = column(q, j);
    for (size_t i = 0; i < q->n; i += CALL_ELEMENTS)
        cblas_daxpy((int)gr_min(CALL_ELEMENTS, q->n - i), t, h + i, 1, q->g + i, 1);
}

static double lower(const gr_quadratic *q, size_t j)
{
    return j < q->cols ? gr_penalty_lower(q->penalty, j) : -(double)INFINITY;
}

static double upper(const gr_quadratic *q, size_t j)
{
    return j < q->cols ? gr_penalty_upper(q->penalty, j) : (double)INFINITY;
}

static double lasso(const gr_quadratic *q, size_t j)
{
    return j < q->cols ? q->penalty->lasso : 0.0;
}

static bool is_zero(double x)
{
    return !(x > 0.0 || x < 0.0);
}

/* Where coordinate j has its minimum; one without curvature stays. */
static double minimum_along(const gr_quadratic *q, size_t j)
{
    const double curvature = column(q, j)[j];
    if (!(curvature > 0.0)) return q->x[j];
    if (is_zero(q->x[j]) && fabs(q->g[j]) <= lasso(q, j) * (1.0 + excess)) return q->x[j];
    const double t = gr_soft_threshold(q->x[j] - q->g[j] / curvature, lasso(q, j) / curvature);
    if (t < lower(q, j)) return lower(q, j);
    return t > upper(q, j) ? upper(q, j) : t;
}

/* Coordinate j to its minimum; the change in the units that curvature gives, H_jj change^2 */
static double visit(gr_quadratic *q, size_t j)
{
    const double next = minimum_along(q, j), change = next - q->x[j];
    if (is_zero(change)) return 0.0;
    q->x[j] = next;
    gr_quadratic_add_column(q, j, change);
    return column(q, j)[j] * change * change;
}

static double largest_coordinate(const gr_quadratic *q)
{
    double size = 0.0;
    for (size_t j = 0; j < q->n; j++) size = fmax(size, column(q, j)[j] * q->x[j] * q->x[j]);
    return size;
}

/* Once round; the largest change. The intercept goes first: no column has to move in its place, and then back to 0. */
static double go_round(gr_quadratic *q, bool all)
{
    double largest = 0.0;
    for (size_t j = q->cols; j < q->n; j++) largest = fmax(largest, visit(q, j));
    for (size_t j = 0; j < q->cols; j++) {
        if (all || !is_zero(q->x[j])) largest = fmax(largest, visit(q, j));
    }
    if (all) q->size = largest_coordinate(q);
    q->rounds++;
    return largest;
}

/* The coordinates that are neither 0 nor at a bound */
static size_t choose(const gr_quadratic *q)
{
    size_t count = 0;
    for (size_t j = 0; j < q->n; j++) {
        const double x = q->x[j];
        const bool inside = j >= q->cols || (!is_zero(x) && x > lower(q, j) && x < upper(q, j));
        if (inside && column(q, j)[j] > 0.0) q->chosen[count++] = j;
    }
    return count;
}

/* H of the chosen = LL', L by rows in q->factor; false where they are dependent */
static bool factor(const gr_quadratic *q, size_t count)
{
    double *L = q->factor;
    for (size_t i = 0; i < count; i++) {
        const double *h = column(q, q->chosen[i]);
        double *row = L + i * count;
        for (size_t j = 0; j < i; j++)
            row[j] = (h[q->chosen[j]] - gr_dot(j, row, L + j * count)) / L[j * count + j];
        const double whole = h[q->chosen[i]], pivot = whole - gr_dot(i, row, row);
        if (!(pivot > least_pivot * whole)) return false;
        row[i] = sqrt(pivot);
    }
    return true;
}

/* step = -H^(-1) (g + lasso sign x) over the chosen */
static void newton(const gr_quadratic *q, size_t count, double *step)
{
    const double *L = q->factor;
    for (size_t i = 0; i < count; i++) {
        const size_t j = q->chosen[i];
        const double pull = -(q->g[j] + copysign(lasso(q, j), q->x[j]));
        step[i] = (pull - gr_dot(i, L + i * count, step)) / L[i * count + i];
    }
    for (size_t i = count; i-- > 0;) {
        step[i] /= L[i * count + i];
        for (size_t k = 0; k < i; k++) step[k] -= step[i] * L[i * count + k];
    }
}

/* Where coordinate j would meet 0, with a lasso, or a bound */
static double wall(const gr_quadratic *q, size_t j, double step)
{
    const double bound = step > 0.0 ? upper(q, j) : lower(q, j);
    const bool crosses = lasso(q, j) > 0.0 && (step > 0.0) == (q->x[j] < 0.0);
    return crosses && fabs(q->x[j]) <= fabs(bound - q->x[j]) ? 0.0 : bound;
}

/* The whole step, or as far as the first coordinate that meets a wall */
static void walk(gr_quadratic *q, size_t count, const double *step)
{
    double share = 1.0;
    size_t first = count;
    for (size_t i = 0; i < count; i++) {
        const size_t j = q->chosen[i];
        if (is_zero(step[i])) continue;
        const double reach = (wall(q, j, step[i]) - q->x[j]) / step[i];
        if (!(reach < share)) continue;
        share = reach;
        first = i;
    }
    for (size_t i = 0; i < count; i++) {
        const size_t j = q->chosen[i];
        const double next = i == first ? wall(q, j, step[i]) : q->x[j] + share * step[i];
        const double change = next - q->x[j];
        if (is_zero(change)) continue;
        q->x[j] = next;
        gr_quadratic_add_column(q, j, change);
    }
}

static void step_on_chosen(gr_quadratic *q)
{
    const size_t count = choose(q);
    double *step = q->factor + q->n * q->n;
    if (count == 0 || !factor(q, count)) return;
    newton(q, count, step);
    if (gr_first_not_finite(count, step) == count) walk(q, count, step);
}

double gr_quadratic_cycle(gr_quadratic *q)
{
    const double largest = go_round(q, true);
    size_t moving = 0;
    for (size_t j = 0; j < q->n; j++) moving += is_zero(q->x[j]) ? 0 : 1;
    const size_t patience = PATIENT_ROUNDS + moving / ROUNDS_SHARE;
    double change = largest;
    for (size_t k = 0; k < ROUNDS && change > settled * settled * largest; k++) {
        if (k > 0 && k % patience == 0) step_on_chosen(q);
        change = go_round(q, false);
    }
    return largest;
}

bool gr_quadratic_moves(const gr_quadratic *q, double change)
{
    return change > rounding * rounding * q->size;
}

void gr_quadratic_solve(gr_quadratic *q)
{
    double first = 0.0;
    for (int k = 0; k < CYCLES; k++) {
        const double change = gr_quadratic_cycle(q);
        first = fmax(first, change);
        if (!gr_quadratic_moves(q, change) || change <= q->solved * q->solved * first) break;
    }
}
