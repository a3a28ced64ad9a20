/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Every byte but the continuation bytes of UTF-8 begins a character. */
static bool begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0u) != 0x80u;
}

static size_t width_of(const char *text, size_t bytes)
{
    size_t width = 0;
    for (size_t i = 0; i < bytes; i++) width += begins_character(text[i]) ? 1 : 0;
    return width;
}

size_t gr_text_width(const char *text)
{
    return width_of(text, strlen(text));
}

/* The words before `end`. */
static void print_words(int at, int indent, const char *text, const char *end)
{
    bool first = true;
    for (; text < end; text += strspn(text, " ")) {
        const size_t bytes = strcspn(text, " \n");
        const int width = (int)width_of(text, bytes);
        if (!first && at + 1 + width > GR_LINE) {
            (void)putchar('\n');
            at = 0;
            first = true;
        }
        if (!first) at += printf(" ");
        if (at < indent) at += printf("%*s", indent - at, "");
        (void)printf("%.*s", (int)bytes, text);
        at += width;
        text += bytes;
        first = false;
    }
    (void)putchar('\n');
}

void gr_print_wrapped(int at, int indent, const char *text)
{
    print_words(at, indent, text, text + strlen(text));
}

void gr_print_paragraphs(const char *text)
{
    while (*text) {
        const size_t bytes = strcspn(text, "\n");
        print_words(0, 0, text, text + bytes);
        text += bytes + (text[bytes] ? 1 : 0);
    }
}

/* Prints the first `width` characters. */
static void print_clean(const char *text, size_t width)
{
    for (size_t shown = 0; *text; text++) {
        shown += begins_character(*text) ? 1 : 0;
        if (shown > width) return;
        const unsigned char byte = (unsigned char)*text;
        (void)putchar(byte < 0x20 || byte == 0x7F ? '?' : byte);
    }
}

void gr_print_label(const char *text, size_t width)
{
    const size_t whole = gr_text_width(text);
    if (whole > width && width > 3) {
        print_clean(text, width - 3);
        (void)fputs("...", stdout);
        return;
    }
    print_clean(text, width);
    if (whole < width) (void)printf("%*s", (int)(width - whole), "");
}
