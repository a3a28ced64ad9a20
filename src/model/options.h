/* SPDX-License-Identifier: BSD-3-Clause */
/* Model options and response, read and checked: what the objective and the closed form both begin with. */
#ifndef GR_MODEL_OPTIONS_H
#define GR_MODEL_OPTIONS_H

#include "gradus/model.h"
#include "model/objective.h"

/* The options with defaults filled in; *error is where to report (NULL when there is none). */
gradus_status gr_model_options_read(const gradus_model_options *given, gradus_model_options *options);

/* Checks X's shape and the weights, and that there is a response, and makes of them all of a model but its loss. */
gradus_status gr_model_begin(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                             gr_model *model);

/* Checks X's shape, y, weights and options and makes the model of them. Reads no element of X. */
gradus_status gr_model_make(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                            const gr_loss *loss, gr_model *model);

/* Is the Hessian X'DX/W + lambda I, everywhere, for each output? */
bool gr_model_is_quadratic(const gr_model *model);

/* Takes lasso and constraints into the model, whose number of outputs is known, and checks them. */
gradus_status gr_model_make_penalty(const gradus_model_options *options, gr_model *model);

/* Entries of theta for one output: columns, plus one with intercept. */
size_t gr_model_size(const gr_model *model);

/* Outputs, 1 or more; and the coefficients that penalties and constraints speak of, those of columns, of all outputs. */
size_t gr_model_outputs(const gr_model *model);
size_t gr_model_penalised(const gr_model *model);

#endif
