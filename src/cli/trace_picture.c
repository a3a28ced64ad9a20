/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/trace_picture.h"

#include <math.h>

#include "cli/csv_name.h"
#include "cli/gnuplot.h"
#include "cli/pretty.h"

/* In pixels. */
enum { WIDTH = 1240, HEIGHT = 506, PANEL = 425, LEFT = 76, BETWEEN = 90, TOP = 54, BOTTOM = 72 };

/* As many points as an eye can tell apart along a panel. */
enum { MOST_POINTS = 700 };

/* A budget that differs by more than this from run to run is drawn logarithmically. */
static const double WIDE_SPREAD = 8.0;

typedef struct work_axis {
    double first, last; /* of the work; first > 0 */
    bool logarithmic;
} work_axis;

static work_axis measure(const gr_traces *traces)
{
    work_axis all = {INFINITY, 0.0, false};
    double shortest = INFINITY;
    for (size_t r = 0; r < traces->count; r++) {
        const gr_run *run = &traces->runs[r];
        const double last = run->work[run->count - 1];
        for (size_t k = 0; k < run->count; k++) {
            if (run->work[k] > 0.0) all.first = fmin(all.first, run->work[k]);
        }
        all.last = fmax(all.last, last);
        shortest = fmin(shortest, last);
    }
    all.logarithmic = all.last > WIDE_SPREAD * shortest || all.last > 2000.0;
    return all;
}

/* Which of MOST_POINTS columns of the picture a point falls into. */
static double column_of(const work_axis *axis, double work)
{
    const double share = axis->logarithmic ? log(work / axis->first) / log(axis->last / axis->first)
                                           : work / axis->last;
    return floor(share * MOST_POINTS);
}

/* The last point of each column. Returns how many there are. */
static size_t write_run(FILE *script, size_t number, const gr_run *run, const work_axis *axis)
{
    size_t written = 0;
    (void)fprintf(script, "$run%zu << END\n", number);
    for (size_t k = 0; k < run->count; k++) {
        const bool last = k + 1 == run->count;
        if (axis->logarithmic && !(run->work[k] > 0.0)) continue;
        if (!last && column_of(axis, run->work[k]) == column_of(axis, run->work[k + 1])) continue;
        (void)fprintf(script, "%.9g ", run->work[k]);
        (void)fprintf(script, run->gap[k] > 0.0 ? "%.9g " : "NaN ", run->gap[k]);
        (void)fprintf(script, run->gradient[k] > 0.0 ? "%.9g\n" : "NaN\n", run->gradient[k]);
        written++;
    }
    (void)fputs("END\n", script);
    return written;
}

/* A mark on every point of a short run, on some eight of a long one. */
static void write_style(FILE *script, size_t number, size_t points)
{
    static const char *const colours[GR_MOST_TRACES] = {"blue",   "vermillion", "green", "ink",
                                                        "orange", "purple",     "sky",   "'#777777'"};
    static const int marks[GR_MOST_TRACES] = {7, 5, 9, 13, 11, 6, 4, 8};
    (void)fprintf(
        script,
        "set style line %zu linecolor rgb %s linewidth 2.2 dashtype %s pointtype %d pointsize 1.2*dot "
        "pointinterval %zu\n",
        number + 1, colours[number], number < 4 ? "1" : "(14,5)", marks[number], points / 8 + 1);
}

/* The decades between the smallest and the largest positive number of a panel, some seven of them with a name. */
static void write_decades(FILE *script, const gr_traces *traces, int panel)
{
    double low = INFINITY, high = 0.0;
    for (size_t r = 0; r < traces->count; r++) {
        const gr_run *run = &traces->runs[r];
        const double *numbers = panel ? run->gradient : run->gap;
        for (size_t k = 0; k < run->count; k++) {
            if (numbers[k] > 0.0) low = fmin(low, numbers[k]);
            high = fmax(high, numbers[k]);
        }
    }
    if (!(low <= high)) low = high = 1.0;
    const int first = (int)floor(log10(low)), last = (int)ceil(log10(high) + 0.02),
              stride = (last - first) / 8 + 1;
    (void)fprintf(script, "set yrange [1e%d:1e%d]; set ytics (", first, last > first ? last : first + 1);
    for (int k = first; k <= last + 1; k++) {
        if (k % stride == 0)
            (void)fprintf(script, "'%s' 1e%d, ", gr_pretty_power(k).text, k);
        else
            (void)fprintf(script, "'' 1e%d 1, ", k);
    }
    (void)fputs("'' 1e300 1)\n", script);
}

static void write_panel(gr_picture *out, const gr_traces *traces, int panel)
{
    static const char *const titles[2] = {"distance of the value from the best of all runs",
                                          "norm of the gradient"};
    const double left = (double)(LEFT + panel * (PANEL + BETWEEN)) / WIDTH;
    (void)fprintf(out->script, "set lmargin at screen %.6f; set rmargin at screen %.6f\nset title '%s'\n",
                  left, left + (double)PANEL / WIDTH, titles[panel]);
    write_decades(out->script, traces, panel);
    if (panel)
        (void)fprintf(out->script,
                      "set key at screen %.6f,%.6f left top vertical reverse Left samplen 3 spacing 1.5 "
                      "textcolor rgb ink\n",
                      left + (double)(PANEL + 14) / WIDTH, 1.0 - (double)TOP / HEIGHT);
    for (size_t r = 0; r < traces->count; r++) {
        (void)fprintf(out->script, "%s $run%zu using 1:%d with linespoints linestyle %zu title ",
                      r ? "," : "plot", r, panel + 2, r + 1);
        gr_picture_quote(out, gr_pretty_name(traces->runs[r].name, 18).text);
    }
    (void)fputc('\n', out->script);
}

/* 1, 10, 100, 1000, and from there on powers: gnuplot would write 1e+06. */
static void write_work_decades(FILE *script, const work_axis *axis)
{
    const int last = (int)floor(log10(axis->last));
    (void)fputs("set xtics (", script);
    for (int k = (int)floor(log10(axis->first)); k <= last; k++) {
        if (k >= 0 && k < 4)
            (void)fprintf(script, "'%.0f' 1e%d, ", pow(10.0, k), k);
        else
            (void)fprintf(script, "'%s' 1e%d, ", gr_pretty_power(k).text, k);
        for (int digit = 2; digit < 10; digit++) (void)fprintf(script, "'' %de%d 1, ", digit, k);
    }
    (void)fputs("'' 1e300 1)\n", script);
}

static void write_axes(FILE *script, const gr_traces *traces, const work_axis *axis)
{
    (void)fprintf(script,
                  "set logscale y; unset key; set grid linecolor rgb pale linewidth 1 dashtype 1\n"
                  "set xlabel '%s' offset 0,0.3\nset tmargin at screen %.6f; set bmargin at screen %.6f\n",
                  traces->passes ? "passes over the data" : "evaluations of the function",
                  1.0 - (double)TOP / HEIGHT, (double)BOTTOM / HEIGHT);
    (void)fputs("set minussign\nset title offset 0,-0.2 font medium textcolor rgb ink\n", script);
    if (axis->logarithmic) {
        (void)fprintf(script, "set logscale x; set xrange [%.9g:%.9g]\n", axis->first, 1.1 * axis->last);
        write_work_decades(script, axis);
    } else
        (void)fprintf(script, "set xrange [0:%.9g]\n", 1.02 * axis->last);
}

gradus_status gr_trace_picture_draw(const gr_traces *traces, const char *path, gradus_error *error)
{
    const work_axis axis = measure(traces);
    gr_picture out;
    const gradus_status status = gr_picture_begin(path, WIDTH, HEIGHT, &out, error);
    if (status) return status;
    for (size_t r = 0; r < traces->count; r++)
        write_style(out.script, r, write_run(out.script, r, &traces->runs[r], &axis));
    write_axes(out.script, traces, &axis);
    (void)fputs("set multiplot\n", out.script);
    for (int panel = 0; panel < 2; panel++) write_panel(&out, traces, panel);
    (void)fputs("unset multiplot\n", out.script);
    return gr_picture_finish(&out, error);
}

void gr_trace_picture_print(FILE *file, const void *context)
{
    const gr_traces *traces = (const gr_traces *)context;
    (void)fprintf(file, "run,iteration,%s,value,gap,gradient_norm\n",
                  traces->passes ? "passes" : "evaluations");
    for (size_t r = 0; r < traces->count; r++) {
        const gr_run *run = &traces->runs[r];
        for (size_t k = 0; k < run->count; k++) {
            gr_csv_name_print(file, run->name);
            (void)fprintf(file, ",%zu,%.17g,%.17g,%.17g,%.17g\n", k, run->work[k], run->value[k], run->gap[k],
                          run->gradient[k]);
        }
    }
}
