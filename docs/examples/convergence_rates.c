/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rates that theory promises, and what happens: 1/k for gradient steps on a convex function, 1/k^2 for FISTA, and a geometric
 * sequence where the function is strongly convex. Exit status 0 when every iterate keeps its promise, and none is far better than
 * its rate.
 *
 *   J(theta) = 1/2 * sum_i lambda_i (theta_i - 1)^2,   L = lambda_1 = 1,   R^2 = ||theta_0 - theta*||^2 = n,   min J = 0
 *
 *   gradient, alpha = 1/L       J(theta_k) <= L R^2 / (2 k)                   Nesterov 2018, theorem 2.1.14 and its corollary
 *   FISTA, alpha = 1/L          J(theta_k) <= 2 L R^2 / (k + 1)^2             Beck and Teboulle 2009, theorem 4.4
 *   gradient, lambda >= 1/100   J(theta_k) <= (1 - 1/100)^(2 k) J(theta_0)    a quadratic's eigenvalues
 *
 * Eigenvalues that are spread evenly in their logarithm leave 1/k of the sum after k gradient steps, so that the first rate is met.
 *
 * With the argument --points: every promise and what was kept, as CSV, for a picture.
 */
#include <gradus.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { N = 60, STEPS = 10000, CONDITION = 100 };

/* Y. Nesterov, Lectures on Convex Optimization, 2nd ed., Springer 2018; A. Beck and M. Teboulle, SIAM J. Imaging Sci. 2 (2009) 183. */
static double slow(double k)
{
    return N / (2.0 * k);
}

static double fast(double k)
{
    return 2.0 * N / ((k + 1.0) * (k + 1.0));
}

static double geometric(double k)
{
    double start = 0.0; /* J(0), the eigenvalues falling to 1/CONDITION */
    for (int i = 0; i < N; i++) start += 0.5 * pow(CONDITION, -(double)i / (N - 1));
    return pow(1.0 - 1.0 / CONDITION, 2.0 * k) * start;
}

typedef struct way {
    const char *name;
    gradus_method method;
    double condition; /* lambda_1 / lambda_n */
    double (*promise)(double k);
} way;

static const way ways[] = {
    {"gradient (convex)", GRADUS_METHOD_GRADIENT, 1e8, slow},
    {"FISTA (convex)", GRADUS_METHOD_NESTEROV, 1e8, fast},
    {"gradient (strongly convex)", GRADUS_METHOD_GRADIENT, CONDITION, geometric},
};

typedef struct record {
    const way *by;
    double value[STEPS + 1];
    size_t count, broken; /* iterates above what was promised, rounding aside */
} record;

static gradus_verdict note(void *context, const gradus_progress *at)
{
    record *on = (record *)context;
    on->value[at->iteration] = at->value;
    on->count = at->iteration + 1;
    if (at->iteration > 0 && !(at->value <= on->by->promise((double)at->iteration) * (1.0 + 1e-9) + 1e-28))
        on->broken++;
    return GRADUS_MONITOR_CONTINUE;
}

/* X = diag(sqrt(n lambda_i)), y = X (1, ..., 1)': then J of gradus is the one above. */
static gradus_status run(const way *by, record *on)
{
    static double x[N * N], y[N], lower[N];
    double theta[N] = {0};
    memset(x, 0, sizeof x);
    for (int i = 0; i < N; i++) {
        x[i * N + i] = y[i] = sqrt(N * pow(by->condition, -(double)i / (N - 1)));
        lower[i] = -1e6; /* a constraint that never holds: with one, Nesterov's method is FISTA */
    }
    const gradus_matrix X = gradus_row_major(N, N, x, N);
    gradus_model_options model = gradus_model_options_default();
    if (by->method == GRADUS_METHOD_NESTEROV) model.lower = lower;
    gradus_options options = gradus_options_default();
    options.method = by->method;
    options.metric = GRADUS_METRIC_IDENTITY;
    options.step = gradus_step_fixed(1.0);
    options.stop.max_iterations = STEPS;
    options.stop.gradient_tolerance = GRADUS_OFF;
    options.stop.gap_tolerance = GRADUS_OFF;
    options.stop.patience = STEPS;
    options.monitor = note;
    options.monitor_context = on;
    *on = (record){.by = by};
    gradus_objective *f = NULL;
    gradus_status status = gradus_least_squares(&X, y, &model, &f);
    if (!status) status = gradus_descend(f, theta, &options, NULL);
    gradus_objective_free(f);
    return status;
}

/* The power of k between two iterates */
static double power_between(const record *on, size_t a, size_t b)
{
    return log(on->value[b] / on->value[a]) / log((double)b / (double)a);
}

/* Is the rate observed, and not only its bound? */
static int keeps_rate(const record *on)
{
    if (on->broken || on->count <= 1000) return 0;
    if (on->by->promise == slow) return fabs(power_between(on, 30, 3000) + 1.0) <= 0.1;
    if (on->by->promise == fast) return fabs(power_between(on, 30, 1000) + 2.0) <= 0.3;
    return fabs(log(on->value[1400] / on->value[1200]) / log(geometric(1400) / geometric(1200)) - 1.0) <=
           0.03;
}

static void print_points(const record *on)
{
    double next = 1.0;
    for (size_t k = 1; k < on->count; k++) {
        if ((double)k < next || !(on->value[k] > 1e-20)) continue;
        printf("%s,%zu,%.6e,%.6e\n", on->by->name, k, on->value[k], on->by->promise((double)k));
        next = (double)k * 1.04;
    }
}

static void print_row(const record *on)
{
    printf("%-27s", on->by->name);
    for (size_t k = 1; k <= 1000; k *= 10) printf("%9.1e <%8.1e", on->value[k], on->by->promise((double)k));
    printf("\n");
}

int main(int argc, char **argv)
{
    const int points = argc > 1 && strcmp(argv[1], "--points") == 0;
    int kept = 1;
    if (!points) printf("J after k steps             %9d%19d%19d%19d\n", 1, 10, 100, 1000);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        static record on;
        const gradus_status status = run(&ways[i], &on);
        if (status) {
            fprintf(stderr, "%s: %s\n", ways[i].name, gradus_strerror(status));
            return EXIT_FAILURE;
        }
        if (points)
            print_points(&on);
        else
            print_row(&on);
        kept = kept && keeps_rate(&on);
        if (!keeps_rate(&on))
            fprintf(stderr, "%s: %zu iterates above the promise\n", ways[i].name, on.broken);
    }
    return kept ? EXIT_SUCCESS : EXIT_FAILURE;
}
