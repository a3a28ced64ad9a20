/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * P = diag(b X'DX/W + lambda I), with b the loss's curvature bound: a length for every coefficient of its own. The entry of
 * the intercept is b; that of a column of zeros without a ridge, whose coefficient stays where it is, 1. columns.scale holds
 * the square roots, which overflow later.
 * Jacobi, Astron. Nachr. 22 (1845) 297.
 */
#include <math.h>

#include "model/objective.h"
#include "model/options.h"
#include "pass/pass.h"
#include "solver/metric.h"
#include "solver/state.h"

static gradus_status prepare(gradus_solver *solver)
{
    const gr_model *model = &solver->f->model;
    double *root = solver->columns.scale;
    const size_t n = model->X.cols;
    const double bound = sqrt(model->bound), ridge = sqrt(model->ridge);
    gr_pass_scales(&solver->work.reader, model->weights, false, solver->columns.center, root,
                   solver->direction);
    for (size_t j = 0; j < n; j++) {
        root[j] = hypot(bound * root[j], ridge);
        if (!(root[j] > 0.0)) root[j] = 1.0;
    }
    if (model->intercept) root[n] = bound;
    solver->factored.trace = (double)solver->n;
    return GRADUS_OK;
}

static void steepest(const gradus_solver *solver, const double *gradient, double *direction)
{
    const double *root = solver->columns.scale;
    const size_t p = gr_model_size(&solver->f->model);
    for (size_t j = 0; j < p; j++) direction[j] = -gradient[j] / root[j] / root[j];
}

static double diagonal(const gradus_solver *solver, size_t j)
{
    return solver->columns.scale[j] * solver->columns.scale[j];
}

static double length(const gradus_solver *solver, const double *v)
{
    double square = 0.0;
    for (size_t j = 0; j < gr_model_size(&solver->f->model); j++) {
        const double part = solver->columns.scale[j] * v[j];
        square += part * part;
    }
    return sqrt(square);
}

const gr_metric gr_metric_diagonal = {.id = GRADUS_METRIC_DIAGONAL,
                                      .name = "diagonal",
                                      .needs_model = true,
                                      .prepare = prepare,
                                      .steepest = steepest,
                                      .diagonal = diagonal,
                                      .length = length,
                                      .backward_error = NULL};
