/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The mirror contract: ascending f and descending -f visit the same iterates, bit for bit, with values and gradients
 * negated. Held for every kind of objective, method, metric and step rule, whichever way the run ends.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

/* ---- comparing two runs ---- */

/* sign is -1 where the two speak of opposite functions */
static bool mirrored(double a, double b, double sign)
{
    return test_same(a, sign * b);
}

static void compare_iterates(const test_run *a, const test_run *b, double sign, const char *what)
{
    cr_assert_eq(a->count, b->count, "%s: %zu iterates against %zu", what, a->count, b->count);
    for (size_t k = 0; k < a->count; k++) {
        const test_iterate *p = &a->iterates[k], *q = &b->iterates[k];
        cr_assert(test_same_bits(a->n, p->theta, q->theta), "%s: theta at %zu", what, k);
        for (size_t j = 0; j < a->n; j++)
            cr_assert(mirrored(p->gradient[j], q->gradient[j], sign), "%s: gradient at %zu", what, k);
        cr_assert(mirrored(p->seen.value, q->seen.value, sign), "%s: value at %zu", what, k);
        cr_assert(test_same(p->seen.gradient_norm, q->seen.gradient_norm), "%s: norm at %zu", what, k);
        cr_assert(test_same(p->seen.step_size, q->seen.step_size), "%s: step at %zu", what, k);
        cr_assert(test_same(p->seen.passes, q->seen.passes), "%s: passes at %zu", what, k);
        cr_assert_eq(p->seen.evaluations, q->seen.evaluations);
        cr_assert_eq(p->seen.iteration, k);
        cr_assert_eq(q->seen.iteration, k);
    }
}

static void compare_reports(const gradus_report *a, const gradus_report *b, double sign, const char *what)
{
    cr_assert_eq(a->stop, b->stop, "%s: %s against %s", what, gradus_stop_sentence(a->stop),
                 gradus_stop_sentence(b->stop));
    cr_assert(mirrored(a->value, b->value, sign), "%s: value %g against %g", what, a->value, b->value);
    cr_assert(mirrored(a->best_value, b->best_value, sign), "%s: best %g against %g", what, a->best_value,
              b->best_value);
    cr_assert(test_same(a->gradient_norm, b->gradient_norm), "%s: norm", what);
    cr_assert(test_same(a->passes, b->passes) && test_same(a->step_size, b->step_size), "%s", what);
    cr_assert(test_same(a->curvature, b->curvature), "%s: curvature", what);
    cr_assert(test_same(a->duality_gap, b->duality_gap), "%s: duality gap", what);
    cr_assert(a->iterations == b->iterations && a->evaluations == b->evaluations, "%s", what);
    cr_assert_eq(a->best_iteration, b->best_iteration, "%s", what);
    cr_assert(a->method == b->method && a->metric == b->metric && a->step_rule == b->step_rule, "%s", what);
    cr_assert(test_same(a->condition, b->condition) && a->metric_passes == b->metric_passes, "%s", what);
    cr_assert(a->refinements == b->refinements && strcmp(a->metric_reason, b->metric_reason) == 0,
              "%s: %s; %s", what, a->metric_reason, b->metric_reason);
}

static void compare(const test_run *a, const test_run *b, double sign, const char *what)
{
    cr_assert_eq(a->status, b->status, "%s: %d against %d", what, a->status, b->status);
    cr_assert(test_same_bits(a->n, a->theta, b->theta), "%s: theta at the end", what);
    compare_iterates(a, b, sign, what);
    compare_reports(&a->report, &b->report, sign, what);
    if (a->status == GRADUS_ERROR_STEP_TOO_LARGE)
        cr_assert(test_same(a->error.measured, b->error.measured), "%s: measured", what);
}

/* ---- one function, travelled both ways in every disguise ---- */

static gradus_objective *negative_of(const gradus_objective *f)
{
    gradus_objective *g = NULL;
    cr_assert_eq(gradus_negate(f, &g), 0);
    return g;
}

/* other = sign * f: the same journey by `solve` on f and by the solver that suits the sign on other */
static void same_journey(test_solver solve, const gradus_objective *f, const gradus_objective *other,
                         double sign, const double *start, const gradus_options *options, const char *what)
{
    const test_solver opposite = solve == gradus_descend ? gradus_ascend : gradus_descend;
    test_run a = test_solve(solve, f, start, options);
    test_run b = test_solve(sign > 0 ? solve : opposite, other, start, options);
    compare(&a, &b, sign, what);
    test_run_free(&a);
    test_run_free(&b);
}

/* opposite may be NULL, or an objective that computes -f by itself */
static void every_disguise(const gradus_objective *f, const gradus_objective *opposite, const double *start,
                           const gradus_options *options, const char *what)
{
    gradus_objective *minus = negative_of(f), *again = negative_of(minus);
    for (int up = 0; up < 2; up++) {
        const test_solver solve = up ? gradus_ascend : gradus_descend;
        same_journey(solve, f, minus, -1.0, start, options, what);
        same_journey(solve, f, again, 1.0, start, options, what);
        if (opposite) same_journey(solve, f, opposite, -1.0, start, options, what);
    }
    gradus_objective_free(minus);
    gradus_objective_free(again);
}

/* ---- every method, metric and step rule ---- */

enum { STEPS = 9 };

/* Small and large fixed steps, the largest beyond 2/L of every function here; backtracking as it is, and retuned. */
static gradus_step step_rule(int k)
{
    switch (k) {
    case 0:
        return gradus_step_fixed(0.004);
    case 1:
        return gradus_step_fixed(0.1);
    case 2:
        return gradus_step_fixed(30.0);
    case 3:
        return gradus_step_backtracking(0.0);
    case 4: {
        gradus_step step = gradus_step_backtracking(10.0);
        step.shrink = 0.3;
        step.growth = 2.0;
        step.sufficient_decrease = 0.01;
        return step;
    }
    case 5:
        return gradus_step_wolfe(0.5);
    case 6:
        return gradus_step_exact(); /* refused but for least squares, whichever way it is written */
    case 7:
        return gradus_step_barzilai_borwein(0.3); /* refused but for the method GRADIENT */
    default:
        return (gradus_step){.rule = GRADUS_STEP_AUTOMATIC};
    }
}

enum { TURNS = 3, ALL = -1 };

/*
 * Where one kind of model comes in eight combinations of options, each of its many ways meets every third combination: every way
 * is run, with each option and without it. With GRADUS_LONG every way meets every combination.
 */
static bool due(int combination, int way)
{
    return combination == ALL || getenv("GRADUS_LONG") || (combination + way) % TURNS == 0;
}

/* With one method, in every metric up to the last. */
static void every_metric(const gradus_objective *f, const gradus_objective *opposite, const double *start,
                         gradus_method method, gradus_metric last_metric, int combination, const char *what)
{
    for (int metric = GRADUS_METRIC_AUTOMATIC; metric <= (int)last_metric; metric++) {
        for (int k = 0; k < STEPS; k++) {
            if (!due(combination, (int)method + metric + k)) continue;
            gradus_options options = gradus_options_default();
            options.method = method;
            options.metric = (gradus_metric)metric;
            options.step = step_rule(k);
            options.stop.max_iterations = 60;
            every_disguise(f, opposite, start, &options, what);
        }
    }
}

static void every_rule(const gradus_objective *f, const gradus_objective *opposite, const double *start,
                       gradus_metric last_metric, int combination, const char *what)
{
    for (int method = GRADUS_METHOD_AUTOMATIC; method <= GRADUS_METHOD_CONJUGATE_GRADIENT; method++)
        every_metric(f, opposite, start, (gradus_method)method, last_metric, combination, what);
}

/* The compressed form, by every method and rule; and refinement, in every metric. */
static void compressed_and_refined(const gradus_objective *f, const double *start, int combination)
{
    for (int k = 0; k < (GRADUS_METHOD_ADAM + 1) * STEPS; k++) {
        if (!due(combination, k / STEPS + k)) continue;
        gradus_options options = gradus_options_default();
        if (k % 5 == 0) options.clip = 0.2;
        options.method = (gradus_method)(k / STEPS);
        options.metric = k % 2 ? GRADUS_METRIC_GRAM : GRADUS_METRIC_IDENTITY;
        options.step = step_rule(k % STEPS);
        options.stop.max_iterations = 60;
        options.compress = 1;
        every_disguise(f, NULL, start, &options, "compressed");
    }
    for (int metric = GRADUS_METRIC_AUTOMATIC; metric <= GRADUS_METRIC_SAMPLED_HESSIAN; metric++) {
        gradus_options options = gradus_options_default();
        options.metric = (gradus_metric)metric;
        options.refine = 1;
        every_disguise(f, NULL, start, &options, "refined");
    }
}

/* ---- by batches, in every order, with every step; and what batches brought, without them ---- */

static gradus_step step_without_search(int k)
{
    switch (k) {
    case 0:
        return gradus_step_inverse_time(0.1, 0.05);
    case 1:
        return gradus_step_inverse_square_root(0.1, 0.3);
    case 2:
        return gradus_step_cosine(0.1, 0.001, 9);
    case 3:
        return gradus_step_decay(0.1, 0.5, 4);
    default:
        return step_rule(k - 4); /* fixed: small, large, and beyond 2/L */
    }
}

enum { BLIND_STEPS = 7 };

static gradus_options stochastic_options(int method, int step, int order)
{
    gradus_options options = gradus_options_default();
    options.method = (gradus_method)method;
    options.step = step_without_search(step);
    options.stop.max_iterations = 25;
    if (step % 3 == 1) options.clip = 0.4;
    if (order == 0) return options; /* all rows */
    options.batch.rows = 7;
    options.batch.order = (gradus_order)order;
    options.batch.seed = (uint64_t)step;
    options.batch.check = step % 3 - 1;
    return options;
}

/* opposite may be NULL; refused combinations are refused in every disguise */
static void every_batch(const gradus_objective *f, const gradus_objective *opposite, const double *start,
                        int combination, const char *what)
{
    for (int method = GRADUS_METHOD_AUTOMATIC; method <= GRADUS_METHOD_SVRG; method++) {
        for (int k = 0; k < BLIND_STEPS * 4; k++) {
            if (!due(combination, method + k / 4 + k)) continue;
            const gradus_options options = stochastic_options(method, k / 4, k % 4);
            every_disguise(f, opposite, start, &options, what);
        }
    }
}

enum { M = 60, N = 7 };

static void model_mirrors(uint64_t seed, gradus_layout layout, int combination)
{
    test_data data = test_data_make(seed, M, N, layout, seed % 3);
    gradus_model_options options = gradus_model_options_default();
    if (combination & 1) options.weights = data.weights;
    if (combination & 2) options.ridge = 0.05;
    if (combination & 4) options.intercept = 1;
    gradus_objective *squares = NULL, *cost = NULL, *likelihood = NULL;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, &options, &squares), 0);
    cr_assert_eq(gradus_logistic(&data.X, data.labels, &options, &cost), 0);
    cr_assert_eq(gradus_log_likelihood(&data.X, data.labels, &options, &likelihood), 0);
    every_rule(squares, NULL, data.theta, GRADUS_METRIC_SAMPLED_HESSIAN, combination, "least squares");
    compressed_and_refined(squares, data.theta, combination);
    every_rule(cost, likelihood, data.theta, GRADUS_METRIC_SAMPLED_HESSIAN, combination, "logistic");
    every_batch(squares, NULL, data.theta, combination, "least squares by batches");
    every_batch(cost, likelihood, data.theta, combination, "logistic by batches");
    gradus_objective_free(squares);
    gradus_objective_free(cost);
    gradus_objective_free(likelihood);
    test_data_free(&data);
}

/* Lasso, bounds and a ball: convex costs one way, refused the other; and every option, refused ones included. */
static void penalised_mirrors(uint64_t seed, int combination)
{
    test_data data = test_data_make(seed, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    double lower[N], upper[N];
    for (size_t j = 0; j < N; j++) lower[j] = j % 2 ? -0.05 : 0.0;
    for (size_t j = 0; j < N; j++) upper[j] = j % 3 ? 0.1 : (double)INFINITY;
    gradus_model_options options = gradus_model_options_default();
    options.intercept = 1;
    options.weights = data.weights;
    if (combination & 1) options.lasso = 0.02;
    if (combination & 2) options.lower = lower;
    if (combination & 2) options.upper = upper;
    if (combination & 4) options.radius = 0.12;
    if (combination == 5) options.ridge = 0.05;
    gradus_objective *squares = NULL, *cost = NULL, *likelihood = NULL;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, &options, &squares), 0);
    cr_assert_eq(gradus_logistic(&data.X, data.labels, &options, &cost), 0);
    cr_assert_eq(gradus_log_likelihood(&data.X, data.labels, &options, &likelihood), 0);
    every_rule(squares, NULL, data.theta, GRADUS_METRIC_SAMPLED_HESSIAN, combination,
               "penalised least squares");
    every_rule(cost, likelihood, data.theta, GRADUS_METRIC_SAMPLED_HESSIAN, combination,
               "penalised logistic");
    gradus_objective_free(squares);
    gradus_objective_free(cost);
    gradus_objective_free(likelihood);
    test_data_free(&data);
}

Test(mirror, penalised_models)
{
    for (int c = 1; c < 8; c++) penalised_mirrors(300 + (uint64_t)c, c);
}

static void losses_mirror(uint64_t seed, int combination)
{
    test_data data = test_data_make(seed, M, N, GRADUS_LAYOUT_ROW_MAJOR, seed % 2);
    gradus_model_options options = gradus_model_options_default();
    options.offset = data.offset;
    if (combination & 1) options.weights = data.weights;
    if (combination & 2) options.ridge = 0.05;
    if (combination & 4) options.intercept = 1;
    gradus_objective *f[3] = {NULL};
    static const char *const names[] = {"Poisson", "Huber", "squared hinge"};
    cr_assert_eq(gradus_poisson(&data.X, data.counts, &options, &f[0]), 0);
    cr_assert_eq(gradus_huber(&data.X, data.y, &options, &f[1]), 0);
    cr_assert_eq(gradus_squared_hinge(&data.X, data.labels, &options, &f[2]), 0);
    for (size_t k = 0; k < 3; k++) {
        every_rule(f[k], NULL, data.theta, GRADUS_METRIC_SAMPLED_HESSIAN, ALL, names[k]);
        every_batch(f[k], NULL, data.theta, ALL, names[k]);
        gradus_objective_free(f[k]);
    }
    test_data_free(&data);
}

Test(mirror, losses)
{
    for (int c = 1; c < 8; c += 5) losses_mirror(200 + (uint64_t)c, c);
}

Test(mirror, models)
{
    for (int c = 0; c < 8; c++)
        model_mirrors(100 + (uint64_t)c, c % 3 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR, c);
}

/* Three classes, and three responses: in the metrics there are, and by the others' refusals. */
static void outputs_mirror(uint64_t seed, gradus_layout layout, int combination)
{
    test_data data = test_data_make(seed, M, 2, layout, seed % 3);
    double labels[M], start[9] = {0.3, -0.2, 0.1, 0.4, -0.5, 0.2, 0.0, 0.1, -0.3};
    for (size_t i = 0; i < M; i++) labels[i] = data.labels[i] + (i % 5 == 0 ? 1.0 : 0.0);
    gradus_model_options options = gradus_model_options_default();
    if (combination & 1) options.weights = data.weights;
    if (combination & 2) options.ridge = 0.05;
    if (combination & 4) options.intercept = 1;
    gradus_objective *cost = NULL;
    cr_assert_eq(gradus_softmax(&data.X, labels, 3, &options, &cost), 0);
    every_rule(cost, NULL, start, GRADUS_METRIC_SAMPLED_HESSIAN, combination, "softmax");
    gradus_objective_free(cost);
    double Y[3 * M];
    for (size_t i = 0; i < 3 * M; i++) Y[i] = data.y[i % M] * (double)(i / M) + data.labels[i % M];
    cr_assert_eq(gradus_least_squares_multiple(&data.X, Y, 3, &options, &cost), 0);
    every_rule(cost, NULL, start, GRADUS_METRIC_SAMPLED_HESSIAN, combination,
               "least squares with three responses");
    gradus_objective_free(cost);
    test_data_free(&data);
}

Test(mirror, several_outputs)
{
    for (int c = 0; c < 8; c++)
        outputs_mirror(200 + (uint64_t)c, c % 3 ? GRADUS_LAYOUT_ROW_MAJOR : GRADUS_LAYOUT_COL_MAJOR, c);
}

static void function_mirrors(size_t n, gradus_callback callback, void *context, const double *start,
                             const char *what)
{
    test_negated inner = {callback, context};
    gradus_objective *f = NULL, *opposite = NULL;
    cr_assert_eq(gradus_function(n, callback, context, &f), 0);
    cr_assert_eq(gradus_function(n, test_negative, &inner, &opposite), 0);
    every_rule(f, opposite, start, GRADUS_METRIC_IDENTITY, ALL, what);
    gradus_objective_free(f);
    gradus_objective_free(opposite);
}

Test(mirror, rosenbrock)
{
    const double start[] = {-1.2, 1.0, 0.3, -0.7};
    function_mirrors(2, test_rosenbrock, NULL, start, "Rosenbrock");
    function_mirrors(4, test_rosenbrock, NULL, start, "Rosenbrock of four");
}

/* x^2 + 3y^2 - log(3/2 - x): not defined for x >= 3/2, which it says by REJECT, by NaN or by Inf */
static gradus_status fenced(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    (void)n;
    const double x = theta[0], y = theta[1], fence = *(const double *)context;
    if (!(x < 1.5) && fence == 0.0) return GRADUS_REJECT;
    *value = x < 1.5 ? x * x + 3.0 * y * y - log(1.5 - x) : fence;
    if (!gradient) return 0;
    gradient[0] = 2.0 * x + 1.0 / (1.5 - x);
    gradient[1] = 6.0 * y;
    return 0;
}

Test(mirror, functions_that_reject_part_of_the_plane)
{
    static const double starts[][2] = {{1.4, 2.0}, {-3.0, 1.0}, {1.499, -5.0}};
    double fences[] = {0.0, (double)NAN}; /* 0: by GRADUS_REJECT */
    for (size_t s = 0; s < 3; s++) {
        for (size_t k = 0; k < 2; k++) function_mirrors(2, fenced, &fences[k], starts[s], "fenced");
    }
}

/* An infinite value means "no" where it is minus the direction of travel and "unbounded" where it is along it. */
Test(mirror, infinite_values)
{
    static const double start[2] = {1.4, 2.0};
    double fences[] = {(double)INFINITY, -(double)INFINITY};
    for (size_t k = 0; k < 2; k++) function_mirrors(2, fenced, &fences[k], start, "infinite fence");
}

/* x^4: a fixed step of 30 diverges */
static gradus_status fourth_power(void *context, size_t n, const double *theta, double *value,
                                  double *gradient)
{
    (void)context, (void)n;
    *value = theta[0] * theta[0] * theta[0] * theta[0];
    if (gradient) gradient[0] = 4.0 * theta[0] * theta[0] * theta[0];
    return 0;
}

/* ends with 42 where theta leaves [-1, 1] */
static gradus_status timid(void *context, size_t n, const double *theta, double *value, double *gradient)
{
    if (!(fabs(theta[0]) <= 1.0)) return 42;
    return fourth_power(context, n, theta, value, gradient);
}

Test(mirror, runs_that_diverge_or_fail)
{
    const double start = 0.9;
    function_mirrors(1, fourth_power, NULL, &start, "fourth power");
    function_mirrors(1, timid, NULL, &start, "timid");
}

/* mean over rows i of sign * (cos(i + theta_0) + (theta_1 - i/9)^4), one term after another */
static gradus_status wavy_rows(void *context, size_t n, const double *theta, const gradus_batch *batch,
                               double *value, double *gradient)
{
    const double sign = *(const double *)context, share = 1.0 / (double)batch->count;
    *value = 0.0;
    for (size_t j = 0; gradient && j < n; j++) gradient[j] = 0.0;
    for (size_t k = 0; k < batch->count; k++) {
        const double row = (double)(batch->rows ? batch->rows[k] : batch->first + k);
        const double away = theta[1] - row / 9.0, cube = away * away * away;
        *value += sign * share * (cos(row + theta[0]) + cube * away);
        if (!gradient) continue;
        gradient[0] -= sign * share * sin(row + theta[0]);
        gradient[1] += sign * share * 4.0 * cube;
    }
    return 0;
}

Test(mirror, functions_over_rows)
{
    static const double start[2] = {0.3, -0.5};
    double plus = 1.0, minus = -1.0;
    gradus_objective *f = NULL, *opposite = NULL;
    cr_assert_eq(gradus_function_batched(2, 30, wavy_rows, &plus, &f), 0);
    cr_assert_eq(gradus_function_batched(2, 30, wavy_rows, &minus, &opposite), 0);
    every_rule(f, opposite, start, GRADUS_METRIC_IDENTITY, ALL, "rows, all at once");
    every_batch(f, opposite, start, ALL, "rows by batches");
    gradus_objective_free(f);
    gradus_objective_free(opposite);
}

/* ---- the tables above reach what it is meant to reach ---- */

static gradus_stop_reason ending(gradus_callback callback, void *context, const double *start,
                                 test_solver solve, int rule)
{
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function(2, callback, context, &f), 0);
    gradus_options options = gradus_options_default();
    options.step = step_rule(rule);
    options.stop.max_iterations = 60;
    test_run run = test_solve(solve, f, start, &options);
    const gradus_stop_reason stop = run.report.stop;
    test_run_free(&run);
    gradus_objective_free(f);
    return stop;
}

Test(mirror, the_cases_end_in_different_ways)
{
    const double start[2] = {0.9, 2.0};
    double reject = 0.0, up = (double)INFINITY;
    cr_assert_eq(ending(fenced, &reject, start, gradus_descend, 3), GRADUS_STOP_GRADIENT);
    cr_assert_eq(ending(fenced, &up, start, gradus_ascend, 4), GRADUS_STOP_UNBOUNDED);
    cr_assert_eq(ending(fenced, &reject, start, gradus_ascend, 2), GRADUS_STOP_DIVERGED);
    cr_assert_eq(ending(fourth_power, NULL, start, gradus_descend, 2), GRADUS_STOP_DIVERGED);
    cr_assert_eq(ending(timid, NULL, start, gradus_descend, 2), GRADUS_STOP_FAILED);
}

Test(mirror, the_batches_end_in_different_ways)
{
    double plus = 1.0;
    const double start[2] = {0.3, -0.5};
    gradus_objective *f = NULL;
    cr_assert_eq(gradus_function_batched(2, 30, wavy_rows, &plus, &f), 0);
    size_t ends[32] = {0}, refused = 0;
    for (int k = 0; k < 8 * BLIND_STEPS * 4; k++) {
        const gradus_options options = stochastic_options(k % 8, k / 8 / 4, k / 8 % 4);
        test_run run = test_solve(gradus_descend, f, start, &options);
        cr_assert(run.status == 0 || run.status == GRADUS_ERROR_UNSUPPORTED);
        refused += run.status != 0;
        ends[run.report.stop]++;
        test_run_free(&run);
    }
    cr_assert(ends[GRADUS_STOP_MAX_ITERATIONS] >= 60 && ends[GRADUS_STOP_DIVERGED] >= 5 && refused >= 40,
              "%zu, %zu, %zu", ends[GRADUS_STOP_MAX_ITERATIONS], ends[GRADUS_STOP_DIVERGED], refused);
    gradus_objective_free(f);
}
