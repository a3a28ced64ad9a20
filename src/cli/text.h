/* SPDX-License-Identifier: BSD-3-Clause */
/* Text for people: words wrapped at 80 columns, names cut to the room there is. */
#ifndef GR_CLI_TEXT_H
#define GR_CLI_TEXT_H

#include <stddef.h>

enum { GR_LINE = 80 };

/*
 * Prints `text` with a line end, wrapped between words so that no line is longer than 80 columns where a word
 * permits. The cursor stands in column `at` (0 at the start of a line); further lines begin at `indent`, and
 * so does the first one where the cursor stands before it.
 */
void gr_print_wrapped(int at, int indent, const char *text);

/* Prints paragraphs, which end with line ends and may be empty, each wrapped. */
void gr_print_paragraphs(const char *text);

/* The columns that `text` takes on a terminal: its UTF-8 characters. */
size_t gr_text_width(const char *text);

/*
 * Prints `text` in exactly `width` columns, left-aligned: padded with blanks, or cut and ended with "..."
 * when it is longer. Control characters become '?'.
 */
void gr_print_label(const char *text, size_t width);

#endif
