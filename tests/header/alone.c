/* SPDX-License-Identifier: BSD-3-Clause */
/* A C11 program that includes gradus.h and nothing before it, and uses every part of it. */
#include <gradus.h>

#include "textbook.h"

int main(void)
{
    gradus_certificate certificate;
    gradus_facts facts;
    const double x[] = {1, 1, 1, 2, 1, 3, 1, 4}, y[] = {2, 4, 5, 4};
    const gradus_matrix X = gradus_row_major(4, 2, x, 2);
    double theta[2] = {0.0, 0.0};
    if (textbook_descent(theta)) return 1;
    if (gradus_reference_least_squares(&X, y, NULL, GRADUS_REFERENCE_QR, theta, &facts)) return 2;
    if (gradus_certify_least_squares(&X, y, NULL, theta, &certificate)) return 3;
    return certificate.digits >= 12 && facts.rank == 2 ? 0 : 4;
}
