/* SPDX-License-Identifier: BSD-3-Clause */
/* Digits of agreement. */
#ifndef GR_CLI_DIGITS_H
#define GR_CLI_DIGITS_H

#include <stddef.h>

/* -log10 of the relative error (absolute where the reference is 0), from 0 to 15; 0 for NaN. */
double gr_digits(double value, double reference);

/* Those of the worst coefficient. */
double gr_digits_worst(size_t n, const double *theta, const double *reference);

#endif
