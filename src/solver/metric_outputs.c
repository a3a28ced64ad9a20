/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Several outputs: P = b M (x) X'DX/W + lambda I, with M the identity, or I - 11'/k where the residuals of a row add up to 0. One
 * metric G of b X'DX/W + lambda I, prepared as that of a single output, serves all of them. For M = I - 11'/k the gradient is split
 * into its mean over the outputs and the rest: the rest goes through G, and of the mean only lambda is left, or nothing at all.
 * Bohning, Ann. Inst. Statist. Math. 44 (1992) 197.
 */
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "model/linear.h"
#include "model/objective.h"
#include "model/options.h"
#include "solver/factored.h"
#include "solver/metric.h"
#include "solver/state.h"
#include "solver/stop.h"

/* Added to the diagonal of the equilibrated G where G breaks down. */
static const double damping = 1e-8;

/* The mean's curvature is lambda, but no less than this share of G's: below that it is rounding of the gradient's mean. */
static const double least_share = 1e-8;

static gradus_status read_bound(gradus_solver *solver)
{
    gradus_status status = gr_hessian_allocate(solver);
    if (status) return status;
    status = gr_model_sampled_hessian(&solver->f->model, &solver->work, &solver->allocator, 0,
                                      solver->factored.matrix);
    return status ? gr_error_plain(solver->options.error, status) : GRADUS_OK;
}

/* G + damping diag(G), and damping where that is 0; a column of zeros moves no coefficient, because its gradient is 0. */
static void damp(gradus_solver *solver)
{
    const size_t p = gr_model_size(&solver->f->model);
    double *G = solver->factored.matrix;
    for (size_t j = 0; j < p; j++)
        G[j + j * p] = G[j + j * p] > 0.0 ? (1.0 + damping) * G[j + j * p] : damping;
    solver->factored.trace = 0.0;
}

/* G breaks down: it is read once more, which costs less than to keep a copy of every G that holds. */
static gradus_status factor_damped(gradus_solver *solver)
{
    gradus_status status = gr_model_sampled_hessian(&solver->f->model, &solver->work, &solver->allocator, 0,
                                                    solver->factored.matrix);
    if (status) return gr_error_plain(solver->options.error, status);
    damp(solver);
    status = gr_gram_factor(solver, gr_model_size(&solver->f->model));
    if (status) return status;
    if (gr_gram_holds(&solver->factored)) {
        gr_because(solver, "the Gram matrix breaks down, and holds with %g of its diagonal added", damping);
        return GRADUS_OK;
    }
    gr_because(solver, "the Gram matrix breaks down");
    gr_release(&solver->allocator, solver->factored.matrix);
    solver->factored = (gr_factored){0};
    solver->metric = &gr_metric_identity;
    return GRADUS_OK;
}

static gradus_status prepare(gradus_solver *solver)
{
    gradus_status status = read_bound(solver);
    if (!status) status = gr_gram_factor(solver, gr_model_size(&solver->f->model));
    if (status) return status;
    if (!gr_gram_holds(&solver->factored)) return factor_damped(solver);
    solver->condition = 1.0 / sqrt(solver->factored.cholesky.reciprocal);
    gr_because(solver, "the Gram matrix holds, condition about %.1e", solver->condition);
    solver->factored.exact = solver->f->model.several->quadratic;
    if (solver->factored.exact) solver->metric = &gr_metric_outputs_exact;
    return GRADUS_OK;
}

/* The mean of the gradient over the outputs, p numbers; behind the columns' centers there is room for them. */
static double *mean_of(const gradus_solver *solver, const double *gradient)
{
    const size_t p = gr_model_size(&solver->f->model), k = solver->f->model.outputs;
    double *mean = solver->columns.center + p;
    memset(mean, 0, p * sizeof *mean);
    for (size_t c = 0; c < k; c++) {
        for (size_t j = 0; j < p; j++) mean[j] += gradient[c * p + j] / (double)k;
    }
    return mean;
}

/* What it moves every output by, in its place: against the ridge alone. Without one it is rounding, as that of intercepts is. */
static void divide_mean(const gradus_solver *solver, double *mean)
{
    const gr_model *model = &solver->f->model;
    const bool standardized = solver->metric == &gr_metric_standardized; /* its P is in units of b */
    const double ridge = standardized ? model->ridge / model->bound : model->ridge;
    for (size_t j = 0; j < model->X.cols; j++) {
        const double least = least_share * solver->metric->diagonal(solver, j);
        mean[j] = ridge > 0.0 ? -mean[j] / fmax(ridge, least) : 0.0;
    }
    if (model->intercept) mean[model->X.cols] = 0.0;
}

/* Every output through the metric, or all of them together; direction may be gradient */
static void divide_each(const gradus_solver *solver, const double *gradient, double *direction)
{
    const size_t p = gr_model_size(&solver->f->model);
    const size_t calls = solver->metric->joint ? 1 : solver->f->model.outputs;
    for (size_t c = 0; c < calls; c++) solver->metric->steepest(solver, gradient + c * p, direction + c * p);
}

/* What differs between the outputs goes through the metric, their mean does not. */
static void divide_balanced(const gradus_solver *solver, const double *gradient, double *direction)
{
    const size_t p = gr_model_size(&solver->f->model), k = solver->f->model.outputs;
    double *mean = mean_of(solver, gradient);
    for (size_t c = 0; c < k; c++) {
        for (size_t j = 0; j < p; j++) direction[c * p + j] = gradient[c * p + j] - mean[j];
    }
    divide_each(solver, direction, direction);
    divide_mean(solver, mean);
    for (size_t c = 0; c < k; c++) {
        for (size_t j = 0; j < p; j++) direction[c * p + j] += mean[j];
    }
}

void gr_steepest(const gradus_solver *solver, const double *gradient, double *direction)
{
    const gr_model *model = &solver->f->model;
    if (!gr_objective_has_outputs(solver->f) || !solver->metric->diagonal) {
        solver->metric->steepest(solver, gradient, direction);
        return;
    }
    if (model->several->balanced) {
        divide_balanced(solver, gradient, direction);
        return;
    }
    divide_each(solver, gradient, direction);
}

double gr_length(const gradus_solver *solver, const double *v)
{
    const size_t p = gr_model_size(&solver->f->model),
                 k = gr_objective_has_outputs(solver->f) ? solver->f->model.outputs : 1;
    double length = 0.0;
    for (size_t c = 0; c < k; c++) length = hypot(length, solver->metric->length(solver, v + c * p));
    return length;
}

const gr_metric gr_metric_outputs = {.id = GRADUS_METRIC_GRAM,
                                     .name = "Gram",
                                     .prepare = prepare,
                                     .steepest = gr_gram_steepest,
                                     .diagonal = gr_gram_diagonal,
                                     .length = gr_length_in_units,
                                     .remember = gr_remember_gram};

/* P is the Hessian: refinement knows how good its answers are. */
const gr_metric gr_metric_outputs_exact = {.id = GRADUS_METRIC_GRAM,
                                           .name = "Gram",
                                           .steepest = gr_gram_steepest,
                                           .diagonal = gr_gram_diagonal,
                                           .length = gr_length_in_units,
                                           .remember = gr_remember_gram,
                                           .backward_error = gr_backward_error};
