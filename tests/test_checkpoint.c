/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A run that was interrupted, saved, freed and loaded ends with the bits of the one that never was: theta and report, for every
 * method, metric, step rule and direction of travel, at several moments. And what is no checkpoint of this run is refused by name.
 */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "solver/metric.h"
#include "solver/state.h"
#include "support.h"

/* ---- two ends of a run ---- */

typedef struct outcome {
    gradus_status status;
    double *theta;
    gradus_report report;
} outcome;

static outcome outcome_new(size_t n)
{
    return (outcome){.theta = (double *)malloc(n * sizeof(double))};
}

static void compare(size_t n, const outcome *a, const outcome *b, const char *what, size_t at)
{
    const gradus_report *p = &a->report, *q = &b->report;
    cr_assert_eq(a->status, b->status, "%s, saved at %zu: status %d, %d", what, at, a->status, b->status);
    cr_assert(test_same_bits(n, a->theta, b->theta), "%s, saved at %zu: theta", what, at);
    cr_assert_eq(p->stop, q->stop, "%s, saved at %zu: %d, %d", what, at, (int)p->stop, (int)q->stop);
    cr_assert(p->iterations == q->iterations && p->evaluations == q->evaluations, "%s, saved at %zu: counts",
              what, at);
    cr_assert(test_same(p->passes, q->passes), "%s, saved at %zu: passes %.17g, %.17g", what, at, p->passes,
              q->passes);
    cr_assert(test_same(p->value, q->value) && test_same(p->gradient_norm, q->gradient_norm),
              "%s, saved at %zu", what, at);
    cr_assert(test_same(p->best_value, q->best_value), "%s, saved at %zu: best", what, at);
    cr_assert(p->best_iteration == q->best_iteration && p->refinements == q->refinements, "%s, saved at %zu",
              what, at);
    cr_assert(p->method == q->method && p->metric == q->metric && p->step_rule == q->step_rule,
              "%s, saved at %zu: %d %d %d", what, at, (int)q->method, (int)q->metric, (int)q->step_rule);
    cr_assert(test_same(p->step_size, q->step_size) && test_same(p->curvature, q->curvature),
              "%s, saved at %zu", what, at);
    cr_assert(test_same(p->metric_passes, q->metric_passes) && test_same(p->condition, q->condition),
              "%s, saved at %zu: metric", what, at);
    cr_assert(test_same(p->duality_gap, q->duality_gap) && test_same(p->epochs, q->epochs),
              "%s, saved at %zu", what, at);
    cr_assert(p->exact == q->exact && strcmp(p->metric_reason, q->metric_reason) == 0,
              "%s, saved at %zu: %s; %s", what, at, p->metric_reason, q->metric_reason);
}

/* ---- a run, whole and in two parts ---- */

typedef struct journey {
    const gradus_objective *f;
    gradus_direction direction;
    const double *start;
    gradus_options options;
    const char *what;
} journey;

static void conclude(gradus_solver *solver, outcome *end)
{
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    end->status = 0;
    while (!end->status && reason == GRADUS_STOP_RUNNING) end->status = gradus_solver_step(solver, &reason);
    gradus_solver_report(solver, end->theta, &end->report);
}

enum { PLACES = 32 };

/* What ran somewhere, and which of the library's own metrics were saved, so that a test can say that all of it was. */
typedef struct census {
    size_t runs, methods[16], metrics[16], rules[16], saved[PLACES];
} census;

static size_t place_of(const gr_metric *metric)
{
    size_t place = 0;
    while (gr_all_metrics[place] && gr_all_metrics[place] != metric) place++;
    cr_assert(gr_all_metrics[place] && place < PLACES);
    return place;
}

/* At an address that suits no number; the last byte is the allocation's last. */
static unsigned char *save(gradus_solver *solver, size_t *bytes, unsigned char **memory)
{
    cr_assert_eq(gradus_solver_save(solver, NULL, bytes), 0);
    *memory = (unsigned char *)malloc(*bytes + 1);
    const size_t asked = *bytes;
    cr_assert_eq(gradus_solver_save(solver, *memory + 1, bytes), 0);
    cr_assert_eq(*bytes, asked);
    return *memory + 1;
}

/* So many steps, then save, free and load, with memory full of rubbish and another number of threads. False where it has ended before. */
static bool interrupted(const journey *j, size_t steps, outcome *end, census *seen)
{
    gradus_options options = j->options;
    gradus_solver *solver = NULL;
    gradus_stop_reason reason = GRADUS_STOP_RUNNING;
    if (gradus_solver_create(j->f, j->direction, j->start, &options, &solver)) return false;
    gradus_status status = 0;
    size_t taken = 0;
    for (; !status && taken < steps && reason == GRADUS_STOP_RUNNING; taken++)
        status = gradus_solver_step(solver, &reason);
    if (status || taken < steps) {
        gradus_solver_free(solver);
        return false;
    }
    size_t bytes;
    unsigned char *memory, *checkpoint = save(solver, &bytes, &memory);
    if (reason == GRADUS_STOP_RUNNING) seen->saved[place_of(solver->metric)]++;
    gradus_solver_free(solver);
    test_allocator allocator;
    test_allocator_begin(&allocator, 0);
    options.allocator = &allocator.face;
    options.threads = options.threads == 1 ? 2 : 1;
    solver = NULL;
    status = gradus_solver_load(j->f, j->direction, &options, checkpoint, bytes, &solver);
    cr_assert_eq(status, 0, "%s, saved at %zu: load gives %d", j->what, steps, status);
    free(memory);
    conclude(solver, end);
    gradus_solver_free(solver);
    cr_assert_eq(allocator.alive, 0);
    return true;
}

static void same_in_two_parts(const journey *j, census *seen)
{
    const size_t n = gradus_objective_size(j->f), moments[] = {0, 1, 2, 3, 9, 23};
    outcome whole = outcome_new(n), parts = outcome_new(n);
    gradus_solver *solver = NULL;
    if (!gradus_solver_create(j->f, j->direction, j->start, &j->options, &solver)) {
        conclude(solver, &whole);
        gradus_solver_free(solver);
        for (size_t k = 0; k < sizeof moments / sizeof *moments; k++) {
            if (!interrupted(j, moments[k], &parts, seen)) break;
            compare(n, &whole, &parts, j->what, moments[k]);
            seen->runs++;
        }
        if (interrupted(j, whole.report.iterations, &parts, seen)) /* at its last step, or the one before */
            compare(n, &whole, &parts, j->what, whole.report.iterations);
        seen->methods[whole.report.method]++;
        seen->metrics[whole.report.metric]++;
        seen->rules[whole.report.step_rule]++;
    }
    free(whole.theta);
    free(parts.theta);
}

/* ---- every combination ---- */

enum { RULES = 11 };

static gradus_step rule(int k)
{
    const gradus_step rules[RULES] = {
        {.rule = GRADUS_STEP_AUTOMATIC},
        gradus_step_fixed(0.05),
        gradus_step_fixed(0.6),
        gradus_step_backtracking(0.0),
        gradus_step_wolfe(0.0),
        gradus_step_exact(),
        gradus_step_barzilai_borwein(0.3),
        gradus_step_inverse_time(0.1, 0.1),
        gradus_step_inverse_square_root(0.1, 0.1),
        gradus_step_cosine(0.1, 0.001, 20),
        gradus_step_decay(0.1, 0.5, 7),
    };
    return rules[k];
}

/*
 * Descends by one half of the ways and ascends by the other, by turns: that an ascent is the descent of the negative is the mirror's
 * test. With GRADUS_LONG both go all ways.
 */
static bool due(gradus_direction direction, int way)
{
    return getenv("GRADUS_LONG") || (way % 2 == 1) == (direction == GRADUS_DIRECTION_ASCENT);
}

static void every_combination(const gradus_objective *f, gradus_direction direction, const double *start,
                              const gradus_options *base, const char *what, census *seen)
{
    for (int method = 0; method <= GRADUS_METHOD_SVRG; method++) {
        for (int metric = 0; metric <= GRADUS_METRIC_SAMPLED_HESSIAN; metric++) {
            for (int k = 0; k < RULES; k++) {
                if (!due(direction, method + metric + k)) continue;
                journey j = {f, direction, start, *base, what};
                char name[96];
                (void)snprintf(name, sizeof name, "%s, method %d, metric %d, rule %d", what, method, metric,
                               k);
                j.what = name;
                j.options.method = (gradus_method)method;
                j.options.metric = (gradus_metric)metric;
                j.options.step = rule(k);
                j.options.stop.max_iterations = 40;
                same_in_two_parts(&j, seen);
            }
        }
    }
}

enum { M = 90, N = 3 };

/* A cost and its negative, from both sides */
static void both_ways(const gradus_objective *f, const double *start, const gradus_options *base,
                      const char *what, census *seen)
{
    gradus_objective *minus = NULL;
    cr_assert_eq(gradus_negate(f, &minus), 0);
    every_combination(f, GRADUS_DIRECTION_DESCENT, start, base, what, seen);
    every_combination(minus, GRADUS_DIRECTION_ASCENT, start, base, what, seen);
    gradus_objective_free(minus);
}

typedef gradus_status (*maker)(const gradus_matrix *X, const double *y, const gradus_model_options *options,
                               gradus_objective **objective);

static gradus_objective *make(maker maker_of, const test_data *data, const double *y, double ridge,
                              double lasso)
{
    gradus_model_options options = gradus_model_options_default();
    gradus_objective *f = NULL;
    options.ridge = ridge;
    options.lasso = lasso;
    options.intercept = 1;
    options.weights = data->weights;
    options.offset = data->offset;
    cr_assert_eq(maker_of(&data->X, y, &options, &f), 0);
    return f;
}

static const double zeros[64] = {0.0};

static void all_ran(const census *seen, int last_method)
{
    for (int method = 1; method <= last_method; method++)
        cr_assert(seen->methods[method] > 0, "method %d never ran", method);
    for (int metric = 1; metric <= GRADUS_METRIC_SAMPLED_HESSIAN; metric++)
        cr_assert(seen->metrics[metric] > 0, "metric %d never ran", metric);
    cr_assert_gt(seen->runs, 1000);
}

Test(checkpoint, least_squares_in_every_way)
{
    test_data data = test_data_make(11, M, N, GRADUS_LAYOUT_ROW_MAJOR, 2);
    gradus_objective *f = make(gradus_least_squares, &data, data.y, 0.01, 0.0);
    const gradus_options plain = gradus_options_default();
    census seen = {0};
    both_ways(f, data.theta, &plain, "least squares", &seen);
    for (int metric = GRADUS_METRIC_STANDARDIZED; metric <= GRADUS_METRIC_QR; metric++)
        if (metric != GRADUS_METRIC_SAMPLED_HESSIAN) cr_assert(seen.metrics[metric] > 0, "metric %d", metric);
    for (int k = GRADUS_STEP_FIXED; k <= GRADUS_STEP_DECAY; k++) cr_assert(seen.rules[k] > 0, "rule %d", k);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(checkpoint, logistic_and_poisson_in_every_way)
{
    test_data data = test_data_make(12, M, N, GRADUS_LAYOUT_COL_MAJOR, 1);
    const gradus_options plain = gradus_options_default();
    census seen = {0};
    gradus_objective *f = make(gradus_logistic, &data, data.labels, 0.01, 0.0);
    both_ways(f, data.theta, &plain, "logistic", &seen);
    gradus_objective_free(f);
    f = make(gradus_poisson, &data, data.counts, 0.0, 0.0);
    both_ways(f, zeros, &plain, "Poisson", &seen);
    all_ran(&seen, GRADUS_METHOD_ADAM);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(checkpoint, batches_in_every_order)
{
    test_data data = test_data_make(13, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = make(gradus_logistic, &data, data.labels, 0.01, 0.0);
    census seen = {0};
    for (int order = 0; order <= GRADUS_ORDER_CONSECUTIVE; order++) {
        for (int check = -1; check <= 2; check++) {
            gradus_options batched = gradus_options_default();
            batched.batch.rows = 8;
            batched.batch.order = (gradus_order)order;
            batched.batch.seed = 77;
            batched.batch.check = check;
            batched.clip = check == 2 ? 0.05 : 0.0;
            both_ways(f, data.theta, &batched, "batches", &seen);
        }
    }
    cr_assert(seen.methods[GRADUS_METHOD_SVRG] > 0 && seen.methods[GRADUS_METHOD_ADAM] > 0);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(checkpoint, compressed_and_refined)
{
    test_data data = test_data_make(14, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = make(gradus_least_squares, &data, data.y, 0.0, 0.0);
    gradus_options compressed = gradus_options_default(), refined = gradus_options_default();
    census seen = {0};
    compressed.compress = 1;
    refined.refine = 1;
    both_ways(f, data.theta, &compressed, "compressed", &seen);
    cr_assert_gt(seen.runs, 500);
    both_ways(f, data.theta, &refined, "refined", &seen);
    gradus_objective_free(f);
    test_data_free(&data);
}

Test(checkpoint, lasso_and_bounds)
{
    test_data data = test_data_make(15, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    const gradus_options plain = gradus_options_default();
    census seen = {0};
    gradus_objective *f = make(gradus_least_squares, &data, data.y, 0.0, 0.02);
    both_ways(f, data.theta, &plain, "lasso", &seen);
    gradus_objective_free(f);
    f = make(gradus_logistic, &data, data.labels, 0.001, 0.002);
    both_ways(f, data.theta, &plain, "logistic lasso", &seen);
    gradus_objective_free(f);
    f = make(gradus_poisson, &data, data.counts, 0.0, 0.05);
    both_ways(f, zeros, &plain, "Poisson lasso", &seen);
    gradus_objective_free(f);
    cr_assert(seen.methods[GRADUS_METHOD_COORDINATE] > 0 && seen.methods[GRADUS_METHOD_NESTEROV] > 0 &&
              seen.methods[GRADUS_METHOD_GRADIENT] > 0);
    test_data_free(&data);
}

/* Bounds, a ball, all of them with an elastic net: what coordinates and proximal steps remember of each */
Test(checkpoint, constraints)
{
    static const double low[N] = {-0.1, 0.0, -INFINITY}, high[N] = {0.2, INFINITY, 0.3};
    test_data data = test_data_make(16, M, N, GRADUS_LAYOUT_COL_MAJOR, 0);
    const gradus_options plain = gradus_options_default();
    census seen = {0};
    for (int k = 0; k < 4; k++) {
        gradus_model_options options = gradus_model_options_default();
        gradus_objective *f = NULL;
        options.intercept = k % 2;
        options.lower = k == 2 ? NULL : low;
        options.upper = k == 2 ? NULL : high;
        options.radius = k >= 2 ? 0.4 : 0.0;
        options.ridge = options.lasso = k == 3 ? 0.01 : 0.0;
        cr_assert_eq(k % 2 ? gradus_logistic(&data.X, data.labels, &options, &f)
                           : gradus_least_squares(&data.X, data.y, &options, &f),
                     0);
        both_ways(f, zeros, &plain, "constraints", &seen);
        gradus_objective_free(f);
    }
    cr_assert(seen.runs > 500 && seen.methods[GRADUS_METHOD_COORDINATE] > 0 &&
              seen.methods[GRADUS_METHOD_NESTEROV] > 0);
    test_data_free(&data);
}

/* X of floats, in either layout; and doubles with a low part, which the refinement reads */
Test(checkpoint, floats_and_low_parts)
{
    test_data data = test_data_make(17, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    float x[M * N];
    double low[M * N];
    gradus_options refined = gradus_options_default();
    const gradus_options plain = gradus_options_default();
    refined.refine = 1;
    for (size_t k = 0; k < M * N; k++) x[k] = (float)data.x[k];
    for (size_t k = 0; k < M * N; k++) low[k] = ldexp(data.x[(k + 5) % (M * N)], -54);
    const gradus_matrix by_row = gradus_row_major_float(M, N, x, N),
                        by_column = gradus_col_major_float(M, N, x, M);
    const gradus_matrix L = gradus_row_major(M, N, low, N);
    gradus_model_options options = gradus_model_options_default();
    gradus_objective *f = NULL;
    census seen = {0}, of_low = {0};
    cr_assert_eq(gradus_logistic(&by_row, data.labels, &options, &f), 0);
    both_ways(f, zeros, &plain, "floats by row", &seen);
    gradus_objective_free(f);
    cr_assert_eq(gradus_least_squares(&by_column, data.y, &options, &f), 0);
    both_ways(f, zeros, &plain, "floats by column", &seen);
    gradus_objective_free(f);
    options.low = &L;
    cr_assert_eq(gradus_least_squares(&data.X, data.y, &options, &f), 0);
    both_ways(f, zeros, &refined, "low parts", &of_low);
    gradus_objective_free(f);
    cr_assert(seen.runs > 1000 && of_low.runs > 0, "%zu, %zu", seen.runs, of_low.runs);
    test_data_free(&data);
}

/* More columns than rows, and than have an H of their own: working sets */
Test(checkpoint, working_sets)
{
    enum { WIDE = 900, SHORT = 60 };
    test_data data = test_data_make(16, SHORT, WIDE, GRADUS_LAYOUT_COL_MAJOR, 0);
    double *start = (double *)calloc(WIDE + 1, sizeof *start);
    const double lassos[] = {0.05, 0.02};
    census seen = {0};
    for (size_t k = 0; k < 2; k++) {
        gradus_objective *f = make(k ? gradus_logistic : gradus_least_squares, &data,
                                   k ? data.labels : data.y, 0.0, lassos[k]);
        journey j = {f, GRADUS_DIRECTION_DESCENT, start, gradus_options_default(), "working sets"};
        same_in_two_parts(&j, &seen);
        gradus_objective_free(f);
    }
    cr_assert(seen.methods[GRADUS_METHOD_COORDINATE] == 2 && seen.runs >= 4);
    free(start);
    test_data_free(&data);
}

/* A sample of the rows first, and a leap to its optimum */
Test(checkpoint, samples)
{
    enum { TALL = 3000 };
    test_data data = test_data_make(17, TALL, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    const maker makers[] = {gradus_logistic, gradus_poisson, gradus_huber, gradus_squared_hinge};
    const double *responses[] = {data.labels, data.counts, data.y, data.labels};
    census seen = {0};
    for (size_t k = 0; k < 4; k++) {
        for (int l = 0; l < 2; l++) {
            gradus_objective *f = make(makers[k], &data, responses[k], 0.0, l ? 0.01 : 0.0);
            journey j = {f, GRADUS_DIRECTION_DESCENT, zeros, gradus_options_default(), "sample"};
            same_in_two_parts(&j, &seen);
            gradus_objective_free(f);
        }
    }
    cr_assert(seen.metrics[GRADUS_METRIC_SAMPLED_HESSIAN] >= 4);
    test_data_free(&data);
}

/* Columns so much alike that one metric after the other gives way */
Test(checkpoint, ladder)
{
    const double tilts[] = {1e-4, 1e-8, 1e-11, 0.0};
    census seen = {0};
    for (size_t k = 0; k < 4; k++) {
        for (int rows = 0; rows < 2; rows++) {
            test_data data = test_data_make(18, rows ? 400 : 30, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
            for (size_t i = 0; i < data.X.rows; i++) {
                double *row = data.x + i * data.X.ld;
                row[2] = row[0] + tilts[k] * row[2];
            }
            for (int metric = 0; metric <= GRADUS_METRIC_SAMPLED_HESSIAN; metric++) {
                for (int refine = 0; refine < 2; refine++) {
                    gradus_objective *f = make(gradus_least_squares, &data, data.y, 0.0, 0.0);
                    journey j = {f, GRADUS_DIRECTION_DESCENT, data.theta, gradus_options_default(), "ladder"};
                    j.options.metric = (gradus_metric)metric;
                    j.options.refine = refine;
                    j.options.stop.max_iterations = 60;
                    same_in_two_parts(&j, &seen);
                    gradus_objective_free(f);
                }
            }
            test_data_free(&data);
        }
    }
    cr_assert(seen.metrics[GRADUS_METRIC_SKETCH] > 0 && seen.metrics[GRADUS_METRIC_QR] > 0 &&
              seen.metrics[GRADUS_METRIC_STANDARDIZED] > 0);
}

/* Several outputs: softmax, whose metric is made anew at an iterate, with classes that overlap and that can be separated */
Test(checkpoint, several_outputs)
{
    enum { CLASSES = 3 };
    test_data data = test_data_make(19, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    double labels[M], responses[2 * M];
    census seen = {0};
    for (int apart = 0; apart < 2; apart++) {
        for (size_t i = 0; i < M; i++) {
            const double x = data.x[i * data.X.ld];
            labels[i] = apart ? (x > 0.3 ? 2.0 : (x > -0.3 ? 1.0 : 0.0)) : (double)(i % CLASSES);
            responses[i] = data.y[i];
            responses[M + i] = data.y[M - 1 - i];
        }
        gradus_model_options model = gradus_model_options_default();
        model.intercept = 1;
        model.ridge = apart ? 0.0 : 1e-4;
        gradus_objective *f = NULL, *g = NULL;
        cr_assert_eq(gradus_softmax(&data.X, labels, CLASSES, &model, &f), 0);
        cr_assert_eq(gradus_least_squares_multiple(&data.X, responses, 2, &model, &g), 0);
        const gradus_options plain = gradus_options_default();
        both_ways(f, zeros, &plain, "softmax", &seen);
        both_ways(g, zeros, &plain, "multiple", &seen);
        gradus_objective_free(f);
        gradus_objective_free(g);
    }
    cr_assert(seen.saved[place_of(&gr_metric_outputs)] > 0 &&
              seen.saved[place_of(&gr_metric_outputs_exact)] > 0 &&
              seen.saved[place_of(&gr_metric_renewed)] > 0);
    test_data_free(&data);
}

/* Labels of three classes that overlap, and two responses, column after column */
static void fill_outputs(const test_data *data, double *labels, double *responses)
{
    for (size_t i = 0; i < M; i++) {
        const double z = *test_element(data->x, &data->X, i, 0) + data->offset[i];
        labels[i] = z > 0.4 ? 2.0 : (z > -0.4 ? 1.0 : 0.0);
        responses[i] = data->y[i];
        responses[M + i] = data->y[M - 1 - i] + *test_element(data->x, &data->X, i, 1);
    }
}

/* Both models of several outputs with the same options */
static void outputs_both_ways(const test_data *data, const gradus_model_options *model, const char *what,
                              census *seen)
{
    double labels[M], responses[2 * M];
    gradus_objective *f = NULL, *g = NULL;
    const gradus_options plain = gradus_options_default();
    fill_outputs(data, labels, responses);
    cr_assert_eq(gradus_softmax(&data->X, labels, 3, model, &f), 0);
    cr_assert_eq(gradus_least_squares_multiple(&data->X, responses, 2, model, &g), 0);
    both_ways(f, zeros, &plain, what, seen);
    both_ways(g, zeros, &plain, what, seen);
    gradus_objective_free(f);
    gradus_objective_free(g);
}

/* A lasso, bounds and a ball over several outputs: the Hessian of all of them, or their Gram matrices, as the steps have taught it */
Test(checkpoint, several_outputs_with_a_lasso_and_constraints)
{
    static const double low[3 * N] = {-0.1, 0.0, -1.0, -0.2, -0.2, -0.2, 0.0, 0.0, 0.0},
                                high[3 * N] = {0.2, 1.0, 0.3, 0.2, 0.2, 0.2, 1.0, 0.1, 0.0};
    test_data data = test_data_make(24, M, N, GRADUS_LAYOUT_ROW_MAJOR, 1);
    census seen = {0};
    for (int k = 0; k < 3; k++) {
        gradus_model_options model = gradus_model_options_default();
        model.intercept = k != 1;
        model.lasso = k == 1 ? 0.0 : 0.01;
        model.lower = k == 1 ? low : NULL;
        model.upper = k == 1 ? high : NULL;
        model.radius = k == 2 ? 0.3 : 0.0;
        outputs_both_ways(&data, &model, "outputs with constraints", &seen);
    }
    cr_assert(seen.saved[place_of(&gr_metric_curvature_outputs)] > 0 &&
              seen.saved[place_of(&gr_metric_curvature_outputs_gram)] > 0);
    cr_assert(seen.methods[GRADUS_METHOD_COORDINATE] > 0 && seen.methods[GRADUS_METHOD_NESTEROV] > 0);
    test_data_free(&data);
}

/* Columns so much alike that the Gram matrix of the outputs holds with a little of its diagonal only, or not at all; X of floats */
Test(checkpoint, several_outputs_ladder_and_floats)
{
    static const double tilts[] = {1.0, 1e-6, 1e-9, 0.0};
    census seen = {0};
    for (size_t k = 0; k < 8; k++) {
        test_data data = test_data_make(25 + k, M, N, GRADUS_LAYOUT_COL_MAJOR, 0);
        float x[M * N];
        double labels[M], responses[2 * M];
        gradus_model_options model = gradus_model_options_default();
        gradus_objective *f[2] = {NULL};
        fill_outputs(&data, labels, responses);
        for (size_t i = 0; i < M; i++) data.x[2 * M + i] = data.x[i] + tilts[k % 4] * data.x[2 * M + i];
        for (size_t i = 0; i < M * N; i++) x[i] = (float)data.x[i];
        const gradus_matrix X = k < 4 ? data.X : gradus_col_major_float(M, N, x, M);
        model.weights = data.weights;
        cr_assert_eq(gradus_softmax(&X, labels, 3, &model, &f[0]), 0);
        cr_assert_eq(gradus_least_squares_multiple(&X, responses, 2, &model, &f[1]), 0);
        for (int metric = 0; metric <= 2 * GRADUS_METRIC_SAMPLED_HESSIAN + 1; metric++) {
            journey j = {f[metric % 2], GRADUS_DIRECTION_DESCENT, zeros, gradus_options_default(),
                         "outputs, columns alike"};
            j.options.metric = (gradus_metric)(metric / 2);
            j.options.stop.max_iterations = 60;
            same_in_two_parts(&j, &seen);
        }
        gradus_objective_free(f[0]);
        gradus_objective_free(f[1]);
        test_data_free(&data);
    }
    cr_assert(seen.saved[place_of(&gr_metric_outputs)] > 0 &&
              seen.saved[place_of(&gr_metric_outputs_exact)] > 0 && seen.runs > 100);
}

/* More coefficients than have a Hessian of their own: FISTA */
Test(checkpoint, very_many_outputs)
{
    enum { WIDE = 350, CLASSES = 3 };
    test_data data = test_data_make(26, M, WIDE, GRADUS_LAYOUT_ROW_MAJOR, 0);
    double labels[M], *start = (double *)calloc((size_t)WIDE * CLASSES, sizeof *start);
    census seen = {0};
    cr_assert(start);
    for (size_t k = 0; k < 2; k++) {
        gradus_model_options model = gradus_model_options_default();
        gradus_objective *f = NULL;
        model.lasso = k ? 0.02 : 0.0;
        for (size_t i = 0; i < M; i++) labels[i] = (double)(i % CLASSES);
        cr_assert_eq(gradus_softmax(&data.X, labels, CLASSES, &model, &f), 0);
        journey j = {f, GRADUS_DIRECTION_DESCENT, start, gradus_options_default(), "very many outputs"};
        j.options.stop.max_iterations = 40;
        same_in_two_parts(&j, &seen);
        gradus_objective_free(f);
    }
    cr_assert(seen.saved[place_of(&gr_metric_diagonal)] > 0 && seen.saved[place_of(&gr_metric_identity)] > 0);
    free(start);
    test_data_free(&data);
}

static gradus_status mean_of_rows(void *context, size_t n, const double *theta, const gradus_batch *batch,
                                  double *value, double *gradient)
{
    (void)context;
    *value = 0.0;
    for (size_t j = 0; gradient && j < n; j++) gradient[j] = 0.0;
    for (size_t i = 0; i < batch->count; i++) {
        const size_t row = batch->rows ? batch->rows[i] : batch->first + i;
        for (size_t j = 0; j < n; j++) {
            const double gap = theta[j] - sin((double)(row * n + j));
            *value += 0.5 * gap * gap / (double)batch->count;
            if (gradient) gradient[j] += gap / (double)batch->count;
        }
    }
    return 0;
}

Test(checkpoint, functions_of_the_caller)
{
    const double start[] = {-1.2, 1.0, -1.2, 1.0};
    census seen = {0};
    gradus_objective *f = NULL;
    gradus_options options = gradus_options_default();
    cr_assert_eq(gradus_function(4, test_rosenbrock, NULL, &f), 0);
    both_ways(f, start, &options, "Rosenbrock", &seen);
    gradus_objective_free(f);
    cr_assert_eq(gradus_function_batched(4, 50, mean_of_rows, NULL, &f), 0);
    options.batch.rows = 7;
    both_ways(f, start, &options, "rows of the caller", &seen);
    cr_assert_gt(seen.runs, 300);
    gradus_objective_free(f);
}

/* Large enough for two threads */
Test(checkpoint, threads)
{
    enum { TALL = 6000, COLS = 32 };
    test_data data = test_data_make(20, TALL, COLS, GRADUS_LAYOUT_ROW_MAJOR, 0);
    census seen = {0};
    for (int k = 0; k < 8; k++) {
        gradus_objective *f = make(k % 2 ? gradus_logistic : gradus_least_squares, &data,
                                   k % 2 ? data.labels : data.y, 0.0, k % 4 >= 2 ? 0.01 : 0.0);
        journey j = {f, GRADUS_DIRECTION_DESCENT, zeros, gradus_options_default(), "threads"};
        j.options.threads = k >= 4 ? 1 : 2;
        j.options.metric = k >= 6 ? GRADUS_METRIC_DIAGONAL : GRADUS_METRIC_AUTOMATIC;
        j.options.stop.max_iterations = 30;
        same_in_two_parts(&j, &seen);
        gradus_objective_free(f);
    }
    cr_assert_gt(seen.runs, 16);
    test_data_free(&data);
}

/* ---- a run that has ended, and budgets ---- */

Test(checkpoint, a_run_that_has_ended_has_ended)
{
    test_data data = test_data_make(21, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    gradus_objective *f = make(gradus_logistic, &data, data.labels, 0.0, 0.0);
    outcome whole = outcome_new(N + 1), loaded = outcome_new(N + 1);
    gradus_solver *solver = NULL;
    cr_assert_eq(gradus_solver_create(f, GRADUS_DIRECTION_DESCENT, zeros, NULL, &solver), 0);
    conclude(solver, &whole);
    size_t bytes;
    unsigned char *memory, *checkpoint = save(solver, &bytes, &memory);
    gradus_solver_free(solver);
    cr_assert_eq(gradus_solver_load(f, GRADUS_DIRECTION_DESCENT, NULL, checkpoint, bytes, &solver), 0);
    conclude(solver, &loaded);
    compare(N + 1, &whole, &loaded, "ended", whole.report.iterations);
    cr_assert(loaded.report.seconds >= whole.report.seconds);
    gradus_solver_free(solver);
    gradus_objective_free(f);
    free(memory);
    free(whole.theta);
    free(loaded.theta);
    test_data_free(&data);
}

/* ---- what is refused ---- */

/* A logistic run after three steps, and what it was saved with */
typedef struct saved {
    test_data data;
    gradus_objective *f;
    gradus_options options;
    gradus_error error;
    unsigned char *memory;
    size_t bytes;
} saved;

static void saved_make(saved *s)
{
    s->data = test_data_make(22, M, N, GRADUS_LAYOUT_ROW_MAJOR, 0);
    s->f = make(gradus_logistic, &s->data, s->data.labels, 0.0, 0.0);
    s->options = gradus_options_default();
    s->options.method = GRADUS_METHOD_LBFGS;
    s->options.error = &s->error;
    gradus_solver *solver = NULL;
    cr_assert_eq(gradus_solver_create(s->f, GRADUS_DIRECTION_DESCENT, zeros, &s->options, &solver), 0);
    for (int k = 0; k < 3; k++) cr_assert_eq(gradus_solver_step(solver, NULL), 0);
    cr_assert_eq(gradus_solver_save(solver, NULL, &s->bytes), 0);
    s->memory = (unsigned char *)malloc(s->bytes);
    cr_assert_eq(gradus_solver_save(solver, s->memory, &s->bytes), 0);
    gradus_solver_free(solver);
}

static void saved_free(saved *s)
{
    free(s->memory);
    gradus_objective_free(s->f);
    test_data_free(&s->data);
}

/* The status of loading so many bytes into f; the handle is written only on success, and freed. */
static gradus_status load(saved *s, const gradus_objective *f, gradus_direction direction, size_t bytes)
{
    gradus_solver *solver = (gradus_solver *)&solver;
    const gradus_status status = gradus_solver_load(f, direction, &s->options, s->memory, bytes, &solver);
    if (status)
        cr_assert_eq((void *)solver, (void *)&solver);
    else
        gradus_solver_free(solver);
    return status;
}

static gradus_status load_here(saved *s)
{
    return load(s, s->f, GRADUS_DIRECTION_DESCENT, s->bytes);
}

Test(checkpoint, every_flipped_bit_is_found)
{
    saved s;
    saved_make(&s);
    for (size_t i = 0; i < s.bytes; i++) {
        for (int bit = 0; bit < 8; bit++) {
            s.memory[i] ^= (unsigned char)(1 << bit);
            const gradus_status status = load_here(&s), expected = i < 8    ? GRADUS_ERROR_CHECKPOINT_FORMAT
                                                                   : i < 16 ? GRADUS_ERROR_CHECKPOINT_VERSION
                                                                            : GRADUS_ERROR_CHECKPOINT_DAMAGED;
            cr_assert_eq(status, expected, "byte %zu, bit %d: %d", i, bit, status);
            s.memory[i] ^= (unsigned char)(1 << bit);
        }
    }
    cr_assert_eq(load_here(&s), 0);
    saved_free(&s);
}

Test(checkpoint, every_cut_is_found)
{
    saved s;
    saved_make(&s);
    for (size_t bytes = 0; bytes < s.bytes; bytes++) {
        const gradus_status status = load(&s, s.f, GRADUS_DIRECTION_DESCENT, bytes);
        cr_assert_eq(status, bytes < 8 ? GRADUS_ERROR_CHECKPOINT_FORMAT : GRADUS_ERROR_CHECKPOINT_DAMAGED,
                     "%zu bytes: %d", bytes, status);
    }
    saved_free(&s);
}

Test(checkpoint, other_data_are_found)
{
    saved s;
    saved_make(&s);
    double *numbers[] = {s.data.x, s.data.labels, s.data.weights, s.data.offset};
    const size_t counts[] = {(size_t)M * N, M, M, M};
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < counts[k]; i++) {
            const double before = numbers[k][i];
            numbers[k][i] = nextafter(before, 2.0);
            cr_assert_eq(load_here(&s), GRADUS_ERROR_CHECKPOINT_DATA, "array %zu, entry %zu", k, i);
            numbers[k][i] = before;
        }
    }
    cr_assert_eq(load_here(&s), 0);
    saved_free(&s);
}

Test(checkpoint, another_objective_is_found)
{
    saved s;
    saved_make(&s);
    gradus_objective *others[4] = {NULL};
    others[0] = make(gradus_squared_hinge, &s.data, s.data.labels, 0.0, 0.0);
    others[1] = make(gradus_logistic, &s.data, s.data.labels, 1e-300, 0.0);
    cr_assert_eq(gradus_negate(s.f, &others[2]), 0);
    gradus_model_options options = gradus_model_options_default(); /* one coefficient less */
    options.weights = s.data.weights;
    cr_assert_eq(gradus_logistic(&s.data.X, s.data.labels, &options, &others[3]), 0);
    for (size_t k = 0; k < 4; k++) {
        cr_assert_eq(load(&s, others[k], GRADUS_DIRECTION_DESCENT, s.bytes), GRADUS_ERROR_CHECKPOINT_DATA,
                     "%zu", k);
        gradus_objective_free(others[k]);
    }
    test_data turned = test_data_make(22, M, N, GRADUS_LAYOUT_COL_MAJOR, 0);
    gradus_objective *f = make(gradus_logistic, &turned, turned.labels, 0.0, 0.0);
    cr_assert_eq(load(&s, f, GRADUS_DIRECTION_DESCENT, s.bytes), GRADUS_ERROR_CHECKPOINT_DATA);
    gradus_objective_free(f);
    test_data_free(&turned);
    saved_free(&s);
}

Test(checkpoint, other_options_are_found)
{
    saved s;
    saved_make(&s);
    cr_assert_eq(load(&s, s.f, GRADUS_DIRECTION_ASCENT, s.bytes), GRADUS_ERROR_CHECKPOINT_OPTIONS);
    const gradus_options before = s.options;
    for (int k = 0; k < 12; k++) {
        s.options = before;
        switch (k) {
        case 0:
            s.options.method = GRADUS_METHOD_CONJUGATE_GRADIENT;
            break;
        case 1:
            s.options.metric = GRADUS_METRIC_DIAGONAL;
            break;
        case 2:
            s.options.step = gradus_step_backtracking(0.0);
            break;
        case 3:
            s.options.step.size = 1.0;
            break; /* the default, but asked for */
        case 4:
            s.options.stop.max_iterations = 999;
            break;
        case 5:
            s.options.stop.gradient_tolerance = 1e-11;
            break;
        case 6:
            s.options.stop.patience = 20;
            break;
        case 7:
            s.options.momentum = 0.8;
            break;
        case 8:
            s.options.stop.value_tolerance = 1e-9;
            break;
        case 9:
            s.options.stop.step_tolerance = 1e-9;
            break;
        case 10:
            s.options.step.shrink = 0.4;
            break;
        default:
            s.options.step.growth = 2.0;
            break;
        }
        cr_assert_eq(load_here(&s), GRADUS_ERROR_CHECKPOINT_OPTIONS, "%d", k);
    }
    s.options = before;
    s.options.threads = 1;
    s.options.stop.seconds = 1e9;
    cr_assert_eq(load_here(&s), 0);
    saved_free(&s);
}

Test(checkpoint, a_run_cut_short_is_not_saved)
{
    saved s;
    saved_make(&s);
    int cancel = 0;
    gradus_solver *solver = NULL;
    s.options.cancel = &cancel;
    cr_assert_eq(gradus_solver_load(s.f, GRADUS_DIRECTION_DESCENT, &s.options, s.memory, s.bytes, &solver),
                 0);
    cancel = 1;
    gradus_stop_reason reason;
    cr_assert_eq(gradus_solver_step(solver, &reason), 0);
    cr_assert_eq(reason, GRADUS_STOP_CANCELLED);
    size_t bytes = s.bytes;
    cr_assert_eq(gradus_solver_save(solver, s.memory, &bytes), GRADUS_ERROR_CHECKPOINT_STATE);
    cr_assert_eq(bytes, s.bytes);
    gradus_solver_free(solver);
    saved_free(&s);
}

Test(checkpoint, room_and_null)
{
    saved s;
    saved_make(&s);
    gradus_solver *solver = NULL;
    cr_assert_eq(gradus_solver_load(s.f, GRADUS_DIRECTION_DESCENT, &s.options, s.memory, s.bytes, &solver),
                 0);
    size_t bytes = s.bytes - 1;
    cr_assert_eq(gradus_solver_save(solver, s.memory, &bytes), GRADUS_ERROR_CHECKPOINT_ROOM);
    cr_assert_eq(bytes, s.bytes);
    cr_assert(test_same(s.error.measured, (double)(s.bytes - 1)) &&
              test_same(s.error.limit, (double)s.bytes));
    cr_assert_eq(gradus_solver_save(NULL, s.memory, &bytes), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_solver_save(solver, s.memory, NULL), GRADUS_ERROR_NULL);
    gradus_solver_free(solver);
    const gradus_direction down = GRADUS_DIRECTION_DESCENT;
    cr_assert_eq(gradus_solver_load(NULL, down, NULL, s.memory, s.bytes, &solver), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_solver_load(s.f, down, NULL, NULL, s.bytes, &solver), GRADUS_ERROR_NULL);
    cr_assert_eq(gradus_solver_load(s.f, down, NULL, s.memory, s.bytes, NULL), GRADUS_ERROR_NULL);
    saved_free(&s);
}
