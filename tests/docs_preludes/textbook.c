/* SPDX-License-Identifier: BSD-3-Clause */
/* Around snippets that solve the textbook's least-squares problem: f, theta, options, report, error, status. */
#include <gradus.h>
#include <stdio.h>

int main(void)
{
    const double x[] = {1, 1, 1, 2, 1, 3, 1, 4}, y[] = {2, 4, 5, 4};
    const gradus_matrix X = gradus_row_major(4, 2, x, 2);
    double theta[2] = {0, 0};
    gradus_error error;
    gradus_options options = gradus_options_default();
    options.error = &error;
    gradus_report report;
    gradus_objective *f = NULL;
    gradus_status status = gradus_least_squares(&X, y, NULL, &f);
    if (!status) {
        /* snippet */
    }
    gradus_objective_free(f);
    if (status) fprintf(stderr, "%s\n", error.sentence);
    (void)theta, (void)report;
    return status != GRADUS_OK;
}
