/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers as a picture's text has them. */
#ifndef GR_CLI_PRETTY_H
#define GR_CLI_PRETTY_H

#include <stddef.h>

typedef struct gr_pretty {
    char text[128];
} gr_pretty;

/* "18 757", with the thin space of SI. */
gr_pretty gr_pretty_count(size_t count);

/* "10⁻¹⁶" */
gr_pretty gr_pretty_power(int exponent);

/* Four digits, a true minus sign, and powers of ten: "−5.64·10⁻¹⁶". */
gr_pretty gr_pretty_number(double number);

/* The first `room` letters of a name, at most 30, with "…" where there are more. */
gr_pretty gr_pretty_name(const char *name, size_t room);

#endif
