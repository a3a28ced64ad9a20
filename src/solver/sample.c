/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A loss that is no quadratic is optimised over a random sample of the rows before a solve begins, which costs little where X has
 * very many. The sample's Hessian at its optimum becomes the metric, and the first step goes there.
 */
#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "model/linear.h"
#include "model/objective.h"
#include "pass/pass.h"
#include "solver/begin.h"
#include "solver/iterate.h"
#include "solver/leap.h"
#include "solver/options.h"
#include "solver/state.h"

/* Rows a column of the sample, at least and at most; in between one row of so many of X. And from how many rows a column on it
 * pays, and the most steps it may take. */
enum { FEWEST = 64, MOST = 128, SHARE = 8, PAYS = 512, STEPS = 50 };

/* How near to its optimum it is worth to come: what the sample leaves out is more than that. */
static const double tolerance = 3e-3;

/* The sample: X, y, weights and offsets in memory of its own. */
typedef struct gr_sample {
    double *memory;
    double elements; /* of X that were read */
    gradus_objective f;
} gr_sample;

/* Is a sample asked for, by name or by leaving everything open? What is wrong with the options is found later. */
static bool is_wanted(const gradus_objective *f, const double *theta, const gradus_options *given)
{
    if (!f || !theta || !gr_objective_is_model(f) || gr_objective_is_proximal(f) ||
        (given && given->size != sizeof *given))
        return false;
    if (given && given->metric == GRADUS_METRIC_SAMPLED_HESSIAN) return true;
    const bool open = !given || (given->metric == GRADUS_METRIC_AUTOMATIC && gr_all_automatic(given) &&
                                 given->batch.rows == 0 && !given->compress && !given->refine);
    return open && !f->model.loss->quadratic && f->model.X.rows / PAYS >= f->size;
}

static size_t rows_of(const gradus_objective *f)
{
    const size_t all = f->model.X.rows;
    size_t most;
    if (!gr_multiply(f->size, MOST, &most)) return all;
    return gr_min(all, gr_min(most, gr_max(most / MOST * FEWEST, all / SHARE)));
}

static bool draw(const gradus_objective *f, const gradus_allocator *allocator, gr_sample *sample)
{
    const gr_model *all = &f->model;
    const size_t rows = rows_of(f), cols = all->X.cols;
    size_t doubles;
    if (gr_multiply(rows, cols + 3, &doubles)) sample->memory = gr_allocate_doubles(allocator, doubles);
    if (!sample->memory) return false;
    double *y = sample->memory + rows * cols, *weights = y + rows, *offset = weights + rows;
    sample->elements = gr_pass_sample(&all->X, rows, sample->memory);
    sample->f = *f;
    gr_model *model = &sample->f.model;
    model->X = gradus_row_major(rows, cols, sample->memory, cols);
    model->y = y;
    model->weights = weights;
    model->offset = all->offset ? offset : NULL;
    model->total_weight = 0.0;
    for (size_t k = 0; k < rows; k++) {
        const size_t row = gr_sample_row(all->X.rows, rows, k);
        y[k] = all->y[row];
        weights[k] = all->weights ? all->weights[row] : 1.0;
        offset[k] = all->offset ? all->offset[row] : 0.0;
        model->total_weight += weights[k];
    }
    return true;
}

/* Threads, budget and memory are the caller's. */
static gradus_options options_of(const gradus_options *given)
{
    gradus_options options = gradus_options_default();
    if (given) {
        options.threads = given->threads;
        options.cancel = given->cancel;
        options.allocator = given->allocator;
        options.stop.seconds = given->stop.seconds;
    }
    options.metric = GRADUS_METRIC_GRAM;
    options.stop.gradient_tolerance = tolerance;
    options.stop.max_iterations = STEPS;
    return options;
}

/* Where time is over, how far it came will do: the run ends before its first step. */
static bool is_optimised(const gradus_solver *inner)
{
    return gradus_stop_converged(inner->stop) || inner->stop == GRADUS_STOP_TIME;
}

/* Where the sample has its optimum, and its Hessian there */
static gradus_status take(gradus_solver *inner, gr_leaping *leap)
{
    const size_t n = inner->n;
    size_t doubles;
    if (gr_multiply(n, n + 1, &doubles)) leap->memory = gr_allocate_doubles(&inner->allocator, doubles);
    if (!leap->memory) return GRADUS_ERROR_MEMORY;
    leap->hessian = leap->memory;
    leap->theta = leap->memory + n * n;
    leap->found = leap->waiting = true;
    memcpy(leap->theta, inner->current.theta, n * sizeof(double));
    double value;
    return gr_model_hessian(&inner->f->model, &inner->work, &inner->allocator, leap->theta, true, &value,
                            inner->trial.gradient, leap->hessian);
}

/* Its reads count as reads of as many elements of X. */
static gradus_status optimise(const gr_sample *sample, gradus_direction direction, const double *theta,
                              const gradus_options *given, gr_leaping *leap)
{
    const gradus_options options = options_of(given);
    gradus_solver *inner = NULL;
    gr_leaping none = {.started = leap->started};
    gradus_status status = gr_solver_begin(&sample->f, direction, theta, &options, &none, &inner);
    while (!status && inner->stop == GRADUS_STOP_RUNNING) status = gr_iterate(inner);
    if (!status && is_optimised(inner)) status = take(inner, leap);
    leap->elements = sample->elements + (inner ? inner->work.reader.elements : 0.0);
    gradus_solver_free(inner);
    return status;
}

/* GRADUS_OK or GRADUS_ERROR_MEMORY: all else that may be wrong with a sample is the solve's to find and to name. */
static gradus_status sample_first(const gradus_objective *f, gradus_direction direction, const double *theta,
                                  const gradus_options *given, gr_leaping *leap)
{
    const gradus_allocator allocator = gr_allocator(given ? given->allocator : NULL);
    gr_sample sample = {0};
    if (!draw(f, &allocator, &sample)) return GRADUS_ERROR_MEMORY;
    const gradus_status status = optimise(&sample, direction, theta, given, leap);
    gr_release(&allocator, sample.memory);
    return status == GRADUS_ERROR_MEMORY ? status : GRADUS_OK;
}

gradus_status gr_sample_begin(const gradus_objective *f, gradus_direction direction, const double *theta,
                              const gradus_options *given, gradus_solver **solver)
{
    const gradus_allocator allocator = gr_allocator(given ? given->allocator : NULL);
    gr_leaping leap = {.started = gr_seconds()};
    gradus_status status = GRADUS_OK;
    if (is_wanted(f, theta, given)) status = sample_first(f, direction, theta, given, &leap);
    if (status)
        status = gr_error_plain(given ? given->error : NULL, status);
    else
        status = gr_solver_begin(f, direction, theta, given, &leap, solver);
    gr_release(&allocator, leap.memory); /* where no solver has taken it over */
    return status;
}
