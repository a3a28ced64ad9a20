/* SPDX-License-Identifier: BSD-3-Clause */
/* What a fit says of the population that its rows were drawn from: standard errors, tests, intervals, likelihood. */
#ifndef GRADUS_INFERENCE_H
#define GRADUS_INFERENCE_H

#include "objective.h"
#include "status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Begin with gradus_infer_options_default(), or pass NULL. Zero in a field means its default. */
typedef struct gradus_infer_options {
    /* sizeof(gradus_infer_options), set by gradus_infer_options_default() */
    size_t size;
    /* of the intervals, above 0, below 1; default 0.95 */
    double confidence;
    /* copied; default NULL: malloc and free */
    const gradus_allocator *allocator;
    /* written when the call fails; default NULL */
    gradus_error *error;
    /* non-zero, least squares: the inverse is corrected in twice the precision until every entry is right to about 15 digits, for
     * the data as stored and model options' low; costs about two passes a coefficient. Default 0 */
    int refine;
} gradus_infer_options;

/* All zero but for `size`: every default. */
GRADUS_API gradus_infer_options gradus_infer_options_default(void);

/* What is said of the fit as a whole. Filled by gradus; needs no initialisation. W is the sum of the weights, p the size of theta,
 * of softmax that of the contrasts, (classes - 1)/classes of it; in W - p that of one response. */
typedef struct gradus_inference {
    double
        log_likelihood; /* at theta; of least squares that of normal errors with variance RSS/W, for several responses their sum */
    double aic; /* 2 k - 2 log_likelihood, k = p, and one more for each variance of least squares */
    double bic; /* k log W - 2 log_likelihood */
    /* 1 - RSS/TSS, TSS about the mean with intercept, otherwise about 0. NaN but for least squares with one response */
    double r_squared;
    double adjusted_r_squared; /* 1 - (RSS/(W - p)) / (TSS/(W - 1)); without intercept TSS/W */
    double dispersion;         /* least squares: RSS/(W - p), NaN for several responses; otherwise 1 */
    double degrees_of_freedom; /* W - p */
    double confidence;         /* of the intervals estimate -+ quantile * standard error */
    double quantile;    /* of Student's t with W - p degrees of freedom for least squares; otherwise normal */
    double condition;   /* of D^(1/2) [X 1] in columns scaled by powers of two, LAPACK's estimate */
    size_t student;     /* 1: the statistics estimate / standard error are t; 0: z */
    double reserved[8]; /* zero */
} gradus_inference;

/*
 * Inference at the optimum theta of an unpenalised likelihood: least squares, with several responses too, logistic, softmax and Poisson
 * regression, in either sign.
 *
 *   covariance = dispersion * (A'A)^(-1),    A = D^(1/2) [X 1],    D = diag(w_i d^2 loss/dz^2 at theta)
 *
 * the inverse of the observed information, from a QR factorisation of A: the condition is not squared.
 *
 * Softmax has its coefficients but for what all classes have in common, and class 0 is the reference: the entries of class c speak of
 * theta_c - theta_0, those of class 0 are 0. Any other contrast has its variance from the covariance, as V_cc + V_dd - 2 V_cd for
 * theta_c - theta_d. The information is sum_i w_i (diag(p_i) - p_i p_i') (x) x_i x_i' over the other classes.
 *
 * Of several responses each has the standard errors of its own fit; between the responses c and d the covariance is
 * S_cd (X'DX)^(-1), S_cd = sum_i w_i r_ic r_id / (W - p).
 *
 *   f               the objective
 *   theta           its optimum, gradus_objective_size(f) doubles
 *   options         may be NULL
 *   out             the facts of the fit
 *   standard_errors size(f) doubles: square roots of the covariance's diagonal; may be NULL
 *   covariance      size(f)^2 doubles, symmetric; may be NULL
 *
 * Nothing is written unless the call succeeds. Weights count rows: W, not the number of rows, is the size of the sample.
 * Errors: GRADUS_ERROR_NULL, _STRUCT_SIZE, _OPTION, _UNSUPPORTED (a caller's function, Huber, squared hinge: no likelihood),
 * _PENALISED (a ridge), _START_NOT_FINITE, _START_VALUE, _DATA_NOT_FINITE, _NOT_OPTIMUM (a Newton step would move the fit by more
 * than 1e-4 of its standard error, or theta separates the classes), _DEGREES_OF_FREEDOM (least squares, W <= p),
 * _RANK_DEFICIENT (with refine also where the corrections do not shrink), _TOO_LARGE, _MEMORY, _LAPACK.
 * Cost: two passes, one of them a copy of X, and the work and memory of a QR factorisation of that copy. Least squares: three passes, for
 * it copies X a second time, for its residuals in twice the precision. k responses: that k times, 3 k passes, and k more where the
 * covariance is asked for. k classes: three passes, and (k - 1)^2 copies of X. Logistic, Poisson and softmax regression read as many rows again as
 * theta has entries, to see that an optimum exists, and up to 24 passes more where that is in doubt.
 * Source: Seber and Lee, Linear Regression Analysis, 2nd ed., Wiley 2003, chapter 3; McCullagh and Nelder, Generalized Linear
 * Models, 2nd ed., sections 2.5, 5.2 and 9.
 */
GRADUS_API gradus_status gradus_infer(const gradus_objective *f, const double *theta,
                                      const gradus_infer_options *options, gradus_inference *out,
                                      double *standard_errors, double *covariance);

/*
 * The probability that |statistic| is this large or larger where the true coefficient is 0: two-sided, Student's t or normal as
 * out->student says. A statistic of NaN gives NaN. Abramowitz and Stegun, 26.2 and 26.7.
 */
GRADUS_API double gradus_p_value(const gradus_inference *inference, double statistic);

#ifdef __cplusplus
}
#endif

#endif
