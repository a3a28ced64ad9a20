/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The textbook's gradient descent: X = [[1,1],[1,2],[1,3],[1,4]], y = [2,4,5,4], alpha = 0.01, 1000 steps from zeros.
 * NumPy runs the same loop in the same process state: warmed up, the median of many repetitions, timed by itself.
 */
#include <gradus.h>
#include <math.h>
#include <stdlib.h>

#include "figure.h"
#include "table.h"
#include "timing.h"

enum { ROUNDS = 7, REPETITIONS = 50, STEPS = 1000 };

static const double design[] = {1, 1, 1, 2, 1, 3, 1, 4};
static const double response[] = {2, 4, 5, 4};
static const double expected[] = {1.6469475051413238, 0.8200809018335663};

/* One contestant's answer and times. */
typedef struct contestant {
    const char *name;
    double theta[2];
    bench_samples samples;
} contestant;

/* The median of REPETITIONS solves, the objective made and freed in each. */
static gradus_status run_gradus(contestant *us)
{
    const gradus_matrix X = gradus_row_major(4, 2, design, 2);
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_GRADIENT;
    options.step = gradus_step_fixed(0.01);
    options.stop.max_iterations = STEPS;
    options.stop.gradient_tolerance = GRADUS_OFF;
    bench_samples repetitions = {0};
    for (int i = 0; i < REPETITIONS; i++) {
        const double start = bench_now();
        gradus_objective *f = NULL;
        us->theta[0] = us->theta[1] = 0.0;
        gradus_status status = gradus_least_squares(&X, response, NULL, &f);
        if (!status) status = gradus_descend(f, us->theta, &options, NULL);
        gradus_objective_free(f);
        if (status) return status;
        bench_add(&repetitions, bench_now() - start);
    }
    bench_add(&us->samples, bench_quantile(&repetitions, 0.5));
    return GRADUS_OK;
}

/* The three numbers of a line; false when there are not three. */
static bool read_three(FILE *file, double *numbers)
{
    char line[256];
    char *at = line;
    if (!fgets(line, sizeof line, file)) return false;
    for (int i = 0; i < 3; i++) {
        char *end;
        numbers[i] = strtod(at, &end);
        if (end == at) return false;
        at = end;
    }
    return true;
}

/* The script prints the median seconds and theta. */
static bool run_numpy(contestant *peer, const char *python)
{
    char command[1024];
    const int length = snprintf(command, sizeof command, "'%s' '%s/textbook_numpy.py' %d %d", python,
                                BENCH_SCRIPTS, STEPS, REPETITIONS);
    if (length < 0 || (size_t)length >= sizeof command) return false;
    /* NOLINTNEXTLINE(cert-env33-c): our own script, by the path it was built with */
    FILE *pipe = popen(command, "r");
    if (!pipe) return false;
    double numbers[3];
    const bool complete = read_three(pipe, numbers);
    if (pclose(pipe) != 0 || !complete) return false;
    bench_add(&peer->samples, numbers[0]);
    peer->theta[0] = numbers[1];
    peer->theta[1] = numbers[2];
    return true;
}

/* Adds the row; false where the answer is wrong. */
static bool add_row(bench_table *table, const contestant *who)
{
    double error = 0.0;
    for (int j = 0; j < 2; j++) error = fmax(error, fabs(who->theta[j] / expected[j] - 1.0));
    bench_table_cell(table, "%s", who->name);
    bench_table_cell(table, "%.1f", 1e6 * bench_quantile(&who->samples, 0.5));
    bench_table_cell(table, "%.1f to %.1f", 1e6 * bench_quantile(&who->samples, 0.0),
                     1e6 * bench_quantile(&who->samples, 1.0));
    bench_table_cell(table, "%.1e", error);
    return error <= 1e-12;
}

static void show(bench_run *run, const char *name)
{
    static const char *const titles[] = {"<contestant", "median us", "fastest to slowest", "relative error",
                                         NULL};
    static bench_table table;
    const char *given = getenv("PYTHON"), *python = given ? given : "python3";
    contestant us = {.name = "gradus"}, peer = {.name = "NumPy"};
    bool numpy_there = true;
    for (int round = 0; round < (run->quick ? 1 : ROUNDS); round++) {
        if (run_gradus(&us)) run->wrong = true;
        numpy_there = numpy_there && run_numpy(&peer, python);
    }
    bench_print_caption(run, "least squares 4 x 2, 1000 fixed steps from zeros");
    bench_table_begin(&table, titles);
    run->wrong |= !add_row(&table, &us);
    if (numpy_there) add_row(&table, &peer);
    bench_table_print(&table, run->markdown);
    if (!numpy_there) printf("NumPy is not there: %s cannot import it (tools/bench installs it)\n\n", python);
    bench_at_least(run, name, "times faster than the NumPy loop",
                   bench_quantile(&peer.samples, 0.5) / bench_quantile(&us.samples, 0.5), 1.0, 0.0);
}

const bench_figure bench_figure_textbook = {
    "textbook", "the textbook's 1000 steps on 4 rows, against the loop in NumPy", show};
