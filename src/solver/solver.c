/* SPDX-License-Identifier: BSD-3-Clause */
/* The solver handle: create, step, report, free. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "solver/state.h"

enum { VECTORS = 9 };

/* One allocation for everything the iteration needs, carved into vectors. */
static bool take_memory(gradus_solver *solver)
{
    const size_t n = solver->n;
    const int threads = gr_workspace_threads(solver->f, solver->options.threads);
    size_t doubles, lent;
    if (!gr_workspace_doubles(solver->f, threads, &lent) ||
        !gr_multiply(n, VECTORS + gr_choose_vectors(solver), &doubles) || !gr_add(doubles, lent, &doubles))
        return false;
    solver->memory = gr_allocate_doubles(&solver->allocator, doubles);
    if (!solver->memory) return false;
    double *next = solver->memory;
    double **vectors[VECTORS] = {&solver->current.theta,  &solver->current.gradient, &solver->trial.theta,
                                 &solver->trial.gradient, &solver->best.theta,       &solver->best.gradient,
                                 &solver->direction,      &solver->columns.center,   &solver->columns.scale};
    for (size_t i = 0; i < VECTORS; i++, next += n) *vectors[i] = next;
    solver->own = next;
    next += n * gr_choose_vectors(solver);
    solver->work = gr_workspace_open(solver->f, threads, next, solver->options.cancel);
    return true;
}

static gradus_status check_start(const gradus_solver *solver, const double *theta)
{
    const size_t bad = gr_first_not_finite(solver->n, theta);
    if (bad == solver->n) return GRADUS_OK;
    return gr_error(solver->options.error, GRADUS_ERROR_START_NOT_FINITE,
                    gr_fault_at(bad, GRADUS_NOWHERE, theta[bad]), "entry %zu of the start is %g", bad,
                    theta[bad]);
}

/* Remembers a best value, and its point where a later one may be worse. */
static void note_best(gradus_solver *solver)
{
    if (!(solver->current.value < solver->best_value)) return;
    solver->best_value = solver->current.value;
    solver->best_iteration = solver->iterations;
    if (solver->step->monotone) return;
    memcpy(solver->best.theta, solver->current.theta, solver->n * sizeof(double));
    memcpy(solver->best.gradient, solver->current.gradient, solver->n * sizeof(double));
    solver->best.value = solver->current.value;
    solver->best.gradient_norm = solver->current.gradient_norm;
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
        note_best(solver);
        return GRADUS_OK;
    }
    return gr_error(solver->options.error, GRADUS_ERROR_START_VALUE,
                    gr_fault_limit(solver->current.value, (double)NAN),
                    "the function or its gradient is not finite at the start");
}

/* The direction first: the criteria measure the gradient in the metric. */
static gradus_status look_around(gradus_solver *solver)
{
    solver->method->direct(solver);
    /* numbers so large that a product of two overflows: no line search can weigh them */
    solver->stop = isfinite(solver->slope) ? gr_stop_check(solver) : GRADUS_STOP_DIVERGED;
    const gradus_status status = gr_monitor_call(solver);
    if (status) solver->stop = GRADUS_STOP_FAILED;
    return status;
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
    const bool with_hessian = solver->metric->from_hessian || solver->options.compress;
    if (!with_hessian) return gr_evaluate(solver, &solver->current, outcome);
    const gradus_status status = gr_hessian_allocate(solver);
    if (status) return status;
    return gr_evaluate_with_hessian(solver, solver->metric->reweighted, solver->factored.matrix, outcome);
}

/* The metric, and the compressed form; then what needs to know the metric that came of it. */
static gradus_status prepare(gradus_solver *solver)
{
    const double before = solver->metric->from_hessian ? 0.0 : gr_workspace_passes(solver->f, &solver->work);
    gradus_status status = GRADUS_OK;
    if (solver->options.compress) status = gr_compress_begin(solver, solver->factored.matrix);
    if (!solver->metric->from_hessian) {
        gr_release(&solver->allocator, solver->factored.matrix);
        solver->factored.matrix = NULL;
    }
    if (!status && solver->metric->prepare) status = solver->metric->prepare(solver);
    if (status) return status;
    solver->metric_passes = gr_workspace_passes(solver->f, &solver->work) - before;
    gr_choose_travel(solver);
    status = gr_search_prepare(solver);
    return status ? status : gr_refine_prepare(solver);
}

/*
 * A run that has ended where its own numbers said so: the compressed form answers to X, and the last digits are fetched
 * where they were asked for. Both may let it go on.
 */
static gradus_status settle(gradus_solver *solver)
{
    const gradus_stop_reason reason = solver->stop;
    if (reason == GRADUS_STOP_RUNNING || reason == GRADUS_STOP_CANCELLED || reason == GRADUS_STOP_FAILED)
        return GRADUS_OK;
    gradus_status status = gr_rung_failed(solver) ? gr_climb(solver) : GRADUS_OK;
    if (status || solver->stop == GRADUS_STOP_RUNNING) return status;
    if (solver->compressed.memory && solver->iterations > 0) status = gr_compress_settle(solver);
    if (!status) gr_refine_turn(solver);
    return status;
}

static gradus_status begin(gradus_solver *solver, const double *theta)
{
    memcpy(solver->current.theta, theta, solver->n * sizeof *theta);
    gr_outcome outcome;
    gradus_status status = evaluate_start(solver, &outcome);
    if (status) return status;
    if (outcome == GR_CANCELLED) return cancelled_at_once(solver);
    if (outcome != GR_FINITE) return blame(solver, outcome);
    status = prepare(solver);
    if (status) return status;
    gr_stop_begin(solver);
    note_best(solver);
    status = look_around(solver);
    return status ? status : settle(solver);
}

static gradus_status make(gradus_solver *solver, const double *theta)
{
    gradus_status status = gr_choose_metric(solver);
    gr_choose_travel(solver); /* for the report of a solve that ends before its first step */
    if (!status) status = check_start(solver, theta);
    if (status) return status;
    if (!take_memory(solver)) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    return begin(solver, theta);
}

gradus_status gr_solver_begin(const gradus_objective *f, gradus_direction direction, const double *theta,
                              const gradus_options *given, gradus_solver **solver)
{
    gradus_options options;
    const gradus_status status = gr_options_read(given, &options);
    if (status) return status;
    if (!f || !theta) return gr_error_plain(options.error, GRADUS_ERROR_NULL);
    if (direction != GRADUS_DIRECTION_DESCENT && direction != GRADUS_DIRECTION_ASCENT)
        return gr_error(options.error, GRADUS_ERROR_OPTION,
                        gr_fault_limit((double)direction, GRADUS_DIRECTION_ASCENT),
                        "the direction is %d, which is neither descent nor ascent", (int)direction);
    const gradus_allocator allocator = gr_allocator(options.allocator);
    gradus_solver *made = (gradus_solver *)gr_allocate(&allocator, 1, sizeof *made);
    if (!made) return gr_error_plain(options.error, GRADUS_ERROR_MEMORY);
    made->f = f;
    made->ascent = direction == GRADUS_DIRECTION_ASCENT;
    made->options = options;
    made->asked_for_patience = given && given->stop.patience != 0;
    made->asked_for_gradient = given && given->stop.gradient_tolerance != 0.0;
    made->allocator = allocator;
    made->n = f->size;
    made->first_trial = options.step.size;
    made->started = gr_seconds();
    made->curvature = (double)NAN;
    made->condition = (double)NAN;
    made->best_value = (double)INFINITY;
    *solver = made;
    return make(made, theta);
}

gradus_status gradus_solver_create(const gradus_objective *f, gradus_direction direction, const double *theta,
                                   const gradus_options *options, gradus_solver **solver)
{
    gradus_solver *made = NULL;
    const gradus_status status = gr_solver_begin(solver ? f : NULL, direction, theta, options, &made);
    if (status)
        gradus_solver_free(made);
    else
        *solver = made;
    return status;
}

/* The accepted trial becomes the iterate. */
static void accept(gradus_solver *solver)
{
    const gr_point from = solver->current, to = solver->trial;
    gr_history *history = &solver->history;
    history->previous_value = from.value;
    history->previous_squared_norm = solver->squared_norm;
    history->step_norm = gr_distance(solver->n, to.theta, from.theta);
    solver->curvature = gr_distance(solver->n, to.gradient, from.gradient) / history->step_norm;
    gr_search_accept(solver);
    if (solver->method->learn) solver->method->learn(solver, &from, &to);
    solver->current = to;
    solver->trial = from;
    solver->iterations++;
    note_best(solver);
}

/* One step, and what is seen from there. */
static gradus_status take_step(gradus_solver *solver)
{
    gradus_status status = solver->step->advance(solver);
    if (!status && solver->stop == GRADUS_STOP_NO_PROGRESS && solver->step->searches &&
        solver->method->restart && solver->method->restart(solver)) {
        solver->stop = GRADUS_STOP_RUNNING;
        status = solver->step->advance(solver);
    }
    if (status) solver->stop = GRADUS_STOP_FAILED;
    if (solver->stop == GRADUS_STOP_NO_PROGRESS) solver->stop = gr_stop_judge(solver, solver->stop);
    if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
    accept(solver);
    status = gr_compress_renew(solver);
    return status || solver->stop != GRADUS_STOP_RUNNING ? status : look_around(solver);
}

/*
 * Is the answer an earlier iterate? Of fixed steps where they diverged or ended by an error, of a search that lets phi rise
 * wherever it has not converged; of any other search the last iterate is the best.
 */
static bool best_is_earlier(const gradus_solver *solver, gradus_status status)
{
    if (solver->step->monotone || solver->stop == GRADUS_STOP_RUNNING) return false;
    if (status || solver->stop == GRADUS_STOP_DIVERGED) return true;
    return solver->step->searches && !gradus_stop_converged(solver->stop) &&
           solver->best.value < solver->current.value;
}

static gradus_status iterate(gradus_solver *solver)
{
    const gradus_status status = take_step(solver);
    if (best_is_earlier(solver, status)) {
        const gr_point last = solver->current;
        solver->current = solver->best;
        solver->best = last;
    }
    return status ? status : settle(solver);
}

/* A step of the extra precision, shown to the caller like any other. */
static gradus_status refine(gradus_solver *solver)
{
    gradus_status status = gr_refine_step(solver);
    if (!status) status = gr_monitor_call(solver);
    if (status) solver->stop = GRADUS_STOP_FAILED;
    return status;
}

gradus_status gradus_solver_step(gradus_solver *solver, gradus_stop_reason *reason)
{
    if (!solver) return GRADUS_ERROR_NULL;
    gradus_status status = GRADUS_OK;
    if (solver->stop == GRADUS_STOP_RUNNING)
        status = solver->refinement.active ? refine(solver) : iterate(solver);
    if (reason) *reason = solver->stop;
    return status;
}

gradus_status gradus_solver_report(const gradus_solver *solver, double *theta, gradus_report *report)
{
    if (!solver) return GRADUS_ERROR_NULL;
    if (theta) memcpy(theta, solver->current.theta, solver->n * sizeof *theta);
    if (report) gr_report_fill(solver, report);
    return GRADUS_OK;
}

void gradus_solver_free(gradus_solver *solver)
{
    if (!solver) return;
    const gradus_allocator allocator = solver->allocator;
    gr_release(&allocator, solver->factored.matrix);
    gr_release(&allocator, solver->search.memory);
    gr_release(&allocator, solver->compressed.memory);
    gr_release(&allocator, solver->refinement.memory);
    gr_release(&allocator, solver->memory);
    gr_release(&allocator, solver);
}
