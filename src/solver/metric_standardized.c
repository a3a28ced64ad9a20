/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Steepest descent in standardised columns, seen from the caller's columns. With z_j = (x_j - c_j)/s_j the model is
 * X theta + theta_0 = Z phi + phi_0, so
 *
 *   theta_j = phi_j / s_j,   theta_0 = phi_0 - sum_j c_j theta_j          (theta = T phi)
 *
 * and a step phi <- phi - alpha grad_phi, with grad_phi = T' grad_theta, is theta <- theta - alpha T T' grad_theta.
 * Nothing else of the solve needs to know. Van der Sluis, Numer. Math. 14 (1969) 14, on what scaling gains.
 */
#include "solver/state.h"

static gradus_status prepare(gradus_solver *solver)
{
    const gr_model *model = &solver->f->model;
    gr_pass_scales(&solver->work.reader, model->weights, model->intercept, solver->columns.center,
                   solver->columns.scale, solver->direction);
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

const gr_metric gr_metric_standardized = {
    GRADUS_METRIC_STANDARDIZED, "standardized", true, prepare, steepest, NULL};
