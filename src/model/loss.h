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
    /* is every entry of the response in the loss's domain? y is finite already */
    gradus_status (*check_response)(size_t rows, const double *y, gradus_error *error);
} gr_loss;

/* What a pointwise loss of several outputs reads beside the margins. */
typedef struct gr_outputs_response {
    const double *y;
    const double *weights; /* NULL: all 1 */
    size_t rows, outputs;  /* m and k */
} gr_outputs_response;

/* A pointwise loss of k margins a row. The Hessian of a row's loss is at most bound * I, or bound * (I - 11'/k). */
typedef struct gr_outputs_loss {
    const char *name;
    gr_outputs_pointwise pointwise; /* its context is a gr_outputs_response */
    double curvature_bound;
    bool quadratic; /* its Hessian is the bound, everywhere */
    bool balanced;  /* the same number added to every margin of a row changes nothing: I - 11'/k */
} gr_outputs_loss;

/* sum_c (z_c - y_c)^2 / 2, y m x k, column-major without gaps */
extern const gr_outputs_loss gr_loss_squares_multiple;

/* log sum_c exp(z_c) - z_y, y in 0 .. k - 1 */
extern const gr_outputs_loss gr_loss_softmax;

extern const gr_loss gr_loss_squares;  /* (z - y)^2 / 2 */
extern const gr_loss gr_loss_logistic; /* log(1 + exp(z)) - y z, y in {0, 1} */

#endif
