/* SPDX-License-Identifier: BSD-3-Clause */
/* The JSON that the program prints. What is not as it should be fails the test. */
#ifndef GR_TESTS_PROGRAM_JSON_H
#define GR_TESTS_PROGRAM_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "program.h"

/* The object that a run printed, which must have ended with `status` and said nothing else. */
json_t *json_of(result r, int status);

double number(const json_t *object, const char *key);
double entry(const json_t *object, const char *key, size_t index);
const char *word(const json_t *object, const char *key);

/* -log10 of the relative error, at most 15; absolute where `exact` is 0. */
double digits(double value, double exact);

/* Of the coefficient: at least so many. */
void expect_digits(const json_t *object, size_t index, double exact, double least);

#endif
