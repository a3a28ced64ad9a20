/* SPDX-License-Identifier: BSD-3-Clause */
/* The fit itself: the start, the objective, the options, and one call of the library. */
#include <float.h>
#include <string.h>

#include "base/error.h"
#include "cli/fit.h"
#include "cli/heap.h"
#include "cli/interrupt.h"
#include "cli/objective.h"
#include "cli/watch.h"
#include "io/number.h"
#include "io/vector_file.h"

static gradus_status read_start(const char *path, size_t n, double *theta, gr_trouble *trouble)
{
    double *numbers;
    size_t count;
    trouble->where = path;
    gradus_status status = gr_vector_read(path, NULL, &numbers, &count, &trouble->error);
    if (status) return status;
    if (count == n)
        memcpy(theta, numbers, n * sizeof *theta);
    else
        status = gr_error(&trouble->error, GRADUS_ERROR_FILE_FORMAT, gr_fault_limit((double)count, (double)n),
                          "the start has %zu number%s, the model has %zu coefficient%s", count,
                          count == 1 ? "" : "s", n, n == 1 ? "" : "s");
    gr_delete(numbers);
    return status;
}

static gradus_status take_start(const char *start, size_t n, double *theta, gr_trouble *trouble)
{
    const bool ones = strcmp(start, "ones") == 0;
    if (!ones && strcmp(start, "zeros") != 0) return read_start(start, n, theta, trouble);
    for (size_t j = 0; j < n; j++) theta[j] = ones ? 1.0 : 0.0;
    return GRADUS_OK;
}

/*
 * Without --tolerance a run ends at working precision. With the tolerance off the library says that theta
 * separates the classes only at the end; so that this is said at once, such a model gets the smallest tolerance,
 * which no gradient norm but 0 is below. --tolerance 0 is really off.
 */
static double gradient_tolerance(const gr_fit_settings *settings)
{
    if (settings->tolerance > 0.0) return settings->tolerance;
    const bool given = settings->tolerance == 0.0;
    return gr_models[settings->model].separable && !given ? DBL_MIN : (double)GRADUS_OFF;
}

static bool nothing_chosen(const gr_fit_settings *settings)
{
    return settings->method == GRADUS_METHOD_AUTOMATIC && settings->metric == GRADUS_METRIC_AUTOMATIC &&
           settings->step.rule == GRADUS_STEP_AUTOMATIC;
}

/* Everything automatic is left to the library; whoever chooses, or wants the columns as they are, gets the identity. */
static void choose_travel(const gr_fit_settings *settings, gradus_options *options)
{
    /* proximal steps go coordinate by coordinate: a diagonal is the most that they can know of the columns */
    const gradus_metric scaled = gr_fit_is_proximal(settings) ? GRADUS_METRIC_DIAGONAL
                                                              : GRADUS_METRIC_STANDARDIZED;
    const gradus_metric identity = settings->standardize ? scaled : GRADUS_METRIC_IDENTITY;
    const bool plain = nothing_chosen(settings);
    const bool named = settings->metric != GRADUS_METRIC_AUTOMATIC &&
                       settings->metric != GRADUS_METRIC_IDENTITY;
    options->method = (gradus_method)settings->method;
    options->step = settings->step;
    if (settings->method == GRADUS_METHOD_ADAM && !named)
        return; /* its steps are those of the columns as they are */
    if (plain && settings->standardize) return;
    options->metric = named ? (gradus_metric)settings->metric : identity;
    if (plain) options->method = GRADUS_METHOD_GRADIENT;
}

static void choose_batches(const gr_fit_settings *settings, gradus_options *options)
{
    options->batch.rows = (size_t)settings->batch;
    options->batch.order = (gradus_order)settings->order;
    options->batch.seed = settings->seed > 0 ? (uint64_t)settings->seed : 0;
    if (settings->check >= 0) options->batch.check = settings->check > 0 ? settings->check : GRADUS_OFF;
    options->stop.max_epochs = settings->epochs;
    options->clip = settings->clip;
}

gradus_options gr_fit_solver_options(const gr_fit_settings *settings, gradus_error *error)
{
    gradus_options options = gradus_options_default();
    choose_travel(settings, &options);
    choose_batches(settings, &options);
    options.compress = settings->compress;
    options.refine = settings->refine;
    options.threads = (int)settings->threads;
    options.stop.max_iterations = settings->max_iterations;
    options.stop.gradient_tolerance = gradient_tolerance(settings);
    if (settings->gap >= 0.0) options.stop.gap_tolerance = settings->gap > 0.0 ? settings->gap : GRADUS_OFF;
    options.error = error;
    return options;
}

static gradus_status run(const gr_fit_settings *settings, const gradus_objective *objective, gr_fit *fit,
                         gr_trouble *trouble)
{
    gradus_options options = gr_fit_solver_options(settings, &trouble->error);
    gr_watch watch = gr_watch_begin(settings->trace);
    gr_watch_install(&watch, &options);
    const volatile int *interrupted = gr_interrupt_catch();
    if (!settings->checkpoint) options.cancel = interrupted;
    const gradus_status status = settings->checkpoint
                                     ? gr_fit_resume(settings, objective, &options, interrupted, fit, trouble)
                                     : gr_travel(objective, (gradus_direction)settings->direction, fit->theta,
                                                 &options, &fit->report);
    gr_interrupt_release();
    if (status == GRADUS_ERROR_STEP_TOO_LARGE) trouble->where = "--step";
    if (status == GRADUS_ERROR_START_VALUE) trouble->where = "--start";
    if (!gr_watch_end(&watch)) return status;
    *trouble = (gr_trouble){settings->trace, watch.trace_error};
    return watch.trace_status;
}

gradus_status gr_fit_solve(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit,
                           gr_trouble *trouble)
{
    gradus_objective *objective = NULL;
    gradus_status status = gr_fit_objective(settings, problem, (gradus_direction)settings->direction,
                                            &objective, trouble);
    if (!status) status = take_start(settings->start, problem->coefficients, fit->theta, trouble);
    if (!status) {
        trouble->where = NULL;
        status = run(settings, objective, fit, trouble);
    }
    gradus_objective_free(objective);
    return status;
}
