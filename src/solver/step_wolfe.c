/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Strong Wolfe conditions: sufficient decrease and |g(theta + alpha d)'d| <= sigma |g'd|, by a bracket that is widened
 * until it holds such a step and then narrowed by the secant of the slopes, safeguarded.
 * Wolfe, SIAM Review 11 (1969) 226; Nocedal and Wright, Numerical Optimization, 2nd ed., section 3.5.
 */
#include <float.h>
#include <math.h>

#include "solver/state.h"

/* sigma: how much of the slope may be left. Conjugate directions want the minimum along them. */
static const double slope_share = 0.9, exacting_share = 0.1;
static const double widest = 4.0;    /* at most so many times the step, when widening */
static const double farthest = 1e50; /* a function that still falls after so long a step has no minimum */
static const double margin = 0.1;    /* a new trial keeps this share of the bracket to either end */

enum { MOST_TRIALS = 12, LAST_TRIAL = 100 };

/* Steps between which an acceptable one lies: low decreases enough and still goes down, high goes too far. */
typedef struct bracket {
    double low, low_slope;
    double high, high_slope; /* Inf while nothing is known; a slope of NaN where phi is not finite */
} bracket;

typedef enum verdict { TOO_SHORT, TOO_LONG, ACCEPTABLE } verdict;

static verdict judge(const gradus_solver *solver, double alpha, double slope)
{
    if (!gr_sufficient(solver, alpha)) return TOO_LONG;
    const double share = solver->method->exacting ? exacting_share : slope_share;
    if (slope > -share * solver->slope) return TOO_LONG;
    return slope < share * solver->slope ? TOO_SHORT : ACCEPTABLE;
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

/* A bracket that rounding or many trials have closed: its lower end is taken. */
static bool closed(const bracket *b, int trials)
{
    const bool narrow = b->high <= DBL_MAX && !(b->high - b->low > 1e-10 * b->high);
    return b->low > 0.0 && (narrow || trials >= LAST_TRIAL || (b->high <= DBL_MAX && trials >= MOST_TRIALS));
}

/* The verdict on the trial that was just evaluated; *slope is the directional derivative there, NaN where there is none. */
static verdict examine(const gradus_solver *solver, gr_outcome outcome, double alpha, double *slope)
{
    *slope = (double)NAN;
    if (outcome != GR_FINITE) return TOO_LONG;
    *slope = gr_trial_slope(solver);
    return judge(solver, alpha, *slope);
}

/* Many trials without a step that is sufficient, and nothing but rounding left to compare; or far too many. */
static bool hopeless(const gradus_solver *solver, const bracket *b, gr_outcome outcome, int trials)
{
    const bool only_rounding = outcome == GR_FINITE && gr_within_rounding(solver);
    return !(b->low > 0.0) && (trials >= LAST_TRIAL || (trials >= MOST_TRIALS && only_rounding));
}

/*
 * Directions that have no length of their own begin with the step that promises what the last one promised, alpha_old g_old'd_old / g'd.
 * Nocedal and Wright, equation (3.60).
 */
static double first_trial(const gradus_solver *solver)
{
    if (solver->method->unit_step || solver->iterations == 0) return solver->first_trial;
    const double share = solver->history.previous_slope / solver->slope;
    return share > 0.0 && share <= widest ? share * solver->step_size : solver->first_trial;
}

static gradus_status advance(gradus_solver *solver)
{
    bracket b = {0.0, solver->slope, (double)INFINITY, (double)NAN};
    double alpha = first_trial(solver);
    gr_search_begin(solver);
    bool last = false; /* the trial is the lower end of a closed bracket */
    for (int trials = 1;; trials++) {
        gr_outcome outcome;
        double slope;
        const gradus_status status = gr_try(solver, alpha, &outcome);
        if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
        const verdict seen = examine(solver, outcome, alpha, &slope);
        if (seen == ACCEPTABLE || last) break;
        update(&b, seen, alpha, slope);
        if (hopeless(solver, &b, outcome, trials)) solver->stop = GRADUS_STOP_NO_PROGRESS;
        if (b.low >= farthest) solver->stop = GRADUS_STOP_UNBOUNDED;
        if (solver->stop != GRADUS_STOP_RUNNING) return GRADUS_OK;
        last = closed(&b, trials);
        alpha = last ? b.low : next_trial(&b);
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
