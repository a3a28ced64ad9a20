/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Strong Wolfe conditions: sufficient decrease and |g(theta + alpha d)'d| <= sigma |g'd|, by a bracket that is widened
 * until it holds such a step and then narrowed by the secant of the slopes, safeguarded.
 * Wolfe, SIAM Review 11 (1969) 226; Nocedal and Wright, Numerical Optimization, 2nd ed., section 3.5.
 */
#include <float.h>
#include <math.h>

#include "base/vector.h"
#include "solver/state.h"

static const double slope_share = 0.9; /* sigma */
static const double widest = 4.0;      /* at most so many times the step, when widening */
static const double farthest = 1e100;  /* no step is longer than this times the direction */
static const double margin = 0.1;      /* a new trial keeps this share of the bracket to either end */

/* Steps between which an acceptable one lies: low decreases enough and still goes down, high goes too far. */
typedef struct bracket {
    double low, low_slope;
    double high, high_slope; /* Inf while nothing is known; a slope of NaN where phi is not finite */
} bracket;

typedef enum verdict { TOO_SHORT, TOO_LONG, ACCEPTABLE } verdict;

static verdict judge(const gradus_solver *solver, double alpha, double slope)
{
    if (!gr_sufficient(solver, alpha)) return TOO_LONG;
    if (slope > -slope_share * solver->slope) return TOO_LONG;
    return slope < slope_share * solver->slope ? TOO_SHORT : ACCEPTABLE;
}

/* The step where the secant of the slopes at both ends is zero, kept away from the ends. */
static double next_trial(const bracket *b)
{
    const double secant = b->low - b->low_slope * (b->high - b->low) / (b->high_slope - b->low_slope);
    if (isinf(b->high)) return widest * b->low;
    const double width = b->high - b->low;
    if (!(b->high_slope > 0.0))
        return b->low + 0.3 * width; /* too long, yet still going down, or not finite */
    return fmin(fmax(secant, b->low + margin * width), b->high - margin * width);
}

/* Narrows or widens the bracket by the trial at alpha. */
static void update(bracket *b, verdict seen, double alpha, double slope)
{
    if (seen == TOO_LONG) {
        b->high = alpha;
        b->high_slope = slope;
    } else {
        b->low = alpha;
        b->low_slope = slope;
    }
}

/* Evaluates the trial at alpha; false when the search is over for another reason than an acceptable step. */
static bool try_step(gradus_solver *solver, double alpha, gr_outcome *outcome, gradus_status *status)
{
    *status = GRADUS_OK;
    if (!gr_move(solver, alpha))
        solver->stop = GRADUS_STOP_NO_PROGRESS;
    else
        *status = gr_evaluate(solver, &solver->trial, outcome);
    if (*status || solver->stop != GRADUS_STOP_RUNNING) return false;
    if (*outcome == GR_UNBOUNDED) solver->stop = GRADUS_STOP_UNBOUNDED;
    if (*outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
    return solver->stop == GRADUS_STOP_RUNNING;
}

/* A bracket that rounding has closed, or that reaches beyond all bounds: the step at its lower end is taken. */
static bool closed(const bracket *b)
{
    const bool narrow = b->high <= DBL_MAX && !(b->high - b->low > 1e-10 * b->high);
    return b->low > 0.0 && (narrow || b->low >= farthest);
}

static gradus_status advance(gradus_solver *solver)
{
    bracket b = {0.0, solver->slope, (double)INFINITY, (double)NAN};
    for (double alpha = solver->first_trial;; alpha = closed(&b) ? b.low : next_trial(&b)) {
        gradus_status status;
        gr_outcome outcome = GR_FINITE;
        const bool last = closed(&b);
        if (!try_step(solver, alpha, &outcome, &status)) return status;
        const bool finite = outcome == GR_FINITE;
        const double slope = finite ? gr_dot(solver->n, solver->trial.gradient, solver->direction)
                                    : (double)NAN;
        const verdict seen = finite ? judge(solver, alpha, slope) : TOO_LONG;
        if (seen == ACCEPTABLE || last) {
            solver->step_size = alpha;
            solver->first_trial = 1.0;
            return GRADUS_OK;
        }
        update(&b, seen, alpha, slope);
    }
}

const gr_step gr_step_wolfe = {GRADUS_STEP_WOLFE, "strong Wolfe", true, advance};

gradus_step gradus_step_wolfe(double initial)
{
    return (gradus_step){.rule = GRADUS_STEP_WOLFE, .size = initial};
}
