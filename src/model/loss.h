/* SPDX-License-Identifier: BSD-3-Clause */
/* Pointwise losses: one small file each, one descriptor each. */
#ifndef GR_MODEL_LOSS_H
#define GR_MODEL_LOSS_H

#include <stdbool.h>

#include "pass/pass.h"

/* What a pointwise loss reads beside the margins. */
typedef struct gr_response {
    const double *y;
    const double *weights; /* NULL: all 1 */
} gr_response;

typedef struct gr_loss {
    const char *name;
    gr_pointwise pointwise;   /* its context is a gr_response */
    gr_curvatures curvatures; /* w_i d^2 loss / dz^2; the same context */
    double curvature_bound;   /* of d^2 loss / dz^2, everywhere */
    bool quadratic;           /* the Hessian is X'DX/W + lambda I, everywhere */
    /*
     * sum w_i (loss(z_i) + loss*(c nu_i) - c nu_i z_i) with nu = loss'(z) and 0 <= c < 1, what the dual point c nu lacks; NULL where
     * the conjugate loss* is not known. `loss` is sum w_i loss(z_i).
     */
    double (*slack)(const gr_response *response, size_t rows, const double *margins, double loss, double c);
    /* is every entry of the response in the loss's domain? y is finite already */
    gradus_status (*check_response)(size_t rows, const double *y, gradus_error *error);
} gr_loss;

extern const gr_loss gr_loss_squares;  /* (z - y)^2 / 2 */
extern const gr_loss gr_loss_logistic; /* log(1 + exp(z)) - y z, y in {0, 1} */

#endif
