/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus plot: finds the picture that is wanted. */
#include "cli/plot.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/gnuplot.h"
#include "cli/option.h"
#include "cli/same_file.h"
#include "io/number.h"

static const gr_command *const pictures[] = {&gr_command_plot_surface, &gr_command_plot_trace,
                                             &gr_command_plot_methods, NULL};

gradus_status gr_plot_check(const gr_plot_target *target, gradus_error *error)
{
    static const char allowed[] = "a name that ends in .png or .svg, or --data for the points";
    const char *path = target->path;
    if (target->data || (path && (gr_picture_is_png(path) || gr_picture_is_svg(path)))) return GRADUS_OK;
    if (!path)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(), "--output is missing; allowed is %s",
                        allowed);
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(), "--output is \"%s\"; allowed is %s",
                    gr_excerpt_of(path).text, allowed);
}

gradus_status gr_plot_spare(const gr_plot_target *target, const char *input, gradus_error *error)
{
    if (!input || !gr_same_file(target->path, input)) return GRADUS_OK;
    if (!target->path)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                        "standard output is \"%s\", a file that is read; allowed is another one",
                        gr_excerpt_of(input).text);
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_none(),
                    "--output is \"%s\", a file that is read; allowed is another one",
                    gr_excerpt_of(target->path).text);
}

static gr_exit print_help(void)
{
    (void)puts("Usage: gradus plot PICTURE [OPTION ...] [FILE ...]\n\n"
               "Pictures of descent and ascent, drawn by gnuplot.\n\n"
               "Pictures (gradus plot PICTURE --help tells more):");
    for (const gr_command *const *picture = pictures; *picture; picture++)
        gr_help_row((*picture)->name + strlen("plot "), (*picture)->summary);
    (void)puts("\nOptions:");
    gr_help_row("--help, -h", "Prints this page.");
    gr_help_exit_statuses();
    return GR_EXIT_SUCCESS;
}

static gr_exit refuse(const char *word)
{
    gr_trouble trouble = {.where = NULL};
    static const char allowed[] = "surface, trace or methods (gradus plot --help tells more)";
    const gradus_status status = word ? gr_error(&trouble.error, GRADUS_ERROR_OPTION, gr_fault_none(),
                                                 "%s is not a picture; allowed is %s",
                                                 gr_excerpt_of(word).text, allowed)
                                      : gr_error(&trouble.error, GRADUS_ERROR_OPTION, gr_fault_none(),
                                                 "a picture is missing; allowed is %s", allowed);
    return gr_complain("plot", status, &trouble);
}

static gr_exit run(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word) return refuse(NULL);
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) return print_help();
    for (const gr_command *const *picture = pictures; *picture; picture++) {
        if (strcmp(word, (*picture)->name + strlen("plot ")) == 0) return (*picture)->run(argc - 1, argv + 1);
    }
    return refuse(word);
}

static const gr_option no_options[] = {{NULL, NULL, NULL, NULL, NULL, 0, NULL}};

const gr_command gr_command_plot = {
    .name = "plot",
    .operand = "PICTURE",
    .summary = "draws descent and ascent on a surface, or traces of fits",
    .details = "",
    .options = no_options,
    .run = run,
};
