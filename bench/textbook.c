/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The textbook's gradient descent: X = [[1,1],[1,2],[1,3],[1,4]], y = [2,4,5,4], alpha = 0.01, 1000 steps from zeros.
 * NumPy runs the same loop in the same process state: warmed up, the median of many repetitions, timed by itself.
 */
#include <gradus.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
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
static int read_three(FILE *file, double *numbers)
{
    char line[256];
    char *at = line;
    if (!fgets(line, sizeof line, file)) return 0;
    for (int i = 0; i < 3; i++) {
        char *end;
        numbers[i] = strtod(at, &end);
        if (end == at) return 0;
        at = end;
    }
    return 1;
}

/* The script prints the median seconds and theta. */
static int run_numpy(contestant *peer, const char *python)
{
    char command[1024];
    const int length = snprintf(command, sizeof command, "'%s' '%s/textbook_numpy.py' %d %d", python,
                                BENCH_SCRIPTS, STEPS, REPETITIONS);
    if (length < 0 || (size_t)length >= sizeof command) return 1;
    /* NOLINTNEXTLINE(cert-env33-c): our own script, by the path it was built with */
    FILE *pipe = popen(command, "r");
    if (!pipe) return 1;
    double numbers[3];
    const int complete = read_three(pipe, numbers);
    if (pclose(pipe) != 0 || !complete) return 1;
    bench_add(&peer->samples, numbers[0]);
    peer->theta[0] = numbers[1];
    peer->theta[1] = numbers[2];
    return 0;
}

/* Prints the row; 1 where the answer is wrong. */
static int print_row(const contestant *who)
{
    double error = 0.0;
    for (int j = 0; j < 2; j++) error = fmax(error, fabs(who->theta[j] / expected[j] - 1.0));
    printf("  %-14s %10.1f us   %8.1f to %8.1f us   relative error %.1e\n", who->name,
           1e6 * bench_quantile(&who->samples, 0.5), 1e6 * bench_quantile(&who->samples, 0.0),
           1e6 * bench_quantile(&who->samples, 1.0), error);
    return error <= 1e-12 ? 0 : 1;
}

int bench_textbook(const char *python)
{
    contestant us = {.name = "gradus"}, peer = {.name = "NumPy"};
    int numpy_absent = 0;
    for (int round = 0; round < ROUNDS; round++) {
        if (run_gradus(&us)) return 1;
        numpy_absent |= run_numpy(&peer, python);
    }
    printf("textbook: least squares 4 x 2, %d fixed steps; median, fastest to slowest of %d interleaved "
           "rounds\n",
           STEPS, ROUNDS);
    int wrong = print_row(&us);
    if (numpy_absent) {
        printf("  NumPy is not there: %s cannot import it (tools/bench installs it)\n", python);
        return wrong;
    }
    wrong |= print_row(&peer);
    printf("  NumPy takes %.1f times as long\n",
           bench_quantile(&peer.samples, 0.5) / bench_quantile(&us.samples, 0.5));
    return wrong;
}
