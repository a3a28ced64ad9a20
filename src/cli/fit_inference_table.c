/* SPDX-License-Identifier: BSD-3-Clause */
/* The statistics of a fit as statisticians print them: estimate, standard error, t or z, p; below them the fit as a whole. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/size.h"
#include "cli/fit.h"
#include "cli/text.h"
#include "io/number.h"

enum { LABEL = 26, MOST = 6 };

typedef struct column {
    char title[24];
    const char *format;
    double (*value)(const gr_fit *fit, size_t j);
    size_t width;
} column;

typedef struct table {
    column columns[MOST];
    size_t count, gap, name; /* the width of the names */
} table;

static double standard_error(const gr_fit *fit, size_t j)
{
    return fit->statistics.standard_errors[j];
}

static size_t print_cell(size_t size, char *text, const column *of, const gr_fit *fit, size_t j)
{
    return (size_t)snprintf(text, size, of->format, of->value(fit, j));
}

static void measure(const gr_problem *problem, const gr_fit *fit, column *of)
{
    char text[40];
    of->width = strlen(of->title);
    for (size_t j = fit->statistics.reference; j < problem->coefficients; j++)
        of->width = gr_max(of->width, print_cell(sizeof text, text, of, fit, j));
}

static column column_of(const char *title, const char *format, double (*value)(const gr_fit *, size_t))
{
    column made = {.format = format, .value = value};
    (void)snprintf(made.title, sizeof made.title, "%s", title);
    return made;
}

/* The ends of an interval are named by the probability below them, as 2.5 % and 97.5 %. */
static column bound_of(double below, double (*value)(const gr_fit *, size_t))
{
    column made = column_of("", "%.5g", value);
    (void)snprintf(made.title, sizeof made.title, "%.4g %%", 100.0 * below);
    return made;
}

static size_t choose(const gr_fit_settings *settings, const gr_fit *fit, column *columns)
{
    const gradus_inference *facts = &fit->statistics.facts;
    size_t count = 0;
    columns[count++] = column_of("estimate", "%.5g", gr_fit_estimate);
    columns[count++] = column_of("std. error", "%.4g", standard_error);
    columns[count++] = column_of(facts->student ? "t value" : "z value", "%.4g", gr_fit_statistic);
    columns[count++] = column_of("p-value", "%.3g", gr_fit_p_value);
    if (settings->confidence > 0.0) {
        columns[count++] = bound_of((1.0 - facts->confidence) / 2.0, gr_fit_lower);
        columns[count++] = bound_of((1.0 + facts->confidence) / 2.0, gr_fit_upper);
    }
    return count;
}

static size_t widest_name(const gr_problem *problem, const gr_fit *fit)
{
    size_t widest = fit->statistics.reference > 0 ? strlen("less class 0") : 4;
    for (size_t j = 0; j < problem->coefficients; j++)
        widest = gr_max(widest, gr_text_width(problem->names[j]));
    return widest;
}

/* Two blanks before a column, one where names would be cut otherwise; what is left of the line is theirs. */
static table lay_out(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit)
{
    table made = {.gap = 2};
    size_t taken = 0;
    made.count = choose(settings, fit, made.columns);
    for (size_t k = 0; k < made.count; k++) {
        measure(problem, fit, &made.columns[k]);
        taken += made.columns[k].width;
    }
    const size_t widest = widest_name(problem, fit);
    if (widest + taken + made.gap * made.count > GR_LINE) made.gap = 1;
    taken += made.gap * made.count;
    made.name = gr_min(widest, GR_LINE > taken + 4 ? GR_LINE - taken : 4);
    return made;
}

static void print_coefficients(const table *of, const gr_problem *problem, const gr_fit *fit)
{
    char text[40];
    gr_print_label(fit->statistics.reference > 0 ? "less class 0" : "", of->name);
    for (size_t k = 0; k < of->count; k++)
        (void)printf("%*s", (int)(of->gap + of->columns[k].width), of->columns[k].title);
    (void)putchar('\n');
    for (size_t j = fit->statistics.reference; j < problem->coefficients; j++) {
        gr_print_label(problem->names[j], of->name);
        for (size_t k = 0; k < of->count; k++) {
            (void)print_cell(sizeof text, text, &of->columns[k], fit, j);
            (void)printf("%*s", (int)(of->gap + of->columns[k].width), text);
        }
        (void)putchar('\n');
    }
    (void)putchar('\n');
}

static void print_line(const char *label, const char *text)
{
    gr_print_wrapped(printf("%-*s", LABEL, label), LABEL, text);
}

/* Of several responses each has a name. */
static void print_spread(const gradus_inference *facts, double value, const char *response)
{
    char text[200], of[80] = "";
    if (response) (void)snprintf(of, sizeof of, ", \"%s\"", gr_excerpt_of(response).text);
    (void)snprintf(text, sizeof text, "%.6g on %.6g degree%s of freedom%s", value, facts->degrees_of_freedom,
                   facts->degrees_of_freedom == 1.0 ? "" : "s", of);
    print_line(facts->student ? "residual standard error" : "residual deviance", text);
    if (!facts->student) return;
    (void)snprintf(text, sizeof text, "%.6g, adjusted %.6g%s", facts->r_squared, facts->adjusted_r_squared,
                   of);
    print_line("R squared", text);
}

static void print_whole(const gr_problem *problem, const gr_fit_statistics *statistics)
{
    const gradus_inference *facts = &statistics->facts, *each = statistics->each;
    char text[120];
    if (!facts->student) print_spread(facts, statistics->deviance, NULL);
    for (size_t c = 0; facts->student && c < problem->response_count; c++)
        print_spread(&each[c], sqrt(each[c].dispersion),
                     problem->response_count > 1 ? problem->responses[c] : NULL);
    (void)snprintf(text, sizeof text, "%.8g, AIC %.8g, BIC %.8g", facts->log_likelihood, facts->aic,
                   facts->bic);
    print_line("log-likelihood", text);
    (void)putchar('\n');
}

void gr_fit_print_inference(const gr_fit_settings *settings, const gr_problem *problem, const gr_fit *fit)
{
    if (!fit->statistics.known) return;
    const table columns = lay_out(settings, problem, fit);
    print_coefficients(&columns, problem, fit);
    print_whole(problem, &fit->statistics);
}
