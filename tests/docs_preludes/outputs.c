/* SPDX-License-Identifier: BSD-3-Clause */
/* Around snippets that fit several outputs to the textbook's X. */
#include <gradus.h>
#include <math.h>
#include <stdio.h>

int main(void)
{
    const double x[] = {1, 1, 1, 2, 1, 3, 1, 4};
    const gradus_matrix X = gradus_row_major(4, 2, x, 2);
    /* snippet */
    return 0;
}
