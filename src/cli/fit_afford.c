/* SPDX-License-Identifier: BSD-3-Clause */
/* What nobody has to ask for: QR factorisations of a copy of X that take a second or so. */
#include <math.h>

#include "base/error.h"
#include "cli/fit.h"

/* m p max(p, 100), p coefficients */
static const double affordable = 1e9;

bool gr_fit_affords_qr(const gr_problem *problem, const char *option, gradus_error *error)
{
    const bool classes = problem->outputs > problem->response_count; /* together; responses one by one */
    const double outputs = (double)problem->outputs, m = (double)problem->X.rows;
    const double p = (double)problem->coefficients / (classes ? 1.0 : outputs);
    const double copies = classes ? fmax(outputs - 1.0, 1.0) : outputs; /* of rows */
    const double work = copies * m * p * fmax(p, 100.0);
    if (work <= affordable) return true;
    gr_error(error, GRADUS_OK, gr_fault_limit(work, affordable),
             "left out: %zu rows and %zu coefficients take a QR factorisation of a copy of the data; "
             "%s asks for it",
             problem->X.rows, problem->coefficients, option);
    return false;
}
