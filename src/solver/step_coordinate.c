/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Newton's step with a penalty: x minimises the model grad s'd + d'Hd/2 + h(theta + d) over d = x - theta, by coordinates. Its promise
 * grad s'd + h(x) - h(theta) is at most -d'Hd; a step alpha is long enough and not too long where
 *
 *   phi(theta + alpha d) <= phi(theta) + c alpha promise.
 *
 * Where that drowns in the value's rounding convexity says the same: phi(x) - phi(theta) <= grad s(x)'d + h(x) - h(theta). The first
 * trial, alpha = 1, has exact zeros. Where the promise falls too slowly from step to step H is made anew.
 * Lee, Sun and Saunders, SIAM J. Optim. 24 (2014) 1420; Yuan, Ho and Lin, J. Machine Learning Research 13 (2012) 1999.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "model/options.h"
#include "model/penalty.h"
#include "solver/coordinate.h"
#include "solver/curvature.h"
#include "solver/evaluate.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/rounding.h"
#include "solver/state.h"
#include "solver/step.h"

static const double sufficient = 0.1;

/*
 * A promise that is still more than this share of the one before: H is poor. A new one of a sample is not much better than what the steps
 * have taught the old one. Reads of a path of 100 lassos, 100000 x 100, to a gap of 1e-6: 312 with 0.05 and 359 with 0.005; from all rows
 * 274 and 231 (50000 x 100).
 */
static const double poor = 0.005, poor_of_sample = 0.05;

/* The shortest and the longest share of a refused step that is tried next */
static const double shortest = 0.1, longest = 0.5;

/* gradient'd + h(x) - h(theta), for d = x - theta; *rounding is how much of it may be none: a point on a sphere is there but for rounding */
static double promise_of(const gradus_solver *solver, const double *gradient, const double *x,
                         double *rounding)
{
    const double *theta = solver->current.theta, lasso = solver->f->model.penalty.lasso;
    const size_t p = gr_model_size(&solver->f->model);
    const bool ball = solver->f->model.penalty.radius > 0.0, intercept = solver->f->model.intercept;
    double sum = 0.0, terms = 0.0;
    for (size_t j = 0, of_output = 0; j < solver->n; j++, of_output = of_output + 1 < p ? of_output + 1 : 0) {
        const double d = x[j] - theta[j];
        const bool penalised = !intercept || of_output + 1 < p;
        sum += gradient[j] * d + (penalised ? lasso * (fabs(x[j]) - fabs(theta[j])) : 0.0);
        terms += (fabs(d) + (ball ? fabs(x[j]) : 0.0)) * (fabs(gradient[j]) + lasso);
    }
    *rounding = (ball ? 64.0 : 8.0) * DBL_EPSILON * terms;
    return sum;
}

/* x, the model's minimum, into trial; the step there into direction. Returns the promise, unless the caller has cancelled. */
static double minimise_model(gradus_solver *solver)
{
    gr_quadratic *q = &solver->curved.q;
    double rounding;
    q->x = solver->trial.theta;
    q->g = solver->trial.gradient;
    memcpy(q->x, solver->current.theta, solver->n * sizeof *q->x);
    memcpy(q->g, solver->current.gradient, solver->n * sizeof *q->g);
    gr_quadratic_solve(q);
    if (q->cancelled) solver->stop = GRADUS_STOP_CANCELLED;
    for (size_t j = 0; j < solver->n; j++) solver->direction[j] = q->x[j] - solver->current.theta[j];
    return promise_of(solver, solver->current.gradient, q->x, &rounding);
}

/* Both are below 0, or 0 where there is none. */
static bool is_poor(const gradus_solver *solver, double promise)
{
    const gr_curved *curved = &solver->curved;
    const double most = solver->metric == &gr_metric_curvature_sampled ? poor_of_sample : poor;
    return !gr_model_is_quadratic(&solver->f->model) && !curved->fresh && curved->promise < 0.0 &&
           promise < most * curved->promise;
}

static gradus_status aim(gradus_solver *solver)
{
    double promise = minimise_model(solver);
    gradus_status status = GRADUS_OK;
    if (solver->stop == GRADUS_STOP_RUNNING && is_poor(solver, promise)) {
        status = gr_curvature_renew(solver);
        if (!status && solver->stop == GRADUS_STOP_RUNNING) promise = minimise_model(solver);
    }
    solver->curved.promise = promise;
    return status;
}

/* theta + alpha d into trial; false where that is theta itself */
static bool move(gradus_solver *solver, double alpha)
{
    const double *theta = solver->current.theta;
    double *x = solver->trial.theta;
    bool moved = false;
    for (size_t j = 0; alpha < 1.0 && j < solver->n; j++) x[j] = theta[j] + alpha * solver->direction[j];
    if (alpha < 1.0) gr_penalty_project(&solver->f->model.penalty, gr_model_penalised(&solver->f->model), x);
    for (size_t j = 0; j < solver->n; j++) moved = moved || x[j] > theta[j] || x[j] < theta[j];
    return moved;
}

static bool is_drowned(const gradus_solver *solver)
{
    const double before = solver->current.value;
    return fabs(solver->trial.value - before) <= GR_VALUE_ROUNDING * fabs(before);
}

static bool acceptable(const gradus_solver *solver, double alpha)
{
    const gr_point *x = &solver->trial, *from = &solver->current;
    double rounding;
    if (!is_drowned(solver)) return x->value - from->value <= sufficient * alpha * solver->curved.promise;
    return promise_of(solver, x->gradient, x->theta, &rounding) <= rounding || x->gap <= from->gap;
}

/* The minimum of the parabola through both values and the promise */
static double shorter(const gradus_solver *solver, double alpha, gr_outcome outcome)
{
    const double change = solver->trial.value - solver->current.value;
    const double slope = alpha * solver->curved.promise, bend = 2.0 * (change - slope);
    if (outcome != GR_FINITE || !(bend > 0.0)) return shortest * alpha;
    return alpha * fmin(fmax(-slope / bend, shortest), longest);
}

static gradus_status advance(gradus_solver *solver)
{
    gradus_status status = aim(solver);
    double alpha = 1.0;
    while (!status && solver->stop == GRADUS_STOP_RUNNING) {
        gr_outcome outcome = GR_REJECTED;
        solver->step_size = alpha;
        if (!move(solver, alpha)) {
            solver->stop = GRADUS_STOP_NO_PROGRESS;
            break;
        }
        status = gr_evaluate(solver, &solver->trial, &outcome);
        if (!status && outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
        if (status || outcome == GR_CANCELLED) break;
        if (outcome == GR_FINITE && acceptable(solver, alpha)) break;
        solver->curved.strayed = true;
        /* what neither a whole nor a shorter step brings is not there */
        if (outcome == GR_FINITE && alpha <= shortest && is_drowned(solver)) {
            solver->stop = GRADUS_STOP_NO_PROGRESS;
            break;
        }
        alpha = shorter(solver, alpha, outcome);
    }
    return status;
}

const gr_step gr_step_coordinate = {
    .id = GRADUS_STEP_BACKTRACKING, .name = "Newton", .searches = true, .advance = advance};
const gr_step gr_step_coordinate_exact = {
    .id = GRADUS_STEP_EXACT, .name = "exact", .searches = true, .advance = advance};
