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

#include "base/cancel.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/penalty.h"

enum {
    ROUNDS = 200,       /* of the coordinates at hand between two looks at all of them */
    PATIENT_ROUNDS = 8, /* before a factorisation is worth it, and one more for so many coordinates: */
    ROUNDS_SHARE = 4,
    CYCLES = 60,
    IDLE_CYCLES = 2,     /* one after the other, in a ball */
    GROWTHS = 500,       /* of mu, until x is inside the ball */
    NARROWINGS = 100,    /* of its interval */
    CALL_ELEMENTS = 8192 /* one BLAS call stays below what makes OpenBLAS start threads of its own */
};

/* The change that is worth another round, in units of the largest of the cycle */
static const double settled = 1e-3;

/* In a ball: how near to the minimum for one mu, and how near to the sphere; how mu grows, and the least share of its interval to cut off */
static const double in_ball = 1e-12, on_sphere = 1e-14, margin = 8.0 * DBL_EPSILON, growth = 4.0,
                    least_share = 0.02;

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

bool gr_quadratic_cancelled(gr_quadratic *q)
{
    q->cancelled = q->cancelled || gr_is_cancelled(q->cancel);
    return q->cancelled;
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

static bool is_intercept(const gr_quadratic *q, size_t j)
{
    const size_t run = q->penalty->run;
    return run > 0 ? j % (run + 1) == run : j >= q->cols;
}

/* The penalty's number of coefficient j: the intercepts before it do not count. */
static size_t number_of(const gr_quadratic *q, size_t j)
{
    const size_t run = q->penalty->run;
    return run > 0 ? j - j / (run + 1) : j;
}

static double lower(const gr_quadratic *q, size_t j)
{
    return is_intercept(q, j) ? -(double)INFINITY : gr_penalty_lower(q->penalty, number_of(q, j));
}

static double upper(const gr_quadratic *q, size_t j)
{
    return is_intercept(q, j) ? (double)INFINITY : gr_penalty_upper(q->penalty, number_of(q, j));
}

static double lasso(const gr_quadratic *q, size_t j)
{
    return is_intercept(q, j) ? 0.0 : q->penalty->lasso;
}

static double mu(const gr_quadratic *q, size_t j)
{
    return is_intercept(q, j) ? 0.0 : q->mu;
}

/* Along coordinate j: the curvature, and the derivative without the lasso */
static double curvature_along(const gr_quadratic *q, size_t j)
{
    return column(q, j)[j] + mu(q, j);
}

static double slope_along(const gr_quadratic *q, size_t j)
{
    return q->g[j] + mu(q, j) * q->x[j];
}

static bool is_zero(double x)
{
    return !(x > 0.0 || x < 0.0);
}

/* Where coordinate j has its minimum; one without curvature stays. */
static double minimum_along(const gr_quadratic *q, size_t j)
{
    const double curvature = curvature_along(q, j);
    if (!(curvature > 0.0)) return q->x[j];
    if (is_zero(q->x[j]) && fabs(q->g[j]) <= lasso(q, j) * (1.0 + excess)) return q->x[j];
    const double t = gr_soft_threshold(q->x[j] - slope_along(q, j) / curvature, lasso(q, j) / curvature);
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
    return curvature_along(q, j) * change * change;
}

static double largest_coordinate(const gr_quadratic *q)
{
    double size = 0.0;
    for (size_t j = 0; j < q->n; j++) size = fmax(size, curvature_along(q, j) * q->x[j] * q->x[j]);
    return size;
}

/* Once round; the largest change, 0 where the caller has cancelled. Intercepts go first: no column has to move in their place, and then back to 0. */
static double go_round(gr_quadratic *q, bool all)
{
    double largest = 0.0;
    if (gr_quadratic_cancelled(q)) return 0.0;
    for (size_t j = q->penalty->run > 0 ? 0 : q->cols; j < q->n; j++) {
        if (is_intercept(q, j)) largest = fmax(largest, visit(q, j));
    }
    for (size_t j = 0; j < q->n; j++) {
        if (!is_intercept(q, j) && (all || !is_zero(q->x[j]))) largest = fmax(largest, visit(q, j));
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
        const bool inside = is_intercept(q, j) || (!is_zero(x) && x > lower(q, j) && x < upper(q, j));
        if (inside && curvature_along(q, j) > 0.0) q->chosen[count++] = j;
    }
    return count;
}

/*
 * H + mu I of the chosen = LL', L by rows of n in q->factor. Who depends on those before him is not chosen any more, and stays where
 * he is. Returns how many are; 0 where the caller has cancelled.
 */
static size_t factor(gr_quadratic *q, size_t count)
{
    const double *L = q->factor;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t candidate = q->chosen[i];
        const double *h = column(q, candidate);
        double *row = q->factor + kept * q->n;
        if (gr_quadratic_cancelled(q)) return 0;
        for (size_t j = 0; j < kept; j++)
            row[j] = (h[q->chosen[j]] - gr_dot(j, row, L + j * q->n)) / L[j * q->n + j];
        const double whole = curvature_along(q, candidate), pivot = whole - gr_dot(kept, row, row);
        if (!(pivot > least_pivot * whole)) continue;
        row[kept] = sqrt(pivot);
        q->chosen[kept++] = candidate;
    }
    return kept;
}

/* step = -(H + mu I)^(-1) (g + mu x + lasso sign x) over the chosen */
static void newton(const gr_quadratic *q, size_t count, double *step)
{
    for (size_t i = 0; i < count; i++) {
        const size_t j = q->chosen[i];
        const double *row = q->factor + i * q->n;
        const double pull = -(slope_along(q, j) + copysign(lasso(q, j), q->x[j]));
        step[i] = (pull - gr_dot(i, row, step)) / row[i];
    }
    for (size_t i = count; i-- > 0;) {
        const double *row = q->factor + i * q->n;
        step[i] /= row[i];
        for (size_t k = 0; k < i; k++) step[k] -= step[i] * row[k];
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
    const size_t count = factor(q, choose(q));
    double *step = q->factor + q->n * q->n;
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

/* ||v|| without the intercepts */
static double norm_of(const gr_quadratic *q, const double *v)
{
    double square = 0.0;
    if (q->penalty->run == 0) return gr_norm(q->cols, v);
    for (size_t j = 0; j < q->n; j++) square += is_intercept(q, j) ? 0.0 : v[j] * v[j];
    return sqrt(square);
}

/*
 * With the mu at hand; returns the norm of x without the intercept. In a ball, cycles that do not halve the
 * change have come to what the rounding of g is there: without this some take 10^6 rounds.
 */
static double solve_for_mu(gr_quadratic *q, double solved)
{
    double first = 0.0, last = (double)INFINITY;
    for (int k = 0, idle = 0; k < CYCLES && (idle < IDLE_CYCLES || !(q->mu > 0.0)); k++) {
        const double change = gr_quadratic_cycle(q);
        first = fmax(first, change);
        if (!gr_quadratic_moves(q, change) || change <= solved * solved * first) break;
        idle = change <= 0.5 * last ? 0 : idle + 1;
        last = change;
    }
    return norm_of(q, q->x);
}

/* Both ends of an interval of mu, and the norms there: that at `low` is too large. */
typedef struct interval {
    double low, high, norm_low, norm_high;
} interval;

/* The reciprocal of the norm is nearly a line in mu: where it meets that of the radius, well inside the interval */
static double between(const interval *i, double radius)
{
    const double share = (1.0 / radius - 1.0 / i->norm_low) / (1.0 / i->norm_high - 1.0 / i->norm_low);
    const double cut = share >= least_share ? fmin(share, 1.0 - least_share) : least_share;
    return i->low + (i->high - i->low) * cut;
}

/* mu x balances a gradient: `guess` is that at the start by the radius. */
static interval find_interval(gr_quadratic *q, double norm, double guess, double radius)
{
    interval i = {0.0, guess, norm, (double)INFINITY};
    for (int k = 0; k < GROWTHS; k++) {
        q->mu = i.high;
        i.norm_high = solve_for_mu(q, in_ball);
        if (i.norm_high <= radius) break;
        i.low = i.high;
        i.norm_low = i.norm_high;
        i.high *= growth;
    }
    return i;
}

/*
 * The mu with ||x|| = radius, for ||x|| falls as mu grows; x ends inside. More and Sorensen, SIAM J. Sci. Stat. Comput. 4 (1983)
 * 553, on the reciprocal.
 */
static void solve_in_ball(gr_quadratic *q, double norm, double guess)
{
    const double radius = q->penalty->radius * (1.0 - margin);
    interval i = find_interval(q, norm, guess, radius);
    norm = i.norm_high;
    for (int k = 0; k < NARROWINGS && !(norm <= radius && norm >= radius * (1.0 - on_sphere)); k++) {
        q->mu = between(&i, radius);
        if (q->mu <= i.low || q->mu >= i.high) break;
        norm = solve_for_mu(q, in_ball);
        *(norm > radius ? &i.low : &i.high) = q->mu;
        *(norm > radius ? &i.norm_low : &i.norm_high) = norm;
    }
    q->mu = i.high;
    if (norm > radius) (void)solve_for_mu(q, in_ball);
    q->mu = 0.0;
}

void gr_quadratic_solve(gr_quadratic *q)
{
    const double size = norm_of(q, q->g), norm = solve_for_mu(q, q->solved);
    if (!(q->penalty->radius > 0.0) || norm <= q->penalty->radius) return;
    solve_in_ball(q, norm, size / q->penalty->radius + DBL_MIN);
    gr_penalty_project(q->penalty, q->cols, q->x); /* what is left is rounding */
}
