/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/contours.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "cli/heap.h"

static const double MARGIN = 0.08;

/* An end further away than so many windows ran away; the picture stays where something is to be seen. */
static const double FAR = 4.0;

static void include(gr_window *window, const double *theta)
{
    for (int j = 0; j < 2; j++) {
        window->low[j] = fmin(window->low[j], theta[j]);
        window->high[j] = fmax(window->high[j], theta[j]);
    }
}

static bool is_empty(const gr_window *window)
{
    return window->low[0] > window->high[0];
}

/* All of a path that says by itself what is drawn, and its mirror image behind the end, so that this is the middle. */
static gr_window of_path(const gr_path *path)
{
    const double *end = path->points[path->count - 1].theta;
    gr_window window = {{end[0], end[1]}, {end[0], end[1]}};
    for (size_t k = 0; k < path->count; k++) {
        const double *at = path->points[k].theta;
        include(&window, at);
        include(&window, (const double[]){2.0 * end[0] - at[0], 2.0 * end[1] - at[1]});
    }
    for (int j = 0; j < 2; j++) { /* a path that does not move along an axis */
        if (window.high[j] > window.low[j]) continue;
        const double room = fmax(fabs(end[j]), 1.0);
        window.low[j] -= room;
        window.high[j] += room;
    }
    return window;
}

static void add_margin(gr_window *window)
{
    for (int j = 0; j < 2; j++) {
        const double margin = MARGIN * (window->high[j] - window->low[j]);
        window->low[j] -= margin;
        window->high[j] += margin;
    }
}

static bool differ(const gr_window *a, const gr_window *b)
{
    return a->low[0] != b->low[0] || a->low[1] != b->low[1] || a->high[0] != b->high[0] ||
           a->high[1] != b->high[1];
}

static bool is_near(const gr_window *window, const double *theta)
{
    for (int j = 0; j < 2; j++) {
        const double width = window->high[j] - window->low[j];
        const bool inside = theta[j] >= window->low[j] - FAR * width &&
                            theta[j] <= window->high[j] + FAR * width;
        if (!inside) return false; /* NaN, too */
    }
    return true;
}

gr_window gr_window_around(const gr_window *window, const gr_path *path)
{
    const double *ends[2] = {path->points[0].theta, path->points[path->count - 1].theta};
    gr_window wide = is_empty(window) ? of_path(path) : *window;
    const gr_window before = wide;
    include(&wide, ends[0]);
    if (is_near(&wide, ends[1])) include(&wide, ends[1]);
    if (is_empty(window) || differ(&before, &wide)) add_margin(&wide);
    return wide;
}

double gr_contours_at(const gr_contours *contours, int axis, size_t index)
{
    const double share = (double)index / (GR_GRID - 1);
    return (1.0 - share) * contours->window.low[axis] + share * contours->window.high[axis];
}

/* Where f has no value, NaN. */
static gradus_status evaluate(const gradus_objective *f, gr_contours *contours)
{
    for (size_t j = 0; j < GR_GRID; j++) {
        for (size_t i = 0; i < GR_GRID; i++) {
            const double theta[2] = {gr_contours_at(contours, 0, i), gr_contours_at(contours, 1, j)};
            double value;
            const gradus_status status = gradus_objective_evaluate(f, theta, &value, NULL);
            if (status == GRADUS_ERROR_MEMORY) return status;
            contours->values[j * GR_GRID + i] = !status && isfinite(value) ? value : (double)NAN;
        }
    }
    return GRADUS_OK;
}

static int compare(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void choose_levels(const double *values, double *sorted, double *levels)
{
    size_t count = 0;
    for (size_t k = 0; k < GR_CELLS; k++) {
        if (isfinite(values[k])) sorted[count++] = values[k];
    }
    qsort(sorted, count, sizeof *sorted, compare);
    for (int k = 0; k < GR_LEVELS; k++) {
        const double share = (k + 1.0) / (GR_LEVELS + 1.0);
        levels[k] = count ? sorted[(size_t)(share * share * (double)(count - 1))] : 0.0;
    }
}

gradus_status gr_contours_make(const gradus_objective *f, const gr_window *window, gr_contours *contours,
                               gradus_error *error)
{
    gr_contours made = {.window = *window, .values = gr_new_doubles(GR_CELLS)};
    double *sorted = gr_new_doubles(GR_CELLS);
    const gradus_status status = made.values && sorted ? evaluate(f, &made) : GRADUS_ERROR_MEMORY;
    if (status)
        gr_contours_free(&made);
    else {
        choose_levels(made.values, sorted, made.levels);
        *contours = made;
    }
    gr_delete(sorted);
    return status ? gr_error_plain(error, status) : GRADUS_OK;
}

int gr_contours_band(const gr_contours *contours, double value)
{
    int band = 0;
    while (band < GR_LEVELS && !(value <= contours->levels[band])) band++;
    return band;
}

void gr_contours_free(gr_contours *contours)
{
    gr_delete(contours->values);
    contours->values = NULL;
}
