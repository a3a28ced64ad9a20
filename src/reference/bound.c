/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * t is corrected in twice the precision, d_k = -(R'R)^(-1) A'(A t_k - b), t_(k+1) = t_k + d_k, until little is left. In the norm
 * ||A d|| every step leaves the share rho of the error, about kappa u, which is measured: rho = max ||A d_(k+1)|| / ||A d_k||. Then
 *
 *   ||t - t*||_2  <=  ||t - t_K||_2 + (1 + rho)/(1 - rho) ||A d_K||_2 / sigma_n + what twice the precision loses,
 *   (1 - rho) ||A (t_K - t*)|| <= ||A d_K||.
 *
 * Demmel, Hida, Riedy and Li, ACM Trans. Math. Softw. 35 (2009) 28; Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
 * sections 12.1 and 20.5.
 */
#include "reference/bound.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "reference/exact.h"

/* Beyond this kappa u sqrt(mn) a correction need not be one; and what a correction has to leave at most. */
static const double most_rounding = 0.1, most_left = 0.5;

/* The corrections go on until what may be left is this share of what they found. Each leaves less than half. */
static const double negligible = 0.01;
enum { MOST_CORRECTIONS = 60 };

/* Of the norms that a bound is made of; the unit roundoff, and that of pairs. */
static const double own_rounding = 1.0 + 1e-9, UNIT = DBL_EPSILON / 2.0, PAIR_UNIT = 0x1p-104;

typedef struct correcting {
    const gr_judged *on;
    gr_exact exact;
    double *memory;
    gr_pair *t;                      /* t_k */
    double *start, *gradient, *high; /* t_0; at t_k; t_k rounded */
    double least;                    /* sigma_n */
    double length;                   /* ||A d|| of the last correction */
    double contraction;              /* rho */
    double floor;                    /* ||A .|| of what twice the precision loses */
} correcting;

static gradus_status begin(const gr_judged *on, const double *theta, correcting *by, gradus_error *error)
{
    const gr_design *design = on->design;
    const size_t n = design->cols;
    *by = (correcting){.on = on, .least = on->svd->sigma[n - 1]};
    by->memory = gr_allocate_doubles(&design->allocator, 5 * n);
    if (!by->memory) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    by->t = (gr_pair *)by->memory;
    by->start = by->memory + 2 * n;
    by->gradient = by->start + n;
    by->high = by->gradient + n;
    for (size_t j = 0; j < n; j++) {
        by->start[j] = ldexp(theta[j], design->exponent[j] - design->response_exponent);
        by->t[j] = (gr_pair){by->start[j], 0.0};
    }
    return gr_exact_open(design, &by->exact, error);
}

static void end(correcting *by)
{
    gr_exact_free(&by->exact);
    gr_release(&by->on->design->allocator, by->memory);
}

/* ||t_k - t_0||_2 */
static double moved(const correcting *by)
{
    const size_t n = by->on->design->cols;
    for (size_t j = 0; j < n; j++) by->gradient[j] = (by->t[j].high - by->start[j]) + by->t[j].low;
    return gr_norm(n, by->gradient);
}

static double size_of(const correcting *by)
{
    const size_t n = by->on->design->cols;
    for (size_t j = 0; j < n; j++) by->high[j] = by->t[j].high;
    return gr_norm(n, by->high);
}

static double left(const correcting *by)
{
    const double rho = by->contraction;
    return (1.0 + rho) / (1.0 - rho) * by->length / by->least;
}

/*
 * ||A .|| of the error that sums in pairs leave in a correction: that of the residual, dr, as R^(-T)B'dr, and that of its product with
 * B', where B are the rows of A that stand for data; and that of the ridge. Products with L are rounded to double, and what t and the
 * residual have beyond double is left out of them.
 */
static void measure_floor(correcting *by)
{
    const gr_judged *on = by->on;
    const double terms = (double)on->design->rows + (double)on->design->cols, t = size_of(by);
    const double data = gr_exact_size(&by->exact), share = data / by->least;
    const double residual = data * t + gr_norm(on->design->rows, on->design->b);
    const double low = gr_exact_low_size(&by->exact);
    by->floor = terms * PAIR_UNIT * (fmin(1.0, share) * residual + share * on->residual + on->size * t);
    if (low > 0.0)
        by->floor += terms * 2.0 * UNIT * low * (fmin(1.0, share) * t + (on->residual + low * t) / by->least);
}

static double correct(correcting *by)
{
    gr_exact_gradient(&by->exact, by->t, false, by->gradient);
    return gr_exact_correct(&by->exact, by->on->qr, by->gradient, by->t);
}

/* Corrects t until little is left. False where a step did not even halve the error, and was not rounding. */
static bool converge(correcting *by)
{
    by->length = correct(by);
    measure_floor(by);
    for (int k = 1; k < MOST_CORRECTIONS && by->length > 0.0; k++) {
        const double before = by->length, length = correct(by), share = length / before;
        by->length = length;
        if (!(share <= most_left)) return length <= 16.0 * by->floor;
        by->contraction = fmax(by->contraction, share);
        if (left(by) <= negligible * moved(by)) return true;
    }
    return by->length <= 16.0 * by->floor || left(by) <= moved(by);
}

static gradus_status unbounded(gradus_certificate *certificate)
{
    certificate->error_bound = (double)INFINITY;
    return GRADUS_OK;
}

static gradus_status conclude(correcting *by, gradus_certificate *certificate)
{
    char *reason = certificate->bound_reason;
    const size_t room = sizeof certificate->bound_reason;
    const bool converged = converge(by);
    certificate->contraction = by->contraction;
    if (!converged) {
        (void)snprintf(
            reason, room,
            "unbounded: a correction in twice the precision leaves more than half of the error, or is "
            "beyond the range of a double");
        return unbounded(certificate);
    }
    const double rest = left(by) + by->floor / by->least, error = moved(by) + rest, size = size_of(by);
    if (error > 0.0 && !(size > rest)) {
        (void)snprintf(
            reason, room,
            "unbounded: the exact answer may be 0, %.1e at most in columns of length 1; a relative "
            "error has no bound",
            size + rest);
        return unbounded(certificate);
    }
    certificate->error_bound = error > 0.0 ? own_rounding * error / (size - rest) : 0.0;
    (void)snprintf(reason, room, "corrected in twice the precision; a correction leaves %.1e of the error",
                   by->contraction);
    return GRADUS_OK;
}

/* Is the design too close to a deficient one? */
static bool hopeless(const gr_judged *on, gradus_certificate *certificate)
{
    const gr_design *design = on->design;
    const size_t n = design->cols, rank = gr_min(gr_qr_rank(on->qr), gr_svd_rank(on->svd));
    char *reason = certificate->bound_reason;
    const size_t room = sizeof certificate->bound_reason;
    if (rank < n) {
        (void)snprintf(
            reason, room,
            "unbounded: the design has rank %zu of %zu; the data do not determine the coefficients", rank, n);
        return true;
    }
    const double condition = on->svd->sigma[0] / on->svd->sigma[n - 1];
    const double rounding = condition * UNIT * sqrt((double)design->rows * (double)n);
    if (rounding <= most_rounding) return false;
    (void)snprintf(
        reason, room,
        "unbounded: the condition %.1e of the columns in one length, times u sqrt(mn), is %.2g, above %g",
        condition, rounding, most_rounding);
    return true;
}

gradus_status gr_bound_error(const gr_judged *on, const double *theta, gradus_certificate *certificate,
                             gradus_error *error)
{
    correcting by;
    if (hopeless(on, certificate)) return unbounded(certificate);
    gradus_status status = begin(on, theta, &by, error);
    if (!status) status = conclude(&by, certificate);
    end(&by);
    return status;
}
