/* SPDX-License-Identifier: BSD-3-Clause */
/* Names of columns as an option takes them: one, or several with commas between them. */
#ifndef GR_CLI_NAMES_H
#define GR_CLI_NAMES_H

#include <stdbool.h>
#include <stddef.h>

typedef struct gr_names {
    size_t count; /* >= 1 */
    char **each;
    char *text; /* the memory under them */
} gr_names;

/* What stands between the commas; all of the text where it `is_one` name, commas or not. False, and nothing to free, when memory is
 * out. */
bool gr_names_split(const char *text, bool is_one, gr_names *names);
void gr_names_free(gr_names *names);

#endif
