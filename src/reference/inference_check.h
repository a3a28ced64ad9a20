/* SPDX-License-Identifier: BSD-3-Clause */
/* What inference on one output and on several ask and say alike. */
#ifndef GR_REFERENCE_INFERENCE_CHECK_H
#define GR_REFERENCE_INFERENCE_CHECK_H

#include "gradus/inference.h"
#include "model/objective.h"

/* A step of Newton's that moves the fit by no more of its standard error, or of its terms, is none. */
#define GR_STILL          1e-4
#define GR_STILL_ROUNDING 1e-12

/* Is the model without penalty and constraints, and theta finite? */
gradus_status gr_infer_check(const gradus_objective *f, const double *theta, gradus_error *error);

/* What is said of the whole from the likelihood of `count` parameters, variances included. */
void gr_infer_likelihood(gradus_inference *out, double log_likelihood, double count, double total_weight);

/* Refuses theta on its way to an optimum that lies at infinity. `work` is that of the last evaluation, at theta. */
gradus_status gr_infer_refuse_infinite(const gradus_objective *f, gr_workspace *work, const double *theta,
                                       const gradus_allocator *allocator, gradus_error *error);

/* Newton's step is too long. */
gradus_status gr_infer_not_optimum(double step, double limit, gradus_error *error);

#endif
