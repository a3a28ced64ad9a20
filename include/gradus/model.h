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
     * none; default NULL: none. Non-negative coefficients: lower all 0 */
    const double *lower;
    const double *upper;
    /* constraint ||theta||_2 <= radius, intercept excepted; finite, >= 0; default 0: none */
    double radius;
    /* o, one per row, borrowed, finite: z_i = x_i' theta + o_i in every model; default NULL: all 0 */
    const double *offset;
    /* gradus_huber: delta, above 0, finite; default 1.345, which keeps 95 % of the efficiency of least squares where the errors
     * are normal with standard deviation 1. Holland and Welsch, Comm. Statist. A6 (1977) 813 */
    double huber;
    /* L, m x n doubles, borrowed, finite: what rounding X to double has left out. Where answers go beyond double, with
     * options.refine, in gradus_certify_least_squares and gradus_infer, the data of least squares are X + L; everything else
     * reads X alone. Its copy is kept, not the struct; default NULL: all 0 */
    const gradus_matrix *low;
} gradus_model_options;

/* All zero but for `size`: every default. */
GRADUS_API gradus_model_options gradus_model_options_default(void);

/*
 * With a lasso or constraints the model is loss and ridge, which have a gradient, plus h, which has none: lambda_1 sum |theta_j|
 * within the constraints, Inf outside. A solve then minimises the sum by proximal steps (see GRADUS_METHOD_NESTEROV); it descends a cost, or
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
 * Where the counts of some columns' rows are all 0, the optimum may lie at infinity; a ridge brings it back.
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

#ifdef __cplusplus
}
#endif

#endif
