/* SPDX-License-Identifier: BSD-3-Clause */
/* Help pages, printed from the tables of options. */
#include <stdio.h>
#include <string.h>

#include "cli/option.h"
#include "cli/text.h"

enum { INDENT = 24 };

void gr_help_row(const char *left, const char *text)
{
    const int width = printf("  %s", left);
    if (width + 2 > INDENT)
        (void)putchar('\n');
    else
        (void)printf("%*s", INDENT - width, "");
    gr_print_wrapped(width + 2 > INDENT ? 0 : INDENT, INDENT, text);
}

static void print_option(const gr_option *option)
{
    char left[64];
    const char *letter = strcmp(option->name, "output") == 0 ? ", -o" : "";
    (void)snprintf(left, sizeof left, "--%s%s%s%s", option->name, option->argument ? " " : "",
                   option->argument ? option->argument : "", letter);
    gr_help_row(left, option->help);
}

void gr_help_exit_statuses(void)
{
    (void)puts("\nExit status:");
#define ROW(name, value, words) gr_help_row(#value, words);
    GR_EXIT_LIST(ROW)
#undef ROW
}

void gr_help_command(const gr_command *command)
{
    (void)printf("Usage: gradus %s [OPTION ...]%s%s\n\n", command->name, command->operand ? " " : "",
                 command->operand ? command->operand : "");
    gr_print_paragraphs(command->details);
    (void)puts("\nOptions:");
    const gr_option *rows[GR_MOST_OPTIONS + 1];
    gr_command_rows(command, rows);
    for (const gr_option *const *row = rows; *row; row++) print_option(*row);
    gr_help_row("--help, -h", "Prints this page.");
    gr_help_exit_statuses();
}
