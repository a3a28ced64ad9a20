/* SPDX-License-Identifier: BSD-3-Clause */
/* Pointwise losses: one small file each, one descriptor each. */
#ifndef GR_MODEL_LOSS_H
#define GR_MODEL_LOSS_H

#include <stdbool.h>

#include "model/classes.h"
#include "pass/pass.h"

typedef struct gr_loss gr_loss;

/* What a pointwise loss reads beside the margins. */
typedef struct gr_response {
    const gr_loss *loss;
    const double *y;
    const double *weights; /* NULL: all 1 */
    const double
        *offset;  /* NULL: all 0. The loss does not see it: gr_response_pointwise adds it to the margins */
    double huber; /* delta */
} gr_response;

/* Its functions take margins that hold the offset, and a gr_response as context. A row of weight 0 adds nothing, not even NaN. */
struct gr_loss {
    const char *name;
    gr_pointwise pointwise;
    gr_curvatures curvatures; /* w_i d^2 loss / dz^2; in place where both arrays are one */
    double curvature_bound;   /* of d^2 loss / dz^2, everywhere; Inf where there is none */
    bool quadratic;           /* the Hessian is X'DX/W + lambda I, everywhere */
    /*
     * sum w_i (loss(z_i) + loss*(c nu_i) - c nu_i z_i) over the rows, with nu = loss'(z), loss* the conjugate and 0 <= c < 1: what the
     * dual point c nu lacks. NULL where that is (1 - c)^2 loss.
     */
    double (*slack)(const gr_response *response, size_t first, size_t rows, const double *margins, double c);
    /* is every entry of the response in the loss's domain? y is finite already */
    gradus_status (*check_response)(size_t rows, const double *y, gradus_error *error);
    /* w_i times what the curvature should be at the optimum, from y alone, margins unread; NULL where there is a bound */
    gr_curvatures expected;
    /* along a direction on which the loss of a row with this response never rises, the margin 1: does not fall, -1: does not rise, 0:
     * stays; NULL where there always is an optimum */
    int (*side)(double y);
};

extern const gr_loss gr_loss_squares;       /* (z - y)^2 / 2 */
extern const gr_loss gr_loss_logistic;      /* log(1 + exp(z)) - y z, y in {0, 1} */
extern const gr_loss gr_loss_poisson;       /* exp(z) - y z + log(y!), y >= 0 */
extern const gr_loss gr_loss_huber;         /* (z - y)^2 / 2, beyond delta a line */
extern const gr_loss gr_loss_squared_hinge; /* max(0, 1 - (2y - 1) z)^2, y in {0, 1} */

/* labels.c: every finite number is a response; are all labels exactly 0 or 1? */
gradus_status gr_check_any(size_t rows, const double *y, gradus_error *error);
gradus_status gr_check_labels(size_t rows, const double *y, gradus_error *error);

/* response.c: what a pass calls: the loss of the gr_response in `context`, at margins without the offset */
void gr_response_pointwise(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums);
void gr_response_curvatures(const void *context, size_t first, size_t rows, const double *margins,
                            double *curvatures);
/* ... and what the gr_slack in `context` lacks, as the sums' loss; the margins become nothing of use */
typedef struct gr_slack {
    gr_response response;
    double c;
} gr_slack;
void gr_response_slack(const void *context, size_t first, size_t rows, double *margins, gr_sums *sums);
void gr_response_expected(const void *context, size_t first, size_t rows, const double *margins,
                          double *curvatures);

/* What a pointwise loss of several outputs reads beside the margins. */
typedef struct gr_outputs_response {
    const double *y;
    const double *weights;   /* NULL: all 1 */
    const double *offset;    /* m x k, column-major without gaps; NULL: all 0. The margins do not hold it */
    size_t rows, outputs;    /* m and k */
    bool looks;              /* are the minima asked for? */
    const gr_groups *groups; /* of classes, to be asked of every row; NULL: none */
    double *losses; /* out: of each row, without its weight, where `slack` wants them; NULL: nowhere */
} gr_outputs_response;

/* A pointwise loss of k margins a row. The Hessian of a row's loss is at most bound * I, or bound * (I - 11'/k). */
typedef struct gr_outputs_loss {
    const char *name;
    gr_outputs_pointwise pointwise; /* its context is a gr_outputs_response */
    double curvature_bound;
    bool quadratic; /* its Hessian is the bound, everywhere */
    bool balanced;  /* the same number added to every margin of a row changes nothing: I - 11'/k */
    const gr_outputs_curvatures *curvatures; /* its context is a gr_outputs_response; NULL: not known */
    /* gr_loss.slack for several outputs, from what the rows lose; NULL where that is (1 - c)^2 loss */
    double (*slack)(const gr_outputs_response *response, const double *losses, double c);
    size_t (*minima)(
        size_t outputs); /* how many numbers say what separates the classes; NULL: there are no classes */
} gr_outputs_loss;

/* response.c: margins, rows x outputs without gaps, += offset; first is the first of these rows */
void gr_outputs_add_offset(const gr_outputs_response *response, size_t first, size_t rows, double *margins);

/* sum_c (z_c - y_c)^2 / 2, y m x k, column-major without gaps */
extern const gr_outputs_loss gr_loss_squares_multiple;

/* log sum_c exp(z_c) - z_y, y in 0 .. k - 1 */
extern const gr_outputs_loss gr_loss_softmax;

#endif
