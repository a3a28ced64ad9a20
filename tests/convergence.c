/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The matrix of convergence. Without an argument: the tables of docs/convergence.md. With the path of that page: TAP, every run
 * held against theory, and the page's marks against the runs.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/digits.h"
#include "convergence.h"

/* Of TAP, so far. */
static int points;

enum { MOST_WAYS = 16 };

typedef struct outcome {
    verdict theory;
    double bar, reached; /* in the unit of the way: digits, distance or share */
    bool arrived;        /* as theory says, or, where it says nothing, at a good answer */
    bool mirrored;       /* ascent: the same bits */
    gradus_status status;
    gradus_report report;
} outcome;

static double distance(const gr_surface *surface, const double *theta)
{
    double nearest = INFINITY;
    for (size_t k = 0; k < surface->minima; k++)
        nearest = fmin(nearest, hypot(theta[0] - surface->minimum[k][0], theta[1] - surface->minimum[k][1]));
    return nearest;
}

/* (J - J*)/(J(start) - J*) */
static double share_left(const problem *p, const double *start, const gradus_report *report)
{
    double first, best;
    (void)gradus_objective_evaluate(p->cost, start, &first, NULL);
    (void)gradus_objective_evaluate(p->cost, p->known.answer, &best, NULL);
    return (report->value - best) / (first - best);
}

static bool with_batches(const way *w)
{
    return w->method == GRADUS_METHOD_SVRG ||
           (w->step && w->step(&(problem){.largest = 1, .row = 1, .promise = {.condition = 2}}).rule ==
                           GRADUS_STEP_INVERSE_TIME);
}

static void judge(const problem *p, const way *w, const double *start, const double *theta, outcome *o)
{
    const bool converged = gradus_stop_converged(o->report.stop) == 1;
    if (o->status || o->theory == REFUSED) {
        o->arrived = o->status == GRADUS_ERROR_UNSUPPORTED;
    } else if (p->separable) {
        o->arrived = !converged; /* there is nothing to converge to, and the run must not say so */
    } else if (p->surface) {
        o->reached = distance(p->surface, theta);
        o->arrived = o->reached <= (o->theory == ARRIVES ? o->bar : 1e-3);
    } else if (with_batches(w)) {
        o->reached = share_left(p, start, &o->report);
        o->arrived = o->reached <= o->bar;
    } else {
        o->reached = gr_digits_worst(p->n, theta, p->known.answer);
        o->arrived = o->reached >= (o->theory == ARRIVES ? o->bar : 4) && (converged || o->bar < 14);
    }
}

static outcome run(const problem *p, const way *w)
{
    double *memory = (double *)calloc(3 * p->n, sizeof *memory), *start = memory, *low = start + p->n,
           *high = low + p->n;
    outcome o = {.reached = NAN};
    gradus_error error;
    if (!memory) exit(2);
    o.theory = w->theory(p, &o.bar);
    for (size_t j = 0; j < p->n; j++) start[j] = low[j] = high[j] = p->surface ? p->start[j] : 0;
    const gradus_options options = options_of(w, p, &error);
    gradus_report climb;
    o.status = gradus_descend(p->cost, low, &options, &o.report);
    const gradus_status up = gradus_ascend(p->gain, high, &options, &climb);
    o.mirrored = o.status == up;
    for (size_t j = 0; j < p->n; j++) o.mirrored = o.mirrored && low[j] == high[j];
    if (!o.status)
        o.mirrored = o.mirrored && climb.value == -o.report.value && climb.iterations == o.report.iterations;
    judge(p, w, start, low, &o);
    free(memory);
    return o;
}

/* ✓ promised and kept; (✓) kept without a promise; a letter: why not. */
static const char *mark(const outcome *o)
{
    switch (o->theory) {
    case ARRIVES:
        return o->arrived ? "✓" : "✗";
    case NO_OPTIMUM:
        return o->arrived ? "s" : "✗";
    case REFUSED:
        return o->arrived ? "q" : "✗";
    case NO_THEOREM:
        return o->arrived ? "(✓)" : "n";
    default:
        return o->arrived ? "(✓)" : "κ";
    }
}

/* A promise, a refusal and separable classes are facts; without a promise a run may arrive on one machine and not on another. */
static const char *firm(const char *marked)
{
    const bool soft = strncmp(marked, "(✓)", strlen("(✓)")) == 0 || strncmp(marked, "κ", strlen("κ")) == 0 ||
                      *marked == 'n';
    return soft ? "soft" : marked;
}

typedef struct table {
    const char *title;
    const way *ways;
    size_t count;
    bool surfaces;
} table;

static void say(const problem *p, const way *w, const outcome *o)
{
    const bool kept = o->mirrored && strcmp(mark(o), "✗") != 0;
    (void)printf("%s %d - %s, %s: %s\n", kept ? "ok" : "not ok", ++points, p->name, w->name, mark(o));
    if (kept) return;
    (void)printf("#   status %d, %s; %zu iterations, reached %g, the bar is %g%s\n", o->status,
                 o->status ? "" : gradus_stop_sentence(o->report.stop), o->status ? 0 : o->report.iterations,
                 o->reached, o->bar, o->mirrored ? "" : "; ascent differs from descent");
}

/* Where the row of a problem begins in the page, below the heading of its table; NULL when there is none. */
static const char *find_row(const char *page, const table *t, const problem *p)
{
    char heading[100], row[100];
    (void)snprintf(heading, sizeof heading, "\n## %s\n", t->title);
    (void)snprintf(row, sizeof row, "\n| `%s` |", p->name);
    const char *from = strstr(page, heading);
    from = from ? strstr(from, row) : NULL;
    return from ? from + strlen(row) : NULL;
}

/* One TAP line a row: the marks of the page are those of the runs. */
static void compare_row(const char *page, const table *t, const problem *p, const outcome *outcomes)
{
    const char *cell = find_row(page, t, p);
    size_t k = 0;
    for (; cell && k < t->count; k++) {
        char marked[16] = "";
        (void)sscanf(cell, " %15[^ |]", marked);
        if (strcmp(firm(marked), firm(mark(&outcomes[k]))) != 0) break;
        cell = strchr(cell, '|');
        cell = cell ? cell + 1 : NULL;
    }
    const bool same = cell && k == t->count;
    (void)printf("%s %d - the page's row of %s, %s\n", same ? "ok" : "not ok", ++points, p->name, t->title);
    if (!same)
        (void)printf("#   run tools/convergence; first difference: %s\n",
                     k < t->count ? t->ways[k].name : "the row");
}

static void print_heading(const table *t)
{
    (void)printf("\n## %s\n\n| |", t->title);
    for (size_t k = 0; k < t->count; k++) (void)printf(" %s |", t->ways[k].name);
    (void)printf("\n|---|");
    for (size_t k = 0; k < t->count; k++) (void)printf("---|");
    (void)printf("\n");
}

static void print_row(const table *t, const problem *p, const outcome *outcomes)
{
    (void)printf("| `%s` |", p->name);
    for (size_t k = 0; k < t->count; k++) {
        (void)printf(" %s", mark(&outcomes[k]));
        if (!outcomes[k].status) (void)printf(" %zu", outcomes[k].report.iterations);
        (void)printf(" |");
    }
    (void)printf("\n");
    (void)fflush(stdout);
}

/* `page` NULL: prints Markdown. */
static void print_table(const table *t, const problem *problems, size_t count, const char *page)
{
    outcome outcomes[MOST_WAYS];
    if (!page) print_heading(t);
    for (size_t i = 0; i < count; i++) {
        const problem *p = &problems[i];
        if (!p->surface == t->surfaces) continue;
        for (size_t k = 0; k < t->count; k++) {
            outcomes[k] = run(p, &t->ways[k]);
            if (page) say(p, &t->ways[k], &outcomes[k]);
        }
        if (page)
            compare_row(page, t, p, outcomes);
        else
            print_row(t, p, outcomes);
    }
}

static char *read_page(const char *path)
{
    enum { ROOM = 1 << 18 };
    char *text = (char *)calloc(ROOM, 1);
    FILE *file = fopen(path, "r");
    if (!text || !file || fread(text, 1, ROOM - 1, file) == 0) {
        (void)fprintf(stderr, "%s cannot be read\n", path);
        exit(2);
    }
    (void)fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    char *page = argc > 1 ? read_page(argv[1]) : NULL;
    static const table tables[] = {{"Functions of two variables", surface_ways, 0, true},
                                   {"Data sets, by method", data_ways, 0, false},
                                   {"Data sets, by metric", metric_ways, 0, false}};
    const size_t counts[] = {surface_ways_count, data_ways_count, metric_ways_count};
    size_t count;
    problem *problems = problems_make(TEST_DATA, REFERENCE_DATA, &count);
    for (int k = 0; k < 3; k++) {
        table t = tables[k];
        t.count = counts[k];
        print_table(&t, problems, count, page);
    }
    if (page) (void)printf("1..%d\n", points);
    problems_free(problems, count);
    free(page);
    return 0;
}
