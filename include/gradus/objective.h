/* SPDX-License-Identifier: BSD-3-Clause */
/* A function to descend or to climb. */
#ifndef GRADUS_OBJECTIVE_H
#define GRADUS_OBJECTIVE_H

#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * An objective is immutable once made: any number of threads may solve with one at once. It copies the structs it
 * is made from and borrows data, response, weights and context, unchanged, until it is freed.
 */
typedef struct gradus_objective gradus_objective;

/*
 * f(theta) and its gradient in one call.
 *
 *   context    the pointer given to gradus_function
 *   n          the number of variables
 *   theta      n doubles, the point; finite
 *   value      out: f(theta)
 *   gradient   out: n doubles, the partial derivatives; NULL when only the value is wanted
 *
 * Returns 0; or GRADUS_REJECT where f is not defined (NaN or Inf in value or gradient mean the same), and a line
 * search then takes a shorter step; or any number above 0, which ends the solve and is handed back to its caller.
 */
typedef gradus_status (*gradus_callback)(void *context, size_t n, const double *theta, double *value,
                                         double *gradient);

/*
 * Makes an objective of the caller's function of n >= 1 variables. *objective is written only on success.
 * Errors: GRADUS_ERROR_NULL, GRADUS_ERROR_EMPTY, GRADUS_ERROR_MEMORY.
 */
GRADUS_API gradus_status gradus_function(size_t n, gradus_callback callback, void *context,
                                         gradus_objective **objective);

/* Some rows of a function that is a mean over rows. A row may be named more than once. */
typedef struct gradus_batch {
    size_t first;       /* rows first .. first + count, where `rows` is NULL */
    size_t count;       /* how many; >= 1 */
    const size_t *rows; /* otherwise these `count` rows, in this order; valid during the call */
} gradus_batch;

/*
 * The mean of f_i(theta) over some rows i, and its gradient, in one call.
 *
 *   context    the pointer given to gradus_function_batched
 *   n          the number of variables
 *   theta      n doubles, the point; finite
 *   batch      the rows: b = batch->count of them
 *   value      out: 1/b * sum of f_i(theta) over the rows
 *   gradient   out: n doubles, its partial derivatives; NULL when only the value is wanted
 *
 * A term of f that is not a mean over rows, a penalty say, belongs to every f_i. Returns as gradus_callback does.
 */
typedef gradus_status (*gradus_batch_callback)(void *context, size_t n, const double *theta,
                                               const gradus_batch *batch, double *value, double *gradient);

/*
 * Makes an objective of a function of n >= 1 variables that is a mean over `rows` >= 1 rows,
 *
 *   f(theta) = 1/rows * sum of f_i(theta) over i = 0 .. rows - 1.
 *
 * Every method takes it; those that read a batch of rows a step need one of these, or a model. A full evaluation is
 * one call, with first = 0, count = rows, rows = NULL. A pass is as many rows asked for as f has.
 * *objective is written only on success. Errors: GRADUS_ERROR_NULL, GRADUS_ERROR_EMPTY, GRADUS_ERROR_MEMORY.
 */
GRADUS_API gradus_status gradus_function_batched(size_t n, size_t rows, gradus_batch_callback callback,
                                                 void *context, gradus_objective **objective);

/*
 * g = -f, exactly: value and gradient of g are those of f with the sign bit turned. Descending g visits, bit for
 * bit, the same iterates as ascending f. g is a copy, independent of f's life; both borrow the same data.
 * Errors: GRADUS_ERROR_NULL, GRADUS_ERROR_MEMORY.
 */
GRADUS_API gradus_status gradus_negate(const gradus_objective *f, gradus_objective **g);

/* The number of entries of theta: n of a function; columns of X, plus one where the model has an intercept. 0 for NULL. */
GRADUS_API size_t gradus_objective_size(const gradus_objective *f);

/* How many columns of coefficients theta holds one behind the other, gradus_objective_size(f) / outputs entries each: the classes of
 * gradus_softmax, the responses of gradus_least_squares_multiple; 1 of everything else. 0 for NULL. */
GRADUS_API size_t gradus_objective_outputs(const gradus_objective *f);

/*
 * f(theta) and, unless `gradient` is NULL, its gradient. theta and gradient: gradus_objective_size(f) doubles.
 * Cost for a model or a function over rows: one pass. The value may be Inf or NaN; the call still returns 0 then.
 * Errors: GRADUS_ERROR_NULL, GRADUS_ERROR_MEMORY, and whatever a callback returned.
 */
GRADUS_API gradus_status gradus_objective_evaluate(const gradus_objective *f, const double *theta,
                                                   double *value, double *gradient);

/* Frees an objective; NULL is fine. The data it borrowed is untouched. */
GRADUS_API void gradus_objective_free(gradus_objective *objective);

/* What gradus_check_gradient measured. Filled by gradus; needs no initialisation. */
typedef struct gradus_gradient_check {
    /* the worst direction's |difference - derivative| / ||scaled gradient||; 1e-9 is typical of a right gradient */
    double error;
    /* the error above which the gradient is called wrong: 1e-6 */
    double limit;
    /* the coordinate with the worst error, GRADUS_NOWHERE when the gradient passed */
    size_t coordinate;
    /* calls of f that were spent */
    size_t evaluations;
    /* zero */
    double reserved[4];
} gradus_gradient_check;

/*
 * Is the gradient of f at theta the derivative of its value?
 *
 *   compares  (f(theta + h v) - f(theta - h v)) / 2h   with   v' grad f(theta)
 *
 * along 3 random directions v (fixed seed; entries +-max(1, |theta_j|)) for h = 1e-2, ..., 1e-7, best h counts.
 * Cost: at most 37 evaluations whatever n is; on failure 24 ceil(log2 n) more find the coordinate.
 *
 * theta: gradus_objective_size(f) finite doubles. result may be NULL. error may be NULL.
 * Returns 0 when they agree; GRADUS_ERROR_GRADIENT when not (result->coordinate says where);
 * GRADUS_ERROR_GRADIENT_UNKNOWN when rounding drowns the differences; GRADUS_ERROR_START_VALUE when f or its
 * gradient is not finite at theta; GRADUS_ERROR_START_NOT_FINITE, GRADUS_ERROR_NULL, GRADUS_ERROR_MEMORY.
 * Source: Dennis and Schnabel, Numerical Methods for Unconstrained Optimization, SIAM 1996, section 5.6.
 */
GRADUS_API gradus_status gradus_check_gradient(const gradus_objective *f, const double *theta,
                                               gradus_gradient_check *result, gradus_error *error);

#ifdef __cplusplus
}
#endif

#endif
