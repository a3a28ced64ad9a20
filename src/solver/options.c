/* SPDX-License-Identifier: BSD-3-Clause */
#include "solver/options.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

/* One row a numeric option: where it stands, its range (exclusive of low where `open`), its default. */
typedef struct option_row {
    const char *name;
    size_t offset;
    double low, high;
    bool open;       /* low itself is outside */
    bool may_be_off; /* GRADUS_OFF is allowed */
    double fallback; /* what 0 means; 0: that the method knows */
} option_row;

#define AT(field) offsetof(gradus_options, field)

static const option_row rows[] = {
    {"step.shrink", AT(step.shrink), 0.01, 0.99, false, false, 0.5},
    {"step.growth", AT(step.growth), 1.0, 100.0, false, false, 1.2},
    {"step.sufficient_decrease", AT(step.sufficient_decrease), 1e-10, 0.5, false, false, 0.0},
    {"momentum", AT(momentum), 0.0, 0.999999, true, false, 0.9},
    {"stop.gradient_tolerance", AT(stop.gradient_tolerance), 0.0, 1.0, true, true, 1e-12},
    {"stop.step_tolerance", AT(stop.step_tolerance), 0.0, 1.0, true, true, GRADUS_OFF},
    {"stop.value_tolerance", AT(stop.value_tolerance), 0.0, 1.0, true, true, GRADUS_OFF},
    {"stop.gap_tolerance", AT(stop.gap_tolerance), 0.0, 1.0, true, true, 1e-12},
    {"stop.seconds", AT(stop.seconds), 0.0, 1e300, true, true, GRADUS_OFF},
    {"clip", AT(clip), 0.0, 1e300, true, false, 0.0},
    {"second_momentum", AT(second_momentum), 0.0, 0.999999999, true, false, 0.999},
    {"adam_epsilon", AT(adam_epsilon), 0.0, 1.0, true, false, 1e-8},
};

gradus_options gradus_options_default(void)
{
    gradus_options options;
    memset(&options, 0, sizeof options);
    options.size = sizeof options;
    return options;
}

static gradus_status read_row(const option_row *row, gradus_options *options)
{
    double *value = (double *)((char *)options + row->offset);
    const bool off = row->may_be_off && *value == GRADUS_OFF;
    if (*value == 0.0)
        *value = row->fallback;
    else if (!off && !((row->open ? *value > row->low : *value >= row->low) && *value <= row->high))
        return gr_error(options->error, GRADUS_ERROR_OPTION,
                        gr_fault_limit(*value, *value > row->high ? row->high : row->low),
                        "%s is %g; its range is %s%g to %g%s", row->name, *value, row->open ? "above " : "",
                        row->low, row->high, row->may_be_off ? ", or GRADUS_OFF" : "");
    return GRADUS_OK;
}

/* A count: 0 means the default, GRADUS_OFF means without limit. */
static gradus_status read_count(const char *name, int64_t *count, int64_t fallback, gradus_error *error)
{
    if (*count < GRADUS_OFF)
        return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit((double)*count, 1.0),
                        "%s is %lld; it must be at least 1, 0 for its default, or GRADUS_OFF", name,
                        (long long)*count);
    if (*count == 0) *count = fallback;
    if (*count == GRADUS_OFF) *count = INT64_MAX;
    return GRADUS_OK;
}

static gradus_status check_choice(const char *name, int choice, int last, gradus_error *error)
{
    if (choice >= 0 && choice <= last) return GRADUS_OK;
    return gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit(choice, last),
                    "%s is %d; this version knows 0 to %d", name, choice, last);
}

/* Adam's step, as its authors recommend it. */
static const double adam_step = 0.001;

/* Fixed steps and schedules must name a step, but for Adam; backtracking's initial one defaults to 1. */
static gradus_status read_step_size(gradus_options *options)
{
    gradus_step *step = &options->step;
    const bool given = step->rule == GRADUS_STEP_FIXED || step->rule >= GRADUS_STEP_INVERSE_TIME;
    const bool adams_own = options->method == GRADUS_METHOD_ADAM && step->rule == GRADUS_STEP_AUTOMATIC;
    if (!given && step->size == 0.0) step->size = adams_own ? adam_step : 1.0;
    if (step->size > 0.0 && step->size <= 1e300) return GRADUS_OK;
    return gr_error(options->error, GRADUS_ERROR_STEP_SIZE, gr_fault_limit(step->size, 0.0),
                    "the step size is %g; it must be above 0 and at most 1e300", step->size);
}

static gradus_status refuse_schedule(const gradus_options *options, const char *field, double measured,
                                     const char *range, double limit)
{
    return gr_error(options->error, GRADUS_ERROR_OPTION, gr_fault_limit(measured, limit),
                    "step.%s is %g; for this schedule it must be %s", field, measured, range);
}

/* The constants of a schedule have no defaults, but for the cosine's last step, which is 0. */
static gradus_status read_schedule(const gradus_options *options)
{
    const gradus_step *step = &options->step;
    const bool cosine = step->rule == GRADUS_STEP_COSINE, decays = step->rule == GRADUS_STEP_DECAY;
    const bool inverse = step->rule == GRADUS_STEP_INVERSE_TIME ||
                         step->rule == GRADUS_STEP_INVERSE_SQUARE_ROOT;
    if (inverse && !(step->decay > 0.0 && step->decay <= 1e300))
        return refuse_schedule(options, "decay", step->decay, "above 0 and at most 1e300", 0.0);
    if (decays && !(step->decay > 0.0 && step->decay <= 1.0))
        return refuse_schedule(options, "decay", step->decay, "above 0 and at most 1", 1.0);
    if (cosine && !(step->last >= 0.0 && step->last <= 1e300))
        return refuse_schedule(options, "last", step->last, "0 or more, at most 1e300", 0.0);
    if ((cosine || decays) && step->period < 1)
        return refuse_schedule(options, "period", (double)step->period, "a number of steps, at least 1", 1.0);
    return GRADUS_OK;
}

/* Without batches the fields stay as they are given, for combine.c to refuse. */
static gradus_status read_batching(gradus_options *options)
{
    gradus_batching *batch = &options->batch;
    gradus_status status = check_choice("batch.order", (int)batch->order, GRADUS_ORDER_CONSECUTIVE,
                                        options->error);
    if (!status && batch->check < GRADUS_OFF)
        status = gr_error(options->error, GRADUS_ERROR_OPTION, gr_fault_limit((double)batch->check, 1.0),
                          "batch.check is %lld; it must be at least 1, 0 for its default, or GRADUS_OFF",
                          (long long)batch->check);
    if (status || batch->rows == 0) return status;
    if (batch->order == GRADUS_ORDER_AUTOMATIC) batch->order = GRADUS_ORDER_SHUFFLED;
    if (batch->check == 0 && options->method == GRADUS_METHOD_SVRG) batch->check = 1;
    return read_count("stop.max_epochs", &options->stop.max_epochs, 100, options->error);
}

/* With batches the budget is one of epochs, as long as that is not off. */
static int64_t default_iterations(const gradus_options *options)
{
    return options->batch.rows > 0 && options->stop.max_epochs != GRADUS_OFF ? INT64_MAX : 1000000;
}

gradus_status gr_options_read(const gradus_options *given, gradus_options *options)
{
    *options = gradus_options_default();
    if (given && given->size != sizeof *given)
        return GRADUS_ERROR_STRUCT_SIZE; /* its error pointer cannot be trusted */
    if (given) *options = *given;
    gradus_error *error = options->error;
    gradus_status status = check_choice("method", (int)options->method, GRADUS_METHOD_SVRG, error);
    if (!status) status = check_choice("metric", (int)options->metric, GRADUS_METRIC_SAMPLED_HESSIAN, error);
    if (!status) status = check_choice("step.rule", (int)options->step.rule, GRADUS_STEP_DECAY, error);
    if (!status) status = read_step_size(options);
    if (!status) status = read_schedule(options);
    if (!status)
        status = read_count("stop.max_iterations", &options->stop.max_iterations, default_iterations(options),
                            error);
    if (!status) status = read_count("stop.patience", &options->stop.patience, 1000, error);
    if (!status) status = read_batching(options);
    for (size_t i = 0; !status && i < sizeof rows / sizeof *rows; i++) status = read_row(&rows[i], options);
    if (!status && options->threads < 0)
        status = gr_error(error, GRADUS_ERROR_OPTION, gr_fault_limit(options->threads, 0.0),
                          "threads is %d; it must be >= 0, 0 for as many as the machine has",
                          options->threads);
    return status;
}

bool gr_all_automatic(const gradus_options *options)
{
    return options->method == GRADUS_METHOD_AUTOMATIC && options->step.rule == GRADUS_STEP_AUTOMATIC;
}
