/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/names.h"

#include <string.h>

#include "cli/heap.h"

static size_t count_names(const char *text)
{
    size_t count = 1;
    for (; *text; text++) count += *text == ',' ? 1 : 0;
    return count;
}

bool gr_names_split(const char *text, bool is_one, gr_names *names)
{
    const size_t bytes = strlen(text) + 1, most = is_one ? 1 : count_names(text);
    *names = (gr_names){0, (char **)gr_new(most, sizeof(char *)), (char *)gr_new(bytes, 1)};
    if (!names->each || !names->text) {
        gr_names_free(names);
        return false;
    }
    for (char *at = (char *)memcpy(names->text, text, bytes); at;) {
        names->each[names->count++] = at;
        at = is_one ? NULL : strchr(at, ',');
        if (at) *at++ = '\0';
    }
    return true;
}

void gr_names_free(gr_names *names)
{
    gr_delete((void *)names->each);
    gr_delete(names->text);
    *names = (gr_names){0, NULL, NULL};
}
