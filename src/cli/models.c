/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/models.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static void exponential(size_t outputs, double *z)
{
    (void)outputs;
    *z = exp(*z);
}

/* Of the side that is small nothing cancels, and no exponential overflows. */
static void logistic(size_t outputs, double *z)
{
    const double small = exp(-fabs(*z));
    (void)outputs;
    *z = (*z >= 0.0 ? 1.0 : small) / (1.0 + small);
}

/* exp(z_c) / sum exp(z_d), each less the largest */
static void softmax(size_t outputs, double *z)
{
    double largest = z[0], sum = 0.0;
    for (size_t c = 1; c < outputs; c++) largest = fmax(largest, z[c]);
    for (size_t c = 0; c < outputs; c++) sum += z[c] = exp(z[c] - largest);
    for (size_t c = 0; c < outputs; c++) z[c] /= sum;
}

/* A fit that meets labels exactly has likelihood 1. */
static double logistic_deviance(double y, double z)
{
    const double against = y > 0.5 ? -z : z;
    return 2.0 * (fmax(against, 0.0) + log1p(exp(-fabs(against))));
}

/* 2 (y log(y/mu) - (y - mu)), mu = e^z: McCullagh and Nelder, section 2.3 */
static double poisson_deviance(double y, double z)
{
    const double mean = exp(z);
    return 2.0 * ((y > 0.0 ? y * (log(y) - z) : 0.0) - (y - mean));
}

const gr_model_row gr_models[GR_FIT_MODELS] = {
    [GR_FIT_LEAST_SQUARES] = {.word = "least-squares",
                              .cost = gradus_least_squares,
                              .several = gradus_least_squares_multiple,
                              .cost_is = "J, half the mean squared error",
                              .gain_is = "-J, minus half the mean squared error",
                              .cost_sign = "J",
                              .gain_sign = "−J",
                              .formula = "J, half the mean squared error",
                              .quadratic = true,
                              .predicted = "value"},
    [GR_FIT_LOGISTIC] = {.word = "logistic",
                         .cost = gradus_logistic,
                         .gain = gradus_log_likelihood,
                         .cost_is = "negative log-likelihood (mean)",
                         .gain_is = "log-likelihood (mean)",
                         .cost_sign = "−ℓ",
                         .gain_sign = "ℓ",
                         .formula = "ℓ, the mean log-likelihood of logistic regression",
                         .response_wanted = "logistic regression takes exactly 0 and 1",
                         .separable = true,
                         .predicted = "probability",
                         .predict = logistic,
                         .classifies = true,
                         .deviance = logistic_deviance},
    [GR_FIT_POISSON] = {.word = "poisson",
                        .cost = gradus_poisson,
                        .cost_is = "negative log-likelihood (mean)",
                        .gain_is = "log-likelihood (mean)",
                        .cost_sign = "−ℓ",
                        .gain_sign = "ℓ",
                        .formula = "ℓ, the mean log-likelihood of Poisson regression",
                        .response_wanted = "Poisson regression takes numbers that are 0 or more",
                        .separable = true,
                        .predicted = "mean",
                        .predict = exponential,
                        .deviance = poisson_deviance},
    [GR_FIT_HUBER] = {.word = "huber",
                      .cost = gradus_huber,
                      .cost_is = "Huber's loss (mean)",
                      .gain_is = "minus Huber's loss (mean)",
                      .cost_sign = "J",
                      .gain_sign = "−J",
                      .formula = "J, the mean of Huber's loss",
                      .predicted = "value"},
    [GR_FIT_SQUARED_HINGE] = {.word = "squared-hinge",
                              .cost = gradus_squared_hinge,
                              .cost_is = "squared hinge loss (mean)",
                              .gain_is = "minus the squared hinge loss (mean)",
                              .cost_sign = "J",
                              .gain_sign = "−J",
                              .formula = "J, the mean of the squared hinge loss",
                              .response_wanted = "the squared hinge takes exactly 0 and 1",
                              .predicted = "decision",
                              .classifies = true},
    [GR_FIT_SOFTMAX] = {.word = "softmax",
                        .several = gradus_softmax,
                        .cost_is = "negative log-likelihood (mean)",
                        .gain_is = "log-likelihood (mean)",
                        .cost_sign = "−ℓ",
                        .gain_sign = "ℓ",
                        .formula = "ℓ, the mean log-likelihood of softmax regression",
                        .response_wanted =
                            "softmax takes the whole numbers from 0 to the number of classes less 1",
                        .separable = true,
                        .predicted = "probability",
                        .predict = softmax,
                        .classifies = true,
                        .outputs = true},
};

const gr_model_row *gr_model_find(const char *word)
{
    for (size_t k = 0; k < GR_FIT_MODELS; k++) {
        if (strcmp(gr_models[k].word, word) == 0) return &gr_models[k];
    }
    return NULL;
}
