/* SPDX-License-Identifier: BSD-3-Clause */
/* gradus plot surface: descends a function of two variables, climbs minus that function, and draws both paths. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "cli/interrupt.h"
#include "cli/plot.h"
#include "cli/points.h"
#include "cli/surface_picture.h"
#include "cli/text.h"
#include "io/number.h"

/* The first field lets options of `gradus fit` be borrowed. */
typedef struct settings {
    gr_fit_settings fit;
    const gr_surface *surface;
    double condition;
    bool has_start;
    double start[2];
    gr_plot_target target;
} settings;

#define AT(field) offsetof(settings, field)

static bool read_surface(const gr_option *option, const char *text, void *into)
{
    (void)option;
    for (size_t k = 0; k < gr_surfaces_count; k++) {
        if (strcmp(gr_surfaces[k].name, text) != 0) continue;
        ((settings *)into)->surface = &gr_surfaces[k];
        return true;
    }
    return false;
}

/* "A,B" */
static bool read_start(const gr_option *option, const char *text, void *into)
{
    settings *chosen = (settings *)into;
    const char *comma = strchr(text, ',');
    char first[64];
    (void)option;
    if (!comma || (size_t)(comma - text) >= sizeof first) return false;
    (void)snprintf(first, sizeof first, "%.*s", (int)(comma - text), text);
    chosen->has_start = true;
    return gr_number_read(first, &chosen->start[0]) == GR_NUMBER_FINITE &&
           gr_number_read(comma + 1, &chosen->start[1]) == GR_NUMBER_FINITE;
}

static const gr_range conditions = {1.0, 1000.0};
static const gr_range tolerances = {0.0, 1.0};

static const gr_option options[] = {
    {"surface", "NAME", GR_SURFACE_WORDS,
     "The function, where no file is given: bowl (default), a quadratic one; booth, another; beale, with "
     "flat "
     "corners; rosenbrock, a narrow bent valley; himmelblau, with four minima; camel, with three; "
     "two-valleys.",
     read_surface, 0, NULL},
    {"condition", "K", "a number from 1 to 1000", "The condition number of the bowl's Hessian; default 10.",
     gr_read_number, AT(condition), &conditions},
    {"output", "FILE", "the path of a file",
     "Where the picture goes; its name ends in .png or .svg. With --data: where the points go.", gr_read_text,
     AT(target.path), NULL},
    {"data", NULL, NULL,
     "Writes the points of the picture as CSV, to the file of --output or to standard output; needs no "
     "gnuplot.",
     gr_read_true, AT(target.data), NULL},
    {"start", "A,B", "two numbers with a comma between them",
     "Where both runs begin. Default: a place that shows something; for a file 0,0.", read_start, 0, NULL},
    {"method", "METHOD", GR_METHOD_WORDS,
     "As gradus fit has them. Default: gradient; automatic: the best for the function.", gr_read_choice,
     AT(fit.method), gr_fit_methods},
    {"metric", "METRIC", GR_METRIC_WORDS,
     "As gradus fit has them, but identity (default) is that of the two variables as they are. For built-in "
     "functions other than the bowl identity alone.",
     gr_read_choice, AT(fit.metric), gr_fit_metrics},
    {"tolerance", "T", "a number from 0 to 1",
     "Stops when the gradient norm is T times that of the start; default 1e-10. 0: no further than working "
     "precision goes.",
     gr_read_number, AT(fit.tolerance), &tolerances},
    {NULL, NULL, NULL, NULL, NULL, 0, NULL},
};

static const char *const borrowed[] = {
    "step",  "max-iterations", "batch",  "order",   "seed",         "epochs",     "check", "clip", "model",
    "delta", "response",       "offset", "weights", "no-intercept", "polynomial", "ridge", NULL};

static gradus_status make_landscape(const settings *chosen, gr_landscape *landscape, gr_trouble *trouble)
{
    const gradus_status status = chosen->fit.file
                                     ? gr_landscape_of_file(&chosen->fit, landscape, trouble)
                                     : gr_landscape_of_surface(chosen->surface, chosen->condition, landscape,
                                                               &trouble->error);
    if (chosen->has_start) memcpy(landscape->start, chosen->start, sizeof landscape->start);
    return status;
}

static gradus_status compare(const gr_surface_picture *picture, gradus_error *error)
{
    const gr_path *descent = &picture->descent, *ascent = &picture->ascent;
    if (descent->report.stop == GRADUS_STOP_CANCELLED || ascent->report.stop == GRADUS_STOP_CANCELLED)
        return gr_error(error, GRADUS_ERROR_ABORTED, gr_fault_none(), "interrupted; nothing was drawn");
    if (gr_path_mirrors(descent, ascent)) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_ABORTED, gr_fault_none(),
                    "descent and ascent differ, which must not be: please report it");
}

static gradus_status walk(const settings *chosen, gr_surface_picture *picture, gr_trouble *trouble)
{
    const gr_landscape *landscape = picture->landscape;
    gradus_options how = gr_fit_solver_options(&chosen->fit, &trouble->error);
    trouble->where = NULL;
    how.cancel = gr_interrupt_catch();
    gradus_status status = gr_path_walk(landscape->cost, GRADUS_DIRECTION_DESCENT, landscape->start, how,
                                        &picture->descent);
    if (!status)
        status = gr_path_walk(landscape->gain, GRADUS_DIRECTION_ASCENT, landscape->start, how,
                              &picture->ascent);
    gr_interrupt_release();
    if (status == GRADUS_ERROR_STEP_TOO_LARGE) trouble->where = "--step";
    if (status == GRADUS_ERROR_START_VALUE) trouble->where = "--start";
    return status ? status : compare(picture, &trouble->error);
}

static void report(const settings *chosen, const gr_surface_picture *picture)
{
    const gr_path *path = &picture->descent;
    const gr_point *end = &path->points[path->count - 1];
    char line[600];
    (void)snprintf(
        line, sizeof line,
        "%.200s: %zu iterations each, the same bits; descent ends at (%.6g, %.6g) with %s = %.6g; %s",
        chosen->target.path, path->report.iterations, end->theta[0], end->theta[1],
        picture->landscape->cost_name, end->value, gradus_stop_sentence(path->report.stop));
    gr_print_wrapped(0, 0, line);
}

static gradus_status put_out(const settings *chosen, gr_surface_picture *picture, gr_trouble *trouble)
{
    const gr_plot_target *target = &chosen->target;
    const gr_window window = gr_window_around(&picture->landscape->window, &picture->descent);
    gradus_status status = gr_contours_make(picture->landscape->cost, &window, &picture->contours,
                                            &trouble->error);
    if (status) return status;
    trouble->where = target->path;
    if (target->data)
        return gr_points_write(target->path, gr_surface_picture_print, picture, &trouble->error);
    status = gr_surface_picture_draw(picture, target->path, &trouble->error);
    if (!status) report(chosen, picture);
    return status;
}

static gr_exit run(int argc, char **argv)
{
    settings chosen = {.fit = gr_fit_settings_default(), .surface = &gr_surfaces[0], .condition = 10.0};
    gr_exit exit_status;
    chosen.fit.method = GRADUS_METHOD_GRADIENT;
    chosen.fit.standardize = false;
    chosen.fit.tolerance = 1e-10;
    if (!gr_arguments_read(&gr_command_plot_surface, argc, argv, &chosen, &chosen.fit.file, &exit_status))
        return exit_status;
    gr_trouble trouble = {.where = NULL};
    gr_landscape landscape = {.cost = NULL};
    gr_surface_picture picture = {.landscape = &landscape};
    gradus_status status = gr_plot_check(&chosen.target, &trouble.error);
    if (!status) status = gr_plot_spare(&chosen.target, chosen.fit.file, &trouble.error);
    if (!status) status = make_landscape(&chosen, &landscape, &trouble);
    if (!status) status = walk(&chosen, &picture, &trouble);
    if (!status) status = put_out(&chosen, &picture, &trouble);
    gr_contours_free(&picture.contours);
    gr_path_free(&picture.descent);
    gr_path_free(&picture.ascent);
    gr_landscape_free(&landscape);
    return status ? gr_complain("plot surface", status, &trouble) : GR_EXIT_SUCCESS;
}

const gr_command gr_command_plot_surface = {
    .name = "plot surface",
    .operand = "[FILE.csv]",
    .summary = "descent and ascent on a surface, side by side",
    .details =
        "Descends a function of two variables, climbs minus that function from the same start, and draws "
        "both "
        "paths side by side on the contours. The function is built in, or the cost of a model with two "
        "coefficients: those of the columns of FILE.csv, as gradus fit reads it.\n",
    .options = options,
    .borrowed = borrowed,
    .run = run,
};
