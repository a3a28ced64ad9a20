/* SPDX-License-Identifier: BSD-3-Clause */
/* The coefficients, one a line: name, coefficient, closed form, digits that agree. */
#include <stdio.h>
#include <string.h>

#include "base/size.h"
#include "cli/digits.h"
#include "cli/fit.h"
#include "cli/text.h"

enum { GAP = 3, DIGITS_WIDTH = 6 };

/* A number as the table shows it, with the 12 digits that a person may compare. */
typedef struct cell {
    char text[32];
} cell;

static cell cell_of(double value)
{
    cell made;
    (void)snprintf(made.text, sizeof made.text, "%.12g", value);
    return made;
}

static size_t widest_number(size_t n, const double *values, const char *title)
{
    size_t widest = strlen(title);
    for (size_t j = 0; j < n; j++) widest = gr_max(widest, strlen(cell_of(values[j]).text));
    return widest;
}

/* Names take what they need, or what the numbers leave of the line. */
static size_t name_width(const gr_problem *problem, size_t taken)
{
    size_t widest = 4;
    for (size_t j = 0; j < problem->coefficients; j++)
        widest = gr_max(widest, gr_text_width(problem->names[j]));
    return gr_min(widest, GR_LINE - taken);
}

static void print_with_closed_form(const gr_problem *problem, const gr_fit *fit)
{
    const size_t n = problem->coefficients;
    const size_t first = widest_number(n, fit->theta, "coefficient");
    const size_t second = widest_number(n, fit->closed_form, "closed form");
    const size_t name = name_width(problem, GAP + first + GAP + second + GAP + DIGITS_WIDTH);
    gr_print_label("", name);
    (void)printf("%*s%*s%*s\n", (int)(GAP + first), "coefficient", (int)(GAP + second), "closed form",
                 GAP + DIGITS_WIDTH, "digits");
    for (size_t j = 0; j < n; j++) {
        gr_print_label(problem->names[j], name);
        (void)printf("%*s%*s%*.1f\n", (int)(GAP + first), cell_of(fit->theta[j]).text, (int)(GAP + second),
                     cell_of(fit->closed_form[j]).text, GAP + DIGITS_WIDTH,
                     gr_digits(fit->theta[j], fit->closed_form[j]));
    }
}

static void print_with_direction(const gr_problem *problem, const gr_fit *fit)
{
    const size_t n = problem->coefficients;
    const size_t first = widest_number(n, fit->theta, "coefficient");
    const size_t second = widest_number(n, fit->direction, "direction");
    const size_t name = name_width(problem, GAP + first + GAP + second);
    gr_print_label("", name);
    (void)printf("%*s%*s\n", (int)(GAP + first), "coefficient", (int)(GAP + second), "direction");
    for (size_t j = 0; j < n; j++) {
        gr_print_label(problem->names[j], name);
        (void)printf("%*s%*s\n", (int)(GAP + first), cell_of(fit->theta[j]).text, (int)(GAP + second),
                     cell_of(fit->direction[j]).text);
    }
}

static void print_alone(const gr_problem *problem, const gr_fit *fit)
{
    const size_t first = widest_number(problem->coefficients, fit->theta, "coefficient");
    const size_t name = name_width(problem, GAP + first);
    gr_print_label("", name);
    (void)printf("%*s\n", (int)(GAP + first), "coefficient");
    for (size_t j = 0; j < problem->coefficients; j++) {
        gr_print_label(problem->names[j], name);
        (void)printf("%*s\n", (int)(GAP + first), cell_of(fit->theta[j]).text);
    }
}

void gr_fit_print_table(const gr_problem *problem, const gr_fit *fit)
{
    (void)putchar('\n');
    if (fit->has_closed_form)
        print_with_closed_form(problem, fit);
    else if (fit->has_direction)
        print_with_direction(problem, fit);
    else
        print_alone(problem, fit);
    (void)putchar('\n');
}
