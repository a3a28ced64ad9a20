/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Steepest descent in standardised columns, seen from the caller's columns. With z_j = (x_j - c_j)/s_j the model is
 * X theta + theta_0 = Z phi + phi_0, so
 *
 *   theta_j = phi_j / s_j,   theta_0 = phi_0 - sum_j c_j theta_j          (theta = T phi)
 *
 * and a step phi <- phi - alpha grad_phi, with grad_phi = T' grad_theta, is theta <- theta - alpha T T' grad_theta.
 * Beside a ridge the curvature along theta_j, the intercept following, is b s_j^2 + lambda, with b the loss's curvature bound;
 * (s_j^2 + lambda/b)^(1/2) in the place of s_j gives every phi_j the same, so that a column far smaller than lambda does no harm.
 * A column that is constant, without a ridge, has s_j = 1.
 * Nothing else of the solve needs to know. Van der Sluis, Numer. Math. 14 (1969) 14, on what scaling gains.
 */
#include <math.h>

#include "model/objective.h"
#include "pass/pass.h"
#include "solver/metric.h"
#include "solver/state.h"

static gradus_status prepare(gradus_solver *solver)
{
    const gr_model *model = &solver->f->model;
    double *scale = solver->columns.scale;
    const double penalty = sqrt(model->ridge / model->bound);
    solver->factored.trace = (double)solver->n;
    gr_pass_scales(&solver->work.reader, model->weights, model->intercept, solver->columns.center, scale,
                   solver->direction);
    for (size_t j = 0; j < model->X.cols; j++) {
        scale[j] = hypot(scale[j], penalty);
        if (!(scale[j] > 0.0)) scale[j] = 1.0;
    }
    return GRADUS_OK;
}

static void steepest(const gradus_solver *solver, const double *gradient, double *direction)
{
    const gr_model *model = &solver->f->model;
    const double *center = solver->columns.center, *scale = solver->columns.scale;
    const size_t n = model->X.cols;
    const double g0 = model->intercept ? gradient[n] : 0.0;
    double shift = 0.0;
    for (size_t j = 0; j < n; j++) {
        const double standardized = (gradient[j] - center[j] * g0) / scale[j];
        direction[j] = -standardized / scale[j];
        shift += center[j] * direction[j];
    }
    if (model->intercept) direction[n] = -g0 - shift;
}

static double diagonal(const gradus_solver *solver, size_t j)
{
    return solver->columns.scale[j] * solver->columns.scale[j];
}

/* ||phi|| */
static double length(const gradus_solver *solver, const double *v)
{
    const gr_model *model = &solver->f->model;
    const double *center = solver->columns.center, *scale = solver->columns.scale;
    double square = 0.0, last = model->intercept ? v[model->X.cols] : 0.0;
    for (size_t j = 0; j < model->X.cols; j++) {
        square += (scale[j] * v[j]) * (scale[j] * v[j]);
        if (model->intercept) last += center[j] * v[j];
    }
    return sqrt(square + last * last);
}

const gr_metric gr_metric_standardized = {.id = GRADUS_METRIC_STANDARDIZED,
                                          .name = "standardized",
                                          .needs_model = true,
                                          .prepare = prepare,
                                          .steepest = steepest,
                                          .diagonal = diagonal,
                                          .length = length};
