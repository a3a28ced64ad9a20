/* SPDX-License-Identifier: BSD-3-Clause */
/* The models of `gradus fit --model`, one row each: all that the program knows of them. */
#ifndef GR_CLI_MODELS_H
#define GR_CLI_MODELS_H

#include <stdbool.h>

#include "gradus/model.h"

/* The number of a row of gr_models. The first two are also what `bool logistic` says elsewhere. */
typedef enum gr_fit_model {
    GR_FIT_LEAST_SQUARES = 0,
    GR_FIT_LOGISTIC = 1,
    GR_FIT_POISSON,
    GR_FIT_HUBER,
    GR_FIT_SQUARED_HINGE,
    GR_FIT_SOFTMAX,
    GR_FIT_MODELS /* how many there are */
} gr_fit_model;

typedef gradus_status gr_model_maker(const gradus_matrix *X, const double *y,
                                     const gradus_model_options *options, gradus_objective **objective);

/* The same with so many outputs: responses behind each other, or classes. */
typedef gradus_status gr_outputs_maker(const gradus_matrix *X, const double *y, size_t outputs,
                                       const gradus_model_options *options, gradus_objective **objective);

typedef struct gr_model_row {
    const char *word;                /* of --model and of JSON */
    gr_model_maker *cost;            /* to descend; NULL: has several outputs always */
    gr_outputs_maker *several;       /* to descend, with several outputs; NULL: has one alone */
    gr_model_maker *gain;            /* to climb; NULL: the negated cost */
    const char *cost_is, *gain_is;   /* what a value is, in words */
    const char *cost_sign;           /* how a picture calls the cost */
    const char *gain_sign, *formula; /* and what is climbed, and what that is */
    const char *response_wanted; /* what the response has to be, as the end of a sentence; NULL: any number */
    /* `gradus predict`: the title of what is predicted, and how it is made in place of the linear predictors z, one for each class of
     * softmax or response, otherwise one alone, with its offset; NULL: z itself */
    const char *predicted;
    void (*predict)(size_t outputs, double *z);
    /* minus twice the log-likelihood above that of a fit which meets the response y exactly; NULL: no likelihood of this kind */
    double (*deviance)(double y, double z);
    bool quadratic;  /* has a closed form */
    bool separable;  /* an unpenalised optimum may lie at infinity, which the solver finds out */
    bool classifies; /* predicts a column `class`, too: 1 where z > 0; of several z the largest one's */
    bool outputs;    /* labels from 0 to k - 1, with coefficients for each; otherwise outputs are responses */
} gr_model_row;

extern const gr_model_row gr_models[GR_FIT_MODELS];

/* The row with that word; NULL when there is none. */
const gr_model_row *gr_model_find(const char *word);

#endif
