/* SPDX-License-Identifier: BSD-3-Clause */
#include "io/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io/decimal.h"

enum { EXCERPT_BYTES = 40 };

static const char *skip_blanks(const char *text)
{
    while (*text == ' ' || *text == '\t') text++;
    return text;
}

/* Is `text` this word, blanks after it aside, in any case? */
static bool is_word(const char *text, const char *word)
{
    const size_t length = strlen(word);
    return strncasecmp(text, word, length) == 0 && *skip_blanks(text + length) == '\0';
}

static gr_number read_word(const char *text, double *value)
{
    const bool negative = *text == '-';
    if (negative || *text == '+') text++;
    const bool infinite = is_word(text, "inf") || is_word(text, "infinity");
    if (!infinite && !is_word(text, "nan")) return GR_NUMBER_TEXT;
    const double word = infinite ? (double)INFINITY : (double)NAN;
    *value = negative ? -word : word;
    return GR_NUMBER_NOT_FINITE;
}

/* What gr_decimal_read leaves: long numbers, and what is none. */
static gr_number read_any(const char *start, double *value)
{
    if (*start == '\0') return GR_NUMBER_EMPTY;
    const char *stop = start + strspn(start, "+-.0123456789eE");
    if (*skip_blanks(stop) != '\0') return read_word(start, value);
    char *end;
    const double number = strtod(start, &end);
    if (end != stop) return GR_NUMBER_TEXT;
    *value = number;
    return isfinite(number) ? GR_NUMBER_FINITE : GR_NUMBER_NOT_FINITE;
}

gr_number gr_number_read(const char *text, double *value)
{
    const char *start = skip_blanks(text);
    double number;
    const char *end = gr_decimal_read(start, &number);
    if (!end || *skip_blanks(end) != '\0') return read_any(start, value);
    *value = number;
    return GR_NUMBER_FINITE;
}

/* The longest start of `text` of at most `limit` bytes that ends between two UTF-8 characters. */
static size_t cut(const char *text, size_t limit)
{
    size_t length = limit;
    while (length > 0 && ((unsigned char)text[length] & 0xC0u) == 0x80u) length--;
    return length;
}

gr_excerpt gr_excerpt_of(const char *text)
{
    gr_excerpt excerpt;
    size_t length = strnlen(text, EXCERPT_BYTES + 1);
    const bool whole = length <= EXCERPT_BYTES;
    if (!whole) length = cut(text, EXCERPT_BYTES);
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)text[i];
        excerpt.text[i] = text[i];
        if (c < 0x20 || c == 0x7F) excerpt.text[i] = '?';
    }
    memcpy(excerpt.text + length, whole ? "" : "...", whole ? 1 : 4);
    return excerpt;
}
