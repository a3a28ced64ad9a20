/* SPDX-License-Identifier: BSD-3-Clause */
/* One iteration: a step, the new iterate, and what is seen from there. */
#include "solver/iterate.h"

#include <math.h>
#include <string.h>

#include "base/vector.h"
#include "model/recession.h"
#include "solver/anchor.h"
#include "solver/batches.h"
#include "solver/compress.h"
#include "solver/ladder.h"
#include "solver/leap.h"
#include "solver/line.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/refine.h"
#include "solver/report.h"
#include "solver/state.h"
#include "solver/stop.h"

/* Steps after which a run without an end is first doubted */
enum { DOUBTED = 64 };

/* The direction first: the criteria measure the gradient in the metric. */
gradus_status gr_look_around(gradus_solver *solver)
{
    if (solver->batches.active) return gr_batches_look(solver);
    gr_direct(solver);
    /* numbers so large that a product of two overflows: no line search can weigh them */
    solver->stop = isfinite(solver->slope) ? gr_stop_check(solver) : GRADUS_STOP_DIVERGED;
    const gradus_status status = gr_monitor_call(solver);
    if (status) solver->stop = GRADUS_STOP_FAILED;
    return status;
}

/*
 * Is an optimum still to be asked for? A gradient that vanishes where none exists has not converged; and a run that is to converge may
 * go on for ever without one, so that it is asked after 64 steps, 128, 256, ...
 */
static bool doubts(const gradus_solver *solver)
{
    const size_t k = solver->iterations;
    if (solver->stop != GRADUS_STOP_RUNNING)
        return gradus_stop_converged(solver->stop) || solver->stop == GRADUS_STOP_STALLED;
    return k >= DOUBTED && (k & (k - 1)) == 0 && solver->options.stop.gradient_tolerance > 0.0;
}

/* The trial's place is free until the next one. */
static void look_for_optimum(gradus_solver *solver)
{
    if (!doubts(solver)) return;
    if (gr_recession(solver->f, &solver->work, solver->doubt, solver->current.theta, solver->trial.theta))
        solver->stop = GRADUS_STOP_NO_OPTIMUM;
    if (solver->work.reader.cancelled) solver->stop = GRADUS_STOP_CANCELLED;
}

/*
 * A run that has ended where its own numbers said so: the compressed form answers to X, and the last digits are fetched
 * where they were asked for. Both may let it go on.
 */
static gradus_status settle(gradus_solver *solver)
{
    const gradus_stop_reason reason = solver->stop;
    if (reason == GRADUS_STOP_CANCELLED || reason == GRADUS_STOP_FAILED) return GRADUS_OK;
    if (reason == GRADUS_STOP_RUNNING) return GRADUS_OK;
    if (solver->batches.active) return gr_batches_settle(solver);
    gradus_status status = gr_rung_failed(solver) ? gr_climb(solver) : GRADUS_OK;
    if (status || solver->stop == GRADUS_STOP_RUNNING) return status;
    if (solver->compressed.active && solver->iterations > 0) status = gr_compress_settle(solver);
    if (!status) gr_refine_turn(solver);
    return status;
}

gradus_status gr_settle(gradus_solver *solver)
{
    const gradus_status status = settle(solver);
    if (!status) look_for_optimum(solver);
    return status;
}

static void measure_step(gradus_solver *solver, const gr_point *from, const gr_point *to)
{
    solver->history.step_norm = gr_distance(solver->n, to->theta, from->theta);
    solver->curvature = gr_distance(solver->n, to->gradient, from->gradient) / solver->history.step_norm;
}

/* The accepted trial becomes the iterate. Of batches, gradients of different functions, nothing is measured. */
static void accept(gradus_solver *solver)
{
    const gr_point from = solver->current, to = solver->trial;
    gr_history *history = &solver->history;
    history->previous_value = from.value;
    history->previous_correction = solver->correction;
    history->previous_slope = solver->slope;
    if (!solver->batches.active) measure_step(solver, &from, &to);
    gr_search_accept(solver);
    if (solver->method->learn && !solver->leap.taken) solver->method->learn(solver, &from, &to);
    solver->leap.taken = false;
    solver->current = to;
    solver->trial = from;
    solver->iterations++;
}

/* The step rule's step, along a direction that has changed, perhaps, since the criteria have seen it: one that overflows has no end of trials. */
static gradus_status search(gradus_solver *solver)
{
    if (isfinite(solver->slope)) return solver->step->advance(solver);
    solver->stop = GRADUS_STOP_DIVERGED;
    return GRADUS_OK;
}

/*
 * A leap to where a sample has its optimum, where one is waiting, the step rule is one that searches, and it does not lead up; a leap
 * to 0, where the answer is almost there; otherwise the step rule's step.
 */
static gradus_status advance(gradus_solver *solver)
{
    if (gr_origin_is_due(solver)) return gr_origin(solver);
    const bool leaps = solver->leap.waiting && solver->step->searches;
    const gradus_status status = leaps ? gr_leap(solver) : GRADUS_OK;
    const bool done = solver->leap.taken || solver->stop != GRADUS_STOP_RUNNING;
    return status || done ? status : search(solver);
}

/* One step, and what is seen from there. */
static gradus_status take_step(gradus_solver *solver)
{
    gradus_status status = advance(solver);
    if (!status && solver->stop == GRADUS_STOP_NO_PROGRESS && solver->step->searches &&
        solver->method->restart && solver->method->restart(solver)) {
        solver->stop = GRADUS_STOP_RUNNING;
        status = search(solver);
    }
    if (status) solver->stop = GRADUS_STOP_FAILED;
    if (solver->stop == GRADUS_STOP_NO_PROGRESS || solver->stop == GRADUS_STOP_UNBOUNDED)
        solver->stop = gr_stop_judge(solver, solver->stop);
    if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
    accept(solver);
    status = gr_compress_renew(solver); /* which may correct the value */
    gr_note_best(solver);
    if (!status) gr_anchor_drop(solver);
    if (!status) status = gr_renew_metric(solver);
    return status || solver->stop != GRADUS_STOP_RUNNING ? status : gr_look_around(solver);
}

/*
 * Is the answer an earlier iterate? Of fixed steps where they diverged or ended by an error, of a search that lets phi rise
 * wherever it has not converged; of any other search the last iterate is the best. By batches it is always the last.
 */
static bool best_is_earlier(const gradus_solver *solver, gradus_status status)
{
    if (solver->step->monotone || solver->batches.active || solver->stop == GRADUS_STOP_RUNNING) return false;
    if (status || solver->stop == GRADUS_STOP_DIVERGED) return true;
    return solver->step->searches && !gradus_stop_converged(solver->stop) &&
           solver->best.value < solver->current.value;
}

static gradus_status step(gradus_solver *solver)
{
    const gradus_status status = take_step(solver);
    if (best_is_earlier(solver, status)) {
        const gr_point last = solver->current;
        solver->current = solver->best;
        solver->best = last;
    }
    return status ? status : gr_settle(solver);
}

/* A step of the extra precision, shown to the caller like any other. */
static gradus_status refine(gradus_solver *solver)
{
    gradus_status status = gr_refine_step(solver);
    if (!status && solver->stop != GRADUS_STOP_CANCELLED) status = gr_monitor_call(solver);
    if (status) solver->stop = GRADUS_STOP_FAILED;
    return status;
}

gradus_status gr_iterate(gradus_solver *solver)
{
    if (solver->stop != GRADUS_STOP_RUNNING) return GRADUS_OK;
    return solver->refinement.active ? refine(solver) : step(solver);
}
