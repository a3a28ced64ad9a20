/* SPDX-License-Identifier: BSD-3-Clause */
/* The duality gap: how far f(theta) can be above its minimum. */
#ifndef GR_MODEL_DUAL_H
#define GR_MODEL_DUAL_H

#include "model/objective.h"

/* Does the model have a dual whose feasible points are known? */
bool gr_model_has_gap(const gr_model *model);

/*
 * f(theta) minus the value of the dual at a feasible point made from the residuals: f(theta) - min f <= gap. Inf where the
 * point says nothing. `gradient` is that of loss and ridge at theta, `margins` are what gr_workspace.margins holds, `loss` is sum w_i loss_i.
 * `means` are the columns' weighted means, NULL where they are not known; least squares with an intercept has its bound from them.
 * O(m + n), no pass; least squares looks at neither margins nor work, which may then be NULL.
 */
double gr_model_gap(const gr_model *model, gr_workspace *work, const double *theta, const double *gradient,
                    const double *margins, double loss, const double *means);

#endif
