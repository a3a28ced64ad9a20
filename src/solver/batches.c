/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Stochastic gradients: phi is estimated on the rows of a batch, and on all rows where that is due. Robbins and Monro, Ann. Math.
 * Statist. 22 (1951) 400; Bottou, Curtis and Nocedal, SIAM Review 60 (2018) 223.
 *
 * Step k reads the rows k mod s of epoch k div s, where s steps are an epoch. Which rows these are is a pure function of
 * (seed, k), so that theta, the method's vectors and k are all that a run is made of.
 */
#include "solver/batches.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "base/size.h"
#include "base/vector.h"
#include "model/batch.h"
#include "solver/evaluate.h"
#include "solver/method.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/report.h"
#include "solver/state.h"
#include "solver/stop.h"

/* What the iterate after k steps is evaluated on. */
typedef enum gr_due { GR_DUE_BATCH, GR_DUE_ALL, GR_DUE_NOTHING } gr_due;

/* ---- the run's shape ---- */

void gr_batches_shape(gradus_solver *solver)
{
    gr_batches *batches = &solver->batches;
    const size_t rows = gr_objective_rows(solver->f), asked = solver->options.batch.rows;
    if (asked == 0) return;
    batches->active = true;
    if (rows == 0) return; /* and will be refused */
    batches->whole = asked >= rows;
    batches->size = gr_min(asked, rows);
    batches->steps = (rows - 1) / batches->size + 1;
    if (solver->options.batch.check == GRADUS_OFF) solver->best_value = (double)NAN; /* none is ever noted */
}

bool gr_batches_doubles(const gradus_solver *solver, int threads, size_t *doubles)
{
    *doubles = 0;
    const gr_batches *batches = &solver->batches;
    return !batches->active || batches->whole || gr_batch_doubles(solver->f, threads, batches->size, doubles);
}

bool gr_batches_open(gradus_solver *solver, double *memory)
{
    gr_batches *batches = &solver->batches;
    if (!batches->active || batches->whole) return true;
    gr_batch_open(solver->f, &solver->work, batches->size, memory);
    if (solver->options.batch.order == GRADUS_ORDER_CONSECUTIVE) return true;
    batches->rows = (size_t *)gr_allocate(&solver->allocator, batches->size, sizeof *batches->rows);
    return batches->rows != NULL;
}

static gr_due due(const gradus_solver *solver, size_t iterations)
{
    const gr_batches *batches = &solver->batches;
    const int64_t check = solver->options.batch.check;
    const bool ends = (int64_t)iterations >= solver->options.stop.max_iterations ||
                      gr_epochs_spent(solver, iterations);
    if (check == GRADUS_OFF) return ends ? GR_DUE_NOTHING : GR_DUE_BATCH;
    if (ends || iterations == 0) return GR_DUE_ALL;
    const bool epoch_ends = iterations % batches->steps == 0;
    const size_t epochs = iterations / batches->steps;
    return epoch_ends && check > 0 && epochs % (size_t)check == 0 ? GR_DUE_ALL : GR_DUE_BATCH;
}

/* ---- the rows of a step ---- */

static void shuffle(const gradus_solver *solver, size_t epoch, gradus_batch *batch, size_t *rows)
{
    const gr_permutation order = gr_permutation_of(solver->options.batch.seed, epoch,
                                                   gr_objective_rows(solver->f));
    gr_permutation_take(&order, batch->first, batch->count, rows);
}

static void replace(const gradus_solver *solver, size_t epoch, gradus_batch *batch, size_t *rows)
{
    const size_t m = gr_objective_rows(solver->f);
    for (size_t i = 0; i < batch->count; i++) {
        const uint64_t draw = (uint64_t)epoch * m + batch->first + i;
        rows[i] = gr_random_below(solver->options.batch.seed, draw, m);
    }
}

static gradus_batch draw(const gradus_solver *solver, size_t step)
{
    const gr_batches *batches = &solver->batches;
    const size_t epoch = step / batches->steps, first = step % batches->steps * batches->size;
    const size_t left = gr_objective_rows(solver->f) - first;
    gradus_batch batch = {.first = first, .count = gr_min(batches->size, left)};
    if (!batches->rows) return batch;
    if (solver->options.batch.order == GRADUS_ORDER_REPLACEMENT)
        replace(solver, epoch, &batch, batches->rows);
    else
        shuffle(solver, epoch, &batch, batches->rows);
    batch.first = 0;
    batch.rows = batches->rows;
    return batch;
}

/* ---- evaluating ---- */

/* phi and its gradient at the point as the given step sees them. An infinite value on a few rows says nothing of a bound. */
static gradus_status estimate(gradus_solver *solver, size_t step, gr_point *point, gr_outcome *outcome)
{
    if (solver->batches.whole) return gr_evaluate(solver, point, outcome);
    const gradus_batch batch = draw(solver, step);
    gradus_status status = gr_evaluate_batch(solver, &batch, point, outcome);
    if (!status && *outcome == GR_FINITE && solver->method->reduce)
        status = solver->method->reduce(solver, &batch, point, outcome);
    if (*outcome == GR_UNBOUNDED) *outcome = GR_REJECTED;
    return status;
}

gradus_status gr_batches_start(gradus_solver *solver, gr_outcome *outcome)
{
    if (due(solver, 0) == GR_DUE_ALL) return gr_evaluate(solver, &solver->current, outcome);
    return estimate(solver, 0, &solver->current, outcome);
}

/* The last iterate of a run that never evaluates in full keeps the numbers of the batch that led to it. */
static void inherit(gradus_solver *solver)
{
    gr_point *trial = &solver->trial;
    memcpy(trial->gradient, solver->current.gradient, solver->n * sizeof *trial->gradient);
    trial->value = solver->current.value;
    trial->gradient_norm = solver->current.gradient_norm;
    trial->estimated = true;
}

gradus_status gr_batches_try(gradus_solver *solver, gr_outcome *outcome)
{
    const size_t next = solver->iterations + 1;
    const gr_due what = due(solver, next);
    if (what == GR_DUE_ALL) return gr_evaluate(solver, &solver->trial, outcome);
    if (what == GR_DUE_BATCH) return estimate(solver, next, &solver->trial, outcome);
    inherit(solver);
    *outcome = GR_FINITE;
    return GRADUS_OK;
}

/* ---- looking around ---- */

/* The iterate, evaluated on all rows, is what the next one is held against, and SVRG's snapshot. */
static void keep(gradus_solver *solver)
{
    gr_point *full = &solver->batches.full;
    memcpy(full->theta, solver->current.theta, solver->n * sizeof(double));
    memcpy(full->gradient, solver->current.gradient, solver->n * sizeof(double));
    full->value = solver->current.value;
    full->gradient_norm = solver->current.gradient_norm;
}

static void judge(gradus_solver *solver)
{
    gr_history *history = &solver->history;
    const size_t n = solver->n;
    double *steepest = solver->trial.gradient; /* free until the next trial */
    gr_steepest(solver, solver->current.gradient, steepest);
    solver->squared_norm = -gr_dot(n, solver->current.gradient, steepest);
    if (solver->iterations > 0) {
        history->previous_value = solver->batches.full.value;
        history->step_norm = gr_distance(n, solver->current.theta, solver->batches.full.theta);
    }
    solver->stop = gr_stop_check(solver);
    keep(solver);
}

/* The gradient that the next step follows, where the one at hand is that of all rows. */
static gradus_status estimate_here(gradus_solver *solver)
{
    memcpy(solver->trial.theta, solver->current.theta, solver->n * sizeof(double));
    gr_outcome outcome;
    const gradus_status status = estimate(solver, solver->iterations, &solver->trial, &outcome);
    if (status) solver->stop = GRADUS_STOP_FAILED;
    if (!status && outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
    if (!status && outcome == GR_REJECTED) solver->stop = GRADUS_STOP_DIVERGED;
    if (status || outcome != GR_FINITE) return status;
    const gr_point before = solver->current;
    solver->current = solver->trial;
    solver->trial = before;
    return GRADUS_OK;
}

/* SVRG's first step from a snapshot has no variance to reduce: g_B(s) - g_B(s) + grad phi(s). */
static bool wants_estimate(const gradus_solver *solver)
{
    return !solver->current.estimated && !solver->batches.whole && !solver->method->reduce;
}

gradus_status gr_batches_look(gradus_solver *solver)
{
    if (due(solver, solver->iterations) == GR_DUE_ALL)
        judge(solver);
    else
        solver->stop = gr_stop_budget(solver);
    gradus_status status = gr_monitor_call(solver);
    if (status) solver->stop = GRADUS_STOP_FAILED;
    if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
    if (wants_estimate(solver)) status = estimate_here(solver);
    if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
    gr_direct(solver);
    if (!isfinite(solver->slope)) solver->stop = GRADUS_STOP_DIVERGED;
    return GRADUS_OK;
}

gradus_status gr_batches_settle(gradus_solver *solver)
{
    if (!solver->current.estimated || solver->options.batch.check == GRADUS_OFF) return GRADUS_OK;
    gr_outcome outcome;
    const gradus_status status = gr_evaluate_again(solver, &outcome);
    if (status || outcome == GR_CANCELLED) return status;
    if (outcome != GR_FINITE) { /* phi's own numbers all the same */
        solver->current.value = solver->trial.value;
        solver->current.gradient_norm = solver->trial.gradient_norm;
        solver->current.estimated = false;
    }
    gr_note_best(solver);
    return GRADUS_OK;
}
