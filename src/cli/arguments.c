/* SPDX-License-Identifier: BSD-3-Clause */
/* The command line, read by getopt_long from a command's table of options. */
#include <getopt.h>
#include <string.h>

#include "base/error.h"
#include "cli/option.h"
#include "io/number.h"

enum { HELP = 'h', OUTPUT = 'o', FIRST = 256 };

/* getopt_long's own table: option number i answers FIRST + i. */
static void list_options(const gr_option *const *rows, struct option *list)
{
    int count = 0;
    for (; rows[count]; count++)
        list[count] = (struct option){
            rows[count]->name, rows[count]->argument ? required_argument : no_argument, NULL, FIRST + count};
    list[count] = (struct option){"help", no_argument, NULL, HELP};
}

/* What getopt_long could not take: ':' a value is missing; '?' unknown, ambiguous, or a value too many. */
static void explain_refusal(const gr_command *command, const gr_option *const *rows, int answer,
                            const char *given, gradus_error *error)
{
    const gr_fault none = gr_fault_none();
    const gr_excerpt text = gr_excerpt_of(given);
    const gr_option *row = optopt >= FIRST ? rows[optopt - FIRST] : NULL;
    if (optopt == OUTPUT) row = gr_option_named(command->options, "output");
    if (answer == ':' && row)
        gr_error(error, GRADUS_ERROR_OPTION, none, "--%s has no value; allowed is %s", row->name,
                 row->allowed);
    else if (row || optopt == HELP)
        gr_error(error, GRADUS_ERROR_OPTION, none, "%s: --%s takes no value", text.text,
                 row ? row->name : "help");
    else
        gr_error(error, GRADUS_ERROR_OPTION, none,
                 "%s is not an option, or short for more than one; allowed are those that gradus %s --help "
                 "lists",
                 text.text, command->name);
}

static gradus_status read_option(const gr_option *row, const char *text, void *settings, gradus_error *error)
{
    if (row->read(row, text, settings)) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(), "--%s is \"%s\"; allowed is %s", row->name,
                    gr_excerpt_of(text).text, row->allowed);
}

static gradus_status read_operand(const gr_command *command, int argc, char **argv, const char **operand,
                                  gradus_error *error)
{
    const int count = argc - optind;
    if (command->many) return GRADUS_OK;
    if (command->operand && count > 0) *operand = argv[optind];
    if (count <= (command->operand ? 1 : 0)) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "\"%s\" is one argument too many; allowed is %s", gr_excerpt_of(argv[argc - 1]).text,
                    command->operand ? "one file" : "options alone");
}

static gradus_status read_all(const gr_command *command, int argc, char **argv, void *settings, bool *help,
                              gradus_error *error)
{
    const gr_option *rows[GR_MOST_OPTIONS + 1], *output = gr_option_named(command->options, "output");
    struct option list[GR_MOST_OPTIONS + 2] = {{0}};
    gr_command_rows(command, rows);
    list_options(rows, list);
    opterr = 0;
    for (;;) {
        const int answer = getopt_long(argc, argv, output ? ":ho:" : ":h", list, NULL);
        if (answer == -1) return GRADUS_OK;
        if (answer == '?' || answer == ':') {
            explain_refusal(command, rows, answer, argv[optind - 1], error);
            return GRADUS_ERROR_OPTION;
        }
        *help = *help || answer == HELP;
        if (answer == HELP) continue;
        const gr_option *row = answer == OUTPUT ? output : rows[answer - FIRST];
        if (!row) continue; /* getopt_long gives no such answer */
        const gradus_status status = read_option(row, optarg, settings, error);
        if (status) return status;
    }
}

bool gr_arguments_read(const gr_command *command, int argc, char **argv, void *settings, const char **operand,
                       gr_exit *exit_status)
{
    gr_trouble trouble = {.where = NULL};
    bool help = false;
    gradus_status status = read_all(command, argc, argv, settings, &help, &trouble.error);
    if (!status && !help) status = read_operand(command, argc, argv, operand, &trouble.error);
    if (status)
        *exit_status = gr_complain(command->name, status, &trouble);
    else if (help) {
        gr_help_command(command);
        *exit_status = GR_EXIT_SUCCESS;
    }
    return !status && !help;
}

char **gr_arguments_operands(char **argv)
{
    return argv + optind;
}
