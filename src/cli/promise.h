/* SPDX-License-Identifier: BSD-3-Clause */
/* What a bar of `gradus verify` is made of, and what its measurements share. docs/accuracy.md derives the formulas. */
#ifndef GR_CLI_PROMISE_H
#define GR_CLI_PROMISE_H

#include "cli/problem.h"

/* The numbers a bar is made of. */
typedef struct gr_promise {
    double rows, cols; /* m, p */
    double data;       /* K: the condition number of the worst coefficient */
    double normal;     /* K': that of the normal equations */
    double condition;  /* kappa: of the standardised columns, or of the logistic Hessian in them */
    double far;        /* the relative error of the start, in the worst coefficient */
    double curvature;  /* the largest of the cost in standardised columns */
} gr_promise;

/* conditioning.c, contraction.c: the two halves of what gr_promise_measure in bar.c puts together. */
gradus_status gr_measure_conditioning(const gr_problem *problem, bool logistic, const double *theta,
                                      gr_promise *promise, gradus_error *error);
gradus_status gr_measure_contraction(const gr_problem *problem, bool logistic, const double *theta,
                                     gr_promise *promise, gradus_error *error);

/* x_i'theta of one row, the intercept included. */
double gr_predict(const gr_problem *problem, const double *theta, size_t row);

/* The weight of a row in the Hessian of its loss: 1, or p(1 - p) for logistic. */
double gr_row_curvature(bool logistic, double prediction);

#endif
