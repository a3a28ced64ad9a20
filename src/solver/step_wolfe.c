/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Strong Wolfe conditions: sufficient decrease and |g(theta + alpha d)'d| <= sigma |g'd|, by a bracket that is widened
 * until it holds such a step and then narrowed by the cubic through values and slopes at its ends, safeguarded.
 * Wolfe, SIAM Review 11 (1969) 226; Nocedal and Wright, Numerical Optimization, 2nd ed., section 3.5. The
 * constants are those of Hager and Zhang, ACM Trans. Math. Softw. 32 (2006) 113.
 */
#include <float.h>
#include <math.h>

#include "base/vector.h"
#include "solver/line.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/state.h"
#include "solver/step.h"

/* sigma: how much of the slope may be left. Conjugate directions want the minimum along them. */
static const double slope_share = 0.9, exacting_share = 0.1;
static const double widest = 5.0;    /* times the step, when widening: Hager and Zhang's rho */
static const double boldest = 4.0;   /* at most so many times the last step, where a search begins */
static const double farthest = 1e50; /* a function that still falls after so long a step has no minimum */
static const double margin = 0.1;    /* a new trial keeps this share of the bracket to either end */
static const double blind = 0.3;     /* and stands at this share of it where no curve says more */

enum { MOST_TRIALS = 12, LAST_TRIAL = 100 };

/* phi along the direction at one step; value and slope are NaN where phi is not finite. */
typedef struct sample {
    double alpha, value, slope;
} sample;

/* Steps between which an acceptable one lies: low decreases enough and still goes down, high goes too far. */
typedef struct bracket {
    sample low, high; /* high.alpha: Inf while nothing is known */
    bool rounding;    /* the values differ by no more than that: only the slopes count */
} bracket;

typedef enum verdict { TOO_SHORT, TOO_LONG, ACCEPTABLE } verdict;

static verdict judge(const gradus_solver *solver, gr_outcome outcome, const sample *trial)
{
    if (outcome != GR_FINITE || !gr_sufficient(solver, trial->alpha)) return TOO_LONG;
    const double share = solver->method->exacting ? exacting_share : slope_share;
    if (trial->slope > -share * solver->slope) return TOO_LONG;
    return trial->slope < share * solver->slope ? TOO_SHORT : ACCEPTABLE;
}

/* Where the secant of the slopes is zero; only between a slope down and a slope up. NaN where there is none. */
static double secant_minimum(const sample *a, const sample *b)
{
    if (!(b->slope > 0.0)) return (double)NAN;
    return a->alpha - a->slope * (b->alpha - a->alpha) / (b->slope - a->slope);
}

/*
 * The minimum of the cubic through both values and slopes, Nocedal and Wright's equation (3.59); NaN where it has none.
 * On the functions of More, Garbow and Hillstrom L-BFGS takes 0.88 of the evaluations of the secant.
 */
static double cubic_minimum(const sample *a, const sample *b)
{
    const double width = b->alpha - a->alpha;
    const double bend = a->slope + b->slope - 3.0 * (b->value - a->value) / width;
    const double root = sqrt(bend * bend - a->slope * b->slope);
    return b->alpha - width * (b->slope + root - bend) / (b->slope - a->slope + 2.0 * root);
}

/* Wider while nothing is too long; then where phi should be lowest, kept away from the ends. */
static double next_trial(const bracket *b)
{
    if (isinf(b->high.alpha)) return widest * b->low.alpha;
    const double width = b->high.alpha - b->low.alpha;
    const double lowest = b->rounding ? secant_minimum(&b->low, &b->high) : cubic_minimum(&b->low, &b->high);
    if (isnan(lowest)) return b->low.alpha + blind * width;
    return fmin(fmax(lowest, b->low.alpha + margin * width), b->high.alpha - margin * width);
}

/* Narrows or widens the bracket by a trial. */
static void update(bracket *b, verdict seen, sample trial)
{
    if (seen == TOO_LONG)
        b->high = trial;
    else
        b->low = trial;
}

/* A bracket that rounding or many trials have closed: its lower end is taken. */
static bool closed(const bracket *b, int trials)
{
    const bool bounded = b->high.alpha <= DBL_MAX;
    const bool narrow = bounded && !(b->high.alpha - b->low.alpha > 1e-10 * b->high.alpha);
    return b->low.alpha > 0.0 && (narrow || trials >= LAST_TRIAL || (bounded && trials >= MOST_TRIALS));
}

/* The trial at alpha that was just evaluated. */
static sample look(const gradus_solver *solver, gr_outcome outcome, double alpha)
{
    if (outcome != GR_FINITE) return (sample){alpha, (double)NAN, (double)NAN};
    return (sample){alpha, solver->trial.value, gr_trial_slope(solver)};
}

/* Many trials without a step that is sufficient, and nothing but rounding left to compare; or far too many. */
static bool hopeless(const gradus_solver *solver, const bracket *b, gr_outcome outcome, int trials)
{
    const bool only_rounding = outcome == GR_FINITE && gr_within_rounding(solver);
    return !(b->low.alpha > 0.0) && (trials >= LAST_TRIAL || (trials >= MOST_TRIALS && only_rounding));
}

/*
 * The very first trial, where the caller has not set it. A gradient has the units of phi over theta, not those of a step: -1 times
 * it may be 10^12 times too long. Nothing is known yet but theta, so the step is no longer than theta, or than 1. On the functions
 * of More, Garbow and Hillstrom from 1, 10 and 100 times their starts the gradient as it is takes 1.26 times the evaluations, and
 * solves 115 of the 126 instead of 118; a step no longer than 1, as libLBFGS takes it, 1.07 times the evaluations.
 */
static double very_first_trial(const gradus_solver *solver)
{
    if (solver->asked_for_step || solver->metric != &gr_metric_identity) return solver->first_trial;
    const double reach = fmax(1.0, gr_norm(solver->n, solver->current.theta));
    return fmin(solver->first_trial, reach / gr_norm(solver->n, solver->direction));
}

/*
 * Directions that have no length of their own begin with the step that promises what the last one promised, alpha_old g_old'd_old / g'd.
 * Nocedal and Wright, equation (3.60).
 */
static double first_trial(const gradus_solver *solver)
{
    if (solver->iterations == 0) return very_first_trial(solver);
    if (solver->method->unit_step) return solver->first_trial;
    const double share = solver->history.previous_slope / solver->slope;
    return share > 0.0 && share <= boldest ? share * solver->step_size : solver->first_trial;
}

static gradus_status advance(gradus_solver *solver)
{
    bracket b = {.low = {0.0, solver->current.value, solver->slope}, .high.alpha = (double)INFINITY};
    double alpha = first_trial(solver);
    gr_search_begin(solver);
    bool last = false; /* the trial is the lower end of a closed bracket */
    for (int trials = 1;; trials++) {
        gr_outcome outcome;
        const gradus_status status = gr_try(solver, alpha, &outcome);
        if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
        const sample trial = look(solver, outcome, alpha);
        const verdict seen = judge(solver, outcome, &trial);
        if (seen == ACCEPTABLE || last) break;
        update(&b, seen, trial);
        b.rounding = outcome == GR_FINITE && gr_within_rounding(solver);
        if (hopeless(solver, &b, outcome, trials)) solver->stop = GRADUS_STOP_NO_PROGRESS;
        if (b.low.alpha >= farthest) solver->stop = GRADUS_STOP_UNBOUNDED;
        if (solver->stop != GRADUS_STOP_RUNNING) return GRADUS_OK;
        last = closed(&b, trials);
        alpha = last ? b.low.alpha : next_trial(&b);
    }
    solver->step_size = alpha;
    solver->first_trial = solver->method->unit_step ? 1.0 : alpha;
    return gr_land(solver);
}

const gr_step gr_step_wolfe = {
    .id = GRADUS_STEP_WOLFE, .name = "strong Wolfe", .searches = true, .monotone = true, .advance = advance};

gradus_step gradus_step_wolfe(double initial)
{
    return (gradus_step){.rule = GRADUS_STEP_WOLFE, .size = initial};
}
