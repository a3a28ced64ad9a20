/* SPDX-License-Identifier: BSD-3-Clause */
/* Around snippets that judge an answer to the problem of docs/examples/linear_regression.c: X, y, model, theta. */
#include <gradus.h>
#include <stdio.h>

int main(void)
{
    static const double x[] = {80, 27, 89, 80, 27, 88, 75, 25, 90, 62, 24, 87, 62, 22, 87, 62,
                               23, 87, 62, 24, 93, 62, 24, 93, 58, 23, 87, 58, 18, 80, 58, 18,
                               89, 58, 17, 88, 58, 18, 82, 58, 19, 93, 50, 18, 89, 50, 18, 86,
                               50, 19, 72, 50, 19, 79, 50, 20, 80, 56, 20, 82, 70, 20, 91};
    static const double y[] = {42, 37, 37, 28, 18, 18, 19, 20, 15, 14, 14, 13, 11, 12, 8, 7, 8, 8, 9, 15, 15};
    const gradus_matrix X = gradus_row_major(21, 3, x, 3);
    gradus_model_options model = gradus_model_options_default();
    model.intercept = 1;
    gradus_objective *f = NULL;
    double theta[4] = {0};
    gradus_status status = gradus_least_squares(&X, y, &model, &f);
    if (!status) status = gradus_descend(f, theta, NULL, NULL);
    gradus_objective_free(f);
    if (!status) {
        /* snippet */
    }
    return status != GRADUS_OK;
}
