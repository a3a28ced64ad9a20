/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus plot trace: how value and gradient norm fell, or rose, in several runs. */
#include <stdio.h>

#include "cli/option.h"
#include "cli/plot.h"
#include "cli/points.h"
#include "cli/text.h"
#include "cli/trace_picture.h"

static const gr_option options[] = {
    {"output", "FILE", "the path of a file",
     "Where the picture goes; its name ends in .png or .svg. With --data: where the points go.", gr_read_text,
     offsetof(gr_plot_target, path), NULL},
    {"data", NULL, NULL,
     "Writes the points of the picture as CSV, to the file of --output or to standard output; needs no "
     "gnuplot.",
     gr_read_true, offsetof(gr_plot_target, data), NULL},
    {NULL, NULL, NULL, NULL, NULL, 0, NULL},
};

static gradus_status put_out(const gr_plot_target *target, const gr_traces *traces, gr_trouble *trouble)
{
    trouble->where = target->path;
    if (target->data) return gr_points_write(target->path, gr_trace_picture_print, traces, &trouble->error);
    const gradus_status status = gr_trace_picture_draw(traces, target->path, &trouble->error);
    if (status) return status;
    char line[300];
    (void)snprintf(line, sizeof line, "%.200s: %zu trace%s against %s", target->path, traces->count,
                   traces->count == 1 ? "" : "s", traces->passes ? "passes" : "evaluations");
    gr_print_wrapped(0, 0, line);
    return GRADUS_OK;
}

static gr_exit run(int argc, char **argv)
{
    gr_plot_target target = {.path = NULL};
    gr_exit exit_status;
    if (!gr_arguments_read(&gr_command_plot_trace, argc, argv, &target, NULL, &exit_status))
        return exit_status;
    gr_trouble trouble = {.where = NULL};
    gr_traces traces = {.count = 0};
    gradus_status status = gr_plot_check(&target, &trouble.error);
    for (char **path = gr_arguments_operands(argv); *path && !status; path++)
        status = gr_plot_spare(&target, *path, &trouble.error);
    if (!status) status = gr_traces_read(gr_arguments_operands(argv), &traces, &trouble);
    if (!status) status = put_out(&target, &traces, &trouble);
    gr_traces_free(&traces);
    return status ? gr_complain("plot trace", status, &trouble) : GR_EXIT_SUCCESS;
}

const gr_command gr_command_plot_trace = {
    .name = "plot trace",
    .operand = "FILE.csv ...",
    .many = true,
    .summary = "value and gradient norm of fits against their passes",
    .details = "Draws the traces that gradus fit --trace wrote, at most eight: how far the value is from the "
               "best of all "
               "of them, and the norm of the gradient, against the passes over the data, logarithmically. "
               "The value of a "
               "run that climbs counts in its mirror image. The key names the files.\n",
    .options = options,
    .run = run,
};
