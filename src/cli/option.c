/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of a command's options: its own rows and those it borrows. */
#include "cli/option.h"

#include <string.h>

#include "cli/fit.h"

const gr_option *gr_option_named(const gr_option *options, const char *name)
{
    while (options->name && strcmp(options->name, name) != 0) options++;
    return options->name ? options : NULL;
}

void gr_command_rows(const gr_command *command, const gr_option *rows[GR_MOST_OPTIONS + 1])
{
    size_t count = 0;
    for (const gr_option *row = command->options; row->name && count < GR_MOST_OPTIONS; row++)
        rows[count++] = row;
    for (const char *const *name = command->borrowed; name && *name && count < GR_MOST_OPTIONS; name++) {
        const gr_option *row = gr_option_named(gr_fit_options, *name);
        if (row) rows[count++] = row;
    }
    rows[count] = NULL;
}
