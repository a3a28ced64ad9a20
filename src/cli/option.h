/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A subcommand and its options as tables: the same rows parse the command line and print --help, so that the
 * two cannot drift apart.
 */
#ifndef GR_CLI_OPTION_H
#define GR_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/exit_status.h"

typedef struct gr_option gr_option;

/* Reads `text` (NULL: the option takes none) into the settings; false when it is not allowed. */
typedef bool gr_option_reader(const gr_option *option, const char *text, void *settings);

struct gr_option {
    const char *name;     /* without its two dashes */
    const char *argument; /* as --help shows it; NULL when there is none */
    const char *allowed;  /* ends the sentence "--name is "..."; allowed is ..." */
    const char *help;
    gr_option_reader *read;
    size_t offset;      /* of the field in the settings, for the readers below */
    const void *detail; /* gr_choice[], gr_range or gr_count_range, for the readers below */
};

/* One word of a list that ends with a NULL word. */
typedef struct gr_choice {
    const char *word;
    int value;
} gr_choice;

typedef struct gr_range {
    double low, high;
} gr_range;

typedef struct gr_count_range {
    long long low, high;
} gr_count_range;

/* Readers: the type of the field at option->offset stands beside each. */
gr_option_reader gr_read_true;   /* bool */
gr_option_reader gr_read_false;  /* bool */
gr_option_reader gr_read_text;   /* const char *; not empty */
gr_option_reader gr_read_choice; /* int, by a gr_choice[] */
gr_option_reader gr_read_number; /* double, within a gr_range, both ends included */
gr_option_reader gr_read_count;  /* long long, within a gr_count_range */

/* A subcommand. `options` ends with a NULL name; --help belongs to every command and is not in the list. An option
 * named `output` also answers to -o. */
typedef struct gr_command {
    const char *name;
    const char *operand; /* as --help shows it; NULL when there is none */
    bool many;           /* any number of operands; otherwise at most one */
    const char *summary; /* one line of gradus --help */
    const char *details; /* paragraphs of gradus NAME --help, for gr_print_paragraphs */
    const gr_option *options;
    /* names of options of `gradus fit` that it takes too, NULL last; its settings then begin with a gr_fit_settings */
    const char *const *borrowed;
    gr_exit (*run)(int argc, char **argv);
} gr_command;

extern const gr_command gr_command_fit, gr_command_predict, gr_command_plot, gr_command_verify,
    gr_command_info;
extern const gr_command gr_command_plot_methods, gr_command_plot_surface, gr_command_plot_trace;

/* option.c: the row of that name, or NULL. */
const gr_option *gr_option_named(const gr_option *options, const char *name);

/* option.c: its own options and then the borrowed ones, NULL last. */
enum { GR_MOST_OPTIONS = 48 };
void gr_command_rows(const gr_command *command, const gr_option *rows[GR_MOST_OPTIONS + 1]);

/*
 * Reads argv[1 ..] into the settings and, where the command takes one, *operand (untouched when there is
 * none; where it takes many, gr_arguments_operands has them). True: go on. False: --help was printed, or a sentence about what is wrong, and *status is the exit
 * status.
 */
bool gr_arguments_read(const gr_command *command, int argc, char **argv, void *settings, const char **operand,
                       gr_exit *status);

/* After gr_arguments_read: the operands in their order, NULL last. */
char **gr_arguments_operands(char **argv);

/* Prints the help of one command on standard output. */
void gr_help_command(const gr_command *command);

/* Prints one option of a help page, and the list of exit statuses. */
void gr_help_row(const char *left, const char *text);
void gr_help_exit_statuses(void);

#endif
