/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * P = b X'DX/W + lambda I, with b the loss's curvature bound: the Hessian itself for least squares, an upper bound of it
 * otherwise. A step of 1 in this metric solves least squares but for rounding, and the next ones refine the answer.
 * Bjorck, Numerical Methods for Least Squares Problems, SIAM 1996, sections 2.3 and 2.9; Bohning and Lindsay, Ann. Inst.
 * Statist. Math. 40 (1988) 641, on the bound.
 */
#include <float.h>
#include <math.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/size.h"
#include "base/vector.h"
#include "solver/state.h"

/* Below this reciprocal condition of P a step no longer contracts the error reliably: the columns' condition is 1e7. */
static const double least_reciprocal = 64.0 * DBL_EPSILON;

/* P from X'DX: scaled, penalised, its diagonal brought to [1/4, 1] by powers of two, which are kept in columns.scale */
static void finish_matrix(gradus_solver *solver, double *P)
{
    const gr_model *model = &solver->f->model;
    const size_t p = solver->n;
    double *unit = solver->columns.scale;
    const double share = model->loss->curvature_bound / model->total_weight;
    for (size_t j = 0; j < p; j++) {
        for (size_t i = 0; i <= j; i++) P[i + j * p] *= share;
        if (j < model->X.cols) P[j + j * p] += model->ridge;
        int exponent;
        (void)frexp(sqrt(P[j + j * p]), &exponent);
        unit[j] = ldexp(1.0, -exponent);
    }
    for (size_t j = 0; j < p; j++) {
        for (size_t i = 0; i <= j; i++) P[i + j * p] *= unit[i] * unit[j];
    }
}

static gradus_status read_gram(gradus_solver *solver, double *P)
{
    const gr_model *model = &solver->f->model;
    size_t doubles;
    double *memory = NULL;
    if (gr_gram_doubles(&solver->work.reader, model->intercept, &doubles))
        memory = gr_allocate_doubles(&solver->allocator, doubles);
    if (!memory) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    gr_pass_gram(&solver->work.reader, model->weights, model->intercept, P, memory);
    gr_release(&solver->allocator, memory);
    return GRADUS_OK;
}

/* Where the factorisation breaks down, the sketch takes over. */
static gradus_status prepare(gradus_solver *solver)
{
    size_t doubles;
    if (gr_multiply(solver->n, solver->n, &doubles))
        solver->factored.matrix = gr_allocate_doubles(&solver->allocator, doubles);
    if (!solver->factored.matrix) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    gradus_status status = read_gram(solver, solver->factored.matrix);
    if (status) return status;
    finish_matrix(solver, solver->factored.matrix);
    const size_t p = solver->n;
    for (size_t j = 0; j < p; j++) solver->factored.trace += solver->factored.matrix[j + j * p];
    if (!isfinite(gr_norm(p * p, solver->factored.matrix)))
        solver->factored.trace = (double)NAN;
    else
        status = gr_cholesky_factor(&solver->allocator, p, solver->factored.matrix,
                                    &solver->factored.cholesky, solver->options.error);
    if (status) return status;
    if (solver->factored.trace > 0.0 && solver->factored.cholesky.reciprocal >= least_reciprocal) {
        solver->factored.exact = solver->f->model.loss->quadratic;
        return GRADUS_OK;
    }
    gr_release(&solver->allocator, solver->factored.matrix);
    solver->factored = (gr_factored){0};
    solver->metric = &gr_metric_sketch;
    return solver->metric->prepare(solver);
}

static void steepest(const gradus_solver *solver, const double *gradient, double *direction)
{
    const double *unit = solver->columns.scale;
    for (size_t j = 0; j < solver->n; j++) direction[j] = -unit[j] * gradient[j];
    gr_cholesky_solve(&solver->factored.cholesky, direction);
    for (size_t j = 0; j < solver->n; j++) direction[j] *= unit[j];
}

const gr_metric gr_metric_gram = {GRADUS_METRIC_GRAM, "Gram", true, prepare, steepest, gr_backward_error};
