/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/surface_picture.h"

#include <math.h>
#include <string.h>

#include "cli/csv_name.h"
#include "cli/gnuplot.h"
#include "cli/pretty.h"

/* In pixels. */
enum { WIDTH = 1240, PANEL = 530, LEFT = 70, BETWEEN = 90, TOP = 104, BOTTOM = 118 };

typedef struct panels {
    int height;
    double left[2], right[2], bottom, top; /* of the panels, as shares of the picture */
} panels;

static panels lay_out(const gr_surface_picture *picture)
{
    const gr_window *window = &picture->contours.window;
    const double shape = (window->high[1] - window->low[1]) / (window->high[0] - window->low[0]);
    const double tall = picture->landscape->square ? fmin(fmax(PANEL * shape, 330.0), 560.0) : 400.0;
    panels made = {.height = TOP + BOTTOM + (int)tall};
    for (int k = 0; k < 2; k++) {
        made.left[k] = (double)(LEFT + k * (PANEL + BETWEEN)) / WIDTH;
        made.right[k] = made.left[k] + (double)PANEL / WIDTH;
    }
    made.bottom = (double)BOTTOM / made.height;
    made.top = made.bottom + tall / made.height;
    return made;
}

static void write_grid(FILE *script, const gr_contours *contours)
{
    (void)fprintf(script, "bands = %d\n$grid << END\n", GR_LEVELS);
    for (size_t j = 0; j < GR_GRID; j++) {
        for (size_t i = 0; i < GR_GRID; i++) {
            const double value = contours->values[j * GR_GRID + i];
            (void)fprintf(script, "%.9g %.9g %.9g %d\n", gr_contours_at(contours, 0, i),
                          gr_contours_at(contours, 1, j), value, gr_contours_band(contours, value));
        }
        (void)fputc('\n', script);
    }
    (void)fputs("END\n", script);
}

static void write_contours(FILE *script, const gr_contours *contours)
{
    (void)fputs("set contour base; unset surface; set cntrparam levels discrete ", script);
    for (int k = 0; k < GR_LEVELS; k++) {
        if (k == 0 || contours->levels[k] > contours->levels[k - 1])
            (void)fprintf(script, "%s%.17g", k ? "," : "", contours->levels[k]);
    }
    (void)fputs("\nset table $contours; splot $grid every coarse:coarse using 1:2:3; unset table\n"
                "set surface; unset contour\n",
                script);
}

/* Points that lie further apart than `share` of the window, and the last: what an eye can tell apart. */
static void write_path(FILE *script, const char *name, const gr_path *path, const gr_window *window,
                       double share)
{
    const double width = window->high[0] - window->low[0], height = window->high[1] - window->low[1];
    const gr_point *kept = NULL;
    (void)fprintf(script, "$%s << END\n", name);
    for (size_t k = 0; k < path->count; k++) {
        const gr_point *at = &path->points[k];
        const bool near = kept && hypot((at->theta[0] - kept->theta[0]) / width,
                                        (at->theta[1] - kept->theta[1]) / height) < share;
        if (near && k + 1 < path->count) continue;
        (void)fprintf(script, "%.9g %.9g\n", at->theta[0], at->theta[1]);
        kept = at;
    }
    (void)fputs("END\n", script);
}

static void write_ends(FILE *script, const gr_path *path)
{
    const double *first = path->points[0].theta, *last = path->points[path->count - 1].theta;
    (void)fprintf(script, "$start << END\n%.9g %.9g\nEND\n$end << END\n%.9g %.9g\nEND\n", first[0], first[1],
                  last[0], last[1]);
}

static void write_label(gr_picture *out, double x, double y, const char *font, const char *colour,
                        const char *text)
{
    (void)fputs("set label ", out->script);
    gr_picture_quote(out, text);
    (void)fprintf(out->script, " at screen %.6f,%.6f center font %s textcolor rgb %s\n", x, y, font, colour);
}

static const char *formula_of(const gr_surface_picture *picture, bool ascent)
{
    const gradus_report *report = &picture->descent.report;
    if (report->method != GRADUS_METHOD_GRADIENT) return "";
    const bool plain = report->metric == GRADUS_METRIC_IDENTITY;
    if (ascent) return plain ? "θ ← θ + α ∇" : "θ ← θ + α P⁻¹ ∇";
    return plain ? "θ ← θ − α ∇" : "θ ← θ − α P⁻¹ ∇";
}

/* "Descent of f:   θ ← θ − α ∇f(θ)", and below it how far the value went. */
static void write_panel_titles(gr_picture *out, const gr_surface_picture *picture, const panels *layout,
                               bool ascent)
{
    const gr_landscape *landscape = picture->landscape;
    const gr_path *path = ascent ? &picture->ascent : &picture->descent;
    const char *name = ascent ? landscape->gain_name : landscape->cost_name,
               *formula = formula_of(picture, ascent);
    const bool sign = strlen(name) > strlen("ℓ"); /* two signs need brackets */
    const double centre = (layout->left[ascent] + layout->right[ascent]) / 2.0;
    char text[400];
    (void)snprintf(text, sizeof text, "%s of %s%s%s%s%s%s%s", ascent ? "Ascent" : "Descent", name,
                   *formula ? ":   " : "", formula, *formula && sign ? "(" : "", *formula ? name : "",
                   *formula && sign ? ")" : "", *formula ? "(θ)" : "");
    write_label(out, centre, layout->top + 36.0 / layout->height, "medium", ascent ? "vermillion" : "blue",
                text);
    (void)snprintf(text, sizeof text, "%s %s from %s to %s", name, ascent ? "rises" : "falls",
                   gr_pretty_number(path->points[0].value).text, gr_pretty_number(path->report.value).text);
    write_label(out, centre, layout->top + 14.0 / layout->height, "small", "ink", text);
}

/* By hand, because gnuplot breaks its own key where it thinks that letters are wide. */
static void write_key(gr_picture *out, const panels *layout)
{
    static const struct {
        const char *name, *point;
    } entries[] = {{"path", NULL},
                   {"iterates", "pointtype 7 pointsize 0.55*dot linecolor rgb ink"},
                   {"start", "pointtype 7 pointsize 1.9*dot linecolor rgb vermillion"},
                   {"end", "pointtype 13 pointsize 1.9*dot linecolor rgb vermillion"}};
    const double y = 40.0 / layout->height;
    double ring = 0.5;
    for (int k = 0; k < 4; k++) {
        const double x = 0.5 + (k - 2) * 110.0 / WIDTH;
        (void)fprintf(out->script, "set label '%s' at screen %.6f,%.6f left font small textcolor rgb ink\n",
                      entries[k].name, x + 20.0 / WIDTH, y);
        if (k == 2) ring = x;
        if (entries[k].point)
            (void)fprintf(out->script, "set label '' at screen %.6f,%.6f point %s\n", x + 6.0 / WIDTH, y,
                          entries[k].point);
        else
            (void)fprintf(
                out->script,
                "set arrow from screen %.6f,%.6f to screen %.6f,%.6f nohead linewidth 2 linecolor rgb ink\n",
                x - 14.0 / WIDTH, y, x + 14.0 / WIDTH, y);
    }
    (void)fprintf(
        out->script,
        "set label '' at screen %.6f,%.6f point pointtype 7 pointsize 1.1*dot linecolor rgb 'white'\n",
        ring + 6.0 / WIDTH, y);
}

static void write_titles(gr_picture *out, const gr_surface_picture *picture, const panels *layout)
{
    const gradus_report *report = &picture->descent.report;
    char text[400];
    (void)snprintf(text, sizeof text, "%s:  %s", picture->landscape->title, picture->landscape->formula);
    write_label(out, 0.5, 1.0 - 22.0 / layout->height, "large", "ink", text);
    (void)snprintf(
        text, sizeof text,
        "Method %s, step %s, metric %s.  Descent and ascent visit the same %s iterates, bit for bit.",
        gr_method_word(report->method), gr_step_word(report->step_rule), gr_metric_word(report->metric),
        gr_pretty_count(picture->descent.count).text);
    write_label(out, 0.5, 16.0 / layout->height, "small", "ink", text);
}

/* By hand, because gnuplot would place it by the width of the tics. */
static void write_second_axis(gr_picture *out, const gr_surface_picture *picture, const panels *layout)
{
    (void)fputs("set label ", out->script);
    gr_picture_quote(out, gr_pretty_name(picture->landscape->axis[1], 30).text);
    (void)fprintf(out->script, " at screen %.6f,%.6f center rotate by %d textcolor rgb ink\n", 14.0 / WIDTH,
                  (layout->bottom + layout->top) / 2.0, picture->landscape->square ? 0 : 90);
}

static void write_axes(gr_picture *out, const gr_surface_picture *picture, const panels *layout)
{
    const gr_window *window = &picture->contours.window;
    (void)fprintf(out->script, "set xrange [%.9g:%.9g]; set yrange [%.9g:%.9g]\nset cbrange [-0.5:%d.5]\n",
                  window->low[0], window->high[0], window->low[1], window->high[1], GR_LEVELS);
    (void)fputs("set xlabel ", out->script);
    gr_picture_quote(out, gr_pretty_name(picture->landscape->axis[0], 30).text);
    (void)fprintf(
        out->script,
        " offset 0,0.4\nset tmargin at screen %.6f; set bmargin at screen %.6f\nset minussign; unset key\n",
        layout->top, layout->bottom);
    (void)fprintf(out->script,
                  "set palette maxcolors %d defined (0 '#4F93C4', 1 '#CFE3F1', 2 '#F6F1E7', 3 '#F7DCA9', "
                  "4 '#EDB04A')\nunset colorbox\nset border 15\n",
                  GR_LEVELS + 1);
}

static void write_panel(gr_picture *out, const panels *layout, bool ascent)
{
    (void)fprintf(out->script, "set lmargin at screen %.6f; set rmargin at screen %.6f\n",
                  layout->left[ascent], layout->right[ascent]);
    if (ascent) (void)fputs("unset label; unset arrow\n", out->script);
    (void)fprintf(
        out->script,
        "plot $grid using 1:2:(%s) with image notitle, \\\n"
        "  $contours using 1:2 with lines linewidth 1 linecolor rgb '#7d7d7d' notitle, \\\n"
        "  $line using 1:2 with lines linewidth 4.5 linecolor rgb 'white' notitle, \\\n"
        "  $line using 1:2 with lines linewidth 2 linecolor rgb ink notitle, \\\n"
        "  $marks using 1:2 with points pointtype 7 pointsize 0.75*dot linecolor rgb 'white' notitle, \\\n"
        "  $marks using 1:2 with points pointtype 7 pointsize 0.5*dot linecolor rgb ink notitle, "
        "\\\n"
        "  $start using 1:2 with points pointtype 7 pointsize 2.3*dot linecolor rgb 'white' notitle, \\\n"
        "  $start using 1:2 with points pointtype 7 pointsize 1.9*dot linecolor rgb vermillion notitle, \\\n"
        "  $start using 1:2 with points pointtype 7 pointsize 1.1*dot linecolor rgb 'white' notitle, \\\n"
        "  $end using 1:2 with points pointtype 13 pointsize 2.6*dot linecolor rgb 'white' notitle, \\\n"
        "  $end using 1:2 with points pointtype 13 pointsize 1.9*dot linecolor rgb vermillion notitle\n",
        ascent ? "bands-$4" : "$4");
}

gradus_status gr_surface_picture_draw(const gr_surface_picture *picture, const char *path,
                                      gradus_error *error)
{
    const panels layout = lay_out(picture);
    const gr_window *window = &picture->contours.window;
    gr_picture out;
    const gradus_status status = gr_picture_begin(path, WIDTH, layout.height, &out, error);
    if (status) return status;
    write_grid(out.script, &picture->contours);
    write_contours(out.script, &picture->contours);
    write_path(out.script, "line", &picture->descent, window, 0.0008);
    write_path(out.script, "marks", &picture->descent, window, 0.012);
    write_ends(out.script, &picture->descent);
    write_axes(&out, picture, &layout);
    (void)fputs("set multiplot\n", out.script);
    write_titles(&out, picture, &layout);
    write_key(&out, &layout);
    write_second_axis(&out, picture, &layout);
    write_panel_titles(&out, picture, &layout, false);
    write_panel_titles(&out, picture, &layout, true);
    write_panel(&out, &layout, false);
    write_panel(&out, &layout, true);
    (void)fputs("unset multiplot\n", out.script);
    return gr_picture_finish(&out, error);
}

static void print_path(FILE *file, const char *name, const gr_path *path)
{
    for (size_t k = 0; k < path->count; k++) {
        const gr_point *at = &path->points[k];
        (void)fprintf(file, "%s,%zu,%.17g,%.17g,%.17g\n", name, k, at->theta[0], at->theta[1], at->value);
    }
}

void gr_surface_picture_print(FILE *file, const void *context)
{
    const gr_surface_picture *picture = (const gr_surface_picture *)context;
    const gr_contours *contours = &picture->contours;
    (void)fputs("what,index,", file);
    gr_csv_name_print(file, picture->landscape->axis[0]);
    (void)fputc(',', file);
    gr_csv_name_print(file, picture->landscape->axis[1]);
    (void)fputs(",value\n", file);
    print_path(file, "descent", &picture->descent);
    print_path(file, "ascent", &picture->ascent);
    for (size_t k = 0; k < GR_CELLS; k++)
        (void)fprintf(file, "surface,%zu,%.17g,%.17g,%.17g\n", k, gr_contours_at(contours, 0, k % GR_GRID),
                      gr_contours_at(contours, 1, k / GR_GRID), contours->values[k]);
}
