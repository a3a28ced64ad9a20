/* SPDX-License-Identifier: BSD-3-Clause */
#include "solver/stop.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/vector.h"
#include "model/loss.h"
#include "model/objective.h"
#include "model/options.h"
#include "solver/batches.h"
#include "solver/curvature.h"
#include "solver/evaluate.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/rounding.h"
#include "solver/state.h"

/* The unit roundoff: measured, LAPACK's QR leaves 2e-17 to 8e-17. */
static const double working_precision = DBL_EPSILON / 2.0;

/* Iterations without progress after which a gradient that is small is as small as it can be. */
enum { SETTLED = 5 };

/* In the metric of a sketch the error falls to about a third a step, but not evenly. */
enum { SKETCH_PATIENCE = 6 };

/*
 * L-BFGS gains in a step what steepest descent gains in tens. On Longley's data in standardised columns 20 end a run after 133
 * passes with 11.2 digits, 100 after 1049 with 11.1: only rounding was searched meanwhile.
 */
enum { LBFGS_PATIENCE = 20, DOUBTFUL = 5 };

/*
 * Several outputs in the metric GRAM: the gradient in the caller's columns, the largest of which speaks loudest, leaves 10 digits
 * of every coefficient of Iris in doubt at 1e-12. Two or three passes more.
 */
static const double outputs_tolerance = 1e-13;

/* Of the gradient norm at the start: what is below it may be rounding, where so much less is progress. */
static const double SMALL_GRADIENT = 1e-12, PROGRESS = 0.5;

/* Newton's steps without progress are rounding. */
enum { NEWTON_PATIENCE = 3 };

/* The square of a hundred roundings. */
static const double ZERO_ROUNDING = 1e-24;

/* A criterion that is off has tolerance GRADUS_OFF, which no norm is below. */
static bool within(double measured, double tolerance, double scale)
{
    return tolerance > 0.0 && measured <= tolerance * scale;
}

void gr_stop_begin(gradus_solver *solver)
{
    if (solver->refines && !solver->asked_for_gradient) solver->options.stop.gradient_tolerance = GRADUS_OFF;
    if ((solver->metric == &gr_metric_outputs || solver->metric == &gr_metric_renewed) &&
        !solver->asked_for_gradient)
        solver->options.stop.gradient_tolerance = outputs_tolerance;
    if (solver->method == &gr_method_lbfgs && !solver->asked_for_patience)
        solver->options.stop.patience = LBFGS_PATIENCE;
    if (gr_curvature_runs(solver) && !solver->asked_for_patience)
        solver->options.stop.patience = NEWTON_PATIENCE;
    gr_history *history = &solver->history;
    history->start_gradient_norm = solver->current.gradient_norm;
    history->least_value = history->start_value = solver->current.value;
    history->least_norm = (double)INFINITY;
    history->previous_value = solver->current.value;
}

/* Remembers a best value, and its point where a later one may be worse. */
void gr_note_best(gradus_solver *solver)
{
    if (solver->current.estimated || !(solver->current.value < solver->best_value)) return;
    solver->best_value = solver->current.value;
    solver->best_iteration = solver->iterations;
    if (solver->step->monotone) return;
    memcpy(solver->best.theta, solver->current.theta, solver->n * sizeof(double));
    memcpy(solver->best.gradient, solver->current.gradient, solver->n * sizeof(double));
    solver->best.value = solver->current.value;
    solver->best.gradient_norm = solver->current.gradient_norm;
    solver->best.penalty = solver->current.penalty;
    solver->best.gap = solver->current.gap;
}

void gr_forget_values(gradus_solver *solver)
{
    solver->best_value = (double)INFINITY;
    solver->history.least_value = solver->current.value;
    solver->history.least_norm = (double)INFINITY;
    solver->history.progress_at = solver->iterations;
    gr_note_best(solver);
}

/*
 * May the gradient be rounding already? Where a loss that is no quadratic is to be followed to working precision, L-BFGS halves the
 * gradient within a few steps until nothing but rounding is left; each new least value of rounding, found by chance, would be a reason to
 * go on: 118 passes on 60 counts in 10 columns, of which all but 17 searched it. So here only a halving is progress, and SETTLED steps
 * without one are enough. (To ask for a digit would cost breast_cancer three of its thirteen.)
 */
static bool searches_rounding(const gradus_solver *solver)
{
    const bool is_model = gr_objective_is_model(solver->f) || gr_objective_has_outputs(solver->f);
    const bool follows = solver->method == &gr_method_lbfgs && solver->asked_for_gradient && is_model;
    return follows && !gr_convex_quadratic(solver) &&
           within(solver->current.gradient_norm, SMALL_GRADIENT, solver->history.start_gradient_norm);
}

/* Did the last step lower the value by more than its rounding, or the gradient norm at all? */
static void note_progress(gradus_solver *solver)
{
    gr_history *history = &solver->history;
    const double value = solver->current.value, norm = solver->squared_norm;
    const bool lower = value < history->least_value - GR_VALUE_ROUNDING * fabs(history->least_value);
    if (lower) history->least_value = value;
    const bool smaller = norm < (searches_rounding(solver) ? PROGRESS * PROGRESS : 1.0) * history->least_norm;
    if (smaller) history->least_norm = norm;
    if (lower || smaller) history->progress_at = solver->iterations;
}

/* Is the answer to be judged by what it should be, because the caller has not said by what? */
static bool judges_itself(const gradus_solver *solver)
{
    return gr_objective_is_model(solver->f) && solver->metric->length && solver->method->unit_step &&
           !solver->asked_for_gradient;
}

/*
 * Least squares whose Hessian nobody has factored: a bound of the backward error, for A in columns of one length,
 *
 *   min( ||A'r|| / (||A||_F ||r||),  ||r|| / (||A||_F ||theta||) ).
 *
 * Paige and Saunders, ACM Trans. Math. Softw. 8 (1982) 43, section 6.
 */
static double residual_error(const gradus_solver *solver)
{
    double *steepest = solver->trial.gradient; /* free until the next trial */
    gr_steepest(solver, solver->current.gradient, steepest);
    const double gradient = gr_root_of_dot(solver->n, solver->current.gradient, steepest),
                 residual = sqrt(2.0 * solver->current.value), size = sqrt(solver->factored.trace);
    return fmin(gradient / size / residual, residual / size / gr_length(solver, solver->current.theta));
}

/* ... of such an answer of which nothing more is known */
static bool is_answer(const gradus_solver *solver, double tolerance)
{
    const bool known = solver->correction > 0.0 && judges_itself(solver) && gr_convex_quadratic(solver);
    return !known || residual_error(solver) <= tolerance;
}

/*
 * A gradient is small or large only beside another, and that at the start says nothing of what is small at the optimum. By default
 * theta itself must be accurate: a quasi-Newton step, which is its error as far as is known, must be that small in columns of one
 * length, or rounding of the data. What rounding does not let fall any further has arrived, too.
 */
static bool correction_vanishes(const gradus_solver *solver)
{
    if (!judges_itself(solver) || !(solver->correction > 0.0)) return true;
    const double tolerance = solver->options.stop.gradient_tolerance,
                 step = gr_length(solver, solver->direction), size = gr_length(solver, solver->current.theta);
    if (!is_answer(solver, tolerance)) return false;
    return step <= tolerance * size || gr_backward_error(solver) <= working_precision ||
           solver->iterations - solver->history.progress_at >= SETTLED;
}

/* In columns of very different size the gradient mapping may be small against that of the start far from the minimum: where a gap is known
 * it has a word in that, unless its user asked for the gradient. */
static bool gap_agrees(const gradus_solver *solver)
{
    if (!solver->proximal.active || solver->asked_for_gradient) return true;
    return !(solver->current.gap > GR_GAP_ARRIVED * fabs(solver->current.value));
}

static gradus_stop_reason converged(const gradus_solver *solver)
{
    const gradus_stop_criteria *stop = &solver->options.stop;
    const gr_history *history = &solver->history;
    const double value = solver->current.value;
    if (within(solver->current.gradient_norm, stop->gradient_tolerance, history->start_gradient_norm) &&
        correction_vanishes(solver) && gap_agrees(solver))
        return GRADUS_STOP_GRADIENT;
    if (solver->proximal.active && within(solver->current.gap, stop->gap_tolerance, fabs(value)))
        return GRADUS_STOP_DUALITY_GAP;
    if (solver->iterations == 0) return GRADUS_STOP_RUNNING;
    if (within(fabs(value - history->previous_value), stop->value_tolerance,
               fmax(fabs(value), fabs(history->previous_value))))
        return GRADUS_STOP_VALUE;
    if (stop->step_tolerance > 0.0 &&
        within(history->step_norm, stop->step_tolerance, gr_norm(solver->n, solver->current.theta)))
        return GRADUS_STOP_STEP;
    return GRADUS_STOP_RUNNING;
}

/*
 * For least squares A theta ~ b the correction d = -P^(-1)g has ||A d||^2 = -W g'd, and ||A d|| / (||A||_F ||theta||)
 * estimates the normwise backward error (Karlson and Walden's formula for ||r|| << sigma_min ||theta||). All in the
 * equilibrated columns, at no cost beyond the direction that is there already.
 */
double gr_backward_error(const gradus_solver *solver)
{
    const double size = gr_length(solver, solver->current.theta);
    return solver->correction / sqrt(solver->factored.trace) / size;
}

double gr_length_in_units(const gradus_solver *solver, const double *v)
{
    return gr_norm_over(gr_model_size(&solver->f->model), v, solver->columns.scale);
}

void gr_measure(gradus_solver *solver, const double *gradient, const double *steepest)
{
    solver->squared_norm = -gr_dot(solver->n, gradient, steepest);
    solver->correction = gr_root_of_dot(solver->n, gradient, steepest);
}

/*
 * The backward error at which refinement ends. A step in the exact metric removes all error but that of the gradient it was made
 * from; so the first step's answer must be much better than rounding, while the second's is as good as the gradient allows, and
 * the estimate sees little but the gradient's own rounding.
 */
static double accepted_error(const gradus_solver *solver)
{
    if (!solver->factored.exact) return working_precision / 4.0;
    return solver->iterations < 2 ? working_precision / 8.0 : 2.0 * working_precision;
}

/* Refinement ends when the answer is as good as the data, or when a step no longer halves the correction. */
static gradus_stop_reason refined(const gradus_solver *solver)
{
    if (solver->metric->backward_error(solver) <= accepted_error(solver)) return GRADUS_STOP_BACKWARD_ERROR;
    /* nothing to correct: the end of an answer of 0, which has no relative error */
    if (!(solver->current.gradient_norm > 0.0)) return GRADUS_STOP_BACKWARD_ERROR;
    const size_t still = solver->iterations - solver->history.progress_at;
    const bool halved = solver->correction < 0.5 * solver->history.previous_correction;
    if (solver->iterations > 1 && (solver->factored.exact ? !halved : still >= SKETCH_PATIENCE))
        return GRADUS_STOP_NO_PROGRESS;
    return GRADUS_STOP_RUNNING;
}

/* Would a whole step of a method that knows its length change no entry of theta by more than a rounding or two? */
static bool steps_are_rounding(const gradus_solver *solver)
{
    if (!solver->method->unit_step || !solver->step->searches || solver->iterations == 0) return false;
    for (size_t j = 0; j < solver->n; j++) {
        if (!(fabs(solver->direction[j]) <= 2.0 * DBL_EPSILON * fabs(solver->current.theta[j]))) return false;
    }
    return true;
}

/*
 * So many iterations without progress; what is no answer yet is given five times as long. With a ridge and 40 rows of 80 columns
 * L-BFGS rests for more than 20: 6.1 digits there, 8.6 at the end.
 */
static bool rests(const gradus_solver *solver)
{
    const int64_t still = (int64_t)(solver->iterations - solver->history.progress_at),
                  patience = solver->options.stop.patience;
    if (!solver->asked_for_patience && still >= SETTLED && searches_rounding(solver)) return true;
    if (still < patience) return false;
    return solver->asked_for_patience || is_answer(solver, GR_ANSWER) || still / DOUBTFUL >= patience;
}

/* Fixed steps that still go somewhere may be oscillating; only steps of rounding's size have arrived. */
static bool out_of_patience(const gradus_solver *solver)
{
    if (steps_are_rounding(solver)) return true;
    const gr_history *history = &solver->history;
    if (!rests(solver)) return false;
    return solver->step->searches ||
           history->step_norm <= GR_VALUE_ROUNDING * gr_norm(solver->n, solver->current.theta);
}

gradus_stop_reason gr_stop_budget(const gradus_solver *solver)
{
    const gradus_stop_criteria *stop = &solver->options.stop;
    if (gr_epochs_spent(solver, solver->iterations)) return GRADUS_STOP_MAX_EPOCHS;
    if ((int64_t)solver->iterations >= stop->max_iterations) return GRADUS_STOP_MAX_ITERATIONS;
    if (stop->seconds > 0.0 && gr_seconds() - solver->started >= stop->seconds) return GRADUS_STOP_TIME;
    return GRADUS_STOP_RUNNING;
}

static bool first_steps_vanish(const gradus_solver *solver)
{
    const double length = solver->options.step.size * gr_norm(solver->n, solver->direction);
    return length <= GR_VALUE_ROUNDING * gr_norm(solver->n, solver->current.theta);
}

/* What is left of a residual of zero. Where the loss grows like exp the value at the start says nothing of the residuals. */
static double zero_rounding(const gradus_solver *solver)
{
    const gr_loss *loss = solver->f->model.loss; /* NULL: not a model of one response */
    return loss && loss->expected ? 0.0 : ZERO_ROUNDING * fabs(solver->history.start_value);
}

/*
 * A step that the curvature seen last allows, not the one that a failing search has shrunk to, or that has yet to grow. In a metric whose
 * diagonal is H's no eigenvalue of P^(-1) H is above n.
 */
static double fair_step(const gradus_solver *solver)
{
    if (solver->metric != &gr_metric_identity) return 1.0 / (double)solver->n;
    return solver->curvature > 0.0 ? 1.0 / solver->curvature : 0.0;
}

/*
 * Is there really nothing left to gain? What the slope promises of one more step must be within the rounding of the value:
 * of its size now, and of the squared rounding of its size at the start, which is what is left of a residual of zero. A
 * schedule may have shrunk the steps to nothing: then those that it began with are asked.
 */
static gradus_stop_reason judge_progress(const gradus_solver *solver)
{
    if (solver->step->schedule && !first_steps_vanish(solver)) return GRADUS_STOP_STALLED;
    if (solver->proximal.active && solver->current.gap > GR_GAP_ARRIVED * fabs(solver->current.value))
        return GRADUS_STOP_STALLED;
    if (!is_answer(solver, GR_ANSWER)) return GRADUS_STOP_STALLED;
    const double step = fmax(solver->first_trial, fair_step(solver));
    const double promise = gr_curvature_runs(solver) ? -solver->curved.promise
                                                     : step * fmin(-solver->slope, solver->squared_norm);
    const double rounding = GR_VALUE_ROUNDING * fabs(solver->current.value) + zero_rounding(solver);
    return !solver->step->searches || promise <= rounding ? GRADUS_STOP_NO_PROGRESS : GRADUS_STOP_STALLED;
}

/*
 * A theta that splits the classes proves that no optimum exists: it is never called converged. A run without gradient
 * tolerance asked for its steps, and goes on until it would be.
 */
gradus_stop_reason gr_stop_judge(const gradus_solver *solver, gradus_stop_reason reason)
{
    if (reason == GRADUS_STOP_NO_PROGRESS && !solver->refines) reason = judge_progress(solver);
    if (!gr_objective_separated(solver->f, &solver->work)) return reason;
    const bool asked = solver->options.stop.gradient_tolerance > 0.0;
    const bool ends = gradus_stop_converged(reason) ||
                      reason == GRADUS_STOP_UNBOUNDED; /* theta goes on for ever */
    return asked || ends ? GRADUS_STOP_SEPARABLE : reason;
}

gradus_stop_reason gr_stop_check(gradus_solver *solver)
{
    note_progress(solver);
    if (solver->iterations == 0) solver->history.start_correction = solver->correction;
    gradus_stop_reason reason = solver->refines ? refined(solver) : GRADUS_STOP_RUNNING;
    if (reason == GRADUS_STOP_RUNNING) reason = converged(solver);
    if (reason == GRADUS_STOP_RUNNING && out_of_patience(solver)) reason = GRADUS_STOP_NO_PROGRESS;
    if (reason == GRADUS_STOP_RUNNING) reason = gr_stop_budget(solver);
    return gr_stop_judge(solver, reason);
}

const char *gradus_stop_sentence(gradus_stop_reason reason)
{
    switch ((int)reason) {
#define SENTENCE(name, value, converged, sentence)                                                           \
    case value:                                                                                              \
        return sentence;
        GRADUS_STOP_LIST(SENTENCE)
#undef SENTENCE
    default:
        return "not a stop reason of this version of gradus";
    }
}

int gradus_stop_converged(gradus_stop_reason reason)
{
    switch ((int)reason) {
#define CONVERGED(name, value, converged, sentence)                                                          \
    case value:                                                                                              \
        return converged;
        GRADUS_STOP_LIST(CONVERGED)
#undef CONVERGED
    default:
        return 0;
    }
}
