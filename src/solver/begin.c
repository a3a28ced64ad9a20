/* SPDX-License-Identifier: BSD-3-Clause */
/* A solve up to its first step: memory, the start's value and gradient, the metric, and what follows from it. */
#include "solver/begin.h"

#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/objective.h"
#include "model/recession.h"
#include "solver/anchor.h"
#include "solver/batches.h"
#include "solver/choose.h"
#include "solver/compress.h"
#include "solver/evaluate.h"
#include "solver/factored.h"
#include "solver/iterate.h"
#include "solver/leap.h"
#include "solver/line.h"
#include "solver/metric.h"
#include "solver/options.h"
#include "solver/point.h"
#include "solver/proximal.h"
#include "solver/refine.h"
#include "solver/report.h"
#include "solver/state.h"
#include "solver/stop.h"

enum { VECTORS = 9 };

/* What batches and a clip add. */
static size_t stochastic_vectors(const gradus_solver *solver)
{
    return (solver->batches.active ? (size_t)2 : 0) + (solver->options.clip > 0.0 ? (size_t)1 : 0);
}

/* n doubles of their own for what batches and a clip need. */
static double *carve_stochastic(gradus_solver *solver, double *next)
{
    const size_t n = solver->n;
    if (solver->batches.active) {
        solver->batches.full.theta = next;
        solver->batches.full.gradient = next + n;
        next += 2 * n;
    }
    if (!(solver->options.clip > 0.0)) return next;
    solver->clipped = next;
    return next + n;
}

/* One allocation for everything the iteration needs, carved into vectors. */
static bool take_memory(gradus_solver *solver)
{
    const size_t n = solver->n, count = VECTORS + gr_choose_vectors(solver) + stochastic_vectors(solver);
    const int threads = gr_workspace_threads(solver->f, solver->options.threads);
    size_t doubles, lent, gathered, proximal;
    if (!gr_workspace_doubles(solver->f, threads, &lent) || !gr_batches_doubles(solver, threads, &gathered) ||
        !gr_multiply(n, count, &doubles) || !gr_add(doubles, lent, &doubles) ||
        !gr_add(doubles, gathered, &doubles) || !gr_proximal_doubles(solver, &proximal) ||
        !gr_add(doubles, proximal, &doubles))
        return false;
    solver->memory = gr_allocate_doubles(&solver->allocator, doubles);
    if (!solver->memory) return false;
    double *next = solver->memory;
    double **vectors[VECTORS] = {&solver->current.theta,  &solver->current.gradient, &solver->trial.theta,
                                 &solver->trial.gradient, &solver->best.theta,       &solver->best.gradient,
                                 &solver->direction,      &solver->columns.center,   &solver->columns.scale};
    for (size_t i = 0; i < VECTORS; i++, next += n) *vectors[i] = next;
    solver->own = next;
    next = carve_stochastic(solver, next + n * gr_choose_vectors(solver));
    solver->work = gr_workspace_open(solver->f, threads, next, solver->options.cancel);
    solver->work.reader.elements = solver->leap.elements;
    gr_proximal_open(solver, next + lent + gathered);
    return gr_batches_open(solver, next + lent);
}

static gradus_status check_start(const gradus_solver *solver, const double *theta)
{
    const size_t bad = gr_first_not_finite(solver->n, theta);
    if (bad == solver->n) return GRADUS_OK;
    return gr_error(solver->options.error, GRADUS_ERROR_START_NOT_FINITE,
                    gr_fault_at(bad, GRADUS_NOWHERE, theta[bad]), "entry %zu of the start is %g", bad,
                    theta[bad]);
}

/* The start has no finite value or gradient: the data's fault, or the function's? */
static gradus_status blame(gradus_solver *solver, gr_outcome outcome)
{
    const gradus_objective *f = solver->f;
    if (f->kind->find_bad_data) {
        const gradus_status status = f->kind->find_bad_data(&solver->work, solver->options.error);
        if (status) return status;
    }
    if (outcome == GR_UNBOUNDED) {
        solver->stop = GRADUS_STOP_UNBOUNDED;
        gr_note_best(solver);
        return GRADUS_OK;
    }
    return gr_error(solver->options.error, GRADUS_ERROR_START_VALUE,
                    gr_fault_limit(solver->current.value, (double)NAN),
                    "the function or its gradient is not finite at the start");
}

/* Nothing was evaluated: the numbers of a pass that was cut short mean nothing. */
static gradus_status cancelled_at_once(gradus_solver *solver)
{
    solver->stop = GRADUS_STOP_CANCELLED;
    solver->current.value = solver->current.gradient_norm = solver->best_value = (double)NAN;
    return GRADUS_OK;
}

/* The start is evaluated in the same read as the Hessian, where that is needed. */
static gradus_status evaluate_start(gradus_solver *solver, gr_outcome *outcome)
{
    const bool may_give_way = solver->options.metric == GRADUS_METRIC_AUTOMATIC &&
                              solver->metric == &gr_metric_gram && !solver->options.compress;
    const gradus_status probed = may_give_way ? gr_gram_probe(solver) : GRADUS_OK;
    if (probed) return probed;
    solver->metric_passes = gr_workspace_passes(solver->f, &solver->work);
    const bool with_hessian = solver->metric->from_hessian || solver->options.compress;
    if (!with_hessian && solver->batches.active) return gr_batches_start(solver, outcome);
    if (!with_hessian) return gr_evaluate(solver, &solver->current, outcome);
    const gradus_status status = gr_hessian_allocate(solver);
    if (status) return status;
    return gr_evaluate_with_hessian(solver, solver->metric->reweighted, solver->factored.matrix, outcome);
}

/* The metric, and the compressed form; then what needs to know the metric that came of it. */
static gradus_status prepare(gradus_solver *solver)
{
    const double before = solver->metric->from_hessian ? solver->metric_passes
                                                       : gr_workspace_passes(solver->f, &solver->work);
    gradus_status status = GRADUS_OK;
    if (solver->options.compress) status = gr_compress_begin(solver, solver->factored.matrix);
    if (!solver->metric->from_hessian) {
        gr_release(&solver->allocator, solver->factored.matrix);
        solver->factored.matrix = NULL;
    }
    if (!status && solver->metric->prepare) status = solver->metric->prepare(solver);
    if (status) return status;
    gr_proximal_prepare(solver);
    solver->metric_passes += gr_workspace_passes(solver->f, &solver->work) - before;
    gr_choose_travel(solver);
    status = gr_search_prepare(solver);
    if (!status) status = gr_anchor_prepare(solver);
    return status ? status : gr_refine_prepare(solver);
}

/* The start was evaluated, but the metric is half made, and so may be what a pass has noted of the classes. */
gradus_status gr_cancelled_before_steps(gradus_solver *solver)
{
    solver->stop = GRADUS_STOP_CANCELLED;
    const gradus_status status = gr_monitor_call(solver);
    if (status) solver->stop = GRADUS_STOP_FAILED;
    return status;
}

static gradus_status begin(gradus_solver *solver, const double *theta)
{
    memcpy(solver->current.theta, theta, solver->n * sizeof *theta);
    gr_proximal_project(solver);
    gr_outcome outcome;
    gradus_status status = evaluate_start(solver, &outcome);
    if (status) return status;
    if (outcome == GR_CANCELLED) return cancelled_at_once(solver);
    if (outcome != GR_FINITE) return blame(solver, outcome);
    status = prepare(solver);
    if (status) return status;
    gr_stop_begin(solver);
    gr_note_best(solver);
    if (solver->work.reader.cancelled) return gr_cancelled_before_steps(solver);
    status = gr_look_around(solver);
    return status ? status : gr_settle(solver);
}

gradus_status gr_solver_take_memory(gradus_solver *solver)
{
    const size_t doubt = gr_recession_doubles(solver->f);
    bool taken = take_memory(solver);
    if (taken && doubt > 0) solver->doubt = gr_allocate_doubles(&solver->allocator, doubt);
    taken = taken && (doubt == 0 || solver->doubt);
    return taken ? GRADUS_OK : gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
}

static gradus_status check_call(const gradus_objective *f, gradus_direction direction, const void *start,
                                gradus_error *error)
{
    if (!f || !start) return gr_error_plain(error, GRADUS_ERROR_NULL);
    if (direction == GRADUS_DIRECTION_DESCENT || direction == GRADUS_DIRECTION_ASCENT) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit((double)direction, GRADUS_DIRECTION_ASCENT),
                    "the direction is %d, which is neither descent nor ascent", (int)direction);
}

/* What the caller asked for himself, and no default may overrule. */
static void note_wishes(gradus_solver *solver, const gradus_options *given)
{
    solver->asked_for_patience = given && given->stop.patience != 0;
    solver->asked_for_gradient = given && given->stop.gradient_tolerance != 0.0;
    solver->asked_for_gap = given && given->stop.gap_tolerance > 0.0;
    solver->asked_for_step = given && given->step.size > 0.0;
}

gradus_status gr_solver_open(const gradus_objective *f, gradus_direction direction, const void *start,
                             const gradus_options *given, gr_leaping *leap, gradus_solver **solver)
{
    gradus_options options;
    gradus_status status = gr_options_read(given, &options);
    if (!status) status = check_call(f, direction, start, options.error);
    if (status) return status;
    const gradus_allocator allocator = gr_allocator(options.allocator);
    gradus_solver *made = (gradus_solver *)gr_allocate(&allocator, 1, sizeof *made);
    if (!made) return gr_error_plain(options.error, GRADUS_ERROR_MEMORY);
    made->f = f;
    made->ascent = direction == GRADUS_DIRECTION_ASCENT;
    made->options = options;
    made->proximal.active = gr_objective_is_proximal(f);
    made->allocator = allocator;
    made->n = f->size;
    made->first_trial = options.step.size;
    made->started = leap->started;
    made->leap = *leap;
    *leap = (gr_leaping){0};
    made->curvature = made->condition = (double)NAN;
    made->best_value = (double)INFINITY;
    note_wishes(made, given);
    made->options_mark = gr_options_mark(made);
    *solver = made;
    gr_batches_shape(made);
    status = gr_choose_metric(made);
    gr_choose_travel(made); /* for the report of a solve that ends before its first step */
    return status;
}

gradus_status gr_solver_begin(const gradus_objective *f, gradus_direction direction, const double *theta,
                              const gradus_options *given, gr_leaping *leap, gradus_solver **solver)
{
    gradus_status status = gr_solver_open(f, direction, theta, given, leap, solver);
    if (!status) status = check_start(*solver, theta);
    if (!status) status = gr_solver_take_memory(*solver);
    return status ? status : begin(*solver, theta);
}
