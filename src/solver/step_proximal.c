/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Proximal steps of phi = s + h. From y, whose gradient is known,
 *
 *   x_(k+1) = argmin h(x) + grad s(y)'(x - y) + 1/(2 alpha) ||x - y||_P^2 = prox(y - alpha P^(-1) grad s(y)),
 *
 * with alpha shortened until s lies below that parabola: s(x) - s(y) - grad s(y)'d <= d'Pd / (2 alpha), d = x - y. The left-hand
 * side of a quadratic is (grad s(x) - grad s(y))'d / 2, free of cancellation, and so it is taken where the change of s is rounding.
 *
 * The proximal gradient has y = x_k. FISTA looks ahead, y = x_k + beta_k (x_k - x_(k-1)) with Nesterov's beta_k, and begins anew
 * with y = x_k where the last step turned back, (y - x_k)'P(x_k - x_(k-1)) > 0, or phi rose. The gradient of a quadratic at y is
 * the same combination of those at x_k and x_(k-1), so that a step costs one pass; otherwise two.
 * Lions and Mercier, SIAM J. Numer. Anal. 16 (1979) 964; Beck and Teboulle, SIAM J. Imaging Sci. 2 (2009) 183; O'Donoghue and
 * Candes, Found. Comput. Math. 15 (2015) 715.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "model/objective.h"
#include "model/options.h"
#include "model/penalty.h"
#include "solver/evaluate.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/proximal.h"
#include "solver/rounding.h"
#include "solver/state.h"
#include "solver/step.h"

/* What rounding may add to d'Hd: at alpha = 1/L both sides of the test are equal. */
static const double slack = 1e-8;

/* The shortest share of a refused step that is tried next. */
static const double least_share = 0.1;

static void begin_anew(gradus_solver *solver)
{
    gr_point *y = &solver->proximal.ahead;
    memcpy(y->theta, solver->current.theta, solver->n * sizeof(double));
    memcpy(y->gradient, solver->current.gradient, solver->n * sizeof(double));
    y->value = solver->current.value - solver->current.penalty;
    solver->inertia = 1.0;
}

/* y, where the last step began, is still there, and x_(k-1) is in trial. */
static bool turned_back(const gradus_solver *solver)
{
    const double *x = solver->current.theta, *before = solver->trial.theta;
    const double *y = solver->proximal.ahead.theta, *P = solver->proximal.weights;
    double along = 0.0;
    for (size_t j = 0; j < solver->n; j++) along += P[j] * (y[j] - x[j]) * (x[j] - before[j]);
    return along > 0.0 || !(solver->current.value <= solver->trial.value);
}

/* y and its gradient. Where s is not finite at y the sequence begins anew. */
static gradus_status look_ahead(gradus_solver *solver)
{
    const gr_point *x = &solver->current, *before = &solver->trial;
    gr_point *y = &solver->proximal.ahead;
    const double beta = gr_next_inertia(solver);
    const bool quadratic = gr_model_is_quadratic(&solver->f->model);
    for (size_t j = 0; j < solver->n; j++) {
        y->theta[j] = x->theta[j] + beta * (x->theta[j] - before->theta[j]);
        if (quadratic) y->gradient[j] = x->gradient[j] + beta * (x->gradient[j] - before->gradient[j]);
    }
    if (quadratic) return GRADUS_OK;
    gr_outcome outcome;
    const gradus_status status = gr_evaluate(solver, y, &outcome);
    if (!status && outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
    if (!status && outcome == GR_REJECTED) begin_anew(solver);
    return status;
}

/* The point that the step begins at. The step grows where the sequence begins anew, and as long as none was refused. */
static gradus_status aim(gradus_solver *solver)
{
    gr_proximal *proximal = &solver->proximal;
    const bool ahead = solver->method == &gr_method_fista && solver->iterations > 0 && !turned_back(solver);
    if (solver->iterations > 0 && (!ahead || !proximal->refused))
        solver->first_trial = fmin(solver->first_trial * solver->options.step.growth, 1e300);
    if (ahead) return look_ahead(solver);
    begin_anew(solver);
    return GRADUS_OK;
}

/* x into trial; false where that is the iterate, bit for bit, and no look-ahead led away from it */
static bool move(gradus_solver *solver, double alpha, bool *finite)
{
    const gr_model *model = &solver->f->model;
    const gr_point *y = &solver->proximal.ahead;
    const double *P = solver->proximal.weights;
    double *x = solver->trial.theta;
    bool moved = false;
    *finite = true;
    for (size_t j = 0; j < solver->n; j++) x[j] = y->theta[j] - alpha * (y->gradient[j] / P[j]);
    gr_penalty_prox(&model->penalty, gr_model_penalised(model),
                    solver->metric == &gr_metric_identity ? NULL : P, alpha, x);
    for (size_t j = 0; j < solver->n; j++) {
        moved = moved || x[j] != y->theta[j] || x[j] != solver->current.theta[j];
        *finite = *finite && fabs(x[j]) <= DBL_MAX;
    }
    return moved;
}

/* How much longer than allowed the step was: the parabola's share of what s did, 1 or more where it is acceptable. */
static double allowed_share(const gradus_solver *solver, double alpha)
{
    const gr_point *x = &solver->trial, *y = &solver->proximal.ahead;
    const double *P = solver->proximal.weights;
    double square = 0.0, bend = 0.0, rounding = 0.0, slope = 0.0;
    for (size_t j = 0; j < solver->n; j++) {
        const double d = x->theta[j] - y->theta[j];
        square += P[j] * d * d;
        slope += y->gradient[j] * d;
        bend += (x->gradient[j] - y->gradient[j]) * d;
        rounding += 4.0 * DBL_EPSILON * fabs(d) * (fabs(x->gradient[j]) + fabs(y->gradient[j]));
    }
    const double change = x->value - x->penalty - y->value;
    const bool drowned = fabs(change) <= GR_VALUE_ROUNDING * fabs(y->value);
    const bool quadratic = gr_model_is_quadratic(&solver->f->model);
    const double above = quadratic || drowned ? 0.5 * bend : change - slope;
    const double allowed = 0.5 * square / alpha * (1.0 + slack) + rounding;
    return above <= allowed ? 1.0 : allowed / above;
}

/* One trial. Sets solver->stop where it leads nowhere or where the caller cancelled. */
static gradus_status attempt(gradus_solver *solver, double alpha, gr_outcome *outcome)
{
    bool finite;
    *outcome = GR_REJECTED;
    solver->step_size = alpha;
    if (!move(solver, alpha, &finite)) solver->stop = GRADUS_STOP_NO_PROGRESS;
    /* shrunk to nothing: gradient / P is beyond a double's range, or no step does what the gradient promises */
    else if (!(alpha > 0.0))
        solver->stop = finite ? GRADUS_STOP_STALLED : GRADUS_STOP_DIVERGED;
    if (!finite || solver->stop != GRADUS_STOP_RUNNING) return GRADUS_OK;
    const gradus_status status = gr_evaluate(solver, &solver->trial, outcome);
    if (!status && *outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
    return status;
}

static gradus_status advance(gradus_solver *solver)
{
    const double shrink = solver->options.step.shrink;
    gradus_status status = aim(solver);
    while (!status && solver->stop == GRADUS_STOP_RUNNING) {
        const double alpha = solver->first_trial;
        gr_outcome outcome;
        status = attempt(solver, alpha, &outcome);
        if (status || solver->stop != GRADUS_STOP_RUNNING) break;
        const double share = outcome == GR_FINITE ? allowed_share(solver, alpha) : least_share;
        if (share >= 1.0) break;
        solver->proximal.refused = true;
        solver->first_trial = alpha * fmin(fmax(share, fmin(least_share, shrink)), shrink);
    }
    return status;
}

static gradus_status advance_fixed(gradus_solver *solver)
{
    solver->first_trial = solver->options.step.size;
    solver->proximal.refused = true;
    const gradus_status aimed = aim(solver);
    if (aimed || solver->stop != GRADUS_STOP_RUNNING) return aimed;
    gr_outcome outcome;
    const gradus_status status = attempt(solver, solver->options.step.size, &outcome);
    const bool rejected = !status && solver->stop == GRADUS_STOP_RUNNING && outcome == GR_REJECTED;
    if (rejected) solver->stop = GRADUS_STOP_DIVERGED;
    return status;
}

const gr_step gr_step_proximal = {
    .id = GRADUS_STEP_BACKTRACKING, .name = "proximal backtracking", .searches = true, .advance = advance};
const gr_step gr_step_proximal_fixed = {
    .id = GRADUS_STEP_FIXED, .name = "proximal fixed", .advance = advance_fixed};
