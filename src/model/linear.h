/* SPDX-License-Identifier: BSD-3-Clause */
/* What a solver may know of a linear model beyond its value and gradient. All speak of the model before negation. */
#ifndef GR_MODEL_LINEAR_H
#define GR_MODEL_LINEAR_H

#include "base/pair.h"
#include "model/objective.h"

/* The intercept's entry of theta, 0 without one. */
double gr_model_intercept(const gr_model *model, const double *theta);

/*
 * null_intercept.c: theta of 0 but for the intercepts that are best then. Where there is none, because a class has no rows or all of them,
 * false, and it lies where the residuals have vanished.
 */
bool gr_model_begin_at_nothing(const gr_model *model, double *theta);

/* linear.c: of a model with one response and a quadratic loss */
const gr_objective_kind *gr_least_squares_kind(void);

/* Another lasso for the model, which must be a copy of one's own. */
void gr_model_set_lasso(gr_model *model, double lasso);

/* What the loss reads of rows that begin with the model's first */
gr_response gr_model_response(const gr_model *model);
/* outputs.c: the same of several outputs; it asks of no separation */
gr_outputs_response gr_model_outputs_response(const gr_model *model);

/* lambda u'v over the penalised entries; without a ridge 0 even where u'v overflows. */
double gr_model_ridge(const gr_model *model, const double *u, const double *v);

/* What of X'r a pass is to give: 1/W, or 1 where that is no normal number. */
double gr_model_share(const gr_model *model);

/* Value and gradient (may be NULL) from what a pass has added up: X'r/W + lambda theta, the intercept's entry sum r / W. */
void gr_model_finish(const gr_model *model, const gr_sums *sums, const double *theta, double *value,
                     double *gradient);

/* Names the first element of X that is NaN or Inf: gr_objective_kind.find_bad_data. */
gradus_status gr_model_find_bad_data(gr_workspace *work, gradus_error *error);

/* linear_batch.c: what batch.h says, for a model. */
bool gr_model_batch_doubles(const gr_model *model, int threads, size_t rows, size_t *doubles);
void gr_model_batch_open(const gr_model *model, gr_workspace *work, size_t rows, double *memory);
gradus_status gr_model_evaluate_batch(const gradus_objective *f, gr_workspace *work,
                                      const gradus_batch *batch, const double *theta, double *value,
                                      double *gradient);

/*
 * hessian.c: P = b/W [X 1]'D[X 1] + lambda I, p x p, column-major, its upper triangle. b is the loss's curvature bound, or with
 * `reweighted` D the loss's curvatures at theta, and b 1. Of a loss without a bound D are the curvatures that are expected at the
 * optimum, and b is 1. Value and gradient at theta in the same read.
 */
gradus_status gr_model_hessian(const gr_model *model, gr_workspace *work, const gradus_allocator *allocator,
                               const double *theta, bool reweighted, double *value, double *gradient,
                               double *P);

/*
 * P = 1/W [X 1]'C[X 1] + lambda I, C = diag(curvatures), from `rows` random rows, all of them where X has no more; one read, or
 * rows / m of one. A sample's P is scaled so that its rows stand for all.
 */
gradus_status gr_model_curved_hessian(const gr_model *model, gr_workspace *work,
                                      const gradus_allocator *allocator, const double *curvatures,
                                      size_t rows, double *P);

/*
 * hessian_outputs.c: P = the Hessian of several outputs at theta, N x N, column-major, its upper triangle; with `definite` made so where
 * it is 0 because the outputs have something in common, and otherwise where their intercepts have. Only where the loss knows its curvatures, or is quadratic. One read.
 */
gradus_status gr_model_outputs_hessian(const gr_model *model, gr_workspace *work,
                                       const gradus_allocator *allocator, const double *theta, bool definite,
                                       double *P);

/* Hv = 1/W [X 1]'D[X 1] v + lambda v for least squares. One read. */
void gr_model_apply_hessian(const gr_model *model, gr_workspace *work, const double *v, double *Hv);

/* The bound P alone, whatever the number of outputs; estimated from `rows` random rows where that is not 0: rows / m of a read. */
gradus_status gr_model_sampled_hessian(const gr_model *model, gr_workspace *work,
                                       const gradus_allocator *allocator, size_t rows, double *P);

/*
 * along.c: the model on the line theta + alpha d, once the margins z = X theta and q = X d are known: then a value costs O(m).
 * q is the difference of the margins at two points of the line.
 */
typedef struct gr_along {
    double *z, *q;                        /* m doubles each, lent by the owner */
    double theta_square, mixed, d_square; /* lambda theta'theta, lambda theta'd, lambda d'd */
} gr_along;
/* z = X theta: one read, where no evaluation has left it */
void gr_model_margins(const gr_model *model, gr_workspace *work, const double *theta, double *z);
/* on entry q holds the margins at theta + alpha d */
void gr_model_along_begin(const gr_model *model, const double *theta, const double *d, double alpha,
                          gr_along *along);
void gr_model_along(const gr_model *model, gr_workspace *work, const gr_along *along, double alpha,
                    double *value, double *slope);

/* precise.c: W, whose rounding a large ridge would otherwise carry into theta */
gr_pair gr_model_weight(const gr_model *model);

/* precise.c: the gradient of least squares at theta = high + low, everything in twice the precision, rounded at the end. */
bool gr_model_precise_doubles(const gr_model *model, const gr_workspace *work, size_t *doubles);
void gr_model_precise_gradient(const gr_model *model, gr_workspace *work, const gr_pair *theta,
                               double *memory, double *gradient);

#endif
