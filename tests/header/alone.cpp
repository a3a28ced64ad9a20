/* SPDX-License-Identifier: BSD-3-Clause */
/* A C++11 program: a lambda as the function, `return 0` from it, structs without a cast. */
#include <gradus.h>

#include <vector>

#include "textbook.h"

/* (theta_0^2 + theta_1^2 + ...)/2 with its minimum moved to 1, 2, 3, ... */
static int descend_a_lambda()
{
    gradus_objective *f = nullptr;
    std::vector<double> theta(5, 0.0);
    gradus_report report;
    const gradus_callback bowl = [](void *, std::size_t n, const double *t, double *value, double *gradient) {
        *value = 0;
        for (std::size_t j = 0; j < n; j++) {
            const double r = t[j] - static_cast<double>(j + 1);
            *value += r * r / 2;
            if (gradient != nullptr) gradient[j] = r;
        }
        return 0;
    };
    gradus_status status = gradus_function(theta.size(), bowl, nullptr, &f);
    if (status == GRADUS_OK) status = gradus_descend(f, theta.data(), nullptr, &report);
    gradus_objective_free(f);
    return status == GRADUS_OK && report.stop == GRADUS_STOP_GRADIENT && theta[4] > 4.999 && theta[4] < 5.001
               ? 0
               : 1;
}

int main()
{
    double theta[2] = {0.0, 0.0};
    const double x[] = {1, 1, 1, 2}, y[] = {0, 1};
    const gradus_matrix X = gradus_col_major(2, 2, x, 2);
    gradus_model_options options = gradus_model_options_default();
    options.ridge = 0.1;
    gradus_objective *f = nullptr;
    if (gradus_log_likelihood(&X, y, &options, &f) || gradus_ascend(f, theta, nullptr, nullptr)) return 2;
    gradus_objective_free(f);
    theta[0] = theta[1] = 0.0;
    return textbook_descent(theta) || descend_a_lambda();
}
