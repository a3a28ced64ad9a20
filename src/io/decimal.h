/* SPDX-License-Identifier: BSD-3-Clause */
/* Short decimal numbers to double, exactly rounded and without strtod's arithmetic of any length. */
#ifndef GR_IO_DECIMAL_H
#define GR_IO_DECIMAL_H

/*
 * Reads as strtod does what begins at `text`: a sign or none, digits with at most one point among them, and an exponent or
 * none, where that is w * 10^e with a whole number w of at most 19 digits and |e| <= 27, which most numbers in files are.
 * Returns where it ends (of hexadecimal numbers behind the 0), and writes *value, the double nearest to w * 10^e, ties to
 * even. Returns NULL, and writes nothing, for everything else, be it a number or not: then strtod has to say.
 *
 * w * 10^e is w * 5^e apart from powers of two. 5^27 and w are below 2^64, so that the product, or the quotient with what
 * remains, is an exact one of 128 bits; it is cut to 64 bits, of which the last is set where anything was cut off, and the
 * machine rounds these to the 53 of a double (W. D. Clinger, How to read floating point numbers accurately, PLDI 1990, with
 * integers in the place of doubles). Where the compiler has no integers of 128 bits the answer is NULL.
 */
const char *gr_decimal_read(const char *text, double *value);

#endif
