/* SPDX-License-Identifier: BSD-3-Clause */
/* Linear models as objectives: data matrix, response, weights, loss and penalty. */
#ifndef GRADUS_MODEL_H
#define GRADUS_MODEL_H

#include "matrix.h"
#include "objective.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * What a model may have beside X and y. Begin with gradus_model_options_default(); pass NULL for all defaults.
 * Zero in a field means its default.
 */
typedef struct gradus_model_options {
    /* sizeof(gradus_model_options), set by gradus_model_options_default() */
    size_t size;
    /* lambda, finite and >= 0: adds (lambda/2) * sum of theta_j^2, intercept excepted; default 0 */
    double ridge;
    /* w, one per row, borrowed: finite, >= 0, not all 0; weight k counts the row k times; default NULL: all 1 */
    const double *weights;
    /* non-zero appends one unpenalised coefficient, LAST in theta; default 0 */
    int intercept;
    /* copied; default NULL: malloc and free */
    const gradus_allocator *allocator;
    /* written when the call fails; default NULL */
    gradus_error *error;
    /* lambda_1, finite and >= 0: adds lambda_1 * sum of |theta_j|, intercept excepted; default 0. Beside a ridge: the elastic net.
     * Tibshirani, J. R. Statist. Soc. B 58 (1996) 267; Zou and Hastie, J. R. Statist. Soc. B 67 (2005) 301 */
    double lasso;
    /* constraints lower_j <= theta_j <= upper_j, one entry for each column of X, borrowed; -INFINITY in lower and INFINITY in upper:
     * none; default NULL: none. Non-negative coefficients: lower all 0. With k outputs n x k, output after output; a class whose
     * bounds are all 0 is a reference */
    const double *lower;
    const double *upper;
    /* constraint ||theta||_2 <= radius, intercepts excepted, all outputs together; finite, >= 0; default 0: none */
    double radius;
    /* o, one per row, borrowed, finite: z_i = x_i' theta + o_i in every model; default NULL: all 0. With k outputs m x k, output
     * after output without gaps (column-major): z_ic = x_i' theta_c + o_ic; the same o for every class would change no p */
    const double *offset;
    /* gradus_huber: delta, above 0, finite; default 1.345, which keeps 95 % of the efficiency of least squares where the errors
     * are normal with standard deviation 1. Holland and Welsch, Comm. Statist. A6 (1977) 813 */
    double huber;
    /* L, m x n doubles, borrowed, finite: what rounding X to double has left out. Where answers go beyond double, with
     * options.refine, in gradus_certify_least_squares and gradus_infer, the data of least squares are X + L; everything else
     * reads X alone. Its copy is kept, not the struct; default NULL: all 0. |l_ij| is not compared with |x_ij|, which would take
     * a read of X: products with L are rounded to double, so that digits beyond double come only from an L of rounding's size.
     * Where X + L is so far from X that its factorisation does not hold, refinement ends as GRADUS_STOP_STALLED, gradus_infer
     * with GRADUS_ERROR_RANK_DEFICIENT, and error_bound is Inf */
    const gradus_matrix *low;
} gradus_model_options;

/* All zero but for `size`: every default. */
GRADUS_API gradus_model_options gradus_model_options_default(void);

/*
 * With a lasso or constraints the model is loss and ridge, which have a gradient, plus h, which has none: lambda_1 sum |theta_j|
 * within the constraints, Inf outside. A solve then minimises the sum (see GRADUS_METHOD_COORDINATE); it descends a cost, or
 * climbs its negative. gradus_objective_evaluate adds lambda_1 sum |theta_j| to the value and lambda_1 sign(theta_j) to the gradient, a
 * subgradient, and knows nothing of the constraints. gradus_check_gradient looks at loss and ridge.
 */

/*
 * Least squares, to descend (or its negative to ascend); with an offset o it is that of y - o:
 *
 *   J(theta) = 1/(2W) * sum_i w_i (x_i' theta - y_i)^2 + (lambda/2) ||theta||^2,      W = sum_i w_i
 *   grad J   = 1/W * X' D (X theta - y) + lambda theta,                              D = diag(w)
 *
 * Without weights W = m and grad J = X'(X theta - y)/m, the textbook's. Convex and quadratic; curvature in the
 * scale of X, at most lambda_max(X'DX)/W + lambda.
 *
 *   X         m x n, finite (checked by the first pass of a solve), borrowed
 *   y         m finite doubles, borrowed
 *   options   may be NULL
 *   objective out, written only on success; free it with gradus_objective_free
 *
 * Cost: none over X; y and the weights are read once. An evaluation costs one pass over X.
 * Errors: GRADUS_ERROR_NULL, _EMPTY, _LEADING_DIMENSION, _SIZE_OVERFLOW, _TOO_LARGE, _STRUCT_SIZE, _OPTION,
 * _RESPONSE_NOT_FINITE, _WEIGHT, _MEMORY, _BLAS_INTEGERS.
 */
GRADUS_API gradus_status gradus_least_squares(const gradus_matrix *X, const double *y,
                                              const gradus_model_options *options,
                                              gradus_objective **objective);

/*
 * Logistic regression as a convex cost, to descend: with z_i = x_i' theta + o_i,
 *
 *   f(theta) = 1/W * sum_i w_i (log(1 + exp(z_i)) - y_i z_i) + (lambda/2) ||theta||^2
 *   grad f   = 1/W * X' D (p - y) + lambda theta,        p_i = 1/(1 + exp(-z_i))
 *
 * Finite for every finite z (branch on the sign, log1p). Curvature at most lambda_max(X'DX)/(4W) + lambda.
 * y: labels, exactly 0 or 1. Otherwise as gradus_least_squares, with GRADUS_ERROR_LABEL for a bad label.
 * Source: McCullagh and Nelder, Generalized Linear Models, 2nd ed., Chapman and Hall 1989, chapter 4.
 */
GRADUS_API gradus_status gradus_logistic(const gradus_matrix *X, const double *y,
                                         const gradus_model_options *options, gradus_objective **objective);

/*
 * The same model as a concave mean log-likelihood, to ascend: exactly -f of gradus_logistic, bit for bit,
 * penalty included:
 *
 *   l(theta) = 1/W * sum_i w_i (y_i log p_i + (1 - y_i) log(1 - p_i)) - (lambda/2) ||theta||^2
 *
 * A textbook's step on the sum over rows is W times a step here: 0.001 on the sum of 100 rows is 0.1.
 */
GRADUS_API gradus_status gradus_log_likelihood(const gradus_matrix *X, const double *y,
                                               const gradus_model_options *options,
                                               gradus_objective **objective);

/*
 * Poisson regression with log link as a convex cost, to descend: with z_i = x_i' theta + o_i and means mu_i = exp(z_i),
 *
 *   f(theta) = 1/W * sum_i w_i (mu_i - y_i z_i + log(y_i!)) + (lambda/2) ||theta||^2
 *   grad f   = 1/W * X' D (mu - y) + lambda theta
 *
 * Without a ridge -W f is the log-likelihood; gradus_negate makes the function to climb. An exposure t_i enters as the offset
 * log(t_i). y: counts, or any finite numbers >= 0. The terms that cancel where y is large are never formed.
 *
 * The curvature mu_i has no bound. Metrics that want one take what it should be at the optimum: w_i (y_i + 1/10) in the place
 * of b w_i in GRAM, and elsewhere as b its weighted mean. A gradient at the start that is huge says nothing of the optimum; by
 * default theta itself must be accurate (see gradient_tolerance in solver.h).
 * Where the counts of some columns' rows are all 0, the optimum may lie at infinity: a solve then ends with GRADUS_STOP_NO_OPTIMUM. A
 * ridge brings it back.
 * Otherwise as gradus_least_squares, with GRADUS_ERROR_COUNT for a negative y.
 * Source: McCullagh and Nelder, Generalized Linear Models, 2nd ed., Chapman and Hall 1989, chapter 6.
 */
GRADUS_API gradus_status gradus_poisson(const gradus_matrix *X, const double *y,
                                        const gradus_model_options *options, gradus_objective **objective);

/*
 * Huber's robust regression, to descend: with r_i = x_i' theta + o_i - y_i and delta = options->huber,
 *
 *   f(theta) = 1/W * sum_i w_i rho(r_i) + (lambda/2) ||theta||^2,   rho(r) = r^2/2 for |r| <= delta, else delta |r| - delta^2/2
 *   grad f   = 1/W * X' D psi(r) + lambda theta,                    psi(r) = r cut off at -delta and delta
 *
 * Convex; curvature at most that of least squares. delta is in the unit of y: an error of scale s wants 1.345 s.
 * y: any finite numbers. Otherwise as gradus_least_squares.
 * Source: Huber, Ann. Math. Statist. 35 (1964) 73.
 */
GRADUS_API gradus_status gradus_huber(const gradus_matrix *X, const double *y,
                                      const gradus_model_options *options, gradus_objective **objective);

/*
 * The squared hinge, a support vector machine's smooth loss, to descend: with s_i = 2 y_i - 1 and z_i = x_i' theta + o_i,
 *
 *   f(theta) = 1/W * sum_i w_i max(0, 1 - s_i z_i)^2 + (lambda/2) ||theta||^2
 *   grad f   = -2/W * sum_i w_i s_i max(0, 1 - s_i z_i) x_i + lambda theta
 *
 * Convex; curvature at most 2 lambda_max(X'DX)/W + lambda. Classes that can be separated have an optimum of value 0, which is not
 * unique: no run ends as SEPARABLE. The cost of LIBLINEAR's primal L2-loss, 1/2 ||theta||^2 + C sum max(0, 1 - s z)^2, has
 * lambda = 1/(C m).
 * y: labels, exactly 0 or 1. Otherwise as gradus_least_squares, with GRADUS_ERROR_LABEL for a bad label.
 * Source: Chang, Hsieh and Lin, J. Machine Learning Research 9 (2008) 1369.
 */
GRADUS_API gradus_status gradus_squared_hinge(const gradus_matrix *X, const double *y,
                                              const gradus_model_options *options,
                                              gradus_objective **objective);

/*
 * Least squares with k responses in one pass: k problems that share X, weights, ridge and intercept,
 *
 *   J(theta) = 1/(2W) * sum_i w_i sum_c (x_i' theta_c + o_ic - Y_ic)^2 + (lambda/2) sum_c ||theta_c||^2
 *
 * the sum of k gradus_least_squares. theta holds the coefficients response by response, n of each (n + 1 with an intercept,
 * the last of the response). The metric GRAM is the Hessian, one factorisation for all responses; a solve with everything
 * automatic refines in it as gradus_least_squares does, all responses until the last is done. Where it breaks down (condition
 * of the columns above about 1e7) L-BFGS goes on with a little of its diagonal added; solve badly conditioned responses one
 * by one.
 *
 *   Y           m x k finite doubles, response after response without gaps (column-major), borrowed
 *   responses   k >= 1
 *
 * With a lasso, bounds or both every response is a lasso of its own; a radius holds them together. Up to 1024 coefficients a solve then goes
 * coordinate by coordinate on the Gram matrix, beyond by FISTA.
 *
 * Cost: an evaluation is one pass over X, about 4 m n k flops by cblas_dgemm. Refused as for gradus_softmax: batches, the
 * compressed form, refinement in twice the precision, HESSIAN (which is GRAM), low.
 * Errors: as gradus_least_squares; GRADUS_ERROR_OPTION for 0 responses.
 */
GRADUS_API gradus_status gradus_least_squares_multiple(const gradus_matrix *X, const double *Y,
                                                       size_t responses, const gradus_model_options *options,
                                                       gradus_objective **objective);

/*
 * Multinomial logistic regression as a convex cost, to descend: with k classes, z_ic = x_i' theta_c + o_ic and
 * p_ic = exp(z_ic) / sum_d exp(z_id),
 *
 *   f(theta) = 1/W * sum_i w_i (log sum_c exp(z_ic) - z_i,y_i) + (lambda/2) sum_c ||theta_c||^2
 *   grad_c f = 1/W * X' D (p_c - [y = c]) + lambda theta_c
 *
 * theta holds the coefficients class by class, class 0 first: n of each (n + 1 with an intercept, the last of the class and
 * unpenalised). -W f is the log-likelihood without the penalty; gradus_negate makes the function to ascend. Finite for every
 * theta whose margins are no further apart than the largest double. The Hessian is at most
 * (I - 11'/k)/2 (x) X'DX/W + lambda I, which is the metric GRAM here: one n x n factorisation for all classes.
 *
 * Every class has its coefficients, none is a reference. The same vector added to all theta_c changes no p: without ridge the
 * minimum is a plane, a solve keeps the mean of the theta_c it started with, and from 0 it ends where sum_c theta_c = 0, the
 * shortest answer and the limit of those with a ridge that goes to 0. With a ridge sum_c theta_c = 0 at the minimum, but for
 * the intercepts. Where k = 2, theta_1 - theta_0 is gradus_logistic's theta, with lambda/2 there for lambda here.
 *
 *   y         m labels, each a whole number from 0 to classes - 1, borrowed. A class without rows has no finite optimum beside an
 *             intercept
 *   classes   k >= 2, or 0: the largest label plus 1, at least 2. See gradus_objective_outputs
 *
 * A lasso is that of every coefficient by itself, lambda_1 sum_c sum_j |theta_cj|, and settles what the likelihood leaves open: of theta_c
 * + u it takes the u that makes the sum least. The duality gap is that of the entropy, the conjugate of log sum exp. Up to 1024
 * coefficients a solve goes coordinate by coordinate on the Hessian of all classes, beyond by FISTA, which takes many more passes. Where
 * k = 2, theta_1 - theta_0 is gradus_logistic's with the same lasso.
 *
 * Where a theta classifies every row without error, or cuts one class or a group of classes off from all others, and there is no
 * ridge, no optimum exists: a solve then ends with GRADUS_STOP_SEPARABLE, and gradus_separating_direction says along which
 * direction. (Groups are looked for among up to 64 classes.)
 *
 * Cost: an evaluation is one pass over X, about 4 m n k flops by cblas_dgemm; sums of 32 k (n + k) doubles at most. Batches, the
 * compressed form, refinement and SAMPLED_HESSIAN are refused with
 * GRADUS_ERROR_UNSUPPORTED; low, which is for least squares with one output, with GRADUS_ERROR_OPTION.
 * Errors: as gradus_logistic; GRADUS_ERROR_OPTION for 1 class.
 * Source: Bohning, Multinomial logistic regression algorithm, Ann. Inst. Statist. Math. 44 (1992) 197.
 */
GRADUS_API gradus_status gradus_softmax(const gradus_matrix *X, const double *y, size_t classes,
                                        const gradus_model_options *options, gradus_objective **objective);

/*
 * The direction D along which a model without a finite optimum falls for ever, when a solve has ended with GRADUS_STOP_SEPARABLE at theta:
 *
 *   logistic   D = theta itself; margin = min over rows of (2y_i - 1) x_i'D
 *   softmax    D_c = the mean of theta's columns over c's group, where groups are every class by itself, one class and all others,
 *              or several groups of classes; margin = min over rows and over groups that are not y_i's of x_i'D_(y_i) - x_i'D_c
 *
 * with the intercept as one of the coefficients, and rows of weight 0 left out. A margin above 0 is the proof: from any theta on,
 * f(theta + t D) falls as t grows, so that no finite optimum exists without a penalty. It speaks of X and y alone, whatever ridge and
 * offset are. Otherwise, and for Poisson regression, margin 0 and a D that is not 0 say that f never rises along D and falls on some
 * rows, so that no finite optimum exists either, the end of a run that says GRADUS_STOP_NO_OPTIMUM:
 *
 *   logistic   (2y_i - 1) x_i'D >= 0 on all rows, > 0 on one      softmax   x_i'D_(y_i) - x_i'D_c >= 0 for all c, > 0 for one
 *   Poisson    x_i'D = 0 where y_i > 0, x_i'D <= 0 where y_i = 0, < 0 on one row
 *
 * and D_j = 0 where a ridge, a lasso, a radius or two bounds hold theta_j, D_j of one sign where one bound does. There a row counts as on
 * the plane where |x_i'D| <= 1e-12 ||x_i|| ||D|| in columns of one length. Where this theta shows neither, D is 0: up to 512
 * coefficients, and only theta far along D shows it. The same for a model and its negative.
 *
 *   theta       gradus_objective_size(f) doubles
 *   direction   out: as many; may not be theta
 *   margin      out
 *
 * Cost: one pass over X, two for softmax; for a D of margin 0 at most 24 more, and N^2 memory.
 * Errors: GRADUS_ERROR_NULL, GRADUS_ERROR_MEMORY; GRADUS_ERROR_UNSUPPORTED for objectives of neither classes nor counts.
 * Source: Albert and Anderson, Biometrika 71 (1984) 1; Correia, Guimaraes and Zylkin, arXiv:1903.01633 (2019).
 */
GRADUS_API gradus_status gradus_separating_direction(const gradus_objective *f, const double *theta,
                                                     double *direction, double *margin);

#ifdef __cplusplus
}
#endif

#endif
