/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * f over a random sample of its rows, which costs so little that it is optimised first. Its Hessian at its optimum is the metric,
 * and the run's first step goes there.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "solver/state.h"

/* Rows a column of the sample, at least and at most; in between one row of so many of X. And how near to its optimum it is worth
 * to come: what the sample leaves out is more than that. */
enum { FEWEST = 64, MOST = 128, SHARE = 8, PAYS = 512, STEPS = 50 };
static const double tolerance = 3e-3;

bool gr_sample_pays(const gradus_solver *solver)
{
    return solver->f->model.X.rows / PAYS >= solver->n;
}

static size_t rows_of(const gradus_solver *solver)
{
    const size_t all = solver->f->model.X.rows;
    size_t most;
    if (!gr_multiply(solver->n, MOST, &most)) return all;
    return gr_min(all, gr_min(most, gr_max(most / MOST * FEWEST, all / SHARE)));
}

/* The sample: X, y and weights in memory of its own. */
typedef struct gr_sample {
    double *memory;
    gradus_objective f;
} gr_sample;

static gradus_status draw(gradus_solver *solver, size_t rows, gr_sample *sample)
{
    const gr_model *all = &solver->f->model;
    const size_t cols = all->X.cols;
    size_t doubles;
    sample->f = *solver->f;
    sample->memory = gr_multiply(rows, cols + 2, &doubles) ? gr_allocate_doubles(&solver->allocator, doubles)
                                                           : NULL;
    if (!sample->memory) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    double *y = sample->memory + rows * cols, *weights = y + rows;
    gr_pass_sample(&solver->work.reader, rows, sample->memory);
    gr_model *model = &sample->f.model;
    model->X = gradus_row_major(rows, cols, sample->memory, cols);
    model->y = y;
    model->weights = weights;
    model->total_weight = 0.0;
    for (size_t k = 0; k < rows; k++) {
        const size_t row = gr_sample_row(all->X.rows, rows, k);
        y[k] = all->y[row];
        weights[k] = all->weights ? all->weights[row] : 1.0;
        model->total_weight += weights[k];
    }
    return GRADUS_OK;
}

/* Of the run's budget, which the sample is part of; where nothing is left of it, next to nothing */
static double seconds_left(const gradus_solver *solver)
{
    const double all = solver->options.stop.seconds;
    return all > 0.0 ? fmax(all - (gr_seconds() - solver->started), DBL_MIN) : all;
}

/* Where time is over, how far it came will do: the run ends before its first step. */
static bool is_optimised(const gradus_solver *inner)
{
    return gradus_stop_converged(inner->stop) || inner->stop == GRADUS_STOP_TIME;
}

static gradus_options options_of(const gradus_solver *solver)
{
    gradus_options options = gradus_options_default();
    options.metric = GRADUS_METRIC_GRAM;
    options.stop.gradient_tolerance = tolerance;
    options.stop.max_iterations = STEPS;
    options.stop.seconds = seconds_left(solver);
    options.threads = solver->options.threads;
    options.cancel = solver->options.cancel;
    options.allocator = solver->options.allocator;
    return options;
}

/* Where the sample has its optimum, and its Hessian there */
static gradus_status take_optimum(gradus_solver *solver, gradus_solver *inner)
{
    const gr_model *model = &inner->f->model;
    double value;
    memcpy(solver->leap.theta, inner->current.theta, solver->n * sizeof(double));
    solver->leap.waiting = true;
    return gr_model_hessian(model, &inner->work, &solver->allocator, inner->current.theta, true, &value,
                            inner->trial.gradient, solver->factored.matrix);
}

/* Its reads count as reads of as many elements of X. */
static gradus_status optimise(gradus_solver *solver, const gr_sample *sample)
{
    const gradus_options options = options_of(solver);
    gradus_solver *inner = NULL;
    gradus_status status = gr_solver_begin(
        &sample->f, solver->ascent ? GRADUS_DIRECTION_ASCENT : GRADUS_DIRECTION_DESCENT,
        solver->current.theta, &options, &inner);
    while (!status && inner->stop == GRADUS_STOP_RUNNING) status = gr_iterate(inner);
    if (!status && is_optimised(inner)) status = take_optimum(solver, inner);
    if (inner) {
        solver->work.reader.elements += inner->work.reader.elements;
        solver->work.reader.cancelled |= inner->work.reader.cancelled;
    }
    gradus_solver_free(inner);
    return status;
}

gradus_status gr_sample_hessian(gradus_solver *solver)
{
    gr_sample sample;
    const size_t rows = rows_of(solver);
    solver->leap.theta = gr_allocate_doubles(&solver->allocator, solver->n);
    if (!solver->leap.theta) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    gradus_status status = draw(solver, rows, &sample);
    if (status) return status;
    if (sample.f.model.total_weight > 0.0) status = optimise(solver, &sample);
    gr_release(&solver->allocator, sample.memory);
    if (status == GRADUS_ERROR_MEMORY) return gr_error_plain(solver->options.error, status);
    if (!status && solver->leap.waiting) gr_because(solver, "%zu random rows were optimised first", rows);
    return GRADUS_OK;
}

gradus_status gr_leap(gradus_solver *solver)
{
    gr_leaping *leap = &solver->leap;
    leap->waiting = false;
    for (size_t i = 0; i < solver->n; i++) solver->direction[i] = leap->theta[i] - solver->current.theta[i];
    gr_outcome outcome;
    gr_search_begin(solver);
    const gradus_status status = gr_try(solver, 1.0, &outcome);
    solver->step_size = 1.0;
    leap->taken = !status && outcome == GR_FINITE && solver->trial.value <= solver->current.value;
    if (status || leap->taken) return status;
    if (solver->stop == GRADUS_STOP_NO_PROGRESS) solver->stop = GRADUS_STOP_RUNNING; /* it is there already */
    gr_direct(solver);
    return GRADUS_OK;
}
