/* SPDX-License-Identifier: BSD-3-Clause */
/* Around snippets that penalise or constrain the textbook's least-squares problem: X, y, theta. */
#include <gradus.h>
#include <stdio.h>

int main(void)
{
    const double x[] = {1, 1, 1, 2, 1, 3, 1, 4}, y[] = {2, 4, 5, 4};
    const gradus_matrix X = gradus_row_major(4, 2, x, 2);
    double theta[2] = {0, 0};
    /* snippet */
    return 0;
}
