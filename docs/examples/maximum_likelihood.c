/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Maximum likelihood by gradient ascent, with standard errors from the observed information: the Weibull
 * distribution of waiting times. Exit status 0 when estimates and standard errors are the published ones.
 *
 * Data: hours until relief of 20 patients who were given an analgesic. A. J. Gross and V. A. Clark, Survival
 * Distributions: Reliability Applications in the Biomedical Sciences, Wiley 1975. Published estimates: NAG Library
 * Manual, Mark 30.1, the example of the routine g07bec.
 */
#include <gradus.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATIENTS = 20, PARAMETERS = 2 };

static const double hours[PATIENTS] = {1.1, 1.4, 1.3, 1.7, 1.9, 1.8, 1.6, 2.2, 1.7, 2.7,
                                       4.1, 1.8, 1.5, 1.2, 1.4, 3.0, 1.7, 2.3, 1.6, 2.0};

/* Estimates and standard errors: as published, and by Newton's method in decimal arithmetic of 60 digits. */
static const struct estimate {
    const char *name;
    double published, published_error, exact, exact_error;
} estimates[PARAMETERS] = {{"log lambda", -2.1073, 0.4627, -2.10731043958118107673, 0.462721234643923971816},
                           {"gamma", 2.7870, 0.4273, 2.78702819736243846453, 0.427300230921456389788}};

/*
 * The density lambda gamma t^(gamma - 1) exp(-lambda t^gamma) makes the log-likelihood
 *
 *   l(lambda, gamma) = m (log lambda + log gamma) + (gamma - 1) sum log t - lambda sum t^gamma.
 *
 * theta is (lambda, gamma). Unless both are above 0 there is no likelihood, and the solver takes a shorter step.
 */
static gradus_status likelihood(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    size_t *rejected = (size_t *)context;
    const double lambda = theta[0], gamma = theta[1];
    double logs = 0.0, powers = 0.0, weighted = 0.0; /* sums of log t, t^gamma and t^gamma log t */
    (void)n;
    if (!(lambda > 0.0 && gamma > 0.0)) {
        ++*rejected;
        return GRADUS_REJECT;
    }
    for (size_t i = 0; i < PATIENTS; i++) {
        const double power = pow(hours[i], gamma);
        logs += log(hours[i]);
        powers += power;
        weighted += power * log(hours[i]);
    }
    *value = PATIENTS * (log(lambda) + log(gamma)) + (gamma - 1.0) * logs - lambda * powers;
    if (gradient) {
        gradient[0] = PATIENTS / lambda - powers;
        gradient[1] = PATIENTS / gamma + logs - lambda * weighted;
    }
    return GRADUS_OK;
}

/* The same where theta is (log lambda, log gamma): every theta is in the domain, and d/dlog x = x d/dx. */
static gradus_status likelihood_of_logarithms(void *context, size_t n, const double *theta, double *value,
                                              double *gradient)
{
    const double parameters[PARAMETERS] = {exp(theta[0]), exp(theta[1])};
    const gradus_status status = likelihood(context, n, parameters, value, gradient);
    for (size_t j = 0; !status && gradient && j < n; j++) gradient[j] *= parameters[j];
    return status;
}

/* From theta to the maximum of f, by gradient ascent. */
static gradus_status climb(const char *name, const gradus_objective *f, double *theta, size_t *rejected)
{
    gradus_report report;
    gradus_status status = gradus_check_gradient(f, theta, NULL, NULL);
    *rejected = 0;
    if (!status) status = gradus_ascend(f, theta, NULL, &report);
    if (!status)
        printf("%-21s  maximum %.8f after %zu evaluations, %zu of them refused\n", name, report.value,
               report.evaluations, *rejected);
    return status;
}

/*
 * Standard errors of theta: the roots of the diagonal of I^(-1), where I, the observed information, is minus the
 * second derivatives of f at its maximum, here by central differences of the gradient.
 */
static gradus_status standard_errors(const gradus_objective *f, const double *theta, double *errors)
{
    const double h = 1e-5;
    double information[PARAMETERS][PARAMETERS];
    for (size_t j = 0; j < PARAMETERS; j++) {
        double moved[PARAMETERS] = {theta[0], theta[1]}, above[PARAMETERS], below[PARAMETERS], value;
        moved[j] = theta[j] + h;
        gradus_status status = gradus_objective_evaluate(f, moved, &value, above);
        moved[j] = theta[j] - h;
        if (!status) status = gradus_objective_evaluate(f, moved, &value, below);
        if (status) return status;
        for (size_t k = 0; k < PARAMETERS; k++) information[j][k] = (below[k] - above[k]) / (2.0 * h);
    }
    const double determinant = information[0][0] * information[1][1] - information[0][1] * information[1][0];
    errors[0] = sqrt(information[1][1] / determinant);
    errors[1] = sqrt(information[0][0] / determinant);
    return GRADUS_OK;
}

/* The exact value, and, rounded, the published one. */
static int agrees(double found, double exact, double published)
{
    return fabs(found - exact) <= 1e-7 * fabs(exact) && fabs(found - published) <= 0.5e-4;
}

/* Prints the estimates; are they right? */
static int conclude(const double *theta, const double *errors)
{
    const double gamma = exp(theta[1]); /* and d gamma = gamma d log gamma: the delta method */
    const double found[PARAMETERS] = {theta[0], gamma}, error[PARAMETERS] = {errors[0], gamma * errors[1]};
    int right = 1;
    printf("gamma lies between %.2f and %.2f, with 95 %% confidence\n\n", exp(theta[1] - 1.96 * errors[1]),
           exp(theta[1] + 1.96 * errors[1]));
    printf("            estimate  standard error  published  standard error\n");
    for (size_t j = 0; j < PARAMETERS; j++) {
        const struct estimate *e = &estimates[j];
        printf("%-10s%10.6f%16.6f%11.4f%16.4f\n", e->name, found[j], error[j], e->published,
               e->published_error);
        right = right && agrees(found[j], e->exact, e->published) &&
                agrees(error[j], e->exact_error, e->published_error);
    }
    return right;
}

int main(void)
{
    size_t rejected = 0;
    gradus_objective *of_parameters = NULL, *of_logarithms = NULL;
    double parameters[PARAMETERS] = {1.0, 1.0}, theta[PARAMETERS] = {0.0, 0.0}, errors[PARAMETERS];
    gradus_status status = gradus_function(PARAMETERS, likelihood, &rejected, &of_parameters);
    if (!status) status = gradus_function(PARAMETERS, likelihood_of_logarithms, &rejected, &of_logarithms);
    if (!status) status = climb("lambda, gamma", of_parameters, parameters, &rejected);
    if (!status) status = climb("log lambda, log gamma", of_logarithms, theta, &rejected);
    if (!status) status = standard_errors(of_logarithms, theta, errors);
    gradus_objective_free(of_parameters);
    gradus_objective_free(of_logarithms);
    if (status) {
        fprintf(stderr, "%s\n", gradus_strerror(status));
        return EXIT_FAILURE;
    }
    const int same = fabs(parameters[1] - exp(theta[1])) <= 1e-7;
    return conclude(theta, errors) && same ? EXIT_SUCCESS : EXIT_FAILURE;
}
