/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus plot methods: the same problem run by each method, as a table and as a picture. */
#include <math.h>
#include <stdio.h>

#include "cli/contest.h"
#include "cli/plot.h"
#include "cli/points.h"
#include "cli/text.h"
#include "cli/trace_picture.h"

/* The first field lets options of `gradus fit` be borrowed. */
typedef struct settings {
    gr_fit_settings fit;
    gr_plot_target target;
} settings;

static const gr_option options[] = {
    {"output", "FILE", "the path of a file",
     "Where the picture goes; its name ends in .png or .svg. With --data: where the points go. Without it: "
     "the table "
     "alone.",
     gr_read_text, offsetof(settings, target.path), NULL},
    {"data", NULL, NULL,
     "Writes the points of the picture as CSV, to the file of --output or to standard output; needs no "
     "gnuplot.",
     gr_read_true, offsetof(settings, target.data), NULL},
    {NULL, NULL, NULL, NULL, NULL, 0, NULL},
};

static const char *const borrowed[] = {"model",   "delta",          "direction",    "response",
                                       "weights", "offset",         "no-intercept", "polynomial",
                                       "ridge",   "max-iterations", "tolerance",    NULL};

static void print_table(const gr_contest *contest)
{
    (void)printf("%-20s %-13s %-17s %10s %9s %7s\n", "method", "metric", "step", "iterations", "passes",
                 "digits");
    for (size_t k = 0; k < contest->traces.count; k++) {
        const gradus_report *report = &contest->reports[k];
        gr_print_label(contest->traces.runs[k].name, 20);
        (void)printf(" %-13s %-17s %10zu %9.0f", gr_metric_word(report->metric),
                     gr_step_word(report->step_rule), report->iterations, report->passes);
        if (isfinite(contest->digits[k]))
            (void)printf(" %7.1f", contest->digits[k]);
        else
            (void)printf(" %7s", "-");
        (void)printf("%s\n", gradus_stop_converged(report->stop) ? "" : "  not converged");
    }
}

static gradus_status put_out(const gr_plot_target *target, const gr_contest *contest, gr_trouble *trouble)
{
    trouble->where = target->path;
    if (target->data)
        return gr_points_write(target->path, gr_trace_picture_print, &contest->traces, &trouble->error);
    gradus_status status = GRADUS_OK;
    if (target->path) status = gr_trace_picture_draw(&contest->traces, target->path, &trouble->error);
    if (!status) print_table(contest);
    return status;
}

static gr_exit run(int argc, char **argv)
{
    settings chosen = {.fit = gr_fit_settings_default()};
    gr_exit exit_status;
    if (!gr_arguments_read(&gr_command_plot_methods, argc, argv, &chosen, &chosen.fit.file, &exit_status))
        return exit_status;
    gr_trouble trouble = {.where = NULL};
    gr_problem problem = {.coefficients = 0};
    gr_contest contest = {.traces = {.count = 0}};
    gradus_status status = chosen.target.path ? gr_plot_check(&chosen.target, &trouble.error) : GRADUS_OK;
    if (!status) status = gr_plot_spare(&chosen.target, chosen.fit.file, &trouble.error);
    if (!status) status = gr_fit_load(&chosen.fit, &problem, &trouble);
    if (!status) {
        trouble.where = NULL;
        status = gr_contest_run(&chosen.fit, &problem, &contest, &trouble);
    }
    if (!status) status = put_out(&chosen.target, &contest, &trouble);
    gr_contest_free(&contest);
    gr_problem_free(&problem);
    return status ? gr_complain("plot methods", status, &trouble) : GR_EXIT_SUCCESS;
}

const gr_command gr_command_plot_methods = {
    .name = "plot methods",
    .operand = "[FILE.csv]",
    .summary = "the same fit by each method: a table and its picture",
    .details =
        "Fits the model by each method in turn, prints what each took and the digits in which it agrees with "
        "the "
        "closed form, and draws their traces as gradus plot trace does. Without a file: Longley's data.\n",
    .options = options,
    .borrowed = borrowed,
    .run = run,
};
