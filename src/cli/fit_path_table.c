/* SPDX-License-Identifier: BSD-3-Clause */
/* A path as a table, a line for every fit, and its coefficients as CSV. */
#include <math.h>
#include <stdio.h>

#include "cli/csv_name.h"
#include "cli/fit_path.h"
#include "cli/points.h"
#include "cli/text.h"

static void print_gap(double gap)
{
    if (isnan(gap))
        (void)printf(" %9s", "-");
    else
        (void)printf(" %9.2g", gap);
}

static void print_fit(const gr_problem *problem, const gr_fit_path *path, size_t k)
{
    const gradus_report *report = &path->reports[k];
    (void)printf("%12.6g %9zu %14.8g", path->lambdas[k], gr_fit_path_support(problem, path, k),
                 report->value);
    print_gap(report->duality_gap);
    (void)printf(" %10zu %9.6g%s\n", report->iterations, report->passes,
                 gradus_stop_converged(report->stop) ? "" : "  not converged");
}

static void print_total(const gr_fit_settings *settings, const gr_fit_path *path)
{
    double passes = 0.0, seconds = 0.0;
    char line[200];
    size_t converged = 0;
    for (size_t k = 0; k < path->count; k++) {
        passes += path->reports[k].passes;
        seconds += path->reports[k].seconds;
        converged += gradus_stop_converged(path->reports[k].stop) ? 1 : 0;
    }
    (void)snprintf(line, sizeof line,
                   "%zu of %lld fits converged, in %.10g pass%s over the data and %.3g s; the lasso that "
                   "leaves no coefficient is %.12g",
                   converged, settings->path, passes, passes == 1.0 ? "" : "es", seconds, path->largest);
    (void)putchar('\n');
    gr_print_wrapped(0, 0, line);
}

void gr_fit_path_print(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit_path *path)
{
    const gr_model_row *model = &gr_models[settings->model];
    char line[200];
    gr_fit_print_data(settings, problem);
    (void)snprintf(line, sizeof line, "%s, %lld value%s of the lasso; objective: %s, penalty included",
                   model->word, settings->path, settings->path == 1 ? "" : "s",
                   settings->direction == GRADUS_DIRECTION_ASCENT ? model->gain_is : model->cost_is);
    gr_print_wrapped(0, 0, line);
    (void)printf("\n%12s %9s %14s %9s %10s %9s\n", "lasso", "non-zeros", "objective", "gap", "iterations",
                 "passes");
    for (size_t k = 0; k < path->count; k++) print_fit(problem, path, k);
    print_total(settings, path);
}

typedef struct written {
    const gr_problem *problem;
    const gr_fit_path *path;
} written;

/* A gr_points_printer. */
static void print_coefficients(FILE *file, const void *context)
{
    const written *all = (const written *)context;
    const size_t p = all->problem->coefficients;
    (void)fputs("lasso", file);
    for (size_t j = 0; j < p; j++) {
        (void)fputc(',', file);
        gr_csv_name_print(file, all->problem->names[j]);
    }
    (void)fputc('\n', file);
    for (size_t k = 0; k < all->path->count; k++) {
        (void)fprintf(file, "%.17g", all->path->lambdas[k]);
        for (size_t j = 0; j < p; j++) (void)fprintf(file, ",%.17g", all->path->thetas[k * p + j]);
        (void)fputc('\n', file);
    }
}

gradus_status gr_fit_path_write(const gr_fit_settings *settings, const gr_problem *problem,
                                const gr_fit_path *path, gr_trouble *trouble)
{
    const written all = {problem, path};
    if (!settings->coefficients) return GRADUS_OK;
    trouble->where = settings->coefficients;
    return gr_points_write(settings->coefficients, print_coefficients, &all, &trouble->error);
}
