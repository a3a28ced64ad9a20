/* SPDX-License-Identifier: BSD-3-Clause */
#include "cli/contest.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "cli/heap.h"
#include "cli/interrupt.h"
#include "cli/objective.h"
#include "io/grow.h"

/* What a newcomer would try, from the plainest to what the program does by itself. */
static const struct {
    const char *name;
    gradus_method method;
    gradus_metric metric;
    gradus_step_rule rule;
} ways[] = {
    {"gradient, unscaled", GRADUS_METHOD_GRADIENT, GRADUS_METRIC_IDENTITY, GRADUS_STEP_AUTOMATIC},
    {"gradient", GRADUS_METHOD_GRADIENT, GRADUS_METRIC_STANDARDIZED, GRADUS_STEP_AUTOMATIC},
    {"Barzilai-Borwein", GRADUS_METHOD_GRADIENT, GRADUS_METRIC_STANDARDIZED, GRADUS_STEP_BARZILAI_BORWEIN},
    {"Nesterov", GRADUS_METHOD_NESTEROV, GRADUS_METRIC_STANDARDIZED, GRADUS_STEP_AUTOMATIC},
    {"L-BFGS", GRADUS_METHOD_LBFGS, GRADUS_METRIC_STANDARDIZED, GRADUS_STEP_AUTOMATIC},
    {"conjugate gradient", GRADUS_METHOD_CONJUGATE_GRADIENT, GRADUS_METRIC_STANDARDIZED,
     GRADUS_STEP_AUTOMATIC},
    {"automatic", GRADUS_METHOD_AUTOMATIC, GRADUS_METRIC_AUTOMATIC, GRADUS_STEP_AUTOMATIC},
};
#define WAYS (sizeof ways / sizeof *ways)
_Static_assert(WAYS <= GR_MOST_TRACES, "every way needs a trace");

typedef struct recorder {
    gr_doubles work, value, gradient;
} recorder;

static gradus_verdict note(void *context, const gradus_progress *progress)
{
    recorder *into = (recorder *)context;
    const gradus_allocator allocator = gr_allocator(NULL);
    gradus_status status = gr_doubles_add(&allocator, &into->work, progress->passes, NULL);
    if (!status) status = gr_doubles_add(&allocator, &into->value, progress->value, NULL);
    if (!status) status = gr_doubles_add(&allocator, &into->gradient, progress->gradient_norm, NULL);
    return status ? GRADUS_MONITOR_ABORT : GRADUS_MONITOR_CONTINUE;
}

static gradus_options options_of(const gr_fit_settings *settings, size_t way, gradus_error *error)
{
    gradus_options options = gr_fit_solver_options(settings, error);
    options.method = ways[way].method;
    options.metric = ways[way].metric;
    options.step = (gradus_step){.rule = ways[way].rule};
    return options;
}

static gradus_status keep(const char *name, const recorder *recorded, gr_traces *traces, gradus_error *error)
{
    gr_run *run = &traces->runs[traces->count++];
    const size_t bytes = strlen(name) + 1;
    *run = (gr_run){.count = recorded->work.count,
                    .work = recorded->work.values,
                    .value = recorded->value.values,
                    .gradient = recorded->gradient.values};
    run->name = (char *)gr_new(bytes, 1);
    run->gap = gr_new_doubles(run->count);
    if (!run->name || !run->gap) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    (void)snprintf(run->name, bytes, "%s", name);
    return GRADUS_OK;
}

/* The digits of one answer, by the certificate of `gradus fit`; NaN where there is no closed form. */
static gradus_status judge(const gr_fit_settings *settings, const gr_problem *problem, gr_fit *fit,
                           double *digits, gradus_error *error)
{
    fit->has_closed_form = false;
    const gradus_status status = gr_fit_judge(settings, problem, fit);
    *digits = fit->has_closed_form ? fit->certificate.digits : (double)NAN;
    return status == GRADUS_ERROR_MEMORY ? gr_error_plain(error, status) : GRADUS_OK;
}

static gradus_status run_one(const gr_fit_settings *settings, const gr_problem *problem,
                             const gradus_objective *objective, size_t way, gr_fit *fit, gr_contest *contest,
                             gradus_error *error)
{
    if (!fit->theta || !fit->closed_form) return gr_error_plain(error, GRADUS_ERROR_MEMORY);
    recorder recorded = {.work = {.count = 0}};
    gradus_options options = options_of(settings, way, error);
    options.monitor = note;
    options.monitor_context = &recorded;
    options.cancel = gr_interrupt_catch();
    memset(fit->theta, 0, problem->coefficients * sizeof *fit->theta);
    gradus_status status = gr_travel(objective, (gradus_direction)settings->direction, fit->theta, &options,
                                     &contest->reports[way]);
    gr_interrupt_release();
    if (status == GRADUS_ERROR_ABORTED) status = gr_error_plain(error, GRADUS_ERROR_MEMORY);
    const gradus_status kept = keep(ways[way].name, &recorded, &contest->traces, status ? NULL : error);
    if (status || kept) return status ? status : kept;
    status = judge(settings, problem, fit, &contest->digits[way], error);
    if (status || contest->reports[way].stop != GRADUS_STOP_CANCELLED) return status;
    return gr_error(error, GRADUS_ERROR_ABORTED, gr_fault_none(), "interrupted; nothing was drawn");
}

gradus_status gr_contest_run(const gr_fit_settings *settings, const gr_problem *problem, gr_contest *contest,
                             gr_trouble *trouble)
{
    gradus_objective *objective = NULL;
    gradus_error *error = &trouble->error;
    gr_fit fit = {.theta = gr_new_doubles(problem->coefficients),
                  .closed_form = gr_new_doubles(problem->coefficients)};
    *contest = (gr_contest){.traces = {.passes = true}};
    gradus_status status = gr_fit_objective(settings, problem, (gradus_direction)settings->direction,
                                            &objective, trouble);
    for (size_t way = 0; way < WAYS && !status; way++)
        status = run_one(settings, problem, objective, way, &fit, contest, error);
    if (!status) gr_traces_measure(&contest->traces);
    gradus_objective_free(objective);
    gr_delete(fit.theta);
    gr_delete(fit.closed_form);
    return status;
}

void gr_contest_free(gr_contest *contest)
{
    gr_traces_free(&contest->traces);
}
