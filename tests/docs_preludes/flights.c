/* SPDX-License-Identifier: BSD-3-Clause */
/* Around snippets that fit the flights of docs/examples/logistic_ascent.c: X, y, theta, options, report, status. */
#include <gradus.h>
#include <stdio.h>

int main(void)
{
    static const double x[] = {66, 70, 69, 68, 67, 72, 73, 70, 57, 63, 70, 78,
                               67, 53, 67, 75, 70, 81, 76, 79, 75, 76, 58};
    static const double y[] = {0, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1};
    const gradus_matrix X = gradus_row_major(23, 1, x, 1);
    double theta[2] = {0, 0};
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    gradus_options options = gradus_options_default();
    gradus_report report;
    gradus_status status = GRADUS_OK;
    gradus_objective *f = NULL;
    {
        /* snippet */
    }
    gradus_objective_free(f);
    (void)options;
    return status != GRADUS_OK || !gradus_stop_converged(report.stop);
}
