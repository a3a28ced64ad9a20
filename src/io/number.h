/* SPDX-License-Identifier: BSD-3-Clause */
/* Text to number, and text from outside made fit to stand in a sentence. */
#ifndef GR_IO_NUMBER_H
#define GR_IO_NUMBER_H

/* What a piece of text is when a number is expected. */
typedef enum gr_number {
    GR_NUMBER_FINITE,     /* a decimal number that fits a double */
    GR_NUMBER_NOT_FINITE, /* nan, inf or infinity in any case, or a number that overflows double */
    GR_NUMBER_EMPTY,      /* nothing but blanks */
    GR_NUMBER_TEXT        /* anything else: words, hexadecimal numbers, two numbers, a decimal comma */
} gr_number;

/*
 * Reads the whole of `text` as one decimal number: blanks (spaces and tabs) around it are allowed, nothing
 * else. *value is the nearest double, for GR_NUMBER_NOT_FINITE the infinity or NaN; otherwise it is not
 * written. The decimal sign is the point: strtod follows the locale, and the program never calls setlocale,
 * so that it stays in the "C" locale whatever the environment says.
 */
gr_number gr_number_read(const char *text, double *value);

/* Text of a file as it may be printed in a sentence: at most 40 bytes, no control characters. */
typedef struct gr_excerpt {
    char text[44];
} gr_excerpt;

/* A longer text ends in "..."; a UTF-8 character is never cut in two. */
gr_excerpt gr_excerpt_of(const char *text);

#endif
