/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * gradus: gradient descent and gradient ascent on linear models and on any function of your own.
 *
 * This is the only header to include. Read the parts in this order:
 *
 *     status.h      what a call returns, and the sentence and the measured number behind it
 *     matrix.h      a borrowed view of the data matrix X
 *     objective.h   a function to descend or to climb: your own, negated, evaluated, checked
 *     model.h       least squares and logistic regression as objectives
 *     solver.h      gradus_descend, gradus_ascend, their options and their report
 *     reference.h   closed-form least squares by LAPACK, and the certificate that judges an answer
 *     inference.h   standard errors, tests and intervals of an unpenalised fit
 */
#ifndef GRADUS_H
#define GRADUS_H

#include "gradus/inference.h"
#include "gradus/matrix.h"
#include "gradus/model.h"
#include "gradus/objective.h"
#include "gradus/reference.h"
#include "gradus/solver.h"
#include "gradus/status.h"

#endif
