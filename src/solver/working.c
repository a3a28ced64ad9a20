/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A lasso over more columns than rows: most coefficients are 0, and stay so. A step copies a working set of columns together, those
 * whose coefficients are not 0 and those whose gradients say most clearly that theirs should not be, solves the problem of these columns
 * alone, and evaluates the answer on X: that read tells the next set, and the duality gap of the whole problem. The set may double from
 * step to step, so that it comes to hold all that matter.
 * Massias, Gramfort and Salmon, Celer, ICML 2018; Tibshirani et al., J. R. Statist. Soc. B 74 (2012) 245, on which columns to try.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "model/objective.h"
#include "model/penalty.h"
#include "pass/pass.h"
#include "solver/begin.h"
#include "solver/curvature.h"
#include "solver/evaluate.h"
#include "solver/iterate.h"
#include "solver/leap.h"
#include "solver/metric.h"
#include "solver/point.h"
#include "solver/rounding.h"
#include "solver/state.h"
#include "solver/step.h"

/* Room for columns beside those that are held: one for so many of them, and no fewer than so many */
enum { SHARE = 4, FEWEST = 32 };

/* Columns are tried although their gradients are this much below what would force them in. */
static const double nearly = 0.9;

/* The share of the gap asked for that is the set's own */
static const double share = 0.25;

/* Steps of FISTA on a set that is too long for an H */
enum { STEPS = 100 };

/* A column and how much it asks to be in the set */
typedef struct candidate {
    size_t column;
    double score;
} candidate;

/* The problem of a set's columns. */
typedef struct subproblem {
    double *memory;
    size_t *columns;
    size_t count;
    double *theta;
    gradus_objective f;
} subproblem;

/* |gradient| by the lasso where the coefficient could move that way; Inf for those that are not 0 */
static double score_of(const gradus_solver *solver, size_t j)
{
    const gr_penalty *h = &solver->f->model.penalty;
    const double theta = solver->current.theta[j], pull = -solver->current.gradient[j];
    const double room = pull > 0.0 ? gr_penalty_upper(h, j) : -gr_penalty_lower(h, j);
    if (theta > 0.0 || theta < 0.0) return (double)INFINITY;
    if (!(room > 0.0)) return 0.0;
    return fabs(pull) / h->lasso;
}

/* The largest scores first, and of equal ones the first column */
static int compare(const void *a, const void *b)
{
    const candidate *x = (const candidate *)a, *y = (const candidate *)b;
    if (x->score < y->score || x->score > y->score) return x->score < y->score ? 1 : -1;
    return (x->column > y->column) - (x->column < y->column);
}

static int compare_columns(const void *a, const void *b)
{
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* The columns of the set, in their order in X */
static size_t choose(gradus_solver *solver, candidate *candidates, size_t *columns)
{
    size_t count = 0, held = 0;
    for (size_t j = 0; j < solver->f->model.X.cols; j++) {
        const double score = score_of(solver, j);
        held += isinf(score) ? 1 : 0;
        if (score >= nearly) candidates[count++] = (candidate){j, score};
    }
    qsort(candidates, count, sizeof *candidates, compare);
    const size_t before = solver->iterations > 0 ? solver->curved.held : 0;
    count = gr_min(count, gr_max(held + gr_max(FEWEST, held / SHARE), 2 * before));
    for (size_t k = 0; k < count; k++) columns[k] = candidates[k].column;
    qsort(columns, count, sizeof *columns, compare_columns);
    solver->curved.held = count;
    return count;
}

/* Columns, start and bounds of the set; its numbers are those of f */
static void fill(gradus_solver *solver, subproblem *sub)
{
    const gr_model *model = &solver->f->model;
    const size_t m = model->X.rows, count = sub->count;
    double *x = sub->memory, *lower = x + m * count, *upper = lower + count;
    sub->theta = upper + count;
    gr_pass_columns(&solver->work.reader, count, sub->columns, x);
    sub->f = *solver->f;
    sub->f.size = count + (model->intercept ? 1 : 0);
    sub->f.model.X = gradus_col_major(m, count, x, m);
    for (size_t k = 0; k < count; k++) {
        lower[k] = gr_penalty_lower(&model->penalty, sub->columns[k]);
        upper[k] = gr_penalty_upper(&model->penalty, sub->columns[k]);
        sub->theta[k] = solver->current.theta[sub->columns[k]];
    }
    if (model->penalty.lower) sub->f.model.penalty.lower = lower;
    if (model->penalty.upper) sub->f.model.penalty.upper = upper;
    if (model->intercept) sub->theta[count] = solver->current.theta[model->X.cols];
}

static gradus_status make(gradus_solver *solver, subproblem *sub)
{
    const size_t n = solver->f->model.X.cols;
    size_t doubles;
    candidate *candidates = (candidate *)gr_allocate(&solver->allocator, n, sizeof *candidates);
    sub->columns = (size_t *)gr_allocate(&solver->allocator, n, sizeof *sub->columns);
    if (candidates && sub->columns) sub->count = choose(solver, candidates, sub->columns);
    gr_release(&solver->allocator, candidates);
    if (!candidates || !sub->columns) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    if (sub->count == 0) return GRADUS_OK;
    if (gr_multiply(solver->f->model.X.rows + 3, sub->count, &doubles) && gr_add(doubles, 1, &doubles))
        sub->memory = gr_allocate_doubles(&solver->allocator, doubles);
    if (!sub->memory) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    fill(solver, sub);
    return GRADUS_OK;
}

/*
 * Threads, memory, cancel and what is left of the time are the caller's. A set that is itself too long for an H goes some steps by
 * FISTA: by a set of its own it might have the very same columns again, and so on for ever.
 */
static gradus_options options_of(const gradus_solver *solver, const gradus_objective *set)
{
    gradus_options options = gradus_options_default();
    const gradus_stop_criteria *stop = &solver->options.stop;
    options.threads = solver->options.threads;
    options.cancel = solver->options.cancel;
    options.allocator = solver->options.allocator;
    options.error = solver->options.error;
    if (stop->seconds > 0.0)
        options.stop.seconds = fmax(stop->seconds - (gr_seconds() - solver->started), 1e-3);
    if (stop->gap_tolerance > 0.0 && solver->asked_for_gap)
        options.stop.gap_tolerance = share * stop->gap_tolerance;
    if (gr_curvature_is_whole(set)) return options;
    options.method = GRADUS_METHOD_NESTEROV;
    options.metric = GRADUS_METRIC_DIAGONAL;
    options.stop.max_iterations = STEPS;
    return options;
}

/* What the set's run has read counts as so many elements of X. */
static gradus_status solve(gradus_solver *solver, subproblem *sub)
{
    const gradus_options options = options_of(solver, &sub->f);
    gradus_solver *inner = NULL;
    gr_leaping none = {.started = gr_seconds()};
    gradus_status status = gr_solver_begin(
        &sub->f, solver->ascent ? GRADUS_DIRECTION_ASCENT : GRADUS_DIRECTION_DESCENT, sub->theta, &options,
        &none, &inner);
    while (!status && inner->stop == GRADUS_STOP_RUNNING) status = gr_iterate(inner);
    if (!status) {
        solver->work.reader.elements += inner->work.reader.elements;
        if (inner->stop == GRADUS_STOP_CANCELLED || inner->stop == GRADUS_STOP_TIME)
            solver->stop = inner->stop;
        for (size_t k = 0; k < sub->count; k++)
            solver->trial.theta[sub->columns[k]] = inner->current.theta[k];
        if (solver->f->model.intercept)
            solver->trial.theta[solver->f->model.X.cols] = inner->current.theta[sub->count];
    }
    gradus_solver_free(inner);
    return status;
}

/* The minimum over the set into trial; what is not in it is 0 already. */
static gradus_status aim(gradus_solver *solver)
{
    subproblem sub = {0};
    memcpy(solver->trial.theta, solver->current.theta, solver->n * sizeof(double));
    gradus_status status = make(solver, &sub);
    if (!status && sub.count > 0 && !solver->work.reader.cancelled) status = solve(solver, &sub);
    if (!status && solver->work.reader.cancelled) solver->stop = GRADUS_STOP_CANCELLED;
    gr_release(&solver->allocator, sub.memory);
    gr_release(&solver->allocator, sub.columns);
    return status;
}

static bool moved(const gradus_solver *solver)
{
    for (size_t j = 0; j < solver->n; j++) {
        const double x = solver->trial.theta[j], theta = solver->current.theta[j];
        if (x > theta || x < theta) return true;
    }
    return false;
}

static gradus_status advance(gradus_solver *solver)
{
    gr_outcome outcome;
    gradus_status status = aim(solver);
    solver->step_size = 1.0;
    if (status || solver->stop != GRADUS_STOP_RUNNING) return status;
    solver->stop = GRADUS_STOP_NO_PROGRESS;
    if (!moved(solver)) return GRADUS_OK;
    status = gr_evaluate(solver, &solver->trial, &outcome);
    if (status) return status;
    if (outcome == GR_CANCELLED) solver->stop = GRADUS_STOP_CANCELLED;
    const double change = solver->trial.value - solver->current.value;
    solver->curved.promise = change;
    solver->curved.strayed = true;
    if (outcome == GR_FINITE && change <= GR_VALUE_ROUNDING * fabs(solver->current.value))
        solver->stop = GRADUS_STOP_RUNNING;
    return GRADUS_OK;
}

static gradus_status prepare(gradus_solver *solver)
{
    gr_because(
        solver,
        "a lasso or bounds on more columns than rows: coordinate by coordinate on a working set of columns");
    return GRADUS_OK;
}

const gr_metric gr_metric_working_gram = {
    .id = GRADUS_METRIC_GRAM, .name = "Gram", .needs_model = true, .prepare = prepare};
const gr_metric gr_metric_working = {
    .id = GRADUS_METRIC_HESSIAN, .name = "Hessian", .needs_model = true, .prepare = prepare};
const gr_step gr_step_working = {
    .id = GRADUS_STEP_BACKTRACKING, .name = "working set", .searches = true, .advance = advance};
