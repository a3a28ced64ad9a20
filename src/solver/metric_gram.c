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

/* Where the factorisation breaks down, standardised columns take over. */
static gradus_status prepare(gradus_solver *solver)
{
    size_t doubles;
    if (gr_multiply(solver->n, solver->n, &doubles))
        solver->gram.matrix = gr_allocate_doubles(&solver->allocator, doubles);
    if (!solver->gram.matrix) return gr_error_plain(solver->options.error, GRADUS_ERROR_MEMORY);
    gradus_status status = read_gram(solver, solver->gram.matrix);
    if (status) return status;
    finish_matrix(solver, solver->gram.matrix);
    const size_t p = solver->n;
    for (size_t j = 0; j < p; j++) solver->gram.trace += solver->gram.matrix[j + j * p];
    if (!isfinite(gr_norm(p * p, solver->gram.matrix)))
        solver->gram.trace = (double)NAN;
    else
        status = gr_cholesky_factor(&solver->allocator, p, solver->gram.matrix, &solver->gram.factor,
                                    solver->options.error);
    if (status) return status;
    if (solver->gram.trace > 0.0 && solver->gram.factor.reciprocal >= least_reciprocal) return GRADUS_OK;
    solver->metric = &gr_metric_standardized;
    return solver->metric->prepare(solver);
}

static void steepest(const gradus_solver *solver, const double *gradient, double *direction)
{
    const double *unit = solver->columns.scale;
    for (size_t j = 0; j < solver->n; j++) direction[j] = -unit[j] * gradient[j];
    gr_cholesky_solve(&solver->gram.factor, direction);
    for (size_t j = 0; j < solver->n; j++) direction[j] *= unit[j];
}

/*
 * For least squares A theta ~ b the correction d = -P^(-1)g has ||A d||^2 = -W g'd, and ||A d|| / (||A||_F ||theta||)
 * estimates the normwise backward error (Karlson and Walden's formula for ||r|| << sigma_min ||theta||). All in the
 * equilibrated columns, at no cost beyond the direction that is there already.
 */
static double backward_error(const gradus_solver *solver)
{
    const double *unit = solver->columns.scale, *theta = solver->current.theta;
    double square = 0.0;
    for (size_t j = 0; j < solver->n; j++) square += (theta[j] / unit[j]) * (theta[j] / unit[j]);
    return sqrt(-solver->slope / (solver->gram.trace * square));
}

const gr_metric gr_metric_gram = {GRADUS_METRIC_GRAM, "Gram", true, prepare, steepest, backward_error};
