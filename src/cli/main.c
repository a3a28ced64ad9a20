/* SPDX-License-Identifier: BSD-3-Clause */
/* The program: finds the subcommand, and sees to it that everything printed has arrived. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/json_memory.h"
#include "cli/option.h"
#include "gradus/status.h"
#include "io/number.h"

static const gr_command *const commands[] = {&gr_command_fit,    &gr_command_predict, &gr_command_plot,
                                             &gr_command_verify, &gr_command_info,    NULL};

static gr_exit print_help(void)
{
    (void)puts("Usage: gradus COMMAND [OPTION ...]\n\n"
               "Gradient descent and ascent on linear models, held against the closed form.\n\n"
               "Commands (gradus COMMAND --help tells more):");
    for (const gr_command *const *command = commands; *command; command++)
        gr_help_row((*command)->name, (*command)->summary);
    (void)puts("\nOptions:");
    gr_help_row("--help, -h", "Prints this page.");
    gr_help_row("--version", "Prints the version.");
    gr_help_exit_statuses();
    return GR_EXIT_SUCCESS;
}

static gr_exit print_version(void)
{
    (void)printf("gradus %s\n", gradus_version());
    return GR_EXIT_SUCCESS;
}

static gr_exit refuse(const char *word)
{
    gr_trouble trouble = {.where = NULL};
    static const char allowed[] = "fit, predict, plot, verify or info (gradus --help tells more)";
    const gradus_status status = word ? gr_error(&trouble.error, GRADUS_ERROR_OPTION, gr_fault_none(),
                                                 "%s is not a command; allowed is %s",
                                                 gr_excerpt_of(word).text, allowed)
                                      : gr_error(&trouble.error, GRADUS_ERROR_OPTION, gr_fault_none(),
                                                 "a command is missing; allowed is %s", allowed);
    return gr_complain(NULL, status, &trouble);
}

static gr_exit run(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word) return refuse(NULL);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return print_help();
    if (strcmp(word, "--version") == 0) return print_version();
    for (const gr_command *const *command = commands; *command; command++) {
        if (strcmp(word, (*command)->name) == 0) return (*command)->run(argc - 1, argv + 1);
    }
    return refuse(word);
}

/* A full disk shows only when the last bytes are written. */
static gr_exit finish(gr_exit status)
{
    errno = 0;
    const int flushed = fflush(stdout);
    if (flushed == 0 && !ferror(stdout)) return status;
    (void)fprintf(stderr, "gradus: standard output cannot be written: %s\n",
                  errno ? strerror(errno) : "an earlier write failed");
    return GR_EXIT_CANNOT;
}

int main(int argc, char **argv)
{
    /* a file above the limit of ulimit -f is then an error with words, like a full disk */
    (void)signal(SIGXFSZ, SIG_IGN);
    gr_json_watch_memory();
    return (int)finish(run(argc, argv));
}
