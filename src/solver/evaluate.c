/* SPDX-License-Identifier: BSD-3-Clause */
/* The one place that knows whether we descend f or climb it. */
#include "solver/evaluate.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/vector.h"
#include "model/batch.h"
#include "model/linear.h"
#include "model/objective.h"
#include "solver/line.h"
#include "solver/point.h"
#include "solver/proximal.h"
#include "solver/state.h"

/* phi = f in descent, -f in ascent: negation is exact, so both visit the same iterates bit for bit */
static void turn_sign(const gradus_solver *solver, gr_point *point)
{
    if (!solver->ascent) return;
    point->value = -point->value;
    gr_negate(solver->n, point->gradient);
}

gr_outcome gr_classify(const gradus_solver *solver, double value, double derivative)
{
    if (solver->work.reader.cancelled) return GR_CANCELLED;
    if (value == (double)-INFINITY) return GR_UNBOUNDED;
    return fabs(value) <= DBL_MAX && derivative <= DBL_MAX ? GR_FINITE : GR_REJECTED;
}

/* What was just evaluated becomes phi's, with its norm. */
static gr_outcome finish(gradus_solver *solver, gr_point *point)
{
    turn_sign(solver, point);
    point->gradient_norm = gr_norm(solver->n, point->gradient);
    const gr_outcome outcome = gr_classify(solver, point->value, point->gradient_norm);
    if (!solver->proximal.active || point == &solver->proximal.ahead || outcome != GR_FINITE) return outcome;
    gr_proximal_measure(solver, point);
    return gr_classify(solver, point->value, point->gradient_norm);
}

/* The objective has returned this status. */
static gradus_status conclude(gradus_solver *solver, gradus_status status, gr_point *point,
                              gr_outcome *outcome)
{
    if (!solver->work.reader.cancelled) solver->evaluations++;
    if (status == GRADUS_REJECT) {
        point->value = point->gradient_norm = (double)NAN;
        *outcome = GR_REJECTED;
        return GRADUS_OK;
    }
    if (status) return gr_error_callback(solver->options.error, status);
    *outcome = finish(solver, point);
    return GRADUS_OK;
}

gradus_status gr_evaluate(gradus_solver *solver, gr_point *point, gr_outcome *outcome)
{
    const gradus_status status = gr_objective_evaluate(solver->f, &solver->work, point->theta, &point->value,
                                                       point->gradient);
    point->estimated = false;
    return conclude(solver, status, point, outcome);
}

gradus_status gr_evaluate_batch(gradus_solver *solver, const gradus_batch *batch, gr_point *point,
                                gr_outcome *outcome)
{
    const gradus_status status = gr_objective_evaluate_batch(solver->f, &solver->work, batch, point->theta,
                                                             &point->value, point->gradient);
    point->estimated = true;
    return conclude(solver, status, point, outcome);
}

gradus_status gr_evaluate_again(gradus_solver *solver, gr_outcome *outcome)
{
    memcpy(solver->trial.theta, solver->current.theta, solver->n * sizeof(double));
    const gradus_status status = gr_evaluate(solver, &solver->trial, outcome);
    if (status) solver->stop = GRADUS_STOP_FAILED;
    if (!status && *outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
    if (status || *outcome != GR_FINITE) return status;
    const gr_point before = solver->current;
    solver->current = solver->trial;
    solver->trial = before;
    return GRADUS_OK;
}

gradus_status gr_evaluate_with_hessian(gradus_solver *solver, bool reweighted, double *P, gr_outcome *outcome)
{
    gr_point *point = &solver->current;
    const gradus_status status = gr_model_hessian(&solver->f->model, &solver->work, &solver->allocator,
                                                  point->theta, reweighted, &point->value, point->gradient,
                                                  P);
    if (status) return gr_error_plain(solver->options.error, status);
    if (!solver->work.reader.cancelled) solver->evaluations++;
    if (solver->f->negated) {
        point->value = -point->value;
        gr_negate(solver->n, point->gradient);
    }
    *outcome = finish(solver, point);
    return GRADUS_OK;
}

void gr_evaluate_along(gradus_solver *solver, double alpha, gr_outcome *outcome)
{
    gr_search *search = &solver->search;
    double *value = &solver->trial.value;
    gr_model_along(&solver->f->model, &solver->work, &search->along, alpha, value, &search->slope);
    if (solver->f->negated != solver->ascent) {
        *value = -*value;
        search->slope = -search->slope;
    }
    *outcome = gr_classify(solver, *value, fabs(search->slope));
}

bool gr_convex_quadratic(const gradus_solver *solver)
{
    return solver->f->kind->curvature && solver->f->negated == solver->ascent;
}

gr_outcome gr_expand(const gradus_solver *solver, const gr_point *anchor, const double *delta,
                     gr_point *point)
{
    const size_t n = solver->n;
    point->value = anchor->value + gr_dot(n, anchor->gradient, delta) +
                   0.5 * gr_dot(n, delta, point->gradient);
    for (size_t j = 0; j < n; j++) point->gradient[j] += anchor->gradient[j];
    point->gradient_norm = gr_norm(n, point->gradient);
    return gr_classify(solver, point->value, point->gradient_norm);
}
