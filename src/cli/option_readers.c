/* SPDX-License-Identifier: BSD-3-Clause */
/* How the text of one option becomes a field of the settings. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option.h"
#include "io/number.h"

static void *field(const gr_option *option, void *settings)
{
    return (char *)settings + option->offset;
}

bool gr_read_true(const gr_option *option, const char *text, void *settings)
{
    (void)text;
    *(bool *)field(option, settings) = true;
    return true;
}

bool gr_read_false(const gr_option *option, const char *text, void *settings)
{
    (void)text;
    *(bool *)field(option, settings) = false;
    return true;
}

bool gr_read_text(const gr_option *option, const char *text, void *settings)
{
    *(const char **)field(option, settings) = text;
    return *text != '\0';
}

bool gr_read_choice(const gr_option *option, const char *text, void *settings)
{
    for (const gr_choice *choice = (const gr_choice *)option->detail; choice->word; choice++) {
        if (strcmp(choice->word, text) != 0) continue;
        *(int *)field(option, settings) = choice->value;
        return true;
    }
    return false;
}

bool gr_read_number(const gr_option *option, const char *text, void *settings)
{
    const gr_range *range = (const gr_range *)option->detail;
    double value;
    if (gr_number_read(text, &value) != GR_NUMBER_FINITE) return false;
    *(double *)field(option, settings) = value;
    return value >= range->low && value <= range->high;
}

bool gr_read_count(const gr_option *option, const char *text, void *settings)
{
    const gr_count_range *range = (const gr_count_range *)option->detail;
    char *end;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    if (errno || end == text || *end != '\0') return false;
    *(long long *)field(option, settings) = value;
    return value >= range->low && value <= range->high;
}
