/* SPDX-License-Identifier: BSD-3-Clause */
#include "ours.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evaluator.h"
#include "timing.h"

/* data->repeats gradients at one point. */
static int time_gradient(const gradus_objective *f, int threads, const bench_data *data, bench_answer *answer)
{
    bench_evaluator *evaluator = bench_evaluator_open(f, threads);
    if (!evaluator) return 1;
    const double start = bench_now();
    for (size_t k = 0; k < data->repeats; k++)
        bench_value_and_gradient(evaluator, data->point, answer->theta);
    answer->seconds = (bench_now() - start) / (double)data->repeats;
    answer->passes = 1.0;
    bench_evaluator_close(evaluator);
    return 0;
}

static int run_gradient(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    return time_gradient(data->objective, who->threads, data, answer);
}

/* The same on the view of the floats. */
static int run_gradient_float(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    const bench_problem *problem = &data->problem;
    const gradus_matrix X = problem->layout == GRADUS_LAYOUT_COL_MAJOR
                                ? gradus_col_major_float(problem->rows, problem->cols, data->x_single,
                                                         problem->rows)
                                : gradus_row_major_float(problem->rows, problem->cols, data->x_single,
                                                         problem->cols);
    gradus_objective *f = NULL;
    if (gradus_least_squares(&X, data->y, NULL, &f)) return 1;
    const int failed = time_gradient(f, who->threads, data, answer);
    gradus_objective_free(f);
    return failed;
}

/* One whole solve from zeros, all included. */
static int solve(const gradus_options *options, bench_data *data, bench_answer *answer)
{
    gradus_report report;
    memset(answer->theta, 0, bench_answer_size(&data->problem) * sizeof *answer->theta);
    const double start = bench_now();
    const gradus_status status = gradus_descend(data->objective, answer->theta, options, &report);
    answer->seconds = bench_now() - start;
    answer->passes = report.passes;
    answer->evaluations = (double)report.evaluations;
    if (status) snprintf(answer->note, sizeof answer->note, "%s", gradus_strerror(status));
    return status;
}

/* The defaults; the gradient tolerance is what is asked, where it is a gradient that is asked for. */
static gradus_options default_options(const bench_contestant *who, const bench_data *data)
{
    gradus_options options = gradus_options_default();
    options.threads = who->threads;
    const bench_kind *kind = data->problem.kind;
    if (kind->logistic || kind->softmax) options.stop.gradient_tolerance = data->asked;
    return options;
}

static int run_solve(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    const gradus_options options = default_options(who, data);
    return solve(&options, data, answer);
}

static int run_sketch(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    gradus_options options = default_options(who, data);
    options.metric = GRADUS_METRIC_SKETCH;
    return solve(&options, data, answer);
}

/* The textbook's loop: so many steps of the same length, in the columns as they are. */
static gradus_options fixed_steps(const bench_data *data)
{
    gradus_options options = gradus_options_default();
    options.method = GRADUS_METHOD_GRADIENT;
    options.step = gradus_step_fixed(data->step);
    options.stop.max_iterations = (int64_t)data->problem.steps;
    options.stop.gradient_tolerance = GRADUS_OFF;
    options.stop.patience = GRADUS_OFF;
    return options;
}

static int run_steps(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    const gradus_options options = fixed_steps(data);
    return solve(&options, data, answer);
}

static int run_compressed(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    (void)who;
    gradus_options options = fixed_steps(data);
    options.compress = 1;
    return solve(&options, data, answer);
}

/* A path of lassos, all included; passes and evaluations of all of them. */
static int follow_path(const bench_contestant *who, double gap, bench_data *data, bench_answer *answer)
{
    const size_t count = data->problem.lambdas;
    gradus_report *reports = (gradus_report *)calloc(count, sizeof *reports);
    if (!reports) return 1;
    gradus_options options = gradus_options_default();
    options.threads = who->threads;
    options.stop.gap_tolerance = gap;
    const double start = bench_now();
    const gradus_status status = gradus_path(data->objective, data->lambdas, count, &options, answer->theta,
                                             reports);
    answer->seconds = bench_now() - start;
    answer->passes = answer->evaluations = 0.0;
    for (size_t k = 0; k < count; k++) {
        answer->passes += reports[k].passes;
        answer->evaluations += (double)reports[k].evaluations;
    }
    if (status) snprintf(answer->note, sizeof answer->note, "%s", gradus_strerror(status));
    free(reports);
    return status;
}

static int run_path(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    return follow_path(who, data->asked, data, answer);
}

static int run_path_closer(const bench_contestant *who, bench_data *data, bench_answer *answer)
{
    return follow_path(who, 1e-6, data, answer);
}

const bench_contestant bench_ours_path_closer = {.name = "gradus, gap 1e-6",
                                                 .configuration = "the same, stop.gap_tolerance = 1e-6",
                                                 .run = run_path_closer,
                                                 .ours = true};

const bench_contestant bench_ours_path = {.name = "gradus",
                                          .configuration = "gradus_path, stop.gap_tolerance is the gap asked",
                                          .run = run_path,
                                          .ours = true};

const bench_contestant bench_ours_gradient = {
    .name = "gradus", .configuration = "one evaluation of the objective", .run = run_gradient, .ours = true};

const bench_contestant bench_ours_together = {
    .name = "gradus, together",
    .configuration = "gradus_least_squares_multiple, one evaluation",
    .run = run_gradient,
    .ours = true};

const bench_contestant bench_ours_gradient_one_thread = {.name = "gradus, 1 thread",
                                                         .configuration = "the same, options.threads = 1",
                                                         .run = run_gradient,
                                                         .threads = 1,
                                                         .ours = true};

const bench_contestant bench_ours_solve = {
    .name = "gradus",
    .configuration = "the defaults; logistic and softmax: stop.gradient_tolerance is the accuracy asked",
    .run = run_solve,
    .ours = true};

const bench_contestant bench_ours_solve_one_thread = {.name = "gradus, 1 thread",
                                                      .configuration = "the same, options.threads = 1",
                                                      .run = run_solve,
                                                      .threads = 1,
                                                      .ours = true};

const bench_contestant bench_ours_sketch = {
    .name = "gradus sketch", .configuration = "metric SKETCH", .run = run_sketch, .ours = true};

const bench_contestant bench_ours_steps = {
    .name = "gradus",
    .configuration = "method GRADIENT, metric IDENTITY, gradus_step_fixed",
    .run = run_steps,
    .ours = true};

const bench_contestant bench_ours_steps_compressed = {.name = "gradus compressed",
                                                      .configuration = "the same, options.compress = 1",
                                                      .run = run_compressed,
                                                      .ours = true};

const bench_contestant bench_ours_gradient_float = {.name = "gradus, X in float",
                                                    .configuration = "gradus_row_major_float",
                                                    .run = run_gradient_float,
                                                    .ours = true};
