/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Linear regression by gradient descent, held against LAPACK. Exit status 0 when the two agree.
 *
 * Data: 21 days of a plant that oxidises ammonia to nitric acid; the loss of ammonia (in tenths of a percent) on air
 * flow, temperature of the cooling water and concentration of the acid. K. A. Brownlee, Statistical Theory and
 * Methodology in Science and Engineering, 2nd ed., Wiley 1965.
 */
#include <gradus.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 21, COLUMNS = 3, COEFFICIENTS = COLUMNS + 1 };

static const double x[ROWS][COLUMNS] = {
    {80, 27, 89}, {80, 27, 88}, {75, 25, 90}, {62, 24, 87}, {62, 22, 87}, {62, 23, 87}, {62, 24, 93},
    {62, 24, 93}, {58, 23, 87}, {58, 18, 80}, {58, 18, 89}, {58, 17, 88}, {58, 18, 82}, {58, 19, 93},
    {50, 18, 89}, {50, 18, 86}, {50, 19, 72}, {50, 19, 79}, {50, 20, 80}, {56, 20, 82}, {70, 20, 91}};
static const double y[ROWS] = {42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15};
static const char *const names[COEFFICIENTS] = {"air flow", "water", "acid", "(intercept)"};

/* theta by gradient descent, from zeros, as far as double precision goes */
static gradus_status fit(const gradus_matrix *X, const gradus_model_options *model, double *theta,
                         gradus_report *report)
{
    gradus_objective *f = NULL;
    gradus_options options = gradus_options_default();
    options.stop.gradient_tolerance = GRADUS_OFF; /* go on until no further progress is possible */
    options.error = model->error;
    gradus_status status = gradus_least_squares(X, y, model, &f);
    if (!status) status = gradus_descend(f, theta, &options, report);
    gradus_objective_free(f);
    return status;
}

int main(void)
{
    const gradus_matrix X = gradus_row_major(ROWS, COLUMNS, &x[0][0], COLUMNS);
    gradus_error error;
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1; /* one more coefficient, the last */
    model.error = &error;

    double theta[COEFFICIENTS] = {0}, closed_form[COEFFICIENTS];
    gradus_report report;
    gradus_certificate certificate;
    gradus_status status = fit(&X, &model, theta, &report);
    if (!status)
        status = gradus_reference_least_squares(&X, y, &model, GRADUS_REFERENCE_QR, closed_form, NULL);
    if (!status) status = gradus_certify_least_squares(&X, y, &model, theta, &certificate);
    if (status) {
        fprintf(stderr, "%s\n", error.sentence);
        return EXIT_FAILURE;
    }

    printf("%-12s %20s %20s\n", "", "gradient descent", "LAPACK's QR");
    for (size_t j = 0; j < COEFFICIENTS; j++)
        printf("%-12s %20.13g %20.13g\n", names[j], theta[j], closed_form[j]);
    printf("%s\n", gradus_stop_sentence(report.stop));
    printf("%zu iterations, %g passes over the data\n", report.iterations, report.passes);
    printf("%.1f digits agree, backward error %.1e\n", certificate.digits, certificate.backward_error);

    const int agrees = gradus_stop_converged(report.stop) && certificate.digits >= 10.0 &&
                       certificate.backward_error <= 1e-12;
    return agrees ? EXIT_SUCCESS : EXIT_FAILURE;
}
