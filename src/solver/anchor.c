/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The gradient of badly conditioned least squares near its minimum. X'(X theta - y) is then a difference of large numbers, and
 * its rounding, about u ||X|| ||r|| in every direction, is what limits the answer. Around an anchor a whose gradient was
 * computed once in twice the precision,
 *
 *   grad phi(theta) = grad phi(a) + H (theta - a),     H v = X'D X v / W + lambda v,
 *
 * everything is as small as the distance to the anchor, and so is its rounding; an evaluation costs the same one pass.
 * Epperly, Meier and Nakatsukasa, arXiv:2406.03468, 2024: a second stage of this kind makes iterative sketching backward stable.
 */
#include "solver/anchor.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/pair.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/linear.h"
#include "model/objective.h"
#include "solver/evaluate.h"
#include "solver/point.h"
#include "solver/state.h"
#include "solver/stop.h"

/* The backward error at which the anchor is dropped: the way that is left is short, and rounding does not limit it yet. */
static const double near = 1e-13;

gradus_status gr_anchor_prepare(gradus_solver *solver)
{
    gr_anchor *anchor = &solver->anchor;
    const size_t n = solver->n;
    if (!solver->refines || solver->metric->from_hessian || gr_objective_has_outputs(solver->f))
        return GRADUS_OK;
    size_t pass, doubles;
    if (gr_model_precise_doubles(&solver->f->model, &solver->work, &pass) && gr_add(pass, 5 * n, &doubles))
        anchor->memory = gr_allocate_doubles(&solver->allocator, doubles);
    if (!anchor->memory) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    anchor->pair = (gr_pair *)anchor->memory;
    anchor->at.theta = anchor->memory + 2 * n;
    anchor->at.gradient = anchor->at.theta + n;
    anchor->delta = anchor->at.gradient + n;
    anchor->pass = anchor->delta + n;
    return GRADUS_OK;
}

void gr_anchor_drop(gradus_solver *solver)
{
    gr_anchor *anchor = &solver->anchor;
    if (!anchor->memory || anchor->active || !(gr_backward_error(solver) <= near)) return;
    for (size_t j = 0; j < solver->n; j++) anchor->pair[j] = (gr_pair){solver->current.theta[j], 0.0};
    gr_model_precise_gradient(&solver->f->model, &solver->work, anchor->pair, anchor->pass,
                              anchor->at.gradient);
    if (solver->work.reader.cancelled) {
        solver->stop = GRADUS_STOP_CANCELLED;
        return;
    }
    memcpy(anchor->at.theta, solver->current.theta, solver->n * sizeof(double));
    memcpy(solver->current.gradient, anchor->at.gradient, solver->n * sizeof(double));
    solver->current.gradient_norm = gr_norm(solver->n, anchor->at.gradient);
    anchor->at.value = solver->current.value;
    anchor->active = true;
}

void gr_anchored_evaluate(gradus_solver *solver, gr_point *point, gr_outcome *outcome)
{
    const gr_anchor *anchor = &solver->anchor;
    const size_t n = solver->n;
    for (size_t j = 0; j < n; j++) anchor->delta[j] = point->theta[j] - anchor->at.theta[j];
    gr_model_apply_hessian(&solver->f->model, &solver->work, anchor->delta, point->gradient);
    if (!solver->work.reader.cancelled) solver->evaluations++;
    *outcome = gr_expand(solver, &anchor->at, anchor->delta, point);
}
