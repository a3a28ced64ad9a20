/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Logistic regression by gradient ascent of the log-likelihood. Exit status 0 when the answer is the published one.
 *
 * Data: 23 flights of the Space Shuttle before Challenger's last; the temperature at the launch (degrees Fahrenheit) and
 * whether any primary O-ring showed thermal distress. S. R. Dalal, E. B. Fowlkes and B. Hoadley, Risk analysis of the
 * space shuttle: pre-Challenger prediction of failure, J. Amer. Statist. Assoc. 84 (1989) 945-957, whose fit is
 *
 *   log(p / (1 - p)) = 15.0429 - 0.2322 t.
 *
 * Challenger was launched at 31 degrees.
 */
#include <gradus.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { FLIGHTS = 23 };

static const double temperature[FLIGHTS] = {66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78,
                                            67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58};
static const double distress[FLIGHTS] = {0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1};

/* Newton's method in decimal arithmetic of 50 digits: slope, intercept */
static const double exact[2] = {-0.232162744218596471, 15.0429016477024407};

static int agrees(double found, double expected)
{
    return fabs(found - expected) <= 1e-8 * fabs(expected);
}

/* The monitor shows every fifth iterate and lets the solver go on. */
static gradus_verdict show(void *context, const gradus_progress *at)
{
    (void)context;
    if (at->iteration % 5 == 0) {
        printf("%4zu   mean log-likelihood %.10f   gradient %.1e\n", at->iteration, at->value,
               at->gradient_norm);
    }
    return GRADUS_MONITOR_CONTINUE;
}

int main(void)
{
    const gradus_matrix X = gradus_row_major(FLIGHTS, 1, temperature, 1);
    gradus_error error;
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    model.error = &error;
    gradus_options options = gradus_options_default();
    options.monitor = show;
    options.error = &error;

    double theta[2] = {0};
    gradus_report report;
    gradus_objective *likelihood = NULL;
    gradus_status status = gradus_log_likelihood(&X, distress, &model, &likelihood);
    if (!status) status = gradus_ascend(likelihood, theta, &options, &report);
    gradus_objective_free(likelihood);
    if (status) {
        fprintf(stderr, "%s\n", error.sentence);
        return EXIT_FAILURE;
    }

    printf("%s\n", gradus_stop_sentence(report.stop));
    printf("log(p / (1 - p)) = %.4f %+.4f t\n", theta[1], theta[0]);
    printf("probability of distress at 31 degrees: %.4f\n", 1.0 / (1.0 + exp(-(theta[1] + 31.0 * theta[0]))));

    const int right = gradus_stop_converged(report.stop) && agrees(theta[0], exact[0]) &&
                      agrees(theta[1], exact[1]);
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
