/* SPDX-License-Identifier: BSD-3-Clause */
/* Is the gradient the derivative of the value? */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/objective.h"

enum { DIRECTIONS = 3, STEPS = 6, VECTORS = 4 };

static const double step_lengths[STEPS] = {1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7};
static const double error_limit = 1e-6;   /* a right gradient of a smooth function shows 1e-9 */
static const double drowned_limit = 1e-3; /* rounding above this share of the gradient: nothing can be said */
static const double value_rounding = 64.0; /* units in the last place that a value may be off */

/* What the check works with: f at theta, and vectors of its size. */
typedef struct check {
    const gradus_objective *f;
    gr_workspace work;
    const double *theta;
    size_t n;
    double *gradient, *direction, *point, *unit; /* unit_j = max(1, |theta_j|) */
    double scale;                                /* ||gradient o unit||_2 */
    size_t evaluations;
    gradus_status status; /* of a callback that gave up */
} check;

/* f(theta + h v); NaN where f is not defined */
static double value_along(check *c, double h)
{
    if (c->status) return (double)NAN;
    for (size_t j = 0; j < c->n; j++) c->point[j] = c->theta[j] + h * c->direction[j];
    double value = (double)NAN;
    const gradus_status status = gr_objective_evaluate(c->f, &c->work, c->point, &value, NULL);
    c->evaluations++;
    if (status == GRADUS_REJECT) return (double)NAN;
    if (status) c->status = status;
    return value;
}

/* One central difference held against v'gradient. */
typedef struct comparison {
    double error;    /* |difference - v'gradient| / scale */
    double rounding; /* what rounding of the values alone may contribute to it */
} comparison;

static comparison compare(check *c, double h)
{
    const double plus = value_along(c, h), minus = value_along(c, -h);
    const double derivative = gr_dot(c->n, c->gradient, c->direction);
    return (comparison){fabs((plus - minus) / (2.0 * h) - derivative) / c->scale,
                        value_rounding * DBL_EPSILON * fmax(fabs(plus), fabs(minus)) / (h * c->scale)};
}

/*
 * The smallest error over all step lengths at which rounding does not drown it; Inf when it drowns everywhere, or when the
 * error still falls with h at the end: that is the differences' own truncation, large beside a gradient near zero.
 */
static double least_error(check *c)
{
    double least = (double)INFINITY, previous = (double)NAN;
    bool falling = false;
    for (size_t k = 0; k < STEPS && !c->status && !(least <= error_limit * 1e-2); k++) {
        const comparison seen = compare(c, step_lengths[k]);
        if (!(seen.rounding <= drowned_limit) || isnan(seen.error))
            continue; /* undefined on one side, perhaps */
        const double error = fmax(0.0, seen.error - seen.rounding);
        falling = error <= 0.1 * previous;
        previous = error;
        least = fmin(least, error);
    }
    return least > error_limit && falling ? (double)INFINITY : least;
}

/* direction = +-unit on entries first .. last, 0 elsewhere */
static void aim(check *c, uint64_t seed, size_t first, size_t last)
{
    memset(c->direction, 0, c->n * sizeof(double));
    for (size_t j = first; j < last; j++) c->direction[j] = gr_random_sign(seed, j) * c->unit[j];
}

/* Halves the set of coordinates towards the larger error: ceil(log2 n) rounds. */
static size_t worst_coordinate(check *c)
{
    size_t first = 0, last = c->n;
    while (last - first > 1 && !c->status) {
        const size_t middle = first + (last - first) / 2;
        aim(c, 7, first, middle);
        const double left = least_error(c);
        aim(c, 7, middle, last);
        const double right = least_error(c);
        if (left >= right)
            last = middle;
        else
            first = middle;
    }
    return first;
}

static gradus_status begin(check *c, gradus_error *error)
{
    const size_t bad = gr_first_not_finite(c->n, c->theta);
    if (bad < c->n)
        return gr_error(error, GRADUS_ERROR_START_NOT_FINITE, gr_fault_at(bad, GRADUS_NOWHERE, c->theta[bad]),
                        "entry %zu of theta is %g", bad, c->theta[bad]);
    double value = (double)NAN;
    const gradus_status status = gr_objective_evaluate(c->f, &c->work, c->theta, &value, c->gradient);
    c->evaluations++;
    if (status && status != GRADUS_REJECT) return gr_error_callback(error, status);
    for (size_t j = 0; j < c->n; j++) {
        c->unit[j] = fmax(1.0, fabs(c->theta[j]));
        c->point[j] = c->gradient[j] * c->unit[j];
    }
    const double norm = gr_norm(c->n, c->point);
    c->scale = norm == 0.0 ? fmax(1.0, fabs(value)) : norm; /* a gradient of zero may be wrong, too */
    if (!status && isfinite(value) && isfinite(norm)) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_START_VALUE, gr_fault_limit(value, (double)NAN),
                    "the function or its gradient is not finite at theta");
}

static gradus_status judge(check *c, gradus_gradient_check *result, gradus_error *error)
{
    for (uint64_t seed = 1; seed <= DIRECTIONS && !c->status; seed++) {
        aim(c, seed, 0, c->n);
        result->error = fmax(result->error, least_error(c));
    }
    if (c->status) return gr_error_callback(error, c->status);
    if (result->error <= error_limit) return GRADUS_OK;
    if (isinf(result->error))
        return gr_error(error, GRADUS_ERROR_GRADIENT_UNKNOWN, gr_fault_limit(c->scale, (double)NAN),
                        "the gradient's size %g drowns in the rounding of the value's differences", c->scale);
    result->coordinate = worst_coordinate(c);
    if (c->status) return gr_error_callback(error, c->status);
    return gr_error(error, GRADUS_ERROR_GRADIENT,
                    (gr_fault){result->coordinate, GRADUS_NOWHERE, result->error, error_limit},
                    "the gradient is off by %.2g of its size, most of all in coordinate %zu", result->error,
                    result->coordinate);
}

gradus_status gradus_check_gradient(const gradus_objective *f, const double *theta,
                                    gradus_gradient_check *result, gradus_error *error)
{
    if (!f || !theta) return gr_error_plain(error, GRADUS_ERROR_NULL);
    gradus_gradient_check local = {.limit = error_limit, .coordinate = GRADUS_NOWHERE};
    check c = {.f = f, .theta = theta, .n = f->size};
    const int threads = gr_workspace_threads(f, 0);
    size_t doubles, lent;
    double *memory = NULL;
    if (gr_workspace_doubles(f, threads, &lent) && gr_multiply(c.n, VECTORS, &doubles) &&
        gr_add(doubles, lent, &doubles))
        memory = gr_allocate_doubles(&f->allocator, doubles);
    if (!memory) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    c.gradient = memory;
    c.direction = c.gradient + c.n;
    c.point = c.direction + c.n;
    c.unit = c.point + c.n;
    c.work = gr_workspace_open(f, threads, c.unit + c.n, NULL);
    gradus_status status = begin(&c, error);
    if (!status) status = judge(&c, &local, error);
    gr_release(&f->allocator, memory);
    local.evaluations = c.evaluations;
    if (result) *result = local;
    return status;
}
